"""Plan, move, cancel; and the dates of a series."""

from __future__ import annotations

from datetime import date, time, timedelta

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from tests.factories import ForumFactory, join, local
from tovholder.access.decision import Refused
from tovholder.audit.models import Event
from tovholder.directory.models import SchoolHoliday
from tovholder.meetings.models import Meeting, Series
from tovholder.meetings.services import days, invitations, planning
from tovholder.meetings.services.series import SeriesRule, dates
from tovholder.outbox.models import OutgoingMail


def plan(by, forum, days_ahead: int = 30, **more) -> Meeting:
    starts = timezone.now().replace(microsecond=0) + timedelta(days=days_ahead)
    return planning.create_meeting(
        by=by, forums=[forum], starts_at=starts, ends_at=starts + timedelta(minutes=90), **more
    )


@pytest.mark.parametrize(("rule", "expected"), [
    (SeriesRule("nth_weekday", date(2026, 9, 1), date(2026, 12, 31), nth=2, weekday=2),
     [date(2026, 9, 8), date(2026, 10, 13), date(2026, 11, 10), date(2026, 12, 8)]),
    (SeriesRule("nth_weekday", date(2026, 9, 1), date(2026, 10, 31), nth=-1, weekday=5),
     [date(2026, 9, 25), date(2026, 10, 30)]),
    (SeriesRule("every_n_weeks", date(2026, 9, 1), date(2026, 10, 1), weeks=2),
     [date(2026, 9, 1), date(2026, 9, 15), date(2026, 9, 29)]),
    (SeriesRule("monthly", date(2026, 1, 31), date(2026, 3, 31), day=31),
     [date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 31)]),
    (SeriesRule("nth_weekday", date(2026, 9, 1), date(2026, 12, 31), nth=2, weekday=2, skip=(date(2026, 10, 13),)),
     [date(2026, 9, 8), date(2026, 11, 10), date(2026, 12, 8)]),
])  # fmt: skip
def test_series_dates(rule, expected):
    assert dates(rule) == expected


@given(
    first=st.dates(date(2024, 1, 1), date(2027, 1, 1)), span=st.integers(1, 700),
    kind=st.sampled_from(["nth_weekday", "every_n_weeks", "monthly"]),
    nth=st.sampled_from([1, 2, 3, 4, -1]), weekday=st.integers(1, 7), weeks=st.integers(1, 26), day=st.integers(1, 31),
)  # fmt: skip
def test_series_dates_are_ordered_inside_and_by_the_rule(first, span, kind, nth, weekday, weeks, day):
    rule = SeriesRule(
        kind, first, first + timedelta(days=span), nth=nth, weekday=weekday, weeks=weeks, day=day
    )
    found = dates(rule)
    assert found == sorted(set(found))
    assert all(rule.first <= each <= rule.last for each in found)
    assert len(found) <= 60
    if kind == "nth_weekday":
        assert all(each.isoweekday() == weekday for each in found)


def test_days_that_speak_against_a_meeting(db, network, anna):
    SchoolHoliday.objects.create(
        key="efteraar", name="Efterårsferie", starts_on=date(2026, 10, 10), ends_on=date(2026, 10, 18)
    )
    found = days.warnings_by_day(
        [date(2026, 12, 25), date(2026, 10, 13), date(2026, 10, 24), date(2026, 10, 27)], [network]
    )
    assert any("helligdag" in line for line in found[date(2026, 12, 25)])
    assert any("Efterårsferie" in line for line in found[date(2026, 10, 13)])
    assert any("weekend" in line for line in found[date(2026, 10, 24)])
    assert not [line for line in found[date(2026, 10, 27)] if "gået" not in line]


def test_next_date_follows_the_forums_weekday_and_notice(network):
    network.weekdays, network.notice_days = [2], 30
    network.save()
    day = days.next_date(network)
    assert day.isoweekday() == 2
    assert day >= timezone.localdate() + timedelta(days=30)


def test_create_gathers_members_chair_and_minute_taker(anna, bo, carla, network):
    meeting = plan(anna, network, place="Lokale 2")
    assert {row.person.name for row in meeting.participations.all()} == {"Anna", "Bo", "Carla"}
    assert meeting.chair == anna.person
    assert Event.objects.filter(action="meeting.created", actor=anna.audit_key).exists()
    assert not OutgoingMail.objects.exists()


def test_only_the_convener_of_an_open_forum_plans(anna, bo, network):
    with pytest.raises(Refused):
        plan(bo, network)
    successor = ForumFactory()
    network.closed_on, network.successor = timezone.localdate(), successor
    network.save()
    with pytest.raises(Refused, match="lukket"):
        plan(anna, network)


def test_a_series_makes_the_chosen_days_and_remembers_the_others(anna, network):
    first = timezone.localdate() + timedelta(days=20)
    rule = SeriesRule("every_n_weeks", first, first + timedelta(weeks=6), weeks=2)
    chosen = [day for day in dates(rule) if day != first + timedelta(weeks=2)]
    made = planning.create_series(by=anna, forum=network, rule=rule, days=chosen, start=time(13), minutes=90)
    assert [timezone.localtime(each.starts_at).date() for each in made] == chosen
    assert Series.objects.get().rule["except"] == [(first + timedelta(weeks=2)).isoformat()]
    assert all(each.minutes_planned == 90 for each in made)
    with pytest.raises(Refused):
        planning.create_series(
            by=anna, forum=network, rule=rule, days=[first + timedelta(days=1)], start=time(13), minutes=90
        )


def test_a_meeting_keeps_its_clock_time_over_the_summer_time_change(anna, network):
    assert timezone.localtime(days.at(date(2026, 10, 24), time(13))).hour == 13
    assert local(2026, 10, 26, 13, 0) == days.at(date(2026, 10, 26), time(13))


def mails(method: str) -> list[OutgoingMail]:
    return list(OutgoingMail.objects.filter(calendar_method=method))


def test_move_tells_each_invited_once_with_the_next_sequence_and_asks_again(anna, bo, network):
    meeting = plan(anna, network)
    invitations.send(by=anna, meeting=meeting)
    meeting.participations.filter(person=bo.person).update(answer="yes")
    OutgoingMail.objects.all().delete()
    moved = planning.move(
        by=anna,
        meeting=meeting,
        starts_at=meeting.starts_at + timedelta(days=1),
        ends_at=meeting.ends_at + timedelta(days=1),
    )
    assert moved.sequence == 1
    assert sorted(mail.to for mail in mails("REQUEST")) == [
        "anna@vestby.example",
        "bo@vestby.example",
        "carla@vestby.example",
    ]
    assert all(
        "SEQUENCE:1" in mail.calendar and f"UID:{meeting.uid}" in mail.calendar for mail in mails("REQUEST")
    )
    assert meeting.participations.get(person=bo.person).answer == "none"
    invitations.send(by=anna, meeting=meeting)
    assert len(mails("REQUEST")) == 3


def test_a_change_that_concerns_nobody_else_is_not_sent(anna, network):
    meeting = plan(anna, network)
    invitations.send(by=anna, meeting=meeting)
    before = OutgoingMail.objects.count()
    planning.edit_meeting(by=anna, meeting=meeting, note="Husk kaffe")
    assert OutgoingMail.objects.count() == before
    planning.edit_meeting(by=anna, meeting=meeting, place="Et andet sted")
    assert OutgoingMail.objects.count() == before + 3


def test_cancel_and_undo_each_tell_once(anna, network):
    meeting = plan(anna, network)
    invitations.send(by=anna, meeting=meeting)
    planning.cancel(by=anna, meeting=meeting, reason="Sygdom")
    assert len(mails("CANCEL")) == 3
    assert all("SEQUENCE:1" in mail.calendar and "METHOD:CANCEL" in mail.calendar for mail in mails("CANCEL"))
    assert "Sygdom" not in "".join(mail.body for mail in mails("CANCEL"))
    with pytest.raises(Refused):
        planning.cancel(by=anna, meeting=meeting, reason="Igen")
    planning.undo_cancel(by=anna, meeting=meeting)
    back = [mail for mail in mails("REQUEST") if "SEQUENCE:2" in mail.calendar]
    assert len(back) == 3
    assert len(mails("CANCEL")) == 3


def test_cancel_before_the_invitation_tells_nobody(anna, network):
    meeting = plan(anna, network)
    planning.cancel(by=anna, meeting=meeting, reason="Fejl")
    assert not OutgoingMail.objects.exists()


def test_discard_only_what_nobody_knows_of(anna, network):
    known, unknown = plan(anna, network), plan(anna, network, 60)
    invitations.send(by=anna, meeting=known)
    with pytest.raises(Refused):
        planning.discard(by=anna, meeting=known)
    planning.discard(by=anna, meeting=unknown)
    assert not Meeting.objects.filter(pk=unknown.pk).exists()


def test_a_joint_meeting_invites_the_members_of_all(anna, dina, network):
    other = ForumFactory()
    join(dina, other)
    starts = timezone.now() + timedelta(days=30)
    meeting = planning.create_meeting(
        by=anna, forums=[network, other], starts_at=starts, ends_at=starts + timedelta(hours=2)
    )
    assert "Dina" in {row.person.name for row in meeting.participations.all()}
