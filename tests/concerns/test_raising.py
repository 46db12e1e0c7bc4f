"""A concern is raised: by the form, in one transaction, and nothing of it is lost or told."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from tests.concerns.conftest import seat
from tests.factories import DistrictFactory, SchoolFactory
from tovholder.accounts.models import User
from tovholder.audit.models import Event
from tovholder.citizens.models import Child
from tovholder.citizens.services.safe import Safe
from tovholder.concerns.models import Concern, ConcernRules, Team
from tovholder.concerns.services.reading import show_concern
from tovholder.directory.models import GuardWords
from tovholder.outbox.models import OutgoingMail

MAY_RAISE = {"anna", "bo", "carla", "dina", "erik", "grethe", "hans"}


@pytest.fixture
def least(scale: dict[str, Any], words: dict[str, Any], municipality: Any, ssp: Any) -> dict[str, Any]:
    """What is sent at the least."""
    return {"about": "barn", "seen": "Eleven er ked af det.", "scale_level": scale["gul"].pk}


def test_who_may_raise_one_sees_the_way_to_it(
    personas: dict[str, User], client_for: Callable[[User], Client], least: Any
) -> None:
    shown = {
        name for name, user in personas.items() if b"/bekymringer/ny/" in client_for(user).get("/").content
    }
    opened = {
        name for name, user in personas.items() if client_for(user).get("/bekymringer/ny/").status_code == 200
    }
    assert shown == opened == MAY_RAISE


def test_an_anonymous_concern_is_sealed_and_its_own_words_are_shown(
    erik: User, client_for: Callable[[User], Client], least: dict[str, Any], words: dict[str, Any]
) -> None:
    sent = least | {
        "since": "Efter ferien", "tried": "En samtale", "works": "Idræt",
        "risk": [words["risk"].pk], "protective": [words["protective"].pk], "own_protective": "En god ven",
        "categories": [words["fravaer"].pk],
    }  # fmt: skip
    response = client_for(erik).post("/bekymringer/ny/", sent)
    concern = Concern.objects.get()
    assert response["Location"] == f"/bekymringer/{concern.code}/"
    assert concern.level == "anonymous"
    assert b"ked af det" not in bytes(concern.seen)
    text = client_for(erik).get(response["Location"]).content.decode()
    for written in ("Eleven er ked af det.", "Efter ferien", "Har en fritidsinteresse", "En god ven"):
        assert written in text
    assert "Modtaget" in text
    assert [each.name for each in concern.categories.all()] == ["Fravær"]


def test_school_and_district_come_from_where_i_work(
    erik: User, client_for: Callable[[User], Client], least: dict[str, Any], district: Any
) -> None:
    place = erik.person.organisation
    place.district = district
    place.save()
    SchoolFactory(organisation=place, district=district)
    form = client_for(erik).get("/bekymringer/ny/").context["form"]
    assert form["organisation"].value() == place.pk
    client_for(erik).post("/bekymringer/ny/", least | {"organisation": place.pk})
    assert Concern.objects.get().district == district


def test_a_named_one_makes_a_new_child_also_where_it_is_known(
    erik: User, client_for: Callable[[User], Client], least: dict[str, Any]
) -> None:
    sent = least | {"about": "barn-navn", "child_name_1": "Sofie Prøve", "child_born_1": "2012-03-04"}
    first = client_for(erik).post("/bekymringer/ny/", sent)
    second = client_for(erik).post("/bekymringer/ny/", sent)
    assert [each.level for each in Concern.objects.all()] == ["named", "named"]
    assert Child.objects.count() == 2
    # The same answer, whether the child is known or not, and its code is not told.
    pages = [client_for(erik).get(each["Location"]).content.decode() for each in (first, second)]
    assert not any(child.code in text for child in Child.objects.all() for text in pages)
    assert not any("Sofie" in text for text in pages)
    assert not any("Sofie" in str(each.details) for each in Event.objects.all())


def test_all_or_nothing(
    erik: User, client_for: Callable[[User], Client], least: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(**given: Any) -> None:
        raise RuntimeError("the power went")

    monkeypatch.setattr("tovholder.concerns.services.raising.lay_child_on", broken)
    sent = least | {"about": "barn-navn", "child_name_1": "Sofie Prøve", "child_born_1": "2012-03-04"}
    with pytest.raises(RuntimeError):
        client_for(erik).post("/bekymringer/ny/", sent)
    assert not Concern.objects.exists()
    assert not Child.objects.exists()


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"seen": ""}, "Skal udfyldes."),
        ({"scale_level": ""}, "Vælg en mulighed."),
        ({"about": "barn-navn"}, "Skriv barnets navn"),
        ({"about": "barn-navn", "child_name_1": "Sofie"}, "Skriv fødselsdagen."),
        ({"about": "barn-navn", "child_name_1": "Sofie", "child_born_1": "2999-01-01"}, "ligger i fremtiden"),
        ({"about": "barn-navn", "child_born_2": "2012-01-01", "child_name_1": "S", "child_born_1": "2012-01-01"}, "Skriv barnets navn."),
        ({"seen": "Nummeret er 040312-1234"}, "ligner et CPR-nummer"),
        ({"seen": "Jonas Petersen slår de andre"}, "kan pege på en person"),
    ],
)  # fmt: skip
def test_a_fault_is_told_and_nothing_typed_is_lost(
    erik: User,
    client_for: Callable[[User], Client],
    least: dict[str, Any],
    changed: dict[str, str],
    said: str,
) -> None:
    sent = least | {"tried": "Det hele er skrevet", "own_risk": "Uro"} | changed
    text = client_for(erik).post("/bekymringer/ny/", sent).content.decode()
    assert said in text
    assert not Concern.objects.exists()
    for written in ("Det hele er skrevet", "Uro", changed.get("seen", "Eleven er ked af det.")):
        assert written in text


def test_details_that_together_point_to_a_child_are_warned_of_and_kept_by_a_yes(
    erik: User, client_for: Callable[[User], Client], least: dict[str, Any]
) -> None:
    sent = least | {"seen": "En syrisk dreng på 13 år, som går til boksning, slår."}
    text = client_for(erik).post("/bekymringer/ny/", sent).content.decode()
    assert "alder, nationalitet, sprog eller tro, klub eller fritidsinteresse" in text
    client_for(erik).post("/bekymringer/ny/", sent | {"sure": "on"})
    assert Concern.objects.count() == 1


def test_a_name_can_be_swapped_in_place_and_the_municipalitys_own_names_are_let_through(
    erik: User, client_for: Callable[[User], Client], least: dict[str, Any]
) -> None:
    GuardWords.objects.create(harmless=["Karlsen"])
    sent = least | {"seen": "Jonas Petersen slår de andre ved Karlsen."}
    client = client_for(erik)
    choices = client.post("/bekymringer/ny/", sent).context["form"].guard_choices["seen"]
    assert "Karlsen" not in {each.text for each in choices}
    client.post("/bekymringer/ny/", sent | {each.name: each.swaps[0] for each in choices})
    text = Safe.of([Concern.objects.get()]).read(Concern.objects.get(), "seen").text
    assert "Jonas" not in text
    assert text.endswith("slår de andre ved Karlsen.")


def test_a_named_one_is_not_looked_through(
    erik: User, client_for: Callable[[User], Client], least: dict[str, Any]
) -> None:
    child = {"about": "barn-navn", "child_name_1": "Jonas Prøve", "child_born_1": "2012-03-04"}
    client_for(erik).post("/bekymringer/ny/", least | child | {"seen": "Jonas Petersen slår de andre"})
    assert Concern.objects.count() == 1


def test_fewer_details_are_no_warning_and_the_set_up_decides_how_many(
    erik: User, client_for: Callable[[User], Client], least: dict[str, Any]
) -> None:
    ConcernRules.objects.create(key="standard", identifying_details=4)
    client_for(erik).post(
        "/bekymringer/ny/", least | {"seen": "En syrisk dreng på 13 år, som går til boksning."}
    )
    assert Concern.objects.count() == 1


@pytest.mark.parametrize("by_category", [True, False])
def test_what_calls_for_notification_says_so_before_anything_else(
    erik: User,
    client_for: Callable[[User], Client],
    least: dict[str, Any],
    scale: Any,
    words: Any,
    by_category: bool,
) -> None:
    ConcernRules.objects.create(
        key="standard", notification_phone="12 34 56 78", notification_url="https://k.example/u"
    )
    more = {"categories": [words["familie"].pk]} if by_category else {"scale_level": scale["roed"].pk}
    response = client_for(erik).post("/bekymringer/ny/", least | more)
    assert response["Location"].endswith("/underret/")
    text = client_for(erik).get(response["Location"]).content.decode()
    for said in (
        "Underret nu, og gør det selv",
        "Pligten er personlig",
        "ikke efter et møde",
        "tel:12345678",
        "https://k.example/u",
    ):
        assert said in text
    assert ("Sig ikke noget til familien" in text) is by_category


@pytest.mark.parametrize("who", ["grethe", "hans"])
def test_who_may_not_read_it_is_told_of_the_duty_all_the_same(
    personas: dict[str, User], client_for: Callable[[User], Client], least: Any, scale: Any, who: str
) -> None:
    ConcernRules.objects.create(key="standard", notification_phone="12 34 56 78")
    client = client_for(personas[who])
    answer = client.post("/bekymringer/ny/", least | {"scale_level": scale["roed"].pk})
    text = client.get(answer["Location"]).content.decode()
    for said in (
        "Underret nu, og gør det selv",
        "Pligten er personlig",
        "tel:12345678",
        "sig ikke noget til",
    ):
        assert said in text
    made = Concern.objects.get()
    assert client.get(f"/bekymringer/{made.code}/").status_code == 404
    calm = client.post("/bekymringer/ny/", least, follow=True)
    assert calm.status_code == 200
    assert "Bekymringen er sendt" in calm.content.decode()


def test_the_raiser_reads_own_words_for_the_days_of_the_set_up_and_then_the_status(
    erik: User, raise_one: Any, client_for: Callable[[User], Client], municipality: Any
) -> None:
    for days, shown in ((29, True), (31, False)):
        concern = raise_one(erik, seen="Mine egne ord", days=days)
        text = client_for(erik).get(f"/bekymringer/{concern.code}/").content.decode()
        assert ("Mine egne ord" in text) is shown
        assert "Modtaget" in text


def test_opening_is_logged_and_a_damaged_text_says_so(
    erik: User, anna: User, ssp: Any, raise_one: Any
) -> None:
    concern = raise_one(erik)
    Concern.objects.filter(pk=concern.pk).update(seen=b"damaged")
    view = show_concern(
        by=User.objects.get(pk=anna.pk), concern=Concern.objects.get(pk=concern.pk), purpose="concern"
    )
    assert "beskadiget" in str(view.texts["seen"])
    event = Event.objects.filter(action="concern.read").latest("pk")
    assert (event.purpose, event.ground, event.details) == ("concern", "triager", {"part": "all"})
    assert Safe.of([concern]).read(Concern.objects.get(pk=concern.pk), "seen").fault == "damaged"


def test_triagers_are_told_by_mail_of_one_that_reminds_of_the_duty_and_the_mail_says_nothing_of_it(
    anna: User,
    erik: User,
    dina: User,
    bo: User,
    ssp: Any,
    raise_one: Any,
    scale: Any,
    words: Any,
    district: Any,
) -> None:
    elsewhere = Team.objects.create(key="oester", name="Øster", triages=True)
    elsewhere.districts.set([DistrictFactory(key="oester", name="Øster")])
    here = Team.objects.create(key="vester", name="Vester", triages=True)
    here.districts.set([district])
    seat(elsewhere, bo)
    seat(here, dina)
    seat(here, anna)  # who sits in two teams still gets one mail
    raise_one(erik, scale_level=scale["gul"], categories=[words["fravaer"]])
    assert not OutgoingMail.objects.exists()
    red = raise_one(erik, seen="Har blå mærker", children=1, scale_level=scale["roed"])
    by_category = raise_one(erik, seen="Har blå mærker", categories=[words["familie"]])
    for concern in (red, by_category):
        mails = OutgoingMail.objects.filter(about=f"concern-raised-{concern.pk}")
        assert sorted(each.to for each in mails) == sorted([anna.person.email, dina.person.email])
        for mail in mails:
            assert f"/bekymringer/{concern.code}/" in mail.body
            told = mail.subject + mail.body
            for secret in ("blå", "Sofie", "Erik", "Alvorligt", "vold", "underret", district.name):
                assert secret not in told
    raise_one(anna, scale_level=scale["roed"])
    assert OutgoingMail.objects.filter(to=anna.person.email).count() == 2  # not of one's own


def test_a_triager_who_cannot_log_in_gets_no_mail(
    erik: User, anna: User, dina: User, ssp: Any, raise_one: Any, scale: Any
) -> None:
    seat(ssp, dina)
    User.objects.filter(pk=dina.pk).update(is_active=False)
    raise_one(erik, scale_level=scale["roed"])
    assert [each.to for each in OutgoingMail.objects.all()] == [anna.person.email]
