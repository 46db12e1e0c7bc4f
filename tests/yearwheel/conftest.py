"""A small municipality to plan a year for: two networks with a police officer in both, one joint meeting and one event."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine

from tests.factories import DistrictFactory, ForumFactory, join
from tests.yearwheel import standin
from tovholder.accounts.models import User
from tovholder.directory.models import SchoolHoliday, Theme
from tovholder.forums.models import Forum, JointMeetingRule
from tovholder.yearwheel.models import PlannedMeeting, YearMark, YearPlan
from tovholder.yearwheel.services import applying, moving, runs, years

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
TODAY = NOW.date()


@dataclass
class Fake:
    """Stands in for the planner: places by simple rules, says what it is told to say."""

    answer: Callable[[dict[str, Any]], dict[str, Any]]
    seen: list[dict[str, Any]] = field(default_factory=list)
    started_from: list[Any] = field(default_factory=list)
    clashes: list[dict[str, Any]] = field(default_factory=list)
    frees: Callable[[dict[str, Any]], list[Any]] = lambda unplaced: []

    def plan_year(self, data: Any, *, on_progress: Any = None, start: Any = None) -> dict[str, Any]:
        self.seen.append(data)
        self.started_from.append(start)
        return self.answer(data)


@dataclass(frozen=True)
class Told:
    cost: int
    bound: int
    seconds: float
    plan: dict[str, Any] | None


def out(meetings: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    """An answer of the planner."""
    return {
        "status": "optimal", "cost": 0, "bound": 0, "seconds": 1.0, "meetings": meetings, "unplaced": [], **more,
    }  # fmt: skip


def place(
    of: str, which: int, day: str, start: str = "13:00", end: str = "14:30", **more: Any
) -> dict[str, Any]:
    kind = "forum" if of[0] == "f" else more.pop("kind", "joint")
    return {
        "of": of,
        "which": which,
        "kind": kind,
        "date": day,
        "start": start,
        "end": end,
        "absent": [],
        **more,
    }


@pytest.fixture(autouse=True)
def _on_a_day():
    """The tests stand on one day before the school year that they plan."""
    with time_machine.travel(NOW, tick=True):
        yield


@pytest.fixture
def east(network: Forum, anna: User, carla: User) -> Forum:
    """Netværk Øster: Anna convenes it too, and Carla sits in both."""
    district = DistrictFactory(key="oester", name="Øster", position=0)
    forum = ForumFactory(key="netvaerk-oester", name="Netværk Øster", cadence="monthly", weekdays=[4])
    forum.districts.add(district)
    join(anna, forum, convenes=True)
    join(carla, forum)
    return forum


@pytest.fixture
def west(network: Forum) -> Forum:
    """Netværk Vester with a rhythm and a district."""
    network.cadence, network.weekdays, network.notice_days = "monthly", [2], 14
    network.save()
    network.districts.add(DistrictFactory(key="vester", name="Vester", position=1))
    return network


@pytest.fixture
def joint(east: Forum, west: Forum) -> JointMeetingRule:
    rule = JointMeetingRule.objects.create(key="faelles", name="Fællesmøde", times_a_year=2, minutes=120)
    rule.forums.set([east, west])
    return rule


@pytest.fixture
def event(east: Forum, west: Forum) -> JointMeetingRule:
    rule = JointMeetingRule.objects.create(
        key="dag", name="Forebyggelsesdag", times_a_year=1, minutes=300, is_event=True
    )
    rule.forums.set([east, west])
    return rule


@pytest.fixture
def calendar(db) -> None:
    """What stands fast in the year."""
    SchoolHoliday.objects.create(
        key="jul", name="Juleferie", starts_on=date(2026, 12, 19), ends_on=date(2027, 1, 3)
    )
    YearMark.objects.create(key="maaling", name="Trivselsmåling", from_day="01-20", until_day="03-20")
    YearMark.objects.create(key="lov", name="Grundlovsdag", from_day="06-05", until_day="06-05", closed=True)
    Theme.objects.create(key="rusmidler", name="Rusmidler")


@pytest.fixture
def plan(anna: User, east: Forum, west: Forum, calendar: None) -> YearPlan:
    """The school year 2026/27, empty."""
    return years.make(by=anna, starts_on=date(2026, 8, 1), ends_on=date(2027, 7, 31))


@pytest.fixture
def fake(monkeypatch) -> Fake:
    """The planner is replaced: it answers with nothing until a test says otherwise."""
    standin.current = Fake(answer=lambda data: out([]))
    monkeypatch.setattr(runs, "PLANNER", "tests.yearwheel.standin.plan_year")
    monkeypatch.setattr(moving, "FREES", "tests.yearwheel.standin.what_would_free")
    monkeypatch.setattr(moving, "CLASHES", "tests.yearwheel.standin.clashes")
    return standin.current


def solved(by: User, plan: YearPlan) -> YearPlan:
    """Start a run and let the worker do it."""
    run = runs.start(by=by, plan=plan)
    runs.solve(run.pk)
    plan.refresh_from_db()
    return plan


def rows(plan: YearPlan) -> list[PlannedMeeting]:
    return list(plan.planned.all())


def days_from(day: date, *steps: int) -> list[date]:
    return [day + timedelta(days=step) for step in steps]


__all__ = ["Fake", "Told", "applying", "out", "place", "rows", "solved"]
