"""The triage list, and the list of who raised something."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from tovholder.concerns import lists, policy
from tovholder.concerns.forms.filters import FilterForm, wanted_from
from tovholder.concerns.services.reading import note_listing
from tovholder.concerns.standing import triage_of
from tovholder.concerns.tables import concerns
from tovholder.concerns.wording import age_of
from tovholder.ui.download import exported


@require_GET
def triage(request: HttpRequest) -> HttpResponseBase:
    """What I sort and work on; for who only raises them, their own."""
    wanted = wanted_from(request.GET)
    rows = lists.TriageList(request.user, wanted)
    if not triage_of(request.user) and not sum(rows.counts.values()) and not wanted.filtered:
        return raised(request)
    if request.GET.get("hent"):
        everything = rows.all()
        note_listing(by=request.user, concerns=everything, purpose="list file")
        if file := exported(request, concerns(everything)):
            return file
    page: Page[Any] = Paginator(rows, lists.PER_PAGE).get_page(request.GET.get("side"))
    note_listing(by=request.user, concerns=page.object_list, purpose="list")
    context = {
        "sees_teams": bool(policy.may_see_teams(request.user)),
        "page_obj": page,
        "form": FilterForm(_shown(request), auto_id="f_%s"),
        "wanted": wanted,
        "counts": rows.counts,
        "lead": _lead(rows.counts, rows.oldest),
        "query": _kept(request),
    }
    return render(request, "concerns/list.html", context)


@require_GET
def raised(request: HttpRequest) -> HttpResponse:
    policy.may_raise(request.user).require()
    page: Page[Any] = Paginator(lists.RaisedList(request.user), lists.PER_PAGE).get_page(
        request.GET.get("side")
    )
    note_listing(by=request.user, concerns=page.object_list, purpose="own list")
    context = {
        "page_obj": page,
        "triages": bool(triage_of(request.user)),
        "sees_teams": bool(policy.may_see_teams(request.user)),
    }
    return render(request, "concerns/raised.html", context)


def _shown(request: HttpRequest) -> dict[str, str]:
    names = ("distrikt", "niveau", "status", "liste", "mine", "orden", "vis")
    return {name: request.GET.get(name, "") for name in names}


def _kept(request: HttpRequest) -> str:
    """The filters, for the links of the tabs."""
    query = request.GET.copy()
    for name in ("vis", "side", "hent", "status"):
        query.pop(name, None)
    return f"&{query.urlencode()}" if query else ""


def _lead(counts: dict[str, int], oldest: datetime | None) -> str:
    n = counts["nye"]
    if not n or oldest is None:
        return _("Ingen venter på at blive set.")
    said = ngettext("%(n)d ny.", "%(n)d nye.", n) % {"n": n}
    if timezone.now() - oldest < timedelta(hours=1):
        return said + " " + _("Kommet lige nu.")
    return said + " " + _("Den ældste har ventet i %(age)s.") % {"age": age_of(oldest)}
