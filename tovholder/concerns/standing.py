"""Who triages what: the facts that policy and queries of concerns both stand on, read once a request."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from django.db.models import (
    BigIntegerField,
    DateField,
    DateTimeField,
    Expression,
    FilteredRelation,
    Q,
    QuerySet,
    Subquery,
)
from django.db.models.functions import JSONObject
from django.utils import timezone

from tovholder.accounts.models import User
from tovholder.concerns.models import ConcernRules
from tovholder.directory.models import Person, SetupRow
from tovholder.forums.standing import is_anybody, person_of
from tovholder.statements import Given, Statement


@dataclass(frozen=True)
class Triage:
    """The districts whose concerns a user receives; `everywhere` where a team has no districts of its own."""

    everywhere: bool = False
    districts: frozenset[int] = frozenset()
    after_closing_days: int = 0  # as long does an ended concern still show itself to them

    def __bool__(self) -> bool:
        return self.everywhere or bool(self.districts)

    def receives(self, district_id: int | None) -> bool:
        """Whether a concern of the district is theirs. One without a district is every triager's."""
        if district_id is None:
            return bool(self)
        return self.everywhere or district_id in self.districts

    @property
    def ended_since(self) -> datetime:
        """The moment since which an ended concern is still seen by them."""
        return timezone.now() - timedelta(days=self.after_closing_days)

    @property
    def given(self) -> dict[str, Any]:
        """What a statement for such a triager is given besides (`forums.statements`): it is written once, days pass."""
        return {"ended_since": self.ended_since}


# Stands for the moment of `Triage.ended_since` while a statement is written.
ENDED_SINCE = Given("ended_since", DateTimeField())


def current_seats(on: Expression | None = None) -> Q:
    """Return the condition for seats in a team that hold today, of people who have not left."""
    today = on or timezone.localdate()
    still = Q(valid_until__isnull=True) | Q(valid_until__gte=today)
    return still & Q(valid_from__lte=today, person__left_on__isnull=True, team__retired_at__isnull=True)


def triage_of(user: User) -> Triage:
    """Return what the user triages today; read once a request."""
    if is_anybody(user):
        return cast(Triage, user.known[triage_of])  # type: ignore[attr-defined]
    if not hasattr(user, "_triage"):
        _read_seats(user)
    known: Triage = user._triage  # type: ignore[attr-defined]
    return known


def team_ids_of(user: User) -> frozenset[int]:
    """Return the teams that the user sits in today, whether they triage or not; read once a request."""
    if not hasattr(user, "_team_ids"):
        _read_seats(user)
    known: frozenset[int] = user._team_ids  # type: ignore[attr-defined]
    return known


def _read_seats(user: User) -> None:
    """Read where the user sits today and the municipality's numbers, in one read."""
    person = person_of(user)
    rows = [] if person is None else _SEATS(person=person.pk, today=timezone.localdate())
    own = ConcernRules(key="standard", **(rows[0][0] or {})) if rows else rules()
    found = [row for row in rows if row[1] is not None and row[4] is None and row[5] is None]
    districts = {district for _own, _team, triages, district, _retired, _left in found if triages}
    user._triage = Triage(  # type: ignore[attr-defined]
        None in districts,
        frozenset(each for each in districts if each is not None),
        own.after_closing_days,
    )
    user._team_ids = frozenset(row[1] for row in found)  # type: ignore[attr-defined]
    user._concern_rules = own  # type: ignore[attr-defined]


def _seats() -> QuerySet[Person, Any]:
    """A row for each team and district, with the municipality's numbers beside it; one at least."""
    today = Given("today", DateField())
    still = Q(team_seats__valid_until__isnull=True) | Q(team_seats__valid_until__gte=today)
    held = still & Q(team_seats__valid_from__lte=today)
    numbers = {each.name: each.name for each in ConcernRules._meta.concrete_fields if each.name not in _OWNED}
    return (
        Person.objects.filter(pk=Given("person", BigIntegerField()))
        .annotate(seat=FilteredRelation("team_seats", condition=held))
        .annotate(numbers=Subquery(own_rules().values(said=JSONObject(**numbers))))
        .values_list(
            "numbers", "seat__team", "seat__team__triages", "seat__team__districts", "seat__team__retired_at",
            "left_on",
        )
    )  # fmt: skip


# What every row of the set-up has besides.
_OWNED = {each.name for each in SetupRow._meta.get_fields()} | {"id"}


def own_rules() -> QuerySet[ConcernRules]:
    """Return the row of the municipality's numbers, to be read beside other things."""
    return ConcernRules.objects.filter(retired_at__isnull=True).order_by("pk")[:1]


_SEATS = Statement(_seats)


def rules() -> ConcernRules:
    """Return the municipality's days and numbers, or the shipped defaults (not saved)."""
    return _RULES.first() or ConcernRules(key="standard")


_RULES = Statement(own_rules)


def rules_for(user: User) -> ConcernRules:
    """Return the same, read once a request, for pages with lines from several places."""
    if not hasattr(user, "_concern_rules"):
        _read_seats(user)
    known: ConcernRules = user._concern_rules  # type: ignore[attr-defined]
    return known


def own_words_since(own: ConcernRules | None = None) -> datetime:
    """Return the moment since which a raised concern still shows its own words to who raised it."""
    return timezone.now() - timedelta(days=(own or rules()).own_words_days)
