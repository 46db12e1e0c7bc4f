"""Administrators make logins, give roles and close logins."""

from __future__ import annotations

import re
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from tests.factories import make_user
from tovholder.access.decision import Refused
from tovholder.accounts.models import Role, User
from tovholder.accounts.services import close_login, set_roles
from tovholder.audit.models import AppendOnlyError, Event
from tovholder.outbox.models import OutgoingMail

pytestmark = pytest.mark.django_db


def test_administrator_makes_a_login_with_roles(client_for, hans) -> None:
    response = client_for(hans).post(
        "/logins/nyt/", {"name": "Ny Kollega", "email": "Ny@Vestby.example", "roles": [Role.MEMBER]}
    )
    user = User.objects.get(email="ny@vestby.example")
    assert response.url == f"/logins/{user.pk}/"
    assert user.roles == {Role.MEMBER}
    assert not user.has_usable_password()
    assert list(Event.objects.values_list("action", flat=True))[:2] == ["login.roles_set", "login.created"]


def test_a_taken_address_is_an_error_at_the_field(client_for, hans, bo) -> None:
    response = client_for(hans).post("/logins/nyt/", {"name": "Bo igen", "email": "BO@vestby.example"})
    assert "Der findes allerede et login med den e-mail" in response.content.decode()
    assert User.objects.filter(email__iexact="bo@vestby.example").count() == 1


@pytest.mark.parametrize("name", ["anna", "bo", "carla", "dina", "erik", "frida", "grethe", "ida", "lise"])
def test_others_may_not(personas, client_for, name: str) -> None:
    client = client_for(personas[name])
    assert client.get("/logins/").status_code == 403
    assert client.post("/logins/nyt/", {"name": "X", "email": "x@vestby.example"}).status_code == 403
    assert not User.objects.filter(email="x@vestby.example").exists()


def test_an_administrator_cannot_lock_themselves_out(hans) -> None:
    with pytest.raises(Refused, match="eget login"):
        close_login(by=hans, user=hans)
    with pytest.raises(Refused, match="egen rolle"):
        set_roles(by=hans, user=hans, roles=[Role.MEMBER])


def test_a_closed_login_ends_the_session(client_for, hans, bo) -> None:
    client = client_for(bo)
    client_for(hans).post(f"/logins/{bo.pk}/luk/")
    assert client.get("/").status_code == 302
    client_for(hans).post(f"/logins/{bo.pk}/aabn/")
    bo.refresh_from_db()
    assert bo.is_active


def test_login_by_mail_and_password_and_out_again(client: Client) -> None:
    make_user("Mona", Role.MEMBER, password="en god lang sætning")
    wrong = client.post("/konto/login/", {"login": "mona@vestby.example", "password": "forkert"})
    assert wrong.status_code == 200
    assert "_auth_user_id" not in client.session
    right = client.post("/konto/login/", {"login": "MONA@vestby.example", "password": "en god lang sætning"})
    assert right.url == "/"
    client.post("/konto/log-af/")
    assert "_auth_user_id" not in client.session


def test_forgotten_password_goes_through_the_outbox(client: Client, bo) -> None:
    client.post("/konto/glemt/", {"email": bo.email})
    mail = OutgoingMail.objects.get()
    assert mail.to == bo.email
    assert "/konto/glemt/" in mail.body
    assert "Bo" not in re.sub(r"\S+://\S+", "", mail.body)  # a link's random letters may spell anything
    link = mail.body.split("http://testserver")[1].split()[0]
    page = client.get(link, follow=True)
    assert "Vælg ny adgangskode" in page.content.decode()


def test_nobody_signs_up(client: Client) -> None:
    response = client.post("/konto/opret/", {"email": "x@y.example", "password1": "en god lang sætning"})
    assert response.status_code == 302
    assert not User.objects.filter(email="x@y.example").exists()


def test_the_list_keeps_its_number_of_queries(client_for, hans, django_assert_max_num_queries) -> None:
    client = client_for(hans)
    for number in range(3):
        make_user(f"Person{number}", Role.MEMBER)
    found = client.post("/logins/", {"q": "person"})
    with django_assert_max_num_queries(12):
        page = client.get(found.url).content.decode()
    assert "3 logins" in page


def test_the_log_is_append_only(hans) -> None:
    set_roles(by=hans, user=hans, roles=[Role.ADMINISTRATOR, Role.MEMBER])
    event = Event.objects.get()
    event.action = "x"
    with pytest.raises(AppendOnlyError):
        event.save()
    with pytest.raises(AppendOnlyError):
        event.delete()
    with pytest.raises(AppendOnlyError):
        Event.objects.all().delete()
    with pytest.raises(AppendOnlyError):
        Event.objects.update(action="x")


def test_the_first_administrator_comes_from_the_command_line() -> None:
    call_command("create_administrator", "hanne@vestby.example", "Hanne", stdout=StringIO())
    user = User.objects.get(email="hanne@vestby.example")
    assert user.roles == {Role.ADMINISTRATOR}
    assert not user.has_usable_password()
    assert Event.objects.filter(actor="system", action="login.created").count() == 1
    with pytest.raises(CommandError, match="allerede et login"):
        call_command("create_administrator", "Hanne@vestby.example", "Hanne")
    with pytest.raises(CommandError, match="ikke en e-mailadresse"):
        call_command("create_administrator", "hanne", "Hanne")
