"""A session's row tells nothing to who has the database and not the key."""

from __future__ import annotations

import pytest
from django.contrib.sessions.backends.db import SessionStore as PlainStore
from django.contrib.sessions.models import Session
from django.core import signing
from django.urls import reverse


@pytest.fixture
def searched(municipality, anna, client_for):
    client = client_for(anna)
    client.post(reverse("search:ask"), {"q": "Mikkel Andersen"})
    return client, Session.objects.get()


def test_what_was_searched_for_cannot_be_read_from_the_row(searched):
    client, row = searched
    assert "Mikkel" in str(dict(client.session))
    with pytest.raises(signing.BadSignature):
        signing.loads(row.session_data, salt=PlainStore().key_salt)
    assert PlainStore().decode(row.session_data) == {}


def test_a_former_key_opens_it_and_another_does_not(searched, settings):
    client, _row = searched
    former, settings.SECRET_KEY = settings.SECRET_KEY, "another-" * 8
    settings.SECRET_KEY_FALLBACKS = [former]
    assert "typed" in client.session
    settings.SECRET_KEY_FALLBACKS = []
    assert dict(client.session) == {}


def test_a_session_from_before_sessions_were_sealed_is_one_that_has_ended(searched):
    client, row = searched
    Session.objects.filter(pk=row.pk).update(session_data=PlainStore().encode(dict(client.session)))
    response = client.get(reverse("insights:my_day"))
    assert response.headers["Location"].startswith(reverse("account_login"))
