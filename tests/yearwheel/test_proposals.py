"""What would free a meeting without a date, as the page says it: a change, and the way to its rule."""

from __future__ import annotations

from dataclasses import asdict

from tests.yearwheel.conftest import out, solved
from tovholder.yearwheel.planning import Suggestion


def test_proposals_are_kept_said_and_lead_to_the_rule(plan, fake, anna, east, carla, joint, client_for):
    missing = [
        {
            "of": f"f{east.pk}",
            "which": 1,
            "because": [{"code": "person_busy", "persons": [], "dates": []}],
        },
        {"of": f"j{joint.pk}", "which": 1, "because": [{"code": "min_gap", "persons": [], "dates": []}]},
        {
            "of": f"f{east.pk}",
            "which": 2,
            "because": [{"code": "person_busy", "persons": [], "dates": []}],
        },
    ]
    f, person = f"f{east.pk}", f"p{carla.person.pk}"
    answers = iter(
        [
            [
                Suggestion("allow_weekday", ("2026-09-09",), of=f, weekday=3, month=9),
                Suggestion("allow_start", (), of=f, start="08:30"),
                Suggestion("raise_max_per_day", (), person=person, number=3),
            ],
            [
                Suggestion("drop_min_gap", (), of=f, number=5),
                Suggestion("make_optional", (), of=f, person=person),
                Suggestion("raise_max_parallel", (), number=2),
            ],
            [],
        ]
    )
    fake.answer = lambda data: out([], unplaced=missing, status="feasible")
    fake.frees = lambda unplaced: next(answers)
    solved(anna, plan)
    html = client_for(anna).get(f"/aarshjul/{plan.pk}/").content.decode()
    rule = f"/aarshjul/regler/forum/{east.pk}/?plan={plan.pk}"
    for text, url in (
        ("Tillad også onsdag i september, for eksempel 9. september.", f"{rule}#id_weekdays_in_9"),
        ("Tillad også kl. 8.30.", f"{rule}#id_starts"),
        (
            "Lad Carla have 3 møder på en dag.",
            f"/aarshjul/optaget/{carla.person.pk}/?plan={plan.pk}#id_meetings",
        ),
        ("Sæt »Mindst så mange dage imellem« ned til 5 i Netværk Øster.", f"{rule}#id_min_gap_days"),
        ("Gør deltagelsen valgfri for Carla i Netværk Øster.", f"{rule}#id_must_0"),
        ("Tillad 2 møder på samme tid.", f"/aarshjul/{plan.pk}/indstillinger/#id_max_parallel"),
    ):
        said, comma, when = text.rstrip(".").partition(", for")
        assert f'<li><a href="{url}">{said}</a>{comma}{when}.</li>' in html
    assert html.count("Vi fandt ingen enkelt ændring, der var nok, da planen blev regnet.") == 1


def test_the_rule_leads_back_to_the_plan(plan, fake, anna, east, client_for):
    given = {
        "rhythm": "months",
        "months": ["9"],
        "minutes": "60",
        "weekdays": ["2"],
        "starts": "9.00",
        "min_gap_days": "0",
    }
    plans_page, url = f"/aarshjul/{plan.pk}/", f"/aarshjul/regler/forum/{east.pk}/"
    client = client_for(anna)
    assert client.post(f"{url}?plan={plan.pk}", given).url == plans_page
    assert client.post(f"{url}?plan=https://ond.example/", given).url == "/aarshjul/regler/"


def test_what_an_earlier_version_proposed_is_left_out(plan, anna, east, client_for):
    old = [{"code": "raise_max_parallel", "weekday": None, "start": None, "person": None, "dates": []}]
    missing = {"of": f"f{east.pk}", "which": 1, "because": [{"code": "max_parallel"}], "helps": old}
    plan.unplaced = [missing]
    plan.save()
    html = client_for(anna).get(f"/aarshjul/{plan.pk}/").content.decode()
    assert "Der er allerede så mange møder på samme tid, som I har tilladt." in html
    assert "Tillad 0 møder" not in html
    assert "da planen blev regnet" not in html


def test_where_there_is_no_day_and_no_proposal_the_way_out_is_said(plan, anna, east, client_for):
    f = f"f{east.pk}"
    shut = {"code": "no_working_day", "persons": [], "dates": []}
    late = {"code": "out_of_time", "persons": [], "dates": []}
    plan.unplaced = [
        {"of": f, "which": 1, "because": [shut], "helps": []},
        {
            "of": f,
            "which": 2,
            "because": [late],
            "helps": [asdict(Suggestion("solve_again", ("2026-09-09",)))],
        },
    ]
    plan.save()
    html = client_for(anna).get(f"/aarshjul/{plan.pk}/").content.decode()
    assert html.count('<p class="th-d">Tillad flere ugedage, eller gør varslet kortere.</p>') == 1
    assert "Vi fandt ingen" not in html
    assert "<li>Der er plads, for eksempel 9. september. Regn igen i længere tid.</li>" in html


def test_a_forum_that_meets_only_with_others_is_called_by_its_name(plan, fake, anna, east, joint, client_for):
    """Its days between are in the way of the joint meeting, and are changed in its own rule."""
    east.cadence = "when_needed"
    east.save()
    missing = {"of": f"j{joint.pk}", "which": 1, "because": [{"code": "min_gap", "persons": [], "dates": []}]}
    fake.answer = lambda data: out([], unplaced=[missing], status="feasible")
    fake.frees = lambda unplaced: [Suggestion("drop_min_gap", (), of=f"f{east.pk}", number=5)]
    solved(anna, plan)
    solved(anna, plan)  # the second waits to be looked at
    client = client_for(anna)
    for page in (f"/aarshjul/{plan.pk}/plads/j{joint.pk}/1/", f"/aarshjul/beregning/{plan.runs.first().pk}/"):
        html = client.get(page).content.decode()
        assert "er lukket" not in html
        assert (
            f'<a href="/aarshjul/regler/forum/{east.pk}/?plan={plan.pk}#id_min_gap_days">'
            "Sæt »Mindst så mange dage imellem« ned til 5 i Netværk Øster</a>"
        ) in html
