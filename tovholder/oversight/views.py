"""The monthly review of the log."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from tovholder.oversight import queries, tables
from tovholder.oversight.forms import TickForm
from tovholder.oversight.models import Review, ReviewLine
from tovholder.oversight.policy import may_read_findings, may_review, may_tick
from tovholder.oversight.services import tick
from tovholder.oversight.wording import month_name
from tovholder.ui.download import PARAM, exported

LINES_SHOWN = 8
SHOWN = {"alle": {}, "fund": {"verdict__in": ["asked", "wrong"]}, "mangler": {"ticked_at__isnull": True}}


@require_GET
def review_list(request: HttpRequest) -> HttpResponseBase:
    may_read_findings(request.user).require()
    if file := exported(request, tables.reviews(queries.reviews())):
        return file
    page = Paginator(queries.reviews(), 24).get_page(request.GET.get("side"))
    rows = [(each, month_name(each.month)) for each in page]
    return render(request, "oversight/review_list.html", {"page": page, "rows": rows})


@require_GET
def review(request: HttpRequest, pk: int) -> HttpResponseBase:
    may_read_findings(request.user).require()
    found = get_object_or_404(queries.reviews(), pk=pk)
    if PARAM in request.GET:
        rows = queries.shown(_lines(found, _wanted(request)), request.user)
        if file := exported(request, tables.lines(found, rows)):
            return file
    return render(request, "oversight/review.html", _context(request, found))


@require_POST
def line_tick(request: HttpRequest, pk: int) -> HttpResponse:
    may_read_findings(request.user).require()
    line = get_object_or_404(ReviewLine.objects.select_related("review"), pk=pk)
    may_tick(request.user, line).require()
    form = TickForm(request.POST, line=line)
    if not form.is_valid():
        found = get_object_or_404(queries.reviews(), pk=line.review_id)
        return render(request, "oversight/review.html", _context(request, found, form, line), status=422)
    tick(by=request.user, line=line, verdict=form.cleaned_data["verdict"], note=form.cleaned_data["note"])
    messages.success(request, _("Gemt."))
    return redirect(f"{reverse('oversight:review', args=[line.review_id])}?vis={_wanted(request)}")


def _wanted(request: HttpRequest) -> str:
    """Which lines are shown: to who reviews, first those that lack a word; to who reads, those that were found."""
    asked = request.GET.get("vis", request.POST.get("vis", ""))
    return asked if asked in SHOWN else ("mangler" if may_review(request.user) else "alle")


def _lines(found: Review, wanted: str) -> QuerySet[ReviewLine]:
    return found.lines.filter(**SHOWN[wanted]).select_related("review").order_by("position")


def _context(
    request: HttpRequest, found: Any, form: TickForm | None = None, line: ReviewLine | None = None
) -> dict[str, Any]:
    wanted = _wanted(request)
    page = Paginator(_lines(found, wanted), LINES_SHOWN).get_page(request.GET.get("side"))
    rows = [
        (each, _form(each, form, line) if each.may_tick else None)
        for each in queries.shown(page, request.user)
    ]
    return {
        "review": found,
        "month": month_name(found.month),
        "page": page,
        "rows": rows,
        "left_out": ", ".join(f"{reason.lower()}: {count}" for reason, count in queries.left_out(found)),
        "wanted": wanted,
        "failed": form,
        "reviews": bool(may_review(request.user)),
        "crumbs": [(_("Loggennemgang"), reverse("oversight:list")), (month_name(found.month), "")],
    }


def _form(each: queries.Shown, failed: TickForm | None, line: ReviewLine | None) -> TickForm:
    if failed is not None and line is not None and each.line.pk == line.pk:
        return failed
    first = {"verdict": each.line.verdict or ReviewLine.Verdict.FINE, "note": each.line.note}
    return TickForm(initial=first, line=each.line)
