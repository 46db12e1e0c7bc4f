"""What comes back each year on the same days: written by who plans, shown on the wheel, in the log, and undone."""

from __future__ import annotations

from datetime import date

import pytest

from tests.yearwheel.conftest import out, place, solved
from tovholder.audit.models import Event
from tovholder.yearwheel.models import YearMark
from tovholder.yearwheel.queries.closed import occurrences

HERE = "/aarshjul/faste-punkter/"
GIVEN = {"name": "National trivselsmåling", "from_day": "20-01", "until_day": "20-03"}


def said(answer) -> str:
    return str(answer.content.decode())


@pytest.fixture
def one(plan) -> YearMark:
    return YearMark.objects.get(key="maaling")


def test_a_new_one_stands_on_the_wheel_and_in_the_list(plan, client_for, anna):
    client = client_for(anna)
    YearMark.objects.all().delete()
    assert "Der er ingen faste punkter endnu" in said(client.get(HERE))
    html = said(client.post(f"{HERE}nyt/", GIVEN, follow=True))
    assert "Det faste punkt er gemt." in html
    assert "20. januar – 20. marts" in html
    assert "National trivselsmåling, 20. januar – 20. marts" in said(client.get("/aarshjul/"))
    mark = YearMark.objects.get()
    assert (mark.key, mark.from_day, mark.closed) == ("national-trivselsmaaling", "01-20", False)
    client.post(f"{HERE}nyt/", GIVEN)
    assert YearMark.objects.filter(key="national-trivselsmaaling-2").exists()


def test_days_that_close_move_no_meeting_but_say_how_many_lie_there(plan, fake, client_for, anna, east):
    fake.answer = lambda data: out([place(f"f{east.pk}", 1, "2026-10-15")])
    solved(anna, plan)
    given = {"name": "Kursusuge", "from_day": "12-10", "until_day": "16-10", "closed": "on"}
    html = said(client_for(anna).post(f"{HERE}nyt/", given, follow=True))
    assert "1 møde ligger på de dage" in html
    assert "Kursusuge" in said(client_for(anna).get("/aarshjul/kalender/?maaned=2026-10"))


def test_each_change_is_undone_with_one_press(client_for, anna, one):
    client = client_for(anna)

    def undone() -> YearMark:
        assert "Ændringen er fortrudt." in said(client.post(f"{HERE}{one.pk}/fortryd/", follow=True))
        return YearMark.objects.get(pk=one.pk)

    client.post(f"{HERE}{one.pk}/", {**GIVEN, "until_day": "1-4", "closed": "on"})
    assert YearMark.objects.get(pk=one.pk).until_day == "04-01"
    mark = undone()
    assert (mark.name, mark.until_day, mark.closed) == ("Trivselsmåling", "03-20", False)
    assert "er taget af årshjulet" in said(client.post(f"{HERE}{one.pk}/af/", follow=True))
    assert "Trivselsmåling" not in said(client.get("/aarshjul/"))
    assert client.get(f"{HERE}{one.pk}/").status_code == 404
    assert undone().retired_at is None
    assert client.post(f"{HERE}{one.pk}/fortryd/").status_code == 404
    actions = list(Event.objects.filter(action__startswith="year_mark").values_list("action", flat=True))
    assert sorted(actions) == [
        "year_mark.changed",
        "year_mark.taken_off",
        "year_mark.undone",
        "year_mark.undone",
    ]


def test_a_new_one_is_undone_too(plan, client_for, anna):
    client = client_for(anna)
    client.post(f"{HERE}nyt/", GIVEN)
    mark = YearMark.objects.latest("pk")
    client.post(f"{HERE}{mark.pk}/fortryd/")
    mark.refresh_from_db()
    assert mark.retired_at is not None


def test_it_is_not_undone_over_what_another_wrote(client_for, anna, one):
    client = client_for(anna)
    client.post(f"{HERE}{one.pk}/", GIVEN)
    YearMark.objects.filter(pk=one.pk).update(until_day="03-31")
    assert "ændret siden" in said(client.post(f"{HERE}{one.pk}/fortryd/", follow=True))
    assert YearMark.objects.get(pk=one.pk).until_day == "03-31"


@pytest.mark.parametrize("day", ["31-02", "32-01", "1-13", "januar", "0-1"])
def test_a_day_that_is_none_is_said_at_the_field(client_for, anna, one, day):
    html = said(client_for(anna).post(f"{HERE}{one.pk}/", {**GIVEN, "from_day": day}))
    assert "Skriv dag og måned som 15-05." in html
    assert YearMark.objects.get(pk=one.pk).from_day == "01-20"


def test_over_new_year_and_on_leap_day(db):
    mark = YearMark(name="Jul", from_day="12-20", until_day="01-04")
    assert occurrences(mark, date(2026, 8, 1), date(2027, 7, 31)) == [(date(2026, 12, 20), date(2027, 1, 4))]
    leap = YearMark(name="Skuddag", from_day="02-29", until_day="02-29")
    assert occurrences(leap, date(2026, 8, 1), date(2027, 7, 31)) == [(date(2027, 2, 28), date(2027, 2, 28))]


def test_only_who_plans(client_for, bo, hans, grethe, one):
    for user in (bo, hans, grethe):
        client = client_for(user)
        assert client.get(HERE).status_code == 403
        assert client.post(f"{HERE}nyt/", GIVEN).status_code == 403
        assert client.post(f"{HERE}{one.pk}/af/").status_code == 403
