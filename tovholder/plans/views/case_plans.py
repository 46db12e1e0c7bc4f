"""The pages of a plan around a child. Paths, titles and breadcrumbs carry the case code; the name stands on the page only."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tovholder.access.decision import yes
from tovholder.access.levels import Level
from tovholder.citizens.services.children import show_children
from tovholder.concerns import policy as concerns
from tovholder.concerns.forms.working import ChildsWordsForm
from tovholder.concerns.models import Concern
from tovholder.concerns.queries import readers as readers_of
from tovholder.concerns.queries import readers_of_all
from tovholder.concerns.queries import visible_to as concerns_visible_to
from tovholder.concerns.services.childs_words import write_childs_words
from tovholder.concerns.services.reading import note_listing
from tovholder.directory.queries import municipality_name
from tovholder.documents.typst import render_pdf
from tovholder.documents.word import render_docx
from tovholder.plans import queries
from tovholder.plans.forms.case_plans import (
    CloseForm,
    EffortForm,
    GiveOnForm,
    PlanFilterForm,
    PlanForm,
    ScalingForm,
)
from tovholder.plans.models import AgreementStatus, CasePlan
from tovholder.plans.queries.cases import listed_plans
from tovholder.plans.services import case_agreements, case_plans
from tovholder.plans.services.plan_reading import PlanView, lines, show_plan
from tovholder.plans.services.who_does_what import plan_document
from tovholder.plans.views.in_case import add_errors
from tovholder.ui.forms import TovholderForm
from tovholder.ui.naming import listed

form_page = require_http_methods(["GET", "HEAD", "POST"])
PER_PAGE = 25
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@require_GET
def plans(request: HttpRequest) -> HttpResponse:
    form = PlanFilterForm(request.GET if request.GET.get("vis") in {"ses", "slut"} else {}, auto_id="f_%s")
    chosen = request.GET.get("vis", "")
    found = listed_plans(queries.plans_visible_to(request.user), chosen)
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("side"))
    note_listing(by=request.user, concerns=[each.concern for each in page], purpose="plans list")
    crumbs = [(_("Aftaler"), reverse("plans:mine")), (_("Indsatsaftaler"), "")]
    context = {"page_obj": page, "form": form, "filtered": bool(chosen), "crumbs": crumbs}
    context["today"] = timezone.localdate()
    return render(request, "plans/case_plans.html", context)


@form_page
def new(request: HttpRequest, code: str) -> HttpResponse:
    found = concerns_visible_to(request.user, concerns.Part.ALL).filter(level=Level.NAMED)
    concern = get_object_or_404(found, code=code)
    children = _children(request, concern)
    form = PlanForm(
        request.POST or None, children=[(child.pk, name) for child, name in children], auto_id="id_%s"
    )
    made: list[CasePlan] = []
    by_pk = {str(child.pk): child for child, _name in children}
    if form.is_valid() and _did(
        form,
        lambda: made.append(
            case_plans.start_plan(
                by=request.user,
                concern=concern,
                child=by_pk[form.cleaned_data["child"]],
                texts=form.texts,
                review_on=form.cleaned_data["review_on"],
            )
        ),
    ):
        messages.success(request, _("Indsatsaftalen er lavet. Skriv nu, hvem der gør hvad."))
        return redirect("case_plans:plan", made[0].pk)
    crumbs = [(_("Indsatsaftaler"), reverse("case_plans:list")), (str(concern), ""), (_("Ny"), "")]
    lead = _("Den er familiens og jeres fælles aftale. Den er ikke en afgørelse.")
    context: dict[str, Any] = {
        "title": _("Ny indsatsaftale"),
        "button": _("Lav indsatsaftalen"),
        "lead": lead,
    }
    context |= {"cancel_url": reverse("case_plans:list"), "crumbs": crumbs, "form": form}
    return render(request, "plans/case_plan_step.html", context)


@require_GET
def plan(request: HttpRequest, pk: int) -> HttpResponse:
    found = visible_plan(request, pk)
    view = shown_plan(request, found, purpose="plan")
    context = {
        "view": view,
        "plan": found,
        "lines": lines(view.scalings),
        "is_open": found.status == CasePlan.Status.OPEN,
        "crumbs": [(_("Indsatsaftaler"), reverse("case_plans:list")), (str(found.concern), "")],
    }
    return render(request, "plans/case_plan.html", context)


@form_page
def write(request: HttpRequest, pk: int) -> HttpResponse:
    found = open_plan(request, pk)
    view = shown_plan(request, found, purpose="write in the plan")
    names = ("goals", "resources", "reflections")
    now = {name: str(getattr(view, name)) for name in names}
    form = PlanForm(request.POST or None, initial={**now, "review_on": found.review_on})
    if form.is_valid() and _did(
        form,
        lambda: case_plans.write_plan(
            by=request.user,
            plan=found,
            texts=form.texts,
            review_on=form.cleaned_data["review_on"],
            version=_version(request),
        ),
    ):
        messages.success(request, _("Indsatsaftalen er gemt."))
        return redirect("case_plans:plan", pk)
    theirs = {}
    if form.is_bound and _version(request) != found.version:
        theirs = {form.fields[name].label: now[name] for name in names if now[name] != form[name].value()}
    return _step_page(request, found, form, title=_("Skriv i indsatsaftalen"), button=_("Gem"), theirs=theirs)


@form_page
def add_effort(request: HttpRequest, pk: int) -> HttpResponse:
    found = open_plan(request, pk)
    open_ones = found.efforts.filter(agreement__status=AgreementStatus.OPEN)
    priority = 1 + max((each.priority for each in open_ones), default=0)
    form = EffortForm(
        request.POST or None,
        people=queries.people_for_case(request.user, found.concern),
        forums=queries.forums_for_case(request.user),
        due_days=queries.rules().default_due_days,
        initial={"priority": priority},
    )
    if form.is_valid() and _did(
        form,
        lambda: case_agreements.make_case_agreement(
            by=request.user, concern=found.concern, plan=found, draft=True, **form.cleaned_data
        ),
    ):
        messages.success(request, _("Indsatsen er med i indsatsaftalen."))
        return redirect("case_plans:plan", pk)
    lead = _("Den ansvarlige og hjælpere kan læse denne aftale og sagens nummer, ikke resten.")
    title, button = _("Ny indsats"), _("Tilføj indsatsen")
    return _step_page(request, found, form, title=title, button=button, lead=lead)


@form_page
def scale(request: HttpRequest, pk: int) -> HttpResponse:
    found = open_plan(request, pk)
    form = ScalingForm(request.POST or None)
    if form.is_valid() and _did(
        form, lambda: case_plans.scale(by=request.user, plan=found, **form.cleaned_data)
    ):
        messages.success(request, _("Tallet er skrevet ned."))
        return redirect("case_plans:plan", pk)
    lead = _("Familien og den unge sætter selv tallet. Tovholder regner ikke noget ud af det.")
    return _step_page(
        request, found, form, title=_("Hvor er I nu, fra 0 til 10?"), button=_("Gem"), lead=lead
    )


@form_page
def childs_words(request: HttpRequest, pk: int) -> HttpResponse:
    """What the child says of the plan; it is kept in the course of the case, with the child's yes or no beside it."""
    found = open_plan(request, pk)
    concern = found.concern
    form = ChildsWordsForm(request.POST or None, concern=concern, children=[found.child])
    if form.is_valid() and _did(
        form,
        lambda: write_childs_words(by=request.user, concern=concern, child=found.child, **form.values()),
    ):
        messages.success(request, _("Barnets egne ord er gemt."))
        return redirect("case_plans:plan", pk)
    who = listed([each.name for each in readers_of_all(concern)])
    lead = _(
        "Læses af dem, der arbejder med sagen: %(who)s. Vises ikke for forældre, medmindre barnet er indforstået."
    ) % {"who": who}
    title, button = _("Skriv barnets egne ord"), _("Gem barnets ord")
    return _step_page(request, found, form, title=title, button=button, lead=lead)


@require_POST
def take_back(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    found = visible_plan(request, pk)
    scaling = get_object_or_404(found.scalings.select_related("plan__concern"), pk=number)
    case_plans.take_back_scaling(by=request.user, scaling=scaling)
    messages.success(request, _("Tallet er taget tilbage."))
    return redirect("case_plans:plan", pk)


@form_page
def close(request: HttpRequest, pk: int) -> HttpResponse:
    found = open_plan(request, pk)
    form = CloseForm(request.POST or None, may_end_concern=_may_end(request, found))
    if form.is_valid() and _did(
        form,
        lambda: case_plans.close_plan(
            by=request.user, plan=found, version=_version(request), **form.cleaned_data
        ),
    ):
        messages.success(request, _("Indsatsaftalen er afsluttet. Var det en fejl, så genåbn den."))
        return redirect("case_plans:plan", pk)
    title = _("Afslut indsatsaftalen")
    return _step_page(request, found, form, title=title, button=_("Afslut"))


@form_page
def give_on(request: HttpRequest, pk: int) -> HttpResponse:
    found = open_plan(request, pk)
    form = GiveOnForm(request.POST or None, may_end_concern=_may_end(request, found))
    if form.is_valid():
        data = dict(form.cleaned_data)
        reason = data.pop("outcome")
        if _did(
            form,
            lambda: case_plans.give_plan_on(
                by=request.user, plan=found, reason=reason, version=_version(request), **data
            ),
        ):
            messages.success(request, _("Det er skrevet, at indsatsaftalen er givet videre."))
            return redirect("case_plans:plan", pk)
    title = _("Giv indsatsaftalen videre")
    return _step_page(request, found, form, title=title, button=_("Giv videre"))


@require_POST
def reopen(request: HttpRequest, pk: int) -> HttpResponse:
    found = visible_plan(request, pk)
    case_plans.reopen_plan(by=request.user, plan=found)
    messages.success(request, _("Indsatsaftalen er i gang igen."))
    return redirect("case_plans:plan", pk)


@require_GET
def who_does_what(request: HttpRequest, pk: int) -> HttpResponse:
    found = visible_plan(request, pk)
    view = shown_plan(request, found, purpose="who does what")
    here = (_("Hvem gør hvad"), "")
    context = {"view": view, "plan": found, "crumbs": [*crumbs_of(found), here]}
    return render(request, "plans/who_does_what.html", context)


@require_GET
def who_does_what_pdf(request: HttpRequest, pk: int) -> HttpResponse:
    return _one_page(request, pk, "pdf")


@require_GET
def who_does_what_word(request: HttpRequest, pk: int) -> HttpResponse:
    return _one_page(request, pk, "docx")


def _one_page(request: HttpRequest, pk: int, extension: str) -> HttpResponse:
    found = visible_plan(request, pk)
    document = plan_document(shown_plan(request, found, purpose="who does what file"), municipality_name())
    pdf = extension == "pdf"
    content = render_pdf("plan", document) if pdf else render_docx("plan", document)
    name = f"hvem-goer-hvad-{found.concern.code}.{extension}"
    headers = {"Content-Disposition": f'{"inline" if pdf else "attachment"}; filename="{name}"'}
    headers["Cache-Control"] = "private, no-store"
    return HttpResponse(content, content_type="application/pdf" if pdf else WORD, headers=headers)


@require_GET
def readers(request: HttpRequest, pk: int) -> HttpResponse:
    found = visible_plan(request, pk)
    note_listing(by=request.user, concerns=[found.concern], purpose="readers")
    here = (_("Hvem kan se dette?"), "")
    context = {"readers": readers_of(found.concern), "plan": found, "crumbs": [*crumbs_of(found), here]}
    return render(request, "plans/plan_readers.html", context)


def visible_plan(request: HttpRequest, pk: int) -> CasePlan:
    found = queries.plans_visible_to(request.user).select_related("concern", "child", "release")
    return get_object_or_404(found, pk=pk)


def shown_plan(request: HttpRequest, found: CasePlan, *, purpose: str) -> PlanView:
    ground = found.ground  # type: ignore[attr-defined]
    return show_plan(by=request.user, plan=found, purpose=purpose, allowed=yes(ground))


def open_plan(request: HttpRequest, pk: int) -> CasePlan:
    """Refuse before the form is filled in, not after."""
    found = visible_plan(request, pk)
    case_plans.must_be_open(found)
    return found


def _children(request: HttpRequest, concern: Concern) -> list[tuple[Any, str]]:
    """The children of the case by name, for who chooses among them; that they were shown is logged."""
    decision = concerns.may_work(request.user, concern)
    children = [link.child for link in concern.concern_children.select_related("child")]
    views = show_children(
        by=request.user, decisions={child.pk: decision for child in children}, children=children, purpose="new plan"
    )  # fmt: skip
    return [(child, str(view.name)) for child, view in zip(children, views, strict=True)]


def _may_end(request: HttpRequest, found: CasePlan) -> bool:
    alone = not found.concern.plans.filter(status=CasePlan.Status.OPEN).exclude(pk=found.pk).exists()
    return alone and not found.concern.has_ended and bool(concerns.may_triage(request.user, found.concern))


def _version(request: HttpRequest) -> int:
    said = request.POST.get("version", "")
    return int(said) if said.isascii() and said.isdigit() and len(said) < 9 else 0


def _did(form: TovholderForm, step: Callable[[], object]) -> bool:
    try:
        step()
    except ValidationError as error:
        add_errors(form, error)
        return False
    return True


def crumbs_of(found: CasePlan) -> list[tuple[str, str]]:
    here = reverse("case_plans:plan", args=[found.pk])
    return [(_("Indsatsaftaler"), reverse("case_plans:list")), (str(found.concern), here)]


def _step_page(
    request: HttpRequest, found: CasePlan, form: TovholderForm, *, title: str, button: str, **more: Any
) -> HttpResponse:
    context = {
        "title": title, "button": button, "plan": found, "form": form, "crumbs": [*crumbs_of(found), (title, "")],
        "cancel_url": reverse("case_plans:plan", args=[found.pk]), **more,
    }  # fmt: skip
    return render(request, "plans/case_plan_step.html", context)
