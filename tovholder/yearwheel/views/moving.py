"""One meeting of the plan: where it stands, move it with its clashes shown at once, place one that has no place."""

from __future__ import annotations

import re
from datetime import date, time, timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tovholder.access.decision import Decision, Refused, no
from tovholder.directory.models import Person
from tovholder.yearwheel import policy, wording
from tovholder.yearwheel.forms.planning import PlaceForm
from tovholder.yearwheel.models import PlannedMeeting, Rhythm
from tovholder.yearwheel.queries import document
from tovholder.yearwheel.services import moving
from tovholder.yearwheel.views import undoing
from tovholder.yearwheel.views.face import STATES, own_page, plan_crumbs, the_plan, the_row
from tovholder.yearwheel.weighing import Weighed, weigh

STEPS = ((-7, "Uge før"), (-1, "Dag før"), (1, "Dag efter"), (7, "Uge efter"))


@require_http_methods(["GET", "POST"])
def meeting(request: HttpRequest, pk: int) -> HttpResponse:
    """A meeting and where else it could stand; `?dato=` and `?kl=` try a place without moving it."""
    row = the_row(request, pk)
    may = _may_move(row)
    if request.method == "POST":
        may.require()
    given, tried = _given(request, row.date, row.start)
    form = PlaceForm(given, plan=row.plan, minutes=row.minutes, initial={"day": row.date, "start": row.start})
    weighed, ground, asks = None, None, "forslag" in request.GET and bool(may)
    if given is not None and form.is_valid() and may:
        day, start = form.cleaned_data["day"], form.cleaned_data["start"]
        ground = moving.Ground.of(row.plan, row)
        weighed = weigh(ground, day, start)
        agreed = form.warn(weighed.clashes, asks=request.method == "POST")
        if request.method == "POST" and agreed:
            _move(request, row, day, start)
            return redirect(
                own_page(request.POST.get("tilbage", ""), reverse("yearwheel:meeting", args=[pk]))
            )
    context = {
        "row": row,
        "plan": row.plan,
        "form": form,
        "may": may,
        "weighed": weighed if tried else None,
        "state": STATES[_state(row)],
        "absent": Person.objects.filter(pk__in=row.absent).order_by("name"),
        "steps": _steps(row) if may else [],
        "suggestions": _suggested(ground or moving.Ground.of(row.plan, row), row.date) if asks else None,
        "place": wording.place_said(row.date, row.start),
        "undo": undoing.offered(request, row.plan),
        "crumbs": plan_crumbs(row.plan, (row.title, "")),
    }
    return render(request, "yearwheel/meeting.html", context)


def _may_move(row: PlannedMeeting) -> Decision:
    """The state question: what was taken out of the plan is put back before it is moved."""
    may = policy.may_change_meeting(row.meeting)
    return no("dropped", _("Mødet er taget ud af planen.")) if may and row.dropped else may


def _move(request: HttpRequest, row: PlannedMeeting, day: date, start: time) -> None:
    stood = moving.move(by=request.user, row=row, day=day, start=start)
    undoing.keep(request, row, stood)
    text = _("%(title)s er flyttet til %(place)s i planen. Ingen får besked, før du offentliggør.")
    messages.success(request, text % {"title": row.title, "place": wording.place_said(day, start)})


@require_GET
def weigh_place(request: HttpRequest, pk: int) -> HttpResponse:
    """What a place would mean, for who drags the meeting there: a part of a page. `?forslag` finds others near it."""
    row = the_row(request, pk)
    may = _may_move(row)
    given, _tried = _given(request, row.date, row.start)
    form = PlaceForm(given, plan=row.plan, minutes=row.minutes)
    if given is None or not form.is_valid():
        may = no("no_place", _wrong_clock(form) or _("Datoen ligger uden for skoleåret."))
    context: dict[str, object] = {"row": row, "may": may, "back": request.GET.get("tilbage", "")}
    if may:
        day, start = form.cleaned_data["day"], form.cleaned_data["start"]
        ground = moving.Ground.of(row.plan, row)
        weighed = weigh(ground, day, start)
        context |= {"day": day, "start": start, "place": wording.place_said(day, start), "weighed": weighed}
        if weighed.clashes and "forslag" in request.GET:
            context["suggestions"] = moving.suggestions(ground, day)
    return render(request, "yearwheel/_weighed.html", context)


def _wrong_clock(form: PlaceForm) -> str:
    """Say what is wrong with the time of day: that it cannot be read, or that the meeting would end after midnight."""
    return " ".join(form.errors.get("start", []))


@require_POST
def move_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Undo the last move of this user."""
    row = the_row(request, pk)
    stood = undoing.taken(request, row)
    if stood is None:
        raise Http404
    try:
        moving.move_back(by=request.user, row=row, stood=stood)
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        text = _("%(title)s er flyttet tilbage til %(place)s.")
        place = wording.place_said(stood.day, stood.start)
        messages.success(request, text % {"title": row.title, "place": place})
    return redirect(own_page(request.POST.get("tilbage", ""), reverse("yearwheel:meeting", args=[pk])))


def _state(row: PlannedMeeting) -> str:
    if row.meeting is not None and document.stands_fast(row):
        return "held"
    state = str(row.state.value)
    return "planned" if state == "published" else state


def _given(request: HttpRequest, day: date, start: time) -> tuple[Any, bool]:
    """Return what was sent, or a place that the address tries."""
    if request.method == "POST":
        return request.POST, False
    if "dato" in request.GET or "kl" in request.GET:
        return {
            "day": request.GET.get("dato") or day.isoformat(),
            "start": request.GET.get("kl") or f"{start:%H:%M}",
        }, True
    return None, False


def _steps(row: PlannedMeeting) -> list[tuple[str, str]]:
    found = []
    for days, word in STEPS:
        day = row.date + timedelta(days=days)
        if row.plan.starts_on <= day <= row.plan.ends_on:
            found.append((f"?dato={day.isoformat()}", _(word)))
    return found


def _suggested(ground: moving.Ground, near: date) -> list[tuple[str, str]]:
    return [
        (f"?dato={day.isoformat()}&kl={start:%H:%M}", wording.place_said(day, start))
        for day, start in moving.suggestions(ground, near)
    ]


@require_http_methods(["GET", "POST"])
def place(request: HttpRequest, pk: int, of: str, which: int) -> HttpResponse:
    """Give a meeting that the planner found no place for a place by hand."""
    plan = the_plan(request, pk)
    known = document.things(idle=True)
    if not re.fullmatch(r"[fj]\d{1,18}", of):
        raise Http404
    thing = known.get(of)
    told = next((each for each in plan.unplaced if (each["of"], each["which"]) == (of, which)), None)
    if thing is None or thing.wanted.rhythm == Rhythm.NONE or told is None:
        messages.info(request, _("Mødet mangler ikke længere en plads i planen."))
        return redirect("yearwheel:plan", pk)
    row = moving.blank(plan, thing, which, wording.near_day(plan, thing, which))
    ground = moving.Ground.of(plan, row, known)
    # What was proposed when the plan was made may help no more: it is tried now.
    told = {"of": of, "which": which, "because": told["because"]}
    if (helps := moving.what_helps(ground)) is not None:
        told["helps"] = helps
    (missing,) = wording.unplaced(plan, known, [told], ground.names)
    given, tried = _given(request, missing.near, row.start)
    form = PlaceForm(given, plan=plan, minutes=row.minutes, initial={"day": missing.near, "start": row.start})
    weighed: Weighed | None = None
    if given is not None and form.is_valid():
        day, start = form.cleaned_data["day"], form.cleaned_data["start"]
        weighed = weigh(ground, day, start)
        agreed = form.warn(weighed.clashes, asks=request.method == "POST")
        if request.method == "POST" and agreed:
            made = moving.place(by=request.user, plan=plan, thing=thing, which=which, day=day, start=start)
            messages.success(request, _("Mødet har fået en plads i planen."))
            return redirect("yearwheel:meeting", made.pk)
    context = {
        "missing": missing,
        "plan": plan,
        "form": form,
        "weighed": weighed if tried else None,
        "suggestions": _suggested(ground, missing.near),
        "crumbs": plan_crumbs(plan, (missing.name, "")),
    }
    return render(request, "yearwheel/place.html", context)


@require_POST
def let_loose(request: HttpRequest, pk: int) -> HttpResponse:
    moving.let_loose(by=request.user, row=the_row(request, pk))
    messages.success(request, _("Planlæggeren må flytte mødet igen."))
    return redirect("yearwheel:meeting", pk)


@require_http_methods(["GET", "POST"])
def take_out(request: HttpRequest, pk: int) -> HttpResponse:
    row = the_row(request, pk)
    if request.method == "POST":
        known = row.meeting is not None
        try:
            moving.take_out(by=request.user, row=row)
        except Refused as refused:
            messages.error(request, str(refused))
            return redirect("yearwheel:meeting", pk)
        messages.success(
            request,
            _("Mødet udgår, når planen offentliggøres.") if known else _("Mødet er taget ud af planen."),
        )
        return redirect("yearwheel:plan", row.plan.pk)
    context = {
        "title": _("Tag mødet ud af planen?"),
        "text": _("Mødet i kalenderen bliver aflyst, når du offentliggør planen.")
        if row.meeting is not None
        else _("Mødet er ikke offentliggjort, så ingen får besked."),
        "loses": [f"{row.title}, {wording.place_said(row.date, row.start)}"],
        "button": _("Tag mødet ud"),
        "cancel_url": reverse("yearwheel:meeting", args=[pk]),
        "crumbs": plan_crumbs(
            row.plan, (row.title, reverse("yearwheel:meeting", args=[pk])), (_("Tag ud"), "")
        ),
    }
    return render(request, "ui/confirm.html", context)


@require_POST
def put_back(request: HttpRequest, pk: int) -> HttpResponse:
    moving.put_back(by=request.user, row=the_row(request, pk))
    messages.success(request, _("Mødet bliver stående."))
    return redirect("yearwheel:meeting", pk)
