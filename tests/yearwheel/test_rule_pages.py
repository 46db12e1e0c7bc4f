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
