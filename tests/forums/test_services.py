"""Members, charters and the convener's look at the participants."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from tests.factories import ForumFactory, PersonFactory, RoleFactory, join
from tovholder.access.decision import Refused
from tovholder.audit.models import Event
from tovholder.forums.charter_text import compare, render
from tovholder.forums.models import Charter, Membership, ParticipantReview
from tovholder.forums.queries import charters_due, looks, members_of, past_members_of, reviews_of
from tovholder.forums.services import charters, members, reviews

DAY = timedelta(days=1)


@pytest.fixture
def member(network, bo):
    return Membership.objects.get(forum=network, person=bo.person)


def test_a_member_is_added_and_logged_without_a_name(anna, network):
    person = PersonFactory()
    seat = members.add_member(by=anna, forum=network, person=person, role=RoleFactory())
    assert seat in members_of(network)
    event = Event.objects.get(action="membership.started")
    assert event.details == {"forum": network.pk, "person": person.pk, "role": seat.role_id}


def test_nobody_is_in_twice_and_nobody_who_has_left(anna, bo, network):
    with pytest.raises(Refused, match="allerede"):
        members.add_member(by=anna, forum=network, person=bo.person, role=RoleFactory())
    with pytest.raises(Refused, match="fratrådt"):
        members.add_member(
            by=anna, forum=network, person=PersonFactory(left_on=timezone.localdate()), role=RoleFactory()
        )


def test_a_member_may_not_add_members(bo, network):
    with pytest.raises(Refused):
        members.add_member(by=bo, forum=network, person=PersonFactory(), role=RoleFactory())


def test_role_and_period_are_changed(anna, member):
    role = RoleFactory(key="ssp-laerer", name="SSP-lærer")
    changed = members.change_member(by=anna, membership=member, role=role, valid_from=date(2026, 1, 1))
    assert sorted(changed) == ["role", "valid_from"]
    member.refresh_from_db()
    assert member.role == role


def test_a_period_does_not_end_before_it_begins(anna, member):
    with pytest.raises(Refused):
        members.change_member(
            by=anna,
            membership=member,
            role=member.role,
            valid_from=date(2026, 2, 1),
            valid_until=date(2026, 1, 1),
        )


def test_a_membership_ends_and_is_restored(anna, network, member):
    members.end_membership(by=anna, membership=member)
    assert member not in members_of(network)
    assert member in past_members_of(network)
    members.restore_membership(by=anna, membership=member)
    assert member in members_of(network)


def test_one_who_came_back_is_not_restored_on_top(anna, bo, network, member):
    members.end_membership(by=anna, membership=member)
    members.add_member(by=anna, forum=network, person=bo.person, role=member.role)
    with pytest.raises(Refused):
        members.restore_membership(by=anna, membership=member)


def test_the_last_convener_stays(anna, bo, network):
    seat = Membership.objects.get(forum=network, person=anna.person)
    with pytest.raises(Refused, match="tovholder"):
        members.end_membership(by=anna, membership=seat)
    with pytest.raises(Refused, match="tovholder"):
        members.change_member(by=anna, membership=seat, role=RoleFactory(), valid_from=seat.valid_from)
    other = join(PersonFactory(), network, convenes=True)
    members.end_membership(by=anna, membership=seat)
    assert other in members_of(network)


def test_who_takes_a_seat_keeps_the_weightier_role(anna, bo, network):
    seat = Membership.objects.get(forum=network, person=anna.person)
    taken = members.take_over(by=anna, membership=seat, to=bo.person, on=timezone.localdate())
    assert taken.role.convenes
    assert Membership.objects.filter(forum=network, person=bo.person, valid_until__isnull=True).count() == 1


# ---- charters


@pytest.fixture
def approved(anna, network):
    draft = charters.start_draft(by=anna, forum=network)
    charters.save_draft(by=anna, charter=draft, text="# Formål\n\nGod trivsel")
    charters.approve(by=anna, charter=draft, approved_on=date(2026, 1, 5), approved_by="Styregruppen")
    return Charter.objects.get(pk=draft.pk)


def test_a_first_draft_starts_from_the_forum(anna, network):
    network.purpose = "Trygge unge"
    network.save()
    draft = charters.start_draft(by=anna, forum=network)
    assert "Trygge unge" in draft.text
    assert charters.start_draft(by=anna, forum=network) == draft


def test_an_approved_charter_does_not_change(anna, approved):
    with pytest.raises(Refused, match="godkendt"):
        charters.save_draft(by=anna, charter=approved, text="Andet")
    with pytest.raises(Refused):
        charters.approve(by=anna, charter=approved, approved_on=date(2026, 1, 6), approved_by="En anden")
    with pytest.raises(Refused):
        charters.drop_draft(by=anna, charter=approved)
    approved.refresh_from_db()
    assert (approved.text, approved.approved_by) == ("# Formål\n\nGod trivsel", "Styregruppen")


def test_a_new_version_starts_from_the_last(anna, network, approved):
    draft = charters.start_draft(by=anna, forum=network)
    assert (draft.version, draft.text, draft.approved_on) == (2, approved.text, None)
    charters.drop_draft(by=anna, charter=draft)
    assert list(network.charters.all()) == [approved]


@pytest.mark.parametrize(("days", "by_whom"), [(1, "Styregruppen"), (0, "  ")])
def test_approval_needs_a_day_that_has_been_and_a_name(anna, network, days, by_whom):
    draft = charters.start_draft(by=anna, forum=network)
    with pytest.raises(Refused):
        charters.approve(
            by=anna, charter=draft, approved_on=timezone.localdate() + days * DAY, approved_by=by_whom
        )


def test_members_do_not_write_the_charter(bo, network):
    with pytest.raises(Refused):
        charters.start_draft(by=bo, forum=network)


def test_a_charter_is_due_after_a_year_for_its_convener_only(anna, bo, network, approved):
    today = timezone.localdate()
    Charter.objects.filter(pk=approved.pk).update(approved_on=today.replace(year=today.year - 1) + DAY)
    assert charters_due(anna) == []
    Charter.objects.filter(pk=approved.pk).update(approved_on=date(today.year - 2, 2, 28))
    assert charters_due(anna) == [approved]
    assert charters_due(bo) == []
    charters.start_draft(by=anna, forum=network)
    assert charters_due(anna) == [approved]  # a draft alone is no look


def test_a_charter_from_a_leap_day_is_due_on_the_28th(anna, network, approved):
    Charter.objects.filter(pk=approved.pk).update(approved_on=date(2024, 2, 29))
    assert charters_due(anna) == [approved]


def test_the_text_is_shown_safely():
    html = render(
        "# Formål\n\n- et\n- to\n\n<script>x</script> [a](javascript:x) [b](https://vestby.example)"
    )
    assert "<h2>Formål</h2>" in html
    assert "<li>et</li>" in html
    assert "<script" not in html
    assert "javascript:x" not in html.split("href")[-1]
    assert 'href="https://vestby.example"' in html


def test_what_changed_is_told_line_by_line():
    found = [(line.kind, line.text) for line in compare("a\nb", "a\nc")]
    assert found == [("same", "a"), ("removed", "b"), ("added", "c")]


# ---- the look at the participants


def test_a_tap_is_kept_and_a_second_replaces_it(anna, bo, network):
    reviews.tap(by=anna, forum=network, person=bo.person, verdict="ask")
    reviews.tap(by=anna, forum=network, person=bo.person, verdict="keep")
    review = ParticipantReview.objects.get()
    assert review.verdict == "keep"
    assert Event.objects.filter(action="review.tapped").first().details == {
        "forum": network.pk,
        "person": bo.person.pk,
    }
    reviews.untap(by=anna, review=review)
    assert not ParticipantReview.objects.exists()


def test_only_the_convener_notes_and_sees(personas, network):
    reviews.tap(by=personas["anna"], forum=network, person=personas["bo"].person, verdict="thank")
    for name, user in personas.items():
        assert reviews_of(user, network).exists() == (name == "anna"), name
        assert bool(looks(user, network)) == (name == "anna"), name
        if name != "anna":
            with pytest.raises(Refused):
                reviews.tap(by=user, forum=network, person=personas["bo"].person, verdict="keep")


def test_the_yearly_look_is_one_a_year(anna, bo, carla, network):
    look = reviews.Look(person=bo.person, verdict="keep", relevance=3, meaning=2, outcome=1, note="God")
    reviews.yearly_look(by=anna, forum=network, look=look)
    reviews.yearly_look(by=anna, forum=network, look=reviews.Look(person=bo.person, verdict="ask"))
    review = ParticipantReview.objects.get()
    assert (review.verdict, review.relevance) == ("ask", None)
    rows = {row.membership.person: row.looked for row in looks(anna, network)}
    assert rows == {bo.person: True, carla.person: False}


def test_an_unknown_verdict_is_no_verdict(anna, bo, network):
    with pytest.raises(ValueError, match="never"):
        reviews.tap(by=anna, forum=network, person=bo.person, verdict="never")


def test_a_forum_cannot_close_without_a_successor(network):
    network.closed_on = timezone.localdate()
    with pytest.raises(IntegrityError), transaction.atomic():
        network.save()
    network.successor = ForumFactory()
    network.save()
