"""Every address asks for a login, but for those listed here with a reason."""

from __future__ import annotations

from collections.abc import Iterator

from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

EXEMPT = {
    "healthz": "the operator's monitor has no login",
    "readyz": "the operator's monitor has no login",
    "account_login": "the way in",
    "account_logout": "only logs off",
    "account_inactive": "says that a login is closed",
    "account_reset_password": "for who has forgotten it",
    "account_reset_password_done": "for who has forgotten it",
    "account_reset_password_from_key": "signed link",
    "account_reset_password_from_key_done": "for who has forgotten it",
    "account_signup": "leads to the login page",
    "mfa_authenticate": "the second step of the way in",
    "mfa_login_webauthn": "the way in by passkey",
    "openid_connect_login": "the way in by single sign-on",
    "openid_connect_callback": "where the provider sends people back",
    "socialaccount_login_cancelled": "says that the way in was broken off",
    "socialaccount_signup": "leads to the login page",
    "meetings:answer_link": "signed link to answer an invitation",
    "meetings:answer_link_save": "signed link to answer an invitation",
    "meetings:substitute_link": "signed link to name a substitute",
    "meetings:calendar_feed": "secret address of a calendar without personal data",
    "family:front": "the family's own way in; nothing where it is not set up",
    "family:mine": "the family after its own login; leads there without",
    "family:minutes": "the family after its own login; leads there without",
    "family:plan": "the family after its own login; leads there without",
    "family:leave": "the family logs off",
    "family:invitation": "signed link of the family: time, place, who comes by role, a place to write",
    "meetings:relay_link": "signed link to answer what was sent",
    "meetings:comment_link": "signed link for a participant without login",
    "yearwheel:public": "the year without names, where the municipality shows it; else it is not there",
    "plans:answer": "signed link for a person without login",
    "plans:answer_status": "signed link for a person without login",
    "plans:answer_reopen": "signed link for a person without login",
    "plans:answer_done": "signed link for a person without login",
    "plans:reminders_by_link": "signed link for a person without login",
}


def _named(patterns: list[URLPattern | URLResolver], space: str = "") -> Iterator[tuple[str, URLPattern]]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
            yield from _named(pattern.url_patterns, inner)
        else:
            yield f"{space}{pattern.name}", pattern


def test_every_view_is_closed_or_listed() -> None:
    opened = {
        name
        for name, pattern in _named(get_resolver().url_patterns)
        if not getattr(pattern.callback, "login_required", True)
    }
    assert opened == set(EXEMPT)


def test_a_stranger_is_sent_to_the_login_page(db) -> None:
    for name, pattern in _named(get_resolver().url_patterns):
        if name in EXEMPT or pattern.pattern.converters:
            continue
        response = Client().get(reverse(name))
        assert response.status_code in {302, 405}, name
        if response.status_code == 302:
            assert response.url.startswith("/konto/login/"), name
