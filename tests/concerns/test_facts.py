"""What is chosen of a concern is corrected afterwards: a suspicion is seldom known when the worry is raised."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone

from tests.concerns.conftest import seat
from tests.factories import DistrictFactory, SchoolFactory
from tovholder.access.decision import Refused
from tovholder.accounts.models import User
from tovholder.audit.models import Event
from tovholder.citizens.services.safe import Safe
from tovholder.concerns.models import Concern, Entry, Team
from tovholder.concerns.services.facts import correct_facts
from tovholder.directory.models import Person
from tovholder.insights.presenters import sentence
from tovholder.outbox.models import OutgoingMail


@pytest.fixture
def concern(erik: User, ssp: Team, raise_one: Any, words: Any, municipality: Any) -> Concern:
    return raise_one(erik)


def chosen(concern: Concern, **other: Any) -> dict[str, Any]:
    """What the form sends where nothing is touched, but for this."""
    facts = {
        "scale_level": concern.scale_level_id or "",
        "categories": list(concern.categories.values_list("pk", flat=True)),
        "organisation": concern.organisation_id or "",
        "district": concern.district_id or "",
        "version": concern.version,
    }
    return facts | other


def test_a_suspicion_is_marked_afterwards_and_leads_to_the_duty_to_notify(
    anna: User, concern: Concern, words: Any, client_for: Callable[[User], Client]
) -> None:
    client, path = client_for(anna), f"/bekymringer/{concern.code}/ret/"
    assert path in client.get(f"/bekymringer/{concern.code}/").content.decode()
    answer = client.post(path, chosen(concern, categories=[words["familie"].pk]))
    assert answer["Location"] == f"/bekymringer/{concern.code}/underret/"
    assert "Sig ikke noget til familien" in client.get(answer["Location"]).content.decode()
    event = Event.objects.get(action="concern.facts_set")
    assert sentence(event) == "rettede oplysninger om sagen (hvad den handler om)"


def test_a_red_level_leads_there_and_a_school_leads_back_to_the_case(
    anna: User, concern: Concern, scale: Any, client_for: Callable[[User], Client]
) -> None:
    client, path = client_for(anna), f"/bekymringer/{concern.code}/ret/"
    school = SchoolFactory(organisation__name="Øster Skole").organisation
    answer = client.post(path, chosen(concern, organisation=school.pk))
    assert answer["Location"] == f"/bekymringer/{concern.code}/"
    concern.refresh_from_db()
    assert concern.organisation == school
    answer = client.post(path, chosen(concern, scale_level=scale["roed"].pk))
    assert answer["Location"].endswith("/underret/")


def test_nothing_changed_writes_nothing(
    anna: User, concern: Concern, client_for: Callable[[User], Client]
) -> None:
    client_for(anna).post(f"/bekymringer/{concern.code}/ret/", chosen(concern))
    assert Concern.objects.get().version == concern.version
    assert not Event.objects.filter(action="concern.facts_set").exists()


def test_another_district_is_saved_only_when_who_gains_and_who_loses_was_shown(
    anna: User, bo: User, dina: User, concern: Concern, client_for: Callable[[User], Client]
) -> None:
    east = DistrictFactory(key="oester", name="Øster")
    for user, district in ((bo, concern.district), (dina, east)):
        team = Team.objects.create(key=f"team-{user.pk}", name=f"Team {user.pk}", triages=True)
        team.districts.set([district])
        seat(team, user)
    client, path = client_for(bo), f"/bekymringer/{concern.code}/ret/"
    text = client.post(path, chosen(concern, district=east.pk)).content.decode()
    gains, loses = text.index("Får adgang"), text.index("Mister adgang")
    assert dina.person.name in text[gains:loses]
    assert bo.person.name in text[loses : text.index("<form", loses)]
    assert Concern.objects.get().district == concern.district
    # What was shown for one district confirms no other.
    client.post(path, chosen(concern, district="", confirmed=east.pk))
    assert Concern.objects.get().district == concern.district
    answer = client.post(path, chosen(concern, district=east.pk, confirmed=east.pk))
    assert Concern.objects.get().district == east
    assert answer["Location"] == "/bekymringer/"
    assert client.get(f"/bekymringer/{concern.code}/").status_code == 404
    assert client_for(dina).get(f"/bekymringer/{concern.code}/").status_code == 200


def test_two_at_once_do_not_undo_each_other(
    anna: User, concern: Concern, words: Any, scale: Any, client_for: Callable[[User], Client]
) -> None:
    client, path = client_for(anna), f"/bekymringer/{concern.code}/ret/"
    stale = chosen(concern, scale_level=scale["groen"].pk)
    client.post(path, chosen(concern, categories=[words["familie"].pk]))
    text = client.post(path, stale, follow=True).content.decode()
    assert "En anden har ændret sagen imens" in text
    now = Concern.objects.get()
    assert list(now.categories.all()) == [words["familie"]]
    assert now.scale_level == scale["gul"]


def test_who_only_raised_it_and_an_ended_one_are_refused(
    anna: User, erik: User, concern: Concern, scale: Any
) -> None:
    facts: dict[str, Any] = {
        "scale_level": scale["roed"], "categories": [], "organisation": None, "district": None,
    }  # fmt: skip
    with pytest.raises(Refused):
        correct_facts(by=erik, concern=concern, **facts)
    with pytest.raises(ValidationError):
        correct_facts(by=anna, concern=concern, version=concern.version + 1, **facts)
    Concern.objects.update(status="closed", ended_at=timezone.now() - timedelta(hours=1))
    with pytest.raises(Refused):
        correct_facts(by=anna, concern=concern, **facts)


# ---- a correction that makes it grave does what a grave one that is raised does
def mails() -> list[OutgoingMail]:
    return list(OutgoingMail.objects.order_by("pk"))


def correct(concern: Concern, by: User, **other: Any) -> None:
    now = Concern.objects.get(pk=concern.pk)
    facts: dict[str, Any] = {
        "scale_level": now.scale_level, "categories": list(now.categories.all()),
        "organisation": now.organisation, "district": now.district,
    }  # fmt: skip
    correct_facts(by=by, concern=now, **(facts | other))


@pytest.mark.parametrize("way", ["level", "category"])
def test_one_that_turns_grave_is_told_to_the_triagers_and_in_the_course(
    anna: User, bo: User, concern: Concern, ssp: Team, scale: Any, words: Any, way: str
) -> None:
    seat(ssp, bo)
    Person.objects.filter(pk=bo.person.pk).update(email="bo@example.org")
    assert not mails()
    change = {"scale_level": scale["roed"]} if way == "level" else {"categories": [words["familie"]]}
    correct(concern, anna, **change)
    (mail,) = mails()
    assert mail.to == "bo@example.org"  # not who did it
    assert f"/bekymringer/{concern.code}/" in mail.body
    for secret in ("trist", "Alvorligt", "vold", "underret", "Erik"):
        assert secret not in mail.subject + mail.body
    entry = Entry.objects.filter(concern=concern).latest("pk")
    assert "minder om pligten til at underrette" in str(Safe.of([entry]).read(entry, "text"))
    event = Event.objects.get(action="concern.turned_grave")
    assert sentence(event) == "rettede sagen, så den nu minder om pligten til at underrette"
    correct(concern, anna, scale_level=scale["roed"], categories=[words["familie"]])
    assert len(mails()) == 1  # it was grave already
    assert Event.objects.filter(action="concern.turned_grave").count() == 1


def test_one_that_does_not_turn_grave_tells_nobody(
    anna: User, bo: User, concern: Concern, ssp: Team, scale: Any, words: Any
) -> None:
    seat(ssp, bo)
    Person.objects.filter(pk=bo.person.pk).update(email="bo@example.org")
    correct(concern, anna, scale_level=scale["groen"], categories=[words["fravaer"]])
    correct(concern, anna, district=DistrictFactory(key="oester", name="Øster"))
    assert not mails()
    assert not Event.objects.filter(action="concern.turned_grave").exists()


def test_a_grave_one_that_moves_is_told_to_those_who_get_it(
    anna: User, dina: User, concern: Concern, scale: Any
) -> None:
    east = DistrictFactory(key="oester", name="Øster")
    team = Team.objects.create(key="oest", name="Øst", triages=True)
    team.districts.set([east])
    seat(team, dina)
    Person.objects.filter(pk=dina.person.pk).update(email="dina@example.org")
    correct(concern, anna, scale_level=scale["roed"])
    assert not mails()
    correct(concern, anna, district=east)
    (mail,) = mails()
    assert (mail.to, mail.subject) == ("dina@example.org", "Der ligger en ny bekymring til dig i Tovholder")
    assert "ændret" not in mail.body


def test_who_triages_both_districts_is_told_that_it_has_changed(
    anna: User, bo: User, dina: User, concern: Concern, scale: Any
) -> None:
    east = DistrictFactory(key="oester", name="Øster")
    for key, user, districts in (("oest", dina, [east]), ("begge", bo, [east, concern.district])):
        team = Team.objects.create(key=key, name=key, triages=True)
        team.districts.set(districts)
        seat(team, user)
        Person.objects.filter(pk=user.person.pk).update(email=f"{key}@example.org")
    Concern.objects.filter(pk=concern.pk).update(scale_level=scale["roed"])
    correct(concern, anna, district=east)
    assert {each.to: each.subject for each in mails()} == {
        "oest@example.org": "Der ligger en ny bekymring til dig i Tovholder",
        "begge@example.org": "En bekymring er ændret i Tovholder",
    }


def test_nothing_is_mailed_of_a_correction_that_is_refused(anna: User, concern: Concern, scale: Any) -> None:
    Concern.objects.filter(pk=concern.pk).update(status="closed", ended_at=timezone.now() - timedelta(days=1))
    with pytest.raises(Refused):
        correct(concern, anna, scale_level=scale["roed"])
    assert not mails()
    assert Entry.objects.filter(concern=concern).count() == 1
