"""Calendar feeds: an address is made, renewed and closed by its owner, and answers with meetings, never with persons."""

from __future__ import annotations

import hashlib
import json
import secrets
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _

from tovholder.accounts.models import User
from tovholder.audit.services import record
from tovholder.documents.calendar import Entry, feed
from tovholder.forums.models import Forum
from tovholder.forums.standing import signed_in
from tovholder.meetings.models import CalendarFeed, Meeting, MeetingKind, MeetingStatus
from tovholder.meetings.policy import may_follow
from tovholder.meetings.queries import visible_to
from tovholder.meetings.services import letters
from tovholder.meetings.services.links import public_url
from tovholder.meetings.standing import at_the_table

SALT = "tovholder.meetings.feed"
# Old meetings stay this long, and called-off ones this long after that was told: time for every program to hear of it.
PAST, CALLED_OFF = timedelta(days=180), timedelta(days=30)
MOST_MEETINGS = 1000
TELL_FETCHED_EVERY = timedelta(minutes=10)
# Raised when the same facts are written in another way, so that every calendar fetches anew.
WRITTEN_AS = 1
_FACTS = "pk uid sequence status kind title starts_at ends_at place lead_forum__name sequence_at created_at".split()


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What a feed holds now: known to be changed or not before anything is written out."""

    name: str
    rows: list[Any]
    tag: str
    since: datetime


@transaction.atomic
def make(*, by: User, forum: Forum | None = None) -> CalendarFeed:
    """Make the user's address, or a new one in place of the old, which ends at once. Raises Refused."""
    may_follow(by, forum).require()
    nonce = secrets.token_urlsafe(32)
    made, is_new = CalendarFeed.objects.update_or_create(
        user=by,
        forum=forum,
        defaults={
            "nonce": nonce,
            "token_hash": _hash(_token(nonce)),
            "made_at": timezone.now(),
            "fetched_at": None,
            "content_tag": "",
        },
    )
    record(by=by, action="calendar.made" if is_new else "calendar.renewed", obj=made, details=_about(forum))
    return made


@transaction.atomic
def close(*, by: User, forum: Forum | None = None) -> None:
    """End the user's address. Does nothing when there is none."""
    mine = CalendarFeed.objects.filter(user=by, forum=forum).first()
    if mine is not None:
        record(by=by, action="calendar.closed", obj=mine, details=_about(forum))
        mine.delete()


def address(mine: CalendarFeed) -> str:
    """Return the full address, or nothing when the secret key has changed since: it still works where it is in use."""
    token = _token(mine.nonce)
    if not constant_time_compare(_hash(token), mine.token_hash):
        return ""
    return public_url(reverse("meetings:calendar_feed", args=[token]))


def behind(token: str) -> CalendarFeed | None:
    """Return the feed of an address, with its owner, while both may be used; else None.

    It is looked up by a hash of what was given, so a guess is no nearer for being similar, and always costs the same.
    """
    found = CalendarFeed.objects.filter(token_hash=_hash(token)).select_related("forum").first()
    if found is None:
        return None
    owner = signed_in(found.user_id)
    if owner is None or not owner.is_active or not may_follow(owner, found.forum):
        return None
    found.user = owner
    return found


def snapshot(mine: CalendarFeed) -> Snapshot:
    """Read what the feed holds, and note the fetch. The tag changes when, and only when, a fact in it does."""
    rows = list(_meetings(mine).values_list(*_FACTS, named=True)[:MOST_MEETINGS])
    name = mine.forum.name if mine.forum is not None else _("Mine møder")
    facts = [WRITTEN_AS, settings.PUBLIC_URL, name, [list(row) for row in rows]]
    tag = hashlib.sha256(json.dumps(facts, default=str).encode()).hexdigest()[:32]
    return Snapshot(name=name, rows=rows, tag=tag, since=_fetched(mine, tag))


def written(found: Snapshot) -> str:
    """Write the calendar out: forum, kind, time, place and a link; no person, no item."""
    return feed(name=found.name, entries=[_entry(row) for row in found.rows])


def _meetings(mine: CalendarFeed) -> QuerySet[Meeting]:
    owner, now = mine.user, timezone.now()
    if mine.forum is None:
        found = Meeting.every.filter(at_the_table(owner))
    else:
        through = Meeting.forums.through.objects.filter(forum=mine.forum)
        # A forum's calendar holds what all its members may know of: no network meeting, not even one's own.
        found = visible_to(owner).filter(pk__in=through.values("meeting")).exclude(kind=MeetingKind.NETWORK)
    told_long_ago = Q(sequence_at__lt=now - CALLED_OFF) | Q(
        sequence_at__isnull=True, ends_at__lt=now - CALLED_OFF
    )
    return (
        found.filter(ends_at__gte=now - PAST)
        .exclude(Q(status=MeetingStatus.CANCELLED) & told_long_ago)
        .order_by("starts_at", "pk")
    )


def _entry(row: Any) -> Entry:
    cancelled = row.status == MeetingStatus.CANCELLED
    title = letters.calendar_title(row.lead_forum__name, row.kind, row.title)
    url = public_url(reverse("meetings:before", args=[row.pk]))
    return Entry(
        uid=row.uid,
        sequence=row.sequence,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        # Some programs show a subscription's cancelled meetings like the others: the title says it too.
        summary=_("Aflyst: %(title)s") % {"title": title} if cancelled else title,
        location=row.place,
        description=_("Se mødet (log ind): %(url)s") % {"url": url},
        url=url,
        stamp=row.sequence_at or row.created_at,
        cancelled=cancelled,
    )


def _fetched(mine: CalendarFeed, tag: str) -> datetime:
    """Note the fetch, now and then, and return since when the content is as it is: whole seconds, never the same twice."""
    now = timezone.now()
    row = CalendarFeed.objects.filter(pk=mine.pk)
    if mine.content_tag == tag and mine.content_since is not None:
        if mine.fetched_at is None or mine.fetched_at < now - TELL_FETCHED_EVERY:
            row.update(fetched_at=now)
        return mine.content_since
    since = now.replace(microsecond=0)
    if mine.content_since is not None:
        since = max(since, mine.content_since + timedelta(seconds=1))
    # Of two fetches at once the first decides since when.
    before = Q(content_tag=mine.content_tag, content_since=mine.content_since) | Q(
        content_tag=mine.content_tag, content_since__isnull=True
    )
    if not row.filter(before).update(content_tag=tag, content_since=since, fetched_at=now):
        return row.values_list("content_since", flat=True).first() or since
    return since


def _about(forum: Forum | None) -> dict[str, int]:
    return {} if forum is None else {"forum": forum.pk}


def _token(nonce: str) -> str:
    digest = salted_hmac(SALT, nonce, algorithm="sha256").digest()
    return urlsafe_b64encode(digest).decode().rstrip("=")


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
