"""What the pages of a large year cost: thirty forums in eight districts, 115 meetings, forty people."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, time, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.factories import DistrictFactory, ForumFactory, PersonFactory, join, make_user
from tovholder.accounts.models import Role
from tovholder.directory.models import Theme
from tovholder.forums.models import Forum
from tovholder.yearwheel.models import PlannedMeeting, PlanRun, YearPlan
from tovholder.yearwheel.planning import Suggestion
from tovholder.yearwheel.queries import document
from tovholder.yearwheel.queries.watch import Prompt

MAX_READS, MAX_HTML = 12, 30_000
FORUMS, DISTRICTS, MEETINGS, PEOPLE, PROMPTS = 30, 8, 115, 40, 40


@pytest.fixture
def large(plan: YearPlan, anna) -> YearPlan:
    districts = [DistrictFactory(key=f"d{n}", name=f"Bydelen {n} Vest", position=n) for n in range(DISTRICTS)]
    forums = []
    for n in range(FORUMS):
        forum = ForumFactory(key=f"f{n}", name=f"Trivselsforum, Bydelens Skole {n}", cadence="monthly")
        forum.districts.add(districts[n % DISTRICTS])
        forums.append(forum)
    people = [make_user(f"Deltager Nummer {n}", Role.MEMBER) for n in range(PEOPLE)]
    for n, user in enumerate(people):
        for m in range(3):
            join(user, forums[(n + m * 7) % FORUMS])
    # Whoever plans has many forums of her own in the menu.
    for forum in forums[:10]:
        join(anna, forum, convenes=True)
    for n in range(60):
        PersonFactory(name=f"Person uden forum {n}")
    for n in range(12):
        Theme.objects.create(key=f"t{n}", name=f"Tema om noget {n}")
    PlannedMeeting.objects.bulk_create(
        PlannedMeeting(
            plan=plan,
            forum=forums[n % FORUMS],
            which=n // FORUMS + 1,
            date=plan.starts_on + timedelta(days=10 + n * 3 % 320),
            start=time(9 + n % 5),
            end=time(11 + n % 5),
        )
        for n in range(MEETINGS)
    )
    for n in range(12):
        month = date(2026 + (7 + n) // 12, (7 + n) % 12 + 1, 1)
        plan.themes.create(month=month, theme=Theme.objects.get(key=f"t{n}"))
    plan.unplaced = [_without_a_date(forum, people[0].person.pk) for forum in forums]
    plan.watched = [
        {**asdict(_prompt(n, forums[n % FORUMS])), "day": f"2026-{8 + n % 5:02d}-10"} for n in range(PROMPTS)
    ]
    plan.save()
    PlanRun.objects.create(plan=plan, data=document.build(plan), status="done", used_at=timezone.now())
    return plan


def _prompt(n: int, forum: Forum) -> Prompt:
    text = f"{forum} 10. august: indkaldelsen skulle være sendt. Varslet er 14 dage."
    return Prompt(31, f"late-{n}", text, date(2026, 8, 10), forum.pk, n)


def _without_a_date(forum: Forum, person: int) -> dict[str, Any]:
    of, days = f"f{forum.pk}", ("2026-09-01", "2026-09-08")
    return {
        "of": of,
        "which": 1,
        "because": [{"code": "person_busy", "persons": [], "dates": []}],
        "helps": [
            asdict(Suggestion("allow_start", days, of=of, start="15:00")),
            asdict(Suggestion("allow_weekday", days, of=of, weekday=3)),
            asdict(Suggestion("make_optional", days, of=of, person=f"p{person}")),
        ],
    }


def test_every_page_of_a_large_year_is_read_and_written_cheaply(large, client_for, anna):
    client = client_for(anna)
    row, forum = large.planned.order_by("pk")[50], large.planned.order_by("pk")[50].forum
    client.get("/aarshjul/")
    paths = (
        "/aarshjul/", "/aarshjul/?ringe=lag", "/aarshjul/liste/", "/aarshjul/liste/?maaned=2026-09", "/aarshjul/liste/?se=til",
        f"/aarshjul/liste/?person={anna.person.pk}", "/aarshjul/kalender/?maaned=2026-09", "/aarshjul/kalender/?uge=2026-W40",
        f"/aarshjul/moede/{row.pk}/", f"/aarshjul/moede/{row.pk}/?dato=2026-10-01", f"/aarshjul/moede/{row.pk}/?forslag",
        f"/aarshjul/moede/{row.pk}/?dato=2026-10-01&forslag", f"/aarshjul/moede/{row.pk}/proev/?dato=2026-10-01&forslag",
        f"/aarshjul/{large.pk}/",
        "/aarshjul/nyt/", f"/aarshjul/{large.pk}/indstillinger/", f"/aarshjul/{large.pk}/temaer/",
        f"/aarshjul/{large.pk}/timer/fora/", f"/aarshjul/{large.pk}/timer/personer/", f"/aarshjul/{large.pk}/offentliggoer/",
        "/aarshjul/regler/", f"/aarshjul/regler/forum/{forum.pk}/", "/aarshjul/faste-punkter/", "/aarshjul/optaget/",
        "/aarshjul/optaget/alle/",
    )  # fmt: skip
    cost = {}
    for path in paths:
        with CaptureQueriesContext(connection) as reads:
            answer = client.get(path)
        assert answer.status_code == 200, path
        cost[path] = len(reads), len(answer.content)
    too_dear = {path: each for path, each in cost.items() if each[0] > MAX_READS or each[1] > MAX_HTML}
    assert too_dear == {}, "\n".join(f"{path}: {each}" for path, each in cost.items())


def test_of_a_large_year_the_list_has_what_there_is_to_see_to(large, client_for, anna):
    client, said = client_for(anna), "indkaldelsen skulle være sendt"
    html = client.get("/aarshjul/").content.decode()
    assert said not in html
    assert '<h2 id="ko">Det næste møde</h2>' in html  # there is room for one
    assert f'<a href="liste/?aar={large.pk}&amp;se=til#se-til">{PROMPTS} ting at se til</a>' in html
    assert client.get(f"/aarshjul/liste/?aar={large.pk}&se=til").content.decode().count(said) == PROMPTS
    assert said not in client.get("/aarshjul/liste/").content.decode()


def test_of_a_small_year_twenty_are_unfolded(plan, east, client_for, anna):
    day = "2026-08-10"
    plan.watched = [{**asdict(_prompt(n, east)), "day": day} for n in range(PROMPTS)]
    plan.save()
    html = client_for(anna).get("/aarshjul/").content.decode()
    assert html.count("indkaldelsen skulle være sendt") == 3 + 20
    assert f"{PROMPTS - 3} ting mere" in html
    assert f"Og {PROMPTS - 23} til</a>" in html
