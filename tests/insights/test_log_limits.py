"""What the log's pages say when something is too large, or has not been done for too long."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
import time_machine
from django.core.management import call_command
from django.utils import timezone

from tovholder.audit.models import SYSTEM, Event
from tovholder.audit.sealing import seal
from tovholder.audit.services import record

pytestmark = pytest.mark.django_db


def test_more_lines_than_a_sheet_holds_are_refused_not_cut_off(client_for, lise, monkeypatch):
    monkeypatch.setattr("tovholder.insights.views.log.SHEET_ROWS", 1)
    for _n in range(2):
        Event.objects.create(at=timezone.now(), actor="system", action="demo.made")
    client = client_for(lise)
    answer = client.get("/log/excel/", {"slags": "write"})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "Filen ville få over 50.000 linjer. Hent den som CSV, eller vælg et kortere tidsrum." in page
    assert 'href="/log/fil/?slags=write"' in page  # the CSV file, with the same filters
    assert 'action="/log/"' in page
    assert not Event.objects.filter(action="log.exported").exists()
    assert b"".join(client.get("/log/fil/", {"slags": "write"}).streaming_content).count(b"\n") > 2


def test_the_page_of_the_seal_warns_when_nobody_has_checked_it_for_over_8_days(client_for, lise):
    words, client = "er ikke efterprøvet i over 8 dage", client_for(lise)

    def page(days: int) -> str:
        with time_machine.travel(timezone.now() + timedelta(days=days)):
            return client_for(lise).get("/log/segl/").content.decode()

    assert words not in page(30)  # there is nothing to check
    record(by=SYSTEM, action="demo.made")
    seal(settled_after=timedelta(0))
    assert words not in client.get("/log/segl/").content.decode()
    assert words in page(9)
    with time_machine.travel(timezone.now() + timedelta(days=9)):
        call_command("verify_audit", stdout=io.StringIO(), stderr=io.StringIO())
    assert words not in page(16)
    assert words in page(18)
