"""Bring a file, see what it would change, let it in, watch it, undo it."""

from __future__ import annotations

import io

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from tovholder.imports import policy, progress, queries, tables
from tovholder.imports.columns import understand
from tovholder.imports.forms import UploadForm
from tovholder.imports.kinds import KINDS
from tovholder.imports.models import Batch, BatchStatus
from tovholder.imports.planning import Kind, make_plan
from tovholder.imports.reading.files import read_upload
from tovholder.imports.reading.problems import Unreadable
from tovholder.imports.services import keeping, queueing, running, undoing
from tovholder.ui.download import XLSX, exported
from tovholder.ui.tables import as_csv

PER_PAGE = 50
SHOWN_PROBLEMS = 100


def _crumbs(*more: tuple[str, str]) -> list[tuple[str, str]]:
    return [(_("Opsætning"), reverse("setup:index")), (_("Hent data ind"), reverse("imports:index")), *more]


def _kind(request: HttpRequest, key: str) -> Kind:
    policy.may_import(request.user).require()
    if key not in KINDS:
        raise Http404
    return KINDS[key]


def _batch(request: HttpRequest, pk: int) -> Batch:
    policy.may_import(request.user).require()
    # The rows are megabytes, and who watches asks each second: they are read when a page shows them.
    found = queries.visible_to(request.user).defer(*queries.HEAVY).select_related("uploaded_by", "undone_by")
    return get_object_or_404(found, pk=pk)


@require_GET
def index(request: HttpRequest) -> HttpResponse:
    policy.may_import(request.user).require()
    latest = [(each, KINDS.get(each.kind)) for each in queries.latest(request.user)]
    context = {
        "kinds": KINDS.values(),
        "latest": latest,
        "waiting": [
            (each, kind) for each, kind in latest if each.status == BatchStatus.READ or each.is_under_way
        ],
        "undoable": queries.undoable(),
        "crumbs": _crumbs()[:1],
    }
    return render(request, "imports/index.html", context)


def upload(request: HttpRequest, key: str) -> HttpResponse:
    kind = _kind(request, key)
    form = UploadForm(request.POST, request.FILES) if request.method == "POST" else UploadForm()
    context = {
        "kind": kind,
        "form": form,
        "guide": tables.guide_lines(kind),
        "crumbs": _crumbs((kind.title, "")),
    }
    if request.method == "POST" and form.is_valid():
        try:
            understood = understand(read_upload(form.cleaned_data["file"]), kind.fields)
        except Unreadable as error:
            form.add_error("file", error.sentence)
        else:
            plan = make_plan(kind, understood.records, by=request.user, headings=understood.headings)
            problems = sorted([*understood.problems, *plan.problems], key=lambda each: each.row)
            if not problems:
                return redirect(
                    "imports:batch",
                    keeping.keep(by=request.user, kind=kind, understood=understood, plan=plan).pk,
                )
            context |= {"problems": problems[:SHOWN_PROBLEMS], "more": max(0, len(problems) - SHOWN_PROBLEMS)}
            context["notices"] = understood.notices
    return render(request, "imports/upload.html", context, status=422 if request.method == "POST" else 200)


@require_GET
def template_csv(request: HttpRequest, key: str) -> HttpResponse:
    kind = _kind(request, key)
    response = HttpResponse(
        "".join(as_csv(tables.template_headings(kind), [])), content_type="text/csv; charset=utf-8"
    )
    response["Content-Disposition"] = f'attachment; filename="skabelon-{kind.key}.csv"'
    return response


@require_GET
def template_xlsx(request: HttpRequest, key: str) -> HttpResponse:
    kind = _kind(request, key)
    file = io.BytesIO()
    tables.write_template(file, kind)
    response = HttpResponse(file.getvalue(), content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="skabelon-{kind.key}.xlsx"'
    return response


@require_GET
def batch(request: HttpRequest, pk: int) -> HttpResponseBase:
    found = _batch(request, pk)
    kind = KINDS[found.kind]
    context = {"batch": found, "kind": kind, "crumbs": _crumbs((kind.title, ""))}
    if found.is_under_way:
        context |= {"progress": progress.heard(pk), "quiet": progress.is_quiet(pk, found.started_at)}
        page = "imports/_progress.html" if request.htmx else "imports/progress.html"  # type: ignore[attr-defined]
        return render(request, page, context)
    if request.htmx:  # type: ignore[attr-defined]
        # It has ended while somebody watched: the browser fetches the whole page.
        return HttpResponse(headers={"HX-Refresh": "true"})
    if found.status != BatchStatus.READ:
        context["may_undo"] = bool(policy.may_undo(found, queries.newest_done()))
        return render(request, "imports/result.html", context)
    wanted = request.GET.get("vis", "")
    rows = [row for row in found.preview if wanted not in ("new", "changed") or row["state"] == wanted]
    if file := exported(request, tables.preview(found, rows)):
        return file
    context |= {"page": Paginator(rows, PER_PAGE).get_page(request.GET.get("side")), "wanted": wanted}
    return render(request, "imports/preview.html", context)


@require_POST
def start(request: HttpRequest, pk: int) -> HttpResponse:
    running.start(by=request.user, batch=_batch(request, pk))
    return redirect("imports:batch", pk)


@require_POST
def start_again(request: HttpRequest, pk: int) -> HttpResponse:
    queueing.start_again(by=request.user, batch=_batch(request, pk))
    return redirect("imports:batch", pk)


def discard(request: HttpRequest, pk: int) -> HttpResponse:
    found = _batch(request, pk)
    if request.method == "POST":
        keeping.discard(by=request.user, batch=found)
        messages.success(request, _("Filen er kasseret. Intet er ændret."))
        return redirect("imports:index")
    context = {
        "title": _("Kassér filen?"),
        "text": _("Intet er hentet ind, og intet bliver ændret. Tovholder glemmer rækkerne."),
        "button": _("Kassér filen"),
        "cancel_url": reverse("imports:batch", args=[pk]),
        "crumbs": _crumbs((KINDS[found.kind].title, reverse("imports:batch", args=[pk])), (_("Kassér"), "")),
    }
    return render(request, "ui/confirm.html", context)


def undo(request: HttpRequest, pk: int) -> HttpResponse:
    found = _batch(request, pk)
    policy.may_undo(found, queries.newest_done()).require()
    if request.method == "POST":
        undoing.start(by=request.user, batch=found)
        return redirect("imports:batch", pk)
    obstacles = undoing.what_depends(found)
    kind = KINDS[found.kind]
    here = reverse("imports:batch", args=[pk])
    context = {
        "batch": found,
        "kind": kind,
        "obstacles": obstacles,
        "here": here,
        "crumbs": _crumbs((kind.title, here), (_("Fortryd"), "")),
    }
    return render(request, "imports/undo.html", context)
