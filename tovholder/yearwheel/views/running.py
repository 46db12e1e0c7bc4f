"""Let the plan be looked for, watch it, stop it, see what it moves, take it into use; publish and take back."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tovholder.access.decision import Refused
from tovholder.directory.models import Person
from tovholder.yearwheel import policy, wording
from tovholder.yearwheel.forms.planning import PublishForm
from tovholder.yearwheel.models import MeetingState, PlanRun, Publication, RunStatus
from tovholder.yearwheel.queries import document
from tovholder.yearwheel.services import applying, publishing, runs
from tovholder.yearwheel.services.applying import Difference
from tovholder.yearwheel.views.face import plan_crumbs, the_plan

NAMES_SHOWN = 6
REFRESH = {"HX-Refresh": "true"}


def _run(request: HttpRequest, pk: int, *, light: bool = False) -> PlanRun:
    policy.may_plan(request.user).require()
    rows = PlanRun.objects.select_related("plan", "asked_by")
    # The input and the plan are large, and who watches asks each second.
    rows = rows.defer("data", "best") if light else rows
    found = rows.filter(pk=pk).first() if pk < 2**63 else None
    if found is None:
        raise Http404
    return found


@require_POST
def start(request: HttpRequest, pk: int) -> HttpResponse:
    plan = the_plan(request, pk)
    try:
        run = runs.start(by=request.user, plan=plan)
    except Refused as refused:
        messages.error(request, str(refused))
        under_way = plan.runs.filter(status__in=runs.UNDER_WAY).first()
        return redirect("yearwheel:run", under_way.pk) if under_way else redirect("yearwheel:plan", pk)
    return redirect("yearwheel:run", run.pk)


@require_GET
def run(request: HttpRequest, pk: int) -> HttpResponse:
    """The run while it lasts, then what it found."""
    found = _run(request, pk, light=True)
    crumbs = plan_crumbs(found.plan, (_("Beregning"), ""))
    context = {"run": found, "plan": found.plan, "crumbs": crumbs, "quiet": runs.is_quiet(found)}
    if found.is_under_way:
        context["quality"] = quality(found)
        page = "yearwheel/_progress.html" if request.htmx else "yearwheel/progress.html"  # type: ignore[attr-defined]
        return render(request, page, context)
    if request.htmx:  # type: ignore[attr-defined]
        return HttpResponse(headers=REFRESH)  # it has ended while somebody watched: fetch the whole page
    if found.used_at is not None:
        return redirect("yearwheel:plan", found.plan.pk)
    if found.status == RunStatus.DONE:
        found = _run(request, pk)
        known = document.things(idle=True)
        lines = _told(found, applying.differences(found), known)
        stale = found.from_version != found.plan.version
        best = found.best or {}
        unplaced = wording.unplaced(_as_if_used(found), known) if best.get("unplaced") else []
        context |= {"lines": lines, "stale": stale, "unplaced": unplaced, "quality": quality(found)}
        context["everything"] = "alle" in request.GET
    return render(request, "yearwheel/result.html", context)


def _as_if_used(run: PlanRun) -> PlanRun:
    plan = run.plan
    plan.unplaced = (run.best or {}).get("unplaced", [])
    return plan  # type: ignore[return-value]


def quality(run: PlanRun) -> str:
    """Say how good the best plan is, in words: no points, no bounds."""
    if run.cost is None:
        return ""
    if run.is_optimal or (run.bound is not None and run.cost <= run.bound):
        return _("Det kan ikke gøres bedre med de regler, I har.")
    if run.bound:
        percent = max(1, round((run.cost - run.bound) * 100 / run.cost))
        return _("Der kan højst hentes %(n)s procent mere.") % {"n": percent}
    return _("Der ledes efter en bedre plan.")


def _told(run: PlanRun, found: list[Difference], known: dict[str, document.Thing]) -> list[dict[str, object]]:
    """Say what moves and whom it touches."""
    words = wording.Words(run.plan, known=known)
    people = dict(
        Person.objects.filter(pk__in={pk for each in found for pk in each.persons}).values_list("pk", "name")
    )
    lines: list[dict[str, object]] = []
    for each in found:
        names = [people[pk] for pk in each.persons if pk in people]
        lines.append(
            {
                "name": words.name(each.of),
                "old": wording.place_said(*each.old) if each.old else "",
                "new": wording.place_said(*each.new) if each.new else "",
                "people": wording.some(names, NAMES_SHOWN),
            }
        )
    return lines


@require_POST
def stop(request: HttpRequest, pk: int) -> HttpResponse:
    runs.stop(by=request.user, run=_run(request, pk, light=True))
    return redirect("yearwheel:run", pk)


@require_POST
def start_again(request: HttpRequest, pk: int) -> HttpResponse:
    runs.start_again(by=request.user, run=_run(request, pk, light=True))
    return redirect("yearwheel:run", pk)


@require_POST
def use(request: HttpRequest, pk: int) -> HttpResponse:
    found = _run(request, pk, light=True)
    try:
        applying.use(by=request.user, run=found)
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("Den nye plan er taget i brug. Intet er sendt ud endnu."))
    return redirect("yearwheel:plan", found.plan.pk)


@require_http_methods(["GET", "POST"])
def publish(request: HttpRequest, pk: int) -> HttpResponse:
    plan = the_plan(request, pk)
    form = PublishForm(request.POST or None, initial={"version": plan.version})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            made = publishing.start(
                by=request.user,
                plan=plan,
                version=data["version"],
                invites=data["invites"] == PublishForm.NOW,
            )
        except Refused as refused:
            messages.error(request, str(refused))
            return redirect("yearwheel:plan", pk)
        return redirect("yearwheel:publication", made.pk)
    states = [row.state for row in plan.planned.select_related("meeting")]
    context = {
        "plan": plan,
        "form": form,
        "drafts": states.count(MeetingState.DRAFT),
        "moved": states.count(MeetingState.MOVED),
        "dropped": states.count(MeetingState.DROPPED),
        "uninvited": publishing.uninvited(plan),
        "crumbs": plan_crumbs(plan, (_("Offentliggør"), "")),
    }
    return render(request, "yearwheel/publish.html", context)


def _publication(request: HttpRequest, pk: int) -> Publication:
    policy.may_plan(request.user).require()
    rows = Publication.objects.select_related("plan", "asked_by")
    found = rows.filter(pk=pk).first() if pk < 2**63 else None
    if found is None:
        raise Http404
    return found


@require_GET
def publication(request: HttpRequest, pk: int) -> HttpResponse:
    found = _publication(request, pk)
    context = {
        "publication": found,
        "plan": found.plan,
        "quiet": publishing.is_quiet(found),
        "left": found.total - found.done,
        "time_left": wording.time_left(publishing.seconds_left(found)),
        "crumbs": plan_crumbs(found.plan, (_("Offentliggør"), "")),
    }
    if found.is_under_way:
        page = "yearwheel/_publishing.html" if request.htmx else "yearwheel/publishing.html"  # type: ignore[attr-defined]
        return render(request, page, context)
    if request.htmx:  # type: ignore[attr-defined]
        return HttpResponse(headers=REFRESH)
    context["uninvited"] = publishing.uninvited(found.plan)
    return render(request, "yearwheel/published.html", context)


@require_POST
def publish_again(request: HttpRequest, pk: int) -> HttpResponse:
    publishing.start_again(by=request.user, publication=_publication(request, pk))
    return redirect("yearwheel:publication", pk)


@require_http_methods(["GET", "POST"])
def take_back(request: HttpRequest, pk: int) -> HttpResponse:
    plan = the_plan(request, pk)
    if request.method == "POST":
        gone, stay = publishing.take_back(by=request.user, plan=plan)
        text = ngettext(
            "%(n)s møde er taget ud af kalenderen igen. Planen er, som den var.",
            "%(n)s møder er taget ud af kalenderen igen. Planen er, som den var.",
            gone,
        ) % {"n": gone}
        messages.success(request, text)
        if stay:
            messages.warning(request, _("%(n)s møder har egne punkter og er blevet stående.") % {"n": stay})
        return redirect("yearwheel:plan", pk)
    context = {
        "title": _("Tag møderne ud af kalenderen?"),
        "text": _("Ingen er indkaldt endnu, så ingen får besked. Planen bliver, som den er."),
        "loses": [_("De møder, planen har lagt i kalenderen, og deres tomme dagsordener")],
        "button": _("Tag dem ud"),
        "cancel_url": reverse("yearwheel:plan", args=[pk]),
        "crumbs": plan_crumbs(plan, (_("Fortryd"), "")),
    }
    return render(request, "ui/confirm.html", context)
