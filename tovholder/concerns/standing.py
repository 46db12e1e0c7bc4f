"""Who triages what: the facts that policy and queries of concerns both stand on, read once a request."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import BigIntegerField, DateField, DateTimeField, Expression, F, Q, QuerySet, Subquery
from django.utils import timezone

from tovholder.accounts.models import User
from tovholder.concerns.models import ConcernRules, TeamMember
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
    def given(self) -> dict[str, datetime]:
        """What a statement that was written for such a triager is told when it is asked (`forums.statements`)."""
        return {"triage_ended_since": self.ended_since}


class _SomeTriage(Triage):
    """What a triager triages in a statement that is being written: no moment may stay in it."""

    @property
    def ended_since(self) -> datetime:
        return Given("triage_ended_since", DateTimeField())  # type: ignore[return-value]


def current_seats(on: Expression | None = None) -> Q:
    """Return the condition for seats in a team that hold today, of people who have not left."""
    today = on or timezone.localdate()
    still = Q(valid_until__isnull=True) | Q(valid_until__gte=today)
    return still & Q(valid_from__lte=today, person__left_on__isnull=True, team__retired_at__isnull=True)


def triage_of(user: User) -> Triage:
    """Return what the user triages today; read once a request."""
    if is_anybody(user):
        answer: Triage = user.known[triage_of]  # type: ignore[attr-defined]
        return _SomeTriage(answer.everywhere, answer.districts, answer.after_closing_days)
    known: Triage | None = getattr(user, "_triage", None)
    if known is None:
        person = person_of(user)
        found = [] if person is None else _TRIAGED(person=person.pk, today=timezone.localdate())
        districts = [district for district, _days in found]
        days = found[0][1] if found else None
        known = Triage(
            None in districts,
            frozenset(each for each in districts if each is not None),
            ConcernRules(key="standard").after_closing_days if days is None else days,
        )
        user._triage = known  # type: ignore[attr-defined]
    return known


def _triaged() -> QuerySet[TeamMember, tuple[int | None, int | None]]:
    """A row for each district, with the municipality's days beside it."""
    seats = TeamMember.objects.filter(current_seats(Given("today", DateField())), team__triages=True)
    found = seats.filter(person=Given("person", BigIntegerField())).annotate(district=F("team__districts"))
    return found.annotate(days=Subquery(own_rules().values("after_closing_days"))).values_list(
        "district", "days"
    )


def own_rules() -> QuerySet[ConcernRules]:
    """Return the row of the municipality's numbers, to be read beside other things."""
    return ConcernRules.objects.filter(retired_at__isnull=True).order_by("pk")[:1]


_TRIAGED = Statement(_triaged)


def team_ids_of(user: User) -> frozenset[int]:
    """Return the teams that the user sits in today, whether they triage or not."""
    person = person_of(user)
    if person is None:
        return frozenset()
    seats = TeamMember.objects.filter(current_seats(), person=person)
    return frozenset(seats.values_list("team", flat=True))


def rules() -> ConcernRules:
    """Return the municipality's days and numbers, or the shipped defaults (not saved)."""
    return _RULES.first() or ConcernRules(key="standard")


_RULES = Statement(own_rules)


def rules_for(user: User) -> ConcernRules:
    """Return the same, read once a request, for pages with lines from several places."""
    known: ConcernRules | None = getattr(user, "_concern_rules", None)
    if known is None:
        known = rules()
        user._concern_rules = known  # type: ignore[attr-defined]
    return known


def own_words_since(own: ConcernRules | None = None) -> datetime:
    """Return the moment since which a raised concern still shows its own words to who raised it."""
    return timezone.now() - timedelta(days=(own or rules()).own_words_days)


def ended_since(own: ConcernRules | None = None) -> datetime:
    """Return the moment since which an ended concern is still seen by its triagers."""
    return timezone.now() - timedelta(days=(own or rules()).after_closing_days)
