"""Reads the environment once, and refuses to start in production when something is missing or unsafe."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

from tovholder.accounts.sign_on import FamilySignOn, SignOn
from tovholder.citizens.keys.sealing import MasterKey
from tovholder.config.sign_on import family_sign_on_from, sign_on_from, words


@dataclass(frozen=True)
class Setting:
    name: str
    default: str
    meaning: str
    required_in_production: bool = False


SETTINGS = (
    Setting(
        "TOVHOLDER_MODE",
        "development",
        "production, demo or development. Production checks everything below.",
    ),
    Setting("SECRET_KEY", "", "Long random text that seals sessions and signs links.", True),
    Setting(
        "SECRET_KEY_FALLBACKS", "", "Former SECRET_KEYs that still open what they closed, comma between."
    ),
    Setting("DEBUG", "0", "1 shows error details. Refused in production."),
    Setting("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]", "Host names, comma between.", True),
    Setting("PUBLIC_URL", "http://127.0.0.1:8000", "Address that links in mails start with.", True),
    Setting(
        "DATABASE_URL",
        "sqlite:///var/tovholder.sqlite3",
        "postgres://user:password@host:port/name or sqlite:///path.",
    ),
    Setting(
        "KEYS_DATABASE_URL",
        "",
        "The database of the data keys, with a backup of its own. Empty: a file beside the ordinary one; "
        "required in production.",
        True,
    ),
    Setting(
        "MASTER_KEY",
        "",
        "Key above the data keys, made by `manage.py new_master_key`. This or MASTER_KEY_FILE is required in production.",
    ),
    Setting("MASTER_KEY_FILE", "", "File that holds the master key instead."),
    Setting("MASTER_KEY_OLD", "", "The master key before, while `manage.py rotate_master_key` runs."),
    Setting("SECURE_COOKIES", "", "0 turns secure cookies and https off. Refused in production."),
    Setting(
        "BEHIND_PROXY",
        "0",
        "Number of your own proxies in front; their X-Forwarded-Proto and X-Forwarded-For are trusted.",
    ),
    Setting(
        "SECOND_FACTOR_ROLES",
        "",
        "Roles that must log in with a second factor, comma between; all or none. Empty: none in the demo, all elsewhere.",
    ),
    Setting("OIDC_SERVER_URL", "", "Address of the OpenID Connect provider. Empty: no single sign-on."),
    Setting("OIDC_CLIENT_ID", "", "What the provider calls Tovholder."),
    Setting("OIDC_CLIENT_SECRET", "", "The secret it shares with Tovholder."),
    Setting("OIDC_NAME", "kommunens login", "What it is called on the login page: »Log ind med …«."),
    Setting(
        "OIDC_GROUPS_CLAIM",
        "groups",
        "The claim with a person's groups; realm_access.roles finds an inner one.",
    ),
    Setting(
        "OIDC_ROLES",
        "{}",
        'Group to roles as JSON: {"SSP": ["consultant"]}. Who has such a group gets a login, who has none loses it. '
        "Empty: logins and roles are given by hand.",
    ),
    Setting(
        "OIDC_SECOND_FACTOR",
        "mfa",
        "What amr or acr must say for the provider's login to count as a second factor, comma between. Empty: never.",
    ),
    Setting(
        "OIDC_TRUSTED_DOMAINS",
        "",
        "Mail domains taken as verified when the provider does not send email_verified, comma between.",
    ),
    Setting("OIDC_KEEPS_PASSWORD", "0", "1 lets those who use single sign-on log in with a password too."),
    Setting(
        "FAMILY_OIDC_SERVER_URL", "", "Address of the provider by which families log in. Empty: they do not."
    ),
    Setting("FAMILY_OIDC_CLIENT_ID", "", "What that provider calls Tovholder."),
    Setting("FAMILY_OIDC_CLIENT_SECRET", "", "The secret it shares with Tovholder."),
    Setting("FAMILY_OIDC_NAME", "MitID", "What it is called on the family's page: »Log ind med …«."),
    Setting(
        "FAMILY_OIDC_SCOPES", "openid", "What it is asked for, space between; the one for the CPR number too."
    ),
    Setting("FAMILY_OIDC_CLAIM", "cpr", "The claim that holds the CPR number; a.b finds an inner one."),
    Setting(
        "FAMILY_OIDC_LEVEL",
        "",
        "What amr or acr must say for a family to be believed, comma between. Required in production with the address.",
    ),
    Setting("MEDIA_ROOT", "var/media", "Folder of attached files."),
    Setting(
        "AUDIT_ANCHOR",
        "",
        "Where the log's heads are told, comma between: a folder, syslog:/dev/log, syslog:host:port or mail:address. "
        "Empty is a folder beside the SQLite file, or var/anchors.",
    ),
    Setting("STATIC_ROOT", "var/static", "Folder that collectstatic fills."),
    Setting("ATTACHMENT_MAX_BYTES", "10485760", "Largest attached file, in bytes."),
    Setting(
        "EMAIL_HOST", "", "Mail server. Empty writes mails to var/mail instead; required in production.", True
    ),
    Setting("EMAIL_PORT", "25", "Port of the mail server."),
    Setting("EMAIL_USER", "", "User name at the mail server."),
    Setting("EMAIL_PASSWORD", "", "Password at the mail server."),
    Setting("EMAIL_TLS", "0", "1 uses STARTTLS."),
    Setting("EMAIL_FROM", "tovholder@localhost", "Sender of all mails.", True),
    Setting(
        "BACKUP_KEY", "", "Key of `manage.py backup` and `restore`, made by `manage.py backup --new-key`."
    ),
    Setting("BACKUP_KEY_FILE", "", "File that holds the key instead. The key never lies beside the backups."),
    Setting(
        "REPLY_ADDRESS",
        "",
        "Mailbox of its own, preferably EMAIL_FROM, that calendar programs send answers to invitations to. "
        "Empty: people answer by the link.",
    ),
    Setting(
        "REPLY_AUTHSERV",
        "",
        "Name of your mail server in Authentication-Results: an answer counts only when that header says dmarc=pass. "
        "Required in production with REPLY_ADDRESS; `none` lets forged answers count, and says so.",
    ),
    Setting(
        "FAMILY_LANGUAGES",
        "",
        "Folder with more languages for the family's page (so.toml, de.toml …), of the shape of tovholder/meetings/languages.",
    ),
    Setting("IMAP_HOST", "", "Server of that mailbox, read each minute. Empty: nothing is fetched."),
    Setting("IMAP_PORT", "993", "Port of the IMAP server."),
    Setting("IMAP_USER", "", "User name at the IMAP server."),
    Setting("IMAP_PASSWORD", "", "Password at the IMAP server."),
    Setting(
        "IMAP_TLS",
        "1",
        "starttls: begin in clear and turn to TLS (port 143). 0: no TLS, refused in production.",
    ),
    Setting(
        "IMAP_CA",
        "",
        "File with the certificate to trust, for a server whose certificate is the municipality's own. Empty: those that the system trusts.",
    ),
    Setting("IMAP_FOLDER", "INBOX", "Folder that answers arrive in."),
    Setting("IMAP_ASIDE", "Tovholder-til-gennemsyn", "Folder where mails that are no valid answer are put."),
)
MODES = ("production", "demo", "development")


@dataclass(frozen=True)
class Environment:
    mode: str
    debug: bool
    secret_key: str
    secret_key_fallbacks: list[str]
    allowed_hosts: list[str]
    trusted_origins: list[str]
    public_url: str
    database: dict[str, Any]
    keys_database: dict[str, Any]
    master_keys: list[str]
    secure: bool
    proxies: int
    second_factor_roles: tuple[str, ...]
    sign_on: SignOn | None
    family_sign_on: FamilySignOn | None
    media_root: Path
    static_root: Path
    attachment_max_bytes: int
    audit_anchor: list[str]
    email: dict[str, Any]
    backup_key: str
    backup_key_file: str
    replies: dict[str, Any]
    family_languages: str

    @classmethod
    def read(cls, base: Path, environ: dict[str, str] | None = None) -> Environment:
        """Read the settings. Raises ImproperlyConfigured, naming every fault, when production is unsafe."""
        source = os.environ if environ is None else environ
        value = {s.name: source.get(s.name, s.default) for s in SETTINGS}
        mode = value["TOVHOLDER_MODE"]
        if mode not in MODES:
            raise ImproperlyConfigured(f"TOVHOLDER_MODE={mode!r}: allowed are {', '.join(MODES)}")
        production = mode == "production"
        if production:
            _refuse_unsafe(value, given=source)
        public_url = value["PUBLIC_URL"].rstrip("/")
        database = database_from_url(value["DATABASE_URL"], base)
        return cls(
            mode=mode,
            debug=value["DEBUG"] == "1",
            # A fixed key outside production only: the demo holds no real data.
            secret_key=value["SECRET_KEY"] or "only-for-development-and-demo-" * 2,
            secret_key_fallbacks=words(value["SECRET_KEY_FALLBACKS"]),
            allowed_hosts=[host.strip() for host in value["ALLOWED_HOSTS"].split(",") if host.strip()],
            trusted_origins=[public_url],
            public_url=public_url,
            database=database,
            keys_database=_keys_database(value, base),
            master_keys=_master_keys(value, production),
            secure=production,
            proxies=int(value["BEHIND_PROXY"]),
            second_factor_roles=_second_factor_roles(value["SECOND_FACTOR_ROLES"], mode),
            sign_on=sign_on_from(value, production),
            family_sign_on=family_sign_on_from(value, production),
            media_root=base / value["MEDIA_ROOT"],
            static_root=base / value["STATIC_ROOT"],
            attachment_max_bytes=int(value["ATTACHMENT_MAX_BYTES"]),
            audit_anchor=_anchors(
                value["AUDIT_ANCHOR"], database_from_url(value["DATABASE_URL"], base), base
            ),
            email=_email(value, base),
            backup_key=value["BACKUP_KEY"],
            backup_key_file=value["BACKUP_KEY_FILE"],
            replies=_replies(value),
            family_languages=value["FAMILY_LANGUAGES"],
        )


def _refuse_unsafe(value: dict[str, str], given: Any) -> None:
    faults = [f"{s.name} is missing" for s in SETTINGS if s.required_in_production and not given.get(s.name)]
    if value["SECRET_KEY"] and len(value["SECRET_KEY"]) < 40:
        faults.append("SECRET_KEY is shorter than 40 characters")
    if value["DEBUG"] == "1":
        faults.append("DEBUG must be off")
    if value["SECURE_COOKIES"] == "0":
        faults.append("SECURE_COOKIES must not be off")
    if not value["PUBLIC_URL"].startswith("https://"):
        faults.append("PUBLIC_URL must start with https://")
    if not (value["MASTER_KEY"] or value["MASTER_KEY_FILE"]):
        faults.append("MASTER_KEY or MASTER_KEY_FILE is missing")
    elif value["MASTER_KEY"]:
        try:
            MasterKey.read(value["MASTER_KEY"])
        except ValueError as fault:
            faults.append(f"MASTER_KEY: {fault}")
    if value["KEYS_DATABASE_URL"] and value["KEYS_DATABASE_URL"] == value["DATABASE_URL"]:
        faults.append("KEYS_DATABASE_URL must be another database than DATABASE_URL")
    if "*" in value["ALLOWED_HOSTS"]:
        faults.append("ALLOWED_HOSTS must name the hosts")
    if value["IMAP_HOST"] and not value["REPLY_ADDRESS"]:
        faults.append("IMAP_HOST needs REPLY_ADDRESS")
    if value["IMAP_HOST"] and value["IMAP_TLS"] == "0":
        faults.append("IMAP_TLS must not be off")
    if value["REPLY_ADDRESS"].strip() and not value["REPLY_AUTHSERV"].strip():
        faults.append("REPLY_ADDRESS needs REPLY_AUTHSERV (`none` lets forged answers count)")
    if faults:
        raise ImproperlyConfigured("Tovholder does not start in production: " + "; ".join(faults))


def _anchors(value: str, database: dict[str, Any], base: Path) -> list[str]:
    """List the places; a folder becomes a whole path."""
    if not value.strip():
        on_file = database["ENGINE"].endswith("sqlite3")
        value = f"{database['NAME']}.anchors" if on_file else "var/anchors"
    places = [place.strip() for place in value.split(",") if place.strip()]
    return [place if place.startswith(("syslog:", "mail:")) else str(base / place) for place in places]


def _second_factor_roles(wanted: str, mode: str) -> tuple[str, ...]:
    """Whether the roles exist is asked when the app starts: here nobody knows them yet."""
    roles = words(wanted) or (["none"] if mode == "demo" else ["all"])
    return () if roles == ["none"] else tuple(roles)


def _email(value: dict[str, str], base: Path) -> dict[str, Any]:
    backend = "smtp" if value["EMAIL_HOST"] else "filebased"
    return {
        "backend": f"django.core.mail.backends.{backend}.EmailBackend",
        "host": value["EMAIL_HOST"],
        "port": int(value["EMAIL_PORT"]),
        "user": value["EMAIL_USER"],
        "password": value["EMAIL_PASSWORD"],
        "tls": value["EMAIL_TLS"] == "1",
        "folder": base / "var" / "mail",
        "sender": value["EMAIL_FROM"],
    }


def _replies(value: dict[str, str]) -> dict[str, Any]:
    return {
        "address": value["REPLY_ADDRESS"].strip(),
        "authserv": "" if value["REPLY_AUTHSERV"].strip() == "none" else value["REPLY_AUTHSERV"].strip(),
        "host": value["IMAP_HOST"],
        "port": int(value["IMAP_PORT"]),
        "user": value["IMAP_USER"],
        "password": value["IMAP_PASSWORD"],
        "tls": value["IMAP_TLS"] != "0",
        "starttls": value["IMAP_TLS"] == "starttls",
        "ca": value["IMAP_CA"],
        "folder": value["IMAP_FOLDER"],
        "aside": value["IMAP_ASIDE"],
    }


def _keys_database(value: dict[str, str], base: Path) -> dict[str, Any]:
    """The database of the data keys. Outside production a file will do: beside the ordinary one, or in var."""
    url = value["KEYS_DATABASE_URL"]
    if not url:
        ordinary = urlsplit(value["DATABASE_URL"])
        path = value["DATABASE_URL"].removesuffix(".sqlite3")
        beside = path if ordinary.scheme == "sqlite" else f"sqlite:///var{ordinary.path}"
        url = f"{beside}-keys.sqlite3"
    return database_from_url(url, base)


def _master_keys(value: dict[str, str], production: bool) -> list[str]:
    """Today's master key, and the one before. Raises ImproperlyConfigured when the file cannot be read."""
    try:
        file = value["MASTER_KEY_FILE"]
        today = value["MASTER_KEY"] or (Path(file).read_text(encoding="ascii").strip() if file else "")
    except (OSError, UnicodeDecodeError) as fault:
        raise ImproperlyConfigured(f"MASTER_KEY_FILE cannot be read: {fault}") from fault
    # A fixed key outside production only: the demo holds no real data.
    keys = [today or ("" if production else "b25seS1mb3ItZGV2ZWxvcG1lbnQtYW5kLWRlbW8tMTI")]
    return [*keys, *([value["MASTER_KEY_OLD"]] if value["MASTER_KEY_OLD"] else [])]


def database_from_url(url: str, base: Path) -> dict[str, Any]:
    """Turn a database address into Django's settings. Raises ImproperlyConfigured for another scheme."""
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        path = base / url.removeprefix("sqlite:///")
        path.parent.mkdir(parents=True, exist_ok=True)
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": path,
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                # A file with 20,000 rows goes in, or out again, as one write, and all other writers wait for it.
                "timeout": 60,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;",
            },
        }
    if parts.scheme in {"postgres", "postgresql"}:
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": parts.path.lstrip("/"),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": parts.hostname or "",
            "PORT": str(parts.port or ""),
            "CONN_MAX_AGE": 60,
            "CONN_HEALTH_CHECKS": True,
            # Prepared for statements.py; Django's own queries never are. To compile who may see what into machine code
            # takes PostgreSQL seconds, and to ask it a few milliseconds. It would also plan a statement anew each time
            # that it hopes to save by it, and the planning costs more than the asking.
            "OPTIONS": {
                "prepare_threshold": 5,
                "options": "-c jit=off -c plan_cache_mode=force_generic_plan",
            },
        }
    raise ImproperlyConfigured(
        f"DATABASE_URL: unknown scheme {parts.scheme!r}; allowed are sqlite and postgres"
    )
