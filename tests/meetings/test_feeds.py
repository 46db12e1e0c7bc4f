"""Calendar addresses: secret, revocable, without persons; 304 when nothing has changed, and always when something has."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import icalendar
import pytest
import time_machine
from django.conf import settings as django_settings
from django.core.cache import cache
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.factories import ForumFactory, MeetingFactory, ParticipationFactory
from tovholder.accounts.models import User
from tovholder.audit.models import Event
from tovholder.config.logs import scrub
from tovholder.forums.models import Forum, Membership
from tovholder.meetings.models import CalendarFeed, Meeting
from tovholder.meetings.services import feeds, invitations, items, planning
from tovholder.meetings.views import feeds as views
from tovholder.outbox.models import OutgoingMail

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nobody_counted() -> None:
    cache.clear()


@pytest.fixture
def meeting(anna: User, network: Forum) -> Meeting:
    starts = timezone.now().replace(microsecond=0) + timedelta(days=30)
    return planning.create_meeting(
        by=anna, forums=[network], starts_at=starts, ends_at=starts + timedelta(minutes=90), place="Lokale 2"
    )


def path(user: User, forum: Forum | None = None) -> str:
    return feeds.address(feeds.make(by=user, forum=forum)).removeprefix(django_settings.PUBLIC_URL)


def get(where: str, **headers: str) -> HttpResponse:
    return Client(headers=headers).get(where)  # type: ignore[return-value]


def events(where: str) -> list[Any]:
    answer = get(where)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    return list(icalendar.Calendar.from_ical(answer.content.decode()).events)


def uids(where: str) -> set[str]:
    return {str(event["uid"]) for event in events(where)}


# ---- what is in it


def test_it_says_forum_kind_time_place_and_link_and_nothing_else(
    anna: User, bo: User, meeting: Meeting
) -> None:
    items.add_item(by=anna, meeting=meeting, heading="Snus i udskolingen", level="anonymous")
    planning.edit_meeting(by=anna, meeting=meeting, note="Kære Bo", title="Om Jonas")
    where = path(bo)
    [event] = events(where)
    meeting.refresh_from_db()
    assert (str(event["uid"]), event["sequence"]) == (meeting.uid, meeting.sequence)
    assert (event.decoded("dtstart"), event.decoded("dtend")) == (meeting.starts_at, meeting.ends_at)
    assert (str(event["summary"]), str(event["location"])) == ("Netværk Vester, møde", "Lokale 2")
    assert str(event["url"]).endswith(f"/moeder/{meeting.pk}/")
    assert "attendee" not in event
    assert "organizer" not in event
    text = get(where).content.decode()
    for never in ("Snus", "Kære", "Jonas", "Anna", "Carla", "@vestby"):
        assert never not in text


def test_the_title_is_the_one_of_the_invitation(anna: User, bo: User, network: Forum) -> None:
    starts = timezone.now() + timedelta(days=9)
    joint = planning.create_meeting(
        by=anna,
        forums=[network, ForumFactory(name="Andet")],
        starts_at=starts,
        ends_at=starts + timedelta(hours=1),
    )
    invitations.send(by=anna, meeting=joint)
    invited = icalendar.Calendar.from_ical(OutgoingMail.objects.filter(to=bo.email).get().calendar).events[0]
    [fed] = events(path(bo))
    assert str(fed["summary"]) == str(invited["summary"]) == "Netværk Vester, fællesmøde"
    assert str(fed["uid"]) == str(invited["uid"])


def test_own_meetings_are_those_one_sits_at(bo: User, erik: User, network: Forum) -> None:
    own, guest = MeetingFactory(lead_forum=network), MeetingFactory()
    taken_off, foreign = MeetingFactory(), MeetingFactory()
    ParticipationFactory(meeting=guest, person=bo.person, part="guest")
    ParticipationFactory(meeting=taken_off, person=bo.person, part="guest", removed_at=timezone.now())
    assert uids(path(bo)) == {own.uid, guest.uid}
    assert foreign.uid not in uids(path(bo))
    assert uids(path(erik)) == set()


def test_a_consultant_has_her_own_meetings_in_her_calendar_and_any_forum_in_another(
    anna: User, network: Forum
) -> None:
    own, other = MeetingFactory(lead_forum=network), MeetingFactory()
    assert uids(path(anna)) == {own.uid}
    assert uids(path(anna, other.lead_forum)) == {other.uid}


def test_a_forum_calendar_holds_the_forums_meetings(bo: User, network: Forum) -> None:
    own, elsewhere = MeetingFactory(lead_forum=network), MeetingFactory()
    joint = MeetingFactory(
        lead_forum=elsewhere.lead_forum, forums=[elsewhere.lead_forum, network], kind="joint"
    )
    assert uids(path(bo, network)) == {own.uid, joint.uid}


def test_a_cancelled_meeting_is_told_for_a_while_and_then_left_out(
    anna: User, bo: User, meeting: Meeting
) -> None:
    where = path(bo)
    planning.cancel(by=anna, meeting=meeting, reason="Sygdom")
    [event] = events(where)
    assert (str(event["status"]), event["sequence"]) == ("CANCELLED", 1)
    assert str(event["summary"]).startswith("Aflyst: ")
    assert str(event["transp"]) == "TRANSPARENT"
    assert "Sygdom" not in get(where).content.decode()
    with time_machine.travel(timezone.now() + feeds.CALLED_OFF + timedelta(minutes=1)):
        assert events(where) == []


def test_old_meetings_leave(bo: User, network: Forum) -> None:
    where = path(bo)
    for days, stays in ((-1, True), (-179, True), (-182, False)):
        each = MeetingFactory(lead_forum=network, starts_at=timezone.now() + timedelta(days=days))
        assert (each.uid in uids(where)) is stays


# ---- 304


def fresh(where: str) -> tuple[str, str]:
    answer = get(where)
    assert answer.status_code == 200
    return answer["ETag"], answer["Last-Modified"]


Change = Callable[[User, Meeting, Forum], Any]
CHANGES: dict[str, Change] = {
    "moved": lambda anna, meeting, forum: planning.move(
        by=anna, meeting=meeting, starts_at=meeting.starts_at + timedelta(days=1), ends_at=meeting.ends_at + timedelta(days=1)
    ),
    "cancelled": lambda anna, meeting, forum: planning.cancel(by=anna, meeting=meeting, reason="x"),
    "deleted": lambda anna, meeting, forum: planning.discard(by=anna, meeting=meeting),
    "new": lambda anna, meeting, forum: MeetingFactory(lead_forum=forum),
    "one for another": lambda anna, meeting, forum: (meeting.delete(), MeetingFactory(lead_forum=forum)),
    "another room": lambda anna, meeting, forum: planning.edit_meeting(by=anna, meeting=meeting, place="Lokale 3"),
    "the forum's name": lambda anna, meeting, forum: Forum.objects.filter(pk=forum.pk).update(name="Netværk Vest"),
}  # fmt: skip


def test_every_change_is_seen_by_tag_and_by_time(
    anna: User, bo: User, network: Forum, meeting: Meeting
) -> None:
    where, pk = path(bo), meeting.pk
    for name, change in CHANGES.items():
        with transaction.atomic():
            as_it_was = Meeting.objects.get(pk=pk)
            _one_change_is_seen(where, partial(change, anna, as_it_was, network), name)
            transaction.set_rollback(True)


def _one_change_is_seen(where: str, change: Callable[[], Any], name: str) -> None:
    etag, since = fresh(where)
    for headers in ({"If-None-Match": etag}, {"If-Modified-Since": since}, {"If-None-Match": f"W/{etag}"}):
        unchanged = get(where, **headers)
        assert (unchanged.status_code, unchanged.content) == (304, b""), name
        assert (unchanged["ETag"], unchanged["Last-Modified"]) == (etag, since)
    change()
    # In the same second, too.
    assert get(where, **{"If-Modified-Since": since}).status_code == 200, name
    assert get(where, **{"If-None-Match": etag}).status_code == 200, name
    new = fresh(where)
    assert new[0] != etag
    assert new[1] != since
    assert get(where, **{"If-None-Match": new[0]}).status_code == 304


def test_what_does_not_show_changes_nothing(anna: User, bo: User, meeting: Meeting) -> None:
    where = path(bo)
    etag, _since = fresh(where)
    items.add_item(by=anna, meeting=meeting, heading="Nyt punkt", level="general")
    planning.edit_meeting(by=anna, meeting=meeting, note="Husk kaffe")
    assert get(where, **{"If-None-Match": etag}).status_code == 304


def test_an_unchanged_calendar_is_not_written_out_and_costs_few_reads(
    bo: User, network: Forum, monkeypatch: pytest.MonkeyPatch
) -> None:
    where = path(bo)
    reads = []
    for more in (1, 5):
        MeetingFactory.create_batch(more, lead_forum=network)
        etag, _since = fresh(where)
        with monkeypatch.context() as patched, CaptureQueriesContext(connection) as queries:
            patched.setattr(feeds, "feed", None)
            assert get(where, **{"If-None-Match": etag}).status_code == 304
        reads.append(len(queries))
    assert reads[0] == reads[1] <= 5


def test_the_same_meetings_are_the_same_bytes(bo: User, meeting: Meeting) -> None:
    where = path(bo)
    first = get(where).content
    with time_machine.travel(timezone.now() + timedelta(days=2)):
        assert get(where).content == first


def test_it_is_zipped_and_says_how_often_to_come(bo: User, network: Forum) -> None:
    MeetingFactory.create_batch(5, lead_forum=network)
    answer = get(path(bo), **{"Accept-Encoding": "gzip"})
    assert answer["Content-Encoding"] == "gzip"
    text = gzip.decompress(answer.content).decode()
    assert "REFRESH-INTERVAL;VALUE=DURATION:PT1H" in text
    assert len(answer.content) < len(text) / 3
    assert answer["Cache-Control"] == "private, no-cache"


# ---- the secret


def test_the_address_is_long_and_is_not_in_the_database(bo: User) -> None:
    where = path(bo)
    token = where.rpartition("/")[2].removesuffix(".ics")
    assert len(token) == 43  # 256 bits
    [row] = CalendarFeed.objects.values()
    assert token not in str(row)
    assert token[:8] not in str(row)


def test_another_secret_key_hides_the_address_and_leaves_it_working(bo: User, settings: Any) -> None:
    mine = feeds.make(by=bo)
    where = feeds.address(mine).removeprefix(settings.PUBLIC_URL)
    settings.SECRET_KEY = "another" * 10
    assert feeds.address(mine) == ""
    assert get(where).status_code == 200


def test_a_new_address_ends_the_old_one(bo: User) -> None:
    old = path(bo)
    new = path(bo)
    assert old != new
    assert [get(each).status_code for each in (old, new)] == [404, 200]
    feeds.close(by=bo)
    assert get(new).status_code == 404
    assert list(Event.objects.filter(action__startswith="calendar.").order_by("pk").values_list("action", flat=True)) == [
        "calendar.made", "calendar.renewed", "calendar.closed",
    ]  # fmt: skip


ENDS: dict[str, Callable[[User, Forum], Any]] = {
    "login closed": lambda user, forum: User.objects.filter(pk=user.pk).update(is_active=False),
    "left": lambda user, forum: type(user.person).objects.filter(pk=user.person.pk).update(left_on=timezone.localdate()),
    "deleted": lambda user, forum: feeds.close(by=user, forum=forum),
    "out of the forum": lambda user, forum: Membership.objects.filter(person=user.person).update(
        valid_until=timezone.localdate() - timedelta(days=1)
    ),
    "forum retired": lambda user, forum: Forum.objects.filter(pk=forum.pk).update(retired_at=timezone.now()),
}  # fmt: skip


def test_it_ends_at_once_and_looks_like_a_wrong_guess(bo: User, network: Forum, meeting: Meeting) -> None:
    where = path(bo, network)
    etag, _since = fresh(where)
    guess = get(f"/moeder/kalender/{'x' * 43}.ics")
    for why, end in ENDS.items():
        with transaction.atomic():
            end(bo, network)
            for ended in (get(where), get(where, **{"If-None-Match": etag})):
                assert (ended.status_code, ended.content) == (404, guess.content), why
                assert ended.headers == guess.headers
            transaction.set_rollback(True)
    assert get(where).status_code == 200


def test_who_leaves_loses_the_calendar_of_own_meetings_too(
    bo: User, network: Forum, meeting: Meeting
) -> None:
    where = path(bo)
    Membership.objects.filter(person=bo.person).update(valid_until=timezone.localdate() - timedelta(days=1))
    meeting.participations.all().delete()
    assert events(where) == []
    ENDS["left"](bo, network)
    assert get(where).status_code == 404


def test_a_guess_costs_the_same_whatever_it_looks_like(bo: User) -> None:
    right = path(bo)
    token = right.rpartition("/")[2].removesuffix(".ics")
    costs = set()
    for guess in (
        token[:-1],
        token[:-1] + "_",
        token.swapcase(),
        "a",
        "x" * 43,
        "x" * 2000,
        "%00",
        "æøå",
        "..",
        "1",
    ):
        with CaptureQueriesContext(connection) as queries:
            answer = get(f"/moeder/kalender/{guess}.ics")
        assert answer.status_code == 404
        costs.add(len(queries))
    assert len(costs) <= 2  # the first one makes the counter


def test_guessing_is_stopped(bo: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "WRONG", 3)
    right = path(bo)
    assert [get(f"/moeder/kalender/gaet{n}.ics").status_code for n in range(5)] == [404, 404, 404, 429, 429]
    assert get(right).status_code == 429
    assert Client(REMOTE_ADDR="10.0.0.9").get(right).status_code == 200
    with time_machine.travel(timezone.now() + timedelta(minutes=2)):
        assert get(right).status_code == 200


def test_a_program_gone_wild_is_told_to_wait(bo: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "FULL", 2)
    where = path(bo)
    etag, _since = fresh(where)
    assert [get(where).status_code for _ in range(2)] == [200, 429]
    assert get(where)["Retry-After"] == "600"
    assert get(where, **{"If-None-Match": etag}).status_code == 304


def test_the_counters_name_nobody_and_the_log_holds_no_address(
    bo: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    named = []
    monkeypatch.setattr(cache, "set", lambda key, *rest: named.append(key), raising=False)
    get("/moeder/kalender/gaet.ics")
    assert named
    assert not any("127.0.0.1" in key for key in named)
    where = path(bo)
    assert where.rpartition("/")[2].removesuffix(".ics") not in scrub(f"GET {where} HTTP")


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_it_is_only_read(bo: User, method: str) -> None:
    assert getattr(Client(), method)(path(bo)).status_code == 405
    assert Client().head(path(bo)).status_code == 200
