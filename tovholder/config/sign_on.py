"""How the two ways in from outside are set up: the staff's single sign-on, and the family's."""

from __future__ import annotations

import json

from django.core.exceptions import ImproperlyConfigured

from tovholder.accounts.sign_on import FamilySignOn, SignOn


def sign_on_from(value: dict[str, str], production: bool) -> SignOn | None:
    """Read how single sign-on is set up. Raises ImproperlyConfigured when it is half set up or unsafe."""
    if not value["OIDC_SERVER_URL"]:
        return None
    faults = [f"{name} is missing" for name in ("OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET") if not value[name]]
    if production and not value["OIDC_SERVER_URL"].startswith("https://"):
        faults.append("OIDC_SERVER_URL must start with https://")
    try:
        roles = {str(group): tuple(given) for group, given in json.loads(value["OIDC_ROLES"]).items()}
        if not all(isinstance(each, str) for given in roles.values() for each in given):
            raise TypeError
    except (ValueError, TypeError, AttributeError):
        roles = {}
        faults.append('OIDC_ROLES is not JSON like {"group": ["role"]}')
    if faults:
        raise ImproperlyConfigured("Single sign-on is not set up: " + "; ".join(faults))
    return SignOn(
        server_url=value["OIDC_SERVER_URL"].rstrip("/"),
        client_id=value["OIDC_CLIENT_ID"],
        secret=value["OIDC_CLIENT_SECRET"],
        name=value["OIDC_NAME"],
        groups_claim=value["OIDC_GROUPS_CLAIM"],
        roles=roles,
        strong=frozenset(words(value["OIDC_SECOND_FACTOR"])),
        trusted_domains=frozenset(each.lower() for each in words(value["OIDC_TRUSTED_DOMAINS"])),
        keeps_password=value["OIDC_KEEPS_PASSWORD"] == "1",  # noqa: S105 -- yes or no, no password
    )


def family_sign_on_from(value: dict[str, str], production: bool) -> FamilySignOn | None:
    """Read how families log in. Raises ImproperlyConfigured when it is half set up or unsafe."""
    if not value["FAMILY_OIDC_SERVER_URL"]:
        return None
    needed = ["FAMILY_OIDC_CLIENT_ID", "FAMILY_OIDC_CLIENT_SECRET", "FAMILY_OIDC_CLAIM"]
    if production:
        needed.append("FAMILY_OIDC_LEVEL")
    faults = [f"{name} is missing" for name in needed if not value[name]]
    if production and not value["FAMILY_OIDC_SERVER_URL"].startswith("https://"):
        faults.append("FAMILY_OIDC_SERVER_URL must start with https://")
    if faults:
        raise ImproperlyConfigured("The family's login is not set up: " + "; ".join(faults))
    return FamilySignOn(
        server_url=value["FAMILY_OIDC_SERVER_URL"].rstrip("/"),
        client_id=value["FAMILY_OIDC_CLIENT_ID"],
        secret=value["FAMILY_OIDC_CLIENT_SECRET"],
        name=value["FAMILY_OIDC_NAME"],
        claim=value["FAMILY_OIDC_CLAIM"],
        scopes=tuple(value["FAMILY_OIDC_SCOPES"].split()) or ("openid",),
        strong=frozenset(words(value["FAMILY_OIDC_LEVEL"])),
    )


def words(text: str) -> list[str]:
    return [each.strip() for each in text.split(",") if each.strip()]
