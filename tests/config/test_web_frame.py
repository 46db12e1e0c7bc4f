"""Headers, health and closed doors of every page."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from tovholder.audit.models import Event
from tovholder.config.logs import scrub
from tovholder.outbox.models import Heartbeat

pytestmark = pytest.mark.django_db


def test_security_headers_stand_on_the_first_page(client: Client) -> None:
    headers = client.get("/konto/login/").headers
    csp = headers["Content-Security-Policy"]
    assert "default-src 'none'" in csp
    assert "script-src 'self'" in csp
    assert "unsafe-inline" not in csp
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert "no-store" in headers["Cache-Control"]


def test_healthz_answers_without_login(client: Client) -> None:
    assert client.get("/healthz").content == b"ok"


def test_readyz_tells_whether_the_worker_lives(client: Client) -> None:
    assert json.loads(client.get("/readyz").content) == {
        "database": True,
        "migrations": True,
        "worker": False,
        "keys": True,
    }
    Heartbeat.objects.create(name="worker", at=timezone.now())
    response = client.get("/readyz")
    assert (response.status_code, json.loads(response.content)["worker"]) == (200, True)
    Heartbeat.objects.update(at=timezone.now() - timedelta(minutes=10))
    assert client.get("/readyz").status_code == 503


def test_a_refusal_says_why_and_is_logged(client_for, bo, hans) -> None:
    response = client_for(bo).post(f"/logins/{hans.pk}/luk/")
    assert response.status_code == 403
    assert "Kun en administrator kan gøre det." in response.content.decode()
    event = Event.objects.get(action="access.refused")
    assert (event.actor, event.details["code"]) == (f"user:{bo.pk}", "not_administrator")
    assert event.details["path"] == "/logins/<int:pk>/luk/"
    hans.refresh_from_db()
    assert hans.is_active


def test_unknown_address_gives_a_danish_page(client_for, bo) -> None:
    response = client_for(bo).get("/findes-ikke/")
    assert response.status_code == 404
    assert "findes ikke" in response.content.decode().lower()


def test_log_lines_lose_queries_and_mail_addresses() -> None:
    assert scrub("GET /soeg/?q=Jonas HTTP") == "GET /soeg/?[…] HTTP"
    assert "12:abc" not in scrub("GET /moeder/svar/eyJtIjo:1tabcdef:12_abcdefghijklm/ HTTP")
    assert scrub("sent to bo.bech@vestby.example now") == "sent to [mail] now"
