"""The log: who did what, and who read what."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from tovholder.insights.forms import LogFilterForm
from tovholder.insights.policy import may_read_log
from tovholder.insights.queries import log
from tovholder.insights.services import export_log

PER_PAGE = 25
# A spreadsheet takes a cell that begins like this for a formula.
FORMULA = ("=", "+", "-", "@", "\t", "\r")


@require_GET
def log_list(request: HttpRequest) -> HttpResponse:
    may_read_log(request.user).require()
    form = LogFilterForm(request.GET or None)
    wanted = form.wanted()
    page = Paginator(log.events(wanted), PER_PAGE).get_page(request.GET.get("side"))
    query = request.GET.copy()
    query.pop("side", None)
    context = {
        "form": form,
        "page": page,
        "lines": log.lines(page.object_list),
        "query": query.urlencode(),
        "filtered": bool(wanted.used),
    }
    return render(request, "insights/log.html", context)


@require_GET
def log_csv(request: HttpRequest) -> StreamingHttpResponse:
    """Send the log as a file, row by row, however long it is."""
    rows = export_log(by=request.user, wanted=LogFilterForm(request.GET or None).wanted())
    response = StreamingHttpResponse(written(rows), content_type="text/csv; charset=utf-8")
    name = _("log-%(day)s.csv") % {"day": timezone.localdate().isoformat()}
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


class _Line:
    """What csv.writer takes for a file: hands each line back."""

    def write(self, line: str) -> str:
        return line


def written(rows: Iterable[list[str]]) -> Iterator[str]:
    """Write rows as spreadsheets here read them: semicolons, a byte order mark first, no formulas."""
    writer = csv.writer(_Line(), delimiter=";")
    yield "\ufeff"
    for row in rows:
        yield writer.writerow([f"'{cell}" if cell.startswith(FORMULA) else cell for cell in row])
