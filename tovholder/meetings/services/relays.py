"""Up and down: an item is sent in general words to another forum or a person; the answer comes back."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from tovholder.access.decision import Decision, no, yes
from tovholder.access.levels import Level
from tovholder.accounts.models import User
from tovholder.audit.models import SYSTEM
from tovholder.audit.services import record
from tovholder.directory.models import Person
from tovholder.forums.models import Forum
from tovholder.forums.policy import may_convene as may_convene_forum
from tovholder.forums.queries import conveners
from tovholder.meetings.models import AgendaItem, Meeting, Outcome, Relay
from tovholder.meetings.services import agenda, letters
from tovholder.meetings.services.links import public_url, relay_url

Status = Relay.Status


def may_answer(by: User | Person, relay: Relay) -> Decision:
    """May answer: the convener of the receiving forum, or the person it was sent to."""
    if relay.status != Status.SENT:
        return no("relay_answered", _("Der er allerede svaret, eller det er trukket tilbage."))
    if relay.to_forum is not None:
        if isinstance(by, User):
            return may_convene_forum(by, relay.to_forum)
        return no("not_receiver", _("Kun modtageren kan svare."))
    person_id = by.pk if isinstance(by, Person) else getattr(getattr(by, "person", None), "pk", None)
    if person_id == relay.to_person_id:
        return yes("receiver")
    return no("not_receiver", _("Kun modtageren kan svare."))


@transaction.atomic
def send(
    *,
    by: User,
    from_forum: Forum,
    heading: str,
    text: str,
    to_forum: Forum | None = None,
    to_person: Person | None = None,
    from_item: AgendaItem | None = None,
) -> Relay:
    """Send something on: to a forum it comes on the next agenda, to a person by a mail with a link."""
    may_convene_forum(by, from_forum).require()
    if (to_forum is None) == (to_person is None):
        raise ValueError("a relay has one receiver")
    if to_forum is not None and to_forum.pk == from_forum.pk:
        no("same_forum", _("Et forum kan ikke sende til sig selv.")).require()
    if to_forum is not None and not to_forum.is_open:
        no("forum_closed", _("Forummet er lukket. Send til det forum, der har afløst det.")).require()
    if to_person is not None and not to_person.email:
        no("no_email", _("Personen har ingen e-mail.")).require()
    if from_item is not None and not from_item.meeting.forums.filter(pk=from_forum.pk).exists():
        raise ValueError("the item is of another forum")
    return _sent(
        by,
        Relay(
            from_forum=from_forum,
            from_item=from_item,
            heading=heading,
            text=text,
            to_forum=to_forum,
            to_person=to_person,
        ),
    )


@transaction.atomic
def send_proposals(*, by: User, meeting: Meeting) -> int:
    """Send the proposals of approved minutes to whom they are addressed; return how many.

    Only general items: from an anonymous one the convener writes new words and sends them herself.
    """
    sender, sent = meeting.lead_forum, 0
    proposals = Outcome.objects.filter(
        item__meeting=meeting, item__level=Level.GENERAL, kind=Outcome.Kind.PROPOSAL
    ).select_related("item", "to_forum__successor", "to_person")
    for each in proposals:
        forum = each.to_forum.successor or each.to_forum if each.to_forum is not None else None
        person = each.to_person
        unreachable = person is not None and (not person.email or person.left_on is not None)
        if unreachable or (forum is not None and (forum.pk == sender.pk or not forum.is_open)):
            continue
        relay = Relay(from_forum=sender, from_item=each.item, to_forum=forum, to_person=person)
        relay.heading, relay.text = _proposal_words(each)
        same = Relay.objects.filter(from_item=each.item, to_forum=forum, to_person=person)
        if not same.filter(Q(text=each.text) | Q(heading=relay.heading)).exists():
            _sent(by, relay)
            sent += 1
    return sent


def _proposal_words(proposal: Outcome) -> tuple[str, str]:
    """Return heading and text: a short proposal is its own heading, and is not said twice."""
    words = " ".join(proposal.text.split())
    heading = Truncator(_("Forslag: %(text)s") % {"text": words}).chars(120)
    if not heading.endswith(words):
        return heading, proposal.text
    return heading, _("Det kom op under punktet »%(heading)s«.") % {"heading": proposal.item.heading}


def _sent(by: User, relay: Relay) -> Relay:
    relay.created_by = by.audit_key
    relay.save()
    from_forum, to_forum, to_person = relay.from_forum, relay.to_forum, relay.to_person
    record(by=by, action="relay.sent", obj=relay, details={"from": from_forum.pk, "to": relay.to_forum_id})
    if to_forum is not None:
        agenda.refresh_next(by=by, forum=to_forum)
    elif to_person is not None:
        letters.send_note(
            to=to_person,
            subject=_("%(forum)s har sendt dig et spørgsmål") % {"forum": from_forum.name},
            text=_("Læs det, og svar her. Du behøver ikke at logge ind. Linket er dit eget:"),
            url=relay_url(relay),
            about=f"relay:{relay.pk}",
        )
    return relay


@transaction.atomic
def answer(*, by: User | Person, relay: Relay, text: str) -> Relay:
    """Answer: the answer stands on the sender's next agenda, once."""
    relay = Relay.objects.select_for_update().get(pk=relay.pk)
    may_answer(by, relay).require()
    relay.answer, relay.status = text, Status.ANSWERED
    relay.answered_by, relay.answered_at = by.name, timezone.now()
    relay.save(update_fields=["answer", "status", "answered_by", "answered_at"])
    record(by=by, action="relay.answered", obj=relay)
    agenda.refresh_next(by=SYSTEM, forum=relay.from_forum)
    for convener in conveners(relay.from_forum):
        letters.send_note(
            to=convener,
            subject=_("Svar til %(forum)s") % {"forum": relay.from_forum.name},
            text=_(
                "Der er kommet svar på noget, forummet har sendt videre. Det kommer på næste dagsorden. Se det her:"
            ),
            url=public_url(reverse("meetings:relays", args=[relay.from_forum_id])),
            about=f"relay:{relay.pk}",
        )
    return relay


@transaction.atomic
def withdraw(*, by: User, relay: Relay) -> Relay:
    """Take back what has not been answered; it leaves the receiver's agenda unless somebody has written there."""
    relay = Relay.objects.select_for_update().get(pk=relay.pk)
    may_convene_forum(by, relay.from_forum).require()
    if relay.status != Status.SENT:
        no("relay_answered", _("Der er allerede svaret, så det kan ikke trækkes tilbage.")).require()
    relay.status = Status.WITHDRAWN
    relay.save(update_fields=["status"])
    for item in relay.items.filter(meeting__status="planned", text="").select_related("meeting"):
        if not item.outcomes.exists():
            agenda.drop(item, by=by)
    record(by=by, action="relay.withdrawn", obj=relay)
    return relay
