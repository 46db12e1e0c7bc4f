"""The family's own login against a real provider process: its own child, what was released, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from allauth.socialaccount.models import SocialAccount
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.test import Client
from django.urls import get_resolver, reverse
from django.utils import timezone

from tests.concerns.child_world import make_case
from tests.config.test_environment import SAFE
from tests.login.conftest import Families
from tests.login.family_world import FATHER, FOR_ALL, FOR_MOTHER, FOR_SOFIE, MOTHER, OTHER, Home, body, named
from tests.test_closed_by_default import EXEMPT
from tovholder.access.decision import yes
from tovholder.accounts.models import User
from tovholder.accounts.sign_on import FamilySignOn, providers, relative
from tovholder.audit.models import Event
from tovholder.citizens.identity import Identity
from tovholder.citizens.models import Adult
from tovholder.citizens.services.kin import identify_adult, token_of
from tovholder.concerns.models import Category, Concern
from tovholder.concerns.services import children
from tovholder.config.environment import Environment
from tovholder.meetings.services import own_child, releasing

pytestmark = pytest.mark.django_db


# ---------------------------------------------------------------- who gets in, and to what
def test_a_custody_holder_reads_what_was_released_of_the_own_child_and_it_is_logged(
    families: Families, home: Home
) -> None:
    front = body(Client().get("/familie/"))
    assert "Log ind med MitID" in front
    client = families.citizen(MOTHER)
    listed = body(client.get("/familie/mit/"))
    assert "Sofie Hemmelig" in listed
    assert home.page() in listed
    page = body(client.get(home.page()))
    assert FOR_ALL in page
    assert FOR_MOTHER in page
    assert FOR_SOFIE not in page
    assert "Sofie" not in page.split("</title>")[0]
    read = Event.objects.get(action="family.read")
    assert (read.kind, read.actor, read.ground) == ("read", f"family-adult:{home.mother.pk}", "own_case")
    assert (read.object_id, read.details) == (str(home.child.pk), {"case_item": home.item.pk})
    assert Event.objects.filter(action="family.listed", actor=read.actor).count() == 1
    assert Event.objects.filter(action="family.entered", actor=read.actor, kind="login").count() == 1
    # No login was made, and nothing of the provider's answer is kept.
    assert not SocialAccount.objects.exists()
    assert not User.objects.filter(email="").exists()


def test_the_other_parent_reads_nothing_private_of_the_first(families: Families, home: Home) -> None:
    page = body(families.citizen(FATHER).get(home.page()))
    assert FOR_ALL in page
    assert FOR_MOTHER not in page
    assert FOR_SOFIE not in page


def test_the_young_person_reads_from_15_and_the_parents_until_18(families: Families, home: Home) -> None:
    def born(years: int) -> None:
        today = timezone.localdate()
        day = date(today.year - years, 1, 1)
        identity = Identity("Sofie Hemmelig", day, cpr=f"{day:%d%m%y}1234")
        children.change_child_of(
            by=home.case.anna, concern=home.case.concern, child=home.child, identity=identity
        )

    own: dict[int, tuple[bool, bool]] = {}
    for years in (14, 15, 17, 18):
        born(years)
        cpr = f"0101{(timezone.localdate().year - years) % 100:02d}1234"
        young = families.citizen(cpr).get(home.page())
        parent = families.citizen(FATHER).get(home.page())
        own[years] = (young.status_code == 200, parent.status_code == 200)
        if young.status_code == 200:
            assert FOR_SOFIE in body(young)
            assert FOR_MOTHER not in body(young)
    assert own == {14: (False, True), 15: (True, True), 17: (True, True), 18: (True, False)}


def test_a_stranger_and_a_parent_with_nothing_see_the_same_page(
    families: Families, home: Home, anna: User, erik: User
) -> None:
    known = make_case(anna, erik, Identity("Aksel Anden", date(2014, 5, 6)))
    children.write_adult(
        by=anna, concern=known.concern, child=known.child, adult=None, standing="custody", name="Far Anden", contact="", cpr=OTHER
    )  # fmt: skip
    pages = [body(families.citizen(cpr).get("/familie/mit/")) for cpr in (OTHER, "0909901234")]
    plain = [page.split('<main id="main-content"')[1].split("csrfmiddlewaretoken")[0] for page in pages]
    assert plain[0] == plain[1]
    assert "Der er ikke noget til dig lige nu" in pages[0]
    for cpr in (OTHER, "0909901234"):
        assert families.citizen(cpr).get(home.page()).status_code == 404


@pytest.mark.parametrize("standing", ["no_custody", "foster"])
def test_only_who_holds_custody(families: Families, home: Home, standing: str) -> None:
    Adult.objects.filter(pk=home.father.pk).update(standing=standing)
    assert families.citizen(FATHER).get(home.page()).status_code == 404


def test_what_is_taken_back_or_forbidden_is_gone_at_the_next_request(
    families: Families, home: Home, anna: User
) -> None:
    client = families.citizen(FATHER)
    assert client.get(home.page()).status_code == 200
    suspected = Category.objects.create(key="vold", name="Vold", suspicion=Category.Suspicion.BY_FAMILY)
    # In another open case of the same child: nothing reaches the family either.
    other = make_case(anna, home.case.erik, level="anonymous")
    children.lay_known_child_on(by=anna, concern=other.concern, child=home.child, part="subject")
    other.concern.categories.add(suspected)
    assert client.get(home.page()).status_code == 404
    assert "Sofie" not in body(client.get("/familie/mit/"))
    Concern.objects.filter(pk=other.concern.pk).update(status="closed", ended_at=timezone.now())
    assert client.get(home.page()).status_code == 200
    identify_adult(by=anna, decision=yes("triager"), adult=home.father, cpr="")
    assert client.get(home.page()).status_code == 404
    identify_adult(by=anna, decision=yes("triager"), adult=home.father, cpr=FATHER)
    for row in home.item.texts.filter(key__startswith="familie-"):
        releasing.take_back(by=anna, case_item=home.item, text_id=row.pk)
    assert client.get(home.page()).status_code == 404


def test_no_page_of_the_staff_opens_to_a_family(families: Families, home: Home) -> None:
    client = families.citizen(MOTHER)
    seen = 0
    for name, pattern in named(get_resolver().url_patterns):
        if name in EXEMPT or pattern.pattern.converters:
            continue
        answer = client.get(reverse(name))
        assert answer.status_code in {302, 405}, name
        if answer.status_code == 302:
            assert answer.url.startswith("/konto/login/"), name
        seen += 1
    assert seen > 30
    staff = [
        f"/bekymringer/{home.case.concern.code}/", home.case.child_path(), f"/moeder/{home.item.meeting_id}/sager/{home.item.pk}/",
    ]  # fmt: skip
    for path in staff:
        assert client.get(path).url.startswith("/konto/login/")


def test_a_session_is_one_or_the_other(
    families: Families, home: Home, client_for: Callable[[User], Client], anna: User, settings: Any
) -> None:
    staff = client_for(anna)
    assert staff.get("/familie/").status_code == 404
    assert staff.get(home.page()).status_code == 404
    families.knows("borger-mor", cpr=MOTHER)
    families.enter("borger-mor", staff)
    assert staff.get(home.page()).status_code == 200
    assert staff.get("/").status_code == 302  # the staff login has left the browser
    staff.post("/familie/log-ud/")
    assert staff.get(home.page()).url == "/familie/"
    settings.FAMILY_SIGN_ON = None
    settings.SOCIALACCOUNT_PROVIDERS = {}
    for path in ("/familie/", "/familie/mit/", home.page()):
        assert Client().get(path).status_code == 404
    assert Client().post("/konto/login/familien/").status_code == 404


def test_the_session_ends_after_half_an_hour_and_holds_no_number(families: Families, home: Home) -> None:
    client = families.citizen(MOTHER)
    session = client.session
    assert 0 < session.get_expiry_age() <= own_child.LASTS
    assert bytes.fromhex(session[own_child.SHOWN]) == token_of(MOTHER)
    stored = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            stored += [repr(row) for row in cursor.fetchall()]
    dump = "\n".join(stored) + repr(dict(session.items()))
    assert MOTHER not in dump
    assert FATHER not in dump
    assert FOR_ALL not in dump


# ---------------------------------------------------------------- the provider
@pytest.mark.parametrize(
    ("claims", "code"),
    [
        ({}, "no_cpr"),
        ({"cpr": "12"}, "no_cpr"),
        ({"cpr": 101801234}, "no_cpr"),
        ({"cpr": ["0101801234"]}, "no_cpr"),
    ],
)
def test_without_a_number_nobody_gets_in(families: Families, claims: dict[str, Any], code: str) -> None:
    families.knows("borger-x", **claims)
    client, answer = families.enter("borger-x")
    assert answer.status_code == 403
    assert "Vi fik ikke at vide, hvem du er" in body(answer)
    assert 'href="/familie/"' in body(answer)
    assert Event.objects.get(action="login.refused").details == {"code": code}
    assert client.get("/familie/mit/").url == "/familie/"


def test_who_breaks_off_is_led_back_to_the_familys_page(families: Families) -> None:
    client = Client()
    answer = client.get(families.refuses(client))
    assert answer.status_code == 403
    assert "Du afbrød" in body(answer)
    assert 'href="/familie/"' in body(answer)


def test_a_login_that_is_not_sure_enough_is_refused(families: Families, settings: Any) -> None:
    way = FamilySignOn(
        server_url=families.address, client_id="t", secret="s", strong=frozenset({"substantial"})
    )
    settings.FAMILY_SIGN_ON = way
    settings.SOCIALACCOUNT_PROVIDERS = providers(None, way)
    families.knows("borger-y", cpr=MOTHER, acr="low")
    _client, answer = families.enter("borger-y")
    assert answer.status_code == 403
    assert Event.objects.get(action="login.refused").details == {"code": "not_sure"}


def test_the_answer_is_read_with_suspicion() -> None:
    way = FamilySignOn("https://x", "t", claim="who.cpr", strong=frozenset({"substantial"}))
    sure = {"acr": "substantial", "who": {"cpr": "010180-1234"}}
    assert relative(way, {"id_token": sure}).cpr == MOTHER
    assert relative(way, {"id_token": sure}).strong
    assert not relative(way, {"userinfo": sure}).strong  # only the id_token is about this login
    assert relative(way, {"userinfo": sure}).cpr == MOTHER
    for odd in (
        {},
        {"who": "0101801234"},
        {"who": {"cpr": None}},
        {"who": {"cpr": "0101801234x5"}},
        {"who": ["cpr"]},
    ):
        assert relative(way, {"id_token": odd}).cpr == ""
    assert relative(way, {"id_token": "x", "userinfo": None}).cpr == ""


GIVEN = {
    "FAMILY_OIDC_SERVER_URL": "https://mitid.example/", "FAMILY_OIDC_CLIENT_ID": "t", "FAMILY_OIDC_CLIENT_SECRET": "s",
    "FAMILY_OIDC_LEVEL": "https://data.gov.dk/concept/core/nsis/loa/Substantial", "FAMILY_OIDC_SCOPES": "openid ssn",
}  # fmt: skip


def test_the_environment_says_how_families_log_in(tmp_path: Any) -> None:
    assert Environment.read(tmp_path, SAFE).family_sign_on is None
    way = Environment.read(tmp_path, {**SAFE, **GIVEN}).family_sign_on
    assert way is not None
    assert (way.server_url, way.claim, way.scopes) == ("https://mitid.example", "cpr", ("openid", "ssn"))
    assert "hemmelig" not in repr(FamilySignOn("https://x", "t", "hemmelig"))
    assert providers(None, way)["openid_connect"]["APPS"][0]["settings"]["scope"] == ["openid", "ssn"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"FAMILY_OIDC_CLIENT_ID": ""}, "FAMILY_OIDC_CLIENT_ID is missing"),
        ({"FAMILY_OIDC_CLIENT_SECRET": ""}, "FAMILY_OIDC_CLIENT_SECRET is missing"),
        ({"FAMILY_OIDC_LEVEL": ""}, "FAMILY_OIDC_LEVEL is missing"),
        ({"FAMILY_OIDC_SERVER_URL": "http://mitid.example"}, "must start with https"),
    ],
)
def test_half_a_set_up_stops_the_start(tmp_path: Any, change: dict[str, str], said: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=said):
        Environment.read(tmp_path, {**SAFE, **GIVEN, **change})
