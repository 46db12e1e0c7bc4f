"""The pages: who sees what, how heavy they are, and that each answers what was typed."""

from __future__ import annotations

import re
from dataclasses import asdict
from datetime import date, time

import pytest
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from icalendar import Calendar

from tests.factories import ForumFactory, TopicFactory
from tests.yearwheel.conftest import out, place, solved
from tests.yearwheel.test_publishing import publish
from tovholder.directory.models import Theme
from tovholder.yearwheel.models import BusyTime, YearPlan
from tovholder.yearwheel.planning import Clash, Suggestion
from tovholder.yearwheel.services import moving, watching, years


@pytest.fixture
def planned(plan, fake, anna, east, west, joint):
    fake.answer = lambda data: out(
        [
            place(f"f{east.pk}", 1, "2026-08-13"),
            place(f"f{west.pk}", 1, "2026-08-18"),
            place(f"j{joint.pk}", 1, "2026-11-10", end="15:00"),
        ],
        unplaced=[
            {
                "of": f"f{west.pk}",
                "which": 2,
                "because": [
                    {
                        "code": "person_busy",
                        "persons": [f"p{anna.person.pk}"],
                        "dates": ["2026-09-01", "2026-09-08"],
                    }
                ],
            }
        ],
        status="feasible",
    )
    return solved(anna, plan)


class TestSeeing:
    def test_a_draft_is_for_who_plans_and_the_management(self, planned, client_for, anna, grethe, bo, carla):
        for user in (anna, grethe):
            assert "Ikke offentliggjort" in client_for(user).get("/aarshjul/liste/").content.decode()
        for user in (bo, carla):
            html = client_for(user).get("/aarshjul/liste/").content.decode()
            assert "13. august" not in html
            assert "Netværk Øster</a>" not in html

    def test_a_published_meeting_is_for_who_may_know_of_it(self, planned, client_for, anna, bo, carla):
        publish(anna, planned)
        shown = {
            user.name: re.findall(
                r"Netværk (Øster|Vester)</a>", client_for(user).get("/aarshjul/liste/").content.decode()
            )
            for user in (bo, carla)
        }
        assert shown == {"Bo": ["Vester"], "Carla": ["Øster", "Vester"]}

    def test_watchers_have_no_wheel(self, planned, client_for, ida, lise):
        for user in (ida, lise):
            assert client_for(user).get("/aarshjul/").status_code == 403

    def test_the_wheel_links_each_meeting_and_keeps_to_twelve_reads(self, planned, client_for, anna):
        client = client_for(anna)
        client.get("/aarshjul/")
        from django.db import connection  # the one of this test

        with CaptureQueriesContext(connection) as reads:
            response = client.get("/aarshjul/")
        html = response.content.decode()
        assert len(reads) <= 12, "\n".join(
            each["sql"][:110].split("FROM")[0][:60] + " FROM " + each["sql"].split("FROM")[-1][:60]
            for each in reads
        )
        assert len(response.content) <= 30_000
        row = planned.planned.first()
        assert f'href="{reverse("yearwheel:meeting", args=[row.pk])}"' in html
        assert "<title>13. august kl. 13.00: Netværk Øster</title>" in html
        assert "style=" not in html

    def test_the_calendar_of_a_month_and_of_a_week(self, planned, client_for, anna):
        client = client_for(anna)
        assert "Netværk Øster" in client.get("/aarshjul/kalender/?maaned=2026-08").content.decode()
        assert "Netværk Øster" in client.get("/aarshjul/kalender/?uge=2026-W33").content.decode()
        assert "Netværk Øster</a>" not in client.get("/aarshjul/kalender/?uge=2026-W40").content.decode()
        assert "Juleferie" in client.get("/aarshjul/kalender/?maaned=2026-12").content.decode()
        for junk in ("maaned=x", "uge=2026-W99", "aar=99999999999999999999", "person=x", "forum=%00"):
            assert client.get(f"/aarshjul/kalender/?{junk}").status_code == 200

    def test_by_person(self, planned, client_for, anna, bo, carla):
        client = client_for(anna)
        html = client.get(f"/aarshjul/liste/?person={bo.person.pk}").content.decode()
        assert re.findall(r"Netværk (Øster|Vester)</a>", html) == ["Vester"]
        # For a member the address says nothing about others.
        assert "Møder for" not in client_for(bo).get(f"/aarshjul/?person={carla.person.pk}").content.decode()

    def test_files(self, planned, client_for, anna):
        publish(anna, planned)
        client = client_for(anna)
        events = Calendar.from_ical(client.get("/aarshjul/kalender.ics").content).walk("VEVENT")
        assert len(events) == 3
        assert client.get("/aarshjul/a3.pdf").content.startswith(b"%PDF")
        assert b"Anna" not in client.get("/aarshjul/kalender.ics").content


class TestPublic:
    def test_it_is_not_there_until_it_is_turned_on(self, planned, client, anna, municipality):
        assert client.get("/aarshjul/offentligt/").status_code == 404
        years.change(by=anna, plan=planned, is_public=True)
        html = client.get("/aarshjul/offentligt/").content.decode()
        assert "Netværk Øster" not in html  # not published yet
        publish(anna, planned)
        html = client.get("/aarshjul/offentligt/").content.decode()
        assert "Netværk Øster" in html
        for name in ("Anna", "Bo<", "Carla"):
            assert name not in html


class TestPlanning:
    def test_a_new_year_follows_the_last(self, planned, client_for, anna):
        client = client_for(anna)
        page = client.get("/aarshjul/nyt/").content.decode()
        assert 'value="2027-08-01"' in page
        client.post("/aarshjul/nyt/", {"starts_on": "2027-08-01", "ends_on": "2028-07-31"})
        assert YearPlan.objects.count() == 2
        again = client.post("/aarshjul/nyt/", {"starts_on": "2027-09-01", "ends_on": "2028-07-31"})
        assert "allerede en plan" in again.content.decode()
        long = client.post("/aarshjul/nyt/", {"starts_on": "2030-08-01", "ends_on": "2034-07-31"})
        assert "højst to år" in long.content.decode()

    def test_what_has_no_date_says_why_and_what_would_help(self, planned, client_for, anna, fake):
        html = client_for(anna).get(f"/aarshjul/{planned.pk}/").content.decode()
        assert "september 2026" in html
        assert "Anna er optaget 1. september og 8. september." in html
        assert "disse var nok" not in html  # nobody has looked for what would free it
        client = client_for(anna)
        planned.unplaced[0]["helps"] = [
            asdict(Suggestion("allow_weekday", (), weekday=3)),
            asdict(Suggestion("make_optional", (), person=f"p{anna.person.pk}")),
        ]
        planned.save()
        html = client.get(f"/aarshjul/{planned.pk}/").content.decode()
        missing = planned.unplaced[0]
        # On its own page the changes are tried anew.
        fake.frees = lambda unplaced: [
            Suggestion("allow_weekday", (), weekday=3),
            Suggestion("make_optional", (), person=f"p{anna.person.pk}"),
        ]
        by_hand = client.get(f"/aarshjul/{planned.pk}/plads/{missing['of']}/2/").content.decode()
        for page, said in (
            (html, "Hver af disse var nok, da planen blev regnet:"),
            (by_hand, "Hver af disse er nok:"),
        ):
            assert said in page
            assert "Tillad også onsdag</a>." in page
            assert "Gør deltagelsen valgfri for Anna</a>." in page

    def test_moving_shows_clashes_at_once_and_asks(self, planned, client_for, anna, east, fake, carla):
        client, row = client_for(anna), planned.planned.get(forum=east)

        def clash(data, meetings):
            here = [n for n, each in enumerate(meetings) if each["date"] == "2026-08-18"]
            return [Clash("person_double", tuple(here), (f"p{carla.person.pk}",))] if len(here) > 1 else []

        fake.clashes = clash
        tried = client.get(f"/aarshjul/moede/{row.pk}/?dato=2026-08-18").content.decode()
        assert "Carla skal være med i Netværk Vester kl. 13.00 på samme tid." in tried
        given = {"day": "2026-08-18", "start": "13:00"}
        refused = client.post(f"/aarshjul/moede/{row.pk}/", given).content.decode()
        assert "Sæt kryds" in refused
        row.refresh_from_db()
        assert row.date == date(2026, 8, 13)
        client.post(f"/aarshjul/moede/{row.pk}/", {**given, "confirmed": "on"})
        row.refresh_from_db()
        assert (row.date, row.locked) == (date(2026, 8, 18), True)
        outside = client.post(f"/aarshjul/moede/{row.pk}/", {"day": "2028-01-01", "start": "13:00"})
        assert "uden for skoleåret" in outside.content.decode()

    def test_suggestions_and_a_place_by_hand(self, planned, client_for, anna, west):
        client = client_for(anna)
        page = client.get(f"/aarshjul/{planned.pk}/plads/f{west.pk}/2/").content.decode()
        assert "Uden sammenfald" in page
        client.post(f"/aarshjul/{planned.pk}/plads/f{west.pk}/2/", {"day": "2026-09-15", "start": "13:00"})
        planned.refresh_from_db()
        assert planned.unplaced == []
        assert planned.planned.get(forum=west, which=2).date == date(2026, 9, 15)

    def test_the_run_page_says_how_it_goes_and_then_what_moves(self, planned, client_for, anna, fake, east):
        client = client_for(anna)
        response = client.post(f"/aarshjul/{planned.pk}/regn/")
        run = planned.runs.first()
        page = client.get(response.url).content.decode()
        assert "Stop, og behold den bedste indtil nu" in page
        from tovholder.yearwheel.services import runs  # what the worker does

        fake.answer = lambda data: out([place(f"f{east.pk}", 1, "2026-08-20")])
        runs.solve(run.pk)
        page = client.get(response.url).content.decode()
        assert "Fra torsdag 13. august kl. 13.00 til torsdag 20. august kl. 13.00" in page
        assert "Rører Anna og Carla" in page
        client.post(f"/aarshjul/beregning/{run.pk}/brug/")
        assert planned.planned.get(forum=east).date == date(2026, 8, 20)

    def test_themes(self, planned, client_for, anna):
        client = client_for(anna)
        theme = Theme.objects.get()
        client.post(f"/aarshjul/{planned.pk}/temaer/", {"m202609": f"t{theme.pk}"})
        assert str(planned.themes.get()) == "Rusmidler"
        page = client.get(f"/aarshjul/{planned.pk}/temaer/")
        assert len(page.content) < 30_000

    def test_topics_of_banks_one_does_not_read_are_no_choice(self, planned, client_for, anna, east):
        TopicFactory(forum=east, heading="Vores eget emne", status="banked", level="general")
        TopicFactory(forum=ForumFactory(), heading="De andres emne", status="banked", level="general")
        html = client_for(anna).get(f"/aarshjul/{planned.pk}/temaer/").content.decode()
        assert "Vores eget emne" in html
        assert "De andres emne" not in html

    def test_a_theme_is_taken_away_again(self, planned, client_for, anna):
        client = client_for(anna)
        theme = Theme.objects.get()
        planned.themes.create(month=date(2026, 9, 1), theme=theme)
        client.post(f"/aarshjul/{planned.pk}/temaer/", {"m202609": ""})
        assert not planned.themes.exists()

    def test_hours(self, planned, client_for, anna, grethe, bo):
        publish(anna, planned)
        html = client_for(grethe).get(f"/aarshjul/{planned.pk}/timer/fora/").content.decode()
        assert "3,5" in html  # an own meeting of an hour and a half, and the joint one of two hours
        assert "Carla" in client_for(anna).get(f"/aarshjul/{planned.pk}/timer/personer/").content.decode()
        assert client_for(bo).get(f"/aarshjul/{planned.pk}/timer/personer/").status_code == 403

    def test_who_does_not_plan_is_turned_away(self, planned, client_for, bo, hans, grethe):
        row = planned.planned.first()
        for user in (bo, hans, grethe):
            client = client_for(user)
            for path in (
                f"/aarshjul/{planned.pk}/", "/aarshjul/nyt/", "/aarshjul/regler/", f"/aarshjul/moede/{row.pk}/",
                f"/aarshjul/{planned.pk}/offentliggoer/", "/aarshjul/optaget/alle/", f"/aarshjul/{planned.pk}/temaer/",
            ):  # fmt: skip
                assert client.get(path).status_code == 403, (user, path)


class TestBusyPages:
    def test_a_member_writes_a_pattern_a_day_and_a_file(self, plan, client_for, bo):
        client = client_for(bo)
        client.post("/aarshjul/optaget/", {"hvad": "tid", "weekday": "2", "starts": "13:00", "ends": "16:00"})
        client.post("/aarshjul/optaget/", {"hvad": "tid", "weekday": "", "day": "2026-10-01"})
        weekly, once = BusyTime.objects.order_by("pk")
        assert (weekly.weekday, weekly.starts) == (2, time(13))
        assert (once.date, once.starts) == (date(2026, 10, 1), time(0))
        html = client.get("/aarshjul/optaget/").content.decode()
        assert "Hver tirsdag" in html
        assert "Hele dagen" in html

    @pytest.mark.parametrize(
        ("given", "said"),
        [
            ({"weekday": ""}, "Skriv en dato"),
            ({"weekday": "2", "day": "2026-10-01"}, "ikke begge"),
            ({"weekday": "2", "starts": "16:00", "ends": "13:00"}, "slutte, efter"),
            ({"weekday": "2", "starts": "16:00"}, "begge klokkeslæt"),
        ],
    )
    def test_what_is_wrong_is_said_at_the_field(self, plan, client_for, bo, given, said):
        response = client_for(bo).post("/aarshjul/optaget/", {"hvad": "tid", **given})
        assert (response.status_code, BusyTime.objects.count()) == (422, 0)
        assert said in response.content.decode()

    def test_a_calendar_that_is_too_large_is_told_at_the_field(self, plan, client_for, bo, monkeypatch):
        from tovholder.yearwheel.fetching import UnreachableError  # what the net answers
        from tovholder.yearwheel.services import busy  # where it is asked

        def large(url):
            raise UnreachableError("too_large")

        monkeypatch.setattr(busy, "fetch", large)
        given = {"hvad": "kalender", "url": "https://kalender.example/x.ics"}
        response = client_for(bo).post("/aarshjul/optaget/", given)
        assert "mere end 5 MB" in response.content.decode()
        assert "https://kalender.example/x.ics" in response.content.decode()

    def test_nobody_finds_anothers_times_by_guessing(self, plan, client_for, anna, bo, carla):
        row = BusyTime.objects.create(person=bo.person, weekday=2, starts=time(9), ends=time(10))
        client = client_for(carla)
        told = [client.get(f"/aarshjul/optaget/{pk}/") for pk in (bo.person.pk, 987654321)]
        assert [each.status_code for each in told] == [403, 403]
        assert client.post(f"/aarshjul/optaget/tid/{row.pk}/slet/").status_code == 404
        assert client_for(anna).get(f"/aarshjul/optaget/{bo.person.pk}/").status_code == 200
        assert client_for(anna).get("/aarshjul/optaget/987654321/").status_code == 404


class TestWatching:
    def test_rules_31_to_33_on_min_dag(self, municipality, anna, bo, east, west, joint, calendar, client_for):
        this = years.make(by=anna, starts_on=date(2025, 8, 1), ends_on=date(2026, 7, 31))
        from tests.factories import MeetingFactory, ParticipationFactory  # two meetings at one time
        from tovholder.meetings.services.days import at  # where the municipality lives

        for forum in (east, west):
            meeting = MeetingFactory(
                lead_forum=forum,
                starts_at=at(date(2026, 3, 10), time(13)),
                ends_at=at(date(2026, 3, 10), time(14)),
            )
            ParticipationFactory(meeting=meeting, person=anna.person)
        assert watching.look(this) >= 4
        html = client_for(anna).get("/").content.decode()
        assert "indkaldelsen skulle være sendt" in html
        assert "mangler" in html
        wheel = client_for(anna).get(f"/aarshjul/?aar={this.pk}").content.decode()
        assert "ligger på samme tid" in wheel or "Og " in wheel
        assert "indkaldelsen skulle" not in client_for(bo).get("/").content.decode()

    def test_a_theme_that_does_not_reach_a_district(self, anna, east, west, calendar):
        from tovholder.yearwheel.queries import watch  # what the worker asks

        this = years.make(by=anna, starts_on=date(2025, 8, 1), ends_on=date(2026, 7, 31))
        this.themes.create(month=date(2026, 4, 1), theme=Theme.objects.get())
        texts = [each.text for each in watch.look(this, date(2026, 3, 2))]
        assert any("Rusmidler når ikke ud i Øster, Vester" in text for text in texts)


def test_moved_by_hand_is_told_on_the_plan(planned, client_for, anna, east):
    moving.move(by=anna, row=planned.planned.get(forum=east), day=date(2026, 8, 27), start=time(9))
    html = client_for(anna).get(f"/aarshjul/{planned.pk}/").content.decode()
    assert "1 er flyttet med hånden" in html
