"""Single sign-on: what the municipality's own login service is asked for, and what its answer means here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

PROVIDER = "kommunen"


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
        parts = urlsplit(self.server_url)
        return f"{parts.scheme}://{parts.netloc}"

    def roles_of(self, groups: frozenset[str]) -> frozenset[str]:
        return frozenset(role for group in groups for role in self.roles.get(group, ()))

    def as_provider(self) -> dict[str, Any]:
        """Return what allauth reads from SOCIALACCOUNT_PROVIDERS."""
        app = {
            "provider_id": PROVIDER,
            "name": self.name,
            "client_id": self.client_id,
            "secret": self.secret,
            "settings": {"server_url": self.server_url},
        }
        return {"openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": [app]}}


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
