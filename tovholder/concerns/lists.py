"""The lists of concerns: what a triager sorts, what somebody raised, what waits, and what one person may be asked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import (
    CharField,
    Count,
    Exists,
    F,
    Max,
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
from tovholder.concerns.models import (
    ENDED,
    AgeReminder,
    CaseTeamMember,
    Category,
    Concern,
    ConcernChild,
    ConcernRules,
    ConcernStatus,
    Entry,
    Notification,
    Question,
    Team,
)
from tovholder.concerns.policy import NEVER, Part, may_read
from tovholder.concerns.queries import readable_by, visible_to, worked_on_by
from tovholder.concerns.standing import own_rules, rules_for, triage_of
from tovholder.concerns.workdays import before_working_days
from tovholder.directory.models import Person
from tovholder.directory.queries import held_posts
from tovholder.forums.standing import person_of
from tovholder.statements import Given, Statement

NEW = (ConcernStatus.NEW, ConcernStatus.REOPENED)
# What a list does not show is not read for it.
_SEALED = [each.name for each in Concern._meta.concrete_fields if isinstance(each, SealedField)]
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


def triage_list(user: User, wanted: Wanted) -> QuerySet[Concern]:
    """Return all the concerns that the user may read whole and that match; every face of the list."""
    found = Concern.objects.filter(readable_by(user, Part.ALL, worked_on=worked_on_by(user)))
    if wanted.district_id:
        found = found.filter(district=wanted.district_id)
    if wanted.level:
        found = found.filter(level=wanted.level)
    if wanted.team_id:
        found = found.filter(teams=wanted.team_id)
    if wanted.status:
        found = found.filter(status=wanted.status)
    if wanted.mine:
        person = person_of(user)
        seats = CaseTeamMember.objects.filter(concern=OuterRef("pk"), person=person, until_at__isnull=True)
        found = found.filter(Q(handler=person) | Exists(seats))
    return found


def face_counts(found: QuerySet[Concern]) -> tuple[dict[str, int], datetime | None]:
    """Return how many are new, under way and concluded, and since when the oldest new one waits, in one read."""
    counts = found.order_by().aggregate(
        oldest=Min("status_at", filter=FACES["nye"]),
        **{face: Count("pk", filter=condition) for face, condition in FACES.items()},
    )
    return {face: counts[face] or 0 for face in FACES}, counts["oldest"]


def face_of(found: QuerySet[Concern], wanted: Wanted) -> QuerySet[Concern]:
    """Return one face of the list in its order, with what a row shows; the sealed texts stay where they are."""
    rows = (found if wanted.status else found.filter(FACES[wanted.face])).defer(*_SEALED)
    return rows.select_related(
        "district", "organisation", "scale_level", "raised_by__organisation", "handler"
    ).order_by(*ORDERS[wanted.order])


def raised_by(user: User) -> QuerySet[Concern]:
    """Return what the user has raised, the newest first."""
    person = person_of(user)
    return visible_to(user).filter(raised_by=person).defer(*_SEALED).order_by("-raised_at", "-pk")


def on_list_of(user: User, team: Team) -> QuerySet[Concern]:
    """Return the concerns on the team's list that the user may read: to stand on it opens nothing."""
    return (
        visible_to(user, Part.ALL)
        .filter(teams=team)
        .defer(*_SEALED)
        .select_related("district", "organisation", "scale_level", "raised_by__organisation", "handler")
        .order_by("raised_at", "pk")
    )


def for_page(found: QuerySet[Concern]) -> QuerySet[Any, Any]:
    """Add what the page of a concern shows, in as few reads as can be."""
    categories = Concern.categories.through.objects.filter(concern=OuterRef("pk"))
    lists = Concern.teams.through.objects.filter(concern=OuterRef("pk"))
    notified = Notification.objects.filter(concern=OuterRef("pk")).order_by("-sent_on", "-pk")
    return (
        found.select_related(
            "district", "organisation", "scale_level", "raised_by__organisation__kind", "handler"
        )
        .prefetch_related(Prefetch("case_team", queryset=_case_team()))
        .annotate(
            category_names=_joined(categories, "category__name"),
            team_names=_joined(lists, "team__name"),
            by_family=Exists(categories.filter(category__suspicion=Category.Suspicion.BY_FAMILY)),
            **{f"rule_{name}": Subquery(own_rules().values(name)) for name in _RULES_OF_PAGE},
            close_ages=_joined(_open_ages(), "code", by="concern_child__concern"),
            prompting=Exists(categories.filter(category__prompts_notification=True)),
            notified_on=Subquery(notified.values("sent_on")[:1]),
            notified_by=Subquery(notified.values("sent_by__name")[:1]),
        )
    )


def page_of(user: User, code: str) -> Concern | None:
    """Return the concern as its page reads it, if the user may know of it."""
    found = _PAGE.first(code=code)
    return found if found is not None and may_read(user, found) else None


_PAGE = Statement(lambda: for_page(Concern.objects.filter(code=Given("code", CharField()))))


def _case_team() -> QuerySet[CaseTeamMember]:
    return CaseTeamMember.objects.filter(until_at__isnull=True)


def _open_ages() -> QuerySet[AgeReminder]:
    return AgeReminder.objects.filter(answered_at__isnull=True, concern_child__concern=OuterRef("pk"))


def _joined(rows: QuerySet[Any], name: str, by: str = "concern") -> Subquery:
    return Subquery(rows.order_by().values(by).annotate(joined=Joined(name)).values("joined"))


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
    readable = visible_to(user, Part.ALL).filter(raised_at__gte=since)
    of_child = ConcernChild.objects.filter(child=OuterRef("child"), concern__in=readable).order_by()
    parties = of_child.values("child").annotate(n=_PARTIES).values("n")
    links = concern.concern_children.select_related("child", "information")
    links = links.annotate(parties=Coalesce(Subquery(parties), 0), settled=Exists(of_child.filter(_SETTLED)))
    found = list(links)
    # What else asks the concern of its children on this page is answered by the same read.
    concern.__dict__.setdefault("_prefetched_objects_cache", {})["concern_children"] = links
    return found


_RULES_OF_PAGE = ("many_concerns", "many_months", "decision_days")


def rules_of(concern: Concern) -> ConcernRules:
    """Return the municipality's numbers that the page of a concern asks for, as `for_page` read them with it."""
    known = {name: getattr(concern, f"rule_{name}") for name in _RULES_OF_PAGE}
    return ConcernRules(key="standard", **{name: value for name, value in known.items() if value is not None})


_PARTIES = Count(
    Coalesce("concern__raised_by__organisation_id", F("concern__raised_by_id") * -1), distinct=True
)
_SETTLED = Q(concern__notifications__isnull=False) | Q(
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


@dataclass(frozen=True, slots=True)
class Line:
    """Something that waits for somebody: the kind, the row, a case code, how many, and since when."""

    kind: str
    pk: int
    code: str
    count: int
    since: datetime


def waiting_for(user: User) -> list[Line]:
    """Return what waits for the user, in one read after the triage: questions, receipts, new ones, and by rule.

    Rules 20 and 42 go to those who work on the case by name, rules 26 and 37 to triagers; so do the ages in a case that
    nobody works on.
    """
    person = person_of(user)
    if person is None or user.has_role(*NEVER):
        return []
    own, now = rules_for(user), timezone.now()
    parts = [
        _lines(
            "question",
            Question.objects.filter(to_person=person, answered_at=None, withdrawn_at=None),
            "asked_at",
        ),
        _lines("receipt", _without_receipt(person, own), "concern__raised_at"),
        _ages(user, person),
    ]
    if triage_of(user):
        readable = Concern.objects.filter(readable_by(user, Part.ALL))
        parts.append(_ages_of_nobody(readable))
        parts.append(_totals("new", readable.filter(status__in=NEW)))
        parts.append(_totals("undecided", undecided(readable, now - timedelta(days=own.decision_days))))
        parts.append(_many(readable, own, now))
    first, *rest = parts
    rows = first.union(*rest, all=True)
    return [Line(*row) for row in rows if row[3]]


def undecided(found: QuerySet[Concern], before: datetime) -> QuerySet[Concern]:
    """Return names that the police handed over and nobody has decided on (rule 37)."""
    return found.filter(
        source=Concern.Source.POLICE,
        status__in=[ConcernStatus.NEW, ConcernStatus.CLARIFYING],
        raised_at__lte=before,
    )


def without_receipt_since(today: date, own: ConcernRules) -> date:
    """Return the last day of sending whose receipt should have come (rule 24)."""
    return before_working_days(today, own.receipt_working_days)


def _without_receipt(person: Person, own: ConcernRules) -> QuerySet[Notification]:
    day = without_receipt_since(timezone.localdate(), own)
    return Notification.objects.filter(sent_by=person, receipt_on=None, sent_on__lte=day)


_COLUMNS = ("line", "row", "code", "total", "since")


def _lines(kind: str, found: QuerySet[Any], at: str) -> QuerySet[Any, Any]:
    return (
        found.order_by()
        .annotate(line=Value(kind), row=F("pk"), code=F("concern__code"), total=Value(1), since=F(at))
        .values_list(*_COLUMNS)
    )


def _totals(kind: str, found: QuerySet[Concern]) -> QuerySet[Any, Any]:
    return (
        found.order_by()
        .values(line=Value(kind))
        .annotate(row=Min("pk"), first_code=Min("code"), total=Count("pk"), since=Min("status_at"))
        .values_list("line", "row", "first_code", "total", "since")
    )


def _many(readable: QuerySet[Concern], own: ConcernRules, now: datetime) -> QuerySet[Any, Any]:
    since = now - timedelta(days=30 * own.many_months)
    links = ConcernChild.objects.filter(concern__in=readable.filter(raised_at__gte=since)).order_by()
    settled = links.filter(_SETTLED, child=OuterRef("child"))
    return (
        links.filter(~Exists(settled))
        .values("child")
        .annotate(
            line=Value("many"),
            row=F("child"),
            first_code=Max("concern__code"),
            total=_PARTIES,
            since=Min("concern__raised_at"),
        )
        .filter(total__gte=own.many_concerns)
        .values_list("line", "row", "first_code", "total", "since")
    )


_SEATS = CaseTeamMember.objects.filter(concern=OuterRef("pk"), until_at__isnull=True)


def _ages(user: User, person: Person) -> QuerySet[Any, Any]:
    """A line for each case and age (rules 20 and 42), for its handler and its case team."""
    mine = Concern.objects.filter(readable_by(user, Part.ALL)).filter(
        Q(handler=person) | Exists(_SEATS.filter(person=person))
    )
    return (
        _close_ages(mine)
        .values(line=F("code"), row=F("concern_child__concern"))
        .annotate(first_code=Max("concern_child__concern__code"), total=Count("pk"), since=Min("noted_at"))
        .values_list("line", "row", "first_code", "total", "since")
    )


def _ages_of_nobody(readable: QuerySet[Concern]) -> QuerySet[Any, Any]:
    cases = Count("concern_child__concern", distinct=True)
    return (
        _close_ages(readable.filter(~Exists(_SEATS), handler__isnull=True))
        .values(line=Value("ages"))
        .annotate(
            row=Min("concern_child__concern"),
            first_code=Min("concern_child__concern__code"),
            total=cases,
            since=Min("noted_at"),
        )
        .values_list("line", "row", "first_code", "total", "since")
    )


def _close_ages(concerns: QuerySet[Concern]) -> QuerySet[AgeReminder]:
    still = concerns.exclude(status__in=ENDED)
    return AgeReminder.objects.filter(
        answered_at__isnull=True,
        concern_child__child__erased_at__isnull=True,
        concern_child__concern__in=still,
    ).order_by()
