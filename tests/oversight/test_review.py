"""The monthly review: drawn so that it can be shown, odd ones found, ticked by the right person."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from io import StringIO

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.audit.worlds import AT_ONCE, unguarded
from tests.factories import (
    DistrictFactory,
    ForumFactory,
    MeetingFactory,
    ParticipationFactory,
    join,
    make_user,
)
from tests.worlds import examples
from tovholder.access.decision import Refused
from tovholder.accounts.models import Role
from tovholder.audit.models import SYSTEM, Event
from tovholder.audit.sealing import seal
from tovholder.directory.models import RetentionPeriod
from tovholder.outbox.models import OutgoingMail
from tovholder.oversight import queries, services
from tovholder.oversight.models import LogReviewRules, Review, ReviewLine
from tovholder.oversight.nav import awaiting

pytestmark = pytest.mark.django_db
OCTOBER = date(2026, 10, 1)
Reason, Verdict = ReviewLine.Reason, ReviewLine.Verdict


def read(actor, *, day: int = 7, hour: int = 10, minute: int = 0, meeting: int = 0, month: int = 10) -> Event:
    return Event.objects.create(
        at=timezone.make_aware(datetime(2026, month, day, hour, minute)),
        kind="read",
        actor=actor.audit_key,
        action="meeting.anonymous_read",
        object_type="meetings.meeting" if meeting else "",
        object_id=str(meeting or ""),
        purpose="agenda",
        ground="at_the_table",
        details={"items": [1]},
    )


def odd_ones() -> list[tuple[str, str, int]]:
    found = queries.odd(queries.as_readings(queries.readings(OCTOBER)), queries.rules())
    return [(each.reason, each.actor, each.count) for each in found]


@pytest.fixture
def october(bo, lise):
    for day in range(1, 29):
        read(bo, day=day)
    return services.make_review(by=SYSTEM, month=OCTOBER, seed="abc")


def test_the_worker_makes_it_on_the_first_once_and_tells_the_reviewer_without_a_name(bo, lise):
    read(bo, day=31, hour=23)
    read(bo, day=1, hour=0, month=11)
    with time_machine.travel(datetime(2026, 10, 31, 22, 30, tzinfo=UTC)):  # 23.30 in Denmark
        assert services.make_due() == 0
    with time_machine.travel(datetime(2026, 10, 31, 23, 30, tzinfo=UTC)):
        assert services.make_due() == 2
        assert services.make_due() == 0
    review = Review.objects.get()
    assert (review.month, review.readings) == (OCTOBER, 1)
    (mail,) = OutgoingMail.objects.all()
    assert mail.to == lise.email
    assert f"/log/gennemgang/{review.pk}/" in mail.body
    assert "Bo" not in mail.subject + mail.body
    with pytest.raises(IntegrityError), transaction.atomic():
        services.make_review(by=SYSTEM, month=OCTOBER)


def test_a_month_that_nobody_read_in_needs_no_review(lise):
    assert services.make_due() == 0
    with pytest.raises(ValueError, match="nothing was read"):
        services.make_review(by=SYSTEM, month=OCTOBER)


@settings(
    max_examples=examples(40), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    numbers=st.lists(st.integers(1, 10**12), unique=True, min_size=1, max_size=80), seed=st.text(max_size=20)
)
def test_the_drawing_can_be_repeated_by_anyone(numbers, seed):
    drawn = services.sample(numbers, seed, 20)
    assert drawn == services.sample(numbers[::-1], seed, 20)
    assert set(drawn) <= set(numbers)
    assert len(set(drawn)) == min(20, len(numbers))


def test_what_is_needed_to_repeat_the_drawing_is_kept(october):
    between = Event.objects.filter(kind="read", pk__range=(october.first_event, october.last_event))
    drawn = services.sample(list(between.values_list("pk", flat=True)), october.seed, 20)
    lines = october.lines.filter(reason=Reason.CHANCE).order_by("event_id")
    assert list(lines.values_list("event_id", flat=True)) == drawn
    assert october.readings == between.count() == 28


def test_many_readings_on_a_day_and_readings_at_night_stand_out(bo, carla):
    for minute in range(40):
        read(bo, minute=minute)
        if minute:
            read(carla, minute=minute)
    assert odd_ones() == [(Reason.MANY, bo.audit_key, 40)]
    for hour, minute in ((21, 59), (22, 0), (5, 59), (6, 0)):
        read(carla, day=9, hour=hour, minute=minute)
    assert odd_ones()[1:] == [(Reason.NIGHT, carla.audit_key, 2)]


def test_reading_outside_own_district_stands_out_but_not_for_who_was_asked_to_come(anna, bo):
    east, west = DistrictFactory(), DistrictFactory()
    home, away, nowhere = ForumFactory(), ForumFactory(), ForumFactory()
    home.districts.add(west)
    away.districts.add(east)
    join(bo, home)
    meetings = [MeetingFactory(lead_forum=forum) for forum in (home, away, nowhere)]
    for meeting in meetings:
        for person in (bo, anna):  # Anna has no district of her own
            read(person, meeting=meeting.pk)
    assert odd_ones() == [(Reason.DISTRICT, bo.audit_key, 1)]
    ParticipationFactory(meeting=meetings[1], person=bo.person)
    assert odd_ones() == []


def test_the_municipality_says_what_is_many_and_what_is_night(bo, carla):
    rule = LogReviewRules.objects.create(
        key="standard", many_a_day=3, night_from=time(20), night_until=time(5)
    )
    for minute in range(3):
        read(bo, minute=minute)
    for hour in (19, 20, 4, 5):
        read(carla, day=hour, hour=hour)
    assert odd_ones()[0] == (Reason.MANY, bo.audit_key, 3)
    assert sorted(odd_ones()[1:]) == [(Reason.NIGHT, carla.audit_key, 1)] * 2
    for begins, ends, at, night in (
        (time(1), time(5), time(3), True),
        (time(1), time(5), time(23), False),
        (time(0), time(0), time(3), False),
    ):
        rule.night_from, rule.night_until = begins, ends
        assert rule.is_night(at) is night


def test_other_districts_are_left_out_when_the_municipality_says_so(bo):
    home, away = ForumFactory(), ForumFactory()
    for forum in (home, away):
        forum.districts.add(DistrictFactory())
    join(bo, home)
    read(bo, meeting=MeetingFactory(lead_forum=away).pk)
    assert [each[0] for each in odd_ones()] == [Reason.DISTRICT]
    LogReviewRules.objects.create(key="standard", outside_district=False)
    assert odd_ones() == []


def test_the_size_of_the_sample_is_the_municipalitys(bo, lise):
    LogReviewRules.objects.create(key="standard", sample=5)
    for day in range(1, 29):
        read(bo, day=day)
    assert services.make_review(by=SYSTEM, month=OCTOBER).lines.count() == 5


def test_odd_ones_beyond_what_one_can_look_at_are_counted(bo, lise):
    LogReviewRules.objects.create(key="standard", odd_at_most=3)
    for day in range(1, 6):
        read(bo, day=day, hour=23)
    review = services.make_review(by=SYSTEM, month=OCTOBER)
    assert (review.left_out, review.lines.exclude(reason=Reason.CHANCE).count()) == (2, 3)


def test_no_reason_takes_the_places_of_another_and_the_left_out_are_told_by_reason(
    bo, carla, lise, client_for
):
    LogReviewRules.objects.create(key="standard", many_a_day=1, odd_at_most=5)
    for day in range(1, 11):
        read(bo, day=day)
    for day in range(1, 4):
        read(carla, day=day, hour=23)
    review = services.make_review(by=SYSTEM, month=OCTOBER)
    reasons = list(review.lines.exclude(reason=Reason.CHANCE).values_list("reason", flat=True))
    assert reasons == [Reason.MANY] * 3 + [Reason.NIGHT] * 2
    assert review.left_out == 11
    made = Event.objects.get(action="oversight.review_made")
    assert made.details["left_out"] == {"many": 10, "night": 1}
    address = f"/log/gennemgang/{review.pk}/"
    assert (
        "taget med (mange læsninger på en dag: 10, om natten: 1)."
        in client_for(lise).get(address).content.decode()
    )
    unguarded("DELETE FROM audit_event", "DELETE FROM audit_unsealed")
    assert (
        "11 linjer mere skilte sig ud, og er ikke taget med."
        in client_for(lise).get(address).content.decode()
    )


def test_a_group_that_is_used_up_leaves_its_places_to_the_others(bo, carla, lise):
    LogReviewRules.objects.create(key="standard", many_a_day=1, odd_at_most=9)
    for day in range(1, 11):
        read(bo, day=day)
    read(carla, day=1, hour=23)
    review = services.make_review(by=SYSTEM, month=OCTOBER)
    reasons = list(review.lines.exclude(reason=Reason.CHANCE).values_list("reason", flat=True))
    assert reasons == [Reason.MANY] * 8 + [Reason.NIGHT]


def test_the_months_in_which_no_worker_ran_are_made_up_for(bo, lise):
    for month in (4, 6, 8):
        read(bo, month=month)
    with time_machine.travel(datetime(2026, 5, 2, tzinfo=UTC)):
        assert services.make_due() == 1
    with time_machine.travel(datetime(2026, 10, 2, tzinfo=UTC)):
        assert services.make_due() == 2
        assert services.make_due() == 0
    assert [f"{each:%m}" for each in Review.objects.values_list("month", flat=True)] == ["08", "06", "04"]


def test_they_are_made_up_for_a_year_back_and_no_longer(bo, lise):
    for month in (1, 2):
        read(bo, month=month)
    with time_machine.travel(datetime(2027, 2, 2, tzinfo=UTC)):
        assert services.make_due() == 1
    assert Review.objects.get().month == date(2026, 2, 1)


def test_a_line_is_ticked_with_a_word_and_it_is_logged(october, lise):
    line = october.lines.first()
    for verdict, note in (("wrong", " "), ("asked", ""), ("no such", "x")):
        with pytest.raises(ValueError, match=r"."):
            services.tick(by=lise, line=line, verdict=verdict, note=note)
    services.tick(by=lise, line=line, verdict="wrong", note="Havde ikke noget at gøre med mødet.")
    line.refresh_from_db()
    assert (line.verdict, line.ticked_by) == ("wrong", lise.audit_key)
    event = Event.objects.latest("pk")
    assert event.action == "oversight.line_ticked"
    assert "mødet" not in str(event.details)
    assert queries.reviews().get().found_lines == 1


def test_who_may_see_and_who_may_tick(october, personas, client_for):
    line = october.lines.first()
    seen, ticked = set(), set()
    for name, user in personas.items():
        client = client_for(user)
        answers = {
            client.get(path).status_code for path in ("/log/gennemgang/", f"/log/gennemgang/{october.pk}/")
        }
        seen |= {name} if answers == {200} else set()
        assert answers in ({200}, {403})
        answer = client.post(f"/log/gennemgang/linje/{line.pk}/", {"verdict": "fine"})
        ticked |= {name} if answer.status_code == 302 else set()
    assert (seen, ticked) == ({"ida", "lise"}, {"lise"})


def test_nobody_ticks_what_they_read_themselves(lise, bo):
    for reader in (lise, bo):
        read(reader)
    review = services.make_review(by=SYSTEM, month=OCTOBER)
    own = review.lines.get(actor=lise.audit_key)
    with pytest.raises(Refused, match="dine egne"):
        services.tick(by=lise, line=own, verdict="fine")
    other = make_user("Mads", Role.LOG_REVIEWER)
    assert [each.forum for each in awaiting(lise)] == ["1 linje mangler"]
    assert [each.forum for each in awaiting(other)] == ["2 linjer mangler"]


def test_the_page_takes_a_word_and_shows_how_far_it_is(october, client_for, lise, ida):
    client, address = client_for(lise), f"/log/gennemgang/{october.pk}/"
    page = client.get(address).content.decode()
    assert "<strong>0 af 20</strong> linjer er vurderet." in page
    assert "<strong>Bo</strong> læste anonyme punkter og aftaler på dagsordenen" in page
    line = october.lines.first()
    answer = client.post(f"/log/gennemgang/linje/{line.pk}/", {"verdict": "wrong", "note": "", "vis": "alle"})
    assert answer.status_code == 422
    assert "Skriv med et par ord" in answer.content.decode()
    answer = client.post(
        f"/log/gennemgang/linje/{line.pk}/",
        {"verdict": "wrong", "note": "Uden grund.", "vis": "alle"},
        follow=True,
    )
    page = answer.content.decode()
    assert "<strong>1 af 20</strong> linjer er vurderet. 1 er ikke uden videre i orden." in page
    findings = client_for(ida).get(f"{address}?vis=fund").content.decode()
    assert "Uden grund." in findings
    assert '<form method="post" action="/log/gennemgang' not in findings
    assert "Som databeskyttelsesrådgiver" in findings


def test_a_cpr_number_is_refused_in_the_word(october, client_for, lise):
    line = october.lines.first()
    answer = client_for(lise).post(
        f"/log/gennemgang/linje/{line.pk}/", {"verdict": "wrong", "note": "010101-1234 var nævnt"}
    )
    assert answer.status_code == 422
    line.refresh_from_db()
    assert line.note == ""


def test_min_dag_reminds_the_reviewer_until_all_is_ticked(october, client_for, lise, hans):
    assert "Gennemgå loggen for oktober 2026" in client_for(lise).get("/").content.decode()
    assert "Gennemgå loggen for" not in client_for(hans).get("/").content.decode()
    for line in october.lines.all():
        services.tick(by=lise, line=line, verdict="fine")
    assert "Gennemgå loggen for" not in client_for(lise).get("/").content.decode()


def test_a_review_outlives_the_log_it_was_drawn_from(october, client_for, lise):
    unguarded("DELETE FROM audit_event", "DELETE FROM audit_unsealed")
    page = client_for(lise).get(f"/log/gennemgang/{october.pk}/").content.decode()
    assert "læste noget, som loggen har glemt" in page


@pytest.mark.parametrize("count", [1, 30])
def test_reads_stay_the_same(client_for, lise, bo, count, django_assert_max_num_queries):
    for day in range(count):
        read(bo, day=1 + day % 28, minute=day)
    review = services.make_review(by=SYSTEM, month=OCTOBER)
    client = client_for(lise)
    for path in ("/log/gennemgang/", f"/log/gennemgang/{review.pk}/", "/"):
        with django_assert_max_num_queries(12):
            assert len(client.get(path).content) < 30_000


def test_the_log_is_forgotten_by_the_municipalitys_rule(bo):
    with pytest.raises(CommandError, match="opbevaringsperiode"):
        call_command("purge_audit")
    assert services.forget_old() == 0
    RetentionPeriod.objects.create(key="log", name="Log", months=12)
    for months in (13, 11):
        with time_machine.travel(timezone.now() - timedelta(days=31 * months)):
            Event.objects.create(at=timezone.now(), actor="system", action="demo.made")
            seal(settled_after=AT_ONCE)
    out = StringIO()
    call_command("purge_audit", stdout=out)
    assert out.getvalue().startswith("1 linjer fra før ")
    assert Event.objects.filter(action="demo.made").count() == 1
    assert services.forget_old() == 0


def test_what_was_tampered_with_is_not_forgotten_and_the_command_says_so(bo):
    RetentionPeriod.objects.create(key="log", name="Log", months=12)
    with time_machine.travel(timezone.now() - timedelta(days=500)):
        Event.objects.create(at=timezone.now(), actor="system", action="demo.made")
        seal(settled_after=AT_ONCE)
    unguarded("UPDATE audit_event SET actor = 'user:9'")
    with pytest.raises(CommandError, match="Segment 1 er ikke, som det blev forseglet"):
        call_command("purge_audit")
