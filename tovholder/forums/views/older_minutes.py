"""Minutes from before Tovholder. For who may not read them these pages do not exist."""

from __future__ import annotations

from datetime import date

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from tovholder.documents.download import attachment_response
from tovholder.forums import policy, queries, tables
from tovholder.forums.forms import OlderMinutesChangeForm, OlderMinutesForm
from tovholder.forums.models import Forum, OlderMinutes
from tovholder.forums.services import older_minutes as services
from tovholder.ui.download import exported
from tovholder.ui.naming import listed

PER_PAGE, TOLD = 25, 8


def _forum(request: HttpRequest, pk: int) -> Forum:
    forum = get_object_or_404(queries.visible_to(request.user), pk=pk)
    if not policy.may_read_older_minutes(request.user, forum):
        raise Http404
    return forum


def _older(request: HttpRequest, pk: int, older_pk: int) -> OlderMinutes:
    rows = _forum(request, pk).older_minutes.select_related("forum", "attachment")
    return get_object_or_404(rows, pk=older_pk)


def _crumbs(forum: Forum, here: str) -> list[tuple[str, str]]:
    back = reverse("forums:older_minutes", args=[forum.pk])
    crumbs = [(forum.name, reverse("insights:forum", args=[forum.pk]))]
    return (
        [*crumbs, (_("Ældre referater"), back), (here, "")] if here else [*crumbs, (_("Ældre referater"), "")]
    )


@require_GET
def older_list(request: HttpRequest, pk: int) -> HttpResponseBase:
    forum = _forum(request, pk)
    rows = forum.older_minutes.select_related("attachment", "added_by")
    if file := exported(request, tables.older_minutes(forum, rows)):
        return file
    context = {
        "forum": forum,
        "page": Paginator(rows, PER_PAGE).get_page(request.GET.get("side")),
        "may_keep": bool(policy.may_keep_older_minutes(request.user, forum)),
        "crumbs": _crumbs(forum, ""),
    }
    return render(request, "forums/older_minutes.html", context)


@require_http_methods(["GET", "POST"])
def older_add(request: HttpRequest, pk: int) -> HttpResponse:
    forum = _forum(request, pk)
    policy.may_keep_older_minutes(request.user, forum).require()
    form = OlderMinutesForm(request.POST, request.FILES) if request.method == "POST" else OlderMinutesForm()
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            laid_in = services.lay_in(
                by=request.user, forum=forum, title=data["title"], uploads=data["file"], days=form.days
            )
        except ValidationError as error:
            form.add_error("file", error)
        else:
            messages.success(request, _laid_in([each.held_on for each in laid_in]))
            return redirect("forums:older_minutes", forum.pk)
    context = {"form": form, "forum": forum, "crumbs": _crumbs(forum, _("Læg referater ind"))}
    return render(request, "forums/older_minutes_form.html", context, status=422 if form.is_bound else 200)


def _laid_in(days: list[date]) -> str:
    """Say the days, which may have been read out of the files' names: a wrong one is to be seen at once."""
    told = [f"{day.day}.{day.month}.{day.year}" for day in sorted(days)]
    if len(told) > TOLD:
        told = [f"{told[0]} – {told[-1]}"]
    text = ngettext("Referatet er lagt ind: %(days)s.", "%(n)s referater er lagt ind: %(days)s.", len(days))
    return text % {"n": len(days), "days": listed(told)}


@require_http_methods(["GET", "POST"])
def older_change(request: HttpRequest, pk: int, older_pk: int) -> HttpResponse:
    older = _older(request, pk, older_pk)
    policy.may_keep_older_minutes(request.user, older.forum).require()
    form = OlderMinutesChangeForm(request.POST or None, instance=older)
    if request.method == "POST" and form.is_valid():
        services.change(by=request.user, older=older, **form.cleaned_data)
        messages.success(request, _("Referatet er rettet."))
        return redirect("forums:older_minutes", pk)
    context = {"form": form, "forum": older.forum, "older": older, "crumbs": _crumbs(older.forum, _("Ret"))}
    return render(request, "forums/older_minutes_form.html", context, status=422 if form.is_bound else 200)


@require_GET
def older_file(request: HttpRequest, pk: int, older_pk: int) -> FileResponse:
    older = _older(request, pk, older_pk)
    services.note_reading(by=request.user, older=older)
    return attachment_response(older.attachment)


@require_http_methods(["GET", "POST"])
def older_remove(request: HttpRequest, pk: int, older_pk: int) -> HttpResponse:
    older = _older(request, pk, older_pk)
    policy.may_keep_older_minutes(request.user, older.forum).require()
    back = reverse("forums:older_minutes", args=[pk])
    if request.method == "POST":
        services.take_out(by=request.user, older=older)
        messages.success(request, _("Referatet er fjernet."))
        return redirect(back)
    context = {
        "title": _("Fjern referatet?"),
        "loses": [older.title],
        "button": _("Fjern referatet"),
        "cancel_url": back,
        "crumbs": _crumbs(older.forum, _("Fjern")),
    }
    return render(request, "ui/confirm.html", context)
