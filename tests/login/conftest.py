"""A login with its second factor, as the app on a phone and the person would use it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.core.cache import cache
from django.test import Client

from tests.factories import make_user
from tovholder.accounts.models import User

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
