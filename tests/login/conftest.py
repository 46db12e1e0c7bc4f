"""A login with its second factor, as the app on a phone and the person would use it."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.core.cache import cache
from django.test import Client

from tests.factories import make_user
from tests.login.family_world import Home, a_home
from tests.outbox.mail_server import free_port
from tovholder.accounts.models import User
from tovholder.accounts.sign_on import FamilySignOn, SignOn, providers

PASSWORD = "en god lang sætning"


@pytest.fixture
def demanded(settings: Any) -> None:
    """Everybody must use a second factor, as where real data is."""
    settings.SECOND_FACTOR_ROLES = ("all",)


@pytest.fixture(autouse=True)
def _limits_from_nothing(db: None) -> Iterator[None]:
    yield
    cache.clear()


def code_of(secret: str) -> str:
    """What the app shows now."""
    return str(format_hotp_value(hotp_value(secret, int(time.time()) // 30)))


@pytest.fixture
def mona(db: None) -> User:
    return make_user("Mona", "member", password=PASSWORD)


@pytest.fixture
def secret_of() -> Callable[[User], str]:
    """Give a login an app; return the secret they share."""

    def give(user: User) -> str:
        secret = str(generate_totp_secret())
        TOTP.activate(user, secret)
        return secret

    return give


@pytest.fixture
def codes_of() -> Callable[[User], list[str]]:
    def give(user: User) -> list[str]:
        return list(RecoveryCodes.activate(user).get_unused_codes())

    return give


def enter(user: User, client: Client | None = None, password: str = PASSWORD, **more: str) -> Client:
    """Type e-mail and password; how far that leads is the test's business."""
    client = client or Client()
    client.post("/konto/login/", {"login": user.email, "password": password, **more})
    return client


def is_in(client: Client) -> bool:
    """Whether the first page opens."""
    return client.get("/").status_code == 200


def factors(user: User) -> set[str]:
    return set(Authenticator.objects.filter(user=user).values_list("type", flat=True))


@pytest.fixture(scope="session")
def provider_address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """An OpenID Connect provider in a process of its own, as the municipality's would be."""
    port = free_port()
    log = tmp_path_factory.mktemp("provider") / "log"
    command = [sys.executable, "-m", "oidc_provider_mock", "--port", str(port)]
    with log.open("wb") as out:
        process = subprocess.Popen(command, stdout=out, stderr=out)
    address, until = f"http://127.0.0.1:{port}", time.monotonic() + 30
    try:
        while True:
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < until, log.read_text()
            try:
                requests.get(f"{address}/.well-known/openid-configuration", timeout=2).raise_for_status()
                break
            except requests.ConnectionError:
                time.sleep(0.05)
        yield address
    finally:
        process.terminate()
        process.wait(10)


class Municipality:
    """The other side: who works there, in which groups; and the way through its login page."""

    way = "kommunen"

    def __init__(self, address: str) -> None:
        self.address = address

    def knows(self, sub: str, **claims: Any) -> None:
        requests.put(f"{self.address}/users/{sub}", json=claims, timeout=5).raise_for_status()

    def refuses(self, client: Client) -> str:
        """Go there and press "no"; return the address of the way back."""
        state = parse_qs(urlsplit(client.post(f"/konto/login/{self.way}/").url).query)["state"][0]
        return f"/konto/login/{self.way}/svar/?error=access_denied&state={state}"

    def way_back(self, client: Client, sub: str, query: str = "") -> str:
        """Go from our button through the provider's page; return the address it sends the browser back to."""
        out = client.post(f"/konto/login/{self.way}/{query}")
        assert out.url.startswith(self.address)
        answer = requests.post(out.url, data={"sub": sub}, allow_redirects=False, timeout=5)
        back: str = answer.headers["Location"]
        assert back.startswith(f"http://testserver/konto/login/{self.way}/svar/")
        return back.removeprefix("http://testserver")

    def enter(self, sub: str, client: Client | None = None) -> tuple[Client, Any]:
        client = client or Client()
        return client, client.get(self.way_back(client, sub))


@pytest.fixture
def set_up(settings: Any, provider_address: str) -> Callable[..., Municipality]:
    """Switch single sign-on on, as the environment would."""

    def on(**given: Any) -> Municipality:
        sign_on = SignOn(
            server_url=provider_address,
            client_id="tovholder",
            secret="hemmelig",
            name="Vestbys login",
            **given,
        )
        settings.SIGN_ON = sign_on
        settings.SOCIALACCOUNT_PROVIDERS = sign_on.as_provider()
        return Municipality(provider_address)

    return on


class Families(Municipality):
    """The citizens' provider: the same process, another client and other claims."""

    way = "familien"

    def citizen(self, cpr: str, **claims: Any) -> Client:
        """Somebody with this CPR number logs in."""
        self.knows(f"borger-{cpr}", cpr=cpr, **claims)
        client, answer = self.enter(f"borger-{cpr}")
        assert answer.status_code == 302, answer.content.decode()
        assert answer.url == "/familie/mit/"
        return client


@pytest.fixture
def families(settings: Any, provider_address: str) -> Families:
    """Switch the family's login on, as the environment would."""
    way = FamilySignOn(server_url=provider_address, client_id="tovholder-familie", secret="hemmelig")
    settings.FAMILY_SIGN_ON = way
    settings.SOCIALACCOUNT_PROVIDERS = providers(None, way)
    return Families(provider_address)


@pytest.fixture
def home(anna: User, erik: User, municipality: Any) -> Home:
    return a_home(anna, erik)
