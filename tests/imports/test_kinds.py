"""What each kind of file makes of the tables: new, changed, the same, or a sentence."""

from __future__ import annotations

from datetime import date

import pytest
from django.utils import timezone

from tests.factories import PersonFactory, RoleFactory
from tests.imports.conftest import brought, planned
from tovholder.directory.models import Organisation, Person, Post, School, SchoolHoliday
from tovholder.forums.models import Membership

pytestmark = pytest.mark.django_db


def states(plan):
    return [(item.state, item.label) for item in plan.items]


def sentences(plan):
    return [str(each) for each in plan.problems]


def test_persons_are_known_by_email_then_by_name(town, hans):
    PersonFactory(name="Ib Uden Mail", email="", organisation=None)
    plan = planned(
        hans, "personer",
        "Navn;E-mail;Tlf;Stilling\nÅse Sørensen;AASE@vestby.example;12345678;\nÅse S. Holm;aase2@vestby.example;;Leder\n"
        "Ib Uden Mail;ib@vestby.example;;\nNy Person;;;\n",
    )  # fmt: skip
    # The e-mail is written otherwise, but it is the same person: her spelling wins as a change.
    assert states(plan) == [
        ("changed", "Åse Sørensen"), ("new", "Åse S. Holm"), ("changed", "Ib Uden Mail"), ("new", "Ny Person"),
    ]  # fmt: skip


def test_an_empty_cell_changes_nothing_and_a_same_row_is_the_same(town, hans):
    text = "Navn;E-mail;Telefon;Stilling\nÅse Sørensen;aase@vestby.example;;\n"
    assert states(planned(hans, "personer", text)) == [("same", "Åse Sørensen")]
    batch = brought(hans, "personer", text)
    assert batch.status == "done"
    assert Person.objects.get(email="aase@vestby.example").phone == "12345678"


def test_a_change_is_told_field_by_field(town, hans):
    plan = planned(
        hans, "personer", "Navn;E-mail;Tlf;Arbejdssted\nÅse Holm;aase@vestby.example;87654321;Politiet\n"
    )
    (item,) = plan.items
    police = Organisation.objects.get(key="politi")
    assert item.changes == {
        "name": ("Åse Sørensen", "Åse Holm"), "phone": ("12345678", "87654321"), "organisation": (None, police),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "text", "says"),
    [
        ("personer", "Navn;Kommer fra\nBo;Politjet\n", "Række 2, kolonne Kommer fra: Organisationen »Politjet« findes ikke. Hent den ind først, eller ret navnet. Mente du »Politiet«?"),
        ("personer", "Navn\nBo\nbo\nBo  \n", None),
        ("personer", "Navn;E-mail;Stilling\nNy;ny@x.example;A\nNy;ny@x.example;B\n", "Række 3: Ny står også i række 2, men med noget andet. Behold kun den rigtige."),
        ("organisationer", "Navn\nNy Klub\n", "Række 2: Skriv, hvad det er for en slags organisation."),
        ("organisationer", "Navn;Slags\nNy Klub;Klup\n", "Mente du »Klub«?"),
        ("organisationer", "Navn;Slags;Offentlig opgave\nNy;Klub;Fodbold\n", "Skriv en af disse: Socialområdet"),
        ("skoler", "Skole;Slags\nNy Skole;Folkeskole\n", "hvilket distrikt"),
        ("skoler", "Skole;Distrikt\nNy Skole;Vester\n", "hvad det er for en slags skole"),
        ("medlemmer", "Forum;E-mail;Rolle\nNetværk Nord;bo@vestby.example;Medlem\n", "intet forum"),
        ("medlemmer", "Forum;Navn;Rolle\nNetværk Vester;Ukendt;Medlem\n", "står ikke i vejviseren"),
        ("medlemmer", "Forum;Navn;Rolle\nNetværk Vester;;Medlem\n", "e-mail eller navn"),
        ("medlemmer", "Forum;E-mail\nNetværk Vester;aase@vestby.example\n", "Skriv personens rolle"),
        ("medlemmer", "Forum;E-mail;Rolle\nNetværk Vester;anna@vestby.example;Medlem\n", "Forummet skal have en tovholder"),
        ("medlemmer", "Forum;E-mail;Rolle;Fra;Til\nNetværk Vester;aase@vestby.example;Medlem;2.1.2026;1.1.2026\n", "Sidste dag"),
        ("poster", "Skole;Post;E-mail\nVester Skole;Trivselperson;bo@vestby.example\n", "Mente du »Trivselsperson«?"),
        ("skoleferier", "Ferie;Fra;Til\nVinter;20.2.2027;12.2.2027\n", "Sidste dag"),
        ("skoleferier", "Ferie;Fra;Til\nVinter;1.2.2027;12.12.2027\n", "over 100 dage"),
    ],
)  # fmt: skip
def test_what_does_not_fit_gets_a_sentence(town, hans, kind, text, says):
    found = sentences(planned(hans, kind, text))
    if says is None:
        assert found == []
    else:
        assert len(found) == 1
        assert says in found[0]


def test_two_of_the_same_name_need_an_email(town, hans):
    for n in range(2):
        PersonFactory(name="Ib Holm", email=f"ib{n}@vestby.example")
    plan = planned(hans, "medlemmer", "Forum;Navn;Rolle\nNetværk Vester;Ib Holm;Medlem\n")
    assert "Skriv e-mailen" in sentences(plan)[0]


def test_who_has_left_is_history(town, hans):
    PersonFactory(name="Gone", email="gone@vestby.example", left_on=date(2025, 1, 1))
    for kind, text in (
        ("personer", "Navn;E-mail\nGone;gone@vestby.example\n"),
        ("medlemmer", "Forum;E-mail;Rolle\nNetværk Vester;gone@vestby.example;Medlem\n"),
    ):
        assert "fratrådt" in sentences(planned(hans, kind, text))[0]


def test_the_convener_may_be_changed_when_another_takes_over(town, hans):
    RoleFactory(key="tovholder", name="Tovholder", convenes=True)
    text = "Forum;E-mail;Rolle\nNetværk Vester;anna@vestby.example;Medlem\nNetværk Vester;bo@vestby.example;Tovholder\n"
    assert brought(hans, "medlemmer", text).status == "done"
    seats = dict(Membership.objects.filter(forum=town).values_list("person__name", "role__name"))
    assert (seats["Anna"], seats["Bo"]) == ("Medlem", "Tovholder")


def test_each_kind_goes_in_and_is_the_same_the_second_time(town, hans):
    texts = {
        "organisationer": "Navn;Slags;Distrikt\nKlub Øster;Klub;Vester\nPolitiet;;Vester\n",
        "skoler": "Skole;Distrikt;Slags\nØster Skole;Vester;Folkeskole\nKlub Øster;Vester;\n",
        "personer": "Navn;E-mail;Kommer fra\nEva Ny;eva@vestby.example;Klub Øster\n",
        "medlemmer": "Forum;E-mail;Rolle;Fra;Til;Gæst\nNetværk Vester;eva@vestby.example;Medlem;1.8.2026;;ja\n"
        "Netværk Vester;aase@vestby.example;Medlem;1.8.2020;31.7.2021;\n",
        "poster": "Skole;Post;E-mail;Fra\nVester Skole;Trivselsperson;eva@vestby.example;1.8.2026\n",
        "skoleferier": "Ferie;Fra;Til\nVinterferie;15.2.2027;19.2.2027\nVinterferie;14.2.2028;18.2.2028\n",
    }
    for kind, text in texts.items():
        assert brought(hans, kind, text).status == "done", kind
    for kind, text in texts.items():
        assert {state for state, _label in states(planned(hans, kind, text))} == {"same"}, kind
    school = School.objects.get(name="Øster Skole")
    assert (school.key, school.organisation.key, school.organisation.name) == (
        "oester-skole-2",
        "oester-skole-2",
        "Øster Skole",
    ) or school.key == "oester-skole"
    # An organisation of the same name becomes the school's workplace.
    assert School.objects.get(name="Klub Øster").organisation == Organisation.objects.get(name="Klub Øster")
    assert Organisation.objects.get(name="Politiet").district.name == "Vester"
    assert Post.objects.get(person__name="Eva Ny").valid_from == date(2026, 8, 1)
    assert SchoolHoliday.objects.filter(name="Vinterferie").count() == 2


def test_without_a_day_it_is_from_today(town, hans):
    brought(hans, "poster", "Skole;Post;E-mail\nVester Skole;Trivselsperson;bo@vestby.example\n")
    assert Post.objects.get(person__name="Bo").valid_from == timezone.localdate()


def test_planning_costs_the_same_for_one_row_and_for_many(town, hans, django_assert_max_num_queries):
    for count in (1, 30):
        text = "Navn;E-mail;Kommer fra\n" + "".join(f"P{n};p{n}@x.example;Politiet\n" for n in range(count))
        with django_assert_max_num_queries(6):
            planned(hans, "personer", text)
