"""A new convener is told to the log reviewers at once, whichever way the person came to it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from tests.factories import ForumFactory, MembershipFactory, PersonFactory, RoleFactory, join
from tests.imports.conftest import brought
from tovholder.audit.models import Event
from tovholder.forums.models import Membership
from tovholder.forums.services import members
from tovholder.insights.presenters import sentence
from tovholder.meetings.services.handover import hand_over_person
from tovholder.meetings.services.succession import merge_forums
from tovholder.outbox.models import OutgoingMail

TODAY = timezone.localdate


@pytest.fixture
def told(lise):
    """The seats that the reviewer has been told of, and her mails."""

    def read() -> tuple[list[tuple[str, int]], list[str]]:
        events = Event.objects.filter(action="membership.made_convener").order_by("pk")
        mails = OutgoingMail.objects.filter(to=lise.email, about__startswith="rights").order_by("pk")
        return [(each.actor, int(each.object_id)) for each in events], [each.body for each in mails]

    return read


@pytest.fixture
def roles(network):
    return {
        "convener": Membership.objects.get(forum=network, role__convenes=True).role,
        "member": RoleFactory(name="Medlem af alt"),
    }


def test_a_new_member_who_convenes(told, anna, network, roles):
    seat = members.add_member(by=anna, forum=network, person=PersonFactory(), role=roles["convener"])
    seats, mails = told()
    assert seats == [(anna.audit_key, seat.pk)]
    assert len(mails) == 1
    assert f"/log/?om=forums.membership&nummer={seat.pk}" in mails[0]
    assert seat.person.name not in mails[0]
    assert network.name not in mails[0]
    assert sentence(Event.objects.get(action="membership.made_convener")) == "gjorde en person til tovholder"


def test_a_member_without_that_role_is_not_told_of(told, anna, network, roles):
    members.add_member(by=anna, forum=network, person=PersonFactory(), role=roles["member"])
    assert told() == ([], [])


def test_a_changed_role_and_only_that(told, anna, bo, network, roles):
    seat = Membership.objects.get(forum=network, person=bo.person)
    members.change_member(by=anna, membership=seat, role=roles["convener"], valid_from=seat.valid_from)
    assert told()[0] == [(anna.audit_key, seat.pk)]
    earlier = seat.valid_from - timedelta(days=1)
    members.change_member(by=anna, membership=seat, role=roles["convener"], valid_from=earlier)
    members.change_member(by=anna, membership=seat, role=roles["member"], valid_from=earlier)
    assert len(told()[0]) == len(told()[1]) == 1


def test_a_seat_opened_again(told, anna, network, roles):
    seat = MembershipFactory(forum=network, role=roles["convener"], valid_until=TODAY())
    members.restore_membership(by=anna, membership=seat)
    assert told()[0] == [(anna.audit_key, seat.pk)]


def test_a_hand_over(told, anna, hans, bo, network):
    hand_over_person(by=hans, person=anna.person, to=bo.person)
    seat = Membership.objects.get(forum=network, person=bo.person, valid_until=None)
    assert seat.role.convenes
    assert told()[0] == [(hans.audit_key, seat.pk)]
    assert len(told()[1]) == 1


def test_a_merger_into_a_new_forum(told, anna, hans, network):
    other = ForumFactory(key="syd", name="Netværk Syd", forum_type=network.forum_type)
    join(anna, other, convenes=True)
    new = merge_forums(by=hans, forums=[network, other], into="Netværk Vest", reason="Færre elever")
    seats, _mails = told()
    assert {Membership.objects.get(pk=pk).forum for _by, pk in seats} == {new}
    assert {Membership.objects.get(pk=pk).person for _by, pk in seats} == {anna.person}


def test_an_import_tells_once(told, hans, network, roles, monkeypatch):
    monkeypatch.setattr("tovholder.imports.services.running.CHUNK", 1)
    people = [PersonFactory(email=f"p{n}@vestby.example") for n in range(3)]
    rows = "".join(
        f"{network.name};{each.name};{each.email};{role.name}\n"
        for each, role in zip(people, [roles["convener"], roles["convener"], roles["member"]], strict=True)
    )
    brought(hans, "medlemmer", f"Forum;Navn;E-mail;Rolle\n{rows}")
    seats, mails = told()
    assert [Membership.objects.get(pk=pk).person for _by, pk in seats] == people[:2]
    assert len(mails) == 1
    assert "/log/?om=forums.membership" in mails[0]
    assert "nummer" not in mails[0]


def test_it_is_on_the_first_page_of_who_reviews(told, anna, lise, network, roles, client_for):
    seat = members.add_member(by=anna, forum=network, person=PersonFactory(), role=roles["convener"])
    page = client_for(lise).get("/").content.decode()
    assert f"?om=forums.membership&amp;nummer={seat.pk}" in page
    assert "gjorde en person til tovholder" in page
    assert network.name in page
    found = client_for(lise).get(f"/log/?om=forums.membership&nummer={seat.pk}").content.decode()
    assert "gjorde en person til tovholder" in found


def test_nothing_is_told_of_what_is_rolled_back(told, anna, network, roles):
    with transaction.atomic():
        members.add_member(by=anna, forum=network, person=PersonFactory(), role=roles["convener"])
        transaction.set_rollback(True)
    assert told() == ([], [])
