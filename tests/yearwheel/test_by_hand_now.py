"""Changed by hand after the plan was made: what would free a meeting is tried anew, and what a forum without a rhythm
still has in the plan takes its people's time.
"""

from __future__ import annotations

from datetime import date, time

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.factories import join
from tests.yearwheel.conftest import out, place, solved
from tests.yearwheel.test_moving import EAST, WEST, planned, tried
from tests.yearwheel.test_weight import MAX_READS
from tovholder.yearwheel.models import BusyTime, PlanRun
from tovholder.yearwheel.planning import check_input
from tovholder.yearwheel.queries import document
from tovholder.yearwheel.services import applying, moving, rules

__all__ = ["planned"]
SEPTEMBER_TUESDAYS = (1, 8, 15, 22, 29)


@pytest.fixture
def missing(planned, west, anna, monkeypatch):
    """West has no meeting in September, since Anna is away on its Tuesdays; what was proposed then helps no more."""
    monkeypatch.setattr(moving, "FREES", "tovholder.yearwheel.planning.what_would_free")
    for day in SEPTEMBER_TUESDAYS:
        BusyTime.objects.create(
            person=anna.person, date=date(2026, 9, day), starts=time(8), ends=time(23, 59)
        )
    old = {"code": "raise_max_parallel", "number": 9, "dates": []}
    because = [{"code": "person_busy", "persons": [f"p{anna.person.pk}"], "dates": []}]
    planned.unplaced = [{"of": f"f{west.pk}", "which": 2, "because": because, "helps": [old]}]
    planned.save()
    return planned


class TestProposals:
    def test_are_tried_anew_where_a_place_is_looked_for(self, missing, client_for, anna, west):
        client = client_for(anna)
        html = client.get(f"/aarshjul/{missing.pk}/").content.decode()
        assert "Det var nok, da planen blev regnet:" in html
        with CaptureQueriesContext(
            connection,
        ) as reads:
            html = client.get(f"/aarshjul/{missing.pk}/plads/f{west.pk}/2/").content.decode()
        assert len(reads) <= MAX_READS
        assert "Tillad 9 møder på samme tid" not in html
        assert "Hver af disse er nok:" in html
        assert "Tillad også onsdag</a>, for eksempel 2. september og 9. september." in html
        assert "Gør deltagelsen valgfri for Anna</a>" in html

    def test_what_another_meeting_takes_meanwhile_is_no_longer_proposed(
        self, missing, client_for, anna, west, east
    ):
        """East is moved onto the first Wednesday: Mondays are free more often now."""
        moving.move(by=anna, row=missing.planned.get(forum=east), day=date(2026, 9, 2), start=time(13))
        rules.change(by=anna, thing=west, starts=["13:00"])
        html = client_for(anna).get(f"/aarshjul/{missing.pk}/plads/f{west.pk}/2/").content.decode()
        assert "Tillad også mandag</a>, for eksempel 7. september og 14. september." in html
        assert "Tillad også onsdag" not in html

    def test_where_there_is_room_by_now_the_places_say_it(self, missing, client_for, anna, west):
        BusyTime.objects.all().delete()
        html = client_for(anna).get(f"/aarshjul/{missing.pk}/plads/f{west.pk}/2/").content.decode()
        assert "Uden sammenfald" in html
        assert "nok:" not in html
        assert "Vi fandt ingen" not in html

    def test_of_a_run_that_is_behind_the_plan_they_were_enough_then(
        self, missing, fake, client_for, anna, east
    ):
        fake.answer = lambda data: out([], unplaced=missing.unplaced, status="feasible")
        solved(anna, missing)
        page = f"/aarshjul/beregning/{PlanRun.objects.latest('pk').pk}/"
        client = client_for(anna)
        assert "er nok:" in client.get(page).content.decode()
        moving.move(by=anna, row=missing.planned.get(forum=east), day=date(2026, 9, 3), start=time(13))
        html = client.get(page).content.decode()
        assert "er nok:" not in html
        assert "nok, da planen blev regnet:" in html


class TestWithoutARhythm:
    @pytest.fixture
    def idle(self, missing, anna, east):
        """East meets no more of itself; what it has in the plan still stands there."""
        rules.change(by=anna, thing=east, rhythm="none")
        return missing

    def test_its_people_are_taken_there_all_the_same(self, idle, client_for, anna, east, west):
        client = client_for(anna)
        html = tried(client, idle.planned.get(forum=west), EAST)
        assert "Anna skal være med i Netværk Øster kl. 13.00 på samme tid." in html

    def test_its_own_meeting_is_weighed_too(self, idle, client_for, anna, east):
        client, row = client_for(anna), idle.planned.get(forum=east)
        assert "Anna skal være med i Netværk Vester kl. 13.00 på samme tid." in tried(client, row, WEST)
        assert 'data-to="2026-08-20" data-at="' in tried(client, row, WEST, forslag="")
        assert "Ingen sammenfald." in tried(client, row, "2026-08-27")

    def test_who_cannot_come_to_it_is_written_down(self, idle, bo, anna, east):
        join(bo, east)
        row = idle.planned.get(forum=east)
        BusyTime.objects.create(person=bo.person, date=date(2026, 8, 20), starts=time(12), ends=time(16))
        moving.move(by=anna, row=row, day=date(2026, 8, 20), start=time(13))
        row.refresh_from_db()
        assert row.absent == [bo.person.pk]

    def test_what_it_misses_is_asked_for_no_more(self, idle, client_for, anna, east, west):
        rules.change(by=anna, thing=west, rhythm="none")
        client, page = client_for(anna), f"/aarshjul/{idle.pk}/plads/f{west.pk}/2/"
        html = client.get(f"/aarshjul/{idle.pk}/").content.decode()
        assert "Reglen beder ikke om mødet længere." in html
        assert page not in html
        answer = client.get(page, follow=True)
        assert answer.redirect_chain[0][0] == f"/aarshjul/{idle.pk}/"
        assert "Mødet mangler ikke længere en plads i planen." in answer.content.decode()

    def test_what_somebody_else_has_placed_meanwhile_is_said(self, missing, client_for, anna, west):
        client, page = client_for(anna), f"/aarshjul/{missing.pk}/plads/f{west.pk}/2/"
        given = {"day": "2026-09-02", "start": "13:00", "confirmed": "on"}
        assert client.post(page, given).status_code == 302
        answer = client.post(page, given, follow=True)
        assert "Mødet mangler ikke længere en plads i planen." in answer.content.decode()
        assert missing.planned.filter(forum=west).count() == 2


def test_an_address_that_is_none_is_not_found(planned, client_for, anna):
    assert client_for(anna).get(f"/aarshjul/{planned.pk}/plads/x1/2/").status_code == 404


class TestMovedByHandWithoutARhythm:
    """It is in no calendar, and stays in the plan all the same."""

    @pytest.fixture
    def moved(self, planned, anna, east):
        moving.move(by=anna, row=planned.planned.get(forum=east), day=date(2026, 8, 20), start=time(22, 30))
        assert _busy(planned, anna) == []
        rules.change(by=anna, thing=east, rhythm="none")
        return planned

    def test_the_planner_lays_nothing_on_top_of_it(self, moved, anna, bo):
        assert _busy(moved, anna) == [{"date": "2026-08-20", "start": "22:30", "end": "24:00"}]
        assert _busy(moved, bo) == []  # who sits in Vester only
        assert list(check_input(document.build(moved))) == []

    def test_it_stays_when_another_plan_is_used(self, moved, fake, anna, east, west):
        fake.answer = lambda data: out([place(f"f{west.pk}", 1, "2026-08-18")])
        applying.use(by=anna, run=solved(anna, moved).runs.first())
        assert {row.forum for row in moved.planned.all()} == {east, west}


def _busy(plan, user):
    persons = document.build(plan)["persons"]
    return next(each["busy"] for each in persons if each["id"] == f"p{user.person.pk}")
