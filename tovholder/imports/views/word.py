"""Agreements from an old Word document: read, looked through line by line, made."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from tovholder.directory.models import Person
from tovholder.forums.models import Forum
from tovholder.forums.queries import visible_to
from tovholder.imports import policy
from tovholder.imports.forms import LevelForm, LineFormSet, WordForm
from tovholder.imports.matching import meant
from tovholder.imports.planning import folded
from tovholder.imports.reading.document import AgreementLine, read_agreements
from tovholder.imports.reading.problems import Unreadable
from tovholder.imports.services import word
from tovholder.plans.queries import members_of
from tovholder.plans.queries import visible_to as agreements_visible_to


def _forum(request: HttpRequest, pk: int) -> Forum:
    forum = get_object_or_404(visible_to(request.user), pk=pk)
    policy.may_bring_old_minutes(request.user, forum).require()
    return forum


@require_http_methods(["GET", "POST"])
def upload(request: HttpRequest, pk: int) -> HttpResponse:
    forum = _forum(request, pk)
    form = WordForm(request.POST, request.FILES) if request.method == "POST" else WordForm()
    if request.method == "POST" and form.is_valid():
        try:
            lines = read_agreements(form.cleaned_data["file"])
        except Unreadable as error:
            form.add_error("file", error.sentence)
        else:
            members = members_of({forum.pk}).order_by("name")
            formset = LineFormSet(
                initial=_initial(request, forum, lines, members), form_kwargs={"members": members}
            )
            return _look_through(request, forum, formset, LevelForm(forum=forum))
    context = {"form": form, "forum": forum, "crumbs": _crumbs(forum)}
    return render(request, "imports/word.html", context, status=422 if form.is_bound else 200)


def _initial(
    request: HttpRequest, forum: Forum, lines: list[AgreementLine], members: QuerySet[Person]
) -> list[dict[str, Any]]:
    """What each line is offered with; one that the forum has already is left out until somebody says otherwise."""
    people = list(members)
    there = agreements_visible_to(request.user).filter(forum=forum).values_list("what", flat=True)
    known = {folded(what) for what in there}
    return [
        {
            "take": folded(line.what) not in known,
            "what": line.what[:300],
            "responsible": meant(line.who, people),
            "due_on": line.due_on,
            "who": line.who[:200],
            "when": line.when[:200],
        }
        for line in lines
    ]


@require_POST
def bring(request: HttpRequest, pk: int) -> HttpResponse:
    forum = _forum(request, pk)
    level = LevelForm(request.POST, forum=forum)
    members = members_of({forum.pk}).order_by("name")
    formset = LineFormSet(request.POST, form_kwargs={"members": members})
    if not (formset.is_valid() and level.is_valid()):
        return _look_through(request, forum, formset, level, status=422)
    lines = [
        word.Line(what=data["what"], responsible=data["responsible"], due_on=data["due_on"])
        for data in formset.cleaned_data
        if data.get("take")
    ]
    if not lines:
        messages.warning(request, _("Ingen aftaler var valgt, så ingen er hentet ind."))
        return redirect("imports:word", pk)
    made = word.make_agreements(by=request.user, forum=forum, lines=lines, level=level.cleaned_data["level"])
    said = ngettext("%(n)s aftale er hentet ind.", "%(n)s aftaler er hentet ind.", len(made))
    messages.success(request, said % {"n": len(made)})
    return redirect("insights:forum_agreements", pk)


def _look_through(
    request: HttpRequest, forum: Forum, formset: Any, level: LevelForm, status: int = 200
) -> HttpResponse:
    context = {"forum": forum, "formset": formset, "level": level, "crumbs": _crumbs(forum)}
    return render(request, "imports/word_lines.html", context, status=status)


def _crumbs(forum: Forum) -> list[tuple[str, str]]:
    return [
        (forum.name, reverse("insights:forum", args=[forum.pk])),
        (_("Aftaler"), reverse("insights:forum_agreements", args=[forum.pk])),
        (_("Fra Word"), ""),
    ]
