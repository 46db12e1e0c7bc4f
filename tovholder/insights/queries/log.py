"""Reads over the log. Names are looked up for a whole page at once; the log itself holds only ids."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Case, CharField, DateTimeField, F, Model, Q, QuerySet, Value, When
from django.db.models.functions import Cast, Concat
from django.utils.translation import gettext as _

from tovholder.accounts.models import Role as AccountRole
from tovholder.accounts.models import User
from tovholder.audit.models import LISTED_WITH, Event
from tovholder.concerns.models import Concern
from tovholder.directory.models import Person, Post
from tovholder.forums.models import Forum, Membership
from tovholder.insights.presenters import actions_matching, ground_word, object_word, sentence
from tovholder.meetings.models import AgendaItem, Meeting, MeetingKind, Relay, Series, Topic
from tovholder.plans.models import Agreement

CHUNK = 500
PER_PAGE = 25
LISTED_SHOWN = 50  # cases of one list that was read; a file can hold thousands
COUNTED = 100  # more than so many are "over 100": to count five million lines takes longer than to show 25


@dataclass(frozen=True, slots=True)
class LogFilter:
    """What somebody looks for in the log; what is empty is not asked for."""

    who: str = ""
    actor: str = ""
    what: str = ""
    kind: str = ""
    object_type: str = ""
    object_id: str = ""
    since: datetime | None = None
    until: datetime | None = None

    @property
    def used(self) -> list[str]:
        """Names of the fields that are filled in; their contents are nobody's business."""
        return [each.name for each in fields(self) if getattr(self, each.name)]


@dataclass(frozen=True, slots=True)
class LogLine:
    """An event with the names that go with it today. `number` and `about` are empty where the reader knows of no case."""

    event: Event
    who: str
    what: str
    thing: str
    number: str
    about: str
    ground: str = ""
    # Of a list that was read: the first of its cases by code, and how many more there were.
    listed: tuple[str, ...] = ()
    listed_more: int = 0


@dataclass(frozen=True, slots=True)
class LogPage:
    """Some lines, newest first, and the event to go on from each way (0: there are no more that way)."""

    lines: list[LogLine]
    count: int
    older: int
    newer: int

    @property
    def is_over(self) -> bool:
        return self.count > COUNTED


def page(wanted: LogFilter, *, cases: bool, before: int = 0, after: int = 0) -> LogPage:
    """Return the newest lines that match, or those before or after an event: never a step through those between.

    `cases`: whether the reader may know which case a line is about.
    """
    found = events(wanted, cases=cases)
    if not wanted.object_id:
        # A list of 25 cases is a line for each, so that each case has its own; here the first tells of them all.
        found = found.exclude(details__has_key=LISTED_WITH)
    if after and (start := _place(after)):
        newer = found.filter(at__gte=start[0]).exclude(at=start[0], pk__lte=start[1])
        rows = list(newer.order_by("at", "pk")[: PER_PAGE + 1])
        more, rows = len(rows) > PER_PAGE, rows[:PER_PAGE][::-1]
        return _shown(found, rows, cases=cases, newer=more, older=bool(rows))
    start = _place(before) if before else None
    rows = list((_older(found, *start) if start else found)[: PER_PAGE + 1])
    more = len(rows) > PER_PAGE
    return _shown(found, rows[:PER_PAGE], cases=cases, newer=start is not None, older=more)


def _shown(found: QuerySet[Event], rows: list[Event], *, cases: bool, newer: bool, older: bool) -> LogPage:
    whole = not newer and not older
    return LogPage(
        lines=lines(rows, cases=cases, unfold=True),
        count=len(rows) if whole else found[: COUNTED + 1].count(),
        older=rows[-1].pk if rows and older else 0,
        newer=rows[0].pk if rows and newer else 0,
    )


def _place(pk: int) -> tuple[datetime, int] | None:
    """Where an event stands in the order; None when it is gone."""
    at = Event.objects.filter(pk=pk).values_list("at", flat=True).first()
    return None if at is None else (at, pk)


def _older(found: QuerySet[Event], at: datetime, pk: int) -> QuerySet[Event]:
    return found.filter(at__lte=at).exclude(at=at, pk__gte=pk)


def events(wanted: LogFilter, *, cases: bool) -> QuerySet[Event]:
    """Return the events that match, newest first. Who may know of no case cannot ask for the lines of one."""
    found = Event.objects.order_by("-at", "-pk")
    if not cases and wanted.object_type + wanted.object_id:
        found = found.exclude(reduce(or_, (Q(object_type__startswith=each) for each in _OF_CASE)))
    if wanted.who:
        found = found.filter(actor__in=actors_named(wanted.who))
    if wanted.what:
        found = found.filter(action__in=actions_matching(wanted.what))
    for name in ("actor", "kind", "object_type", "object_id"):
        if value := getattr(wanted, name):
            found = found.filter(**{name: value})
    if wanted.since is not None:
        found = found.filter(at__gte=wanted.since)
    if wanted.until is not None:
        found = found.filter(at__lte=wanted.until)
    return found


def is_longer_than(most: int, wanted: LogFilter, *, cases: bool) -> bool:
    """Tell whether more events match than so many, without counting further."""
    return events(wanted, cases=cases)[: most + 1].count() > most


def actors_named(text: str) -> list[str]:
    """Return the keys of all whose name holds the text: a person acts by login or by signed link."""
    words = text.casefold()
    names = _people().values_list("log_type", "pk", "log_name")
    found = [f"{key}:{pk}" for key, pk, label in names if words in label.casefold()]
    return [*found, "system"] if words in _system_name().casefold() else found


def lines(found: Iterable[Event], *, cases: bool, unfold: bool = False) -> list[LogLine]:
    """Return the events with names: one read for who acted, one for what it was about.

    `unfold`: with the cases of each list that was read, for who may know of them.
    """
    rows = list(found)
    actors = actor_names({row.actor for row in rows})
    told = {row.pk for row in rows if cases or not _is_of_case(row.object_type)}
    lists = {row.pk: _listed(row) for row in rows} if unfold and cases else {}
    shown = {(_CONCERN, each) for some in lists.values() for each in some[:LISTED_SHOWN]}
    wanted = shown | {(row.object_type, row.object_id) for row in rows if row.pk in told}
    objects = _object_names(wanted, cases=cases)
    return [
        LogLine(
            event=row,
            who=actors.get(row.actor, _("Slettet login")),
            what=sentence(row),
            thing=object_word(row.object_type) if row.object_type else "",
            number=row.object_id if row.pk in told else "",
            about=objects.get((row.object_type, row.object_id), ""),
            ground=ground_word(row.ground),
            listed=tuple(
                objects.get((_CONCERN, each), _("slettet")) for each in lists.get(row.pk, [])[:LISTED_SHOWN]
            ),
            listed_more=max(0, len(lists.get(row.pk, [])) - LISTED_SHOWN),
        )
        for row in rows
    ]


def _listed(event: Event) -> list[str]:
    """The cases of a list that was read, where it had more than one."""
    found = event.details.get("concerns", []) if event.action.endswith(".listed") else []
    return [str(each) for each in found] if len(found) > 1 else []


_CONCERN = "concerns.concern"


# What a line about a case is about, whatever app it stands in.
_OF_CASE = (
    "citizens.", "concerns.case", "concerns.concern", "concerns.question", "concerns.notification", "meetings.case",
    "meetings.family", "meetings.network", "plans.case", "plans.scaling",
)  # fmt: skip


def _is_of_case(object_type: str) -> bool:
    return object_type.startswith(_OF_CASE)


RIGHTS = ("login.roles_set", "login.opened", "login.factors_reset", "membership.made_convener", "team.joined")
RIGHTS_SHOWN = 5


def rights_given(since: datetime) -> list[LogLine]:
    """Return the last changes that gave somebody rights, newest first: what the log reviewers were mailed about."""
    found = Event.objects.filter(action__in=RIGHTS, at__gte=since).order_by("-at", "-pk")[: 4 * RIGHTS_SHOWN]
    told = [each for each in found if each.action != "login.roles_set" or _gives(each.details)]
    return lines(told[:RIGHTS_SHOWN], cases=False)


def _gives(details: dict[str, Any]) -> bool:
    return bool(details.get("given")) or AccountRole.LOG_REVIEWER in details.get("taken", [])


def all_lines(found: QuerySet[Event], *, cases: bool) -> Iterator[LogLine]:
    """Return the lines of a long list, a handful at a time."""
    last: Event | None = None
    while chunk := list((found if last is None else _older(found, last.at, last.pk))[:CHUNK]):
        yield from lines(chunk, cases=cases)
        last = chunk[-1]


def _people(users: Iterable[str] | None = None, persons: Iterable[str] | None = None) -> QuerySet[Any]:
    """Logins and persons as rows of (type, pk, name), in one read; all of them when none are named."""
    parts: list[QuerySet[Any]] = []
    given: tuple[tuple[str, type[Model], Iterable[str] | None], ...] = (
        ("user", User, users),
        ("person", Person, persons),
    )
    for key, model, pks in given:
        rows = model._default_manager.order_by()
        if pks is not None:
            rows = rows.filter(pk__in=pks)
        parts.append(
            rows.annotate(log_type=Value(key, CharField()), log_name=F("name")).values(
                "log_type", "pk", "log_name"
            )
        )
    return parts[0].union(parts[1], all=True)


def _system_name() -> str:
    return _("Tovholder selv")


FAMILY = ("family", "family-adult", "family-child")


def actor_names(keys: set[str]) -> dict[str, str]:
    """Return the names of all who act under these keys, in one read; a deleted login has none."""
    pks: dict[str, list[str]] = defaultdict(list)
    for key in keys:
        kind, _colon, pk = key.partition(":")
        if pk.isdigit():
            pks[kind].append(pk)
    rows = _people(pks["user"], pks["person"]).values_list("log_type", "pk", "log_name") if pks else ()
    named = {f"{key}:{pk}": label for key, pk, label in rows}
    # Never by name: a signed link, a custody holder, the young person.
    family = {f"{kind}:{pk}": _("En fra familien") for kind in FAMILY for pk in pks[kind]}
    return {"system": _system_name(), **family, **named}


# Where the name of a thing stands, and the day that tells it from others. Never what people typed about it.
_NAMED: dict[str, tuple[type[Model], str, str]] = {
    "accounts.user": (User, "name", ""),
    "concerns.concern": (Concern, "code", ""),
    "directory.person": (Person, "name", ""),
    "directory.post": (Post, "school__name", ""),
    "forums.forum": (Forum, "name", ""),
    "forums.membership": (Membership, "forum__name", ""),
    "meetings.agendaitem": (AgendaItem, "meeting__lead_forum__name", "meeting__starts_at"),
    "meetings.meeting": (Meeting, "lead_forum__name", "starts_at"),
    "meetings.relay": (Relay, "from_forum__name", ""),
    "meetings.series": (Series, "forum__name", ""),
    "meetings.topic": (Topic, "forum__name", ""),
    "plans.agreement": (Agreement, "forum__name", ""),
}


def _object_names(wanted: set[tuple[str, str]], *, cases: bool) -> dict[tuple[str, str], str]:
    """Return the names of things in one read, whatever they are."""
    pks: dict[str, list[str]] = defaultdict(list)
    for object_type, object_id in wanted:
        if object_type in _NAMED and object_id.isdigit():
            pks[object_type].append(object_id)
    parts = [_named_rows(object_type, ids, cases=cases) for object_type, ids in sorted(pks.items())]
    if not parts:
        return {}
    rows = parts[0].union(*parts[1:], all=True) if len(parts) > 1 else parts[0]
    return {
        (object_type, str(pk)): f"{label}, {day:%d.%m.%Y}" if day else label
        for object_type, pk, label, day in rows.values_list("log_type", "pk", "log_name", "log_day")
    }


def _named_rows(object_type: str, pks: list[str], *, cases: bool) -> QuerySet[Any]:
    model, label, day = _NAMED[object_type]
    when = F(day) if day else Cast(Value(None), DateTimeField())
    # Who reads the log may know of every meeting, of a network meeting by its case code at most.
    found = Meeting.every if model is Meeting else model._default_manager
    rows: QuerySet[Any] = found.order_by().filter(pk__in=pks)
    named: QuerySet[Any, Any] = rows.annotate(
        log_type=Value(object_type, CharField()),
        log_name=Cast(_meeting_name(label, cases=cases) if model is Meeting else F(label), CharField()),
        log_day=Cast(when, DateTimeField()) if not day else when,
    ).values("log_type", "pk", "log_name", "log_day")
    return named


def _meeting_name(label: str, *, cases: bool) -> Case:
    """The forum's name; of a network meeting "Netværksmøde, Sag 26-041", without what anybody typed."""
    kind = F("lead_forum__forum_type__name")
    code = (Value(f", {_('Sag')} "), F("network__concern__code")) if cases else (Value(""),)
    about = Concat(kind, *code, output_field=CharField())
    return Case(When(kind=MeetingKind.NETWORK, then=about), default=F(label), output_field=CharField())
