"""What comes back each year on the same days: a list, a form, and the last change undone."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tovholder.access.decision import Refused
from tovholder.ui.download import exported
from tovholder.yearwheel import policy, tables
from tovholder.yearwheel.forms.marks import MarkForm, initial_of
from tovholder.yearwheel.models import YearMark
from tovholder.yearwheel.services import marks
from tovholder.yearwheel.services.marks import Stand
from tovholder.yearwheel.views.face import crumbs, planned_from, way_crumbs

CHANGED = "yearwheel_mark"


@require_GET
def index(request: HttpRequest) -> HttpResponseBase:
    policy.may_plan(request.user).require()
    rows = list(YearMark.objects.filter(retired_at__isnull=True))
    if file := exported(request, tables.marks(rows)):
        return file
    context = {
        "rows": [(mark, tables.days_of(mark)) for mark in rows],
        "undo": request.session.get(CHANGED),
        "crumbs": way_crumbs(planned_from(request), (_("Faste punkter"), "")),
    }
    return render(request, "yearwheel/marks.html", context)


def _mark(request: HttpRequest, pk: int) -> YearMark:
    policy.may_plan(request.user).require()
    mark = YearMark.objects.filter(pk=pk).first() if pk < 2**63 else None
    if mark is None:
        raise Http404
    return mark


def _keep(request: HttpRequest, mark: YearMark, before: Stand) -> None:
    """Remember the change with the login, so that it can be undone."""
    mark.refresh_from_db()
    request.session[CHANGED] = {
        "mark": mark.pk,
        "name": mark.name,
        "before": before.as_dict(),
        "after": Stand.of(mark).as_dict(),
    }


@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """A new mark, or one that is there."""
    policy.may_plan(request.user).require()
    mark = _mark(request, pk) if pk is not None else None
    if mark is not None and mark.retired_at is not None:
        raise Http404
    form = MarkForm(request.POST or None, initial=initial_of(mark) if mark else None)
    if request.method == "POST" and form.is_valid():
        if mark is None:
            mark = marks.make(by=request.user, **form.cleaned_data)
            before = Stand(**form.cleaned_data, there=False)
        else:
            before = marks.change(by=request.user, mark=mark, **form.cleaned_data)
        _keep(request, mark, before)
        messages.success(request, _saved(mark))
        return redirect("yearwheel:marks")
    context = {
        "form": form,
        "mark": mark,
        "title": mark.name if mark else _("Nyt fast punkt"),
        "crumbs": crumbs(
            (_("Faste punkter"), reverse("yearwheel:marks")), (mark.name if mark else _("Nyt"), "")
        ),
    }
    return render(request, "yearwheel/mark.html", context)


def _saved(mark: YearMark) -> str:
    count = marks.in_the_way(mark)
    if not count:
        return _("Det faste punkt er gemt.")
    return ngettext(
        "Det faste punkt er gemt. %(n)s møde ligger på de dage: flyt det, eller regn planen igen.",
        "Det faste punkt er gemt. %(n)s møder ligger på de dage: flyt dem, eller regn planen igen.",
        count,
    ) % {"n": count}


@require_POST
def take_off(request: HttpRequest, pk: int) -> HttpResponse:
    mark = _mark(request, pk)
    _keep(request, mark, marks.take_off(by=request.user, mark=mark))
    messages.success(request, _("»%(name)s« er taget af årshjulet.") % {"name": mark.name})
    return redirect("yearwheel:marks")


@require_POST
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Undo the last change of this user."""
    mark = _mark(request, pk)
    kept = request.session.pop(CHANGED, None)
    if kept is None or kept["mark"] != mark.pk:
        raise Http404
    try:
        marks.undo(by=request.user, mark=mark, before=Stand(**kept["before"]), after=Stand(**kept["after"]))
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("Ændringen er fortrudt."))
    return redirect("yearwheel:marks")
