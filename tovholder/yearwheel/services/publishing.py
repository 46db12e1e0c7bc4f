"""From plan to calendar: make and move the meetings, invite once, and take it back before anybody was invited.

One meeting at a time, each in its own transaction: a worker that is killed leaves nothing half done, and the next
goes on where it stopped, since each row remembers what it has become.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from tovholder.access.decision import Refused, no
from tovholder.accounts.models import User
from tovholder.audit.services import record
from tovholder.forums.models import Forum, JointMeetingRule
from tovholder.meetings.models import Meeting, MeetingKind, MeetingStatus
from tovholder.meetings.services import invitations, planning
from tovholder.meetings.services.days import at
from tovholder.yearwheel import policy
from tovholder.yearwheel.models import MeetingState, PlannedMeeting, Publication, RunStatus, YearPlan
from tovholder.yearwheel.services import themes, years
from tovholder.yearwheel.services.runs import QUIET_AFTER, UNDER_WAY

log = structlog.get_logger(__name__)
BEGUN = "begun"
SURE_AFTER = 5  # meetings, before anything is said about the time they take
PUBLISH = "tovholder.yearwheel.tasks.publish"  # by name: the tasks import the services


@transaction.atomic
def start(*, by: User, plan: YearPlan, version: int, invites: bool) -> Publication:
    """Hand the plan to the worker, as it was when it had `version`.

    Raises Refused when it was changed since, or when somebody else is publishing it.
    """
    policy.may_plan(by).require()
    plan = years.locked(plan)
    under_way = plan.publications.filter(status__in=UNDER_WAY).select_related("asked_by").first()
    if under_way is not None:
        name = str(under_way.asked_by or "")
        no("publishing", _("%(name)s er i gang med at offentliggøre planen.") % {"name": name}).require()
    if plan.version != version:
        no(
            "plan_changed", _("Planen er ændret, siden du så den. Se den igen, før du offentliggør.")
        ).require()
    try:
        with transaction.atomic():
            made = Publication.objects.create(
                plan=plan, invites=invites, asked_by=by, total=plan.planned.count()
            )
    except IntegrityError:
        no("publishing", _("En anden er i gang med at offentliggøre planen.")).require()
        raise
    years.touched(plan)
    record(by=by, action="year_plan.publishing", obj=plan, details={"invites": invites})
    import_string(PUBLISH).enqueue(made.pk)
    return made


def is_quiet(publication: Publication) -> bool:
    """Tell whether nothing has been heard for so long that the worker must have stopped."""
    since = publication.heartbeat_at or publication.asked_at
    return publication.is_under_way and timezone.now() - since > QUIET_AFTER


def seconds_left(publication: Publication) -> int | None:
    """Return about how long it will still take, at the pace so far; None while that is not known."""
    begun, now = publication.counts.get(BEGUN), publication.heartbeat_at
    if not begun or now is None or publication.done < SURE_AFTER:
        return None
    taken = (now - datetime.fromisoformat(begun)).total_seconds()
    return max(0, round(taken / publication.done * (publication.total - publication.done)))


@transaction.atomic
def start_again(*, by: User, publication: Publication) -> None:
    """Hand a publication whose worker was killed to another: it goes on where the first stopped."""
    policy.may_plan(by).require()
    fresh = Publication.objects.select_for_update().get(pk=publication.pk)
    if is_quiet(fresh):
        fresh.heartbeat_at = timezone.now()
        fresh.save(update_fields=["heartbeat_at"])
        record(by=by, action="year_plan.publishing_restarted", obj=fresh.plan)
        import_string(PUBLISH).enqueue(fresh.pk)


def run(publication_id: int) -> str:
    """Do it, and return the status. What the worker does; safe to call again."""
    begun = Publication.objects.filter(pk=publication_id, status__in=UNDER_WAY)
    now = timezone.now()
    # While it runs the counts hold when it began, so that one can say how long it will take.
    clock = {BEGUN: now.isoformat()}
    if not begun.update(status=RunStatus.RUNNING, heartbeat_at=now, done=0, counts=clock):
        return ""
    publication = Publication.objects.select_related("plan", "asked_by").get(pk=publication_id)
    try:
        by = publication.asked_by
        if by is None:
            no("gone", _("Den, der bad om det, har ikke længere et login.")).require()
            raise ValueError("refused above")
        policy.may_plan(by).require()
        years.take_in(by=by, plan=publication.plan)
        counts, left = _all(by, publication)
    except Refused as refused:
        return _over(publication, RunStatus.FAILED, {}, [], str(refused))
    except Exception as error:
        # Only the kind of fault: its words could hold what stood in a row.
        log.error("publication_failed", publication=publication_id, error=type(error).__name__)
        sentence = _(
            "Der skete en fejl. Det, der er lagt i kalenderen, bliver. Prøv igen, så går det videre."
        )
        return _over(publication, RunStatus.FAILED, {}, [], sentence)
    with transaction.atomic():
        details = {**counts, "left": len(left), "publication": publication.pk}
        record(by=by, action="year_plan.published", obj=publication.plan, details=details)
        return _over(publication, RunStatus.DONE, dict(counts), left, "")


def _all(by: User, publication: Publication) -> tuple[Counter[str], list[list[str]]]:
    counts: Counter[str] = Counter()
    left: list[list[str]] = []
    rows = list(publication.plan.planned.values_list("pk", flat=True))
    Publication.objects.filter(pk=publication.pk).update(total=len(rows))
    for pk in rows:
        try:
            with transaction.atomic():
                counts.update(_one(by, pk, invites=publication.invites))
        except Refused as refused:
            row = PlannedMeeting.objects.select_related("forum", "joint").filter(pk=pk).first()
            if row is not None:
                left.append([row.title, f"{row.date.isoformat()} {refused}"])
        Publication.objects.filter(pk=publication.pk).update(done=F("done") + 1, heartbeat_at=timezone.now())
    return counts, left


def _one(by: User, pk: int, *, invites: bool) -> dict[str, int]:
    """Bring one row into the calendar; returns what was done. Raises Refused for one that must be left alone."""
    row = (
        PlannedMeeting.objects.select_for_update(of=("self",))
        .select_related("meeting", "forum", "joint", "plan")
        .filter(pk=pk)
        .first()
    )
    if row is None:
        return {}
    state, done = row.state, Counter[str]()
    if state != MeetingState.PUBLISHED:
        policy.may_change_meeting(row.meeting).require()
        done.update({_WORD[state]: 1})
        _DO[state](by, row)
    # What stood there before the plan is its convener's to send.
    if invites and not row.was_there and row.pk is not None and row.meeting is not None:
        done["mails"] += _invite(by, row.meeting)
    return dict(done)


def _make(by: User, row: PlannedMeeting) -> None:
    forums, kind, details = _what(row)
    meeting = planning.create_meeting(
        by=by,
        forums=forums,
        kind=kind,
        starts_at=at(row.date, row.start),
        ends_at=at(row.date, row.end),
        decision=policy.may_plan(by),
        **details,
    )
    themes.lay_on(by=by, plan=row.plan, meeting=meeting)
    row.meeting = meeting
    _stands(row)


def _what(row: PlannedMeeting) -> tuple[list[Forum], str, dict[str, Any]]:
    if row.forum is not None:
        return [row.forum], MeetingKind.ORDINARY, {"place": row.forum.place}
    joint: JointMeetingRule = row.joint  # type: ignore[assignment]
    forums = [each for each in joint.forums.all() if each.is_open]
    if not forums:
        no("forum_closed", _("Alle foraene er lukket.")).require()
    return forums, MeetingKind.EVENT if joint.is_event else MeetingKind.JOINT, {"title": joint.name}


def _move(by: User, row: PlannedMeeting) -> None:
    row.meeting = planning.move(
        by=by,
        meeting=_known(row),
        starts_at=at(row.date, row.start),
        ends_at=at(row.date, row.end),
        decision=policy.may_plan(by),
    )
    if row.published_date is not None and row.published_date.replace(day=1) != row.date.replace(day=1):
        themes.lay_on(by=by, plan=row.plan, meeting=row.meeting)
    _stands(row)


def _drop(by: User, row: PlannedMeeting) -> None:
    """Call off what the plan has no place for; what nobody was told of just goes."""
    meeting, may = _known(row), policy.may_plan(by)
    if meeting.invited_at is None:
        try:
            with transaction.atomic():
                planning.discard(by=by, meeting=meeting, decision=may)
        except Refused:
            planning.cancel(by=by, meeting=meeting, reason=_("Mødet er taget ud af årsplanen."), decision=may)
    else:
        planning.cancel(by=by, meeting=meeting, reason=_("Mødet er taget ud af årsplanen."), decision=may)
    PlannedMeeting.objects.filter(pk=row.pk).delete()
    row.pk = None


def _known(row: PlannedMeeting) -> Meeting:
    if row.meeting is None:
        raise ValueError("the row has become no meeting yet")
    return row.meeting


_DO = {MeetingState.DRAFT: _make, MeetingState.MOVED: _move, MeetingState.DROPPED: _drop}
_WORD = {MeetingState.DRAFT: "made", MeetingState.MOVED: "moved", MeetingState.DROPPED: "cancelled"}


def _stands(row: PlannedMeeting) -> None:
    row.published_date, row.published_start = row.date, row.start
    row.save(update_fields=["meeting", "published_date", "published_start"])


def _invite(by: User, meeting: Meeting) -> int:
    """Invite to a meeting that is still to come; who knows of it as it stands is not told again."""
    fresh = Meeting.objects.get(pk=meeting.pk)
    if fresh.status != MeetingStatus.PLANNED or fresh.ends_at < timezone.now():
        return 0
    return invitations.send(by=by, meeting=fresh, decision=policy.may_plan(by))


def _over(
    publication: Publication, status: str, counts: dict[str, int], left: list[list[str]], told: str
) -> str:
    Publication.objects.filter(pk=publication.pk).update(
        status=status, counts=counts, left=left, told=told, finished_at=timezone.now()
    )
    return status


def uninvited(plan: YearPlan) -> int:
    """Return how many meetings of the plan are in the calendar without anybody being invited."""
    return plan.planned.filter(
        meeting__status=MeetingStatus.PLANNED,
        meeting__invited_at__isnull=True,
        was_there=False,
        meeting__ends_at__gt=timezone.now() - timedelta(hours=1),
    ).count()


def is_uninvited(row: PlannedMeeting) -> bool:
    """Tell of one row whether `uninvited` counts it."""
    meeting = row.meeting
    if meeting is None or row.was_there or meeting.status != MeetingStatus.PLANNED:
        return False
    return meeting.invited_at is None and meeting.ends_at > timezone.now() - timedelta(hours=1)


@transaction.atomic
def take_back(*, by: User, plan: YearPlan) -> tuple[int, int]:
    """Take the meetings out of the calendar that the plan made and nobody was invited to; how many went, how many stay.

    The plan is as before. A meeting with its own items stays, and so does one that was there before the plan.
    """
    policy.may_plan(by).require()
    plan = years.locked(plan)
    if plan.publications.filter(status__in=UNDER_WAY).exists():
        no("publishing", _("Planen er ved at blive offentliggjort. Vent, til det er færdigt.")).require()
    gone = stay = 0
    rows = plan.planned.filter(
        meeting__status=MeetingStatus.PLANNED, meeting__invited_at__isnull=True, was_there=False
    )
    for row in rows.select_related("meeting"):
        try:
            with transaction.atomic():
                planning.discard(by=by, meeting=_known(row), decision=policy.may_plan(by))
        except Refused:
            stay += 1
            continue
        PlannedMeeting.objects.filter(pk=row.pk).update(
            meeting=None, published_date=None, published_start=None
        )
        gone += 1
    years.touched(plan)
    record(by=by, action="year_plan.taken_back", obj=plan, details={"gone": gone, "stay": stay})
    return gone, stay
