"""What wheel, calendar and lists show: holidays, themes, drafts by person, and how much is left out."""

from __future__ import annotations

import re
from datetime import date, timedelta
from html import unescape

import pytest
from django.urls import reverse

from tests.factories import TopicFactory
from tests.yearwheel.conftest import out, place, solved
from tovholder.directory.models import Theme
from tovholder.yearwheel.planning.problem import understand
from tovholder.yearwheel.queries import entries
from tovholder.yearwheel.queries.public_days import public_days


@pytest.fixture
def planned(plan, fake, anna, east, west):
    fake.answer = lambda data: out(
        [place(f"f{east.pk}", 1, "2026-08-13"), place(f"f{west.pk}", 1, "2026-08-18")]
    )
    return solved(anna, plan)


def test_long_lists_say_how_many_are_left_and_show_all(planned, fake, anna, east, west, client_for):
    client = client_for(anna)
    because = [{"code": "no_start", "persons": [], "dates": []}]
    unplaced = [{"of": f"f{west.pk}", "which": n, "because": because} for n in range(1, 35)]
    planned.unplaced = unplaced
    planned.save()
    days = [date(2026, 8, 3) + timedelta(days=n) for n in range(90)]
    fake.answer = lambda data: out(
        [place(f"f{east.pk}", n, f"{day}") for n, day in enumerate(days)], unplaced=unplaced
    )
    solved(anna, planned)
    result = reverse("yearwheel:run", args=[planned.runs.first().pk])
    for page, rows, words in (
        (f"/aarshjul/{planned.pk}/", 34, ("Vis også de sidste 14 møder",)),
        (result, 90 + 34, ("Vis også de sidste 10 ændringer", "Vis også de sidste 14 møder")),
    ):
        short, whole = (client.get(page + end).content.decode() for end in ("", "?alle=1"))
        assert [each for each in words if each not in short or each in whole] == []
        assert whole.count('<div class="th-grow">') == rows


def test_public_holidays_and_themes_stand_in_wheel_and_calendar(planned, anna, east, client_for):
    planned.themes.create(month=date(2026, 8, 1), theme=Theme.objects.get())
    own = Theme.objects.create(key="net", name="Digital dannelse")
    planned.themes.create(month=date(2027, 3, 1), theme=own, layer=east.forum_type)
    client = client_for(anna)
    wheel = client.get(f"/aarshjul/?aar={planned.pk}").content.decode()
    assert "13.00: Netværk Øster\nTema: Rusmidler</title>" in wheel
    assert "<title>aug: Rusmidler</title><text" in wheel
    assert f"<title>mar: {east.forum_type}: Digital dannelse</title><text" in wheel
    assert "<title>Skærtorsdag, Langfredag</title></path>" in wheel
    assert "<title>Juledag</title></path>" not in wheel  # it lies in the school's holiday
    march = client.get(f"/aarshjul/kalender/?aar={planned.pk}&maaned=2027-03").content.decode()
    assert "Langfredag" in march
    assert f"Månedens tema: {east.forum_type}: Digital dannelse" in march
    december = client.get(f"/aarshjul/kalender/?aar={planned.pk}&maaned=2026-12").content.decode()
    assert "Juledag" in december
    assert "Juleferie" in december


def test_a_theme_leads_to_its_topic_or_to_the_month(planned, anna, bo, grethe, east, west, client_for):
    """To the topic bank of a forum where one sits; else to the month in the calendar, which tells what it is about."""
    topic = TopicFactory(forum=east, heading="Skærmtid", status="banked")
    planned.themes.create(month=date(2026, 8, 1), topic=topic)
    planned.themes.create(month=date(2026, 9, 1), theme=Theme.objects.get())
    planned.themes.create(month=date(2026, 10, 1), topic=topic)
    planned.themes.create(month=date(2026, 10, 1), theme=Theme.objects.get(), layer=east.forum_type)

    def links(user) -> dict[str, str]:
        html = client_for(user).get(f"/aarshjul/?aar={planned.pk}").content.decode()
        found = re.findall(r'<a href="([^"]+)"><title>\w+: [^<]+</title><text [^>]*>(\w+)</text></a>', html)
        return {month: unescape(url) for url, month in found}

    bank = f"/moeder/forum/{east.pk}/emner/?status=banked#emne-{topic.pk}"
    months = {
        month: f"kalender/?aar={planned.pk}&maaned=2026-{n}" for month, n in (("sep", "09"), ("okt", "10"))
    }
    assert links(anna) == {"aug": bank, **months}
    client = client_for(anna)
    assert f'id="emne-{topic.pk}"' in client.get(bank).content.decode()
    october = client.get(f"/aarshjul/{months['okt']}").content.decode()
    assert f'Månedens tema: <a href="{bank}">Skærmtid</a>; {east.forum_type}: Rusmidler' in october
    # Grethe, of the management, sits in none of the forums.
    assert links(grethe)["aug"] == f"kalender/?aar={planned.pk}&maaned=2026-08"
    august = client_for(grethe).get(f"/aarshjul/kalender/?aar={planned.pk}&maaned=2026-08").content.decode()
    assert "Månedens tema: Skærmtid" in august


def test_the_public_holidays_are_those_of_the_planner():
    first, last = date(2024, 1, 1), date(2060, 12, 31)
    days = {day.toordinal() for day, _name in public_days(first, last)}
    period = {"start": first.isoformat(), "end": last.isoformat()}
    assert days == understand({"period": period, "persons": [], "forums": []}).shut


def test_by_person_who_left_has_no_more_drafts(planned, anna, carla, east, west):
    def titles() -> list[str]:
        return [each.title for each in entries.entries(anna, planned, person=carla.person.pk)]

    assert "Netværk Øster" in titles()
    seat = carla.person.memberships.get(forum=east)
    seat.valid_until = date(2026, 8, 12)  # the day before
    seat.save()
    assert "Netværk Øster" not in titles()
    seat.valid_until = date(2026, 8, 13)
    seat.save()
    assert "Netværk Øster" in titles()
