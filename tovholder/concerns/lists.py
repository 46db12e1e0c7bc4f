"""The lists of concerns: what a triager sorts, what somebody raised, what its page shows, and who may be asked."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cache
from typing import Any

from django.db.models import (
    BigIntegerField,
    BooleanField,
    CharField,
    Count,
    DateTimeField,
    Exists,
    ExpressionWrapper,
    F,
    Func,
    Min,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.functions import Coalesce
from django.utils import timezone

from tovholder.accounts.models import User
from tovholder.accounts.queries import Joined
from tovholder.citizens.models import SealedField
from tovholder.citizens.queries import rules_beside
from tovholder.concerns.models import (
    ENDED,
    AbsenceReminder,
    AgeReminder,
    CaseTeamMember,
    Concern,
    ConcernChild,
    ConcernRules,
    ConcernStatus,
    Entry,
    Notification,
    Team,
)
from tovholder.concerns.policy import NEVER, Part, may_read
from tovholder.concerns.queries import visible_to
from tovholder.concerns.rules_facts import with_family_and_consents
from tovholder.concerns.standing import own_rules, triage_of
from tovholder.concerns.suspicion import by_family
from tovholder.directory.models import Person
from tovholder.directory.queries import held_posts
from tovholder.forums.standing import person_of
from tovholder.forums.statements import UserStatement
from tovholder.statements import Beside, Given, Statement, keep_rows

NEW = (ConcernStatus.NEW, ConcernStatus.REOPENED)
# What a list does not show is not read for it.
_SEALED = [each.name for each in Concern._meta.concrete_fields if isinstance(each, SealedField)]
PER_PAGE = 25
FACES: dict[str, Q] = {
    "nye": Q(status__in=NEW),
    "igang": ~Q(status__in=[*NEW, *ENDED]),
    "lukket": Q(status__in=ENDED),
}
ORDERS: dict[str, tuple[str, ...]] = {
    "ventet": ("status_at", "pk"),
    "nyeste": ("-raised_at", "-pk"),
    "grad": ("-scale_level__position", "status_at", "pk"),
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody looks for in the list; what is empty is not asked for."""

    face: str = "nye"
    order: str = "ventet"
    district_id: int | None = None
    level: str = ""
    team_id: int | None = None
    status: str = ""
    mine: bool = False

    @property
    def filtered(self) -> bool:
        return bool(self.district_id or self.level or self.team_id or self.status or self.mine)


@dataclass(frozen=True, slots=True)
class _Shape:
    """What is looked for, but for which district and team: the list is written into SQL once for each."""

    face: str
    order: str
    in_district: bool
    level: str
    in_team: bool
    status: str
    mine: bool

    def whole(self, user: User) -> QuerySet[Concern]:
        """Every face of the list."""
        found = visible_to(user, Part.ALL)
        if self.in_district:
            found = found.filter(district=Given("district", BigIntegerField()))
        if self.level:
            found = found.filter(level=self.level)
        if self.in_team:
            found = found.filter(teams=Given("team", BigIntegerField()))
        if self.status:
            found = found.filter(status=self.status)
        if self.mine:
            person = person_of(user)
            seats = CaseTeamMember.objects.filter(
                concern=OuterRef("pk"), person=person, until_at__isnull=True
            )
            found = found.filter(Q(handler=person) | Exists(seats))
        return found

    def shown(self, user: User) -> QuerySet[Any, Any]:
        """One face of the list in its order, with what a row shows."""
        found = self.whole(user)
        if not self.status:
            found = found.filter(FACES[self.face])
        return _as_rows(found).order_by(*ORDERS[self.order])

    def counted(self, user: User) -> QuerySet[Any, Any]:
        faces = {f"n_{face}": Count("pk", filter=condition) for face, condition in FACES.items()}
        oldest = Min("status_at", filter=FACES["nye"])
        found = self.whole(user).order_by().values(one=Value(1)).annotate(oldest=oldest, **faces)
        return found.values_list("oldest", *faces)


class TriageList:
    """The concerns that the user may read whole and that match, for a paginator; every face of the list is counted.

    The counts and the first page, which most ask for, are statements.
    """

    def __init__(self, user: User, wanted: Wanted) -> None:
        self._user, self._wanted = user, wanted
        self._shape = _Shape(
            wanted.face, wanted.order, bool(wanted.district_id), wanted.level, bool(wanted.team_id),
            wanted.status, wanted.mine,
        )  # fmt: skip
        self._given = {"district": wanted.district_id, "team": wanted.team_id}
        row = _counts(replace(self._shape, face="", order="")).first(user, **self._given)
        self.oldest, *counts = row or (None, *(0 for _face in FACES))
        # How many are new, under way and concluded, and since when the oldest new one waits.
        self.counts = dict(zip(FACES, counts, strict=True))

    def all(self) -> list[Any]:
        return _all(self._shape)(self._user, **self._given)

    def count(self) -> int:
        return sum(self.counts.values()) if self._wanted.status else self.counts[self._wanted.face]

    def __len__(self) -> int:
        return self.count()

    def __getitem__(self, shown: slice) -> list[Concern]:
        if shown.stop > PER_PAGE:
            return self.all()[shown]
        return _first_page(self._shape)(self._user, **self._given)[shown]


@cache
def _counts(shape: _Shape) -> UserStatement[Any]:
    return UserStatement(shape.counted, known=(triage_of,))


@cache
def _first_page(shape: _Shape) -> UserStatement[Any]:
    return UserStatement(lambda user: shape.shown(user)[:PER_PAGE], known=(triage_of,))


@cache
def _all(shape: _Shape) -> UserStatement[Any]:
    return UserStatement(shape.shown, known=(triage_of,))


class RaisedList:
    """What the user has raised, the newest first, for a paginator. Who raised a concern knows of it as long as it is."""

    def __init__(self, user: User) -> None:
        self._user = user

    def count(self) -> int:
        return sum(_HOW_MANY_RAISED(self._user))

    def __len__(self) -> int:
        return self.count()

    def __getitem__(self, shown: slice) -> list[Concern]:
        if shown.stop > PER_PAGE:
            return list(_raised(self._user)[shown])
        return _FIRST_RAISED(self._user)[shown]


def _raised(user: User) -> QuerySet[Concern]:
    if user.has_role(*NEVER):
        return Concern.objects.none()
    found = Concern.objects.filter(raised_by=person_of(user), erased_at__isnull=True)
    return found.defer(*_SEALED).order_by("-raised_at", "-pk")


_FIRST_RAISED = UserStatement(lambda user: _raised(user)[:PER_PAGE])
_HOW_MANY_RAISED = UserStatement(
    lambda user: _raised(user).order_by().values_list(Func(F("pk"), function="COUNT"), flat=True)
)


def on_list_of(user: User, team: Team) -> QuerySet[Any, Any]:
    """Return the concerns on the team's list that the user may read: to stand on it opens nothing."""
    return _as_rows(visible_to(user, Part.ALL).filter(teams=team)).order_by("raised_at", "pk")


def _as_rows(found: QuerySet[Concern]) -> QuerySet[Any, Any]:
    """Read what a row of a list shows and no more: the sealed texts stay where they are, of other things their names."""
    return found.only("code", "level", "subject", "status", "status_at", "raised_at").annotate(
        by_name=F("raised_by__name"),
        by_place=F("raised_by__organisation__name"),
        district_name=F("district__name"),
        handler_name=F("handler__name"),
        scale_name=F("scale_level__name"),
        scale_prompts=F("scale_level__prompts_notification"),
    )


def undecided_name() -> Q:
    """Say of concerns that they are names handed over at a case meeting and nobody has decided on them (rule 37).

    By whom they were handed over makes no difference, nor whether the name was taken off the meeting again.
    """
    handed = Concern.objects.filter(pk=OuterRef("pk"), case_items__is_handover=True)
    return Q(Exists(handed)) & ~Q(Exists(handed.exclude(case_items__decision="")))


def for_page(found: QuerySet[Concern]) -> QuerySet[Any, Any]:
    """Add what the page of a concern shows, in as few reads as can be."""
    categories = Concern.categories.through.objects.filter(concern=OuterRef("pk"))
    lists = Concern.teams.through.objects.filter(concern=OuterRef("pk"))
    notified = Notification.objects.filter(concern=OuterRef("pk")).order_by("-sent_on", "-pk")
    return found.select_related(
        "district", "organisation", "scale_level", "raised_by__organisation__kind", "handler"
    ).annotate(
        category_names=_joined(categories, "category__name"),
        team_names=_joined(lists, "team__name"),
        by_family=by_family(),
        **{f"rule_{name}": Subquery(own_rules().values(name)) for name in _RULES_OF_PAGE},
        close_ages=_joined(_open_ages(), "code", by="concern_child__concern"),
        absence_waits=Exists(_open_absences()),
        prompting=Exists(categories.filter(category__prompts_notification=True)),
        notified_on=Subquery(notified.values("sent_on")[:1]),
        notified_by=Subquery(notified.values("sent_by__name")[:1]),
        is_undecided_name=ExpressionWrapper(undecided_name(), output_field=BooleanField()),
        **rules_beside(),
    )


def page_of(user: User, code: str) -> Concern | None:
    """Return the concern as its page reads it, if the user may know of it."""
    found = _PAGE.first(code=code)
    if found is None:
        return None
    _TEAM.lay_at([found])
    return found if may_read(user, found) else None


_PAGE = Statement(lambda: for_page(Concern.objects.filter(code=Given("code", CharField()))))


def _case_team() -> QuerySet[CaseTeamMember]:
    return CaseTeamMember.objects.filter(until_at__isnull=True)


_TEAM = Beside("case_team", "concern", _case_team)


def _open_ages() -> QuerySet[AgeReminder]:
    return AgeReminder.objects.filter(answered_at__isnull=True, concern_child__concern=OuterRef("pk"))


def _open_absences() -> QuerySet[AbsenceReminder]:
    return AbsenceReminder.objects.filter(answered_at__isnull=True, concern=OuterRef("pk"))


def _joined(rows: QuerySet[Any], name: str, by: str = "concern") -> Subquery:
    return Subquery(rows.order_by().values(by).annotate(joined=Joined(name)).values("joined"))


def waiting_codes_of(concern: Concern) -> list[str]:
    """Return the codes of the reminders that wait for a word (rules 20, 23 and 42), of a concern of `for_page`."""
    ages: str | None = getattr(concern, "close_ages", None)
    found = ages.split(",") if ages else []
    return [*found, "absence_warn", "absence_notify"] if getattr(concern, "absence_waits", False) else found


def calls_for_notification(concern: Concern) -> bool:
    """Whether the level or a category reminds of the duty to notify. Reads nothing for a concern of `for_page`."""
    if concern.scale_level is not None and concern.scale_level.prompts_notification:
        return True
    known = getattr(concern, "prompting", None)
    return known if known is not None else concern.categories.filter(prompts_notification=True).exists()


def children_of(user: User, concern: Concern, months: int) -> list[Any]:
    """Return the children of a concern; each with how many different parties have worried about it (rule 26).

    Only what the user may read whole is counted, and nothing where a meeting, a plan or a notification is decided on.
    """
    since = timezone.now() - timedelta(days=30 * months)
    found = _CHILDREN(user, concern=concern.pk, since=since)
    # Their grown-ups and consents are read with each child, for the reminders.
    known = {each.pk: each.child for each in with_family_and_consents([concern.pk])} if found else {}
    for link in found:
        if link.pk in known:
            link.child = known[link.pk]
    # What else asks the concern of its children on this page is answered by the same read.
    keep_rows(concern, "concern_children", concern.concern_children.all(), found)
    return found


def _children(user: User) -> QuerySet[Any, Any]:
    readable = visible_to(user, Part.ALL).filter(raised_at__gte=Given("since", DateTimeField()))
    of_child = ConcernChild.objects.filter(child=OuterRef("child"), concern__in=readable).order_by()
    parties = of_child.values("child").annotate(n=PARTIES).values("n")
    links = ConcernChild.objects.filter(concern=Given("concern", BigIntegerField()))
    links = links.select_related("information").order_by("pk")
    return links.annotate(parties=Coalesce(Subquery(parties), 0), settled=Exists(of_child.filter(SETTLED)))


_CHILDREN = UserStatement(_children, known=(triage_of,))


_RULES_OF_PAGE = (
    "many_concerns",
    "many_months",
    "decision_days",
    "absence_warn_percent",
    "absence_notify_percent",
)


def rules_of(concern: Concern) -> ConcernRules:
    """Return the municipality's numbers that the page of a concern asks for, as `for_page` read them with it."""
    known = {name: getattr(concern, f"rule_{name}") for name in _RULES_OF_PAGE}
    return ConcernRules(key="standard", **{name: value for name, value in known.items() if value is not None})


PARTIES = Count(
    Coalesce("concern__raised_by__organisation_id", F("concern__raised_by_id") * -1), distinct=True
)
SETTLED = Q(concern__notifications__isnull=False) | Q(
    concern__status__in=[ConcernStatus.ON_AGENDA, ConcernStatus.NETWORK_MEETING, ConcernStatus.PLAN]
)


def chronology(user: User, child_id: int) -> QuerySet[Entry]:
    """Return the lines of all concerns about a child that the user may read whole, in order of time."""
    concerns = visible_to(user, Part.ALL).filter(children=child_id)
    return (
        Entry.objects.filter(Q(child=None) | Q(child=child_id), concern__in=concerns)
        .select_related("concern")
        .prefetch_related(Prefetch("concern__case_team", queryset=_case_team()))
        .order_by("at", "pk")
    )


def may_be_asked_about(concern: Concern) -> QuerySet[Person]:
    """Return the fixed contact persons: who holds a post at the school, or works at the place, and has a login."""
    if concern.organisation_id is None:
        return Person.objects.none()
    posts = held_posts().filter(school__organisation=concern.organisation_id).order_by()
    at_hand = (
        Q(pk__in=posts.values("person"))
        | Q(organisation=concern.organisation_id)
        | Q(pk=concern.raised_by_id)
    )
    never = Person.objects.filter(user__role_grants__role__in=[*NEVER, "open_participant"])
    return (
        Person.objects.current()
        .filter(at_hand, user__is_active=True, organisation__in_cooperation=True)
        .exclude(organisation__kind__party_type="outside")
        .exclude(pk__in=never.values("pk"))
        .select_related("organisation__kind", "user")
        .order_by("name", "pk")
    )
