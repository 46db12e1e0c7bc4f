"""Persons and the posts they hold."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.utils import timezone

from tests.factories import (
    ForumFactory,
    OrganisationFactory,
    OrganisationKindFactory,
    PersonFactory,
    PostFactory,
    PostKindFactory,
    SchoolFactory,
    join,
)
from tovholder.access.decision import Refused
from tovholder.accounts.models import User
from tovholder.audit.models import Event
from tovholder.directory import services
from tovholder.directory.models import Post, School
from tovholder.directory.queries import held_posts, school_picture, with_vacancies

YESTERDAY = timedelta(days=1)


def test_creating_a_person_leaves_a_line(anna, network):
    person = services.create_person(by=anna, name=" Nora   Nord ", email="nora@vestby.example")
    assert person.name == "Nora Nord"
    event = Event.objects.get(action="person.created")
    assert (event.object_id, event.actor, event.details) == (str(person.pk), anna.audit_key, {})


def test_a_member_may_not_write_in_the_directory(bo, network):
    with pytest.raises(Refused):
        services.create_person(by=bo, name="Nora")


def test_a_new_email_makes_old_links_invalid(anna, bo, network):
    before = bo.person.link_version
    assert services.edit_person(by=anna, person=bo.person, email="ny@vestby.example") == ["email"]
    bo.person.refresh_from_db()
    assert bo.person.link_version == before + 1


def test_changing_the_organisation_names_the_field_only(anna, bo, network):
    other = OrganisationFactory(name="Strand Skole")
    services.edit_person(by=anna, person=bo.person, organisation=other, title="SSP-lærer")
    assert Event.objects.get(action="person.edited").details == {"fields": ["organisation", "title"]}


def test_who_has_left_is_not_changed(hans):
    person = PersonFactory(left_on=timezone.localdate())
    with pytest.raises(Refused, match="fratrådt"):
        services.edit_person(by=hans, person=person, title="x")


def test_a_login_is_given_by_an_administrator_once(anna, hans, network):
    person = PersonFactory(email="nora@vestby.example")
    with pytest.raises(Refused):
        services.give_login(by=anna, person=person)
    user = services.give_login(by=hans, person=person)
    assert user.roles == {"member"}
    assert not user.has_usable_password()
    with pytest.raises(Refused):
        services.give_login(by=hans, person=person)
    assert User.objects.filter(email="nora@vestby.example").count() == 1


@pytest.mark.parametrize("email", ["", "bo@vestby.example"])
def test_a_login_needs_an_email_of_its_own(hans, bo, email):
    with pytest.raises(Refused):
        services.give_login(by=hans, person=PersonFactory(email=email))


def test_a_post_begins_ends_and_begins_again(hans):
    kind, school, person = PostKindFactory(), SchoolFactory(), PersonFactory()
    post = services.start_post(by=hans, kind=kind, school=school, person=person, valid_from=date(2026, 1, 1))
    with pytest.raises(Refused):
        services.start_post(by=hans, kind=kind, school=school, person=person, valid_from=date(2026, 2, 1))
    services.end_post(by=hans, post=post, last_day=timezone.localdate() - YESTERDAY)
    assert not held_posts().filter(pk=post.pk).exists()
    services.reopen_post(by=hans, post=post)
    assert held_posts().get(pk=post.pk).person == person


def test_a_post_cannot_end_before_it_began(hans):
    post = PostFactory(valid_from=date(2026, 5, 1))
    with pytest.raises(Refused):
        services.end_post(by=hans, post=post, last_day=date(2026, 4, 30))
    assert Post.objects.get(pk=post.pk).valid_until is None


def test_the_picture_of_a_school_shows_what_is_vacant(db):
    school = SchoolFactory()
    held, vacant = PostKindFactory(name="PPR"), PostKindFactory(name="Familiegruppen")
    nurse = PostKindFactory(name="Sundhedsplejerske", around_child=False)
    PostFactory(kind=held, school=school)
    PostFactory(kind=nurse, school=school, valid_until=timezone.localdate() - YESTERDAY)
    PostFactory(kind=vacant)  # at another school
    picture = school_picture(school)
    assert [(seat.kind.name, seat.vacant) for seat in picture.around_child] == [
        ("PPR", False),
        ("Familiegruppen", True),
    ]
    assert [(seat.kind.name, seat.vacant) for seat in picture.circle] == [("Sundhedsplejerske", True)]
    assert with_vacancies(School.objects.all()).get(pk=school.pk).vacant == 2


def test_two_may_share_a_post(db):
    school, kind = SchoolFactory(), PostKindFactory()
    PostFactory.create_batch(2, kind=kind, school=school)
    assert len(school_picture(school).around_child[0].posts) == 2


def test_nobody_says_where_they_themselves_come_from(anna, bo, hans, network, client_for):
    """What is criminal, and names at a case meeting, open to the organisation: it is nobody's own to choose."""
    police = OrganisationFactory(kind=OrganisationKindFactory(sharing_kind="police"))
    join(bo, ForumFactory(), convenes=True)
    with pytest.raises(Refused):
        services.edit_person(by=bo, person=bo.person, organisation=police)
    told = {"name": bo.person.name, "organisation": police.pk}
    assert client_for(bo).post(f"/vejviser/personer/{bo.person.pk}/ret/", told).status_code == 403
    bo.person.refresh_from_db()
    assert bo.person.organisation != police
    assert services.edit_person(by=bo, person=bo.person, phone="20102012") == ["phone"]
    assert services.edit_person(by=anna, person=bo.person, organisation=police) == ["organisation"]
