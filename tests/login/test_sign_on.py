"""Single sign-on against a real provider process: who gets in, as what, and who does not."""

from __future__ import annotations

import logging

import pytest
from allauth.socialaccount.models import SocialAccount
from django.core.exceptions import ImproperlyConfigured
from django.test import Client

from tests.config.test_environment import SAFE
from tests.factories import make_user
from tests.login.conftest import PASSWORD, code_of, enter, is_in
from tovholder.accounts.models import Role, RoleGrant, User
from tovholder.accounts.services import close_login
from tovholder.accounts.sign_on import SignOn, identity
from tovholder.audit.models import Event
from tovholder.config.environment import Environment
from tovholder.outbox.models import OutgoingMail

pytestmark = pytest.mark.django_db
ROLES = {"SSP": (Role.CONSULTANT,), "Skole": (Role.MEMBER,), "It": (Role.ADMINISTRATOR, Role.MEMBER)}


def karen(**more: object) -> dict[str, object]:
    return {
        "email": "karen@vestby.example",
        "email_verified": True,
        "name": "Karen Holm",
        "groups": ["SSP"],
        **more,
    }


def refusal() -> str:
    return str(Event.objects.filter(action="login.refused").first().details["code"])


def test_a_group_makes_the_login_and_decides_its_roles(set_up) -> None:
    town = set_up(roles=ROLES)
    town.knows("karen", **karen())
    assert "Log ind med Vestbys login" in Client().get("/konto/login/").content.decode()
    client, answer = town.enter("karen")
    assert answer.url == "/"
    assert is_in(client)
    user = User.objects.get(email="karen@vestby.example")
    assert user.name == "Karen Holm"
    assert user.roles == {Role.CONSULTANT}
    assert not user.has_usable_password()
    # Nothing of what the provider said is kept but its name for her.
    assert SocialAccount.objects.get().extra_data == {}

    # Moved to another job: the groups' roles follow, those given by hand stay.
    RoleGrant.objects.create(user=user, role=Role.LOG_REVIEWER)
    town.knows("karen", **karen(groups=["Skole", "Kantine"]))
    town.enter("karen")
    assert User.objects.get(pk=user.pk).roles == {Role.MEMBER, Role.LOG_REVIEWER}
    assert User.objects.count() == 1


def test_who_loses_the_group_loses_the_login_and_who_regains_it_is_back(set_up) -> None:
    town = set_up(roles=ROLES)
    town.knows("karen", **karen())
    client, _answer = town.enter("karen")
    town.knows("karen", **karen(groups=["Kantine"]))
    other, refused = town.enter("karen")
    assert refused.status_code == 403
    assert "Du har ikke adgang til Tovholder" in refused.content.decode()
    assert not is_in(other)
    assert not is_in(client)  # the one that was open
    user = User.objects.get()
    assert not user.is_active
    assert refusal() == "no_group"
    town.knows("karen", **karen())
    assert is_in(town.enter("karen")[0])


def test_what_an_administrator_closed_no_group_opens(set_up, hans) -> None:
    town = set_up(roles=ROLES)
    town.knows("karen", **karen())
    town.enter("karen")
    user = User.objects.get(email="karen@vestby.example")
    close_login(by=hans, user=user)
    client, refused = town.enter("karen")
    assert "Dit login er lukket" in refused.content.decode()
    town.knows("karen", **karen(groups=[]))
    town.enter("karen")
    town.knows("karen", **karen())
    assert not is_in(town.enter("karen")[0])
    assert not is_in(client)


def test_an_existing_login_is_found_by_verified_mail_and_never_taken_over(set_up) -> None:
    town = set_up()
    mona = make_user("Mona", Role.MEMBER, password=PASSWORD)
    for claims in ({"email_verified": False}, {}, {"email_verified": "nej"}):
        town.knows("tyv", email="MONA@vestby.example", name="Tyv", **claims)
        client, refused = town.enter("tyv")
        assert refused.status_code == 403
        assert refusal() == "email_unverified"
        assert not is_in(client)
    town.knows("mona-1", email="Mona@Vestby.example", email_verified=True, name="Mona")
    assert is_in(town.enter("mona-1")[0])
    assert SocialAccount.objects.get().user == mona
    # The address is given to a new colleague: another identity, and not Mona's login.
    town.knows("ny", email="mona@vestby.example", email_verified=True, name="Mona Ny")
    client, refused = town.enter("ny")
    assert refusal() == "other_identity"
    assert not is_in(client)
    assert User.objects.count() == 1


def test_a_stranger_gets_no_login_without_a_rule(set_up) -> None:
    town = set_up()
    town.knows("ukendt", **karen())
    client, refused = town.enter("ukendt")
    assert "Bed administratoren om et" in refused.content.decode()
    assert not is_in(client)
    assert User.objects.count() == 0


def test_somebody_logged_in_does_not_swallow_anothers_identity(set_up) -> None:
    """allauth can connect what comes back to whoever is logged in here; that door is shut."""
    town = set_up(roles=ROLES)
    mona = make_user("Mona", Role.MEMBER, password=PASSWORD)
    town.knows("karen", **karen())
    client = enter(mona)
    client.get(town.way_back(client, "karen", query="?process=connect"))
    assert not SocialAccount.objects.filter(user=mona).exists()
    assert client.get("/konto/sikkerhed/").context["user"].email == "karen@vestby.example"


def test_the_password_is_off_for_who_signs_on(set_up, settings) -> None:
    town = set_up()
    mona = make_user("Mona", Role.MEMBER, password=PASSWORD)
    town.knows("mona", email=mona.email, email_verified=True, name="Mona")
    town.enter("mona")
    client = Client()
    said = client.post("/konto/login/", {"login": mona.email, "password": PASSWORD})
    assert said.status_code == 403
    assert "Log ind med det i stedet" in said.content.decode()
    assert not is_in(client)
    set_up(keeps_password=True)
    assert is_in(enter(mona))


@pytest.mark.parametrize(
    ("claims", "counts"),
    [
        ({"amr": ["pwd", "mfa"]}, True),
        ({"acr": "mfa"}, True),
        ({"amr": ["pwd"]}, False),
        ({}, False),
        ({"amr": {"mfa": 1}}, False),
    ],
)
def test_the_providers_second_factor_counts_when_it_says_so(set_up, settings, claims, counts) -> None:
    settings.SECOND_FACTOR_ROLES = ("all",)
    town = set_up(roles=ROLES)
    town.knows("karen", **karen(**claims))
    client, _answer = town.enter("karen")
    assert is_in(client) is counts
    if not counts:
        assert client.get("/").url.startswith("/konto/ekstra-trin/")


def test_ones_own_factor_is_asked_for_after_signing_on_too(set_up, settings, secret_of) -> None:
    settings.SECOND_FACTOR_ROLES = ("all",)
    town = set_up()
    mona = make_user("Mona", Role.MEMBER, password=PASSWORD)
    secret = secret_of(mona)
    town.knows("mona", email=mona.email, email_verified=True, name="Mona")
    client, answer = town.enter("mona")
    assert answer.url == "/konto/login/trin/"
    assert not is_in(client)
    client.post(answer.url, {"code": code_of(secret)})
    assert is_in(client)


def test_rights_from_a_group_are_told_to_who_reviews_the_log(set_up, lise) -> None:
    town = set_up(roles=ROLES)
    town.knows("karen", **karen(groups=["It"]))
    town.enter("karen")
    mail = OutgoingMail.objects.get()
    assert mail.to == lise.email
    assert "Karen" not in mail.subject + mail.body
    assert Event.objects.get(action="login.roles_set").actor == "system"


def test_a_reviewer_whom_the_groups_put_out_is_told(set_up) -> None:
    town = set_up(roles={"Kontrol": (Role.LOG_REVIEWER,)})
    town.knows("karen", **karen(groups=["Kontrol"]))
    town.enter("karen")
    OutgoingMail.objects.all().delete()
    town.knows("karen", **karen(groups=[]))
    town.enter("karen")
    assert [mail.to for mail in OutgoingMail.objects.all()] == ["karen@vestby.example"]


def test_a_broken_way_back_says_so_in_danish(set_up, monkeypatch) -> None:
    monkeypatch.setattr(logging.root.manager, "disable", logging.CRITICAL)
    town = set_up(roles=ROLES)
    town.knows("karen", **karen())
    client = Client()
    back = town.way_back(client, "karen")
    stolen = Client().get(back)  # in a browser that did not begin it
    assert "Det lykkedes ikke" in stolen.content.decode()
    assert User.objects.count() == 0
    for bad in ("?error=server_error&error_description=<script>", "?code=x&state=y", "?code=x", ""):
        said = Client().get(f"/konto/login/kommunen/svar/{bad}").content.decode()
        assert "<script>" not in said
        assert "Det lykkedes ikke" in said or "afbrød" in said
    denied = client.get(town.refuses(client))
    assert "Du afbrød" in denied.content.decode()
    assert is_in(town.enter("karen", client)[0])


def test_where_it_is_not_set_up_it_does_not_exist(client) -> None:
    assert client.post("/konto/login/kommunen/").status_code == 404
    assert client.get("/konto/login/kommunen/svar/").status_code == 404
    assert "Eller med e-mail" not in client.get("/konto/login/").content.decode()


OIDC = {"OIDC_SERVER_URL": "https://login.vestby.example/", "OIDC_CLIENT_ID": "t", "OIDC_CLIENT_SECRET": "s"}


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"OIDC_CLIENT_ID": ""}, "OIDC_CLIENT_ID is missing"),
        ({"OIDC_CLIENT_SECRET": ""}, "OIDC_CLIENT_SECRET is missing"),
        ({"OIDC_SERVER_URL": "http://login.vestby.example"}, "must start with https"),
        ({"OIDC_ROLES": "SSP=consultant"}, "OIDC_ROLES is not JSON"),
        ({"OIDC_ROLES": '["SSP"]'}, "OIDC_ROLES is not JSON"),
        ({"OIDC_ROLES": '{"SSP": [1]}'}, "OIDC_ROLES is not JSON"),
    ],
)
def test_half_a_set_up_does_not_start(tmp_path, change, complaint) -> None:
    with pytest.raises(ImproperlyConfigured, match=complaint):
        Environment.read(tmp_path, {**SAFE, **OIDC, **change})


def test_the_environment_says_it_all(tmp_path) -> None:
    given = {
        **SAFE,
        **OIDC,
        "OIDC_ROLES": '{"SSP": ["consultant"]}',
        "OIDC_TRUSTED_DOMAINS": "Vestby.example",
    }
    sign_on = Environment.read(tmp_path, given).sign_on
    assert sign_on.roles == {"SSP": ("consultant",)}
    assert sign_on.origin == "https://login.vestby.example"
    assert "secret" not in repr(sign_on)
    assert identity(sign_on, {"userinfo": {"email": "A@vestby.example"}}).verified
    assert not identity(sign_on, {"userinfo": {"email": "a@ond.vestby.example"}}).verified
    inner = SignOn("https://x", "t", groups_claim="realm_access.roles")
    assert identity(inner, {"id_token": {"realm_access": {"roles": ["a", 1]}}}).groups == {"a"}
    odd = identity(sign_on, {"userinfo": ["x"], "id_token": {"groups": {"a": 1}, "email": None, "amr": 3}})
    assert (odd.groups, odd.verified, odd.strong) == (frozenset(), False, False)
