"""A plan is opened for reading: everything in it in clear for one page, and a line in the log."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, F, Q
from django.utils import timezone

from tovholder.access.decision import Decision
from tovholder.accounts.models import User
from tovholder.audit.services import Reading, record_page
from tovholder.citizens.services.children import in_clear
from tovholder.citizens.services.safe import Opened, Safe
from tovholder.concerns import policy as concerns
from tovholder.concerns.models import ConcernChild, Entry
from tovholder.plans.models import CasePlan, Scaling
from tovholder.plans.services.case_reading import CaseAgreementView, opened

TEXTS = ("goals", "resources", "reflections", "outcome")


@dataclass(frozen=True, slots=True)
class ScalingView:
    """A number as somebody of the family put it; `value` is None where it cannot be read."""

    scaling: Scaling
    value: int | None
    shown: Opened
    words: Opened


@dataclass(frozen=True, slots=True)
class ChildsWords:
    """What the child says, from the course of the case: the plan has no other place for it."""

    entry: Entry
    text: Opened


@dataclass(frozen=True, slots=True)
class PlanView:
    plan: CasePlan
    child_name: Opened
    goals: Opened
    resources: Opened
    reflections: Opened
    outcome: Opened
    efforts: tuple[CaseAgreementView, ...]
    scalings: tuple[ScalingView, ...]
    childs_words: tuple[ChildsWords, ...]

    @property
    def shared_words(self) -> list[str]:
        """What the child says and agrees that its parents read."""
        return [str(each.text) for each in self.childs_words if each.entry.child_agrees_to_share]

    @property
    def open_efforts(self) -> list[CaseAgreementView]:
        return [each for each in self.efforts if each.agreement.is_open]

    @property
    def lacking_efforts(self) -> list[CaseAgreementView]:
        """Return those that wait for who does it, or by when: the plan is not ready before none is left."""
        return [each for each in self.open_efforts if each.lacks]

    @property
    def is_ready(self) -> bool:
        return bool(self.efforts) and not self.lacking_efforts

    @property
    def ended_efforts(self) -> list[CaseAgreementView]:
        return [each for each in self.efforts if not each.agreement.is_open]

    @property
    def newest_scalings(self) -> list[ScalingView]:
        return sorted(self.scalings, key=lambda each: (each.scaling.on, each.scaling.pk), reverse=True)

    @property
    def review_due(self) -> bool:
        due = self.plan.review_on
        return self.plan.status == CasePlan.Status.OPEN and due is not None and due <= timezone.localdate()


def show_plan(*, by: User, plan: CasePlan, purpose: str, allowed: Decision | None = None) -> PlanView:
    """Open the plan with its efforts and the child's name, and log it. Raises Refused for who may not see it.

    `allowed` is the right as `plans_visible_to` has decided it when it found the plan.
    """
    decision = (allowed or concerns.may_work(by, plan.concern)).require()
    cases = list(
        plan.efforts.select_related(
            "agreement__responsible__organisation", "former_responsible__organisation"
        )
        .prefetch_related("agreement__helpers")
        .order_by("priority", F("agreement__due_on").asc(nulls_last=True), "pk")
    )
    for case in cases:
        case.concern = plan.concern
    efforts = opened(cases, {case.pk: decision.basis for case in cases}, with_notes=False)
    scalings = list(plan.scalings.all())
    for scaling in scalings:
        scaling.plan = plan
    said = _words_of(plan)
    details = {
        "plan": plan.pk,
        "agreements": [case.agreement_id for case in cases],
        "childs_words": [each.pk for each in said],
    }
    read = [
        Reading("child.read", plan.child, purpose, decision.basis),
        Reading("case_plan.read", plan.concern, purpose, decision.basis, details),
    ]
    record_page(by=by, readings=read)
    [child] = in_clear([plan.child])
    safe = Safe.of([plan])
    return PlanView(
        plan=plan,
        child_name=child.name,
        efforts=tuple(efforts),
        scalings=tuple(_scaling(safe, each) for each in scalings),
        childs_words=tuple(ChildsWords(each, safe.read(each, "text")) for each in said),
        **{name: safe.read(plan, name) for name in TEXTS},
    )


def _words_of(plan: CasePlan) -> list[Entry]:
    """The child's words in the case, newest first; what is not said whose it is only where there is no other child."""
    others = ConcernChild.objects.filter(concern=plan.concern_id).exclude(child=plan.child_id)
    theirs = Q(child=plan.child_id) | (Q(child=None) & ~Exists(others))
    found = plan.concern.entries.filter(theirs, kind=Entry.Kind.CHILD_VIEW).exclude(text=None)
    said = list(found.order_by("-at", "-pk"))
    for each in said:
        each.concern = plan.concern
    return said


def _scaling(safe: Safe, scaling: Scaling) -> ScalingView:
    shown = safe.read(scaling, "value")
    value = int(shown.text) if shown.text.isdigit() else None
    return ScalingView(scaling, value, shown, safe.read(scaling, "words"))


@dataclass(frozen=True, slots=True)
class Line:
    """One person's numbers over time, as points of a drawing: nothing is computed of them but where they stand."""

    by_whom: str
    points: tuple[tuple[int, int, int, date], ...]

    @property
    def path(self) -> str:
        return " ".join(f"{x},{y}" for x, y, _value, _on in self.points)


WIDTH, HEIGHT, EDGE = 560, 160, 20


def lines(scalings: Sequence[ScalingView]) -> list[Line]:
    """Place the numbers from left (the first day) to right (the last), 0 at the bottom and 10 at the top."""
    known = [each for each in scalings if each.value is not None]
    days = sorted({each.scaling.on for each in known})
    if len(days) < 2:
        return []
    span = (days[-1] - days[0]).days
    found = []
    for by_whom in Scaling.By:
        points = tuple(
            (
                EDGE + (WIDTH - 2 * EDGE) * (each.scaling.on - days[0]).days // span,
                HEIGHT - EDGE - (HEIGHT - 2 * EDGE) * (each.value or 0) // 10,
                each.value or 0,
                each.scaling.on,
            )
            for each in known
            if each.scaling.by_whom == by_whom
        )
        if points:
            found.append(Line(str(by_whom.label), points))
    return found
