"""How the pages before a meeting find what they show, and what they all need."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from tovholder.forums.models import Forum
from tovholder.forums.queries import visible_to as forums_visible_to
from tovholder.forums.standing import convened_forum_ids, own_forum_ids
from tovholder.meetings import policy
from tovholder.meetings.models import AgendaItem, Meeting, MeetingKind, Participation
from tovholder.meetings.queries import items_visible_to, one_meeting, shown_to
from tovholder.statements import Statement

Crumbs = list[tuple[str, str]]
MEETING = Statement(one_meeting)


def meeting_of(
    request: HttpRequest, pk: int, statement: Statement[Meeting] = MEETING, *, network: bool = False
) -> Meeting:
    """Return the meeting, as the page's statement reads it, if the user may know of it; else 404.

    `network`: a network meeting too, which has pages of its own.
    """
    meeting = shown_to(request.user, pk, statement)
    if meeting is None or (meeting.kind == MeetingKind.NETWORK and not network):
        raise Http404
    return meeting


def convened_meeting(request: HttpRequest, pk: int) -> Meeting:
    """Return the meeting for who convenes it; 404 for who may not see it, a refusal for others."""
    meeting = meeting_of(request, pk)
    policy.may_convene(request.user, meeting).require()
    return meeting


def item_of(request: HttpRequest, meeting: Meeting, item_pk: int) -> AgendaItem:
    """Return an item of this meeting that the user may read, else 404."""
    return get_object_or_404(items_visible_to(request.user, meeting), pk=item_pk)


def participation_of(meeting: Meeting, participation_pk: int) -> Participation:
    """Return a participation of this meeting, else 404."""
    return get_object_or_404(meeting.participations.select_related("person"), pk=participation_pk)


def own_participation(request: HttpRequest, meeting: Meeting) -> Participation:
    """Return the user's own participation, else 404."""
    return get_object_or_404(
        meeting.participations.select_related("person"), person__user=request.user, removed_at__isnull=True
    )


def forum_of(request: HttpRequest, pk: int) -> Forum:
    """Return a forum whose topics and letters the user may know of: a member's, or one that the user convenes."""
    forum = get_object_or_404(forums_visible_to(request.user), pk=pk)
    if forum.pk not in own_forum_ids(request.user) | convened_forum_ids(request.user):
        raise Http404
    return forum


def number_in(text: str | None) -> int:
    """Return the number that somebody sent, or 0, which no row has, for anything else."""
    return int(text) if text and text.isdecimal() and len(text) <= 18 else 0


def crumbs(meeting: Meeting | None = None, *more: str) -> Crumbs:
    """Return the way to a page of a meeting."""
    found: Crumbs = [(_("Møder"), reverse("meetings:list"))]
    if meeting is not None:
        found.append((str(meeting), reverse("meetings:before", args=[meeting.pk]) if more else ""))
    return found + [(label, "") for label in more]


def forum_crumbs(forum: Forum, *more: str) -> Crumbs:
    return [(forum.name, reverse("insights:forum", args=[forum.pk]))] + [(label, "") for label in more]


def form_page(
    form: Any, *, title: str, button: str, crumbs: Crumbs, cancel_url: str, **more: Any
) -> dict[str, Any]:
    """Return the context of `meetings/form.html`, the page of one form."""
    return {
        "form": form,
        "title": title,
        "button": button,
        "crumbs": crumbs,
        "cancel_url": cancel_url,
        **more,
    }
