"""Which concerns a person may know of, and who can see one."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from copy import copy
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import cache
from typing import Any, NamedTuple

from django.conf import settings
from django.db.models import (
    BigIntegerField,
    CharField,
    Count,
    DateField,
    DateTimeField,
    Expression,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from tovholder.access.bases import LegalBasis
from tovholder.accounts.models import User
from tovholder.concerns.models import (
    CaseTeamMember,
    Concern,
    ConcernChild,
    ConcernRules,
    Question,
    Team,
    TeamMember,
)
from tovholder.concerns.policy import NEVER, Part, may_see_teams
from tovholder.concerns.standing import (
    ENDED_SINCE,
    current_seats,
    own_rules,
    own_words_since,
    rules_for,
    triage_of,
)
from tovholder.directory.models import Person
from tovholder.forums.standing import is_anybody, person_of
from tovholder.statements import Among, Given, Statement


def visible_to(user: User, part: str = Part.STATUS) -> QuerySet[Concern]:
    """Return the concerns of which the user may read this part. Pinned to `policy.may_read` by a test.

    Each way to read one is found by an index of its own, so that it is quick among very many, too.
    """
    if user.has_role(*NEVER):
        return Concern.objects.none()
    person = person_of(user)
    condition = Q(pk__in=())
    if person is not None:
        seats = CaseTeamMember.objects.filter(person=person, until_at__isnull=True).order_by()
        condition |= Q(Among(F("pk"), seats.values("concern"))) | _raised_by(user, person, part)
    for received in _received(user):
        condition |= received
    return Concern.objects.filter(condition, erased_at__isnull=True)


def _raised_by(user: User, person: Person, part: str) -> Q:
    """What who raised a concern reads of it: that it is there, and for some days their own words."""
    if part == Part.STATUS:
        return Q(raised_by=person)
    if part == Part.OWN_WORDS:
        return Q(raised_by=person, raised_at__gte=own_words_since(rules_for(user)))
    return Q(pk__in=())


def _received(user: User) -> list[Q]:
    """What the user triages: the open ones of the districts, and for some days the ended ones."""
    triage = triage_of(user)
    if not triage:
        return []
    since = ENDED_SINCE if is_anybody(user) else triage.ended_since
    area = Q()
    if not triage.everywhere:
        area = Q(district__in=triage.districts) | Q(district__isnull=True)
    return [Q(ended_at__isnull=True) & area, Q(ended_at__gte=since) & area]


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody who can see (part of) a concern, and why: answers "Hvem kan se dette, og hvorfor?"."""

    name: str
    organisation: str
    what: str
    why: str
    person_id: int | None = None
    rank: int = field(default=0, compare=False)  # of the way: the lower, the wider


class ReaderRow(NamedTuple):
    """One person whom one way lets read of a concern; what `because`, `detail` and `number` hold is the way's own."""

    way: str
    who: int
    who_name: str
    who_place: str
    because: str
    detail: str
    number: int | None


@dataclass(frozen=True, slots=True)
class ReaderSource:
    """A way to read of a concern: `rows` of whom (`reader_rows`), written once, and how each is said, or None for no.

    `rows` is written with the given values below; all ways are asked in one read.
    """

    rows: Callable[[], QuerySet[Any, Any]]
    say: Callable[[ReaderRow, Concern], Reader | None]


# What is given of the concern when its readers are asked.
OF_CONCERN = Given("concern", BigIntegerField())
OF_DISTRICT = Given("district", BigIntegerField())
OF_RAISER = Given("raised_by", BigIntegerField())
NOW, TODAY = Given("now", DateTimeField()), Given("today", DateField())


def reader_rows(
    found: QuerySet[Any],
    way: str,
    *,
    person: str = "person__",
    place: str = "",
    because: Combinable | None = None,
    detail: Combinable | None = None,
    number: Combinable | None = None,
) -> QuerySet[Any, Any]:
    """Return the rows of one way out of `found`; `person` and `place` lead to the person and to their organisation."""
    blank = Value("", output_field=CharField())
    name = F(f"{place or f'{person}organisation__'}name")
    rows: QuerySet[Any, Any] = (
        found.order_by()
        .annotate(
            way=Value(way, output_field=CharField()),
            who=F(f"{person}pk"),
            who_name=F(f"{person}name"),
            who_place=Coalesce(name, blank),
            because=because or blank,
            detail=detail or blank,
            number=number or F("pk"),
        )
        .values_list(*ReaderRow._fields)
    )
    return rows


def readers(concern: Concern) -> list[Reader]:
    """Return everybody who can see any of the concern now, with what and why, in the order of how much; in one read.

    What apps above open (meetings, plans) comes from the sources by name in `settings.CONCERN_READERS`.
    """
    sources = _sources()
    rows = _asked_of(concern.district_id is not None)(
        concern=concern.pk,
        district=concern.district_id,
        raised_by=concern.raised_by_id,
        now=timezone.now(),
        today=timezone.localdate(),
    )
    order = list(sources)
    found: dict[object, Reader] = {}
    whole: set[int | None] = set()
    for row in sorted(map(ReaderRow._make, rows), key=lambda row: (order.index(row.way), row.who_name)):
        # The first ground of each person is the widest: keep that.
        said = sources[row.way].say(row, concern) if row.who not in whole else None
        if said is not None:
            said = replace(said, rank=order.index(row.way))
            found.setdefault(said.person_id or (said.name, said.organisation, said.why), said)
            whole |= {row.who} if row.way in _WHOLE else set()
    return list(found.values())


def readers_of_new(district_id: int | None, raiser: Person) -> list[Reader]:
    """Return who could see a concern of this district, were it raised now by `raiser`; asked as of one that is there."""
    return readers(Concern(pk=0, district_id=district_id, raised_by=raiser, raised_at=timezone.now()))


def readers_of_all(concern: Concern) -> list[Reader]:
    """Return those of them who read all of it: who works on the concern."""
    return [each for each in readers(concern) if each.what == _("Alt")]


def gains_and_losses(concern: Concern, district_id: int | None) -> tuple[list[Reader], list[Reader]]:
    """Return who would read all of it, and who no longer would, were it of this district; reads only where it is not."""
    if district_id == concern.district_id:
        return [], []
    moved = copy(concern)
    moved.district_id = district_id
    before, after = readers_of_all(concern), readers_of_all(moved)
    stay, come = {each.person_id for each in before}, {each.person_id for each in after}
    return (
        [each for each in after if each.person_id not in stay],
        [each for each in before if each.person_id not in come],
    )


def _sources() -> dict[str, ReaderSource]:
    """The ways by name, the widest first."""
    above = {path: import_string(path) for path in getattr(settings, "CONCERN_READERS", [])}
    return {"team": _TEAM, "triagers": _TRIAGERS, **above, "raised": _RAISED}


@cache
def _asked_of(has_district: bool) -> Statement[Any]:
    """Write the read of all ways; a concern without a district is every triager's."""

    def build() -> QuerySet[Any, Any]:
        parts = [
            _triager_rows(OF_DISTRICT if has_district else None) if way == "triagers" else source.rows()
            for way, source in _sources().items()
        ]
        return parts[0].union(*parts[1:], all=True)

    return Statement(build)


def _team_rows() -> QuerySet[Any, Any]:
    seats = CaseTeamMember.objects.filter(
        concern=OF_CONCERN, until_at__isnull=True, person__left_on__isnull=True
    )
    return reader_rows(seats.exclude(person__in=_never().values("pk")), "team", because=F("basis"))


def _say_team(row: ReaderRow, concern: Concern) -> Reader:
    return reader_of(row, _("Alt"), _("I sagens team: %(basis)s") % {"basis": LegalBasis(row.because).label})


def _triager_rows(district: Given | None = None) -> QuerySet[Any, Any]:
    days: Any = Subquery(own_rules().values("after_closing_days"))
    return reader_rows(triagers(district, TODAY), "triagers", person="", number=days)


def _say_triager(row: ReaderRow, concern: Concern) -> Reader | None:
    """An ended concern is seen by them as many days as the municipality says."""
    days = row.number if row.number is not None else _DEFAULTS.after_closing_days
    if concern.ended_at is not None and concern.ended_at < timezone.now() - timedelta(days=days):
        return None
    return reader_of(row, _("Alt"), _("SSP-teamet i distriktet"))


def _raised_rows() -> QuerySet[Any, Any]:
    raiser = Person.objects.filter(pk=OF_RAISER, left_on__isnull=True).exclude(pk__in=_never().values("pk"))
    days: Any = Subquery(own_rules().values("own_words_days"))
    return reader_rows(raiser, "raised", person="", number=days)


def _say_raised(row: ReaderRow, concern: Concern) -> Reader:
    days = row.number if row.number is not None else _DEFAULTS.own_words_days
    recent = concern.raised_at >= timezone.now() - timedelta(days=days)
    return reader_of(row, _("Egne ord og status") if recent else _("Status"), _("Har rejst bekymringen"))


def reader_of(row: ReaderRow, what: str, why: str) -> Reader:
    return Reader(row.who_name, row.who_place, what, why, row.who)


_WHOLE = ("team", "triagers")
_DEFAULTS = ConcernRules(key="standard")
_TEAM = ReaderSource(_team_rows, _say_team)
_TRIAGERS = ReaderSource(_triager_rows, _say_triager)
_RAISED = ReaderSource(_raised_rows, _say_raised)


def case_team(concern: Concern) -> QuerySet[CaseTeamMember]:
    """Return who works on the concern by name now, first come first."""
    seats = concern.case_team.filter(until_at__isnull=True)
    return seats.select_related("person__organisation").order_by("from_at", "pk")


def living_children(concern: Concern) -> Iterable[ConcernChild]:
    """Return the children of a concern who are not erased; asks nothing where a page has read them with it."""
    if "concern_children" in getattr(concern, "_prefetched_objects_cache", {}):
        return [each for each in concern.concern_children.all() if each.child.erased_at is None]
    links = concern.concern_children.filter(child__erased_at__isnull=True)
    return links.select_related("child", "information")


def triagers(district_id: int | Combinable | None, today: Expression | None = None) -> QuerySet[Person]:
    """Return the people of the triaging teams of a district; of all of them where the concern has no district."""
    seats = TeamMember.objects.filter(current_seats(today), team__triages=True)
    if district_id is not None:
        seats = seats.filter(Q(team__districts=district_id) | Q(team__districts__isnull=True))
    return (
        Person.objects.filter(pk__in=seats.values("person_id"))
        .exclude(pk__in=_never().values("pk"))
        .select_related("organisation")
        .order_by("name", "pk")
    )


def questions_to(user: User) -> QuerySet[Question]:
    """Return the questions that the user may read and answer. Pinned to `policy.may_answer` by a test."""
    person = None if user.has_role(*NEVER) else person_of(user)
    if person is None:
        return Question.objects.none()
    return Question.objects.filter(to_person=person, withdrawn_at=None).select_related("concern")


def teams_visible_to(user: User) -> QuerySet[Team]:
    """Return the teams for those who may see them, with how many sit there today."""
    if not may_see_teams(user):
        return Team.objects.none()
    seats = TeamMember.objects.filter(current_seats(), team=OuterRef("pk")).order_by().values("team")
    count = Coalesce(Subquery(seats.annotate(n=Count("pk")).values("n")), 0)
    return Team.objects.filter(retired_at__isnull=True).annotate(seated=count)


def seats_of(team: Team) -> QuerySet[TeamMember]:
    """Return who sits in the team today."""
    seats = TeamMember.objects.filter(current_seats(), team=team)
    return seats.select_related("person__organisation").order_by("person__name", "pk")


def _never() -> QuerySet[Person]:
    """People whose role never reads a concern."""
    return Person.objects.filter(user__role_grants__role__in=NEVER)
