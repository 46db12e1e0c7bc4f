"""The form of a rule: what it takes, what it refuses at the field, and what the planner is told then."""

from __future__ import annotations

import re
from datetime import date

from tovholder.yearwheel.models import PlanningRule
from tovholder.yearwheel.queries.document import build, members_of


def test_rules_are_typed_and_kept(plan, client_for, anna, east, carla):
    client, url = client_for(anna), f"/aarshjul/regler/forum/{east.pk}/"
    given = {
        "rhythm": "months", "months": ["9", "10"], "minutes": "60", "weekdays": ["2", "3"], "starts": "9.00, 13.30",
        "preferred_starts": "13.30", "min_gap_days": "7", "must": [str(carla.person.pk)], "weekdays_in_10": "fredag", "starts_in_9": "8.30", "starts_in_10": "",
    }  # fmt: skip
    assert client.post(url, given).status_code == 302
    rule = PlanningRule.objects.get(forum=east)
    assert (rule.months, rule.starts, rule.weekdays_by_month) == (
        [9, 10],
        ["09:00", "13:30"],
        {"10": [5]},
    )
    assert rule.starts_by_month == {"9": ["08:30"]}
    page = client.get(url).content.decode()
    assert 'name="starts_in_9" value="08.30"' in page
    ids = re.findall(r' id="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    assert (
        "kl. 9.00 og 13.30, 60 min, andre klokkeslæt i september"
        in client.get("/aarshjul/regler/").content.decode()
    )

    assert dict(members_of([east], date(2026, 9, 1))[east.pk]) == {
        anna.person.pk: False, carla.person.pk: True,
    }  # fmt: skip
    for wrong, said in (
        ({"starts": "25.00"}, "kan ikke læses"),
        ({"starts_in_9": "halv ti"}, "kan ikke læses"),
        ({"minutes": "700"}, "Et møde på 700 minutter kl. 13.30 ville slutte efter midnat."),
        ({"starts_in_9": "23.30"}, "Et møde på 60 minutter kl. 23.30 ville slutte efter midnat."),
        ({"preferred_starts": "8.15"}, "blandt det, der er tilladt"),
        ({"weekdays": [], "preferred_weekdays": [], "weekdays_in_10": ""}, "mindst én ugedag"),
        ({"weekdays": [], "preferred_weekdays": []}, "mindst én ugedag"),  # September has none
        ({"months": []}, "mindst én måned"),
        ({"weekdays_in_10": "søndagg"}, "kan ikke læses"),
        ({"preferred_weekdays": ["5"], "weekdays_in_10": ""}, "blandt det, der er tilladt"),
        ({"preferred_weekdays": ["4"]}, "blandt det, der er tilladt"),
    ):
        assert said in client.post(url, {**given, **wrong}).content.decode()


def test_weekdays_of_months_that_are_emptied_do_not_come_back_from_the_forum(plan, client_for, anna, east):
    """Øster varies by month in the set-up of the forum; a rule that says the same day all year is followed."""
    east.weekday_varies, east.weekdays_by_month = True, {"9": [1], "10": [3]}
    east.save()
    given = {
        "rhythm": "months", "months": ["9", "10", "11"], "minutes": "60", "weekdays": ["2"], "starts": "9.00", "min_gap_days": "0",
    }  # fmt: skip
    assert client_for(anna).post(f"/aarshjul/regler/forum/{east.pk}/", given).status_code == 302
    data = build(plan)
    row = next(each for each in data["forums"] if each["id"] == f"f{east.pk}")
    days = [row["weekdays_by_month"].get(month, row["weekdays"]) for month in ("9", "10", "11")]
    assert days == [[2], [2], [2]]


def test_rules_of_joint_meetings_and_events(plan, client_for, anna, joint, event):
    client = client_for(anna)
    given = {
        "count": "4",
        "replaces": "on",
        "minutes": "120",
        "weekdays": ["2"],
        "starts": "9.00",
        "min_gap_days": "30",
    }
    assert client.post(f"/aarshjul/regler/faelles/{joint.pk}/", given).status_code == 302
    assert PlanningRule.objects.get(joint=joint).replaces is True
    given = {
        "window_starts": "20-05",
        "window_ends": "15-06",
        "minutes": "300",
        "weekdays": ["4"],
        "starts": "9.00",
    }
    assert client.post(f"/aarshjul/regler/faelles/{event.pk}/", given).status_code == 302
    assert PlanningRule.objects.get(joint=event).window_starts == "05-20"
    assert (
        "15-05"
        in client.post(
            f"/aarshjul/regler/faelles/{event.pk}/", {**given, "window_ends": "x"}
        ).content.decode()
    )


class TestTheWayBack:
    """Who plans a year goes from it to rules, busy times and fixed points, and finds back to it."""

    def test_rules_lead_to_the_list_and_the_list_to_the_plan(self, plan, anna, east, client_for):
        client, way = client_for(anna), f'<a href="/aarshjul/{plan.pk}/">Planlæg 2026/27</a>'
        html = client.get(f"/aarshjul/{plan.pk}/").content.decode()
        for page in ("regler", "optaget/alle", "faste-punkter"):
            assert f'href="/aarshjul/{page}/?plan={plan.pk}"' in html
            assert way in _plain(client.get(f"/aarshjul/{page}/?plan={plan.pk}"))
            assert "Planlæg 2026/27" not in _plain(client.get(f"/aarshjul/{page}/"))
        rule = f"/aarshjul/regler/forum/{east.pk}/?plan={plan.pk}"
        assert f'href="{rule}&amp;liste"' in client.get(f"/aarshjul/regler/?plan={plan.pk}").content.decode()
        assert way in _plain(client.get(rule))
        given = {"rhythm": "none", "minutes": "60", "weekdays": ["2"], "starts": "9.00", "min_gap_days": "0"}
        assert client.post(f"{rule}&liste", given).url == f"/aarshjul/regler/?plan={plan.pk}"

    def test_so_do_busy_times(self, plan, anna, carla, client_for):
        client = client_for(anna)
        page = f"/aarshjul/optaget/{carla.person.pk}/?plan={plan.pk}"
        assert f'href="{page}"' in client.get(f"/aarshjul/optaget/alle/?plan={plan.pk}").content.decode()
        found = client.post("/aarshjul/optaget/alle/", {"q": "Carla", "plan": str(plan.pk)}, follow=True)
        assert f'href="{page}"' in found.content.decode()
        assert f'href="/aarshjul/optaget/alle/?plan={plan.pk}"' in client.get(page).content.decode()
        assert client.post(page, {"hvad": "antal", "meetings": "2"}).url == page
        own = f"/aarshjul/optaget/{anna.person.pk}/?plan={plan.pk}"
        answer = client.post(own, {"hvad": "antal", "meetings": "2"})
        assert answer.url == f"/aarshjul/optaget/?plan={plan.pk}"
        assert "Planlæg 2026/27" in client.get(answer.url).content.decode()

    def test_of_a_year_that_is_none_nothing_is_said(self, plan, anna, bo, client_for):
        for wanted in ("9999", "x", "1' or 1"):
            assert client_for(anna).get("/aarshjul/regler/", {"plan": wanted}).status_code == 200
        html = client_for(bo).get(f"/aarshjul/optaget/?plan={plan.pk}").content.decode()
        assert "Planlæg 2026/27" not in html  # Bo does not plan


def _plain(answer) -> str:
    return re.sub(r'<a class="[^"]*" href', "<a href", answer.content.decode())
