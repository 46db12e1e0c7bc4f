"""The disk under the database is full: a Danish sentence, nothing half saved, and on it goes when there is room."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test import Client

from tovholder.audit.models import Event
from tovholder.outbox.models import OutgoingMail
from tovholder.plans.models import Agreement

FULL = "RAISE EXCEPTION 'could not extend file' USING ERRCODE = 'disk_full'"


@contextmanager
def full_disk() -> Iterator[None]:
    """SQLite may use no page more. PostgreSQL says what it says then, in the middle of the service."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("VACUUM")  # earlier tests have left free pages behind
            cursor.execute("PRAGMA page_count")
            pages = cursor.fetchone()[0]
            cursor.execute(f"PRAGMA max_page_count = {pages}")
            try:
                yield
            finally:
                cursor.execute("PRAGMA max_page_count = 4294967294")
            return
        cursor.execute(
            f"CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {FULL}; END $$; "
            "CREATE TRIGGER full_disk AFTER INSERT ON plans_agreement FOR EACH ROW EXECUTE FUNCTION full_disk()"
        )
        try:
            yield
        finally:
            cursor.execute("DROP TRIGGER full_disk ON plans_agreement; DROP FUNCTION full_disk")


@pytest.mark.django_db(transaction=True)
def test_a_write_says_so_in_danish_and_nothing_is_half_saved(
    network: Any, anna: Any, client_for: Callable[[Any], Client]
) -> None:
    client = client_for(anna)
    client.raise_request_exception = False
    sent = {
        "forum": network.pk,
        "what": "Ring til hallen om lyset " * 8,
        "responsible": anna.person.pk,
        "due_on": "2027-01-01",
        "level": "general",
    }
    answers = []
    with full_disk():
        for _attempt in range(150):  # the last free pages take a few
            counted = Agreement.objects.count(), Event.objects.count(), OutgoingMail.objects.count()
            answer = client.post("/aftaler/ny/", sent)
            answers.append(answer.status_code)
            if answer.status_code == 503:
                break
            assert answer.status_code == 302, answer.content.decode()[-6000:]
        page = answer.content.decode()
        assert answer.status_code == 503, answers
        assert "ikke plads til mere" in page
        assert "Intet er gemt halvt" in page
        assert answer.headers["Retry-After"]
        assert counted == (Agreement.objects.count(), Event.objects.count(), OutgoingMail.objects.count())
        assert client.get("/healthz").status_code == 200
    assert client.post("/aftaler/ny/", sent).status_code == 302
    made = Agreement.objects.count()
    assert Event.objects.filter(action="agreement.created").count() == made


@pytest.mark.django_db
@pytest.mark.parametrize("said", ["database is locked", "server closed the connection unexpectedly"])
def test_a_database_that_is_away_for_a_moment_is_told_from_a_fault(
    said: str, anna: Any, client_for: Callable[[Any], Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    client = client_for(anna)
    client.raise_request_exception = False

    def away(*_args: Any, **_kwargs: Any) -> None:
        raise OperationalError(said)

    monkeypatch.setattr("tovholder.plans.services.create_agreement", away)
    monkeypatch.setattr("tovholder.plans.forms.NewAgreementForm.is_valid", lambda _self: True)
    monkeypatch.setattr("tovholder.plans.forms.NewAgreementForm.cleaned_data", {}, raising=False)
    answer = client.post("/aftaler/ny/", {"what": "x"})
    assert answer.status_code == 503
    assert "svarer ikke lige nu" in answer.content.decode()
    assert "<script" not in answer.content.decode()
