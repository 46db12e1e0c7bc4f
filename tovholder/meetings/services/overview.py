"""What the face before a meeting shows: the agenda with clock times and reasons, its time, and what is missing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db.models import BigIntegerField, Count, Exists, OuterRef, QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tovholder.access.levels import Level
from tovholder.accounts.models import User
from tovholder.directory.models import Side
from tovholder.meetings.models import (
    AgendaAttachment,
    AgendaItem,
    Answer,
    Meeting,
    MeetingKind,
    MeetingStatus,
    Participation,
    Topic,
    TopicStatus,
)
from tovholder.meetings.queries import items_shown_to, one_meeting
from tovholder.meetings.services.agenda import highest_level
from tovholder.meetings.services.carrying import carry_limit, open_agreements_shown, rule_facts
from tovholder.meetings.services.days import notice_date
from tovholder.meetings.services.letters import MONTHS
from tovholder.meetings.standing import readable_levels, sits_at_table
from tovholder.plans.models import Agreement, AgreementStatus
from tovholder.statements import Given, Statement

Source, Part = AgendaItem.Source, Participation.Part
BAR_WIDTH, GAP = 560, 3
COLOURS = {"general": "#2c5a6b", "anonymous": "#55379a", "named": "#861343"}
FIRST_COLOUR = "#0f4c53"


@dataclass(frozen=True, slots=True)
class AgreementLine:
    agreement: Agreement
    kind: str
    word: str
    stuck: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One item: its number among those shown, when it begins, and why it is there."""

    item: AgendaItem
    number: int
    starts: datetime | None
    why: str
    due: list[AgreementLine] = field(default_factory=list)
    later: list[AgreementLine] = field(default_factory=list)

    @property
    def is_agreements(self) -> bool:
        return self.item.source == Source.OPEN_AGREEMENTS


@dataclass(frozen=True, slots=True)
class Check:
    ok: bool
    text: str


@dataclass(frozen=True, slots=True)
class Bar:
    x: int
    width: int
    fill: str


@dataclass(frozen=True, slots=True)
class Budget:
    """The agenda's minutes against the meeting's length, as numbers, a sentence and bars."""

    used: int
    length: int
    bars: list[Bar]
    spare: Bar | None
    spoken: str

    @property
    def left(self) -> int:
        return self.length - self.used

    @property
    def over(self) -> int:
        return max(self.used - self.length, 0)


@dataclass(frozen=True, slots=True)
class Agenda:
    lines: list[Line]
    budget: Budget
    all_shown: bool


def day_of(moment: datetime) -> str:
    """Write "3. februar"."""
    day = timezone.localtime(moment)
    return f"{day.day}. {MONTHS[day.month - 1]}"


def _meeting() -> QuerySet[Meeting]:
    """Read what the face needs besides the meeting's own row in the same query."""
    topics = Topic.objects.filter(forum=OuterRef("lead_forum")).order_by().values("forum")
    return one_meeting().annotate(
        **rule_facts(),
        banked_topics=Subquery(topics.filter(status=TopicStatus.BANKED).values(n=Count("pk"))),
        waiting_topics=Subquery(topics.filter(status=TopicStatus.PROPOSED).values(n=Count("pk"))),
        has_files=Exists(AgendaAttachment.objects.filter(meeting=OuterRef("pk"))),
    )


MEETING = Statement(_meeting)


def agenda_for(user: User, meeting: Meeting) -> Agenda:
    """Return the agenda as the user may read it. Who sees only a part sees no clock times: a gap would tell."""
    levels = readable_levels(user, meeting)
    items = items_shown_to(user, meeting)
    all_shown = len(levels) > 1 or highest_level(meeting) == Level.GENERAL
    agreements: list[Agreement] = []
    if sits_at_table(user, meeting):
        agreements = open_agreements_shown(meeting, levels)
    return Agenda(
        lines=_lines(meeting, items, agreements, clock=all_shown),
        budget=budget([item for item in items if not item.is_deferred], meeting.minutes_planned),
        all_shown=all_shown,
    )


def _lines(
    meeting: Meeting, items: Sequence[AgendaItem], agreements: Sequence[Agreement], *, clock: bool
) -> list[Line]:
    starts, lines = meeting.starts_at, []
    due, later = agreement_lines(
        agreements, timezone.localtime(meeting.starts_at).date(), carry_limit(meeting)
    )
    for number, item in enumerate(items, start=1):
        first = item.source == Source.OPEN_AGREEMENTS
        lines.append(
            Line(
                item=item,
                number=number,
                starts=starts if clock and not item.is_deferred else None,
                why=because(item, len(agreements)),
                due=due if first else [],
                later=later if first else [],
            )
        )
        if not item.is_deferred:
            starts += timedelta(minutes=item.minutes)
    return lines


def because(item: AgendaItem, agreements: int = 0) -> str:
    """Say in one short line why the item is on the agenda."""
    if item.source == Source.OPEN_AGREEMENTS:
        if not agreements:
            return _("Kommer altid først. Ingen åbne aftaler lige nu")
        return ngettext(
            "Kommer altid først: %(count)s åben aftale",
            "Kommer altid først: %(count)s åbne aftaler",
            agreements,
        ) % {"count": agreements}
    if item.source == Source.DEFERRED and item.deferred_from is not None:
        return _("Udskudt fra mødet %(day)s") % {"day": day_of(item.deferred_from.meeting.starts_at)}
    if item.source in {Source.RELAY, Source.ANSWER} and item.relay is not None:
        if item.source == Source.RELAY:
            return _("Sendt fra %(sender)s") % {"sender": item.relay.from_forum.name}
        return _("Svar fra %(sender)s") % {"sender": item.relay.to_forum or item.relay.to_person}
    if item.source in {Source.TOPIC, Source.PROPOSAL} and item.topic is not None:
        person = item.topic.proposed_by
        if item.source == Source.PROPOSAL and person is not None:
            return _("%(name)s har foreslået emnet") % {"name": person.name}
        if person is not None:
            return _("Fra emnebanken. %(name)s bød ind med det") % {"name": person.name}
    return str(item.get_source_display())


def agreement_lines(
    agreements: Sequence[Agreement], on: date, limit: int
) -> tuple[list[AgreementLine], list[AgreementLine]]:
    """Split into those to talk about and those not yet due on the day; stuck ones are always talked about."""
    due: list[AgreementLine] = []
    later: list[AgreementLine] = []
    for agreement in agreements:
        stuck = agreement.status == AgreementStatus.OPEN and getattr(agreement, "carried_count", 0) >= limit
        line = AgreementLine(agreement, *_state(agreement, on), stuck=stuck)
        waits = (
            agreement.status == AgreementStatus.OPEN
            and agreement.due_on is not None
            and agreement.due_on > on
        )
        (later if waits and not stuck else due).append(line)
    return due, later


def _state(agreement: Agreement, on: date) -> tuple[str, str]:
    if agreement.status != AgreementStatus.OPEN:
        return "ok", str(agreement.get_status_display())
    if agreement.due_on is None:
        return "stop", _("Ingen frist")
    if agreement.due_on < on:
        return "stop", _("Fristen var %(day)s") % {"day": _short(agreement.due_on)}
    if agreement.due_on == on:
        return "vent", _("Frist på mødedagen")
    return "vent", _("Frist %(day)s") % {"day": _short(agreement.due_on)}


def _short(day: date) -> str:
    return f"{day.day}. {MONTHS[day.month - 1]}"


def budget(items: Sequence[AgendaItem], length: int) -> Budget:
    """Draw the minutes as bars over the meeting's length (or over the agenda when that is longer)."""
    used = sum(item.minutes for item in items)
    scale = BAR_WIDTH / max(used, length, 1)
    bars, x = [], 0.0
    for item in items:
        width = item.minutes * scale
        fill = FIRST_COLOUR if item.source == Source.OPEN_AGREEMENTS else COLOURS[item.level]
        bars.append(Bar(round(x), max(round(width) - GAP, 1), fill))
        x += width
    spare = Bar(round(x), max(round(BAR_WIDTH - x) - 1, 1), "#fff") if used < length else None
    if used > length:
        spoken = _("Tid: dagsordenen er på %(used)s minutter, og mødet er på %(length)s.")
    else:
        spoken = _("Tid: %(used)s af %(length)s minutter er brugt.")
    return Budget(used, length, bars, spare, spoken % {"used": used, "length": length})


def participants(meeting: Meeting) -> list[Participation]:
    """Return who is invited or to be invited, by name; with organisation and who a substitute comes for."""
    people = _PARTICIPANTS(meeting=meeting.pk)
    for each in people:
        each.meeting = meeting
    return people


def _participants() -> QuerySet[Participation]:
    return (
        Participation.objects.filter(meeting=Given("meeting", BigIntegerField()), removed_at__isnull=True)
        .exclude(part=Part.SUBSTITUTE, substitute_confirmed=False)
        .select_related("person__organisation__kind", "substitute_for__person", "only_item")
        .order_by("person__name", "pk")
    )


_PARTICIPANTS = Statement(_participants)


def checks(meeting: Meeting, agenda: Agenda, people: Sequence[Participation]) -> list[Check]:
    """Return what must be seen to before sending: what is right first, then what is missing."""
    found = [_time_check(agenda.budget), Check(True, _("Alle åbne aftaler er med"))]
    if meeting.kind == MeetingKind.EVENT:
        found = []
    if meeting.invited_at is None:
        found.append(_notice_check(meeting))
    silent = [
        line.item
        for line in agenda.lines
        if line.item.kind in _NEED_PRESENTER and line.item.presenter is None
    ]
    if silent:
        found.append(Check(False, _missing_presenters(len(silent))))
    asked = [each for each in people if each.invited_sequence is not None and each.answer == Answer.NONE]
    if meeting.invited_at is not None:
        found.append(_answer_check(asked))
    found += [
        Check(False, _("Stedfortræder venter på dit svar: %(name)s") % {"name": each.person.name})
        for each in people
        if each.part == Part.SUBSTITUTE and each.substitute_confirmed is None
    ]
    found += [
        Check(False, _("%(name)s har ingen e-mail og får ingen indkaldelse") % {"name": each.person.name})
        for each in people
        if not each.person.email
    ]
    found += [
        Check(False, _("Ingen fra: %(side)s") % {"side": side}) for side in missing_sides(meeting, people)
    ]
    return sorted(found, key=lambda check: not check.ok)


_NEED_PRESENTER = frozenset({"theme", "single_case"})


def _missing_presenters(count: int) -> str:
    return ngettext(
        "%(count)s punkt mangler en, der holder oplæg",
        "%(count)s punkter mangler en, der holder oplæg",
        count,
    ) % {"count": count}


def _time_check(time: Budget) -> Check:
    if time.left < 0:
        return Check(False, _("Dagsordenen er %(minutes)s min for lang") % {"minutes": -time.left})
    return Check(True, _("Dagsordenen passer i tiden"))


def _notice_check(meeting: Meeting) -> Check:
    """Rule 31: an invitation that comes later than the forum has promised is a warning."""
    last = notice_date(meeting.lead_forum, timezone.localtime(meeting.starts_at).date())
    if timezone.localdate() <= last:
        return Check(
            True, _("Varslet på %(days)s dage kan holdes. Send senest %(day)s") % _notice(meeting, last)
        )
    return Check(
        False,
        _("Varslet på %(days)s dage er overskredet. Det skulle være sendt %(day)s") % _notice(meeting, last),
    )


def _notice(meeting: Meeting, last: date) -> dict[str, object]:
    return {"days": meeting.lead_forum.notice_days, "day": _short(last)}


def is_late(meeting: Meeting) -> bool:
    """Tell whether an invitation sent today breaks the forum's notice."""
    return timezone.localdate() > notice_date(
        meeting.lead_forum, timezone.localtime(meeting.starts_at).date()
    )


def _answer_check(asked: Sequence[Participation]) -> Check:
    if not asked:
        return Check(True, _("Alle har svaret"))
    names = [each.person.name for each in asked]
    if len(names) <= 3:
        listed = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} {_('og')} {names[-1]}"
        return Check(False, _("%(names)s har ikke svaret") % {"names": listed})
    return Check(False, _("%(count)s har ikke svaret") % {"count": len(names)})


def missing_sides(meeting: Meeting, people: Sequence[Participation]) -> list[str]:
    """Return the sides of the table that the forum expects and nobody comes from."""
    coming = {
        each.person.organisation.kind.side
        for each in people
        if each.person.organisation is not None and each.answer != Answer.NO and not each.waiting_list
    }
    expected = meeting.lead_forum.expected_sides or []
    return [str(Side(side).label) for side in expected if side in Side.values and side not in coming]


def state_word(meeting: Meeting) -> tuple[str, str]:
    """Return the badge of a meeting in a list: its kind and its words."""
    if meeting.status == MeetingStatus.PLANNED:
        if meeting.invited_at is not None:
            return "success", _("Indkaldt")
        return ("warning", _("Ikke sendt")) if is_late(meeting) else ("plain", _("Planlagt"))
    kinds = {MeetingStatus.RUNNING: "warning", MeetingStatus.CANCELLED: "error"}
    return kinds.get(MeetingStatus(meeting.status), "plain"), str(meeting.get_status_display())
