"""Add, change, order, take off, put back and postpone items of an agenda."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from tovholder.meetings.forms.agenda import ItemForm
from tovholder.meetings.models import AgendaItem
from tovholder.meetings.services import items, overview
from tovholder.meetings.views.face import convened_meeting, crumbs, form_page, item_of


def _back(pk: int, item_pk: int | None = None) -> str:
    return reverse("meetings:before", args=[pk]) + (f"#punkt-{item_pk}" if item_pk else "")


@require_http_methods(["GET", "POST"])
def add(request: HttpRequest, pk: int) -> HttpResponse:
    meeting = convened_meeting(request, pk)
    items.may_edit_items(request.user, meeting).require()
    form = ItemForm(request.POST or None, meeting=meeting)
    if request.method == "POST" and form.is_valid():
        item = items.add_item(by=request.user, meeting=meeting, **form.cleaned_data)
        messages.success(request, _("Punktet er sat på dagsordenen."))
        return redirect(_back(pk, item.pk))
    page = form_page(
        form, title=_("Nyt punkt"), button=_("Sæt på dagsordenen"), crumbs=crumbs(meeting, _("Nyt punkt")),
        cancel_url=_back(pk), keep=f"punkt-nyt-{pk}",
    )  # fmt: skip
    return render(request, "meetings/form.html", page)


@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, pk: int, item_pk: int) -> HttpResponse:
    meeting = convened_meeting(request, pk)
    items.may_edit_items(request.user, meeting).require()
    item = item_of(request, meeting, item_pk)
    form = ItemForm(request.POST or None, instance=item, meeting=meeting)
    if request.method == "POST" and form.is_valid():
        items.edit_item(by=request.user, item=item, **form.cleaned_data)
        messages.success(request, _("Punktet er ændret."))
        return redirect(_back(pk, item_pk))
    page = form_page(
        form, title=_("Ret punktet"), button=_("Gem punktet"), crumbs=crumbs(meeting, _("Ret punktet")),
        cancel_url=_back(pk, item_pk), keep=f"punkt-{item_pk}",
    )  # fmt: skip
    return render(request, "meetings/form.html", page)


@require_http_methods(["GET", "POST"])
def order(request: HttpRequest, pk: int) -> HttpResponse:
    """The page where items are moved; each button moves one item one place."""
    meeting = convened_meeting(request, pk)
    items.may_edit_items(request.user, meeting).require()
    if request.method == "POST":
        return _move(request, pk, item_of(request, meeting, _number(request.POST.get("item"))))
    lines = overview.agenda_for(request.user, meeting).lines
    context = {
        "meeting": meeting,
        "lines": lines,
        "crumbs": crumbs(meeting, _("Flyt punkter")),
        "moved": request.GET.get("flyttet", ""),
    }
    return render(request, "meetings/order.html", context)


def _move(request: HttpRequest, pk: int, item: AgendaItem) -> HttpResponse:
    items.move_item(by=request.user, item=item, step=-1 if request.POST.get("step") == "up" else 1)
    return redirect(f"{reverse('meetings:order', args=[pk])}?flyttet={item.pk}#punkt-{item.pk}")


def _number(value: str | None) -> int:
    try:
        return int(value or "")
    except ValueError:
        raise Http404 from None


@require_POST
def remove(request: HttpRequest, pk: int, item_pk: int) -> HttpResponse:
    """Take an item off; it can be put back for half an hour. One with files is asked about first."""
    meeting = convened_meeting(request, pk)
    item = item_of(request, meeting, item_pk)
    files = [row.attachment.name for row in item.attachments.select_related("attachment")]
    if files and "sure" not in request.POST:
        context = {
            "title": _("Fjern punktet?"), "text": item.heading, "loses": files, "button": _("Fjern punkt og bilag"),
            "action": request.path, "cancel_url": _back(pk, item_pk), "crumbs": crumbs(meeting, _("Fjern punktet")),
        }  # fmt: skip
        return render(request, "meetings/remove_item.html", context)
    kept = items.remove_item(by=request.user, item=item)
    request.session["removed_item"] = {**kept, "at": timezone.now().isoformat()}
    return redirect(_back(pk))


@require_POST
def put_back(request: HttpRequest, pk: int) -> HttpResponse:
    meeting = convened_meeting(request, pk)
    kept = request.session.pop("removed_item", None)
    if kept is None or kept["meeting"] != meeting.pk:
        messages.warning(request, _("Der er ikke noget at fortryde længere."))
        return redirect(_back(pk))
    item = items.put_back(by=request.user, meeting=meeting, kept=kept)
    messages.success(request, _("Punktet er på dagsordenen igen."))
    return redirect(_back(pk, item.pk))


@require_POST
def defer(request: HttpRequest, pk: int, item_pk: int) -> HttpResponse:
    meeting = convened_meeting(request, pk)
    later = items.defer_item(by=request.user, item=item_of(request, meeting, item_pk))
    if later is None:
        messages.success(request, _("Punktet er udskudt. Det kommer på, når næste møde bliver planlagt."))
    else:
        messages.success(
            request, _("Punktet er udskudt til mødet %(day)s.") % {"day": overview.day_of(later.starts_at)}
        )
    return redirect(_back(pk, item_pk))


@require_POST
def undo_defer(request: HttpRequest, pk: int, item_pk: int) -> HttpResponse:
    meeting = convened_meeting(request, pk)
    items.undo_defer(by=request.user, item=item_of(request, meeting, item_pk))
    messages.success(request, _("Punktet bliver på denne dagsorden."))
    return redirect(_back(pk, item_pk))
