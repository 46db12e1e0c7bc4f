"""Whatever is typed in an address or a form: an answer, never a fault, and nothing stored that may not be."""

from __future__ import annotations

import pytest
from django.db import transaction
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.factories import AgendaItemFactory, MeetingFactory, ParticipationFactory, TopicFactory
from tests.worlds import examples
from tovholder.accounts.models import Role, RoleGrant
from tovholder.forums.models import Forum
from tovholder.meetings.models import AgendaItem, Topic
from tovholder.plans.models import Agreement

JUNK = st.one_of(
    st.sampled_from(
        [
            "",
            "abc",
            "0",
            "-1",
            "99999",
            str(2**31),
            str(2**63),
            "9" * 5000,
            "\x00",
            "a\x00b",
            "99999-01-01",
            "0001-01-01",
        ]
    ),
    st.sampled_from(
        ["²", "١٢", "1e9", "NaN", "\u202e<script>", "😀" * 40, "' OR 1=1", "%", "\ud7ff", "æøå" * 4000]
    ),
    st.text(st.characters(exclude_categories=("Cs",)), max_size=30),
)
LISTS = {
    "/moeder/": ("side", "forum", "periode", "status", "sortering", "mine"),
    "/moeder/nyt/": ("forum", "kind", "others"),
    "/moeder/nyt/detaljer/": ("forum", "kind", "others"),
    "/moeder/raekke/": ("forum",),
    "/aftaler/": ("side", "q", "forum", "orden", "vis"),
    "/aftaler/tavle/": ("side", "q", "forum", "orden", "kun"),
    "/aftaler/ny/": ("forum",),
    "/fora/": ("side", "q", "navn", "forum_type", "district", "type", "distrikt"),
    "/vejviser/": ("side", "q", "navn", "name", "organisation", "side_", "party"),
    "/vejviser/organisationer/": ("side", "q", "kind", "district", "slags"),
    "/vejviser/skoler/": ("side", "q", "district", "distrikt"),
    "/vejviser/personer/ny/": ("organisation",),
    "/logins/": ("side", "q", "rolle"),
    "/mail/": ("side", "q", "status"),
    "/log/": ("side", "hvem", "hvad", "slags", "om", "nummer", "fra", "til"),
    "/log/fil/": ("hvem", "hvad", "slags", "om", "nummer", "fra", "til"),
    "/moeder/forum/{forum}/emner/": ("side", "status", "sortering"),
    "/moeder/forum/{forum}/sendt/nyt/": ("punkt",),
    "/fora/{forum}/moeder/": ("side",),
    "/fora/{forum}/aftaler/": ("side", "vis"),
    "/fora/{forum}/kommissorium/sammenlign/": ("ny", "gammel"),
}
FORMS = {
    "/moeder/nyt/detaljer/?forum={forum}&kind=ordinary": "title day starts ends place online_url chair minute_taker note confirmed",
    "/moeder/raekke/": "forum kind nth weekday weeks day first last starts minutes place days create",
    "/moeder/{meeting}/ret/": "title day starts ends place online_url chair minute_taker note confirmed",
    "/moeder/{meeting}/punkter/nyt/": "heading kind level minutes presenter question sub_points single_case_reason",
    "/moeder/{meeting}/punkter/flyt/": "item step",
    "/moeder/{meeting}/svar/": "answer note",
    "/moeder/{meeting}/stedfortraeder/": "name email",
    "/moeder/{meeting}/deltagere/gaest/": "person name email organisation part only_item",
    "/moeder/{meeting}/aflys/": "reason",
    "/moeder/{running}/under/punkt/{item}/tekst/": "text version join",
    "/moeder/{running}/under/punkt/{item}/fang/aftale/": "what responsible due_on forum",
    "/moeder/{running}/under/punkt/{item}/fang/emne/": "heading why forum",
    "/moeder/{running}/under/punkt/{item}/fang/forslag/": "text to_forum to_person",
    "/moeder/{running}/under/videre/": "to item text version done",
    "/moeder/{running}/under/gaest/": "person name email organisation part back",
    "/moeder/forum/{forum}/emner/nyt/": "heading why minutes level theme wanted_on",
    "/moeder/forum/{forum}/emner/{topic}/paa/": "meeting",
    "/moeder/forum/{forum}/sendt/nyt/": "heading text to_forum to_person",
    "/aftaler/ny/": "what forum responsible due_on helpers level",
    "/vejviser/personer/ny/": "name title email phone organisation",
    "/fora/{forum}/medlemmer/ny/": "person role is_guest valid_from",
    "/moeder/forum/{forum}/saml/": "others name reason",
    "/logins/nyt/": "name email roles",
    "/konto/login/": "login password next",
    "/konto/glemt/": "email",
}
settings.register_profile(
    "junk",
    max_examples=examples(12),
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
    database=None,
)
JUNKY = settings(settings.get_profile("junk"))


@pytest.fixture
def places(anna, network: Forum, monkeypatch) -> dict[str, int]:
    """Anna may open everything here: she convenes, administers and reviews the log."""
    monkeypatch.setattr("logging.root.manager.disable", 50)
    for role in (Role.ADMINISTRATOR, Role.LOG_REVIEWER):
        RoleGrant.objects.create(user=anna, role=role)
    meeting, running = (
        MeetingFactory(lead_forum=network),
        MeetingFactory(lead_forum=network, status="running"),
    )
    ParticipationFactory(meeting=meeting, person=anna.person)
    item = AgendaItemFactory(meeting=running)
    topic = TopicFactory(forum=network, status="banked")
    return {
        "forum": network.pk,
        "meeting": meeting.pk,
        "running": running.pk,
        "item": item.pk,
        "topic": topic.pk,
    }


def press(client: Client, method: str, path: str, data: dict[str, str]) -> int:
    """Return the status of the answer, and take back what it changed."""
    with transaction.atomic():
        response = getattr(client, method)(path, data, follow=method == "get")  # what is typed is led on
        if response.streaming:
            list(response)
        transaction.set_rollback(True)
    return int(response.status_code)


@JUNKY
@given(data=st.data())
def test_no_address_breaks_a_list(places, anna, client_for, data):
    client = client_for(anna)
    for path, names in LISTS.items():
        query = {name: data.draw(JUNK) for name in names}
        assert press(client, "get", path.format(**places), query) < 500, (path, query)


@JUNKY
@given(data=st.data())
def test_no_form_breaks(places, anna, client_for, data):
    client = client_for(anna)
    for path, names in FORMS.items():
        sent = {name: data.draw(JUNK) for name in names.split()}
        assert press(client, "post", path.format(**places), sent) < 500, (path, sent)


CPR = [
    "010180-1234",
    "0101801234",
    "010180 1234",
    "０１０１８０-１２３４",
    "01\u200b0180-1234",
    "010180\u20131234",
]


@pytest.mark.parametrize("number", CPR)
def test_a_cpr_number_is_stored_by_no_form(places, anna, client_for, number):
    client = client_for(anna)
    text = f"Ring om {number} i morgen"
    for path, names in FORMS.items():
        client.post(path.format(**places), dict.fromkeys(names.split(), text))
    good = {"heading": "Emne", "kind": "discussion", "level": "general", "minutes": "10", "sub_points": text}
    assert client.post("/moeder/{meeting}/punkter/nyt/".format(**places), good).status_code == 200
    saved = client.post(
        "/moeder/{running}/under/punkt/{item}/tekst/".format(**places), {"text": text, "version": "0"}
    )
    assert saved.status_code == 422
    stored = [*AgendaItem.objects.values_list("heading", "question", "text", "sub_points")]
    stored += [*Topic.objects.values_list("heading", "why"), *Agreement.objects.values_list("what", "reason")]
    assert number not in str(stored)
    assert "i morgen" not in str(stored)


def test_a_nul_sign_in_the_minutes_is_left_out(places, anna, client_for):
    client = client_for(anna)
    client.post(
        "/moeder/{running}/under/punkt/{item}/tekst/".format(**places), {"text": "Vi\x00 ses", "version": "0"}
    )
    assert AgendaItem.objects.get(pk=places["item"]).text == "Vi ses"


def test_what_is_typed_is_shown_as_text(places, anna, client_for):
    client = client_for(anna)
    AgendaItem.objects.filter(pk=places["item"]).update(
        heading="<script>alert(1)</script>", text="<img src=x onerror=y>"
    )
    for path in (
        "/moeder/{running}/",
        "/moeder/{running}/under/punkt/{item}/",
        "/moeder/{running}/efter/",
        "/moeder/{running}/storskaerm/",
    ):
        page = client.get(path.format(**places)).content.decode()
        assert "<script>alert" not in page
        assert "<img src=x" not in page


@pytest.mark.parametrize(
    "away",
    ["//ond.example", "https://ond.example", "/\\ond.example", "javascript:alert(1)", "///ond.example"],
)
def test_nobody_is_led_away(places, anna, client_for, away):
    client = client_for(anna)
    for path, name in (
        ("/moeder/{running}/under/fremmoede/", "back"),
        ("/aftaler/paamindelser/", "tilbage"),
        ("/fora/{forum}/deltagere/tryk/", "next"),
    ):
        response = client.post(
            path.format(**places),
            {name: away, "person": str(anna.person.pk), "tap": f"{anna.person.pk}-keep"},
        )
        assert "ond.example" not in response.headers.get("Location", "")
    anna.set_password("en-lang-adgangskode")
    anna.save()
    sent = {"login": anna.email, "password": "en-lang-adgangskode", "next": away}
    assert "ond.example" not in Client().post("/konto/login/", sent).headers.get("Location", "")


def test_every_button_wants_its_token(places, anna):
    client = Client(enforce_csrf_checks=True)
    client.force_login(anna)
    for path in FORMS:
        assert client.post(path.format(**places), {}).status_code == 403, path


def test_another_host_is_refused(anna, client_for, settings):
    settings.ALLOWED_HOSTS = ["vestby.example"]
    assert client_for(anna).get("/", headers={"host": "ond.example"}).status_code == 400


def test_logging_in_changes_the_session(anna):
    anna.set_password("en-lang-adgangskode")
    anna.save()
    client = Client()
    client.session.save()
    client.cookies["sessionid"] = before = "a" * 32
    client.post("/konto/login/", {"login": anna.email, "password": "en-lang-adgangskode"})
    assert client.cookies["sessionid"].value != before


def test_guessing_passwords_is_stopped(anna):
    anna.set_password("en-lang-adgangskode")
    anna.save()
    client = Client()
    for _guess in range(12):
        client.post("/konto/login/", {"login": anna.email, "password": "forkert"})
    client.post("/konto/login/", {"login": anna.email, "password": "en-lang-adgangskode"})
    assert "_auth_user_id" not in client.session
