"""Mails about minutes. They hold forum, date and a link: never a text, a heading or a name."""

from __future__ import annotations

from collections.abc import Iterator

from django.core import signing
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from tovholder.directory.models import Person
from tovholder.meetings.models import Meeting, Minutes, MinutesStatus, Participation
from tovholder.meetings.services.letters import send_note, subject_line
from tovholder.meetings.services.links import BadLinkError, public_url

COMMENT_SALT = "tovholder.meetings.minutes"


def receivers(meeting: Meeting) -> Iterator[Participation]:
    """Yield who takes part and is told: not those taken off, waiting or not confirmed; each with an address."""
    rows = (
        meeting.participations.filter(Q(removed_at__isnull=True) | Q(attended=True), waiting_list=False)
        .exclude(substitute_confirmed=False)
        .exclude(person__email="")
        .filter(person__left_on__isnull=True)
        .select_related("person", "person__user")
    )
    yield from rows


def ask_for_comments(*, meeting: Meeting, minutes: Minutes) -> int:
    """Queue one mail to each participant with the link where they accept or object; return how many."""
    count = 0
    for participation in receivers(meeting):
        send_note(
            to=participation.person,
            subject=subject_line(meeting, _("Referat til bemærkninger")),
            text=_(
                "Referatet er klar til bemærkninger. Svar senest %(day)s. Linket er dit eget. Send det ikke videre."
            )
            % {"day": f"{minutes.comments_until:%d.%m.%Y}"},
            url=comment_url(minutes, participation.person),
            about=_about(meeting),
        )
        count += 1
    return count


def tell_of_approval(*, meeting: Meeting) -> int:
    """Queue one mail to each participant that the minutes are approved; return how many."""
    count = 0
    for participation in receivers(meeting):
        send_note(
            to=participation.person,
            subject=subject_line(meeting, _("Referatet er godkendt")),
            text=_("Referatet er godkendt. Log ind for at læse det."),
            url=public_url(reverse("meetings:after", args=[meeting.pk])),
            about=_about(meeting),
        )
        count += 1
    return count


def comment_url(minutes: Minutes, person: Person) -> str:
    """Return the address where the person accepts or objects without logging in."""
    token = signing.dumps([minutes.pk, person.pk, person.link_version], salt=COMMENT_SALT)
    return public_url(reverse("meetings:comment_link", args=[token]))


def minutes_behind(token: str) -> tuple[Minutes, Person]:
    """Return the minutes and the person that a link answers for. Raises BadLinkError."""
    try:
        minutes_id, person_id, version = signing.loads(token, salt=COMMENT_SALT)
    except (signing.BadSignature, ValueError, TypeError):
        raise BadLinkError(
            _("Linket virker ikke. Se efter, om det hele er kommet med fra mailen."), gone=False
        ) from None
    minutes = Minutes.objects.select_related("meeting", "meeting__lead_forum").filter(pk=minutes_id).first()
    person = Person.objects.filter(pk=person_id, left_on__isnull=True, link_version=version).first()
    if minutes is None or person is None:
        raise BadLinkError(_("Linket er ikke længere gyldigt."), gone=True)
    if not any(each.person_id == person.pk for each in receivers(minutes.meeting)):
        raise BadLinkError(_("Du er ikke længere med til mødet."), gone=True)
    if minutes.status == MinutesStatus.APPROVED:
        raise BadLinkError(_("Referatet er godkendt. Tak for hjælpen."), gone=True)
    if minutes.status != MinutesStatus.COMMENTING:
        raise BadLinkError(_("Referatet er taget tilbage. Du får en ny mail, når det er klar."), gone=True)
    if minutes.comments_until is not None and timezone.localdate() > minutes.comments_until:
        raise BadLinkError(_("Fristen for bemærkninger er udløbet. Skriv til tovholderen."), gone=True)
    return minutes, person


def _about(meeting: Meeting) -> str:
    return f"minutes:{meeting.pk}"
