"""The first page: how my day stands."""

from __future__ import annotations

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from tovholder.accounts.models import Role
from tovholder.insights.queries import log
from tovholder.insights.queries import my_day as queries
from tovholder.plans.queries import own_open_forums
from tovholder.plans.reading import note_reading
from tovholder.plans.wording import capitalised
from tovholder.ui.templatetags.ui import dkdate

RIGHTS_FOR = timedelta(days=14)  # so long new rights stand on the first page of who reviews the log


@require_GET
def my_day(request: HttpRequest) -> HttpResponse:
    day = queries.my_day(request.user)
    note_reading(by=request.user, agreements=day.agreements, purpose="my day")
    reviews = request.user.has_role(Role.LOG_REVIEWER)
    context = {
        "day": day,
        "greeting": greeting(timezone.localtime().hour),
        "first_name": request.user.name.split()[0] if request.user.name.split() else "",
        "lead": lead(day),
        "person_id": getattr(getattr(request.user, "person", None), "pk", None),
        "awaiting": day.awaiting[: queries.AWAITING_SHOWN],
        "rights": log.rights_given(timezone.now() - RIGHTS_FOR) if reviews else [],
        "more_awaiting": day.awaiting[queries.AWAITING_SHOWN :],
    }
    return render(request, "insights/my_day.html", context)


@require_GET
def new_topic(request: HttpRequest) -> HttpResponse:
    """Propose a topic: straight to the forum's topics, or first a choice between the forums."""
    forums = list(own_open_forums(request.user))
    if len(forums) == 1:
        return redirect("meetings:topics", forums[0].pk)
    return render(
        request, "insights/new_topic.html", {"forums": forums, "crumbs": [(_("Emne til møde"), "")]}
    )


def greeting(hour: int) -> str:
    if 5 <= hour < 10:
        return _("Godmorgen")
    if 10 <= hour < 12:
        return _("God formiddag")
    if 12 <= hour < 18:
        return _("God eftermiddag")
    return _("God aften")


def lead(day: queries.MyDay) -> SafeString:
    """Write the day and, in one sentence, how it stands."""
    date = capitalised(dkdate(day.today).rsplit(" ", 1)[0].replace(" ", _(" den "), 1))
    parts = queries.said(day)
    if not parts:
        return format_html("{}. {}", date, _("Der er ikke noget, der haster.") if day.is_member else "")
    *first, last = [_bold(part) for part in parts]
    text = format_html(
        "{}{}{}", format_html_join(", ", "{}", ((each,) for each in first)), _(", og ") if first else "", last
    )
    return format_html("{}. {}{}.", date, text[:1].upper(), SafeString(text[1:]))


def _bold(text: str) -> SafeString:
    before, *rest = text.split("*")
    if len(rest) != 2:
        return format_html("{}", text)
    return format_html("{}<strong>{}</strong>{}", before, *rest)
