"""The pages where a calendar address is made and closed, and the calendar behind it, which needs no login."""

from __future__ import annotations

from allauth.account.adapter import get_adapter
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.cache import get_conditional_response
from django.utils.http import http_date, quote_etag
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST, require_safe

from tovholder.forums.models import Forum
from tovholder.forums.queries import visible_to as forums_visible_to
from tovholder.meetings.policy import may_follow
from tovholder.meetings.services import feeds, throttle

# Wrong addresses from one place in a minute, and whole calendars from one address in ten.
WRONG, FULL = 60, 30


@require_GET
def calendar(request: HttpRequest, forum_pk: int | None = None) -> HttpResponse:
    forum = _forum(request, forum_pk)
    mine = {feed.forum_id: feed for feed in request.user.calendar_feeds.select_related("forum")}
    feed = mine.get(forum_pk)
    url = feeds.address(feed) if feed is not None else ""
    context = {
        "forum": forum,
        "feed": feed,
        "url": url,
        "webcal": url.partition("://")[2],
        "may": may_follow(request.user, forum),
        "others": [each for each in mine.values() if each.forum_id != forum_pk],
    }
    return render(request, "meetings/calendar.html", context)


@require_POST
def calendar_make(request: HttpRequest, forum_pk: int | None = None) -> HttpResponse:
    forum = _forum(request, forum_pk)
    known = request.user.calendar_feeds.filter(forum=forum).exists()
    feeds.make(by=request.user, forum=forum)
    if known:
        messages.success(
            request, _("Du har en ny adresse. Den gamle virker ikke længere. Sæt den nye ind i din kalender.")
        )
    else:
        messages.success(request, _("Adressen er klar. Sæt den ind i din kalender."))
    return _back(forum_pk)


@require_POST
def calendar_close(request: HttpRequest, forum_pk: int | None = None) -> HttpResponse:
    feeds.close(by=request.user, forum=_forum(request, forum_pk))
    messages.success(request, _("Adressen er lukket. Fjern nu også abonnementet i din kalender."))
    return _back(forum_pk)


@login_not_required
@require_safe
def calendar_feed(request: HttpRequest, token: str) -> HttpResponse:
    """Whoever guesses, and whoever may no longer, gets the same short answer."""
    asker = get_adapter().get_client_ip(request)
    if throttle.too_often("calendar-wrong", asker, most=WRONG, seconds=60):
        return _wait()
    mine = feeds.behind(token)
    if mine is None:
        throttle.count("calendar-wrong", asker, seconds=60)
        return HttpResponse(
            _("Kalenderen findes ikke."), status=404, content_type="text/plain; charset=utf-8"
        )
    found = feeds.snapshot(mine)
    etag, since = quote_etag(found.tag), int(found.since.timestamp())
    answer = get_conditional_response(request, etag=etag, last_modified=since)
    if answer is None:
        if throttle.too_often("calendar-full", str(mine.pk), most=FULL, seconds=600):
            return _wait()
        throttle.count("calendar-full", str(mine.pk), seconds=600)
        answer = HttpResponse(feeds.written(found), content_type="text/calendar; charset=utf-8")
        answer.headers["Content-Disposition"] = 'inline; filename="tovholder.ics"'
    answer.headers["ETag"] = etag
    answer.headers["Last-Modified"] = http_date(since)
    # May be kept by the one who asked, and must be asked for again each time.
    answer.headers["Cache-Control"] = "private, no-cache"
    return answer


def _wait() -> HttpResponse:
    return HttpResponse(
        _("Vent lidt, og prøv igen."),
        status=429,
        content_type="text/plain; charset=utf-8",
        headers={"Retry-After": "600"},
    )


def _forum(request: HttpRequest, forum_pk: int | None) -> Forum | None:
    """Return the forum of the address, 404 when the user may not know of it; None for one's own meetings."""
    return None if forum_pk is None else get_object_or_404(forums_visible_to(request.user), pk=forum_pk)


def _back(forum_pk: int | None) -> HttpResponse:
    if forum_pk is None:
        return redirect("meetings:calendar")
    return redirect("meetings:forum_calendar", forum_pk)
