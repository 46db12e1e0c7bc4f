"""The log: who did what, and who read what."""

from __future__ import annotations

import tempfile

from django.http import FileResponse, HttpRequest, HttpResponse, QueryDict, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from tovholder.insights.forms import LogFilterForm
from tovholder.insights.policy import may_read_log, may_see_cases_in_log
from tovholder.insights.queries import log, seal
from tovholder.insights.services import export_log
from tovholder.ui.download import XLSX
from tovholder.ui.tables import as_csv, write_xlsx
from tovholder.ui.typed import typed

SHEET_ROWS = 50_000  # a workbook is written whole before it is sent; the CSV file holds them all


@typed("hvem", "hvad")
def log_list(request: HttpRequest, given: QueryDict) -> HttpResponse:
    may_read_log(request.user).require()
    return _page(request, LogFilterForm(given or None))


def _page(request: HttpRequest, form: LogFilterForm, refused: str = "") -> HttpResponse:
    wanted = form.wanted()
    cases = bool(may_see_cases_in_log(request.user))
    page = log.page(wanted, cases=cases, before=_number(request, "foer"), after=_number(request, "efter"))
    query = request.GET.copy()
    for name in ("foer", "efter"):
        query.pop(name, None)
    context = {
        "form": form,
        "page": page,
        "query": query.urlencode(),
        "filtered": bool(wanted.used),
        "unsealed": seal.unsealed(),
        "refused": refused,
    }
    return render(request, "insights/log.html", context, status=422 if refused else 200)


@require_GET
def log_seal(request: HttpRequest) -> HttpResponse:
    """Say how the log is sealed: what waits, what was told outside, and when it was last checked."""
    may_read_log(request.user).require()
    crumbs = [(_("Log"), ".."), (_("Loggens segl"), "")]
    return render(request, "insights/log_seal.html", {"seal": seal.status(), "crumbs": crumbs})


@typed("hvem", "hvad", back="insights:log")
def log_csv(request: HttpRequest, given: QueryDict) -> StreamingHttpResponse:
    """Send the log as a file, row by row, however long it is."""
    rows = export_log(by=request.user, wanted=LogFilterForm(given or None).wanted())
    response = StreamingHttpResponse(as_csv(next(rows), rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{_name("csv")}"'
    return response


@typed("hvem", "hvad", back="insights:log")
def log_xlsx(request: HttpRequest, given: QueryDict) -> HttpResponseBase:
    """Send the log as a workbook; say so when it would keep somebody waiting, rather than leave lines out."""
    may_read_log(request.user).require()
    form = LogFilterForm(given or None)
    if log.is_longer_than(SHEET_ROWS, form.wanted(), cases=bool(may_see_cases_in_log(request.user))):
        told = _("Filen ville få over 50.000 linjer. Hent den som CSV, eller vælg et kortere tidsrum.")
        return _page(request, form, refused=told)
    rows = export_log(by=request.user, wanted=form.wanted())
    file = tempfile.TemporaryFile()  # noqa: SIM115  # the answer closes it
    write_xlsx(file, _("Log"), next(rows), rows)
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=_name("xlsx"), content_type=XLSX)


def _name(ending: str) -> str:
    return _("log-%(day)s.%(ending)s") % {"day": timezone.localdate().isoformat(), "ending": ending}


def _number(request: HttpRequest, name: str) -> int:
    """The event to go on from; what is no number is none."""
    text = request.GET.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0
