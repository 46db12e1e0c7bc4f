"""What an item leads to, caught while people talk: agreements, decisions, information, proposals, topics for later."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _

from tovholder.access.decision import Decision, no, yes
from tovholder.accounts.models import Role, RoleGrant, User
from tovholder.audit.services import record
from tovholder.directory.models import Person
from tovholder.forums.models import Forum
from tovholder.forums.standing import current_memberships, person_of
from tovholder.meetings.models import (
    AgendaItem,
    AgreementOrigin,
    Meeting,
    MeetingStatus,
    Outcome,
    Topic,
    TopicStatus,
)
from tovholder.meetings.services.guarding import open_for_writing
from tovholder.plans import services as plans
from tovholder.plans.models import Agreement, AgreementStatus
from tovholder.plans.queries import rules

WRITES_HERE: Decision = yes("writes_minutes")


def may_be_responsible(meeting: Meeting) -> QuerySet[Person]:
    """Return who an agreement can be given to: the meeting's participants and its forums' members."""
    members = current_memberships().filter(forum__in=meeting.forums.all()).values("person_id")
    taking_part = meeting.participations.filter(Q(removed_at__isnull=True) | Q(attended=True)).values(
        "person_id"
    )
    return Person.objects.current().filter(Q(pk__in=members) | Q(pk__in=taking_part))


def may_be_proposed_to(meeting: Meeting) -> QuerySet[Person]:
    """Return who a proposal can be addressed to: conveners of any forum, management, and those at the meeting."""
    conveners = current_memberships().filter(role__convenes=True).values("person_id")
    return Person.objects.current().filter(
        Q(pk__in=conveners)
        | Q(user__in=RoleGrant.objects.filter(role=Role.MANAGEMENT).values("user_id"))
        | Q(pk__in=may_be_responsible(meeting).values("pk"))
    )


def next_meeting_fact() -> dict[str, Subquery]:
    """Return when the lead forum meets next, to be read with the meeting itself."""
    later = Meeting.objects.filter(
        forums=OuterRef("lead_forum"), status=MeetingStatus.PLANNED, starts_at__gt=OuterRef("starts_at")
    )
    return {"next_starts_at": Subquery(later.order_by("starts_at").values("starts_at")[:1])}


def next_meeting_day(meeting: Meeting) -> date | None:
    """Return the day of the lead forum's next planned meeting, if one is planned."""
    if hasattr(meeting, "next_starts_at"):
        starts = meeting.next_starts_at
    else:
        known: QuerySet[Any, Any] = Meeting.objects.filter(pk=meeting.pk).annotate(**next_meeting_fact())
        starts = known.values_list("next_starts_at", flat=True).first()
    return timezone.localdate(starts) if starts is not None else None


def usual_due_day(coming: date | None, days: int | None = None) -> date:
    """Return the day of the next meeting (`next_meeting_day`), or the municipality's usual period from today.

    `days` is that period where it is read already.
    """
    today = timezone.localdate()
    if coming is not None and coming > today:
        return coming
    return today + timedelta(days=days or rules().default_due_days)


def correctable(meeting: Meeting) -> QuerySet[Agreement]:
    """Return the open agreements that the minutes stand for: made at the meeting or carried by it."""
    made = Agreement.objects.filter(origin__item__meeting=meeting).values("pk")
    return Agreement.objects.filter(
        Q(pk__in=made) | Q(pk__in=meeting.carried.values("agreement_id")), status=AgreementStatus.OPEN
    )


@transaction.atomic
def add_agreement(
    *,
    by: User,
    item: AgendaItem,
    what: str,
    responsible: Person | None = None,
    due_on: date | None = None,
    forum: Forum | None = None,
    helpers: Iterable[Person] = (),
) -> Agreement:
    """Make an agreement under the item, at the item's level, in one of the meeting's forums (the lead one by default)."""
    meeting, _minutes = open_for_writing(by=by, meeting=item.meeting)
    forum = forum or meeting.lead_forum
    _one_of_the_meetings(meeting, forum)
    agreement = plans.create_agreement(
        by=by,
        forum=forum,
        what=what,
        responsible=responsible,
        due_on=due_on,
        helpers=helpers,
        level=item.level,
        allowed=WRITES_HERE,
    )
    AgreementOrigin.objects.create(agreement=agreement, item=item)
    record(
        by=by,
        action="meeting.agreement_made",
        obj=meeting,
        details={"item": item.pk, "agreement": agreement.pk},
    )
    return agreement


@transaction.atomic
def edit_agreement(
    *,
    by: User,
    meeting: Meeting,
    agreement: Agreement,
    what: str | None = None,
    responsible: Person | None = None,
    due_on: date | None = None,
) -> None:
    """Correct an agreement that the meeting made or carries, until its minutes are approved."""
    fresh, _minutes = open_for_writing(by=by, meeting=meeting)
    correctable(fresh).get(pk=agreement.pk)
    plans.edit_agreement(
        by=by, agreement=agreement, what=what, responsible=responsible, due_on=due_on, allowed=WRITES_HERE
    )
    record(by=by, action="meeting.agreement_corrected", obj=fresh, details={"agreement": agreement.pk})


@transaction.atomic
def remove_agreement(*, by: User, agreement: Agreement) -> None:
    """Take a wrongly caught agreement off the meeting: it is stopped, so that its trace stays, and can come back."""
    meeting, _minutes = open_for_writing(by=by, meeting=agreement.origin.item.meeting)
    plans.stop(
        by=by,
        agreement=agreement,
        reason=_("Skrevet ved en fejl og fjernet, før referatet blev godkendt."),
        allowed=WRITES_HERE,
    )
    AgreementOrigin.objects.filter(agreement=agreement).delete()
    record(by=by, action="meeting.agreement_removed", obj=meeting, details={"agreement": agreement.pk})


@transaction.atomic
def restore_agreement(*, by: User, agreement: Agreement, item: AgendaItem) -> None:
    """Undo `remove_agreement`."""
    meeting, _minutes = open_for_writing(by=by, meeting=item.meeting)
    _one_of_the_meetings(meeting, agreement.forum)
    if AgreementOrigin.objects.filter(agreement=agreement).exists():
        return
    plans.reopen(by=by, agreement=agreement, allowed=WRITES_HERE)
    AgreementOrigin.objects.create(agreement=agreement, item=item)
    record(by=by, action="meeting.agreement_restored", obj=meeting, details={"agreement": agreement.pk})


@transaction.atomic
def add_outcome(
    *,
    by: User,
    item: AgendaItem,
    kind: str,
    text: str,
    to_forum: Forum | None = None,
    to_person: Person | None = None,
) -> Outcome:
    """Write an information, a decision or a proposal. Raises ValidationError when a proposal has no receiver."""
    meeting, _minutes = open_for_writing(by=by, meeting=item.meeting)
    outcome = Outcome(
        item=item, kind=kind, text=text, to_forum=to_forum, to_person=to_person, created_by=by.audit_key
    )
    _check_outcome(outcome)
    outcome.save()
    record(by=by, action="meeting.outcome_added", obj=meeting, details={"outcome": outcome.pk, "kind": kind})
    return outcome


@transaction.atomic
def edit_outcome(
    *,
    by: User,
    outcome: Outcome,
    text: str,
    to_forum: Forum | None = None,
    to_person: Person | None = None,
) -> None:
    """Correct what was caught."""
    meeting, _minutes = open_for_writing(by=by, meeting=outcome.item.meeting)
    outcome.text, outcome.to_forum, outcome.to_person = text, to_forum, to_person
    _check_outcome(outcome)
    outcome.save(update_fields=["text", "to_forum", "to_person"])
    record(by=by, action="meeting.outcome_edited", obj=meeting, details={"outcome": outcome.pk})


@transaction.atomic
def remove_outcome(*, by: User, outcome: Outcome) -> None:
    """Take away what was caught by mistake."""
    meeting, _minutes = open_for_writing(by=by, meeting=outcome.item.meeting)
    record(by=by, action="meeting.outcome_removed", obj=meeting, details={"outcome": outcome.pk})
    outcome.delete()


@transaction.atomic
def capture_topic(
    *, by: User, item: AgendaItem, heading: str, why: str = "", forum: Forum | None = None
) -> Topic:
    """Put a topic that came up into the forum's topic bank, at the item's level."""
    meeting, _minutes = open_for_writing(by=by, meeting=item.meeting)
    forum = forum or meeting.lead_forum
    _one_of_the_meetings(meeting, forum)
    topic = Topic.objects.create(
        forum=forum,
        heading=heading.strip(),
        why=why.strip(),
        level=item.level,
        proposed_by=person_of(by),
        status=TopicStatus.BANKED,
        from_item=item,
    )
    record(by=by, action="topic.captured", obj=topic, details={"item": item.pk, "forum": forum.pk})
    return topic


@transaction.atomic
def edit_topic(*, by: User, topic: Topic, heading: str, why: str) -> None:
    """Correct a topic that was caught here."""
    meeting, _minutes = open_for_writing(by=by, meeting=_caught_under(topic).meeting)
    topic.heading, topic.why = heading.strip(), why.strip()
    topic.save(update_fields=["heading", "why"])
    record(by=by, action="topic.edited", obj=topic, details={"meeting": meeting.pk})


@transaction.atomic
def remove_topic(*, by: User, topic: Topic) -> None:
    """Lay a topic away that was caught by mistake."""
    open_for_writing(by=by, meeting=_caught_under(topic).meeting)
    topic.status = TopicStatus.ARCHIVED
    topic.save(update_fields=["status"])
    record(by=by, action="topic.archived", obj=topic)


@transaction.atomic
def restore_topic(*, by: User, topic: Topic) -> None:
    """Undo `remove_topic`."""
    open_for_writing(by=by, meeting=_caught_under(topic).meeting)
    if topic.status == TopicStatus.ARCHIVED:
        topic.status = TopicStatus.BANKED
        topic.save(update_fields=["status"])
        record(by=by, action="topic.restored", obj=topic)


def _caught_under(topic: Topic) -> AgendaItem:
    if topic.from_item is None:
        raise ValueError("the topic was not caught at a meeting")
    return topic.from_item


def _check_outcome(outcome: Outcome) -> None:
    outcome.text = outcome.text.strip()
    if not outcome.text:
        raise ValidationError(_("Skriv en tekst."))
    if outcome.kind == Outcome.Kind.PROPOSAL:
        if (outcome.to_forum is None) == (outcome.to_person is None):
            raise ValidationError(_("Vælg ét forum eller én person, som forslaget skal til."))
    else:
        outcome.to_forum = outcome.to_person = None


def _one_of_the_meetings(meeting: Meeting, forum: Forum) -> None:
    if not meeting.forums.filter(pk=forum.pk).exists() and forum.pk != meeting.lead_forum_id:
        no("not_the_meetings_forum", _("Forummet er ikke med til mødet.")).require()
