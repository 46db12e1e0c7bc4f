"""What the planner is given of a municipality's year: its own form, times without words, no names."""

from __future__ import annotations

from datetime import date, time

from tovholder.yearwheel.models import BusyTime, PlanningRule, YearMark
from tovholder.yearwheel.planning import check_input
from tovholder.yearwheel.queries import closed, document


class TestInput:
    def test_it_is_an_input_the_planner_takes(self, plan, joint, event):
        data = document.build(plan, today=date(2026, 3, 2))
        assert list(check_input(data)) == []
        assert {each["id"] for each in data["forums"]} == {f"f{f.pk}" for f in plan_forums()}
        assert data["joint"][0]["count"] == 2
        assert data["events"][0]["window"] == {"start": "2027-05-15", "end": "2027-06-20"}

    def test_holidays_and_closing_days_but_not_national_points(self, plan):
        names = [each["name"] for each in document.build(plan)["closed"]]
        assert names == ["Juleferie", "Grundlovsdag"]

    def test_a_mark_over_new_year_is_one_piece(self, plan):
        mark = YearMark.objects.create(key="x", name="X", from_day="12-24", until_day="01-02", closed=True)
        assert closed.occurrences(mark, plan.starts_on, plan.ends_on) == [
            (date(2026, 12, 24), date(2027, 1, 2))
        ]

    def test_who_convenes_must_and_so_must_a_role_and_one_chosen(self, plan, east, anna, carla, bo):
        musts = dict(document.members_of([east], date(2026, 9, 1))[east.pk])
        assert musts == {anna.person.pk: True, carla.person.pk: False}
        rule = PlanningRule.objects.create(key="r", forum=east)
        rule.must_roles.add(carla.person.memberships.get(forum=east).role)
        assert dict(document.members_of([east], date(2026, 9, 1))[east.pk])[carla.person.pk] is True

    def test_busy_times_and_other_meetings_are_only_times(self, plan, carla, west):
        BusyTime.objects.create(person=carla.person, weekday=2, starts=time(13), ends=time(16))
        BusyTime.objects.create(person=carla.person, date=date(2026, 9, 1), starts=time(0), ends=time(23, 59))
        data = document.build(plan)
        me = next(each for each in data["persons"] if each["id"] == f"p{carla.person.pk}")
        assert me["busy_weekly"] == [{"weekday": 2, "start": "13:00", "end": "16:00"}]
        assert me["busy"] == [{"date": "2026-09-01", "start": "00:00", "end": "24:00"}]
        assert "Carla" not in str(data)

    def test_a_forum_without_rule_follows_its_own_rhythm(self, plan, east):
        data = document.build(plan)
        forum = next(each for each in data["forums"] if each["id"] == f"f{east.pk}")
        assert forum["rule"] == {"months": [1, 2, 3, 4, 5, 6, 8, 9, 10, 11, 12]}
        assert forum["weekdays"] == [4]


def plan_forums():
    from tovholder.forums.models import Forum  # the rows of this test's database

    return Forum.objects.all()
