"""The one page "Hvem gør hvad omkring barnet", as a document to print: made of what a reader has had opened."""

from __future__ import annotations

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tovholder.documents.shapes import EffortLine, PlanDocument
from tovholder.plans.services.case_reading import CaseAgreementView
from tovholder.plans.services.plan_reading import PlanView


def plan_document(view: PlanView, municipality: str) -> PlanDocument:
    """Return the page for typesetting. Its title carries the case code; the name stands inside."""
    plan = view.plan
    review = date_format(plan.review_on, "j. F Y") if plan.review_on is not None else ""
    return PlanDocument(
        municipality=municipality,
        title=str(plan.concern),
        child=str(view.child_name),
        state=state_of(view),
        review=review,
        text=str(view.goals),
        efforts=[_line(each) for each in view.open_efforts],
        ended=[_line(each) for each in view.ended_efforts],
    )


def state_of(view: PlanView) -> str:
    """Say how the plan stands: in progress and not ready, in progress, ended."""
    word = str(view.plan.get_status_display())
    left = len(view.lacking_efforts)
    if not left:
        return word
    said = ngettext(
        "%(n)d indsats mangler ansvarlig eller frist", "%(n)d indsatser mangler ansvarlig eller frist", left
    ) % {"n": left}
    return f"{word}. {said}"


def _line(view: CaseAgreementView) -> EffortLine:
    agreement = view.agreement
    helpers = ", ".join(each.name for each in agreement.helpers.all())
    person = view.case.held_by
    who = person.name if person is not None else ""
    if person is not None and person.organisation is not None:
        who = f"{who} ({person.organisation})"
    return EffortLine(
        what=str(view.words),
        who=who,
        together=_("sammen med %(names)s") % {"names": helpers} if helpers else "",
        due=date_format(agreement.due_on, "j. F Y") if agreement.due_on is not None else "",
        lacks=view.lacks,
        sign=str(view.sign_of_progress),
        status=str(agreement.get_status_display()),
    )
