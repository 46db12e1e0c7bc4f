"""A meeting moved by hand: what a place would mean is said before anything is moved, with names, and it can be undone."""

from __future__ import annotations

from datetime import date, time

import pytest
from django.utils import timezone

from tests.factories import MeetingFactory
from tests.yearwheel.conftest import out, place, rows, solved
from tovholder.access.decision import Refused
from tovholder.audit.models import Event
from tovholder.yearwheel.models import AttendanceChoice, BusyTime
from tovholder.yearwheel.queries import document
from tovholder.yearwheel.services import moving, rules, runs

EAST, WEST = date(2026, 8, 13), date(2026, 8, 18)  # a Thursday and a Tuesday


@pytest.fixture
def planned(plan, fake, anna, east, west, monkeypatch):
    """One meeting in each network; the rules are asked of the real planner."""
    fake.answer = lambda data: out(
        [place(f"f{east.pk}", 1, EAST.isoformat()), place(f"f{west.pk}", 1, WEST.isoformat())]
    )
    solved(anna, plan)
    monkeypatch.setattr(moving, "CLASHES", "tovholder.yearwheel.planning.clashes")
    return plan


def tried(client, row, day, **more):
    return client.get(f"/aarshjul/moede/{row.pk}/proev/", {"dato": day, **more}).content.decode()


class TestWeighing:
    def test_the_clashes_are_named_with_what_would_free_them(self, planned, client_for, anna, east):
        html = tried(client_for(anna), planned.planned.get(forum=east), WEST)
        assert "Netværk Øster mødes ikke på en tirsdag." in html
        assert "tillad også tirsdag" in html
        assert "Anna skal være med i Netværk Vester kl. 13.00 på samme tid." in html
        assert "gør deltagelsen valgfri for Anna i et af møderne" in html
        assert "Flyt alligevel" in html
        assert planned.planned.get(forum=east).date == EAST  # nothing is moved

    def test_it_finds_days_near_it_that_break_nothing(self, planned, client_for, anna, east):
        html = tried(client_for(anna), planned.planned.get(forum=east), WEST, forslag="")
        assert 'data-to="2026-08-20" data-at="' in html

    def test_why_a_day_cannot_be(self, planned, client_for, anna, east):
        client, row = client_for(anna), planned.planned.get(forum=east)
        assert "Der er lukket den dag: Juleferie." in tried(client, row, "2026-12-24")
        assert "Det er en helligdag." in tried(client, row, "2027-03-25")  # Maundy Thursday
        assert "uden for skoleåret" in tried(client, row, "2028-03-23")
        assert "uden for skoleåret" in tried(client, row, "i morgen")
        unreadable = tried(client, row, "2026-08-20", kl="middag")
        assert "Indtast en gyldig tid." in unreadable
        assert "uden for skoleåret" not in unreadable

    def test_members_who_should_come_and_cannot_are_named(
        self, planned, client_for, anna, bo, carla, east, west
    ):
        row = planned.planned.get(forum=west)
        BusyTime.objects.create(person=bo.person, date=date(2026, 8, 25), starts=time(12), ends=time(14))
        html = tried(client_for(anna), row, "2026-08-25")
        assert "Ingen sammenfald." in html
        assert "Bo bør være med, men kan ikke." in html
        # Carla sits in both and must be in neither: she goes on coming to the one that stands.
        html = tried(client_for(anna), row, EAST)
        assert "Carla bør være med, men kan ikke." in html
        AttendanceChoice.objects.create(forum=west, person=carla.person, must=True)
        html = tried(client_for(anna), row, EAST)
        assert "Carla kan så ikke komme til Netværk Øster kl. 13.00." in html

    def test_a_meeting_that_is_taken_out_is_put_back_first(self, planned, client_for, anna, east):
        row = planned.planned.get(forum=east)
        planned.planned.filter(pk=row.pk).update(dropped=True)
        assert "Mødet er taget ud af planen." in tried(client_for(anna), row, WEST)
        with pytest.raises(Refused):
            moving.move(by=anna, row=row, day=WEST, start=time(9))

    def test_only_who_plans_tries_places(self, planned, client_for, bo, hans, grethe):
        for user in (bo, hans, grethe):
            path = f"/aarshjul/moede/{planned.planned.first().pk}/proev/?dato=2026-08-20"
            assert client_for(user).get(path).status_code == 403


class TestWhoCannotCome:
    def test_it_is_kept_with_the_meeting_and_told_on_its_page(self, planned, client_for, anna, bo, west):
        row = planned.planned.get(forum=west)
        BusyTime.objects.create(person=bo.person, date=date(2026, 8, 25), starts=time(12), ends=time(14))
        moving.move(by=anna, row=row, day=date(2026, 8, 25), start=time(13))
        row.refresh_from_db()
        assert row.absent == [bo.person.pk]
        html = client_for(anna).get(f"/aarshjul/moede/{row.pk}/").content.decode()
        assert "Kan ikke komme: Bo" in html
        moving.move(by=anna, row=row, day=date(2026, 9, 1), start=time(13))
        row.refresh_from_db()
        assert row.absent == []

    def test_who_is_freed_by_a_move_comes_again(self, planned, anna, carla, east, west):
        AttendanceChoice.objects.create(forum=west, person=carla.person, must=True)
        there, moved = planned.planned.get(forum=east), planned.planned.get(forum=west)
        moving.move(by=anna, row=moved, day=EAST, start=time(13))
        there.refresh_from_db()
        assert carla.person.pk in there.absent
        moving.take_out(by=anna, row=moved)
        there.refresh_from_db()
        assert there.absent == []


class TestMoving:
    def test_from_the_wheel_and_back_again(self, planned, client_for, anna, east):
        client, row = client_for(anna), planned.planned.get(forum=east)
        given = {"day": "2026-08-20", "start": "13:00", "tilbage": "/aarshjul/?vis=mine"}
        answer = client.post(f"/aarshjul/moede/{row.pk}/", given, follow=True)
        assert answer.redirect_chain == [("/aarshjul/?vis=mine", 302)]
        html = answer.content.decode()
        assert "er flyttet til torsdag 20. august kl. 13.00 i planen" in html
        assert "Fortryd flytningen af Netværk Øster" in html
        back = client.post(
            f"/aarshjul/moede/{row.pk}/fortryd/", {"tilbage": "/aarshjul/kalender/"}, follow=True
        )
        assert "er flyttet tilbage til torsdag 13. august" in back.content.decode()
        row.refresh_from_db()
        assert (row.date, row.start, row.locked) == (EAST, time(13), False)
        actions = list(Event.objects.order_by("pk").values_list("action", flat=True))[-2:]
        assert actions == ["year_plan.meeting_moved", "year_plan.meeting_moved_back"]
        assert client.post(f"/aarshjul/moede/{row.pk}/fortryd/").status_code == 404

    def test_it_is_not_undone_over_what_came_since(self, planned, client_for, anna, east, west):
        client, row = client_for(anna), planned.planned.get(forum=east)
        client.post(f"/aarshjul/moede/{row.pk}/", {"day": "2026-08-20", "start": "13:00"})
        moving.move(by=anna, row=planned.planned.get(forum=west), day=date(2026, 8, 25), start=time(13))
        assert "Fortryd flytningen" not in client.get("/aarshjul/").content.decode()
        answer = client.post(f"/aarshjul/moede/{row.pk}/fortryd/", follow=True)
        assert "Planen er ændret siden" in answer.content.decode()
        row.refresh_from_db()
        assert row.date == date(2026, 8, 20)

    def test_the_way_back_stays_in_the_wheel(self, planned, client_for, anna, east):
        client, row = client_for(anna), planned.planned.get(forum=east)
        for elsewhere in ("https://ond.example/aarshjul/", "//ond.example", "/logins/"):
            given = {"day": "2026-08-20", "start": "13:00", "tilbage": elsewhere}
            answer = client.post(f"/aarshjul/moede/{row.pk}/", given)
            assert answer.url in (f"/aarshjul/moede/{row.pk}/", elsewhere)
            assert not answer.url.startswith(("https:", "//", "/logins"))

    def test_a_held_meeting_is_not_moved(self, planned, client_for, anna, east):
        row = planned.planned.get(forum=east)
        meeting = MeetingFactory(lead_forum=east, status="running", started_at=timezone.now())
        planned.planned.filter(pk=row.pk).update(meeting=meeting)
        assert "Mødet er i gang." in tried(client_for(anna), row, WEST)
        answer = client_for(anna).post(f"/aarshjul/moede/{row.pk}/", {"day": "2026-08-20", "start": "13:00"})
        assert answer.status_code == 403
        assert rows(planned)[0].date == EAST


class TestMidnight:
    """A meeting ends by 24:00 (rule 4): said at the field, and refused by the service too."""

    def test_a_move_is_refused_at_the_field(self, planned, client_for, anna, east):
        row = planned.planned.get(forum=east)  # an hour and a half
        client, page = client_for(anna), f"/aarshjul/moede/{row.pk}/"
        answer = client.post(
            page, {"day": "2026-08-20", "start": "22:31", "confirmed": "on"}
        ).content.decode()
        assert (
            "Mødet varer 90 minutter og ville slutte efter midnat. Det kan senest begynde kl. 22.30."
            in answer
        )
        assert 'aria-invalid="true"' in answer
        assert "ville slutte efter midnat" in tried(client, row, "2026-08-20", kl="23:00")
        with pytest.raises(Refused):
            moving.move(by=anna, row=row, day=date(2026, 8, 20), start=time(22, 31))
        assert planned.planned.get(forum=east).date == EAST
        client.post(page, {"day": "2026-08-20", "start": "22:30", "confirmed": "on"})
        row.refresh_from_db()
        assert (row.start, row.end, row.minutes) == (time(22, 30), time(23, 59), 90)
        moving.move(by=anna, row=row, day=date(2026, 8, 21), start=time(9))
        row.refresh_from_db()
        assert row.end == time(10, 30)

    def test_so_is_a_place_for_one_that_has_none(self, planned, client_for, anna, west):
        planned.unplaced = [{"of": f"f{west.pk}", "which": 2, "because": [{"code": "no_start"}]}]
        planned.save()
        page = f"/aarshjul/{planned.pk}/plads/f{west.pk}/2/"
        answer = client_for(anna).post(page, {"day": "2026-09-08", "start": "23:30", "confirmed": "on"})
        assert "ville slutte efter midnat" in answer.content.decode()
        thing = document.things()[f"f{west.pk}"]
        with pytest.raises(Refused):
            moving.place(
                by=anna, plan=planned, thing=thing, which=2, day=date(2026, 9, 8), start=time(23, 30)
            )
        assert planned.planned.count() == 2

    def test_the_place_that_is_offered_first_begins_as_its_month_may(self, planned, client_for, anna, west):
        rules.change(by=anna, thing=west, starts=["09:00"], starts_by_month={"9": ["14:30"]})
        planned.unplaced = [{"of": f"f{west.pk}", "which": 2, "because": [{"code": "out_of_time"}]}]
        planned.save()
        html = client_for(anna).get(f"/aarshjul/{planned.pk}/plads/f{west.pk}/2/").content.decode()
        assert 'name="start" value="14:30"' in html

    def test_what_is_over_stops_no_plan(self, planned, anna, east):
        row = planned.planned.get(forum=east)
        moving.move(by=anna, row=row, day=date(2026, 8, 20), start=time(22))
        rules.change(by=anna, thing=east, minutes=180)
        place = {"of": row.of, "date": "2026-08-20", "start": "22:00"}
        assert place in document.build(planned, today=date(2026, 8, 20))["fixed"]
        assert place not in document.build(planned, today=date(2026, 8, 21))["fixed"]

    def test_a_rule_made_longer_does_not_break_the_planner(self, planned, anna, east):
        moving.move(by=anna, row=planned.planned.get(forum=east), day=date(2026, 8, 20), start=time(22))
        rules.change(by=anna, thing=east, minutes=180)
        with pytest.raises(
            Refused, match=r"Netværk Øster den 20\.08\.2026 kl\. 22\.00 ville slutte efter midnat"
        ):
            runs.start(by=anna, plan=planned)
