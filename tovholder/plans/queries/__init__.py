"""Which agreements a person may see, and how they are counted."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import (
    BigIntegerField,
    Count,
    DateTimeField,
    Exists,
    Expression,
    F,
    Func,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
)
from django.db.models.expressions import Combinable
from django.utils import timezone

from tovholder.access.levels import Level
from tovholder.accounts.models import RoleGrant, User
from tovholder.concerns.policy import NEVER
from tovholder.directory.models import Person
from tovholder.forums.models import Forum
from tovholder.forums.standing import convened_forum_ids, current_memberships, own_forum_ids, person_of
from tovholder.plans.models import Agreement, AgreementRules, AgreementStatus
from tovholder.plans.queries.cases import (
    case_agreements_visible_to,
    for_case_page,
    forums_for_case,
    people_for_case,
    plans_visible_to,
    reads_named,
)
from tovholder.plans.standing import within_cooperation
from tovholder.plans.wording import last_of_seven_days
from tovholder.statements import Given, GivenSet, Statement, keep_rows, with_only

__all__ = [
    "case_agreements_visible_to",
    "for_case_page",
    "forums_for_case",
    "people_for_case",
    "plans_visible_to",
    "reads_named",
]

RECENT_DAYS = 30
RECENT_SHOWN = 5
COLUMN_SHOWN = 8


def rules() -> AgreementRules:
    """Return the municipality's rules of follow-up, or the shipped defaults (not saved)."""
    return _RULES.first() or AgreementRules(key="standard")


_RULES = Statement(lambda: AgreementRules.objects.filter(retired_at__isnull=True).order_by("pk")[:1])


def visible_to(user: User) -> QuerySet[Agreement]:
    """Return the agreements that the user may read: own ones, and those of own forums at a level for the user.

    None of those in a case by name: ask for them (`case_agreements_visible_to`). Both pinned to `policy.may_read` by a test.
    """
    person = person_of(user)
    own = Q(pk__in=())
    if person is not None:
        # Asked of each row: as a join it would list all that the user may read before any narrowing.
        helps = Agreement.helpers.through.objects.filter(agreement=OuterRef("pk"), person=person)
        own = Q(responsible=person) | Q(Exists(helps))
    in_forum = Q(forum_id__in=own_forum_ids(user))
    in_forum &= Q(level=Level.GENERAL) | within_cooperation(user)
    return Agreement.objects.filter(own | in_forum)


def mine(user: User, such: Q | None = None) -> QuerySet[Agreement]:
    """Return the agreements where the user is responsible or helps, those in cases by name (by code) among them.

    `such` as are meant, said here and not by a filter on the result: after ten years nearly all are long closed.
    """
    person = person_of(user)
    if person is None:
        return Agreement.objects.none()
    return _with_part_of(person, such or Q(), named=reads_named(user))


def _with_part_of(person: Person | Expression, such: Q, *, named: bool) -> QuerySet[Agreement]:
    # Two ways in, each by its own index; as one condition with "or" every agreement there is would be looked at.
    own = Agreement.every.filter(such, responsible=person).order_by().values("pk")
    helps = Agreement.helpers.through.objects.filter(person=person).values("agreement_id")
    helped = Agreement.every.filter(such, pk__in=helps).order_by().values("pk")
    kept = Agreement.every if named else Agreement.objects
    return kept.filter(pk__in=own.union(helped))


def open_in_convened(user: User) -> QuerySet[Agreement]:
    """Return the open agreements of all forums that the user convenes."""
    return Agreement.objects.filter(forum_id__in=convened_forum_ids(user), status=AgreementStatus.OPEN)


def with_carried_count(agreements: QuerySet[Agreement]) -> QuerySet[Any, Any]:
    """Add `carried_count`: how many held meetings each stood at since it last moved."""
    return agreements.annotate(
        carried_count=Count("carried", filter=Q(carried__created_at__gt=F("moved_at")), distinct=True)
    )


def for_cards(agreements: QuerySet[Agreement]) -> QuerySet[Agreement]:
    """Read at once what a card or a row shows but the helpers, earliest deadline first and those without one last."""
    shown = with_carried_count(with_only(agreements, "forum__name", "responsible__name"))
    return shown.order_by(F("due_on").asc(nulls_last=True), "pk")


def with_helpers(agreements: Iterable[Agreement]) -> None:
    """Lay the helpers at each of the agreements: only those that stand on the page need them."""
    wanted = {each.pk: each for each in agreements}
    beside: dict[int, list[Person]] = {pk: [] for pk in wanted}
    for row in _HELPERS(agreements=wanted) if wanted else ():
        beside[row.agreement_id].append(row.person)
    for pk, agreement in wanted.items():
        keep_rows(agreement, "helpers", Person.objects.all(), beside[pk])


_HELPERS = Statement(
    lambda: (
        Agreement.helpers.through.objects.filter(agreement__in=GivenSet("agreements", BigIntegerField()))
        .select_related("person")
        .only("agreement", "person__name")
        .order_by("person__name", "person")
    )
)


def matching(agreements: list[Agreement], text: str) -> list[Agreement]:
    """Keep those with the words in them, whatever the case (SQLite knows no case for æ, ø and å)."""
    words = text.casefold().split()
    return (
        [each for each in agreements if all(word in each.what.casefold() for word in words)]
        if words
        else agreements
    )


@dataclass
class Column:
    """Agreements with deadlines of a kind; `hidden` is how many more there are than shown."""

    key: str
    agreements: list[Agreement] = field(default_factory=list)
    count: int = 0
    hidden: int = 0


@dataclass
class MyAgreements:
    late: Column
    week: Column
    later: Column
    recent: Column
    forums: list[Forum]
    late_count: int
    week_count: int
    open_count: int
    done_this_year: int
    stuck_count: int
    carry_limit: int
    found: int
    # All that the filters let through, shown or hidden: the open ones, then those closed lately.
    listed: list[Agreement]

    @property
    def shown(self) -> list[Agreement]:
        """What stands on the page, in the order of its columns."""
        columns = (self.late, self.week, self.later, self.recent)
        return [each for column in columns for each in column.agreements]


ORDERS = ("frist", "nyeste", "forum")


def my_agreements(
    user: User, *, text: str = "", forum_id: int | None = None, order: str = "frist", all_of: str = ""
) -> MyAgreements:
    """Return *Mine aftaler*: the user's agreements in columns by deadline, as filtered; counts are of them all."""
    today = timezone.localdate()
    limit = rules().carry_limit
    person, named = person_of(user), reads_named(user)
    everything = [] if person is None else _MY_OPEN[named](person=person.pk)
    closed = recently_closed(user)
    # Of one in a case its holder learns the words and the code, not which forum it came from.
    ordinary = [each for each in [*everything, *closed] if each.level != Level.NAMED]
    forums = sorted({each.forum for each in ordinary}, key=lambda forum: forum.name)
    found = _ordered(_filtered(everything, text, forum_id), order)
    lately = _filtered(closed, text, forum_id)
    late = [each for each in found if each.due_on is not None and each.due_on < today]
    week = [
        each
        for each in found
        if each.due_on is not None and today <= each.due_on <= last_of_seven_days(today)
    ]
    later = [each for each in found if each not in late and each not in week]
    page = MyAgreements(
        late=_column("late", late, all_of),
        week=_column("week", week, all_of),
        later=_column("later", later, all_of),
        recent=_column("recent", lately, all_of, shown=RECENT_SHOWN),
        forums=forums,
        late_count=sum(each.due_on is not None and each.due_on < today for each in everything),
        week_count=sum(
            each.due_on is not None and today <= each.due_on <= last_of_seven_days(today)
            for each in everything
        ),
        open_count=len(everything),
        done_this_year=0
        if person is None
        else sum(_MY_DONE[named](person=person.pk, since=_first_of_year())),
        stuck_count=sum(each.carried_count >= limit for each in everything),  # type: ignore[attr-defined]
        carry_limit=limit,
        found=len(found),
        listed=[*found, *lately],
    )
    with_helpers(each for each in page.shown if each.is_open)
    return page


def recently_closed(user: User) -> list[Agreement]:
    """Return what the user had a part in and was closed within the last month, newest first."""
    person = person_of(user)
    since = timezone.now() - timedelta(days=RECENT_DAYS)
    return [] if person is None else _MY_CLOSED[reads_named(user)](person=person.pk, since=since)


def _given_mine(named: bool, such: Q) -> QuerySet[Agreement]:
    return _with_part_of(Given("person", BigIntegerField()), such, named=named)


def _my_open(named: bool) -> Statement[Agreement]:
    return Statement(lambda: for_cards(_given_mine(named, Q(status=AgreementStatus.OPEN))))


def _my_closed(named: bool) -> Statement[Agreement]:
    closed = Q(closed_at__gte=Given("since", DateTimeField()))
    return Statement(
        lambda: with_only(_given_mine(named, closed), "forum__name", "responsible__name").order_by(
            "-closed_at", "-pk"
        )[:50]
    )


# Each for those who read agreements in cases by name, and for those whose role never does.
_MY_OPEN = {named: _my_open(named) for named in (True, False)}
_MY_CLOSED = {named: _my_closed(named) for named in (True, False)}


def _first_of_year() -> datetime:
    return timezone.localtime().replace(month=1, day=1, hour=0, minute=0, second=0, microsecond=0)


def _filtered(agreements: list[Agreement], text: str, forum_id: int | None) -> list[Agreement]:
    return [
        each
        for each in matching(agreements, text)
        if forum_id is None or (each.forum_id == forum_id and each.level != Level.NAMED)
    ]


def _ordered(agreements: list[Agreement], order: str) -> list[Agreement]:
    if order == "nyeste":
        return sorted(agreements, key=lambda each: each.created_at, reverse=True)
    if order == "forum":
        return sorted(agreements, key=_by_forum)
    return agreements


def _by_forum(agreement: Agreement) -> tuple[bool, str]:
    named = agreement.level == Level.NAMED
    return named, "" if named else agreement.forum.name.casefold()


def _column(key: str, agreements: list[Agreement], all_of: str, *, shown: int = COLUMN_SHOWN) -> Column:
    kept = agreements if all_of == key else agreements[:shown]
    return Column(key=key, agreements=kept, count=len(agreements), hidden=len(agreements) - len(kept))


def open_count_fact(user: Expression) -> Combinable:
    """Return, as an expression, how many open agreements the user has a part in: the number in the menu.

    Two counts, so that each finds its rows by an index however many agreements there are. One in a case by name counts,
    too, unless the user has a role that never reads any.
    """
    never = RoleGrant.objects.filter(user=user, role__in=NEVER)
    own = Agreement.every.filter(
        ~Q(level=Level.NAMED) | ~Exists(never), responsible__user=user, status=AgreementStatus.OPEN
    )
    helped = Agreement.helpers.through.objects.filter(
        Q(agreement__responsible__isnull=True) | ~Q(agreement__responsible=F("person")),
        ~Q(agreement__level=Level.NAMED) | ~Exists(never),
        person__user=user,
        agreement__status=AgreementStatus.OPEN,
    )
    return _counted(own) + _counted(helped)


def _counted(rows: QuerySet[Any]) -> Subquery:
    return Subquery(_count(rows))


def _count(rows: QuerySet[Any]) -> QuerySet[Any, Any]:
    found: QuerySet[Any, Any] = rows.order_by().annotate(n=Func(F("pk"), function="COUNT")).values("n")
    return found


def _my_done(named: bool) -> Statement[Any]:
    done = Q(status=AgreementStatus.DONE, closed_at__gte=Given("since", DateTimeField()))
    return Statement(lambda: _count(_given_mine(named, done)).values_list("n", flat=True))


_MY_DONE = {named: _my_done(named) for named in (True, False)}


GROUPS = ("forum", "person", "alder")
LACKS = ("over", "mangler", "valg")


def board(
    user: User, *, group: str = "forum", text: str = "", forum_id: int | None = None, lack: str = ""
) -> list[Agreement]:
    """Return the open agreements of all forums that the user convenes, as filtered, in the order of their groups."""
    today = timezone.localdate()
    found = with_carried_count(open_in_convened(user)).select_related("forum", "responsible")
    if forum_id is not None:
        found = found.filter(forum_id=forum_id)
    if lack == "over":
        found = found.filter(due_on__lt=today)
    elif lack == "mangler":
        found = found.filter(Q(due_on__isnull=True) | Q(responsible__isnull=True))
    elif lack == "valg":
        found = found.filter(carried_count__gte=rules().carry_limit)  # type: ignore[misc]
    due = F("due_on").asc(nulls_last=True)
    if group == "person":
        found = found.order_by(F("responsible__name").asc(nulls_first=True), "responsible_id", due, "pk")
    elif group == "alder":
        found = found.order_by(due, "pk")
    else:
        found = found.order_by("forum__position", "forum__name", "forum_id", due, "pk")
    return matching(list(found), text)


def convened_forums(user: User) -> QuerySet[Forum]:
    return Forum.objects.filter(
        pk__in=convened_forum_ids(user), closed_on__isnull=True, retired_at__isnull=True
    )


def own_open_forums(user: User) -> QuerySet[Forum]:
    """Return the forums where the user may make an agreement."""
    return Forum.objects.filter(pk__in=own_forum_ids(user), closed_on__isnull=True, retired_at__isnull=True)


def members_of(forum_ids: frozenset[int] | set[int]) -> QuerySet[Person]:
    """Return the persons who are members of any of the forums today."""
    rows = current_memberships().filter(forum_id__in=forum_ids)
    return Person.objects.filter(pk__in=rows.values("person_id")).select_related("organisation")


def for_page(agreements: QuerySet[Agreement]) -> QuerySet[Any, Any]:
    """Read at once what the page of an agreement shows, with `carried_count` and the `meeting_id` it was made at.

    The link to the meeting is known to meetings alone; here it is only read.
    """
    found: QuerySet[Any, Any] = (
        with_carried_count(agreements)
        .annotate(meeting_id=F("origin__item__meeting_id"))
        .select_related("forum", "responsible__organisation", "predecessor", "successor")
        .prefetch_related("helpers", "notes")
    )
    return found
