"""Before minutes leave the table, what in them can point to a person is shown once, for a deliberate yes."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from tovholder.directory import guard
from tovholder.meetings.models import Meeting
from tovholder.meetings.queries import item_ids_visible_to
from tovholder.meetings.services.reading import note_reading
from tovholder.meetings.views.face import crumbs
from tovholder.ui.guarding import find, seal_of


def ask_about_names(request: HttpRequest, meeting: Meeting, button: str) -> HttpResponse | None:
    """Return the page that asks, or None when there is nothing to ask about or the yes to just this has come."""
    rows = []
    for item in meeting.items.order_by("position", "pk"):
        found = find(item.text[: guard.LONGEST])
        if found:
            rows.append((item, found))
    yes = seal_of(each.text for _item, found in rows for each in found)
    if not rows or request.POST.get("navne") == yes:
        return None
    readable = item_ids_visible_to(request.user, meeting)
    shown = [item for item, _found in rows if item.pk in readable]
    note_reading(by=request.user, meeting=meeting, items=shown, purpose="minutes")
    context = {
        "meeting": meeting,
        "rows": rows,
        "readable": readable,
        "yes": yes,
        "button": button,
        "action": request.path,
        "crumbs": crumbs(meeting, _("Navne i referatet")),
        "back": reverse("meetings:after", args=[meeting.pk]),
    }
    return render(request, "meetings/minutes_names.html", context)
