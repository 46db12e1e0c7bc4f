"""How a list leaves as a file: one line in the view of a list page, one tag in its template."""

from __future__ import annotations

import tempfile

from django.conf import settings
from django.http import FileResponse, HttpRequest, StreamingHttpResponse  # noqa: TID251  # an answer, made for the views above
from django.utils.module_loading import import_string

from tovholder.ui.tables import Table, as_csv, file_stem, write_xlsx

PARAM = "hent"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def exported(request: HttpRequest, table: Table) -> StreamingHttpResponse | None:
    """Return the whole list as a file when the address asks for one (`?hent=csv`, `?hent=xlsx`), else None.

    The view has asked who may see the list; the rows are its own, filtered as on the page. Each file is a line of the log.
    """
    wanted = request.GET.get(PARAM)
    if request.method != "GET" or wanted not in ("csv", "xlsx"):
        return None
    told = import_string(settings.TABLE_EXPORT_LOG)
    details = {"table": table.name, "format": wanted, "rows": len(table)}
    told(by=request.user, about=table.about, details=details)
    return _csv(table) if wanted == "csv" else _xlsx(table)


def _csv(table: Table) -> StreamingHttpResponse:
    response = StreamingHttpResponse(
        as_csv(table.headings, table.lines()), content_type="text/csv; charset=utf-8"
    )
    response["Content-Disposition"] = f'attachment; filename="{file_stem(table.name)}.csv"'
    return response


def _xlsx(table: Table) -> StreamingHttpResponse:
    file = tempfile.TemporaryFile()  # noqa: SIM115  # the answer closes it
    try:
        write_xlsx(file, table.name, table.headings, table.lines())
        file.seek(0)
    except BaseException:
        file.close()
        raise
    return FileResponse(file, as_attachment=True, filename=f"{file_stem(table.name)}.xlsx", content_type=XLSX)
