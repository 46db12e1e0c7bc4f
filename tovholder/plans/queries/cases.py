"""Which agreements in cases by name, and which plans, a person may see; and whom to choose among in a case."""

from __future__ import annotations

from typing import Any

from django.db.models import BigIntegerField, Case, Count, Exists, OuterRef, Q, QuerySet, Value, When
from django.utils import timezone
from django.utils.translation import gettext as _

from tovholder.access.levels import Level
from tovholder.accounts.models import User
from tovholder.concerns import policy as concerns
from tovholder.concerns.models import CaseTeamMember, Concern, TeamMember
from tovholder.concerns.policy import NEVER, Part
from tovholder.concerns.queries import (
    OF_CONCERN,
    Reader,
    ReaderRow,
    ReaderSource,
    reader_rows,
    triagers,
)
from tovholder.concerns.queries import visible_to as concerns_visible_to
from tovholder.directory.models import Person
from tovholder.forums.models import Forum
from tovholder.forums.standing import current_memberships, own_forum_ids, person_of
from tovholder.plans.models import Agreement, AgreementStatus, CaseAgreement, CasePlan
from tovholder.statements import Given, Statement


def case_agreements_visible_to(user: User) -> QuerySet[CaseAgreement]:
    """Return the agreements in cases by name that the user may read: own ones, and those of concerns they work on."""
    if not reads_named(user):
        return CaseAgreement.objects.none()
    worked_on = concerns_visible_to(user, Part.ALL).order_by().values("pk")
    condition = Q(concern__in=worked_on)
    person = person_of(user)
    if person is not None:
        helped = Agreement.helpers.through.objects.filter(person=person).values("agreement_id")
        condition |= Q(agreement__responsible=person) | Q(agreement__in=helped)
    return CaseAgreement.objects.filter(condition)


def for_case_page(user: User, cases: QuerySet[CaseAgreement]) -> QuerySet[Any, Any]:
    """Read at once what the page of an agreement in a case shows, but for its sealed words.

    Each says `on_team`: whether the user is on the case team.
    """
    return (
        cases.annotate(on_team=_on_team(user))
        .select_related(
            "concern",
            "plan",
            "agreement__responsible__organisation",
            "agreement__forum",
            "former_responsible__organisation",
        )
        .prefetch_related("agreement__helpers")
    )


def reads_named(user: User) -> bool:
    """Tell whether the user's roles let them read any agreement in a case by name."""
    return not user.has_role(*NEVER)


def works_on_cases(user: User) -> bool:
    """Tell, in one read, whether the user triages or is on a case team: who has use for the list of plans."""
    person = person_of(user)
    if person is None or not reads_named(user):
        return False
    return bool(_WORKS(person=person.pk))


_WORKS = Statement(
    lambda: (
        Person.objects.filter(pk=Given("person", BigIntegerField()))
        .filter(
            Exists(CaseTeamMember.objects.filter(person=OuterRef("pk"), until_at__isnull=True))
            | Exists(
                TeamMember.objects.filter(
                    person=OuterRef("pk"),
                    valid_until__isnull=True,
                    team__triages=True,
                    team__retired_at__isnull=True,
                )
            )
        )
        .values_list("pk", flat=True)
    )
)


def plans_visible_to(user: User) -> QuerySet[CasePlan]:
    """Return the plans of the concerns that the user works on. Pinned to `concerns.policy.may_work` by a test.

    Each says its `ground`, as that policy does, so that a page need not ask again.
    """
    worked_on = concerns_visible_to(user, Part.ALL).order_by().values("pk")
    ground = Case(When(_on_team(user), then=Value("case_team")), default=Value("triager"))
    return CasePlan.objects.filter(concern__in=worked_on).annotate(ground=ground)


def _on_team(user: User) -> Exists:
    seats = CaseTeamMember.objects.filter(person=person_of(user), until_at__isnull=True)
    return Exists(seats.filter(concern=OuterRef("concern")))


def listed_plans(plans: QuerySet[CasePlan], chosen: str = "") -> QuerySet[CasePlan]:
    """Return the plans of a list: in progress, to be looked at now ("ses"), or ended ("slut"), the next review first."""
    if chosen == "slut":
        found = plans.exclude(status=CasePlan.Status.OPEN).order_by("-closed_at", "-pk")
    else:
        found = plans.filter(status=CasePlan.Status.OPEN).order_by("review_on", "pk")
    if chosen == "ses":
        found = found.filter(review_on__lte=timezone.localdate())
    is_open = Q(efforts__agreement__status=AgreementStatus.OPEN)
    lacks = Q(efforts__agreement__responsible__isnull=True) | Q(efforts__agreement__due_on__isnull=True)
    return found.select_related("concern").annotate(
        open_efforts=Count("efforts", filter=is_open),
        lacking_efforts=Count("efforts", filter=is_open & lacks),
    )


def _holder_rows() -> QuerySet[Any, Any]:
    """Who has an agreement in the concern, or helps."""
    never = Person.objects.filter(user__role_grants__role__in=NEVER).values("pk")
    having = Agreement.every.filter(case__concern=OF_CONCERN)
    helping = Agreement.helpers.through.objects.filter(agreement__case__concern=OF_CONCERN)
    people = Person.objects.filter(
        Q(pk__in=having.values("responsible")) | Q(pk__in=helping.values("person")), left_on__isnull=True
    ).exclude(pk__in=never)
    return reader_rows(people, HOLDERS, person="")


def _say_holder(row: ReaderRow, concern: Concern) -> Reader:
    """A ground of its own, beside what else they read."""
    what, why = _("Sin egen aftale og sagskoden"), _("Har en aftale i sagen")
    return Reader(row.who_name, row.who_place, what, why)


# Who reads an agreement in a concern because they have it or help (`settings.CONCERN_READERS`).
HOLDERS = "tovholder.plans.queries.cases.holders"
holders = ReaderSource(_holder_rows, _say_holder)


def people_for_case(user: User, concern: Concern, case: CaseAgreement | None = None) -> QuerySet[Person]:
    """Return those whom the user may choose among for an agreement in the case.

    Who works on the concern: its team, its triagers, and the members of the forums that speak of children by name. Who
    only has the agreement does not learn who works on the case: its people, and those of the user's own forums.
    """
    chosen: set[int] = set()
    if case is not None:
        chosen = {each.pk for each in case.agreement.helpers.all()} | {case.agreement.responsible_id or 0}
    if concerns.may_work(user, concern):
        forums = Forum.objects.filter(highest_level=Level.NAMED, closed_on__isnull=True)
        team = concern.case_team.filter(until_at__isnull=True).values("person_id")
        sources = Q(pk__in=team) | Q(pk__in=triagers(concern.district_id).order_by().values("pk"))
    else:
        forums, sources = Forum.objects.filter(pk__in=own_forum_ids(user)), Q()
    members = current_memberships().filter(forum__in=forums).values("person_id")
    found = Person.objects.filter(sources | Q(pk__in=members) | Q(pk__in=chosen), left_on__isnull=True)
    return found.select_related("organisation").order_by("name", "pk")


def forums_for_case(user: User) -> QuerySet[Forum]:
    """Return the forums that speak of children by name and can follow up what is agreed, the user's own first."""
    own = Case(When(pk__in=own_forum_ids(user), then=0), default=1)
    open_ones = Forum.objects.filter(
        highest_level=Level.NAMED, closed_on__isnull=True, retired_at__isnull=True
    )
    return open_ones.order_by(own, "position", "name")
