"""What a page may cost: reads of the database, bytes of HTML, requests and bytes of a first visit.

The reads are counted in this process over the demo's year, for every persona and every page that links lead to; so
this half needs no browser, and runs on both databases.
"""

from __future__ import annotations

import contextlib
import re
import threading
from collections.abc import Callable, Iterator
from html import unescape
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.urls import Resolver404, resolve
from django.utils import timezone
from playwright.sync_api import Request

from tests.e2e.conftest import Demo
from tests.e2e.heavy import heavy_pages
from tests.factories import (
    AgendaItemFactory,
    AgreementFactory,
    ForumFactory,
    MeetingFactory,
    OrganisationFactory,
    ParticipationFactory,
    PersonFactory,
    PostFactory,
    SchoolFactory,
    TopicFactory,
    join,
    make_user,
)
from tovholder.accounts.models import Role, User
from tovholder.audit.models import SYSTEM
from tovholder.audit.services import record
from tovholder.demo.cast import PERSONAS
from tovholder.forums.standing import convened_forum_ids
from tovholder.meetings.models import CarriedAgreement, Meeting, Outcome, Relay
from tovholder.meetings.services import capturing, minutes, running

MAX_QUERIES, MAX_HTML = 12, 30_000
MAX_REQUESTS, MAX_FIRST_VISIT, MAX_LATER_VISIT = 12, 260_000, 30_000
LINK = re.compile(r"<a\b[^>]*\bhref=\"([^\"#]+)")


def test_every_page_of_the_demo_is_read_and_written_cheaply(demo_here: None) -> None:
    too_dear: list[str] = []
    seen = 0
    for persona in PERSONAS:
        client = Client()
        client.force_login(User.objects.get(email=persona.email))
        for pattern, path, queries, size in walk(client):
            seen += 1
            too_dear += _complaint(f"{pattern} ({persona.name}, {path})", queries, size)
    too_dear += [f"the joint meeting: {each}" for each in joint_meeting_costs()]
    too_dear += [each for client, path, told in heavy_pages() for each in _too_dear(client, path, told)]
    assert seen > 20 * len(PERSONAS)
    assert not too_dear, "\n".join(too_dear)


def joint_meeting_costs() -> Iterator[str]:
    """Hold a joint meeting with all that can be on its pages at once; tell which page costs too much."""
    anna = User.objects.get(email=PERSONAS[0].email)
    meeting = Meeting.objects.filter(kind="joint", status="planned").order_by("starts_at")[0]
    for item in meeting.items.order_by("-position")[:2]:
        item.level = "anonymous"
        item.save()
    meeting = running.start(by=anna, meeting=meeting)
    opening, item = meeting.items.order_by("position")[:2]
    people = [each.person for each in meeting.participations.select_related("person")]
    for n, person in enumerate(people[:3]):
        capturing.add_agreement(by=anna, item=item, what=f"Ring til klubben, opgave {n}", responsible=person)
    for kind in ("decision", "information", "proposal"):
        capturing.add_outcome(by=anna, item=item, kind=kind, text="Lys på stien", to_person=people[0])
    client = Client()
    client.force_login(anna)
    yield from _too_dear(client, f"/moeder/{meeting.pk}/under/punkt/{opening.pk}/?fang=aftale")
    yield from _too_dear(client, f"/moeder/{meeting.pk}/under/punkt/{item.pk}/?fang=forslag")
    left = dict.fromkeys(meeting.items.values_list("pk", flat=True), running.DONE)
    running.finish(by=anna, meeting=meeting, unfinished_items=left)
    sent = minutes.send_for_comments(by=anna, meeting=meeting)
    for person in people:
        sent.comments.create(
            person=person, stance="object", text="Det var os, der skulle ringe", at=timezone.now()
        )
    yield from _too_dear(client, f"/moeder/{meeting.pk}/efter/")
    yield from _too_dear(client, f"/moeder/{meeting.pk}/efter/de-rigtige/")


def _too_dear(client: Client, path: str, told: dict[str, Any] | None = None) -> Iterator[str]:
    with statements() as asked:
        answer = client.get(path) if told is None else client.post(path, told)
    assert answer.status_code == 200, path
    yield from _complaint(path, asked, len(answer.content))


@contextlib.contextmanager
def statements() -> Iterator[list[str]]:
    """Gather what this thread asks of the database.

    On SQLite the server of the browser tests shares the connection, and a page left open may ask in the middle.
    """
    asked: list[str] = []
    own = threading.get_ident()

    def note(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        if threading.get_ident() == own:
            asked.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield asked


def _complaint(page: str, asked: list[str], size: int) -> Iterator[str]:
    """Say that a page costs too much, and what it asked for."""
    if len(asked) > MAX_QUERIES or size > MAX_HTML:
        told = "".join(f"\n    {sql[:160]}" for sql in asked) if len(asked) > MAX_QUERIES else ""
        yield f"{page}: {len(asked)} reads, {size} bytes{told}"


@pytest.fixture
def demo_here(db: None) -> None:
    """The demo municipality, made in this process."""
    with contextlib.suppress(SystemExit):  # its exit code, also when all went well
        call_command("load_setup", "setups/demo.toml", "--apply", verbosity=0)
    call_command("make_demo", verbosity=0)
    # Django asks SQLite once in a process whether it knows JSON: no page's own cost, whichever is the first to need it.
    assert connection.features.supports_json_field
    anna = User.objects.get(email=PERSONAS[0].email)
    # Today's demo has no meeting under way; its page is the one that holds most.
    ahead = Meeting.objects.filter(status="planned", kind="ordinary", lead_forum__in=convened_forum_ids(anna))
    running.start(by=anna, meeting=ahead.order_by("starts_at")[0])


def walk(client: Client) -> Iterator[tuple[str, str, list[str], int]]:
    """Visit one page of each kind from the front page on; say what it cost."""
    waiting, seen = ["/"], {"account_logout"}
    while waiting:
        path = waiting.pop(0)
        try:
            pattern = resolve(urlsplit(path).path).view_name
        except Resolver404:
            continue
        if pattern in seen:
            continue
        seen.add(pattern)
        with statements() as asked:
            answer = client.get(path)
            if answer.streaming:  # a file: read to its end, or it closes the test's own connection later
                list(answer.streaming_content)
        if answer.status_code in (301, 302):
            waiting.insert(0, urljoin(path, answer["Location"]))
        elif answer.status_code == 200 and answer["Content-Type"].startswith("text/html"):
            yield pattern, path, asked, len(answer.content)
            found = (urljoin(path, unescape(href)) for href in LINK.findall(answer.content.decode()))
            waiting += [each for each in found if each.startswith("/")]


LISTS = (
    "/", "/moeder/", "/moeder/{meeting}/", "/moeder/{meeting}/deltagere/", "/moeder/{meeting}/under/punkt/{item}/",
    "/moeder/{meeting}/storskaerm/", "/moeder/{meeting}/efter/", "/moeder/forum/{forum}/emner/", "/moeder/forum/{forum}/sendt/",
    "/aftaler/", "/aftaler/tavle/", "/fora/", "/fora/{forum}/", "/fora/{forum}/moeder/", "/fora/{forum}/aftaler/",
    "/fora/{forum}/medlemmer/", "/vejviser/", "/vejviser/organisationer/", "/vejviser/skoler/", "/vejviser/distrikter/",
    "/vejviser/skoler/{school}/", "/logins/", "/log/", "/opsaetning/",
)  # fmt: skip


class Row:
    """One more of everything that a list can hold, in Anna's network."""

    def __init__(self, anna: User) -> None:
        self.anna = anna
        self.forum = ForumFactory()
        join(anna, self.forum, convenes=True)
        self.meeting = MeetingFactory(lead_forum=self.forum, status="running", started_at=timezone.now())
        self.school = SchoolFactory()
        self.fill()

    def fill(self) -> None:
        person = PersonFactory(organisation=OrganisationFactory())
        member = make_user(f"Medlem{person.pk}", Role.MEMBER, organisation=person.organisation)
        join(member, self.forum)
        join(self.anna, ForumFactory(), convenes=True)
        PostFactory(person=person, school=self.school)
        PostFactory(person=person)
        ParticipationFactory(meeting=self.meeting, person=member.person, answer="yes")
        ParticipationFactory(meeting=self.meeting, person=person, part="guest")
        self.item = AgendaItemFactory(meeting=self.meeting, presenter=person, level="anonymous")
        Outcome.objects.create(item=self.item, kind="decision", text="Besluttet", created_by="system")
        for status in ("planned", "planned"):
            ParticipationFactory(
                meeting=MeetingFactory(lead_forum=self.forum, status=status), person=self.anna.person
            )
        for responsible in (self.anna.person, person):
            agreement = AgreementFactory(forum=self.forum, responsible=responsible)
            agreement.helpers.add(member.person)
            CarriedAgreement.objects.create(
                meeting=self.meeting, agreement=agreement, created_at=timezone.now()
            )
            record(by=responsible, action="agreement.created", obj=agreement)
        TopicFactory(forum=self.forum, proposed_by=person)
        Relay.objects.create(
            from_forum=self.forum, heading="Lys på stien", text="Mørkt", to_person=person, created_by="system"
        )
        Relay.objects.create(
            from_forum=ForumFactory(), heading="Svar", text="Ja", to_forum=self.forum, created_by="system"
        )
        record(by=SYSTEM, action="meeting.created", obj=self.meeting)

    @property
    def names(self) -> dict[str, int]:
        return {
            "forum": self.forum.pk,
            "meeting": self.meeting.pk,
            "item": self.meeting.items.order_by("pk")[0].pk,
            "school": self.school.pk,
        }


@pytest.fixture
def anna_does_everything(anna: User) -> User:
    for role in (Role.ADMINISTRATOR, Role.LOG_REVIEWER):
        anna.role_grants.create(role=role)
    return User.objects.get(pk=anna.pk)


def test_lists_are_read_at_once_however_long(
    municipality: object, anna_does_everything: User, client_for: Callable[[User], Client]
) -> None:
    row = Row(anna_does_everything)
    client = client_for(anna_does_everything)
    cost: list[dict[str, int]] = []
    for more in (0, 2):
        for _ in range(more):
            row.fill()
        cost.append({path: _reads(client, path.format(**row.names)) for path in LISTS})
    grown = {path: (cost[0][path], cost[1][path]) for path in LISTS if cost[1][path] > cost[0][path]}
    assert grown == {}
    too_dear = {path: reads for path, reads in cost[1].items() if reads > MAX_QUERIES}
    assert too_dear == {}


def _reads(client: Client, path: str) -> int:
    with statements() as asked:
        assert client.get(path).status_code == 200, path
    return len(asked)


@pytest.mark.e2e
def test_a_first_visit_and_a_later_one_are_light(demo: Demo) -> None:
    context = demo.stranger()
    context.add_cookies(demo.as_("anna").cookies(demo.url))  # type: ignore[arg-type]
    page = context.new_page()
    asked: list[Request] = []
    page.on("requestfinished", lambda request: asked.append(request))
    page.goto(f"{demo.url}/", wait_until="networkidle")
    first = [each for each in asked if each.resource_type != "font"]
    asked.clear()
    page.goto(f"{demo.url}/moeder/", wait_until="networkidle")
    later = list(asked)
    weights = [sum(_bytes(each) for each in visit) for visit in (first, later)]
    context.close()
    assert len(first) <= MAX_REQUESTS, [each.url for each in first]
    assert weights[0] <= MAX_FIRST_VISIT, {each.url: _bytes(each) for each in first}
    assert weights[1] <= MAX_LATER_VISIT, {each.url: _bytes(each) for each in later}


def _bytes(request: Request) -> int:
    """What came over the wire: headers and body as sent, nothing for what the browser still had."""
    sizes = request.sizes()
    return sizes["responseBodySize"] + sizes["responseHeadersSize"]
