"""Where somebody is logged in is seen and ended; limits and log lines of the way in."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings as live
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from tests.login.conftest import PASSWORD, enter, is_in
from tovholder.access.decision import Refused
from tovholder.accounts import middleware
from tovholder.accounts.devices import device
from tovholder.accounts.models import LoginSession, Role
from tovholder.accounts.services import close_login, end_sessions, open_login, set_roles
from tovholder.accounts.services.sessions import forget_ran_out
from tovholder.audit.models import Event
from tovholder.outbox.models import OutgoingMail

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parents[2]
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1 (KHTML, like Gecko) Version/19.0 Mobile/15E148 Safari/604.1"
WORK = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0"


def actions() -> list[str]:
    return list(Event.objects.order_by("pk").values_list("action", flat=True))


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (PHONE, "Safari på iPhone"),
        (WORK, "Edge på Windows"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox på Linux"),
        (
            "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36",
            "Chrome på Android",
        ),
        ("curl/8", "Ukendt enhed"),
        ("", "Ukendt enhed"),
        ("<script>Firefox/", "Firefox"),
    ],
)
def test_a_device_in_words(said: str, words: str) -> None:
    assert device(said) == words


def test_everybody_sees_where_they_are_logged_in_and_ends_it(mona) -> None:
    phone, work, third = (enter(mona, Client(headers={"User-Agent": each})) for each in (PHONE, WORK, ""))
    page = work.get("/konto/sikkerhed/").content.decode()
    assert "Safari på iPhone" in page
    assert page.count("Denne") == 1
    there = LoginSession.objects.get(device="Safari på iPhone")
    work.post(f"/konto/sikkerhed/steder/{there.pk}/slut/")
    assert (is_in(phone), is_in(work), is_in(third)) == (False, True, True)
    work.post("/konto/sikkerhed/steder/slut/")
    assert (is_in(work), is_in(third)) == (True, False)
    assert LoginSession.objects.count() == 1
    assert actions().count("login.sessions_ended") == 2


def test_nobody_ends_anothers(mona, bo, client_for) -> None:
    hers = enter(mona)
    place = LoginSession.objects.get(user=mona)
    assert client_for(bo).post(f"/konto/sikkerhed/steder/{place.pk}/slut/").status_code == 404
    assert client_for(bo).post(f"/logins/{mona.pk}/log-ud/").status_code == 403
    with pytest.raises(Refused):
        end_sessions(by=bo, user=mona)
    assert is_in(hers)


def test_an_administrator_ends_all_of_a_persons(mona, hans, client_for) -> None:
    first, second, boss = enter(mona), enter(mona), client_for(hans)
    assert "2 steder" in boss.get(f"/logins/{mona.pk}/").content.decode()
    boss.post(f"/logins/{mona.pk}/log-ud/")
    assert (is_in(first), is_in(second), is_in(boss)) == (False, False, True)
    assert Event.objects.get(action="login.sessions_ended").actor == hans.audit_key


def test_closing_a_login_ends_its_sessions_for_good(mona, hans) -> None:
    client = enter(mona)
    close_login(by=hans, user=mona)
    assert not Session.objects.filter(session_key=client.cookies["sessionid"].value).exists()
    open_login(by=hans, user=mona)
    assert not is_in(client)


def test_a_new_password_ends_the_others_and_keeps_this(mona) -> None:
    other, client = enter(mona), enter(mona)
    changed = client.post(
        "/konto/adgangskode/",
        {"oldpassword": PASSWORD, "password1": "en anden lang sætning", "password2": "en anden lang sætning"},
    )
    assert changed.status_code == 302
    assert (is_in(client), is_in(other)) == (True, False)
    place = LoginSession.objects.get()
    assert place.session_key == client.cookies["sessionid"].value  # the key changed with the password
    assert place.session_key in Session.objects.values_list("session_key", flat=True)
    assert actions()[-2:] == ["login.password_changed", "login.sessions_ended"]
    mail = OutgoingMail.objects.get()
    assert mail.to == mona.email
    assert "Mona" not in mail.subject + mail.body


def test_a_common_password_is_refused(mona) -> None:
    client = enter(mona)
    new = {"oldpassword": PASSWORD, "password1": "password1234", "password2": "password1234"}
    assert "almindelig" in client.post("/konto/adgangskode/", new).content.decode()


def test_last_used_is_written_every_tenth_minute_only(mona, monkeypatch, django_assert_num_queries) -> None:
    client = enter(mona)
    before = timezone.now() - timedelta(hours=1)
    LoginSession.objects.update(used_at=before)
    client.get("/")
    assert LoginSession.objects.get().used_at == before
    monkeypatch.setattr(middleware, "SEEN_EVERY", -1)
    client.get("/")
    assert LoginSession.objects.get().used_at > before


def test_what_has_run_out_is_forgotten(mona) -> None:
    enter(mona)
    LoginSession.objects.update(used_at=timezone.now() - timedelta(hours=11))
    Session.objects.update(expire_date=timezone.now() - timedelta(hours=1))
    client = enter(mona)
    assert "tovholder.accounts.services.sessions.forget_ran_out" in live.EVERY_MINUTE
    assert forget_ran_out() == 1
    assert is_in(client)
    assert (LoginSession.objects.count(), Session.objects.count()) == (1, 1)


def test_a_day_ends_however_busy_it_is(mona, monkeypatch) -> None:
    client = enter(mona)
    monkeypatch.setattr(middleware, "LONGEST", -1)
    assert not is_in(client)
    monkeypatch.undo()
    assert not is_in(client)
    assert LoginSession.objects.count() == 0


def test_logging_out_takes_the_place_away(mona) -> None:
    client = enter(mona)
    client.post("/konto/log-af/")
    assert LoginSession.objects.count() == 0
    assert actions() == ["login.succeeded", "login.logged_out"]


def test_no_address_is_kept(mona) -> None:
    enter(mona, Client(REMOTE_ADDR="203.0.113.77"))
    assert "203.0.113" not in str(list(LoginSession.objects.values())) + str(list(Event.objects.values()))


class TestRights:
    def test_the_log_reviewers_are_told_at_once(self, hans, lise, bo, client_for) -> None:
        boss = client_for(hans)
        boss.post(f"/logins/{hans.pk}/", {"roles": [Role.ADMINISTRATOR, Role.CONSULTANT]})
        mail = OutgoingMail.objects.get()
        assert mail.to == lise.email
        for name in ("Hans", "hans", "Lise"):
            assert name not in mail.subject + mail.body
        link = mail.body.split("http://127.0.0.1:8000")[1].split()[0]
        assert "givet: SSP-konsulent" in client_for(lise).get(link).content.decode()
        assert "Nye rettigheder" in client_for(lise).get("/").content.decode()
        assert "Nye rettigheder" not in client_for(bo).get("/").content.decode()

    def test_a_reviewer_taken_off_is_told_too(self, hans, lise) -> None:
        set_roles(by=hans, user=lise, roles=[Role.MEMBER])
        assert [mail.to for mail in OutgoingMail.objects.all()] == [lise.email]

    def test_closing_a_reviewer_or_opening_an_administrator_is_told(self, hans, lise, mona) -> None:
        close_login(by=hans, user=lise)
        open_login(by=hans, user=lise)
        assert OutgoingMail.objects.count() == 2
        close_login(by=hans, user=mona)
        assert OutgoingMail.objects.count() == 2

    def test_taking_away_is_not_news(self, hans, lise, mona) -> None:
        set_roles(by=hans, user=mona, roles=[])
        assert not OutgoingMail.objects.exists()

    def test_without_a_reviewer_the_administrator_is_told(self, hans, mona, client_for) -> None:
        answer = client_for(hans).post(f"/logins/{mona.pk}/", {"roles": [Role.CONSULTANT]}, follow=True)
        assert "ingen har fået besked" in answer.content.decode()

    def test_with_one_it_is_not_said(self, hans, lise, mona, client_for) -> None:
        answer = client_for(hans).post(f"/logins/{mona.pk}/", {"roles": [Role.CONSULTANT]}, follow=True)
        assert "ingen har fået besked" not in answer.content.decode()


class TestLimits:
    def test_five_wrong_passwords_and_the_right_one_waits_too(self, mona) -> None:
        for number in range(5):
            enter(mona, password=f"forkert {number}")
        client = Client()
        said = client.post("/konto/login/", {"login": mona.email, "password": PASSWORD}).content.decode()
        assert "For mange forsøg" in said
        assert not is_in(client)

    def test_a_false_forwarded_address_does_not_help(self, mona, settings) -> None:
        """Without a proxy the header is what anybody writes; with one, only what the proxy added counts."""
        answers = [
            Client(headers={"X-Forwarded-For": f"203.0.113.{n}"}).post(
                "/konto/glemt/", {"email": f"x{n}@vestby.example"}
            )
            for n in range(21)
        ]
        assert [each.status_code for each in answers].count(429) == 1
        assert "Vent fem minutter" in answers[-1].content.decode()
        cache.clear()
        settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
        codes = [
            Client(headers={"X-Forwarded-For": f"198.51.100.{n}, 203.0.113.9"})
            .post("/konto/glemt/", {"email": f"y{n}@vestby.example"})
            .status_code
            for n in range(21)
        ]
        assert codes.count(429) == 1

    def test_filling_the_cache_does_not_flush_a_limit_out(self, settings) -> None:
        assert settings.CACHES["default"]["BACKEND"].endswith("DatabaseCache")
        assert settings.CACHES["default"]["OPTIONS"]["MAX_ENTRIES"] >= 100_000

    def test_a_limit_survives_a_restart(self, tmp_path) -> None:
        """Two processes one after the other, five tries allowed: the sixth is refused wherever it comes."""
        script = (
            "import django; django.setup()\n"
            "from django.core.management import call_command\n"
            "from django.test import RequestFactory\n"
            "from allauth.core import ratelimit\n"
            "call_command('createcachetable')\n"
            "request = RequestFactory().post('/')\n"
            "print([bool(ratelimit.consume(request, action='login_failed', key='mona')) for _ in range(3)])\n"
        )
        environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": "tovholder.config.settings",
            "DATABASE_URL": f"sqlite:///{tmp_path}/limits.sqlite3",
            "KEYS_DATABASE_URL": f"sqlite:///{tmp_path}/keys.sqlite3",
        }
        run = [sys.executable, "-c", script]
        said = [
            subprocess.run(run, cwd=ROOT, env=environment, capture_output=True, text=True, check=True).stdout
            for _process in range(2)
        ]
        assert [each.splitlines()[-1] for each in said] == ["[True, True, True]", "[True, True, False]"]
