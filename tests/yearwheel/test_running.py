"""From rules to a plan: the input, the run in the worker, what is taken into use."""

from __future__ import annotations

from datetime import date, time, timedelta

import pytest
from django.utils import timezone
from structlog.testing import capture_logs

from tests.factories import MeetingFactory, ParticipationFactory
from tests.yearwheel.conftest import Told, out, place, rows, solved
from tovholder.access.decision import Refused
from tovholder.meetings.services.days import at
from tovholder.yearwheel.models import BusyTime, PlanningRule, PlanRun
from tovholder.yearwheel.planning import Suggestion, check_input
from tovholder.yearwheel.queries import document
from tovholder.yearwheel.services import applying, moving, publishing, rules, runs, years


def _busy(plan, user):
    persons = document.build(plan)["persons"]
    return next(each["busy"] for each in persons if each["id"] == f"p{user.person.pk}")


class TestRun:
    def test_the_first_plan_is_taken_into_use_at_once(self, plan, fake, anna, east):
        fake.answer = lambda data: out([place(f"f{east.pk}", 1, "2026-08-13")])
        solved(anna, plan)
        assert [(row.of, row.date, row.locked) for row in rows(plan)] == [
            (f"f{east.pk}", date(2026, 8, 13), False)
        ]

    def test_a_later_plan_waits_until_it_is_said_yes_to(self, plan, fake, anna, east):
        fake.answer = lambda data: out([place(f"f{east.pk}", 1, "2026-08-13")])
        solved(anna, plan)
        fake.answer = lambda data: out([place(f"f{east.pk}", 1, "2026-08-20")])
        solved(anna, plan)
        assert rows(plan)[0].date == date(2026, 8, 13)
        run = plan.runs.first()
        (difference,) = applying.differences(run)
        assert difference.new == (date(2026, 8, 20), time(13))
        assert anna.person.pk in difference.persons
        applying.use(by=anna, run=run)
        assert rows(plan)[0].date == date(2026, 8, 20)

    def test_previous_places_are_told_and_what_was_moved_by_hand_stands_fast(
        self, plan, fake, anna, east, west
    ):
        fake.answer = lambda data: out(
            [place(f"f{east.pk}", 1, "2026-08-13"), place(f"f{west.pk}", 1, "2026-08-18")]
        )
        solved(anna, plan)
        moving.move(by=anna, row=rows(plan)[0], day=date(2026, 8, 27), start=time(9))
        data = document.build(plan)
        assert data["fixed"] == [{"of": f"f{east.pk}", "date": "2026-08-27", "start": "09:00"}]
        assert data["previous"] == [{"of": f"f{west.pk}", "date": "2026-08-18", "start": "13:00", "which": 1}]

    def test_two_runs_at_once_are_refused(self, plan, fake, anna):
        runs.start(by=anna, plan=plan)
        with pytest.raises(Refused, match="allerede regnet"):
            runs.start(by=anna, plan=plan)

    def test_progress_is_written_and_stop_keeps_the_best(self, plan, fake, anna, east, monkeypatch):
        best = out([place(f"f{east.pk}", 1, "2026-08-13")], status="feasible", cost=7, bound=3)
        said = []

        def plan_year(data, *, on_progress, start):
            said.append(on_progress(Told(9, 0, 0.1, best)))
            PlanRun.objects.update(stop_asked=True)
            monkeypatch.setattr(runs, "TELL_EVERY", 0)
            said.append(on_progress(Told(7, 3, 0.2, best)))
            return best

        fake.plan_year = plan_year
        run = runs.start(by=anna, plan=plan)
        assert runs.solve(run.pk) == "done"
        run.refresh_from_db()
        assert said == [True, False]
        assert (run.cost, run.bound, run.is_optimal) == (7, 3, False)

    def test_a_killed_worker_says_so_and_goes_on_from_its_best(self, plan, fake, anna):
        run = runs.start(by=anna, plan=plan)
        best = out([], cost=5)
        PlanRun.objects.filter(pk=run.pk).update(
            status="running", best=best, heartbeat_at=timezone.now() - timedelta(minutes=5)
        )
        run.refresh_from_db()
        assert runs.is_quiet(run)
        runs.start_again(by=anna, run=run)
        runs.solve(run.pk)
        assert fake.started_from == [best]

    def test_what_is_heard_too_soon_is_written_all_the_same(self, plan, fake, anna, monkeypatch):
        monkeypatch.setattr(runs, "TELL_EVERY", 1000)
        costs = []

        def plan_year(data, *, on_progress, start):
            for cost in (9, 7, 5):
                on_progress(Told(cost, 0, 0.1, out([], cost=cost)))
            on_progress(Told(5, 3, 0.2, None))
            costs.append(PlanRun.objects.get().cost)
            raise RuntimeError("the worker is killed")

        fake.plan_year = plan_year
        run = runs.start(by=anna, plan=plan)
        runs.solve(run.pk)
        run.refresh_from_db()
        assert (costs, run.cost, run.bound, run.best["cost"]) == ([9], 5, 3, 5)

    def test_a_run_has_one_worker(self, plan, fake, anna):
        run = runs.start(by=anna, plan=plan)
        # It waited so long that somebody let it start again: two tasks, and one of them finds it taken.
        PlanRun.objects.filter(pk=run.pk).update(asked_at=timezone.now() - timedelta(minutes=5))
        run.refresh_from_db()
        runs.start_again(by=anna, run=run)
        second = []

        def answer(data):
            second.append(runs.solve(run.pk))
            return out([])

        fake.answer = answer
        assert (runs.solve(run.pk), second, len(fake.seen)) == ("done", [""], 1)

    def test_the_first_answer_waits_when_the_plan_was_changed_meanwhile(self, plan, fake, anna, east):
        def answer(data):
            years.touched(years.locked(plan))
            return out([place(f"f{east.pk}", 1, "2026-08-13")])

        fake.answer = answer
        run = runs.start(by=anna, plan=plan)
        assert runs.solve(run.pk) == "done"
        run.refresh_from_db()
        assert (run.status, run.used_at, run.told, rows(plan)) == ("done", None, "", [])

    def test_a_fault_in_the_planner_is_told_without_its_words(self, plan, fake, anna):
        def broken(*args, **kwargs):
            raise RuntimeError("hemmeligt")

        fake.plan_year = broken
        run = runs.start(by=anna, plan=plan)
        assert runs.solve(run.pk) == "failed"
        run.refresh_from_db()
        assert "hemmeligt" not in run.told

    def test_an_answer_to_a_plan_that_was_changed_since_is_refused(self, plan, fake, anna, east):
        fake.answer = lambda data: out([place(f"f{east.pk}", 1, "2026-08-13")])
        solved(anna, plan)
        run = runs.start(by=anna, plan=plan)
        moving.move(by=anna, row=rows(plan)[0], day=date(2026, 8, 20), start=time(13))
        runs.solve(run.pk)
        run.refresh_from_db()
        with pytest.raises(Refused, match="ændret"):
            applying.use(by=anna, run=run)

    def test_only_who_plans_starts_stops_and_uses(self, plan, fake, anna, bo, hans):
        run = runs.start(by=anna, plan=plan)
        for user in (bo, hans):
            for ask in (
                lambda user=user: runs.start(by=user, plan=plan),
                lambda user=user: runs.stop(by=user, run=run),
                lambda user=user: applying.use(by=user, run=run),
            ):
                with pytest.raises(Refused):
                    ask()

    def test_the_real_planner_places_the_year_and_breaks_no_rule(self, plan, anna, carla, joint, event):
        plan.seconds = 3
        plan.save()
        BusyTime.objects.create(person=carla.person, weekday=2, starts=time(13), ends=time(16))
        solved(anna, plan)
        assert len(rows(plan)) >= 20
        assert all(row.date not in (date(2026, 12, 22), date(2027, 6, 5)) for row in rows(plan))


class TestProposals:
    """What is said of a meeting without a place is worked out after the plan, and never at its cost."""

    @pytest.fixture
    def missing(self, fake, east):
        because = [{"code": "out_of_time", "persons": [], "dates": []}]
        unplaced = [{"of": f"f{east.pk}", "which": which, "because": because} for which in (1, 2)]
        fake.answer = lambda data: out([], unplaced=[dict(each) for each in unplaced], status="feasible")

    def test_a_fault_in_them_does_not_throw_the_plan_away(self, plan, fake, missing, anna):
        found = iter([[Suggestion("solve_again", ())]])
        fake.frees = lambda unplaced: next(found)  # there is no second one
        with capture_logs() as logs:
            solved(anna, plan)
        assert plan.runs.get().status == "done"
        assert [each.get("helps") is None for each in plan.unplaced] == [False, True]
        (line,) = [each for each in logs if each["event"] == "plan_run_proposals_failed"]
        assert set(line) == {"event", "log_level", "run", "error"}

    def test_a_stop_is_seen_and_the_worker_heard_of_while_they_are_worked_out(
        self, plan, fake, missing, anna, monkeypatch
    ):
        monkeypatch.setattr(runs, "HELP_SECONDS_STOPPED", -1)
        long_ago = timezone.now() - timedelta(minutes=5)

        def frees(unplaced):
            PlanRun.objects.update(stop_asked=True, heartbeat_at=long_ago)
            return []

        fake.frees = frees
        solved(anna, plan)
        assert [each.get("helps") for each in plan.unplaced] == [[], None]
        assert plan.runs.get().heartbeat_at > long_ago


class TestWhatStands:
    def test_a_meeting_made_elsewhere_is_taken_in_and_stands_fast(self, plan, fake, anna, east):
        meeting = MeetingFactory(
            lead_forum=east,
            starts_at=at(date(2026, 9, 10), time(13)),
            ends_at=at(date(2026, 9, 10), time(15)),
        )
        years.take_in(by=anna, plan=plan)
        (row,) = rows(plan)
        assert (row.meeting, row.locked, row.was_there, row.end) == (meeting, True, True, time(15))
        assert document.build(plan)["fixed"] == [
            {"of": f"f{east.pk}", "date": "2026-09-10", "start": "13:00"}
        ]

    def test_one_moved_on_its_own_page_is_followed(self, plan, fake, anna, east):
        meeting = MeetingFactory(
            lead_forum=east,
            starts_at=at(date(2026, 9, 10), time(13)),
            ends_at=at(date(2026, 9, 10), time(15)),
        )
        years.take_in(by=anna, plan=plan)
        meeting.starts_at, meeting.ends_at = at(date(2026, 9, 17), time(9)), at(date(2026, 9, 17), time(11))
        meeting.save()
        years.take_in(by=anna, plan=plan)
        assert (rows(plan)[0].date, rows(plan)[0].start) == (date(2026, 9, 17), time(9))

    def test_one_made_longer_on_its_own_page_is_followed_and_keeps_its_people_to_the_end(
        self, plan, fake, anna, carla, east
    ):
        meeting = MeetingFactory(
            lead_forum=east,
            starts_at=at(date(2026, 9, 10), time(9)),
            ends_at=at(date(2026, 9, 10), time(10, 30)),
        )
        years.take_in(by=anna, plan=plan)
        PlanningRule.objects.create(key="r", forum=east, minutes=90)
        assert _busy(plan, carla) == []
        meeting.ends_at = at(date(2026, 9, 10), time(15))
        meeting.save()
        years.take_in(by=anna, plan=plan)
        (row,) = rows(plan)
        assert (row.end, row.locked) == (time(15), True)
        # Fifteen minutes to the next meeting, as after any.
        for user in (anna, carla):
            assert _busy(plan, user) == [{"date": "2026-09-10", "start": "10:30", "end": "15:15"}]
        assert list(check_input(document.build(plan))) == []
        # Tried at another place of the same day it is not in its own way.
        tried = moving.Ground.of(plan, row).trial.clashes(date(2026, 9, 10), time(11))
        assert [each.code for each in tried if each.own] == []

    def test_a_meeting_of_a_forum_that_is_planned_no_more_is_in_nobodys_free_time(
        self, plan, fake, anna, bo, east, west
    ):
        fake.answer = lambda data: out(
            [place(f"f{east.pk}", 1, "2026-08-13"), place(f"f{west.pk}", 1, "2026-08-18")]
        )
        solved(anna, plan)
        made = publishing.start(by=anna, plan=plan, version=plan.version, invites=True)
        publishing.run(made.pk)
        rules.change(by=anna, thing=east, rhythm="none")
        data = document.build(plan)
        assert _busy(plan, anna) == [{"date": "2026-08-13", "start": "13:00", "end": "14:30"}]
        assert [each["id"] for each in data["forums"]] == [f"f{west.pk}"]
        # Planned again it stays, since nobody was asked about it.
        fake.answer = lambda data: out([place(f"f{west.pk}", 1, "2026-08-18")])
        solved(anna, plan)
        run = plan.runs.first()
        assert applying.differences(run) == []
        applying.use(by=anna, run=run)
        assert [row.dropped for row in rows(plan)] == [False, False]

    def test_so_is_one_that_was_moved_by_hand_and_is_in_no_calendar(self, plan, fake, anna, bo, east, west):
        fake.answer = lambda data: out(
            [place(f"f{east.pk}", 1, "2026-08-13"), place(f"f{west.pk}", 1, "2026-08-18")]
        )
        solved(anna, plan)
        moving.move(by=anna, row=plan.planned.get(forum=east), day=date(2026, 8, 20), start=time(22, 30))
        assert _busy(plan, anna) == []
        rules.change(by=anna, thing=east, rhythm="none")
        assert _busy(plan, anna) == [{"date": "2026-08-20", "start": "22:30", "end": "24:00"}]
        assert _busy(plan, bo) == []  # who sits in Vester only
        assert list(check_input(document.build(plan))) == []
        fake.answer = lambda data: out([place(f"f{west.pk}", 1, "2026-08-18")])
        applying.use(by=anna, run=solved(anna, plan).runs.first())
        assert {row.forum for row in rows(plan)} == {east, west}

    def test_and_stands_fast_where_the_forum_meets_with_others(self, plan, fake, anna, east, joint):
        fake.answer = lambda data: out([place(f"f{east.pk}", 1, "2026-08-13")])
        solved(anna, plan)
        publishing.run(publishing.start(by=anna, plan=plan, version=plan.version, invites=False).pk)
        rules.change(by=anna, thing=east, rhythm="none")
        data = document.build(plan)
        assert data["fixed"] == [{"of": f"f{east.pk}", "date": "2026-08-13", "start": "13:00"}]
        assert (_busy(plan, anna), list(check_input(data))) == ([], [])

    def test_an_event_without_a_day_in_the_year_is_left_out_and_said_so(
        self, fake, anna, calendar, event, client_for
    ):
        plan = years.make(by=anna, starts_on=date(2026, 8, 1), ends_on=date(2027, 4, 30))
        meeting = MeetingFactory(
            lead_forum=event.forums.first(),
            kind="event",
            starts_at=at(date(2026, 9, 10), time(9)),
            ends_at=at(date(2026, 9, 10), time(14)),
        )
        meeting.forums.set(event.forums.all())
        ParticipationFactory(meeting=meeting, person=anna.person)
        years.take_in(by=anna, plan=plan)
        assert [row.of for row in rows(plan)] == [f"j{event.pk}"]
        data = document.build(plan)
        assert (data["events"], data["fixed"], list(check_input(data))) == ([], [], [])
        assert _busy(plan, anna) == [{"date": "2026-09-10", "start": "09:00", "end": "14:00"}]
        run = runs.start(by=anna, plan=plan)
        assert runs.solve(run.pk) == "done"
        assert [row.dropped for row in rows(plan)] == [False]
        html = client_for(anna).get(f"/aarshjul/{plan.pk}/").content.decode()
        assert "ikke har nogen dage i dette skoleår: Forebyggelsesdag." in html

    def test_two_fixed_ones_that_ask_for_one_person_are_named(self, plan, fake, anna, east, west):
        for forum in (east, west):
            MeetingFactory(
                lead_forum=forum,
                starts_at=at(date(2027, 2, 10), time(13)),
                ends_at=at(date(2027, 2, 10), time(15)),
            )
        with pytest.raises(Refused, match="Anna skal være med til begge"):
            runs.start(by=anna, plan=plan)

    def test_history_that_lay_on_top_of_itself_is_no_reason_to_plan_nothing(
        self, plan, fake, anna, east, west
    ):
        for forum in (east, west):
            MeetingFactory(
                lead_forum=forum,
                starts_at=at(date(2026, 9, 10), time(13)),
                ends_at=at(date(2026, 9, 10), time(15)),
            )
        years.take_in(by=anna, plan=plan)
        data = document.build(plan, today=date(2026, 11, 1))
        assert len(data["fixed"]) == 1
        missing = [
            {"of": f"f{pk}", "which": 1, "because": [{"code": "no_working_day", "persons": [], "dates": []}]}
            for pk in (east.pk, west.pk)
        ]
        fake.answer = lambda data: out(
            [place(data["fixed"][0]["of"], 2, "2026-09-10")], unplaced=missing, status="feasible"
        )
        run = PlanRun.objects.create(plan=plan, data=data, asked_by=anna, from_version=plan.version + 1)
        runs.solve(run.pk)
        plan.refresh_from_db()
        # One of the two is left over: it stands, and what it would have been is not called missing.
        assert len(rows(plan)) == 2
        assert len(plan.unplaced) == 1
