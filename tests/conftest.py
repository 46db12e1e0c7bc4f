"""Personas of product.md, and a network for them to sit in."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable

import pytest
from django.db.backends.base.operations import BaseDatabaseOperations
from django.test import Client

from tests.factories import (
    ForumFactory,
    MunicipalityFactory,
    OrganisationFactory,
    OrganisationKindFactory,
    join,
    make_user,
)
from tests.on_file import on_file
from tovholder.accounts.models import Role, User
from tovholder.audit import guards
from tovholder.directory.models import Organisation
from tovholder.forums.models import Forum

BOTH_DATABASES = ["default", "keys"]
# The browser tests drive playwright from the same thread that talks to the database.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")


@pytest.fixture(scope="session", autouse=True)
def _log_lets_itself_be_flushed():
    """Tests that commit have the tables emptied after them, which the log's triggers rightly refuse."""
    flush = BaseDatabaseOperations.execute_sql_flush

    def lifted_flush(self, sql_list):
        if self.connection.alias != "default":  # the log lies in the ordinary database only
            flush(self, sql_list)
            return
        with guards.lifted(self.connection):
            flush(self, sql_list)

    BaseDatabaseOperations.execute_sql_flush = lifted_flush
    yield
    BaseDatabaseOperations.execute_sql_flush = flush


@pytest.fixture(autouse=True)
def _live_server_on_a_file(request, tmp_path_factory):
    """Who serves pages and who tests them have connections of their own, and wait for each other."""
    if "live_server" not in request.fixturenames:
        yield
        return
    request.getfixturevalue("transactional_db")
    # Its threads would all use the test's one connection, in memory, where it was made after the database.
    request.getfixturevalue("live_server").thread.connections_override.clear()
    with on_file(tmp_path_factory.mktemp("database")):
        yield


@pytest.fixture(autouse=True)
def _plain_static_files(settings):
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    # Or each new test client reads all static files, which is a third of the time of the suite.
    settings.WHITENOISE_AUTOREFRESH = True
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def _password_is_enough(settings):
    """Most tests are about something else; tests/login demands the second factor."""
    settings.SECOND_FACTOR_ROLES = ()


@pytest.fixture(autouse=True)
def _own_media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.AUDIT_ANCHOR = [str(tmp_path / "anchors")]


def organisation(key: str, name: str, *, party: str = "authority", side: str, sort: str = "") -> Organisation:
    kind = OrganisationKindFactory(
        key=f"slags-{key}", name=name, party_type=party, side=side, outside_sort=sort
    )
    return OrganisationFactory(key=key, name=name, kind=kind)


@pytest.fixture
def municipality(db):
    return MunicipalityFactory()


@pytest.fixture
def anna(db) -> User:
    """SSP consultant and convener."""
    return make_user(
        "Anna", Role.CONSULTANT, organisation=organisation("ungeenhed", "Ungeenheden", side="social")
    )


@pytest.fixture
def bo(db) -> User:
    """SSP teacher, member."""
    return make_user(
        "Bo", Role.MEMBER, organisation=organisation("vester-skole", "Vester Skole", side="school")
    )


@pytest.fixture
def carla(db) -> User:
    """Local police."""
    return make_user("Carla", Role.MEMBER, organisation=organisation("politi", "Politiet", side="police"))


@pytest.fixture
def dina(db) -> User:
    """Caseworker."""
    return make_user(
        "Dina", Role.MEMBER, organisation=organisation("familie", "Familiegruppen", side="social")
    )


@pytest.fixture
def erik(db) -> User:
    """Wellbeing contact."""
    return make_user(
        "Erik", Role.MEMBER, organisation=organisation("oester-skole", "Øster Skole", side="school")
    )


@pytest.fixture
def frida(db) -> User:
    """Open participant from an association."""
    club = organisation("boldklub", "Vestby Boldklub", party="outside", side="leisure", sort="association")
    return make_user("Frida", Role.OPEN_PARTICIPANT, organisation=club)


@pytest.fixture
def grethe(db) -> User:
    """Management."""
    return make_user(
        "Grethe", Role.MANAGEMENT, organisation=organisation("ledelse", "Ledelsen", side="other")
    )


@pytest.fixture
def hans(db) -> User:
    """Administrator."""
    return make_user("Hans", Role.ADMINISTRATOR)


@pytest.fixture
def ida(db) -> User:
    """Data protection officer."""
    return make_user("Ida", Role.DATA_PROTECTION_OFFICER)


@pytest.fixture
def lise(db) -> User:
    """Log reviewer."""
    return make_user("Lise", Role.LOG_REVIEWER)


@pytest.fixture
def personas(anna, bo, carla, dina, erik, frida, grethe, hans, ida, lise) -> dict[str, User]:
    return {user.name.lower(): user for user in (anna, bo, carla, dina, erik, frida, grethe, hans, ida, lise)}


@pytest.fixture
def network(municipality, anna, bo, carla) -> Forum:
    """Netværk Vester: Anna convenes, Bo and Carla are members."""
    forum = ForumFactory(key="netvaerk-vester", name="Netværk Vester")
    join(anna, forum, convenes=True)
    join(bo, forum)
    join(carla, forum)
    return forum


@pytest.fixture
def client_for() -> Callable[[User], Client]:
    def logged_in(user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return logged_in


def pytest_collection_finish() -> None:
    """Spare the collector what lives as long as the process: Django, three thousand tests."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 20, 20)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every test that has a database has the database of the keys too."""
    for item in items:
        marker = item.get_closest_marker("django_db")
        if marker is not None:
            marker.kwargs.setdefault("databases", BOTH_DATABASES)
        elif "db" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.django_db(databases=BOTH_DATABASES))
