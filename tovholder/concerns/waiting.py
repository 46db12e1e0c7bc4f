"""What waits for somebody about concerns: questions, receipts, new ones to sort, names nobody has decided on (Min dag)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import (
    Count,
    DateField,
    DateTimeField,
    Exists,
    Expression,
    F,
    IntegerField,
    Max,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Value,
)
from django.utils import timezone

from tovholder.accounts.models import User
from tovholder.concerns.lists import NEW, PARTIES, SETTLED, undecided_name
from tovholder.concerns.models import (
    ENDED,
    AbsenceReminder,
    AgeReminder,
    CaseTeamMember,
    Concern,
    ConcernChild,
    ConcernRules,
    ConcernStatus,
    Notification,
    Question,
)
from tovholder.concerns.policy import NEVER, Part
from tovholder.concerns.queries import visible_to
from tovholder.concerns.standing import rules_for, triage_of
from tovholder.concerns.workdays import before_working_days
from tovholder.directory.models import Person
from tovholder.forums.standing import person_of
from tovholder.forums.statements import UserStatement
from tovholder.statements import Given


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

    Rules 20, 23 and 42 go to those who work on the case by name, rules 26 and 37 to triagers; so do the ages and the absence
    in a case that nobody works on.
    """
    if person_of(user) is None or user.has_role(*NEVER):
        return []
    own, now = rules_for(user), timezone.now()
    rows = _WAITING(
        user,
        receipt_day=without_receipt_since(timezone.localdate(), own),
        decided_by=now - timedelta(days=own.decision_days),
        many_since=now - timedelta(days=30 * own.many_months),
        many=own.many_concerns,
    )
    return [Line(*row) for row in rows if row[3]]


def _waiting(user: User) -> QuerySet[Any, Any]:
    person = person_of(user)
    asked = Question.objects.filter(to_person=person, answered_at=None, withdrawn_at=None)
    sent = Notification.objects.filter(
        sent_by=person, receipt_on=None, sent_on__lte=Given("receipt_day", DateField())
    )
    parts = [
        _lines("question", asked, "asked_at"),
        _lines("receipt", sent, "concern__raised_at"),
        _ages(user, person),
        _lines("absence", _open_absences(_worked_on(user, person)), "noted_at"),
    ]
    if triage_of(user):
        readable = visible_to(user, Part.ALL)
        parts.append(_ages_of_nobody(readable))
        parts.append(_absences_of_nobody(readable))
        parts.append(_totals("new", readable.filter(status__in=NEW)))
        parts.append(_totals("undecided", undecided(readable, Given("decided_by", DateTimeField()))))
        parts.append(_many(readable))
    first, *rest = parts
    return first.union(*rest, all=True)


_WAITING = UserStatement(_waiting, known=(triage_of,))


def undecided(found: QuerySet[Concern], before: datetime | Expression) -> QuerySet[Concern]:
    """Return names that were handed over and nobody has decided on (rule 37)."""
    return found.filter(
        undecided_name(),
        status__in=[ConcernStatus.NEW, ConcernStatus.CLARIFYING],
        raised_at__lte=before,
    )


def without_receipt_since(today: date, own: ConcernRules) -> date:
    """Return the last day of sending whose receipt should have come (rule 24)."""
    return before_working_days(today, own.receipt_working_days)


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


def _many(readable: QuerySet[Concern]) -> QuerySet[Any, Any]:
    recent = readable.filter(raised_at__gte=Given("many_since", DateTimeField()))
    return (
        ConcernChild.objects.filter(concern__in=recent)
        .order_by()
        .values("child")
        .annotate(
            line=Value("many"),
            row=F("child"),
            first_code=Max("concern__code"),
            total=PARTIES,
            since=Min("concern__raised_at"),
            settled=Count("pk", filter=SETTLED),
        )
        .filter(total__gte=Given("many", IntegerField()), settled=0)
        .values_list("line", "row", "first_code", "total", "since")
    )


_SEATS = CaseTeamMember.objects.filter(concern=OuterRef("pk"), until_at__isnull=True)


def _worked_on(user: User, person: Person | None) -> QuerySet[Concern]:
    """The cases that the person is in charge of or on the team of."""
    return visible_to(user, Part.ALL).filter(Q(handler=person) | Exists(_SEATS.filter(person=person)))


def _of_nobody(readable: QuerySet[Concern]) -> QuerySet[Concern]:
    """Those that nobody works on: who has left works on none, though the seat and the name stand."""
    in_charge = Q(handler__isnull=False, handler__left_on__isnull=True)
    return readable.exclude(in_charge).filter(~Exists(_SEATS.filter(person__left_on__isnull=True)))


def _ages(user: User, person: Person | None) -> QuerySet[Any, Any]:
    """A line for each case and age (rules 20 and 42), for its handler and its case team."""
    return (
        _close_ages(_worked_on(user, person))
        .values(line=F("code"), row=F("concern_child__concern"))
        .annotate(first_code=Max("concern_child__concern__code"), total=Count("pk"), since=Min("noted_at"))
        .values_list("line", "row", "first_code", "total", "since")
    )


def _ages_of_nobody(readable: QuerySet[Concern]) -> QuerySet[Any, Any]:
    cases = Count("concern_child__concern", distinct=True)
    return (
        _close_ages(_of_nobody(readable))
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


def _absences_of_nobody(readable: QuerySet[Concern]) -> QuerySet[Any, Any]:
    return (
        _open_absences(_of_nobody(readable))
        .values(line=Value("absences"))
        .annotate(
            row=Min("concern"), first_code=Min("concern__code"), total=Count("pk"), since=Min("noted_at")
        )
        .values_list("line", "row", "first_code", "total", "since")
    )


def _open_absences(concerns: QuerySet[Concern]) -> QuerySet[AbsenceReminder]:
    still = concerns.exclude(status__in=ENDED)
    return AbsenceReminder.objects.filter(answered_at__isnull=True, concern__in=still).order_by()
