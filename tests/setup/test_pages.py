"""The administrator brings a file, sees what it changes, and loads it."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.setup.conftest import load
from tovholder.accounts.models import Role, RoleGrant
from tovholder.audit.models import Event
from tovholder.directory.models import Theme
from tovholder.forums.models import Forum
from tovholder.setup.export import export_setup
from tovholder.setup.models import SetupFile

pytestmark = pytest.mark.django_db
THEME = '\n[[theme]]\nkey = "sorg"\nname = "Sorg"\n'


@pytest.fixture
def client(client_for, hans) -> Client:
    return client_for(hans)


def upload(client: Client, text: str | bytes, name: str = "lille.toml", **fragments: str):
    files = [SimpleUploadedFile(name, text.encode() if isinstance(text, str) else text)]
    files += [SimpleUploadedFile(f"{key}.toml", each.encode()) for key, each in fragments.items()]
    return client.post(reverse("setup:index"), {"setup_files": files}, follow=True)


def draft() -> SetupFile:
    return SetupFile.objects.get(applied_at__isnull=True)


def test_the_page_shows_what_is_set_up(small: str, client: Client) -> None:
    page = client.get(reverse("setup:index")).content.decode()
    assert "Lille Kommune" in page
    assert "Styregruppe · Netværk Nord" in page


def test_before_any_set_up(client: Client) -> None:
    assert "ingen opsætning endnu" in client.get(reverse("setup:index")).content.decode()


def test_from_upload_to_loaded(small: str, client: Client, hans) -> None:
    page = upload(client, small.replace("Netværk Nord", "Netværk Nordpå") + THEME).content.decode()
    for words in ("Netværk Nordpå", "Sorg", "Ændret", "1 ny række, 1 ændret række"):
        assert words in page
    assert not Theme.objects.exists()
    page = client.post(
        reverse("setup:apply", args=[draft().pk]),
        {"fingerprint": draft().preview["fingerprint"]},
        follow=True,
    ).content.decode()
    assert "Opsætningen er indlæst: 1 ny række, 1 ændret række." in page
    assert Forum.objects.get(key="netvaerk-nord").name == "Netværk Nordpå"
    assert Theme.objects.get().name == "Sorg"
    assert Event.objects.filter(action="setup.loaded", actor=hans.audit_key).count() == 1
    assert not SetupFile.objects.filter(applied_at__isnull=True).exists()


def test_retired_rows_are_shown(small: str, client: Client) -> None:
    load(small + THEME)
    page = upload(client, small).content.decode()
    assert "Udgår" in page
    assert "Sorg" in page


def test_what_was_uploaded_waits(small: str, client: Client) -> None:
    upload(client, small + THEME)
    assert "lille.toml" in client.get(reverse("setup:index")).content.decode()
    assert "Sorg" in client.get(reverse("setup:draft", args=[draft().pk])).content.decode()


def test_errors_are_listed_and_can_be_mended_on_the_page(small: str, client: Client) -> None:
    broken = small.replace('"monthly"', '"montly"')
    page = upload(client, broken).content.decode()
    assert "1 fejl" in page
    assert "Mente du monthly?" in page
    assert "forum &quot;netvaerk-nord&quot;, cadence" in page
    url = reverse("setup:text", args=[draft().pk, 0])
    assert "Mente du monthly?" in client.get(url).content.decode()
    page = client.post(url, {"text": small.replace("\n", "\r\n") + THEME}, follow=True).content.decode()
    assert "1 ny række" in page


def test_an_invalid_draft_cannot_be_loaded(small: str, client: Client) -> None:
    upload(client, small.replace('"monthly"', '"montly"') + THEME)
    client.post(reverse("setup:apply", args=[draft().pk]), {"fingerprint": ""})
    assert not Theme.objects.exists()
    assert draft().preview["problems"]


def test_a_plan_that_is_no_longer_true_is_shown_again(small: str, client: Client) -> None:
    upload(client, small + THEME)
    shown = draft().preview["fingerprint"]
    Forum.objects.filter(key="netvaerk-nord").update(name="Ændret imens")
    page = client.post(
        reverse("setup:apply", args=[draft().pk]), {"fingerprint": shown}, follow=True
    ).content.decode()
    assert "Intet er indlæst" in page
    assert "Ændret imens" in page
    assert not Theme.objects.exists()


def test_fragments_come_with_the_file_or_with_tovholder(small: str, client: Client) -> None:
    page = upload(
        client, 'include = ["del.toml"]\n' + small, **{"del": "fragment = true\n" + THEME}
    ).content.decode()
    assert "Sorg" in page
    page = upload(client, 'include = ["netvaerksmoede.toml"]\n' + small).content.decode()
    assert "Netværksmøder" in page
    assert SetupFile.objects.filter(applied_at__isnull=True).count() == 1


def test_two_whole_files_are_refused_at_the_field(small: str, client: Client) -> None:
    page = upload(client, small, andet=small).content.decode()
    assert "Vælg kun én fil, der ikke er et fragment." in page


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"\xff\xfe\x00", "ikke almindelig tekst"),
        (b"# 010203-1234", "CPR-nummer"),
        (b"a" * 1_000_001, "for stor"),
    ],
)
def test_what_is_no_set_up_is_refused_before_anything_is_stored(
    content: bytes, words: str, client: Client
) -> None:
    assert words in upload(client, content).content.decode()
    assert not SetupFile.objects.exists()


def test_no_file_chosen(client: Client) -> None:
    assert "Vælg en fil." in client.post(reverse("setup:index")).content.decode()


def test_text_is_shown_as_text(small: str, client: Client) -> None:
    page = upload(client, small.replace('"Netværk Nord"', '"<script>alert(1)</script>"')).content.decode()
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_discarding_asks_once(small: str, client: Client) -> None:
    upload(client, small + THEME)
    url = reverse("setup:discard", args=[draft().pk])
    assert "lille.toml" in client.get(url).content.decode()
    assert SetupFile.objects.filter(applied_at__isnull=True).exists()
    client.post(url)
    assert not SetupFile.objects.filter(applied_at__isnull=True).exists()


def test_export_downloads_the_set_up(small: str, client: Client) -> None:
    response = client.get(reverse("setup:export"))
    assert response.content.decode() == export_setup()
    assert 'filename="opsaetning.toml"' in response["Content-Disposition"]


@pytest.mark.parametrize("name", ["anna", "bo", "frida", "grethe", "ida", "lise"])
def test_only_the_administrator(name: str, request: pytest.FixtureRequest, client_for) -> None:
    other = client_for(request.getfixturevalue(name))
    for url in (reverse("setup:index"), reverse("setup:export"), reverse("setup:draft", args=[1])):
        assert other.get(url).status_code == 403
    assert other.post(reverse("setup:apply", args=[1])).status_code == 403
    assert "Opsætning" not in other.get("/").content.decode()


def test_the_menu_has_it_for_the_administrator(small: str, client: Client) -> None:
    assert f'href="{reverse("setup:index")}"' in client.get(reverse("setup:index")).content.decode()


def test_a_draft_is_its_owners_alone(small: str, client: Client, client_for, anna) -> None:
    upload(client, small + THEME)
    RoleGrant.objects.create(user=anna, role=Role.ADMINISTRATOR)
    assert client_for(anna).get(reverse("setup:draft", args=[draft().pk])).status_code == 404


def _queries(client: Client, url: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code == 200
    return len(captured)


def test_queries_do_not_grow_with_rows(small: str, client: Client) -> None:
    upload(client, small + THEME)
    few = [
        _queries(client, reverse("setup:index")),
        _queries(client, reverse("setup:draft", args=[draft().pk])),
    ]
    more = "".join(f'\n[[theme]]\nkey = "tema-{n}"\nname = "Tema {n}"\n' for n in range(3))
    load(small + more)
    upload(client, small + more + THEME)
    many = [
        _queries(client, reverse("setup:index")),
        _queries(client, reverse("setup:draft", args=[draft().pk])),
    ]
    assert few == many
    assert max(many) <= 12
