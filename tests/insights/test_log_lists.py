"""A list of 25 cases is a line in the log for each, written in one statement, and one line on the log's page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.concerns.child_world import make_triager
from tests.factories import DistrictFactory
from tovholder.access.levels import Level
from tovholder.accounts.models import User
from tovholder.audit.models import Event
from tovholder.concerns.models import Concern, Subject
from tovholder.concerns.services.raising import ConcernFacts, ConcernTexts, raise_concern
from tovholder.concerns.services.reading import note_listing
from tovholder.insights.queries import log
from tovholder.insights.queries.log import LogFilter

For = Callable[[User], Client]


@pytest.fixture
def cases(anna: User, erik: User, municipality: Any) -> list[Concern]:
    district = DistrictFactory(key="vest", name="Vest")
    make_triager(anna, district)
    facts = ConcernFacts(level=Level.ANONYMOUS, subject=Subject.CHILD, district=district)
    return [raise_concern(by=erik, facts=facts, texts=ConcernTexts(seen="Er ked af det")) for _n in range(25)]


@pytest.fixture
def read(cases: list[Concern], anna: User, client_for: For) -> list[Concern]:
    client_for(anna).get("/bekymringer/")
    return cases


def test_each_case_has_its_line_and_all_are_written_at_once(cases: list[Concern], anna: User) -> None:
    with CaptureQueriesContext(connection) as asked:
        note_listing(by=anna, concerns=cases, purpose="list")
    written = [
        each["sql"] for each in asked if each["sql"].startswith("INSERT") and "audit_event" in each["sql"]
    ]
    assert len(written) == 1
    told = Event.objects.filter(action="concern.listed")
    assert {each.object_id for each in told} == {str(each.pk) for each in cases}


def test_the_page_tells_of_the_list_in_one_line_that_unfolds(
    read: list[Concern], lise: User, client_for: For
) -> None:
    listed = [
        each for each in log.page(LogFilter(), cases=True).lines if each.event.action == "concern.listed"
    ]
    (line,) = listed
    assert "25 sager" in line.what
    assert set(line.listed) == {each.code for each in read}
    page = client_for(lise).get("/log/").content.decode()
    assert page.count("25 sager") == 1
    assert "Se hvilke" in page
    assert all(each.code in page for each in read)
    assert len(page) < 30_000


@pytest.mark.parametrize("who", ["hans", "ida"])
def test_who_may_know_of_no_case_is_told_how_many_and_not_which(
    read: list[Concern], personas: dict[str, User], client_for: For, who: str
) -> None:
    page = client_for(personas[who]).get("/log/").content.decode()
    assert "25 sager" in page
    assert "Se hvilke" not in page
    assert not any(each.code in page for each in read)


def test_who_asks_for_one_case_finds_its_own_line(read: list[Concern], lise: User, client_for: For) -> None:
    last = read[-1]
    wanted = LogFilter(object_type="concerns.concern", object_id=str(last.pk))
    assert "concern.listed" in [each.event.action for each in log.page(wanted, cases=True).lines]
    page = client_for(lise).get("/log/", {"om": "concerns.concern", "nummer": str(last.pk)}).content.decode()
    assert last.code in page


def test_the_file_holds_every_line(read: list[Concern]) -> None:
    whole = list(log.all_lines(log.events(LogFilter(kind="read"), cases=True), cases=True))
    assert sum(each.event.action == "concern.listed" for each in whole) == 25
    assert not any(each.listed for each in whole)


def test_a_long_file_of_cases_is_cut_and_says_how_many_more(
    cases: list[Concern], anna: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log, "LISTED_SHOWN", 10)
    note_listing(by=anna, concerns=cases, purpose="list file")
    line = next(each for each in log.page(LogFilter(), cases=True).lines if each.listed)
    assert (len(line.listed), line.listed_more) == (10, 15)


def test_a_list_of_one_unfolds_nothing(cases: list[Concern], anna: User) -> None:
    note_listing(by=anna, concerns=cases[:1], purpose="list")
    newest = log.page(LogFilter(), cases=True).lines[0]
    assert newest.event.action == "concern.listed"
    assert newest.listed == ()


def test_it_costs_no_read_more(read: list[Concern], lise: User, client_for: For) -> None:
    client = client_for(lise)
    client.get("/log/")
    with CaptureQueriesContext(connection) as asked:
        client.get("/log/")
    assert len(asked) <= 12
