"""The harness itself: pages of a live server are read while the test writes, and the other way round."""

from __future__ import annotations

import urllib.request
from typing import Any

import pytest
from django.db import connection, transaction

from tests.factories import MunicipalityFactory
from tovholder.directory.models import Municipality

LOGIN = "/konto/login/"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", [1, 2])  # in the second the server is there before the test
def test_a_page_is_read_while_the_test_writes(live_server: Any, turn: int) -> None:
    with transaction.atomic():
        MunicipalityFactory(name=f"Under vejs {turn}")
        with urllib.request.urlopen(live_server.url + LOGIN, timeout=20) as answer:
            assert "Under vejs" not in answer.read().decode()
    with urllib.request.urlopen(live_server.url + LOGIN, timeout=20) as answer:
        assert f"Under vejs {turn}" in answer.read().decode()


@pytest.mark.django_db
def test_afterwards_the_database_is_as_it_was() -> None:
    assert not Municipality.objects.exists()
    if connection.vendor == "sqlite":
        assert connection.is_in_memory_db()
