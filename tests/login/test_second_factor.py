"""Who must use a second factor gets nowhere without it, whichever way they try."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.apps import apps
from django.conf import settings as live
from django.core.exceptions import ImproperlyConfigured
from django.test import Client
from django.urls import reverse

from tests.factories import make_user
from tests.login.conftest import PASSWORD, code_of, enter, factors, is_in
from tests.security.addresses import patterns
from tovholder.accounts.middleware import SHOWN
from tovholder.accounts.models import Role, RoleGrant, User
from tovholder.audit.models import Event
from tovholder.config.environment import Environment
from tovholder.outbox.models import OutgoingMail

pytestmark = pytest.mark.django_db

CLIENT = "eyJ0eXBlIjogIngifQ"  # {"type": "x"}
JUNK_KEYS = [
    "", "{}", "[]", "1", '"x"', '{"response": {}}', "[" * 50_000,
    '{"id": 1, "rawId": 2, "type": 3, "response": 4}',
    json.dumps({"id": "AA", "rawId": "AA", "type": "public-key", "response": {
        "clientDataJSON": CLIENT, "authenticatorData": "AA", "signature": "AA", "attestationObject": "AA", "userHandle": "MQ"}}),
    json.dumps({"id": "AA", "rawId": "AA", "type": "public-key", "response": {
        "clientDataJSON": CLIENT, "authenticatorData": "A" * 60, "signature": "", "attestationObject": "oA", "userHandle": "_w"}}),
    json.dumps({"id": "AA", "rawId": "AA", "type": "public-key", "response": {
        "clientDataJSON": "bnVsbA", "authenticatorData": "A" * 60, "signature": "AA", "userHandle": "OTk5OTk5OTk5OTk5"}}),
]  # fmt: skip
# What half a login may open, and why.
MAY_GET_ONE = {
    "account_second_factor": "says what to do",
    "account_reauthenticate": "asks for the password once more",
    "account_logout": "leads out",
    "mfa_activate_totp": "gives the app",
    "mfa_add_webauthn": "gives the key",
}
MAY_SHOW_IT = {
    "mfa_reauthenticate": "takes the code",
    "mfa_reauthenticate_webauthn": "takes the key",
    "account_logout": "leads out",
}


def addresses() -> list[tuple[str, str]]:
    """Every address that asks for a login, with something in each place."""
    found = []
    for name, route, converters in patterns():
        path = "/" + re.sub(r"<(\w+):\w+>", lambda m: "1" if m[1] == "int" else "x", route)
        if "(?P" in path:
            continue
        assert "<" not in path, (route, converters)
        found.append((name.removeprefix(":"), path))
    assert len(found) > 150
    return found


WAYS: tuple[tuple[str, dict[str, str]], ...] = (("get", {}), ("post", {}), ("get", {"HX-Request": "true"}))


def through(client: Client, allowed: set[str], led_to: str, ways: Any = WAYS) -> list[str]:
    """Try every address by GET, POST and htmx; return those that did anything but lead to the second factor."""
    wrong = []
    stranger = Client()
    for name, path in addresses():
        if name in allowed:
            continue
        for method, headers in ways:
            response = getattr(client, method)(path, headers=headers)
            to = response.headers.get("Location", response.headers.get("HX-Redirect", ""))
            if to.startswith(led_to):
                continue
            # Open to strangers: then it must be what a stranger gets.
            as_stranger = getattr(stranger, method)(path, headers=headers)
            if response.status_code != as_stranger.status_code or to != as_stranger.headers.get(
                "Location", ""
            ):
                wrong.append(f"{method} {path} {headers}: {response.status_code} {to}")
            elif "Log ud" in response.content.decode("utf-8", "replace"):
                wrong.append(f"{path} knows who it is")
    return wrong


@pytest.mark.usefixtures("demanded")
def test_without_a_factor_every_address_leads_to_getting_one(client_for, hans) -> None:
    client = client_for(hans)
    assert through(client, set(MAY_GET_ONE), "/konto/ekstra-trin/") == []
    page = client.get("/konto/ekstra-trin/").content.decode()
    assert "Lav en nøgle" in page
    assert "Brug en app" in page


@pytest.mark.usefixtures("demanded")
def test_with_a_factor_not_shown_every_address_leads_to_showing_it(client_for, hans, secret_of) -> None:
    secret_of(hans)
    client = client_for(hans)
    assert through(client, set(MAY_SHOW_IT), "/konto/bekraeft/kode/", WAYS[:2]) == []


@pytest.mark.usefixtures("demanded")
def test_from_password_to_app_to_first_page(mona) -> None:
    client = enter(mona)
    assert client.get("/moeder/").url == "/konto/ekstra-trin/?next=%2Fmoeder%2F"
    page = client.get(
        "/konto/sikkerhed/app/"
    ).content.decode()  # just logged in: not asked for the password again
    secret = re.search(r'<code class="th-secret">(\w+)</code>', page).group(1)
    assert "data:image/svg+xml" in page
    wrong = client.post("/konto/sikkerhed/app/", {"code": "000000"})
    assert "Koden passer ikke" in wrong.content.decode()
    right = client.post("/konto/sikkerhed/app/", {"code": " ".join(re.findall("...", code_of(secret)))})
    assert right.url == "/konto/sikkerhed/koder/"
    codes = re.findall(r"<li><code>(\d+)</code></li>", client.get(right.url).content.decode())
    assert len(codes) == 10
    assert not re.findall(r"<code>", client.get(right.url).content.decode())  # shown once
    assert is_in(client)
    assert factors(mona) == {"totp", "recovery_codes"}

    again, copied, code = enter(mona), enter(mona), code_of(secret)
    assert not is_in(again)
    assert again.post("/konto/login/trin/", {"code": code}).status_code == 302
    assert is_in(again)
    assert copied.post("/konto/login/trin/", {"code": code}).status_code == 200  # looked over the shoulder
    assert not is_in(copied)

    by_code = enter(mona)
    by_code.post("/konto/login/trin/", {"code": codes[0]})
    assert is_in(by_code)
    twice = enter(mona)
    twice.post("/konto/login/trin/", {"code": codes[0]})
    assert not is_in(twice)

    said = set(Event.objects.values_list("action", flat=True))
    assert {
        "login.factor_added",
        "login.recovery_codes_made",
        "login.recovery_code_used",
        "login.factor_failed",
    } <= said
    for mail in OutgoingMail.objects.all():
        assert "Mona" not in mail.subject + mail.body


def test_the_secret_is_not_in_the_database_in_the_clear(mona, secret_of) -> None:
    secret = secret_of(mona)
    assert secret not in str(list(Authenticator.objects.values_list("data", flat=True)))


def test_a_new_key_of_the_installation_keeps_the_apps(mona, secret_of, settings) -> None:
    secret = secret_of(mona)
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "ny" * 30, [settings.SECRET_KEY]
    client = enter(mona)
    client.post("/konto/login/trin/", {"code": code_of(secret)})
    assert is_in(client)


def test_a_role_demands_it_the_moment_it_is_given(settings, mona, client_for) -> None:
    settings.SECOND_FACTOR_ROLES = (Role.ADMINISTRATOR,)
    client = client_for(mona)
    assert is_in(client)
    RoleGrant.objects.create(user=mona, role=Role.ADMINISTRATOR)
    assert client.get("/").url.startswith("/konto/ekstra-trin/")


@pytest.mark.usefixtures("demanded")
def test_who_has_no_role_is_demanded_too(db) -> None:
    client = enter(make_user("Nora", password=PASSWORD))
    assert client.get("/").url.startswith("/konto/ekstra-trin/")


def test_an_old_session_is_closed_when_the_first_factor_is_made(mona, secret_of, client_for) -> None:
    """Who knew the password and was in already does not stay in beside the second factor."""
    thief, owner = enter(mona), enter(mona)
    assert is_in(thief)
    page = owner.get("/konto/sikkerhed/app/").content.decode()
    secret = re.search(r'<code class="th-secret">(\w+)</code>', page).group(1)
    owner.post("/konto/sikkerhed/app/", {"code": code_of(secret)})
    assert is_in(owner)
    assert not is_in(thief)


class TestWaysAround:
    """Attacks that were tried by hand, and stay tried."""

    pytestmark = pytest.mark.usefixtures("demanded")

    @pytest.fixture
    def half(self, mona, secret_of) -> Client:
        """Logged in by a session from before the factor: the password is known, the factor is not shown."""
        client = Client()
        client.force_login(mona)
        mona.set_password(PASSWORD)
        secret_of(mona)
        return client

    def test_a_new_password_by_mail_does_not_log_in(self, mona, secret_of, client) -> None:
        secret_of(mona)
        client.post("/konto/glemt/", {"email": mona.email})
        link = OutgoingMail.objects.latest("pk").body.split("http://testserver")[1].split()[0]
        form = client.get(link, follow=True)
        client.post(
            form.redirect_chain[-1][0],
            {"password1": "helt ny lang sætning", "password2": "helt ny lang sætning"},
        )
        assert not is_in(client)
        enter(mona, client, "helt ny lang sætning")
        assert not is_in(client)
        assert factors(mona) == {"totp"}

    def test_the_password_alone_does_not_confirm(self, mona, half) -> None:
        response = half.post("/konto/bekraeft/", {"password": PASSWORD})
        assert response.url.startswith("/konto/bekraeft/kode/")
        assert not is_in(half)

    @pytest.mark.parametrize(
        "path",
        [
            "/konto/sikkerhed/app/",
            "/konto/sikkerhed/noegler/ny/",
            "/konto/sikkerhed/koder/",
            "/konto/sikkerhed/koder/nye/",
            "/konto/sikkerhed/app/fjern/",
            "/konto/ekstra-trin/",
        ],
    )
    def test_no_second_factor_beside_the_first(self, half, mona, path) -> None:
        before = factors(mona)
        for method in ("get", "post"):
            assert getattr(half, method)(path).url.startswith("/konto/bekraeft/kode/")
        assert factors(mona) == before

    def test_anothers_proof_does_not_count(self, mona, hans, secret_of) -> None:
        """A session in which one person showed a factor, taken over by the login of another."""
        secret = secret_of(hans)
        hans.set_password(PASSWORD)
        hans.save()
        client = enter(hans)
        client.post("/konto/login/trin/", {"code": code_of(secret)})
        assert is_in(client)
        client.force_login(mona)
        assert not is_in(client)
        session = client.session
        session[SHOWN] = [hans.pk, 9e9]
        session.save()
        assert not is_in(client)

    def test_the_second_step_by_itself_is_nothing(self, mona, secret_of, client) -> None:
        secret = secret_of(mona)
        assert client.post("/konto/login/trin/", {"code": code_of(secret)}).url == "/konto/login/"
        assert not is_in(client)

    @pytest.mark.parametrize("junk", JUNK_KEYS, ids=range(len(JUNK_KEYS)))
    def test_a_made_up_key_is_refused(self, mona, secret_of, junk) -> None:
        """As the way in, as the second step, and as a new key; with the server waiting for one."""
        secret = secret_of(mona)
        client = enter(mona)
        client.get("/konto/login/trin/")
        assert client.post("/konto/login/trin/", {"credential": junk}).status_code == 200
        client = Client()
        client.get("/konto/login/noegle/", headers={"Accept": "application/json"})
        assert client.post("/konto/login/noegle/", {"credential": junk}).url == "/konto/login/"
        assert not is_in(client)
        client = enter(mona)
        client.post("/konto/login/trin/", {"code": code_of(secret)})
        client.get("/konto/sikkerhed/noegler/ny/")
        assert (
            client.post("/konto/sikkerhed/noegler/ny/", {"credential": junk, "name": "x"}).status_code == 200
        )
        assert "webauthn" not in factors(mona)

    def test_removing_the_last_factor_demands_a_new_one(self, mona, secret_of) -> None:
        secret = secret_of(mona)
        client = enter(mona)
        client.post("/konto/login/trin/", {"code": code_of(secret)})
        client.post("/konto/sikkerhed/app/fjern/")
        assert factors(mona) == set()
        assert client.get("/").url.startswith("/konto/ekstra-trin/")

    def test_codes_cannot_be_guessed(self, mona, secret_of) -> None:
        """Five wrong ones, and the right one is not taken either, in this browser or another."""
        secret = secret_of(mona)
        client = enter(mona)
        for number in range(5):
            client.post("/konto/login/trin/", {"code": f"00000{number}"})
        said = client.post("/konto/login/trin/", {"code": code_of(secret)}).content.decode()
        assert "For mange forsøg" in said
        other = enter(mona)
        other.post("/konto/login/trin/", {"code": code_of(secret)})
        assert not is_in(other)

    def test_an_odd_address_is_the_same_address(self, client_for, hans) -> None:
        client = client_for(hans)
        for path in ("//logins/", "/logins//", "/LOGINS/", "/logins/?next=/konto/log-af/", "/logins/%2e%2e/konto/log-af/",
                     "/konto/log-af/../../logins/", "/logins/.", "/konto/ekstra-trin/../../logins/"):  # fmt: skip
            response = client.get(path)
            assert response.status_code in {302, 404, 301}, path
            assert "Nyt login" not in response.content.decode()
        assert client.put("/logins/").status_code == 302
        assert client.head("/logins/").status_code == 302
        assert client.options("/logins/").status_code == 302

    def test_after_it_the_next_page_is_ours(self, mona, secret_of) -> None:
        secret = secret_of(mona)
        client = enter(mona, next="//ond.example/")
        answer = client.post("/konto/login/trin/", {"code": code_of(secret), "next": "https://ond.example/"})
        assert answer.url == "/"


def test_an_administrator_resets_what_is_lost(mona, hans, lise, secret_of, client_for) -> None:
    secret_of(mona)
    hers = client_for(mona)
    boss = client_for(hans)
    assert "Nulstil" in boss.get(f"/logins/{mona.pk}/").content.decode()
    boss.post(f"/logins/{mona.pk}/nulstil/")
    assert factors(mona) == set()
    assert not is_in(hers)
    assert Event.objects.filter(action="login.factors_reset", actor=hans.audit_key).count() == 1
    assert Event.objects.get(action="login.factor_removed").actor == hans.audit_key
    assert set(OutgoingMail.objects.values_list("to", flat=True)) == {mona.email, lise.email}
    secret_of(hans)
    assert boss.post(f"/logins/{hans.pk}/nulstil/").status_code == 403
    assert client_for(mona).post(f"/logins/{hans.pk}/nulstil/").status_code == 403
    assert factors(hans) == {"totp"}


def test_off_in_the_demo_and_on_elsewhere(tmp_path) -> None:
    def roles(**given: str) -> tuple[str, ...]:
        return Environment.read(
            tmp_path, {"DATABASE_URL": f"sqlite:///{tmp_path}/x", **given}
        ).second_factor_roles

    assert roles(TOVHOLDER_MODE="demo") == ()
    assert roles(TOVHOLDER_MODE="development") == ("all",)
    assert roles(SECOND_FACTOR_ROLES="administrator, consultant") == ("administrator", "consultant")
    assert roles(SECOND_FACTOR_ROLES="none") == ()


def test_a_misspelt_role_stops_the_start(settings) -> None:
    settings.SECOND_FACTOR_ROLES = ("administartor",)
    with pytest.raises(ImproperlyConfigured, match="administartor"):
        apps.get_app_config("accounts").ready()


def test_the_guard_stands_before_everything_that_answers() -> None:
    order = live.MIDDLEWARE
    guard = order.index("tovholder.accounts.middleware.SecondFactorMiddleware")
    assert guard > order.index("django.contrib.auth.middleware.AuthenticationMiddleware")
    assert guard < order.index("tovholder.config.middleware.RefusalMiddleware")
    assert reverse("account_second_factor") == "/konto/ekstra-trin/"
    assert User.objects.count() == 0
