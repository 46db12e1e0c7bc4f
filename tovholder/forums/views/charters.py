"""A forum's charter: read, write, approve, compare, print."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from tovholder.accounts.models import User
from tovholder.directory.queries import municipality_name
from tovholder.documents.typst import render_pdf
from tovholder.forums import charter_text, policy, queries
from tovholder.forums.forms import ApproveCharterForm, CharterForm
from tovholder.forums.models import Charter, Forum
from tovholder.forums.printing import charter_document
from tovholder.forums.services import charters as services


def charter(request: HttpRequest, pk: int, version: int | None = None) -> HttpResponse:
    forum = get_object_or_404(queries.visible_to(request.user), pk=pk)
    versions = list(forum.charters.order_by("-version"))
    shown = _pick(versions, version)
    context = {
        "forum": forum,
        "here": "charter",
        "versions": versions,
        "charter": shown,
        "html": charter_text.render(shown.text) if shown else "",
        "due_on": queries.charter_due_on(shown) if shown else None,
        "is_due": shown in queries.charters_due(request.user),
        "draft": next((each for each in versions if each.approved_on is None), None),
        "may_manage": bool(policy.may_manage(request.user, forum)),
    }
    return render(request, "forums/charter.html", context)


def _pick(versions: list[Charter], version: int | None) -> Charter | None:
    """The version asked for, else the one in force, else the draft."""
    if version is not None:
        found = next((each for each in versions if each.version == version), None)
        if found is None:
            raise Http404
        return found
    return next((each for each in versions if each.approved_on), versions[0] if versions else None)


def charter_pdf(request: HttpRequest, pk: int, version: int) -> HttpResponse:
    forum = get_object_or_404(queries.visible_to(request.user), pk=pk)
    shown = get_object_or_404(forum.charters, version=version)
    pdf = render_pdf("charter", charter_document(shown, municipality_name()))
    name = f"kommissorium-{slugify(forum.name)}-{shown.version}.pdf"
    headers = {"Content-Disposition": f'inline; filename="{name}"'}
    return HttpResponse(pdf, content_type="application/pdf", headers=headers)


@require_POST
def draft_new(request: HttpRequest, pk: int) -> HttpResponse:
    forum = get_object_or_404(queries.visible_to(request.user), pk=pk)
    services.start_draft(by=request.user, forum=forum)
    return redirect("forums:charter_edit", forum.pk)


def draft_edit(request: HttpRequest, pk: int) -> HttpResponse:
    draft = _draft(request.user, pk)
    form = CharterForm(request.POST or None, instance=draft)
    if request.method == "POST" and form.is_valid():
        services.save_draft(by=request.user, charter=draft, text=form.cleaned_data["text"])
        messages.success(request, _("Kladden er gemt."))
        return redirect("forums:charter_version", pk, draft.version)
    return _form_page(request, draft, form, _("Ret kommissoriet"), _("Gem kladden"))


def draft_approve(request: HttpRequest, pk: int) -> HttpResponse:
    draft = _draft(request.user, pk)
    form = ApproveCharterForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        services.approve(by=request.user, charter=draft, **form.cleaned_data)
        messages.success(request, _("Kommissoriet er godkendt. Det kan ikke ændres herefter."))
        return redirect("forums:charter", pk)
    return _form_page(request, draft, form, _("Godkend version %(n)s") % {"n": draft.version}, _("Godkend"))


def draft_drop(request: HttpRequest, pk: int) -> HttpResponse:
    draft = _draft(request.user, pk)
    if request.method == "POST":
        services.drop_draft(by=request.user, charter=draft)
        messages.success(request, _("Kladden er slettet."))
        return redirect("forums:charter", pk)
    context = {
        "title": _("Slet kladden?"),
        "loses": [_("Kladden til version %(n)s") % {"n": draft.version}],
        "button": _("Slet kladden"),
        "cancel_url": reverse("forums:charter_version", args=[pk, draft.version]),
        "crumbs": [(draft.forum.name, reverse("insights:forum", args=[pk]))],
    }
    return render(request, "ui/confirm.html", context)


def compare(request: HttpRequest, pk: int) -> HttpResponse:
    forum = get_object_or_404(queries.visible_to(request.user), pk=pk)
    versions = list(forum.charters.order_by("-version"))
    if len(versions) < 2:
        raise Http404
    by_number = {str(each.version): each for each in versions}
    new = by_number.get(request.GET.get("ny", ""), versions[0])
    old = by_number.get(request.GET.get("gammel", ""), versions[1])
    lines = charter_text.compare(old.text, new.text)
    context = {
        "forum": forum,
        "here": "charter",
        "versions": versions,
        "old": old,
        "new": new,
        "lines": lines,
    }
    return render(request, "forums/charter_compare.html", context)


def _draft(user: User, pk: int) -> Charter:
    """Return the forum's draft for those who may write it; 404 without one."""
    forum = get_object_or_404(queries.visible_to(user), pk=pk)
    policy.may_manage(user, forum).require()
    return get_object_or_404(forum.charters.select_related("forum"), approved_on__isnull=True)


def _form_page(request: HttpRequest, draft: Charter, form: object, title: str, button: str) -> HttpResponse:
    forum: Forum = draft.forum
    back = reverse("forums:charter_version", args=[forum.pk, draft.version])
    crumbs = [
        (forum.name, reverse("insights:forum", args=[forum.pk])),
        (_("Kommissorium"), reverse("forums:charter", args=[forum.pk])),
        (title, ""),
    ]
    context = {
        "form": form,
        "title": title,
        "about": forum.name,
        "back": back,
        "crumbs": crumbs,
        "button": button,
    }
    return render(request, "directory/form.html", context, status=422 if request.method == "POST" else 200)
