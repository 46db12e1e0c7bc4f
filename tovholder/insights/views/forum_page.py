"""Overview, meetings and agreements of one forum, and the page of one person: all of them join what lies below."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from tovholder.access.bases import LegalBasis
from tovholder.access.levels import Level
from tovholder.directory import policy as directory_policy
from tovholder.directory.queries import held_posts
from tovholder.directory.queries import visible_to as persons_visible_to
from tovholder.forums import policy
from tovholder.forums.models import Forum
from tovholder.forums.queries import a_year_after, current_memberships
from tovholder.forums.queries import visible_to as forums_visible_to
from tovholder.forums.wording import cadence, missing_sides, notice
from tovholder.insights.queries import forum_page as queries
from tovholder.meetings.tables import meetings as meetings_table
from tovholder.plans.reading import note_reading
from tovholder.plans.tables import agreements as agreements_table
from tovholder.ui.download import exported

PER_PAGE = 25
SHOWN_MEMBERS = 12


def _forum(request: HttpRequest, pk: int) -> Forum:
    return get_object_or_404(
        forums_visible_to(request.user).select_related("forum_type", "successor", "parent"), pk=pk
    )


def forum(request: HttpRequest, pk: int) -> HttpResponse:
    shown = queries.forum_shown_to(request.user, pk)
    if shown is None:
        raise Http404
    page = queries.forum_page(request.user, shown)
    note_reading(by=request.user, agreements=page.agreements, purpose="forum", about=shown)
    due_on = a_year_after(page.charter_approved_on) if page.charter_approved_on else None
    context: dict[str, Any] = {
        "forum": shown,
        "page": page,
        "here": "overview",
        "members": page.members[:SHOWN_MEMBERS],
        "finding": missing_sides(page.missing_sides),
        "bases": [LegalBasis(each).label for each in shown.bases if each in LegalBasis],
        "cadence": cadence(shown),
        "notice": notice(shown),
        "due_on": due_on,
        "is_due": due_on is not None and due_on <= timezone.localdate(),
        "today": timezone.localdate(),
        "may_manage": bool(policy.may_manage(request.user, shown)),
        "may_review": bool(policy.may_review_participants(request.user, shown)),
    }
    return render(request, "insights/forum.html", context)


def forum_meetings(request: HttpRequest, pk: int) -> HttpResponseBase:
    shown = _forum(request, pk)
    taken_over = queries.predecessors(shown)
    found = queries.all_meetings(request.user, shown, {shown.pk, *(each.pk for each in taken_over)})
    if file := exported(request, meetings_table(found, about=shown)):
        return file
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("side"))
    context = {"forum": shown, "here": "meetings", "page": page, "today": timezone.localdate()}
    return render(request, "insights/forum_meetings.html", context | {"predecessors": taken_over})


def forum_agreements(request: HttpRequest, pk: int) -> HttpResponseBase:
    shown = _forum(request, pk)
    closed = request.GET.get("vis") == "lukkede"
    found = (queries.closed_agreements if closed else queries.open_agreements)(request.user, shown)
    if file := exported(request, agreements_table(found.select_related("forum", "responsible"), about=shown)):
        secret = found.exclude(level=Level.GENERAL)
        note_reading(by=request.user, agreements=secret, purpose="list file", about=shown)
        return file
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("side"))
    note_reading(by=request.user, agreements=page, purpose="list", about=shown)
    context = {
        "forum": shown,
        "here": "agreements",
        "may_bring": bool(policy.may_convene(request.user, shown)),
        "page": page,
        "closed": closed,
        "today": timezone.localdate(),
    }
    return render(request, "insights/forum_agreements.html", context)


def person(request: HttpRequest, pk: int) -> HttpResponse:
    shown = get_object_or_404(
        persons_visible_to(request.user).select_related("organisation__kind", "user"), pk=pk
    )
    visible = forums_visible_to(request.user).filter(closed_on__isnull=True)
    may_edit = bool(directory_policy.may_edit(request.user) and directory_policy.may_change(shown))
    context = {
        "person": shown,
        "posts": held_posts().filter(person=shown),
        "seats": current_memberships()
        .filter(person=shown, forum__in=visible)
        .select_related("forum", "role"),
        "sees_contact": bool(directory_policy.may_see_contact(request.user, shown)),
        "may_edit": may_edit,
        "may_give_login": may_edit
        and shown.user is None
        and bool(directory_policy.may_give_login(request.user)),
        "may_hand_over": bool(policy.may_hand_over_person(request.user, shown)),
    }
    return render(request, "insights/forum_person.html", context)
