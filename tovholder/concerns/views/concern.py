"""The pages of one concern: what it is about, its course, and who can see it. Every opening is a line of the log."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from tovholder.citizens.queries import rules_read_with
from tovholder.concerns import lists, policy, queries
from tovholder.concerns.actions import actions_for
from tovholder.concerns.models import Concern, Entry
from tovholder.concerns.policy import Part
from tovholder.concerns.services.childs_words import released_texts
from tovholder.concerns.services.family_texts import holds
from tovholder.concerns.services.prompting import child_prompts
from tovholder.concerns.services.reading import (
    CourseView,
    note_listing,
    show_chronology,
    show_concern,
    show_course,
)
from tovholder.concerns.services.reminding import prompts_of
from tovholder.concerns.wording import factor_words, public_status


@require_GET
def concern(request: HttpRequest, code: str) -> HttpResponse:
    found = lists.page_of(request.user, code)
    if found is None:
        raise Http404
    sharing = rules_read_with(found)
    view = show_concern(by=request.user, concern=found, purpose="concern", rules=sharing)
    context = {
        **frame(found, "concern"),
        "view": view,
        "factors": factor_words(view.factors),
        "calls": lists.calls_for_notification(found),
        "public_status": public_status(found),
    }
    if view.part != Part.ALL:
        context["advice"] = view.advice
        return render(request, "concerns/own.html", context)
    own = lists.rules_of(found)
    children = lists.children_of(request.user, found, own.many_months)
    context |= {
        "children": children,
        "prompts": prompts_of(found, children, own),
        "child_prompts": child_prompts(found, rules=sharing) if children else [],
        "close_ages": lists.waiting_codes_of(found),
        "actions": actions_for(request.user, found),
        "may_triage": bool(policy.may_triage(request.user, found)),
        "mine": found.handler_id == getattr(getattr(request.user, "person", None), "pk", 0),
    }
    return render(request, "concerns/concern.html", context)


@require_GET
def course(request: HttpRequest, code: str) -> HttpResponse:
    found = readable(request, code)
    view = show_course(by=request.user, concern=found)
    context = {**frame(found, "course"), "view": view, "words_out": _words_out(found, view)}
    return render(request, "concerns/course.html", context)


def _words_out(found: Concern, view: CourseView) -> set[int]:
    """The entries of the child's words without its yes that the family reads all the same: the child may take them back."""
    kept = [
        each
        for each in view.entries
        if each.entry.kind == Entry.Kind.CHILD_VIEW and not each.entry.child_agrees_to_share
    ]
    texts = released_texts(found) if kept else []
    return {each.entry.pk for each in kept if any(holds(text, each.text.text) for text in texts)}


@require_GET
def chronology(request: HttpRequest, code: str, child: str) -> HttpResponse:
    found = readable(request, code)
    link = get_object_or_404(found.concern_children.select_related("child"), child__code=child)
    rows = show_chronology(by=request.user, concern=found, child=link.child)
    crumbs = [*frame(found, "course")["crumbs"][:1], (str(found), reverse("concerns:concern", args=[code]))]
    context = {
        "concern": found,
        "child": link.child,
        "rows": rows,
        "crumbs": [*crumbs, (_("Barnets forløb"), "")],
    }
    return render(request, "concerns/chronology.html", context)


@require_GET
def readers(request: HttpRequest, code: str) -> HttpResponse:
    found = readable(request, code)
    note_listing(by=request.user, concerns=[found], purpose="readers")
    context = {**frame(found, "readers"), "readers": queries.readers(found)}
    return render(request, "concerns/readers.html", context)


def readable(request: HttpRequest, code: str) -> Concern:
    """Return the concern for who may read all of it; for everybody else there is none."""
    rows = queries.visible_to(request.user, Part.ALL).select_related("raised_by__organisation")
    found = rows.filter(code=code).first()
    if found is None:
        raise Http404
    return found


def frame(found: Concern, face: str) -> dict[str, Any]:
    return {
        "concern": found,
        "face": face,
        "crumbs": [(_("Bekymringer"), reverse("concerns:list")), (str(found), "")],
    }
