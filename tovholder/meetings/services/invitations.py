"""Who is invited, and told what. Nobody is told the same thing twice: `Participation.invited_sequence` remembers."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from tovholder.access.decision import Decision, no
from tovholder.accounts.models import User
from tovholder.audit.models import Actor
from tovholder.audit.services import record
from tovholder.directory.models import Organisation, Person
from tovholder.forums.models import Membership
from tovholder.forums.standing import current_memberships
from tovholder.meetings.models import AgendaItem, Meeting, MeetingKind, MeetingStatus, Participation
from tovholder.meetings.policy import may_convene
from tovholder.meetings.services import letters
from tovholder.meetings.services.cases_invited import tell_of_uncovered

Part = Participation.Part


def invitable(meeting: Meeting) -> QuerySet[Participation]:
    """Return those who are to be told: not taken off, not on the waiting list, substitutes when confirmed."""
    return (
        meeting.participations.filter(
            removed_at__isnull=True, waiting_list=False, person__left_on__isnull=True
        )
        .exclude(person__email="")
        .filter(~Q(part=Part.SUBSTITUTE) | Q(substitute_confirmed=True))
        .select_related("person", "meeting__lead_forum")
    )


def not_told(meeting: Meeting) -> QuerySet[Participation]:
    """Return those who do not know of the meeting as it now stands."""
    return invitable(meeting).filter(
        Q(invited_sequence__isnull=True) | Q(invited_sequence__lt=meeting.sequence)
    )


@transaction.atomic
def sync_members(*, by: Actor, meeting: Meeting) -> tuple[int, int]:
    """Make the participants follow the memberships on the day of the meeting; return how many came and went.

    After the invitation was sent a new member is invited and one who has left is told that it is off.
    """
    meeting = Meeting.every.select_for_update().get(pk=meeting.pk)
    if meeting.status != MeetingStatus.PLANNED or meeting.kind == MeetingKind.NETWORK:
        return 0, 0  # who sits in the forum has no part in a child's network meeting
    day = timezone.localtime(meeting.starts_at).date()
    members = set(
        current_memberships(day).filter(forum__in=meeting.forums.all()).values_list("person_id", flat=True)
    )
    rows = {row.person_id: row for row in meeting.participations.select_related("person")}
    gone = [
        row
        for pk, row in rows.items()
        if row.part == Part.MEMBER and row.removed_at is None and pk not in members
    ]
    back = [
        row
        for pk, row in rows.items()
        if row.part == Part.MEMBER and row.removed_at is not None and pk in members
    ]
    new = sorted(members - set(rows))
    for row in gone:
        take_off(row)
    for row in back:
        row.removed_at, row.answer, row.answered_at = None, "none", None
        row.save(update_fields=["removed_at", "answer", "answered_at"])
    Participation.objects.bulk_create(Participation(meeting=meeting, person_id=pk) for pk in new)
    came, went = len(new) + len(back), len(gone)
    if came or went:
        record(by=by, action="meeting.members_synced", obj=meeting, details={"came": came, "went": went})
    if came and meeting.invited_at is not None:
        _invite_all(meeting, prefix=_("Indkaldelse"), opening=_("Du er inviteret til et møde."))
    return came, went


def out_of_step() -> list[Meeting]:
    """Return the coming meetings whose participants no longer follow the memberships; four queries in all."""
    coming = list(
        Meeting.objects.filter(status=MeetingStatus.PLANNED, ends_at__gt=timezone.now()).prefetch_related(
            "forums"
        )
    )
    if not coming:
        return []
    memberships = Membership.objects.filter(
        forum__meetings__in=coming, person__left_on__isnull=True
    ).distinct()
    by_forum: dict[int, list[Membership]] = {}
    for each in memberships:
        by_forum.setdefault(each.forum_id, []).append(each)
    present: dict[int, set[int]] = {}
    others: dict[int, set[int]] = {}
    for row in Participation.objects.filter(meeting__in=coming):
        member = row.part == Part.MEMBER and row.removed_at is None
        if member or row.part != Part.MEMBER:
            (present if member else others).setdefault(row.meeting_id, set()).add(row.person_id)
    found = []
    for meeting in coming:
        day = timezone.localtime(meeting.starts_at).date()
        wanted = {
            each.person_id
            for forum in meeting.forums.all()
            for each in by_forum.get(forum.pk, ())
            if each.valid_from <= day and (each.valid_until is None or each.valid_until >= day)
        }
        if wanted - others.get(meeting.pk, set()) != present.get(meeting.pk, set()):
            found.append(meeting)
    return found


@transaction.atomic
def send(*, by: User, meeting: Meeting, decision: Decision | None = None) -> int:
    """Invite everybody who does not know of the meeting yet; return how many mails were queued.

    `decision` is the answer of another policy that gives the right (who plans the year of all forums).
    """
    meeting = Meeting.every.select_for_update().select_related("lead_forum").get(pk=meeting.pk)
    (decision or may_convene(by, meeting)).require()
    if meeting.status != MeetingStatus.PLANNED:
        no("meeting_not_planned", _("Kun planlagte møder kan sendes ud.")).require()
    if meeting.ends_at < timezone.now():
        no("meeting_past", _("Mødets tidspunkt er gået. Flyt mødet først.")).require()
    sync_members(by=by, meeting=meeting)
    count = _invite_all(meeting, prefix=_("Indkaldelse"), opening=_("Du er inviteret til et møde."), by=by)
    if meeting.invited_at is None:
        Meeting.every.filter(pk=meeting.pk, invited_at__isnull=True).update(invited_at=timezone.now())
    record(
        by=by,
        action="meeting.invitation_sent",
        obj=meeting,
        details={"mails": count, "sequence": meeting.sequence},
    )
    return count


def _invite_all(
    meeting: Meeting, *, prefix: str, opening: str, only_known: bool = False, by: Actor | None = None
) -> int:
    """Tell everybody not told; `only_known` leaves out those who were never invited."""
    rows = not_told(meeting)
    if only_known:
        rows = rows.filter(invited_sequence__isnull=False)
    told = [row for row in rows if _invite(row, meeting, prefix=prefix, opening=opening)]
    tell_of_uncovered(meeting, [row.person for row in told if row.invited_sequence is None], by=by)
    return len(told)


def _invite(row: Participation, meeting: Meeting, *, prefix: str, opening: str) -> bool:
    """Tell one person, once for each sequence: whoever loses the race to mark it sends nothing."""
    marked = Participation.objects.filter(
        Q(invited_sequence__isnull=True) | Q(invited_sequence__lt=meeting.sequence), pk=row.pk
    ).update(invited_sequence=meeting.sequence, invited_at=timezone.now())
    if marked:
        row.meeting = meeting
        letters.send_request(row, opening=opening, prefix=prefix)
    return bool(marked)


def invite_one(*, meeting: Meeting, participation: Participation, by: Actor | None = None) -> bool:
    """Invite a single later participant when the others have been invited already."""
    if meeting.invited_at is None and meeting.kind != "event":
        return False
    row = not_told(meeting).filter(pk=participation.pk).first()
    invited = row is not None and _invite(
        row, meeting, prefix=_("Indkaldelse"), opening=_("Du er inviteret til et møde.")
    )
    if invited and row is not None:
        tell_of_uncovered(meeting, [row.person], by=by)
    return invited


def tell_changed(*, by: Actor, meeting: Meeting, moved: bool) -> int:
    """Tell who was invited that the meeting has a new time or place."""
    prefix = _("Flyttet") if moved else _("Ændret")
    opening = _("Mødet er flyttet. Svar igen, om du kommer.") if moved else _("Mødet er ændret.")
    return _tell(by, meeting, prefix, opening)


def tell_back_on(*, by: Actor, meeting: Meeting) -> int:
    """Tell who was invited that the meeting takes place after all."""
    return _tell(by, meeting, _("Ikke aflyst"), _("Mødet er ikke aflyst alligevel."))


def _tell(by: Actor, meeting: Meeting, prefix: str, opening: str) -> int:
    count = _invite_all(meeting, prefix=prefix, opening=opening, only_known=True)
    if count:
        record(
            by=by,
            action="meeting.change_told",
            obj=meeting,
            details={"mails": count, "sequence": meeting.sequence},
        )
    return count


def tell_cancelled(*, by: Actor, meeting: Meeting) -> int:
    """Tell who was invited, once, that the meeting is off, and take it out of their calendars."""
    count = 0
    for row in invitable(meeting).filter(
        invited_sequence__isnull=False, invited_sequence__lt=meeting.sequence
    ):
        marked = Participation.objects.filter(pk=row.pk, invited_sequence__lt=meeting.sequence).update(
            invited_sequence=meeting.sequence
        )
        if marked:
            row.meeting = meeting
            letters.send_cancel(row, opening=_("Mødet er aflyst."))
            count += 1
    if count:
        record(
            by=by,
            action="meeting.cancel_told",
            obj=meeting,
            details={"mails": count, "sequence": meeting.sequence},
        )
    return count


def take_off(row: Participation) -> None:
    """Take a participant off; who was invited is told, and may be invited anew later."""
    told = row.invited_sequence is not None
    Participation.objects.filter(pk=row.pk).update(removed_at=timezone.now(), invited_sequence=None)
    # The substitute of one who is taken off comes no more either.
    for substitute in Participation.objects.filter(substitute_for=row, removed_at__isnull=True):
        take_off(substitute)
    if told and row.person.email and row.person.left_on is None:
        letters.send_cancel(row, opening=_("Du er ikke længere inviteret til mødet."))


@transaction.atomic
def add_guest(
    *, by: User, meeting: Meeting, person: Person, part: str = Part.GUEST, only_item: AgendaItem | None = None
) -> Participation:
    """Add a guest or speaker for the meeting or one item; invited at once when the others have been."""
    meeting = Meeting.every.select_for_update().select_related("lead_forum").get(pk=meeting.pk)
    may_convene(by, meeting).require()
    if meeting.status != MeetingStatus.PLANNED:
        no("meeting_not_planned", _("Gæster inviteres, mens mødet er planlagt.")).require()
    if part not in {Part.GUEST, Part.SPEAKER}:
        raise ValueError(part)
    if only_item is not None and only_item.meeting_id != meeting.pk:
        raise ValueError("the item is of another meeting")
    row = meeting.participations.filter(person=person).first()
    if row is not None and row.removed_at is None:
        no("already_there", _("%(name)s er allerede med til mødet.") % {"name": person.name}).require()
    row = row or Participation(meeting=meeting, person=person)
    row.part, row.only_item, row.removed_at, row.answer = part, only_item, None, "none"
    row.save()
    record(by=by, action="meeting.guest_added", obj=meeting, details={"person": person.pk, "part": part})
    invite_one(meeting=meeting, participation=row, by=by)
    return row


@transaction.atomic
def new_person(*, by: Actor, name: str, email: str, organisation: Organisation | None = None) -> Person:
    """Return the person with that address, or make a new one without login."""
    known = Person.objects.current().filter(email__iexact=email).order_by("pk").first() if email else None
    if known is not None:
        return known
    person = Person.objects.create(name=name, email=email, organisation=organisation)
    record(by=by, action="person.created", obj=person)
    return person


@transaction.atomic
def remove_participant(*, by: User, participation: Participation) -> None:
    """Take a guest, speaker or substitute off the meeting. Members leave through their membership."""
    meeting = Meeting.every.select_for_update().get(pk=participation.meeting_id)
    may_convene(by, meeting).require()
    row = Participation.objects.select_related("person", "meeting__lead_forum").get(pk=participation.pk)
    if row.part == Part.MEMBER:
        no(
            "is_member", _("Medlemmer tages af i forummet. Skriv i stedet, at medlemmet ikke kommer.")
        ).require()
    if row.removed_at is None:
        take_off(row)
        record(by=by, action="meeting.participant_removed", obj=meeting, details={"person": row.person_id})


def require_still_ahead(meeting: Meeting) -> None:
    """Raise Refused once the meeting is over: who comes on now reads what was said without having been there."""
    if meeting.status not in {MeetingStatus.PLANNED, MeetingStatus.RUNNING}:
        no("meeting_over", _("Mødet er slut eller aflyst, så der kan ikke komme flere med.")).require()


@transaction.atomic
def restore_participant(*, by: User, participation: Participation) -> None:
    """Undo `remove_participant`: on again, and invited again when the others have been.

    Who was off when the meeting was held does not get its minutes in this way.
    """
    meeting = Meeting.every.select_for_update().select_related("lead_forum").get(pk=participation.meeting_id)
    may_convene(by, meeting).require()
    row = Participation.objects.get(pk=participation.pk)
    if row.removed_at is None or row.part == Part.MEMBER:
        return
    if meeting.held_at is None or row.removed_at < meeting.held_at:
        require_still_ahead(meeting)
    Participation.objects.filter(pk=row.pk).update(removed_at=None)
    record(
        by=by, action="meeting.participant_restored", obj=meeting, details={"person": participation.person_id}
    )
    invite_one(meeting=meeting, participation=participation, by=by)
