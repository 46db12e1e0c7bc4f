"""Single sign-on: what the municipality's own login service is asked for, and what its answer means here."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

PROVIDER, FAMILY_PROVIDER = "kommunen", "familien"


@dataclass(frozen=True)
class SignOn:
    """How this installation uses one OpenID Connect provider; read from the environment."""

    server_url: str
    client_id: str
    secret: str = field(repr=False, default="")
    name: str = ""
    groups_claim: str = "groups"
    # Group to roles. Empty: the provider only says who somebody is, and roles are given by hand.
    roles: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    # What `amr` or `acr` must say for the provider's login to count as a second factor.
    strong: frozenset[str] = frozenset({"mfa"})
    # Domains whose addresses are taken as verified although the provider does not say so.
    trusted_domains: frozenset[str] = frozenset()
    keeps_password: bool = False

    @property
    def provider(self) -> str:
        return PROVIDER

    @property
    def governed(self) -> frozenset[str]:
        """The roles that groups decide; all others are given by hand."""
        return frozenset(role for roles in self.roles.values() for role in roles)

    @property
    def origin(self) -> str:
        """The address that the content policy lets a form lead to."""
        return origin_of(self.server_url)

    def roles_of(self, groups: frozenset[str]) -> frozenset[str]:
        return frozenset(role for group in groups for role in self.roles.get(group, ()))

    def as_app(self) -> dict[str, Any]:
        return {
            "provider_id": PROVIDER,
            "name": self.name,
            "client_id": self.client_id,
            "secret": self.secret,
            "settings": {"server_url": self.server_url},
        }

    def as_provider(self) -> dict[str, Any]:
        return providers(self)


@dataclass(frozen=True)
class FamilySignOn:
    """How this installation uses the provider by which a family shows who it is (MitID through a broker, say).

    Who comes that way gets no login here: see `meetings.services.own_child`.
    """

    server_url: str
    client_id: str
    secret: str = field(repr=False, default="")
    name: str = "MitID"
    claim: str = "cpr"  # holds the CPR number
    scopes: tuple[str, ...] = ("openid",)
    # What `amr` or `acr` must say of how sure the provider is; empty asks for nothing.
    strong: frozenset[str] = frozenset()

    @property
    def provider(self) -> str:
        return FAMILY_PROVIDER

    @property
    def origin(self) -> str:
        return origin_of(self.server_url)

    def as_app(self) -> dict[str, Any]:
        return {
            "provider_id": FAMILY_PROVIDER,
            "name": self.name,
            "client_id": self.client_id,
            "secret": self.secret,
            "settings": {"server_url": self.server_url, "scope": list(self.scopes)},
        }


def origin_of(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"


def providers(*used: SignOn | FamilySignOn | None) -> dict[str, Any]:
    """Return what allauth reads from SOCIALACCOUNT_PROVIDERS; nothing where none is in use."""
    apps = [each.as_app() for each in used if each is not None]
    return {"openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": apps}} if apps else {}


@dataclass(frozen=True)
class Relative:
    """Who of a family the provider says is there: the CPR number in ten digits, or nothing where it says none."""

    cpr: str
    strong: bool


def relative(sign_on: FamilySignOn, data: Mapping[str, Any]) -> Relative:
    """Read the provider's answer. How sure it is, is believed of the id_token only; whatever is odd counts as absent."""
    token, info = _mapping(data.get("id_token")), _mapping(data.get("userinfo"))
    said = _texts(token.get("amr")) | _texts(token.get("acr"))
    told = _at({**token, **info}, sign_on.claim)
    digits = re.sub(r"\D", "", told) if isinstance(told, str) else ""
    return Relative(
        cpr=digits if len(digits) == 10 else "", strong=not sign_on.strong or bool(said & sign_on.strong)
    )


@dataclass(frozen=True)
class Identity:
    """Who the provider says is there."""

    email: str
    verified: bool
    name: str
    groups: frozenset[str]
    strong: bool


def identity(sign_on: SignOn, data: Mapping[str, Any]) -> Identity:
    """Read the provider's answer: `userinfo` and the claims of `id_token`. Whatever is odd counts as absent.

    That the login was strong is believed of the id_token only: it alone is about this very login.
    """
    token, info = _mapping(data.get("id_token")), _mapping(data.get("userinfo"))
    both = {**token, **info}
    email = str(both.get("email") or "").strip().lower()
    said = _texts(token.get("amr")) | _texts(token.get("acr"))
    return Identity(
        email=email,
        verified=both.get("email_verified") in (True, "true")
        or email.rpartition("@")[2] in sign_on.trusted_domains,
        name=str(both.get("name") or email.partition("@")[0])[:120],
        groups=_texts(_at(token, sign_on.groups_claim)) | _texts(_at(info, sign_on.groups_claim)),
        strong=bool(said & sign_on.strong),
    )


def _at(claims: Mapping[str, Any], path: str) -> Any:
    """Return a claim by its name, or by the way to it: "realm_access.roles"."""
    if path in claims:
        return claims[path]
    found: Any = claims
    for part in path.split("."):
        found = _mapping(found).get(part)
    return found


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _texts(value: Any) -> frozenset[str]:
    if isinstance(value, str):
        return frozenset({value})
    return (
        frozenset(each for each in value if isinstance(each, str)) if isinstance(value, list) else frozenset()
    )
