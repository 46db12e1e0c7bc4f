"""Names handed over in a municipality of several districts: each says whose triagers receive it, and they are there."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from tests.factories import DistrictFactory
from tests.meetings.cases.test_names import LINES, WHY
from tests.twice import look_and_save
from tovholder.accounts.models import User
from tovholder.audit.models import Event
from tovholder.citizens.services.safe import Safe
from tovholder.concerns.models import Concern, Team, TeamMember
from tovholder.concerns.policy import Part, may_read
from tovholder.concerns.queries import readers_of_all, visible_to
from tovholder.directory.models import District
from tovholder.meetings.models import CaseItem, Meeting
from tovholder.meetings.services import cases_intake


def test_in_a_forum_of_several_districts_every_name_says_which(planned, people, forum, client_for):
    vest, oest, nord = (DistrictFactory(key=key, name=key.title()) for key in ("vest", "oest", "nord"))
    forum.districts.set([vest, oest])
    for lines in (
        cases_intake.read_lines(LINES, source="police"),
        cases_intake.read_lines(LINES, source="police", districts=cases_intake.Districts((nord,), True)),
    ):
        with pytest.raises(ValidationError):
            cases_intake.hand_over(by=people["carla"], meeting=planned, lines=lines, necessity=WHY)
    client, url = client_for(people["carla"]), reverse("meetings:names_in", args=[planned.pk])
    page = client.get(url).content.decode()
    assert ("Vest</option>" in page, "Nord</option>" in page) == (True, False)
    told = {"names": LINES.replace("stationen\n", "stationen; OEST\n", 1), "sentence": "0"}
    asked = client.post(url, told).content.decode()
    assert asked.count("Skriv distriktet til sidst i linjen, eller vælg det ovenfor.") == 2
    assert client.post(url, {**told, "gem": "1"}).status_code == 422
    assert not Concern.objects.exists()
    assert client.post(url, {**told, "gem": "1", "district": vest.pk}).status_code == 302
    assert [each.district for each in Concern.objects.order_by("pk")] == [oest, vest, vest]
    first = Concern.objects.order_by("pk")[0]
    assert Safe.of([first]).read(first, "offence").text == "hærværk ved stationen"


def test_a_district_that_is_misspelt_or_not_the_forums_is_told_at_its_line(
    planned, people, forum, client_for
):
    """Else it would be taken for what is criminal, and the name would go to the triagers of the district chosen above."""
    vest, oest, _nord = (DistrictFactory(key=key, name=key.title()) for key in ("vest", "oest", "nord"))
    forum.districts.set([vest, oest])
    line = "Jonas Prøve; 3.4.2012; mistænkt; politi; "
    said = {
        "hærværk; Nrod": ["Distriktet »Nrod« findes ikke. Skriv det til sidst i linjen, og brug ellers ikke semikolon."],
        "hærværk; Nord": ["Nord hører ikke til forummet."],
        "nord": ["Nord hører ikke til forummet."],
        "hærværk; Oest;;": [],
        "hærværk": [],
    }  # fmt: skip
    districts = replace(cases_intake.districts_of(planned), chosen=vest)
    for text, faults in said.items():
        (read,) = cases_intake.read_lines(line + text, districts=districts)
        assert read.faults == faults, text
    url = reverse("meetings:names_in", args=[planned.pk])
    told = {"names": f"{line}hærværk; Nrod", "sentence": "0", "district": vest.pk, "gem": "1"}
    assert client_for(people["carla"]).post(url, told).status_code == 422
    assert not Concern.objects.exists()


@pytest.mark.parametrize("of_forum", [True, False])
def test_no_name_is_handed_over_to_a_district_that_nobody_triages(
    of_forum, planned, people, forum, client_for, django_assert_num_queries
):
    """Nobody would open, decide or read it."""
    vest, oest = DistrictFactory(key="vest", name="Vest"), DistrictFactory(key="oest", name="Øst")
    forum.districts.set([vest, oest] if of_forum else [])
    Team.objects.get().districts.set([vest])
    with django_assert_num_queries(2):
        assert cases_intake.districts_of(planned).unread == {oest.pk}
    url = reverse("meetings:names_in", args=[planned.pk])
    told = {
        "names": LINES.replace("stationen\n", "stationen; Øst\n", 1),
        "sentence": "0",
        "district": vest.pk,
    }
    page = client_for(people["carla"]).post(url, told).content.decode()
    assert page.count("Ingen modtager sager i Øst endnu. Ring til SSP-konsulenten") == 1
    assert client_for(people["carla"]).post(url, {**told, "gem": "1"}).status_code == 422
    lines = cases_intake.read_lines(LINES, source="police", districts=cases_intake.Districts((oest,), True))
    with pytest.raises(ValidationError, match="Ingen modtager sager i Øst"):
        cases_intake.hand_over(by=people["carla"], meeting=planned, lines=lines, necessity=WHY)
    assert not Concern.objects.exists()
    told["names"] = LINES
    assert client_for(people["carla"]).post(url, {**told, "gem": "1"}).status_code == 302
    assert {each.district for each in Concern.objects.all()} == {vest}


def test_the_example_says_a_district_where_each_name_must(planned, people, forum, client_for):
    url, example = reverse("meetings:names_in", args=[planned.pk]), "hærværk ved stationen{}</code>"
    vest, oest = DistrictFactory(key="vest", name="Vest"), DistrictFactory(key="oest", name="Øst")
    for districts, more in (([], ""), ([vest], ""), ([vest, oest], "; Vest")):
        forum.districts.set(districts)
        assert example.format(more) in client_for(people["carla"]).get(url).content.decode()


def test_who_hands_over_from_a_place_in_a_district_is_offered_that(planned, people, forum, client_for):
    vest, oest = DistrictFactory(key="vest", name="Vest"), DistrictFactory(key="oest", name="Øst")
    forum.districts.set([vest, oest])
    url = reverse("meetings:names_in", args=[planned.pk])
    place = people["bo"].person.organisation
    place.district = oest
    place.save()
    assert f'<option value="{oest.pk}" selected>' in client_for(people["bo"]).get(url).content.decode()
    assert f'<option value="{oest.pk}" selected>' not in client_for(people["carla"]).get(url).content.decode()


@pytest.mark.parametrize("said", ["", "vest"])
def test_where_the_forum_has_no_district_one_may_be_said_of_the_municipalitys(
    planned, people, client_for, said
):
    vest = DistrictFactory(key="vest", name="Vest")
    url = reverse("meetings:names_in", args=[planned.pk])
    told = {"names": LINES, "sentence": "0", "gem": "1", "district": vest.pk if said else ""}
    assert client_for(people["carla"]).post(url, told).status_code == 302
    assert {each.district for each in Concern.objects.all()} == {vest if said else None}


def test_names_are_read_by_the_triagers_of_their_district_only(planned, people, forum):
    """`may_read` and `visible_to` agree, for the triagers of each district and for those of the whole municipality."""
    vest, oest = DistrictFactory(key="vest", name="Vest"), DistrictFactory(key="oest", name="Øst")
    forum.districts.set([vest, oest])
    readers = {"anna": None, "erik": vest, "dina": oest, "bo": DistrictFactory(key="nord")}
    for name, district in readers.items():
        if district is not None:
            team = Team.objects.create(key=f"team-{name}", name=f"Team {name}", triages=True)
            team.districts.set([district])
            TeamMember.objects.create(team=team, person=people[name].person, valid_from=date(2020, 1, 1))
    lines = cases_intake.read_lines(
        LINES.replace("stationen\n", "stationen; Øst\n", 1), source="police",
        districts=cases_intake.Districts((vest, oest), True, vest),
    )  # fmt: skip
    cases_intake.hand_over(by=people["carla"], meeting=planned, lines=lines, necessity=WHY)
    for name, district in readers.items():
        user = User.objects.get(pk=people[name].pk)
        for concern in Concern.objects.all():
            reads = bool(may_read(user, concern, Part.ALL))
            assert reads == visible_to(user, Part.ALL).filter(pk=concern.pk).exists()
            assert reads == (district is None or district == concern.district), (name, concern.district)
            triaging = {each.person_id for each in readers_of_all(concern)}
            assert (people[name].person.pk in triaging) == reads


def without_a_district(planned, people) -> list[CaseItem]:
    """As they were handed over before a name had to say one."""
    lines = cases_intake.read_lines(LINES, source="police")
    return cases_intake.hand_over(by=people["carla"], meeting=planned, lines=lines, necessity=WHY)


def two_teams(people) -> tuple[District, District]:
    """Anna receives the names of Vest, Lise those of Oest; without a district both do."""
    vest, oest = (DistrictFactory(key=key, name=key.title()) for key in ("vest", "oest"))
    Team.objects.filter(triages=True).first().districts.set([vest])
    team = Team.objects.create(key="oest", name="SSP Øst", triages=True)
    team.districts.set([oest])
    TeamMember.objects.create(team=team, person=people["dina"].person, valid_from=date(2020, 1, 1))
    return vest, oest


def test_names_of_before_are_placed_and_the_page_says_who_stops_reading(planned, people, client_for):
    items = without_a_district(planned, people)
    vest, _oest = two_teams(people)
    client = client_for(people["anna"])
    page = client.get(reverse("meetings:names", args=[planned.pk])).content.decode()
    assert "3 navne har intet distrikt." in page
    url = reverse("meetings:names_district", args=[planned.pk])
    assert f'value="{items[0].pk}"' in client.get(url).content.decode()
    dina = User.objects.get(pk=people["dina"].pk)
    assert may_read(dina, items[0].concern, Part.ALL)
    told = {"names": [str(each.pk) for each in items[:2]], "district": str(vest.pk)}
    shown, answer = look_and_save(client, url, told)
    assert dina.person.name in shown.split("Mister adgang")[1].split("</section>")[0]
    assert answer.status_code == 302
    placed = Concern.objects.order_by("pk")
    assert [each.district for each in placed] == [vest, vest, None]
    assert [bool(may_read(dina, each, Part.ALL)) for each in placed] == [False, False, True]
    assert "1 navn har intet distrikt." in client.get(answer["Location"]).content.decode()
    assert Event.objects.filter(action="concern.facts_set").count() == 2


def test_none_is_placed_before_it_was_looked_at_or_where_nobody_triages(planned, people, client_for):
    items = without_a_district(planned, people)
    vest, oest = two_teams(people)
    TeamMember.objects.filter(person=people["dina"].person).delete()
    client, url = client_for(people["anna"]), reverse("meetings:names_district", args=[planned.pk])
    told = {"names": [str(items[0].pk)], "district": str(vest.pk)}
    client.post(url, told)
    assert not Concern.objects.exclude(district=None).exists()
    _shown, answer = look_and_save(client, url, told | {"district": str(oest.pk)})
    assert answer.status_code == 422
    assert "Ingen modtager sager i Oest endnu." in answer.content.decode()
    missing = client.post(url, {"names": [], "district": ""})
    assert missing.status_code == 422
    assert {"names", "district"} <= set(missing.context["form"].errors)


@pytest.mark.parametrize("name", ["bo", "carla", "erik", "frida", "grethe", "hans"])
def test_who_places_no_names_finds_no_such_page(planned, people, client_for, name):
    without_a_district(planned, people)
    two_teams(people)
    url = reverse("meetings:names_district", args=[planned.pk])
    assert client_for(people[name]).get(url).status_code == 404


@pytest.mark.parametrize("sits_there", [True, False])
def test_who_gives_the_names_away_is_not_left_at_a_page_that_is_not_there(
    sits_there, planned, people, client_for
):
    if not sits_there:
        planned.participations.filter(person=people["anna"].person).delete()
        people["anna"].person.memberships.all().delete()
        Meeting.objects.filter(pk=planned.pk).update(chair=None)
    items = without_a_district(planned, people)
    _vest, oest = two_teams(people)
    client, url = client_for(people["anna"]), reverse("meetings:names_district", args=[planned.pk])
    told = {"names": [str(each.pk) for each in items], "district": str(oest.pk)}
    _shown, answer = look_and_save(client, url, told)
    assert answer.status_code == 302
    assert Concern.objects.filter(district=oest).count() == 3
    there = client.get(answer["Location"], follow=True)
    assert there.status_code == 200
    assert "3 navne hører nu til Oest." in there.content.decode()


def test_who_places_the_names_when_they_are_placed_already_gets_on(planned, people, client_for):
    items = without_a_district(planned, people)
    vest, _oest = two_teams(people)
    client, url = client_for(people["anna"]), reverse("meetings:names_district", args=[planned.pk])
    told = {"names": [str(each.pk) for each in items], "district": str(vest.pk)}
    look_and_save(client, url, told)
    assert client.get(url, follow=True).status_code == 200
    assert client.post(url, told, follow=True).status_code == 200
