"""What the log's pages say when something is too large, or has not been done for too long."""

from __future__ import annotations

import pytest
from django.utils import timezone

from tovholder.audit.models import Event

pytestmark = pytest.mark.django_db


def test_more_lines_than_a_sheet_holds_are_refused_not_cut_off(client_for, lise, monkeypatch):
    monkeypatch.setattr("tovholder.insights.views.log.SHEET_ROWS", 1)
    for _n in range(2):
        Event.objects.create(at=timezone.now(), actor="system", action="demo.made")
    client = client_for(lise)
    answer = client.get("/log/excel/", {"slags": "write"})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "Filen ville få over en million linjer. Hent den som CSV, eller vælg et kortere tidsrum." in page
    assert 'href="/log/fil/?slags=write"' in page  # the CSV file, with the same filters
    assert 'action="/log/"' in page
    assert not Event.objects.filter(action="log.exported").exists()
    assert b"".join(client.get("/log/fil/", {"slags": "write"}).streaming_content).count(b"\n") > 2
