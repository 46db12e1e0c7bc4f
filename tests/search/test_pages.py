"""The box and its page."""

from __future__ import annotations

import re

from django.urls import reverse

from tests.factories import AgreementFactory
from tovholder.search import services

SEARCH = "/soeg/efter/"


def ask(client, text: str):
    return client.post(SEARCH, {"q": text}, follow=True)


def test_what_is_typed_stands_in_no_address(network, bo, client_for) -> None:
    AgreementFactory(forum=network, what="Ring til Mikkelsen")
    services.rebuild()
    client = client_for(bo)
    answer = client.post(SEARCH, {"q": "mikkelsen"})
    assert re.fullmatch(r"/soeg/\d+/", answer.url)
    page = client.get(answer.url)
    assert "Ring til <mark>Mikkelsen</mark>" in page.content.decode()
    assert "mikkelsen" not in page.content.decode().split("</title>")[0].lower()
    assert client.post(SEARCH, {"q": "ring"}).url != answer.url
    assert "Mikkelsen" in client.get(answer.url).content.decode()  # the way back
    assert client.post(SEARCH, {"q": "mikkelsen"}).url == answer.url
    assert client.get("/soeg/9/").status_code == 404


def test_only_the_type_asked_for(network, bo, client_for) -> None:
    AgreementFactory(forum=network, what="Netværk for alle")
    services.rebuild()
    client = client_for(bo)
    here = client.post(SEARCH, {"q": "netværk"}).url
    assert "Netværk</mark> for alle" in client.get(f"{here}?type=aftaler").content.decode()
    assert "Netværk</mark> for alle" not in client.get(f"{here}?type=fora").content.decode()
    assert client.get(f"{here}?type=vrøvl&side=-1").status_code == 200
    assert client.get(f"{here}?side=99999999999999999999").status_code == 200
    assert client.get(f"{here}?side=000599").status_code == 200
    assert client.get(f"{here}?side=3&type=aftaler").url == f"{here}?type=aftaler"


def test_text_is_shown_as_text(network, bo, client_for) -> None:
    AgreementFactory(forum=network, what="<b>fed</b> & <script>x</script>")
    services.rebuild()
    page = ask(client_for(bo), "script").content.decode()
    assert "&lt;b&gt;fed&lt;/b&gt; &amp; &lt;<mark>script</mark>&gt;" in page
    assert "<script>x" not in page


def test_nothing_odd_breaks_it(network, bo, client_for) -> None:
    client = client_for(bo)
    for text in (
        '"',
        "''",
        "a' OR 1=1 --",
        "NEAR(",
        "*",
        "æ" * 190,
        "\x00",
        "words:scope",
        "&|!()",
        "سلام",
        "😀 1e5 007",
    ):
        assert ask(client, text).status_code in {200, 422}, text


def test_a_cpr_number_is_not_taken(bo, client_for) -> None:
    answer = client_for(bo).post(SEARCH, {"q": "010203-1234"})
    assert answer.status_code == 422
    assert "CPR-nummer" in answer.content.decode()


def test_an_empty_box_leads_to_what_can_be_found(bo, client_for) -> None:
    page = ask(client_for(bo), "  ").content.decode()
    assert "Det kan du finde" in page


def test_the_box_is_on_every_page_and_names_a_slip_is_forgiven(network, anna, client_for) -> None:
    services.rebuild()
    client = client_for(anna)
    assert SEARCH in client.get(reverse("insights:my_day")).content.decode()
    page = ask(client, "Carle").content.decode()
    assert "Her er det, der ligner" in page
    assert ">Carla<" in page or "<mark>Carla</mark>" in page


def test_few_queries(network, anna, client_for, django_assert_max_num_queries) -> None:
    for n in range(30):
        AgreementFactory(forum=network, what=f"Rundtur {n}")
    services.rebuild()
    client = client_for(anna)
    here = client.post(SEARCH, {"q": "rundtur"}).url
    with django_assert_max_num_queries(12):
        client.get(here)
