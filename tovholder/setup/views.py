"""The administrator's pages: the set-up as it stands, bring a file, see what it changes, load it."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from tovholder.directory.queries import municipality_name
from tovholder.setup.export import export_setup
from tovholder.setup.forms import TextForm, UploadForm
from tovholder.setup.models import SetupFile
from tovholder.setup.policy import may_manage
from tovholder.setup.queries import drafts_of, latest_loads, overview
from tovholder.setup.services import apply_draft, change_draft, drop_draft, keep_draft


def index(request: HttpRequest) -> HttpResponse:
    may_manage(request.user).require()
    form = UploadForm(request.POST, request.FILES) if request.method == "POST" else UploadForm()
    if form.is_valid():
        draft = keep_draft(by=request.user, name=form.main, texts=form.cleaned_data["setup_files"])
        return redirect("setup:draft", pk=draft.pk)
    context = {
        "form": form,
        "name": municipality_name(),
        "sections": overview(),
        "draft": drafts_of(request.user).first(),
        "loads": latest_loads(),
    }
    return render(request, "setup/index.html", context)


def _draft(request: HttpRequest, pk: int) -> SetupFile:
    may_manage(request.user).require()
    return get_object_or_404(drafts_of(request.user), pk=pk)


def _crumbs(*more: tuple[str, str]) -> list[tuple[str, str]]:
    return [(_("Opsætning"), reverse("setup:index")), *more]


@require_GET
def draft(request: HttpRequest, pk: int) -> HttpResponse:
    found = _draft(request, pk)
    context = {
        "draft": found,
        "preview": found.preview,
        "files": list(found.texts),
        "crumbs": _crumbs((found.name, "")),
    }
    return render(request, "setup/draft.html", context)


@require_POST
def apply(request: HttpRequest, pk: int) -> HttpResponse:
    plan = apply_draft(
        by=request.user, draft=_draft(request, pk), fingerprint=request.POST.get("fingerprint", "")
    )
    if plan is None:
        messages.warning(
            request, _("Opsætningen er ændret, siden du så den. Intet er indlæst. Se ændringerne igen.")
        )
        return redirect("setup:draft", pk=pk)
    messages.success(
        request, _("Opsætningen er indlæst: %(what)s.") % {"what": plan.summary or _("intet at ændre")}
    )
    return redirect("setup:index")


def text(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    found = _draft(request, pk)
    names = list(found.texts)
    if number >= len(names):
        raise Http404
    name = names[number]
    form = TextForm(request.POST or None, initial={"text": found.texts[name]})
    if form.is_valid():
        change_draft(by=request.user, draft=found, file=name, text=form.cleaned_data["text"])
        return redirect("setup:draft", pk=pk)
    problems = [each for each in found.preview.get("problems", []) if each["file"] == name]
    crumbs = _crumbs((found.name, reverse("setup:draft", args=[pk])), (_("Ret teksten"), ""))
    return render(
        request,
        "setup/text.html",
        {"form": form, "name": name, "draft": found, "problems": problems, "crumbs": crumbs},
    )


def discard(request: HttpRequest, pk: int) -> HttpResponse:
    found = _draft(request, pk)
    if request.method == "POST":
        drop_draft(by=request.user, draft=found)
        messages.success(request, _("Filen er kasseret. Opsætningen er, som den var."))
        return redirect("setup:index")
    context = {
        "title": _("Kassér filen?"),
        "text": _("Opsætningen bliver ikke ændret."),
        "loses": [found.name],
        "button": _("Kassér filen"),
        "cancel_url": reverse("setup:draft", args=[pk]),
        "crumbs": _crumbs((found.name, reverse("setup:draft", args=[pk])), (_("Kassér"), "")),
    }
    return render(request, "ui/confirm.html", context)


@require_GET
def export(request: HttpRequest) -> HttpResponse:
    may_manage(request.user).require()
    response = HttpResponse(export_setup(), content_type="application/toml; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="opsaetning.toml"'
    return response
