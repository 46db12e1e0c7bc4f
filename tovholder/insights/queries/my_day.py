"""*Min dag*: my next meetings, my open agreements and what awaits my answer, each in one read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import (
    Case,
    CharField,
    Count,
    Exists,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from tovholder.access.levels import Level
from tovholder.accounts.models import User
from tovholder.directory.models import Person
from tovholder.forums.models import Charter
from tovholder.forums.queries import charter_due_on
from tovholder.forums.standing import convened_forum_ids, own_forum_ids, person_of
from tovholder.meetings.models import (
    Answer,
    Meeting,
    MeetingKind,
    MeetingStatus,
    Minutes,
    MinutesComment,
    MinutesStatus,
    Participation,
    Relay,
    Topic,
    TopicStatus,
)
from tovholder.meetings.queries import visible_to
from tovholder.meetings.services.days import notice_date
from tovholder.meetings.services.links import relay_token
from tovholder.meetings.standing import at_the_table
from tovholder.plans.models import Agreement, AgreementStatus
from tovholder.plans.queries import for_cards, mine, with_helpers
from tovholder.plans.wording import counted
from tovholder.ui.naming import day_and_month

MEETINGS_SHOWN = 4
AGREEMENTS_SHOWN = 5
AWAITING_SHOWN = 8
# From how many days before the last day for sending a missing invitation counts as something missing.
SEND_SOON = timedelta(days=7)
Part = Participation.Part


@dataclass(frozen=True, slots=True)
class MeetingRow:
    meeting: Meeting
    day: date
    is_today: bool
    line: str
    badge: str
    badge_kind: str


@dataclass(frozen=True, slots=True)
class Awaiting:
    """Something that waits for the user's answer: what kind, the row to go to, what it is called and where."""

    kind: str
    pk: int
    title: str
    forum: str
    day: date
    # For what was sent to the person and not to a forum: the same signed link as in the mail.
    token: str = ""
    # For what another app tells of (settings.AWAITING): where to go.
    url: str = ""


@dataclass(frozen=True, slots=True)
class MyDay:
    today: date
    meetings: list[MeetingRow]
    meetings_today: int
    agreements: list[Agreement]
    open_count: int
    late_count: int
    awaiting: list[Awaiting]
    is_member: bool


def my_day(user: User) -> MyDay:
    """Return all that the first page shows to the user."""
    today = timezone.localdate()
    agreements = list(for_cards(mine(user, Q(status=AgreementStatus.OPEN))))
    with_helpers(agreements[:AGREEMENTS_SHOWN])
    meetings = [_row(meeting, today) for meeting in _next_meetings(user)]
    return MyDay(
        today=today,
        meetings=meetings[:MEETINGS_SHOWN],
        meetings_today=sum(each.is_today for each in meetings),
        agreements=agreements[:AGREEMENTS_SHOWN],
        open_count=len(agreements),
        late_count=sum(each.due_on is not None and each.due_on < today for each in agreements),
        awaiting=awaiting(user, today),
        is_member=bool(own_forum_ids(user)),
    )


def _next_meetings(user: User) -> list[Meeting]:
    """Return the meetings I sit at from now on; for who sits nowhere but oversees all, the next of all."""
    # A network meeting stands here for who takes part in it, not for who oversees all the others.
    mine = at_the_table(user)
    others = visible_to(user).filter(~Q(kind=MeetingKind.NETWORK) | mine)
    rows = Meeting.every.filter(mine) if own_forum_ids(user) else others
    coming = rows.filter(
        status__in=[MeetingStatus.PLANNED, MeetingStatus.RUNNING], ends_at__gte=timezone.now()
    ).select_related("lead_forum")
    own = Participation.objects.filter(
        meeting=OuterRef("pk"), person=person_of(user), removed_at__isnull=True
    )
    convened = Meeting.forums.through.objects.filter(
        meeting_id=OuterRef("pk"), forum_id__in=list(convened_forum_ids(user))
    )
    found = coming.annotate(
        people=_count(),
        coming_people=_count(answer=Answer.YES),
        silent_people=_count(answer=Answer.NONE),
        my_answer=Subquery(own.values("answer")[:1]),
        i_convene=Exists(convened),
    )
    return list(found.order_by("starts_at", "pk")[:20])


def _count(**condition: Any) -> Coalesce:
    rows = Participation.objects.filter(
        ~Q(part=Part.SUBSTITUTE) | Q(substitute_confirmed=True),
        meeting=OuterRef("pk"),
        removed_at__isnull=True,
        waiting_list=False,
        **condition,
    )
    counts = rows.order_by().values("meeting").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counts, output_field=IntegerField()), 0)


def _row(meeting: Any, today: date) -> MeetingRow:
    starts, ends = timezone.localtime(meeting.starts_at), timezone.localtime(meeting.ends_at)
    lacks = _lacks(meeting, today) if meeting.i_convene else []
    parts = [
        _("Kl. %(from)s–%(to)s") % {"from": f"{starts.hour}.{starts:%M}", "to": f"{ends.hour}.{ends:%M}"}
    ]
    if meeting.place:
        parts.append(meeting.place)
    if lacks:
        parts.extend(lacks)
    elif meeting.invited_at is not None and meeting.people:
        parts.append(_("%(yes)s af %(all)s kommer") % {"yes": meeting.coming_people, "all": meeting.people})
    badge, kind = _badge(meeting, lacks)
    return MeetingRow(
        meeting=meeting,
        day=starts.date(),
        is_today=starts.date() == today,
        line=" · ".join(parts),
        badge=badge,
        badge_kind=kind,
    )


def _lacks(meeting: Any, today: date) -> list[str]:
    """Say what the convener still has to see to before the meeting."""
    if meeting.status == MeetingStatus.RUNNING:
        return []
    if meeting.invited_at is None and meeting.kind != MeetingKind.EVENT:
        last = notice_date(meeting.lead_forum, timezone.localtime(meeting.starts_at).date())
        if last < today:
            return [_("dagsordenen skulle være sendt %(day)s") % {"day": day_and_month(last)}]
        if last == today:
            return [_("dagsordenen skal sendes i dag")]
        if last <= today + SEND_SOON:
            return [_("dagsordenen skal sendes senest %(day)s") % {"day": day_and_month(last)}]
        return []
    if meeting.silent_people and meeting.invited_at is not None:
        return [_("%(n)s har ikke svaret") % {"n": meeting.silent_people}]
    return []


def _badge(meeting: Any, lacks: list[str]) -> tuple[str, str]:
    if meeting.status == MeetingStatus.RUNNING:
        return _("I gang"), "success"
    if meeting.i_convene:
        if lacks:
            return _("1 ting mangler"), "warning"
        return (_("Ikke sendt endnu"), "plain") if meeting.invited_at is None else (_("Klar"), "success")
    answers = {
        Answer.YES: (_("Du kommer"), "success"),
        Answer.NO: (_("Du kommer ikke"), "plain"),
        Answer.MAYBE: (_("Måske"), "warning"),
    }
    if meeting.my_answer in answers:
        return answers[meeting.my_answer]
    if meeting.my_answer == Answer.NONE and meeting.invited_at is not None:
        return _("Mangler dit svar"), "warning"
    if meeting.kind == MeetingKind.EVENT:
        return _("Arrangement"), "plain"
    return (_("Indkaldt"), "plain") if meeting.invited_at is not None else (_("Ikke indkaldt endnu"), "plain")


def awaiting(user: User, today: date) -> list[Awaiting]:
    """Return all that waits for the user's answer, in one read, the oldest first within its kind."""
    person, convened = person_of(user), list(convened_forum_ids(user))
    queries = _of_person(person.pk, today) if person is not None else []
    if convened:
        queries += _of_convener(convened, today)
    found = [each for path in settings.AWAITING for each in import_string(path)(user)]
    if queries:
        first, *rest = queries
        rows = first.union(*rest, all=True) if rest else first
        found += [_awaiting(person, *row) for row in rows]
    order = list(KINDS)
    return sorted(found, key=lambda each: (order.index(each.kind), each.day, each.pk))


# What waits, in the order in which it is shown.
KINDS = ("answer", "comment", "approve", "substitute", "question", "relay", "topic", "charter", "task")


def _awaiting(person: Person | None, kind: str, pk: int, title: str, forum: str, at: datetime) -> Awaiting:
    token = relay_token(Relay(pk=pk, to_person=person)) if kind == "question" else ""
    return Awaiting(
        kind=kind, pk=pk, title=title, forum=forum, day=timezone.localtime(at).date(), token=token
    )


def _shaped(kind: str, rows: QuerySet[Any], *, pk: str, title: str, forum: str, at: str) -> QuerySet[Any]:
    """Give rows of any table the same five columns, so that they can be read together."""
    shaped: QuerySet[Any] = (
        rows.order_by()
        .annotate(
            u_kind=Value(kind, output_field=CharField()),
            u_pk=F(pk),
            u_title=F(title) if title else Value("", output_field=CharField()),
            u_forum=F(forum),
            u_at=F(at),
        )
        .values_list("u_kind", "u_pk", "u_title", "u_forum", "u_at")
    )
    return shaped


def _of_person(person_id: int, today: date) -> list[QuerySet[Any]]:
    invited = Participation.objects.filter(
        person_id=person_id,
        answer=Answer.NONE,
        removed_at__isnull=True,
        invited_sequence__isnull=False,
        waiting_list=False,
        meeting__status=MeetingStatus.PLANNED,
        meeting__ends_at__gte=timezone.now(),
    )
    answered = MinutesComment.objects.filter(minutes=OuterRef("pk"), person_id=person_id)
    took_part = Participation.objects.filter(
        meeting=OuterRef("meeting"), person_id=person_id, removed_at__isnull=True
    )
    minutes = Minutes.objects.filter(
        Q(comments_until__isnull=True) | Q(comments_until__gte=today),
        Exists(took_part),
        ~Exists(answered),
        status=MinutesStatus.COMMENTING,
    )
    relays = Relay.objects.filter(to_person_id=person_id, status=Relay.Status.SENT)
    meeting = {"pk": "meeting_id", "forum": "meeting__lead_forum__name", "at": "meeting__starts_at"}
    return [
        _shaped("answer", invited, title="meeting__title", **meeting),
        _shaped("comment", minutes, title="meeting__title", **meeting),
        _shaped("question", relays, pk="pk", title="heading", forum="from_forum__name", at="created_at"),
    ]


def _of_convener(convened: list[int], today: date) -> list[QuerySet[Any]]:
    leads = Q(meeting__lead_forum_id__in=convened)
    open_forum = {"forum__closed_on__isnull": True, "forum__retired_at__isnull": True}
    substitutes = Participation.objects.filter(
        leads,
        part=Part.SUBSTITUTE,
        substitute_confirmed__isnull=True,
        removed_at__isnull=True,
        meeting__status=MeetingStatus.PLANNED,
        meeting__ends_at__gte=timezone.now(),
    ).exclude(meeting__kind=MeetingKind.NETWORK)
    minutes = Minutes.objects.exclude(meeting__kind=MeetingKind.NETWORK).filter(
        Q(status=MinutesStatus.DRAFT) | Q(status=MinutesStatus.COMMENTING, comments_until__lt=today),
        leads,
        meeting__status=MeetingStatus.HELD,
    )
    topics = Topic.objects.filter(forum_id__in=convened, status=TopicStatus.PROPOSED, **open_forum).annotate(
        # What is anonymous is read in the topic bank, where the reading is written down.
        told=Case(When(level=Level.GENERAL, then=F("heading")), default=Value(""))
    )
    relays = Relay.objects.filter(to_forum_id__in=convened, status=Relay.Status.SENT)
    newer = Charter.objects.filter(
        forum=OuterRef("forum"), version__gt=OuterRef("version"), approved_on__isnull=False
    )
    charters = Charter.objects.filter(
        ~Exists(newer), forum_id__in=convened, approved_on__lte=_a_year_before(today), **open_forum
    )
    meeting = {"pk": "meeting_id", "forum": "meeting__lead_forum__name", "at": "meeting__starts_at"}
    return [
        _shaped("substitute", substitutes, title="person__name", **meeting),
        _shaped("approve", minutes, title="meeting__title", **meeting),
        _shaped("topic", topics, pk="forum_id", title="told", forum="forum__name", at="created_at"),
        _shaped(
            "relay", relays, pk="to_forum_id", title="heading", forum="from_forum__name", at="created_at"
        ),
        _shaped("charter", charters, pk="forum_id", title="", forum="forum__name", at="created_at"),
    ]


def _a_year_before(today: date) -> date:
    """Return the latest day of approval whose charter is due for review today, as `forums` counts the year."""
    day = today - timedelta(days=364)
    while (due := charter_due_on(Charter(approved_on=day))) is not None and due > today:
        day -= timedelta(days=1)
    return day


def said(day: MyDay) -> list[str]:
    """Return the parts of the sentence that says how the day stands; the words between asterisks are bold."""
    parts = []
    if day.meetings_today and day.is_member:
        parts.append(
            _("du har *%(meetings)s i dag*")
            % {"meetings": counted(day.meetings_today, _("møde"), _("møder"), neuter=True)}
        )
    if day.late_count:
        parts.append(
            _("%(agreements)s er *over fristen*")
            % {"agreements": counted(day.late_count, _("aftale"), _("aftaler"))}
        )
    if day.awaiting:
        verb = _("venter på dit svar")
        parts.append(f"{counted(len(day.awaiting), _('ting'), _('ting'))} {verb}")
    if not parts and day.meetings:
        words = _("dit næste møde er *%(day)s*") if day.is_member else _("det næste møde er *%(day)s*")
        parts.append(words % {"day": day_and_month(day.meetings[0].day)})
    return parts
