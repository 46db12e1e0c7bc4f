"""Pages of the directory: what they show to whom, and what changed afterwards."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.factories import (
    OrganisationFactory,
    PersonFactory,
    PostFactory,
    PostKindFactory,
    SchoolFactory,
    join,
)
from tovholder.accounts.models import User
from tovholder.directory.models import Person, Post

LISTS = ["directory:persons", "directory:organisations", "directory:schools", "directory:districts"]


def queries_for(client, url: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code == 200
    return len(captured)


@pytest.mark.parametrize("name", LISTS)
def test_lists_take_few_queries_however_long(anna, network, client_for, name):
    client, url = client_for(anna), reverse(name)
    SchoolFactory()
    client.get(url)
    few = queries_for(client, url)
    for _each in range(3):
        PostFactory()
    assert queries_for(client, url) == few
    assert few <= 12


def test_search_finds_by_name_title_and_place(anna, network, client_for):
    PersonFactory(name="Nora Nord", title="Klubleder", organisation=OrganisationFactory(name="Klub Strand"))
    client = client_for(anna)
    for words in ("nord", "klubleder", "nora strand"):
        page = client.post(reverse("directory:persons"), {"q": words}, follow=True)
        assert [each.name for each in page.context["page"]] == ["Nora Nord"], words
        assert "1 fundet" in page.content.decode()
    empty = client.post(reverse("directory:persons"), {"q": "findes ikke"}, follow=True).content.decode()
    assert "Ingen personer passer til det" in empty


def test_the_list_can_be_sorted(anna, network, client_for):
    Person.objects.filter(name="Anna").update(title="Å")
    Person.objects.filter(name="Bo").update(title="B")
    page = client_for(anna).get(reverse("directory:persons"), {"sort": "stilling"})
    assert [each.name for each in page.context["page"]] == ["Carla", "Bo", "Anna"]


def test_open_participants_see_no_phone_and_no_other_people(frida, network, client_for):
    join(frida, network)
    Person.objects.filter(name="Anna").update(phone="12345678", email="anna@vestby.example")
    client = client_for(frida)
    text = client.get(reverse("directory:persons")).content.decode()
    assert "Anna" in text
    assert "Carla" not in text
    assert "12345678" not in text
    anna = Person.objects.get(name="Anna")
    page = client.get(reverse("insights:person", args=[anna.pk])).content.decode()
    assert "12345678" not in page
    assert "anna@vestby.example" not in page
    assert client.get(reverse("insights:person", args=[Person.objects.get(name="Bo").pk])).status_code == 404
    assert client.get(reverse("directory:school", args=[SchoolFactory().pk])).status_code == 404


@pytest.mark.parametrize("name", LISTS)
def test_the_log_reviewer_is_refused(lise, client_for, name):
    assert client_for(lise).get(reverse(name)).status_code == 403


def test_a_convener_creates_and_edits_a_person(anna, network, client_for):
    client = client_for(anna)
    answer = client.post(
        reverse("directory:person_new"), {"name": "Nora Nord", "email": "nora@vestby.example"}
    )
    person = Person.objects.get(name="Nora Nord")
    assert answer.url == reverse("insights:person", args=[person.pk])
    client.post(
        reverse("directory:person_edit", args=[person.pk]), {"name": "Nora Nord", "title": "Klubleder"}
    )
    person.refresh_from_db()
    assert (person.title, person.email) == ("Klubleder", "")


def test_a_cpr_number_is_refused_at_the_field(anna, network, client_for):
    answer = client_for(anna).post(reverse("directory:person_new"), {"name": "Nora 010203-1234"})
    assert answer.status_code == 422
    assert "CPR" in answer.content.decode()
    assert not Person.objects.filter(name__startswith="Nora").exists()


def test_a_member_gets_the_reason(bo, network, client_for):
    answer = client_for(bo).get(reverse("directory:person_new"))
    assert answer.status_code == 403
    assert "Kun tovholdere" in answer.content.decode()


def test_an_administrator_gives_a_login(hans, client_for):
    person = PersonFactory(email="nora@vestby.example")
    client_for(hans).post(reverse("directory:person_login", args=[person.pk]), {"role": "open_participant"})
    assert User.objects.get(email="nora@vestby.example").roles == {"open_participant"}


def test_a_role_of_power_is_not_given_here(hans, client_for):
    person = PersonFactory()
    answer = client_for(hans).post(
        reverse("directory:person_login", args=[person.pk]), {"role": "administrator"}
    )
    assert answer.status_code == 422
    assert Person.objects.get(pk=person.pk).user is None


def test_the_school_page_draws_and_tells_what_is_vacant(anna, network, client_for):
    school = SchoolFactory(name="Vester Skole")
    for name in ("Familiegruppen", "Trivselsleder", "PPR"):
        PostKindFactory(name=name)
    kind = PostKindFactory(name="Trivselsperson")
    PostFactory(kind=kind, school=school, person__name="Erik <b>")
    text = client_for(anna).get(reverse("directory:school", args=[school.pk])).content.decode()
    assert "<svg" in text
    assert "Trivselsperson: Erik &lt;b&gt;." in text
    assert "<strong>3 poster</strong> er ledige" in text
    assert "<b>." not in text.split("<desc")[1].split("</desc>")[0]


def test_a_post_is_filled_ended_and_taken_back(anna, network, client_for):
    client, school, kind, person = client_for(anna), SchoolFactory(), PostKindFactory(), PersonFactory()
    client.post(
        reverse("directory:post_start", args=[school.pk]),
        {"kind": kind.pk, "person": person.pk, "valid_from": "2026-01-01"},
    )
    post = Post.objects.get(school=school)
    client.post(reverse("directory:post_end", args=[post.pk]), {"last_day": "2026-02-01"})
    post.refresh_from_db()
    assert str(post.valid_until) == "2026-02-01"
    client.post(reverse("directory:post_reopen", args=[post.pk]))
    post.refresh_from_db()
    assert post.valid_until is None
