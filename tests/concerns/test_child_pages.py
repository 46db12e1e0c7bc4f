"""The pages about a concern's children: what is shown, to whom, and what is never said outside the opened record."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from tests.concerns.child_world import SOFIE, CaseWorld, a_consent, make_case, sharing_kind
from tests.factories import DistrictFactory
from tovholder.access.sharing import Kind
from tovholder.accounts.models import User
from tovholder.audit.models import Event
from tovholder.citizens.identity import Identity
from tovholder.citizens.models import Adult, Child, Consent, ConsentScan
from tovholder.citizens.services.merging import AdultAnswers
from tovholder.concerns.models import CaseTeamMember, Concern
from tovholder.concerns.services import children, seats
from tovholder.concerns.services.seats import SeatGround

ClientFor = Callable[[User], Client]
PDF = b"%PDF-1.7\n% Sofie Hemmelig\n%%EOF\n"


@pytest.fixture
def world(anna: User, erik: User) -> CaseWorld:
    return make_case(anna, erik)


def test_the_overview_names_the_child_and_the_child_page_tells_all(
    world: CaseWorld, client_for: ClientFor
) -> None:
    client = client_for(world.anna)
    page = client.get(world.path()).content.decode()
    assert "Sofie Hemmelig" in page
    assert "04.03.2013" in page
    page = client.get(world.child_path()).content.decode()
    for said in ("Sofie Hemmelig", "0403131234", "Skjultvej 7", "Ingen voksne skrevet på"):
        assert said in page
    title = page.split("</title>")[0].split("<title>")[1]
    crumbs = page.split('class="breadcrumbs')[1].split("</nav>")[0]
    assert "Sofie" not in title + crumbs
    assert (
        Event.objects.filter(action="child.read", object_id=str(world.child.pk), purpose="case").count() == 2
    )


def test_who_may_not_know_gets_what_does_not_exist(
    world: CaseWorld, personas: dict[str, User], client_for: ClientFor
) -> None:
    consent = a_consent(world, world.anna.person.organisation)
    case = world.path().replace("/barn/", "/")
    paths = [
        world.path(), world.path("laeg-paa"), world.path("nyt"), world.child_path(), world.child_path("ret"),
        world.child_path("adresse"), world.child_path("voksen"), world.child_path("oplysning"),
        world.child_path("slet"), world.child_path("saml", "B-222222"), world.child_path("samtykke"),
        world.child_path("log.csv")[:-1], world.child_path("samtykke", str(consent.pk), "traek"),
        world.child_path("samtykke", str(consent.pk), "formular"),
        world.child_path("samtykke", str(consent.pk), "formular", "hent"),
        world.path("samtykke.pdf")[:-1], f"{case}team/", f"{case}team/1/", f"{case}team/1/af/",
    ]  # fmt: skip
    for name, user in personas.items():
        if name == "anna":
            continue
        client = client_for(user)
        for path in paths:
            there = client.get(path)
            assert there.status_code == 404, (name, path)
            assert "Hemmelig" not in there.content.decode()
    nowhere = client_for(personas["bo"]).get("/bekymringer/26-999/barn/")
    assert (
        nowhere.content == client_for(personas["bo"]).get(world.path()).content or nowhere.status_code == 404
    )


def test_a_protected_address_is_shown_to_who_asks_for_it(
    anna: User, erik: User, client_for: ClientFor
) -> None:
    world = make_case(
        anna,
        erik,
        Identity("Sofie Hemmelig", SOFIE.birth_date, address="Skjultvej 7", protected_address=True),
    )
    client = client_for(anna)
    assert "Skjultvej" not in client.get(world.child_path()).content.decode()
    assert "Skjultvej 7" in client.get(world.child_path("adresse")).content.decode()
    assert Event.objects.filter(action="child.read", purpose="protected_address").count() == 1


def test_a_triager_looks_up_and_lays_the_known_child_on(world: CaseWorld, client_for: ClientFor) -> None:
    other = make_case(world.anna, world.erik, level="anonymous")
    client = client_for(world.anna)
    page = client.post(other.path("laeg-paa"), {"cpr": "040313-1234"}).content.decode()
    assert "Sofie Hemmelig" in page
    assert world.child.code in page
    answer = client.post(other.path(world.child.code, "laeg-paa"), {"part": "witness"}, follow=True)
    assert "Vidne" in answer.content.decode()
    assert list(Concern.objects.get(pk=other.concern.pk).children.all()) == [world.child]
    for faulty, said in (
        ({"cpr": ""}, "Skriv et CPR-nummer"),
        ({"cpr": "12"}, "ti cifre"),
        ({"name": "Sofie"}, "Skriv et CPR"),
    ):
        assert said in client.post(other.path("laeg-paa"), faulty).content.decode()


def test_no_seat_is_promised_to_who_could_not_use_it(
    world: CaseWorld, grethe: User, client_for: ClientFor
) -> None:
    sharing_kind(grethe.person.organisation, Kind.SOCIAL_AUTHORITY)
    told = {
        "basis": "rpl115",
        "purpose_code": "crime_prevention",
        "purpose": "Hjælpe",
        "necessity": "Nødvendigt",
    }
    path = reverse("children:team_join", args=[world.concern.code, grethe.person.pk])
    page = client_for(world.anna).post(path, told).content.decode()
    assert "Personens rolle må ikke læse bekymringer." in page
    assert "får fra næste klik adgang" not in page


def test_who_is_no_triager_writes_the_child_and_is_told_of_no_other(
    world: CaseWorld, dina: User, client_for: ClientFor
) -> None:
    sharing_kind(dina.person.organisation, Kind.SOCIAL_AUTHORITY)
    ground = SeatGround("rpl115", "crime_prevention", "forebygge", "skal kende navnet")
    other = make_case(world.anna, world.erik, Identity("Ib Anden", SOFIE.birth_date))
    seats.join_case_team(by=world.anna, concern=other.concern, person=dina.person, ground=ground)
    client = client_for(dina)
    assert client.get(other.path("laeg-paa")).url == other.path("nyt")
    told = {"name": "Sofie Hemmelig", "birth_date": "2013-03-04", "cpr": "0403131234", "part": "subject"}
    page = client.post(other.path("nyt"), told, follow=True).content.decode()
    assert Child.objects.count() == 3
    assert world.child.code not in page
    assert "samme barn" not in page
    assert client.post(other.path(world.child.code, "laeg-paa"), {"part": "subject"}).status_code == 403


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"birth_date": (timezone.localdate() + timedelta(days=1)).isoformat()}, "ligger i fremtiden"),
        ({"cpr": "0503131234"}, "passer ikke til fødselsdagen"),
        ({"name": " . "}, "Skriv barnets navn"),
        ({"address": "Bor hos 040313-1234"}, "CPR"),
    ],
)  # fmt: skip
def test_a_fault_is_said_and_nothing_is_made(world: CaseWorld, client_for: ClientFor, change: dict[str, str], said: str) -> None:  # fmt: skip
    told = {"name": "Sofie Ny", "birth_date": "2013-03-04", "part": "subject"} | change
    answer = client_for(world.anna).post(world.path("nyt"), told)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert Child.objects.count() == 1


def test_the_record_is_corrected_and_grown_ups_written_on(world: CaseWorld, client_for: ClientFor) -> None:
    client = client_for(world.anna)
    told = {
        "name": "Sofie Nytnavn",
        "birth_date": "2013-03-04",
        "cpr": "",
        "address": "",
        "part": "victim",
        "in_foster_care": "on",
    }
    page = client.post(world.child_path("ret"), told, follow=True).content.decode()
    assert "Sofie Nytnavn" in page
    assert "Forurettet" in page
    assert "0403131234" not in page
    client.post(
        world.child_path("voksen"), {"name": "Mor Hemmelig", "standing": "custody", "contact": "20102012"}
    )
    adult = Adult.objects.get()
    assert "20102012" in client.get(world.child_path("voksen", str(adult.pk))).content.decode()
    client.post(world.child_path("voksen", str(adult.pk)), {"name": "Mor Hemmelig", "standing": "no_custody"})
    assert "Har ikke forældremyndighed" in client.get(world.child_path()).content.decode()


def test_a_damaged_text_says_so_and_the_page_stands(world: CaseWorld, client_for: ClientFor) -> None:
    Child.objects.filter(pk=world.child.pk).update(name=b"x" * 40, birth_date=b"y" * 40)
    for path in (world.path(), world.child_path(), world.child_path("ret"), world.child_path("samtykke")):
        page = client_for(world.anna).get(path)
        assert page.status_code == 200, path
    page = client_for(world.anna).get(world.child_path()).content.decode()
    assert page.count("beskadiget") >= 2
    assert "0403131234" in page


# ---- consents
def test_a_consent_is_written_down_scanned_and_withdrawn(
    world: CaseWorld, client_for: ClientFor, frida: User
) -> None:
    client = client_for(world.anna)
    club = frida.person.organisation
    client.post(world.child_path("voksen"), {"name": "Mor Hemmelig", "standing": "custody"})
    told = {
        "giver": Adult.objects.get().pk, "form": "oral", "given": timezone.localdate().isoformat(),
        "organisations": [club.pk], "kinds": "fravær", "purpose": "støtte i klubben",
    }  # fmt: skip
    answer = client.post(world.child_path("samtykke"), told)
    assert "det mundtlige samtykke" in answer.content.decode()
    answer = client.post(
        world.child_path("samtykke"), told | {"giver": "young_person", "note": "i telefonen"}
    )
    assert "fra 15 år" in answer.content.decode()
    page = client.post(
        world.child_path("samtykke"), told | {"note": "i telefonen"}, follow=True
    ).content.decode()
    for said in ("Mor Hemmelig", "Vestby Boldklub", "støtte i klubben", "i telefonen", "Gælder"):
        assert said in page
    consent = Consent.objects.get()
    row = world.child_path("samtykke", str(consent.pk), "formular")
    assert "svarer ikke" in client.post(row, {"file": SimpleUploadedFile("a.png", PDF)}).content.decode()
    client.post(row, {"file": SimpleUploadedFile("Sofie Hemmelig.pdf", PDF)})
    file = client.get(f"{row}hent/")
    assert file.content == PDF
    assert file["Content-Disposition"] == f'attachment; filename="samtykke-{consent.pk}.pdf"'
    assert file["Cache-Control"] == "private, no-store"
    assert Event.objects.filter(action="consent.scan_read").count() == 1
    ConsentScan.objects.update(content=b"x" * 40)
    assert "beskadiget" in client.get(f"{row}hent/", follow=True).content.decode()
    away = world.child_path("samtykke", str(consent.pk), "traek")
    before = client.post(away, {"on": (timezone.localdate() - timedelta(days=1)).isoformat()})
    assert "før det er givet" in before.content.decode()
    page = client.post(away, {"on": timezone.localdate().isoformat()}, follow=True).content.decode()
    assert "Trukket tilbage" in page
    assert "er lukket" in page


def test_the_form_to_print_holds_nothing_about_anybody(world: CaseWorld, client_for: ClientFor) -> None:
    answer = client_for(world.anna).get(world.path("samtykke.pdf")[:-1])
    assert answer.content.startswith(b"%PDF")
    assert answer["Content-Disposition"] == 'inline; filename="samtykke.pdf"'
    assert b"/StructTreeRoot" in answer.content
    assert b"Hemmelig" not in answer.content


def test_the_form_to_sign_holds_what_is_typed_and_nothing_is_kept(
    world: CaseWorld, erik: User, frida: User, client_for: ClientFor
) -> None:
    client, page = client_for(world.anna), world.child_path("samtykke")
    club = frida.person.organisation
    path = f"{page}samtykke.pdf"
    assert f'formaction="{path}"' in client.get(page).content.decode()
    told = {
        "organisations": [club.pk], "kinds": "fravær og trivsel", "purpose": "støtte i klubben",
        "given": "2026-11-02", "expires": "2027-06-30", "form": "oral",
    }  # fmt: skip
    answer = client.post(path, told)
    assert answer["Content-Disposition"] == 'inline; filename="samtykke.pdf"'
    assert answer["Cache-Control"] == "private, no-store"
    words = " ".join(text_of(answer.content).split())
    for said in (
        str(world.concern), "Sofie Hemmelig", "Vestby Boldklub", "fravær og trivsel", "støtte i klubben",
        "30. juni 2027", "2. november 2027",
    ):  # fmt: skip
        assert said in words
    assert "0403" not in words
    assert not Consent.objects.exists()
    read = Event.objects.get(action="child.read", purpose="consent_form")
    assert read.object_id == str(world.child.pk)
    assert "Sofie Hemmelig" in text_of(client.post(path, {}).content)  # the rest is written on the paper
    faulty = client.post(path, told | {"expires": "i morgen"})
    shown = faulty.content.decode()
    assert faulty.status_code == 422
    assert "fravær og trivsel" in shown
    assert f'action="{page}"' in shown  # what is then saved is the consent, not the paper
    assert client.get(path).status_code == 405
    assert client_for(erik).post(path, told).status_code == 404


def text_of(pdf: bytes) -> str:
    return "\n".join(each.extract_text() for each in PdfReader(BytesIO(pdf)).pages)


# ---- the case team
def test_who_gains_is_shown_before_it_is_saved(
    world: CaseWorld, dina: User, frida: User, client_for: ClientFor
) -> None:
    sharing_kind(dina.person.organisation, Kind.SOCIAL_AUTHORITY)
    sharing_kind(frida.person.organisation, Kind.ASSOCIATION)
    client = client_for(world.anna)
    team = world.path().replace("/barn/", "/team/")
    assert "Dina" in client.get(team, {"q": "din"}).content.decode()
    assert "Ingen fundet" in client.get(team, {"q": "zzz"}).content.decode()
    told = {
        "basis": "rpl115",
        "purpose_code": "crime_prevention",
        "purpose": "forebygge",
        "necessity": "skal kende",
    }
    refused = client.post(f"{team}{frida.person.pk}/", told | {"confirmed": "on"}).content.decode()
    assert "ikke er part i det kriminalitetsforebyggende" in refused
    page = client.post(f"{team}{dina.person.pk}/", told).content.decode()
    assert "Dina får fra næste klik adgang til alt i sagen" in page
    assert not CaseTeamMember.objects.exists()
    client.post(f"{team}{dina.person.pk}/", told | {"confirmed": "on"})
    seat = CaseTeamMember.objects.get()
    assert (seat.person, seat.basis, seat.purpose_code) == (dina.person, "rpl115", "crime_prevention")
    assert client_for(dina).get(world.path()).status_code == 200
    assert "Dina mister fra næste klik" in client.get(f"{team}{seat.pk}/af/").content.decode()
    client.post(f"{team}{seat.pk}/af/")
    assert client_for(dina).get(world.path()).status_code == 404


# ---- merging, erasing, the log
def test_different_custody_holders_are_shown_and_asked_about(
    anna: User, erik: User, client_for: ClientFor
) -> None:
    world = make_case(anna, erik, SOFIE, SOFIE)
    client, twin = client_for(anna), world.links[1].child
    for child, name in ((world.child, "Mor Hemmelig"), (twin, "Far Andersen")):
        client.post(world.path(child.code, "voksen"), {"name": name, "standing": "custody"})
    address = world.child_path("saml", twin.code)
    page = client.get(address).content.decode()
    for said in (
        "Mor Hemmelig",
        "Far Andersen",
        "ikke de samme forældremyndighedsindehavere",
        "Bliver stående",
    ):
        assert said in page
    assert (
        client.post(address, {"confirmed": "on"}).status_code == 422
    )  # who Far Andersen is must be answered
    assert Child.objects.filter(merged_into__isnull=True).count() == 2
    father = Adult.objects.get(child=twin)
    client.post(address, {"confirmed": "on", f"adult_{father.pk}": "as:no_custody"})
    assert Child.objects.get(merged_into__isnull=False) == twin
    assert Adult.objects.get(pk=father.pk).standing == "no_custody"
    assert client.get(world.path(twin.code)).status_code == 404


def test_another_districts_child_is_not_opened_by_its_code(
    anna: User, erik: User, client_for: ClientFor
) -> None:
    """Who was at a meeting about it knows the code; only what may be the same child is laid beside, or one's own."""
    world, other = (
        make_case(anna, erik, *each) for each in ((SOFIE,), (Identity("Ib Anden", SOFIE.birth_date), SOFIE))
    )
    Concern.objects.filter(pk=other.concern.pk).update(district=DistrictFactory(key="oest", name="Øst"))
    ib, same = (link.child for link in other.links)
    client = client_for(anna)
    assert client.get(world.child_path("saml", ib.code)).status_code == 404
    assert client.post(world.child_path("saml", ib.code), {"confirmed": "on"}).status_code == 404
    for kept, gone in ((world.child, ib), (ib, world.child)):
        with pytest.raises(ValidationError):
            children.merge(by=anna, concern=world.concern, kept=kept, gone=gone, answers=AdultAnswers())
    assert client.get(world.child_path("saml", same.code)).status_code == 200


def test_erasing_asks_for_the_texts_first_and_says_what_is_lost(
    anna: User, erik: User, client_for: ClientFor
) -> None:
    world = make_case(anna, erik, SOFIE, Identity("Ib Anden", SOFIE.birth_date))
    client, address = client_for(anna), world.child_path("slet")
    page = client.get(address).content.decode()
    assert "ældre end den tid, nøglernes egen sikkerhedskopi gemmes" in page
    client.post(address, {"confirmed": "on"})
    assert not Child.objects.filter(erased_at__isnull=False).exists()
    texts = world.child_path("slet", world.concern.code)
    assert "Kommer sultent i skole" in client.get(texts).content.decode()
    told = {"seen": "Ib er sulten", "works": "", "tried": "", "offence": "", "confirmed": "on"}
    assert client.post(texts, told).url == address
    assert client.post(address, {}).status_code == 200  # not without having looked at the duty to keep
    client.post(address, {"confirmed": "on"})
    assert Child.objects.filter(erased_at__isnull=False).get() == world.child
    assert client.get(world.child_path()).status_code == 404
    assert "Ib Anden" in client.get(world.path()).content.decode()


def test_the_log_for_the_family_is_a_file_without_names(world: CaseWorld, client_for: ClientFor) -> None:
    client = client_for(world.anna)
    client.get(world.child_path())
    answer = client.get(world.child_path("log.csv")[:-1])
    text = b"".join(answer.streaming_content).decode()
    assert "Barnets oplysninger blev set" in text
    assert not {"Anna", "Erik", "Sofie", "Hemmelig"} & set(text.replace(";", " ").split())
    assert answer["Content-Disposition"] == f'attachment; filename="log-{world.child.code}.csv"'


@pytest.mark.parametrize("count", [1, 3])
def test_the_overview_asks_the_same_however_many_children(
    anna: User, erik: User, client_for: ClientFor, count: int, django_assert_max_num_queries: Any
) -> None:
    world = make_case(anna, erik, *[Identity(f"Ib Nr{n}", SOFIE.birth_date) for n in range(count)])
    client = client_for(anna)
    client.get(world.path())
    with django_assert_max_num_queries(31):
        client.get(world.path())
