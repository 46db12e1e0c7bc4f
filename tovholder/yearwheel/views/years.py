"""Plan a year: make it, change what it is planned by, see how it stands, give the months their themes."""

from __future__ import annotations

from datetime import timedelta

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from tovholder.access.decision import Refused
from tovholder.directory.models import SchoolHoliday
from tovholder.ui.download import exported
from tovholder.yearwheel import policy, tables, wording
from tovholder.yearwheel.forms.planning import SettingsForm, YearForm
from tovholder.yearwheel.forms.themes import ThemesForm
from tovholder.yearwheel.models import MeetingState, YearPlan
from tovholder.yearwheel.queries import document
from tovholder.yearwheel.queries import hours as hour_queries
from tovholder.yearwheel.queries.as_planned import changed_since, without_days
from tovholder.yearwheel.services import publishing, runs, themes, years
from tovholder.yearwheel.views.face import crumbs, plan_crumbs, the_plan


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Make the next school year, from the one before where there is one."""
    policy.may_plan(request.user).require()
    last = YearPlan.objects.order_by("-starts_on").first()
    first, end = years.school_year(last.ends_on + timedelta(days=1) if last else timezone.localdate())
    initial = {"starts_on": first, "ends_on": end}
    form = YearForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        like = YearPlan.objects.filter(starts_on__lt=form.cleaned_data["starts_on"]).first()
        try:
            plan = years.make(by=request.user, like=like, **form.cleaned_data)
        except Refused as refused:
            form.add_error("starts_on", str(refused))
        else:
            messages.success(request, _("Skoleåret %(year)s er klar til at blive planlagt.") % {"year": plan})
            return redirect("yearwheel:plan", plan.pk)
    lead = _("Regler, indstillinger og temaer følger med fra året før. Ferier hentes fra opsætningen.")
    context = {
        "form": form, "title": _("Nyt skoleår"), "lead": lead, "button": _("Opret skoleåret"),
        "crumbs": crumbs((_("Nyt skoleår"), "")), "cancel_url": reverse("yearwheel:wheel"),
    }  # fmt: skip
    return render(request, "yearwheel/form.html", context)


@require_http_methods(["GET", "POST"])
def settings(request: HttpRequest, pk: int) -> HttpResponse:
    plan = the_plan(request, pk)
    form = SettingsForm(request.POST or None, initial={name: getattr(plan, name) for name in years.SETTINGS})
    if request.method == "POST" and form.is_valid():
        years.change(by=request.user, plan=plan, **form.cleaned_data)
        messages.success(request, _("Indstillingerne er gemt."))
        return redirect("yearwheel:plan", pk)
    context = {
        "form": form, "title": _("Indstillinger for %(year)s") % {"year": plan}, "button": _("Gem"),
        "crumbs": plan_crumbs(plan, (_("Indstillinger"), "")),
        "cancel_url": reverse("yearwheel:plan", args=[pk]),
    }  # fmt: skip
    return render(request, "yearwheel/form.html", context)


@require_GET
def plan(request: HttpRequest, pk: int) -> HttpResponse:
    """How the planning of a year stands, and what to do next."""
    found = the_plan(request, pk)
    rows = list(found.planned.select_related("meeting"))
    states = [row.state for row in rows]
    run = found.runs.select_related("plan").defer("best").first()
    in_use = run is not None and run.used_at is not None
    known = document.things(idle=True)
    context = {
        "plan": found,
        "count": len(rows),
        "drafts": states.count(MeetingState.DRAFT),
        "moved": states.count(MeetingState.MOVED),
        "dropped": states.count(MeetingState.DROPPED),
        "published": states.count(MeetingState.PUBLISHED),
        "by_hand": sum(row.locked and row.state != MeetingState.PUBLISHED for row in rows),
        "uninvited": sum(publishing.is_uninvited(row) for row in rows),
        "unplaced": wording.unplaced(found, known) if found.unplaced else [],
        "everything": "alle" in request.GET,
        "run": run,
        "other_rules": changed_since(run, known) if run is not None and in_use else [],
        "without_days": without_days(found, known),
        "quiet": runs.is_quiet(run) if run else False,
        "publication": found.publications.first(),
        "no_holidays": not SchoolHoliday.objects.filter(
            retired_at__isnull=True, starts_on__lte=found.ends_on, ends_on__gte=found.starts_on
        ).exists(),
        "crumbs": plan_crumbs(found),
    }
    return render(request, "yearwheel/plan.html", context)


@require_http_methods(["GET", "POST"])
def month_themes(request: HttpRequest, pk: int) -> HttpResponse:
    found = the_plan(request, pk)
    layer = ThemesForm.layer_of(request.GET.get("lag"))
    form = ThemesForm(request.POST or None, user=request.user, plan=found, layer=layer)
    if request.method == "POST" and form.is_valid():
        for month, theme, topic in form.changes():
            themes.choose(by=request.user, plan=found, month=month, layer=layer, theme=theme, topic=topic)
        messages.success(request, _("Temaerne er gemt."))
        return redirect(request.get_full_path())
    context = {
        "plan": found,
        "form": form,
        "layer": layer,
        "layers": ThemesForm.layers(),
        "crumbs": plan_crumbs(found, (_("Temaer"), "")),
    }
    return render(request, "yearwheel/themes.html", context)


@require_GET
def hours(request: HttpRequest, pk: int, of: str) -> HttpResponseBase:
    """Hours spent in meetings, by forum ("fora") or by person ("personer")."""
    policy.may_see_hours(request.user).require()
    if pk >= 2**63:
        raise Http404
    found = get_object_or_404(YearPlan, pk=pk)
    persons = of == "personer"
    lines = (hour_queries.by_person if persons else hour_queries.by_forum)(request.user, found)
    name = _("timer efter person") if persons else _("timer efter forum")
    if file := exported(request, tables.hours(lines, found, name)):
        return file
    context = {
        "plan": found,
        "lines": lines,
        "persons": persons,
        "crumbs": crumbs((_("Timer i møder"), "")),
    }
    return render(request, "yearwheel/hours.html", context)
