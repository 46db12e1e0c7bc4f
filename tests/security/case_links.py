"""Every address that asks for no login: to the family, in a mail, in a calendar program; and what it is to show."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.urls import reverse

from tests.security.case_world import IN_FORUM, Case, CaseWorld, Item, Link
from tovholder.meetings.models import Meeting, Minutes
from tovholder.meetings.services import family, feeds, minute_letters
from tovholder.meetings.services.links import answer_url
from tovholder.plans import links as plan_links

# Who has a calendar address: those who were called to network meetings, and those who were not.
FOLLOWERS = ("dina", "sanne", "pia", "erik", "karl", "anna", "bo", "mona", "grethe", "viggo")


def links(world: CaseWorld) -> list[Link]:
    return [*_family(world), *_calendars(world), *_agreements(world), *_answers(world), *_minutes(world)]


def _family(world: CaseWorld) -> Iterator[Link]:
    """It stops where somebody in the family is suspected of violence, and when the links were closed."""
    for number, (member, case, item) in enumerate(world.family):
        token = family.token_of(member)
        holds = not case.suspected
        if holds and number % 4 == 3:
            member.link_version += 1
            member.save()
            holds = False
        path = reverse("family:invitation", args=[token])
        must = _places(world, case, item) if holds else ()
        yield Link(f"family {number}", "family:invitation", path, holds, frozenset(must))


def _places(world: CaseWorld, case: Case, item: Item) -> list[str]:
    meeting = Meeting.every.get(pk=item.meeting_pk)
    return [meeting.place]


def _codes(world: CaseWorld, cases: list[Case]) -> frozenset[str]:
    return frozenset(each.row.code for each in cases)


def _calendars(world: CaseWorld) -> Iterator[Link]:
    """One's own meetings: of network meetings those that one is called to. A forum's: no network meeting, not even those."""
    assert world.forum is not None
    ordinary = frozenset(each.place for each in world.meetings.values())
    for who in FOLLOWERS:
        called = [(case, item) for case in world.cases for item in case.items if who in item.called]
        places = frozenset(place for case, item in called for place in _places(world, case, item))
        mine = ordinary if _sits(world, who) else frozenset()
        yield _feed(world, who, None, places | mine, _codes(world, [case for case, _item in called]))
        if who in IN_FORUM:
            yield _feed(world, who, world.forum, ordinary, frozenset())


def _sits(world: CaseWorld, who: str) -> bool:
    return any(
        each.participations.filter(person=world.person(who)).exists() for each in world.meetings.values()
    )


def _feed(world: CaseWorld, who: str, forum: Any, must: frozenset[str], may: frozenset[str]) -> Link:
    path = feeds.address(feeds.make(by=world.users[who], forum=forum)).removeprefix(settings.PUBLIC_URL)
    name = f"calendar of {who}{f' for {forum.name}' if forum is not None else ''}"
    return Link(name, "meetings:calendar_feed", path, True, must, may)


def _agreements(world: CaseWorld) -> Iterator[Link]:
    """Of an agreement in a case by name: the code and the date. Who has a login reads the words there."""
    for agreement, case, who in world.by_link:
        path = plan_links.answer_url(agreement, world.person(who)).removeprefix(settings.PUBLIC_URL)
        yield Link(f"agreement {agreement.pk} of {who}", "plans:answer", path, True, _codes(world, [case]))
    path = plan_links.reminders_url(world.person("dina")).removeprefix(settings.PUBLIC_URL)
    yield Link("reminders", "plans:reminders_by_link", path, True)


def _answers(world: CaseWorld) -> Iterator[Link]:
    """To the invited, as long as the meeting is not over: its time and place, and the code in its name."""
    rows: list[tuple[Meeting, list[Case]]] = [(world.meetings["planned"], []), (world.meetings["draft"], [])]
    rows += [
        (Meeting.every.get(pk=item.meeting_pk), [case])
        for case in world.cases
        for item in case.items
        if item.called
    ]
    for meeting, cases in rows:
        mine = meeting.participations.order_by("pk")[0]
        holds = meeting.status != "held"
        path = answer_url(mine).removeprefix(settings.PUBLIC_URL)
        must = frozenset([meeting.place]) if holds else frozenset()
        yield Link(f"answer {mine.pk}", "meetings:answer_link", path, holds, must, _codes(world, cases))


def _minutes(world: CaseWorld) -> Iterator[Link]:
    """Yes or no to the minutes; they are read behind login only."""
    minutes = Minutes.objects.get(meeting=world.meetings["draft"])
    path = minute_letters.comment_url(minutes, world.person("dina")).removeprefix(settings.PUBLIC_URL)
    yield Link("minutes", "meetings:comment_link", path, True, may=frozenset([minutes.meeting.place]))
