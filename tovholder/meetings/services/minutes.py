"""From draft to approved: sent for comments, accepted or objected to, approved and frozen, corrected by additions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tovholder.access.decision import no
from tovholder.accounts.models import User
from tovholder.audit.services import record
from tovholder.directory.models import Person
from tovholder.forums.standing import person_of
from tovholder.meetings import policy
from tovholder.meetings.models import (
    MINUTES_TRANSITIONS,
    Meeting,
    MeetingStatus,
    Minutes,
    MinutesAddendum,
    MinutesComment,
    MinutesStatus,
)
from tovholder.meetings.services import cases_closing, minute_letters, relays
from tovholder.meetings.services.carrying import agreements_at, must_choose
from tovholder.meetings.services.guarding import lock_meeting, lock_minutes
from tovholder.meetings.services.minute_record import build
from tovholder.plans.models import Agreement


class AlreadyApprovedError(Exception):
    """Somebody else approved first. Not a fault: the minutes are as they should be."""


@dataclass(frozen=True, slots=True)
class Blocker:
    """One thing that keeps the minutes from approval, in one sentence."""

    code: str
    message: str
    agreement: Agreement | None = None


def minutes_of(meeting: Meeting) -> Minutes | None:
    """Return the record of the meeting's minutes, if there is one yet."""
    found: Minutes | None = getattr(meeting, "minutes_record", None)
    return found


def blockers(meeting: Meeting, agreements: Iterable[Any] | None = None) -> list[Blocker]:
    """Return everything that keeps the minutes from approval (rules 28 and 30).

    `agreements` are `agreements_at`, where they are read already.
    """
    agreements = agreements_at(meeting) if agreements is None else list(agreements)
    found = []
    if meeting.status != MeetingStatus.HELD:
        found.append(Blocker("not_held", _("Mødet er ikke afsluttet endnu.")))
    for agreement in _answered_for(agreements):
        found += _lacks(agreement)
    for agreement in must_choose(meeting, agreements):
        found.append(
            Blocker(
                "must_choose",
                _(
                    "Aftalen »%(what)s« har været med på flere møder uden at flytte sig. Vælg fortsæt, ændr eller stop."
                )
                % {"what": agreement.what},
                agreement,
            )
        )
    return found


def _answered_for(agreements: Iterable[Any]) -> list[Agreement]:
    """Keep the open agreements that the minutes stand for: those made at the meeting, then those it carried."""
    rows = [each for each in agreements if each.is_open and (each.made_under or each.choice is not None)]
    return sorted(rows, key=lambda each: (each.made_under is None, each.pk))


def _lacks(agreement: Agreement) -> list[Blocker]:
    what = {"what": agreement.what}
    found = []
    if agreement.responsible_id is None:
        found.append(
            Blocker(
                "no_responsible",
                _("Aftalen »%(what)s« har ingen ansvarlig. Vælg en ansvarlig.") % what,
                agreement,
            )
        )
    if agreement.due_on is None:
        found.append(
            Blocker("no_due", _("Aftalen »%(what)s« har ingen frist. Vælg en frist.") % what, agreement)
        )
    return found


@transaction.atomic
def send_for_comments(*, by: User, meeting: Meeting) -> Minutes:
    """Ask the participants to accept or object within the forum's period; each gets one mail with a link."""
    fresh = lock_meeting(meeting)
    policy.may_write_minutes(by, fresh).require()
    if fresh.status != MeetingStatus.HELD:
        no("not_held", _("Afslut mødet, før referatet sendes til bemærkninger.")).require()
    minutes = lock_minutes(fresh)
    _require_step(minutes, MinutesStatus.COMMENTING)
    now = timezone.now()
    minutes.status = MinutesStatus.COMMENTING
    minutes.sent_for_comment_at = now
    minutes.comments_until = timezone.localdate(now) + timedelta(days=fresh.lead_forum.comment_days)
    minutes.save(update_fields=["status", "sent_for_comment_at", "comments_until"])
    count = minute_letters.ask_for_comments(meeting=fresh, minutes=minutes)
    record(by=by, action="minutes.sent_for_comments", obj=fresh, details={"mails": count})
    return minutes


@transaction.atomic
def back_to_draft(*, by: User, meeting: Meeting) -> Minutes:
    """Take the minutes back for more work; what was answered so far stays."""
    fresh = lock_meeting(meeting)
    policy.may_write_minutes(by, fresh).require()
    minutes = lock_minutes(fresh)
    _require_step(minutes, MinutesStatus.DRAFT)
    minutes.status = MinutesStatus.DRAFT
    minutes.save(update_fields=["status"])
    record(by=by, action="minutes.taken_back", obj=fresh)
    return minutes


@transaction.atomic
def comment(*, by: User | Person, meeting: Meeting, stance: str, text: str = "") -> MinutesComment:
    """Accept the minutes or object to them. A person with a signed link acts as a Person.

    Raises ValidationError for an objection without words, Refused outside the period.
    """
    minutes = lock_minutes(meeting)
    person = _commenting_person(by, meeting)
    if minutes.status != MinutesStatus.COMMENTING:
        no("not_commenting", _("Referatet er ikke til bemærkninger lige nu.")).require()
    if minutes.comments_until is not None and timezone.localdate() > minutes.comments_until:
        no("comments_over", _("Fristen for bemærkninger er udløbet. Skriv til tovholderen.")).require()
    if stance == MinutesComment.Stance.OBJECT and not text.strip():
        raise ValidationError({"text": _("Skriv, hvad din indvending er.")})
    found, _made = MinutesComment.objects.update_or_create(
        minutes=minutes,
        person=person,
        defaults={"stance": MinutesComment.Stance(stance), "text": text.strip(), "at": timezone.now()},
    )
    record(by=by, action="minutes.commented", obj=meeting, details={"stance": str(found.stance)})
    return found


def _commenting_person(by: User | Person, meeting: Meeting) -> Person:
    if isinstance(by, Person):
        return by
    policy.may_take_part(by, meeting).require()
    person = person_of(by)
    if person is None:
        no("no_person", _("Dit login hører ikke til en person.")).require()
    assert person is not None  # noqa: S101 - require() has raised
    return person


@transaction.atomic
def approve(*, by: User, meeting: Meeting) -> Minutes:
    """Approve and freeze the minutes, and tell the participants by a mail with a link only.

    Raises AlreadyApprovedError when somebody was first, ValidationError naming everything that is missing.
    """
    fresh = lock_meeting(meeting)
    policy.may_convene(by, fresh).require()
    minutes = lock_minutes(fresh)
    if minutes.status == MinutesStatus.APPROVED:
        raise AlreadyApprovedError
    missing = blockers(fresh)
    if missing:
        raise ValidationError([each.message for each in missing])
    now = timezone.now()
    won = Minutes.objects.filter(pk=minutes.pk, status=minutes.status).update(
        status=MinutesStatus.APPROVED, approved_at=now, approved_by=by, frozen=build(fresh)
    )
    if not won:
        raise AlreadyApprovedError
    minutes.refresh_from_db()
    relays.send_proposals(by=by, meeting=fresh)
    cases_closing.at_approval(by=by, meeting=fresh, now=now)
    count = minute_letters.tell_of_approval(meeting=fresh)
    record(by=by, action="minutes.approved", obj=fresh, details={"mails": count})
    return minutes


@transaction.atomic
def add_addendum(*, by: User, meeting: Meeting, text: str) -> MinutesAddendum:
    """Add a correction to approved minutes, with author and time. What was approved stays as it was."""
    policy.may_write_minutes(by, meeting).require()
    minutes = lock_minutes(meeting)
    if minutes.status != MinutesStatus.APPROVED:
        no("not_approved", _("Referatet er ikke godkendt endnu. Ret direkte i det.")).require()
    if not text.strip():
        raise ValidationError({"text": _("Skriv, hvad der skal tilføjes.")})
    addendum = MinutesAddendum.objects.create(minutes=minutes, text=text.strip(), by=by, at=timezone.now())
    record(by=by, action="minutes.addendum_added", obj=meeting, details={"addendum": addendum.pk})
    return addendum


def _require_step(minutes: Minutes, status: str) -> None:
    if minutes.status == MinutesStatus.APPROVED:
        no("minutes_approved", _("Referatet er allerede godkendt.")).require()
    if status not in MINUTES_TRANSITIONS[minutes.status]:
        no("minutes_state", _("Det er allerede gjort.")).require()
