"""What a forum has sent up, down or out, and what it has received."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tovholder.access.levels import Level
from tovholder.forums.models import Forum
from tovholder.forums.policy import may_convene
from tovholder.meetings import tables
from tovholder.meetings.forms.agenda import RelayAnswerForm, RelayForm
from tovholder.meetings.models import AgendaItem
from tovholder.meetings.queries import items_visible_to, relays_visible_to, visible_to
from tovholder.meetings.services import relays
from tovholder.meetings.views.face import form_page, forum_crumbs, forum_of, number_in
from tovholder.ui.download import exported


def _back(forum: Forum) -> str:
    return reverse("meetings:relays", args=[forum.pk])


@require_GET
def sent_and_received(request: HttpRequest, forum_pk: int) -> HttpResponseBase:
    forum = forum_of(request, forum_pk)
    sent, received = relays_visible_to(request.user, forum)
    rows = [*((each, False) for each in sent), *((each, True) for each in received)]
    if file := exported(request, tables.relays(forum, rows)):
        return file
    context = {
        "forum": forum,
        "groups": [(_("Sendt"), list(sent[:100]), False), (_("Modtaget"), list(received[:100]), True)],
        "convener": bool(may_convene(request.user, forum)),
        "crumbs": forum_crumbs(forum, _("Sendt og modtaget")),
    }
    return render(request, "meetings/relays.html", context)


@require_http_methods(["GET", "POST"])
def add(request: HttpRequest, forum_pk: int) -> HttpResponse:
    """Send something on. From a general item the words are offered; from another the sender writes new ones."""
    forum = forum_of(request, forum_pk)
    may_convene(request.user, forum).require()
    item = _item(request, forum)
    general = item is not None and item.level == Level.GENERAL
    initial = {"heading": item.heading, "text": item.question} if item is not None and general else None
    form = RelayForm(request.POST or None, forum=forum, initial=initial)
    if request.method == "POST" and form.is_valid():
        relays.send(by=request.user, from_forum=forum, from_item=item, **form.cleaned_data)
        messages.success(request, _("Det er sendt. Svaret kommer på jeres næste dagsorden."))
        return redirect(_back(forum))
    page = form_page(
        form, title=_("Send noget videre"), button=_("Send"), crumbs=forum_crumbs(forum, _("Send videre")), cancel_url=_back(forum),
        keep=f"send-{forum.pk}",
    )  # fmt: skip
    return render(request, "meetings/form.html", page)


def _item(request: HttpRequest, forum: Forum) -> AgendaItem | None:
    """Return the item that is sent on, if the address names one that the user may read."""
    number = number_in(request.GET.get("punkt"))
    if not number:
        return None
    meeting = get_object_or_404(
        visible_to(request.user).prefetch_related("forums"), items__pk=number, forums=forum
    )
    return get_object_or_404(items_visible_to(request.user, meeting), pk=number)


@require_http_methods(["GET", "POST"])
def answer(request: HttpRequest, forum_pk: int, pk: int) -> HttpResponse:
    forum = forum_of(request, forum_pk)
    relay = get_object_or_404(relays_visible_to(request.user, forum)[1], pk=pk)
    relays.may_answer(request.user, relay).require()
    form = RelayAnswerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        relays.answer(by=request.user, relay=relay, text=form.cleaned_data["text"])
        messages.success(request, _("Svaret er sendt og kommer på afsenderens næste dagsorden."))
        return redirect(_back(forum))
    page = form_page(
        form, title=_("Svar: %(heading)s") % {"heading": relay.heading}, button=_("Send svaret"),
        crumbs=forum_crumbs(forum, _("Svar")), cancel_url=_back(forum), lead=relay.text[:600], keep=f"svar-{pk}",
    )  # fmt: skip
    return render(request, "meetings/form.html", page)


@require_POST
def withdraw(request: HttpRequest, forum_pk: int, pk: int) -> HttpResponse:
    forum = forum_of(request, forum_pk)
    relay = get_object_or_404(relays_visible_to(request.user, forum)[0], pk=pk)
    relays.withdraw(by=request.user, relay=relay)
    messages.success(request, _("Det er trukket tilbage."))
    return redirect(_back(forum))
