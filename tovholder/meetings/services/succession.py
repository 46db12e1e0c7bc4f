"""A forum closes and another takes over, or several become one: members, open agreements, topics, what was sent up
and down, and planned meetings follow. History stays where it was and is shown with the successor."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from tovholder.access.decision import no, yes
from tovholder.access.levels import levels_up_to
from tovholder.accounts.models import User
from tovholder.audit.services import record
from tovholder.forums.models import Forum, ForumOrganisation, Membership
from tovholder.forums.policy import may_manage, may_take_over
from tovholder.forums.services.members import close, keep_weightier
from tovholder.forums.standing import forget
from tovholder.meetings.models import (
    AgendaItem,
    Meeting,
    MeetingKind,
    MeetingStatus,
    Outcome,
    Relay,
    Series,
    Topic,
    TopicStatus,
)
from tovholder.meetings.services.invitations import sync_members
from tovholder.meetings.services.network_passing import follow_forum
from tovholder.plans.models import Agreement, AgreementStatus
from tovholder.plans.services import move_to_forum

# What a new forum takes from the one it continues.
COPIED = (
    "forum_type parent purpose target_age_from target_age_to cadence cadence_count weekdays weekdays_by_month "
    "weekday_varies start_time meeting_minutes place notice_days comment_days reminder_days topic_deadline_days acts "
    "open_to_all highest_level bases basis_documents principles agenda_template expected_sides circle"
).split()


@transaction.atomic
def close_forum(*, by: User, forum: Forum, successor: Forum, reason: str) -> None:
    """Close a forum into another one. Raises Refused, with the reason, when something could not follow."""
    forum, successor = _locked(forum, successor)
    may_take_over(by, forum, successor).require()
    if not reason.strip():
        no("reason_missing", _("Skriv en begrundelse.")).require()
    _refuse_cycle(forum, successor)
    _refuse_running(forum)
    _refuse_levels(forum, successor)
    _move_members(by, forum, successor)
    open_ones = list(Agreement.objects.filter(forum=forum, status=AgreementStatus.OPEN))
    # Before the forum is closed and after the successor is known to be open: no agreement is ever without a next agenda.
    move_to_forum(by=by, agreements=open_ones, forum=successor, allowed=yes("succession"))
    Topic.objects.filter(forum=forum).update(forum=successor)
    Relay.objects.filter(from_forum=forum).update(from_forum=successor)
    Relay.objects.filter(to_forum=forum).update(to_forum=successor)
    Outcome.objects.filter(to_forum=forum).update(to_forum=successor)
    _widen(forum, successor)
    forum.closed_on, forum.closed_reason, forum.successor = timezone.localdate(), reason.strip(), successor
    forum.save(update_fields=["closed_on", "closed_reason", "successor"])
    moved = _move_meetings(by, forum, successor)
    follow_forum(
        by=by, forum=forum, successor=successor
    )  # not counted: who closes a forum knows nothing of them
    forget(by)
    record(
        by=by,
        action="forum.closed",
        obj=forum,
        details={"successor": successor.pk, "agreements": len(open_ones), "meetings": moved},
    )


@transaction.atomic
def merge_forums(*, by: User, forums: Iterable[Forum], into: Forum | str, reason: str) -> Forum:
    """Make one forum of several and return it: one that there is, or a new one with the name given.

    A new one takes its rules from the first of the forums, and covers the districts and schools of all.
    """
    given = list(dict.fromkeys(forums))
    if not given or (isinstance(into, str) and len(given) < 2):
        no("too_few", _("Vælg mindst to fora.")).require()
    for forum in given:
        may_manage(by, forum).require()
    target = _new_forum(by, given[0], into) if isinstance(into, str) else into
    closing = [forum for forum in given if forum.pk != target.pk]
    if not closing:
        no("too_few", _("Vælg mindst to fora.")).require()
    for forum in closing:
        close_forum(by=by, forum=forum, successor=target, reason=reason)
    record(by=by, action="forum.merged", obj=target, details={"forums": [forum.pk for forum in closing]})
    target.refresh_from_db()
    return target


def _new_forum(by: User, model: Forum, name: str) -> Forum:
    name = " ".join(name.split())
    if not name:
        no("name_missing", _("Skriv navnet på det nye forum.")).require()
    base = slugify(name.lower().replace("æ", "ae").replace("ø", "oe").replace("å", "aa"))[:70] or "forum"
    key, number = base, 2
    while Forum.objects.filter(key=key).exists():
        key, number = f"{base}-{number}", number + 1
    values = {field: getattr(model, field) for field in COPIED}
    forum = Forum.objects.create(key=key, name=name, position=model.position, **values)
    # The convener of the first opens the new one, so that it can be managed from its first moment.
    today = timezone.localdate()
    for seat in Membership.objects.filter(forum=model, role__convenes=True, valid_until__isnull=True):
        Membership.objects.create(
            forum=forum, person_id=seat.person_id, role_id=seat.role_id, valid_from=today
        )
    forget(by)
    record(by=by, action="forum.created", obj=forum, details={"from": model.pk})
    return forum


def _locked(forum: Forum, successor: Forum) -> tuple[Forum, Forum]:
    """Lock both, always in the same order, and read them as they are."""
    rows = {
        each.pk: each
        for each in Forum.objects.select_for_update().filter(pk__in=[forum.pk, successor.pk]).order_by("pk")
    }
    return rows[forum.pk], rows[successor.pk]


def _refuse_cycle(forum: Forum, successor: Forum) -> None:
    seen, each = {forum.pk}, successor
    while True:
        if each.pk in seen:
            no("cycle", _("De to fora kan ikke afløse hinanden.")).require()
        seen.add(each.pk)
        if each.successor is None:
            return
        each = each.successor


def _refuse_running(forum: Forum) -> None:
    if forum.meetings.filter(status=MeetingStatus.RUNNING).exists():
        no("meeting_running", _("Forummet holder møde lige nu. Slut mødet først.")).require()


def _refuse_levels(forum: Forum, successor: Forum) -> None:
    """What follows must be at a level that the successor may take."""
    allowed = levels_up_to(successor.highest_level)
    live = [TopicStatus.PROPOSED, TopicStatus.BANKED, TopicStatus.SCHEDULED]
    planned = Q(meeting__forums=forum, meeting__status=MeetingStatus.PLANNED)
    waiting = Q(meeting__forums=forum, is_deferred=True, deferred_to__isnull=True)
    above = [
        (Agreement.objects.filter(forum=forum, status=AgreementStatus.OPEN), _("åbne aftaler")),
        (Topic.objects.filter(forum=forum, status__in=live), _("emner")),
        (AgendaItem.objects.filter(planned | waiting), _("punkter på kommende dagsordener")),
    ]
    names = [name for rows, name in above if rows.exclude(level__in=allowed).exists()]
    if names:
        no(
            "level_above_forum",
            _("%(forum)s tager ikke imod noget på det niveau: %(what)s. Afslut dem først.")
            % {"forum": successor.name, "what": ", ".join(names)},
        ).require()


def _move_members(by: User, forum: Forum, successor: Forum) -> None:
    today = timezone.localdate()
    seats = Membership.objects.filter(
        Q(valid_until__isnull=True) | Q(valid_until__gte=today), forum=forum, person__left_on__isnull=True
    ).select_related("role")
    for seat in seats:
        new, made = Membership.objects.select_related("role").get_or_create(
            forum=successor,
            person_id=seat.person_id,
            valid_until=None,
            defaults={
                "role_id": seat.role_id,
                "is_guest": seat.is_guest,
                "valid_from": max(today, seat.valid_from),
            },
        )
        if made and seat.valid_until is not None:
            new.valid_until = max(seat.valid_until, new.valid_from)
            new.save(update_fields=["valid_until"])
        elif not made:
            keep_weightier(new, seat)
        close(seat, today - timedelta(days=1))
        record(
            by=by,
            action="membership.followed",
            obj=seat,
            details={"person": seat.person_id, "from": forum.pk, "to": successor.pk},
        )


def _widen(forum: Forum, successor: Forum) -> None:
    """The successor covers what the closed forum covered."""
    successor.districts.add(*forum.districts.all())
    successor.schools.add(*forum.schools.all())
    successor.expected_sides = list(dict.fromkeys([*successor.expected_sides, *forum.expected_sides]))
    successor.save(update_fields=["expected_sides"])
    for row in forum.expected_organisations.all():
        ForumOrganisation.objects.get_or_create(forum=successor, organisation_id=row.organisation_id)
    Forum.objects.filter(parent=forum).exclude(pk=successor.pk).update(parent=successor)
    if successor.parent_id == forum.pk:
        successor.parent = forum.parent
        successor.save(update_fields=["parent"])
    for rule in forum.joint_rules.all():
        rule.forums.remove(forum)
        rule.forums.add(successor)


def _move_meetings(by: User, forum: Forum, successor: Forum) -> int:
    """Planned meetings become the successor's; in a joint meeting it takes the closed forum's place."""
    Series.objects.filter(forum=forum).update(forum=successor)
    # One that is off can be put on again.
    ahead = Q(status=MeetingStatus.PLANNED) | Q(status=MeetingStatus.CANCELLED, ends_at__gte=timezone.now())
    planned = list(Meeting.objects.filter(Q(forums=forum) | Q(lead_forum=forum), ahead).distinct())
    for meeting in planned:
        meeting.forums.remove(forum)
        meeting.forums.add(successor)
        fields = []
        if meeting.lead_forum_id == forum.pk:
            meeting.lead_forum = successor
            fields.append("lead_forum")
        if meeting.kind == MeetingKind.JOINT and meeting.forums.count() == 1:
            meeting.kind = MeetingKind.ORDINARY
            fields.append("kind")
        if fields:
            meeting.save(update_fields=fields)
        record(
            by=by,
            action="meeting.followed_forum",
            obj=meeting,
            details={"from": forum.pk, "to": successor.pk},
        )
        sync_members(by=by, meeting=meeting)
    return len(planned)
