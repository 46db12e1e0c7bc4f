"""All settings, from the environment. `docs/reference/settings.md` is generated from SETTINGS in environment.py."""

from __future__ import annotations

from pathlib import Path

import structlog
from csp.constants import NONE, SELF

from tovholder.accounts.sign_on import providers
from tovholder.config.environment import Environment
from tovholder.config.logs import trace

BASE_DIR = Path(__file__).resolve().parents[2]
ENV = Environment.read(BASE_DIR)

DEBUG = ENV.debug
SECRET_KEY = ENV.secret_key
SECRET_KEY_FALLBACKS = ENV.secret_key_fallbacks
ALLOWED_HOSTS = ENV.allowed_hosts
CSRF_TRUSTED_ORIGINS = ENV.trusted_origins
PUBLIC_URL = ENV.public_url
DEMO = ENV.mode == "demo"
SETUPS_DIR = BASE_DIR / "setups"

INSTALLED_APPS = [
    "tovholder.ui",
    "tovholder.accounts",
    "tovholder.audit",
    "tovholder.outbox",
    "tovholder.documents",
    "tovholder.access",
    "tovholder.directory",
    "tovholder.citizens",
    "tovholder.citizens.keys",
    "tovholder.forums",
    "tovholder.concerns",
    "tovholder.plans",
    "tovholder.meetings",
    "tovholder.yearwheel",
    "tovholder.insights",
    "tovholder.oversight",
    "tovholder.search",
    "tovholder.setup",
    "tovholder.imports",
    "tovholder.demo",
    "tovholder.config",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "csp",
    "django_htmx",
    "django_filters",
    "template_partials",
    "django_tasks",
    "django_tasks_db",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "tovholder.accounts.middleware.LoginSessionMiddleware",
    "tovholder.accounts.middleware.SecondFactorMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "tovholder.config.middleware.PrivacyHeadersMiddleware",
    "tovholder.config.middleware.RefusalMiddleware",
]

ROOT_URLCONF = "tovholder.config.urls"
WSGI_APPLICATION = "tovholder.config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["tovholder.ui.templatetags.addresses"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "tovholder.ui.context.navigation",
                "tovholder.demo.context.demo_logins",
            ],
        },
    }
]
FORM_RENDERER = "tovholder.ui.renderers.DesignSystemRenderer"

DATABASES = {"default": ENV.database, "keys": ENV.keys_database}
DATABASE_ROUTERS = ["tovholder.citizens.keys.router.KeysRouter"]
MASTER_KEYS = ENV.master_keys
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# Shared by all processes: login limits hold across restarts. With room, so that nobody flushes one out by filling it.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "cache",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default"]}}

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["tovholder.forums.backend.StandingBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_ADAPTER = "tovholder.config.adapter.ClosedAdapter"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = False
# Roles that must log in with a second factor, or "all"; nobody when empty.
SECOND_FACTOR_ROLES = ENV.second_factor_roles
MFA_ADAPTER = "tovholder.config.adapter.FactorAdapter"
MFA_FORMS = {
    "authenticate": "tovholder.accounts.forms.CodeForm",
    "reauthenticate": "tovholder.accounts.forms.CodeAgainForm",
    "activate_totp": "tovholder.accounts.forms.AppForm",
    "add_webauthn": "tovholder.accounts.forms.KeyForm",
    "login_webauthn": "tovholder.accounts.forms.KeyLoginForm",
    "authenticate_webauthn": "tovholder.accounts.forms.KeyStepForm",
    "reauthenticate_webauthn": "tovholder.accounts.forms.KeyAgainForm",
    "edit_webauthn": "tovholder.accounts.forms.KeyNameForm",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_TOTP_TOLERANCE = 1  # a phone's clock may be half a minute off
# An authenticator may be added although no address is verified: an administrator wrote it.
MFA_ALLOW_UNVERIFIED_EMAIL = True
SIGN_ON = ENV.sign_on
FAMILY_SIGN_ON = ENV.family_sign_on  # how a family shows who it is; it gets no login
SOCIALACCOUNT_ADAPTER = "tovholder.config.adapter.SignOnAdapter"
SOCIALACCOUNT_PROVIDERS = providers(SIGN_ON, FAMILY_SIGN_ON)
# Whose address a limit counts: what the innermost of our own proxies saw.
ALLAUTH_TRUSTED_PROXY_COUNT = ENV.proxies

LANGUAGE_CODE = "da"
LANGUAGES = [("da", "Dansk")]
TIME_ZONE = "Europe/Copenhagen"
USE_I18N = True
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = ENV.static_root
MEDIA_ROOT = ENV.media_root
MEDIA_URL = ""  # attached files are served by a view that checks access, never by address
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if ENV.mode in {"production", "demo"}
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = ENV.mode == "development"
DATA_UPLOAD_MAX_MEMORY_SIZE = 6 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FILES = 500  # more than any form takes: the form says how many, not a page of its own
AUDIT_ANCHOR = ENV.audit_anchor
ATTACHMENT_MAX_BYTES = ENV.attachment_max_bytes
# Kept in memory up to the size we take, so that a full disk meets our own sentence and not a fault on the way.
FILE_UPLOAD_MAX_MEMORY_SIZE = ATTACHMENT_MAX_BYTES + 64 * 1024

SESSION_ENGINE = "tovholder.config.sessions"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = ENV.secure
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 60 * 60 * 10
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SECURE_SSL_REDIRECT = ENV.secure
SECURE_HSTS_SECONDS = 31_536_000 if ENV.secure else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = ENV.secure
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if ENV.proxies else None
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "tovholder.config.views.csrf_failure"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF, *(each.origin for each in (SIGN_ON, FAMILY_SIGN_ON) if each)],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}

EMAIL_BACKEND = ENV.email["backend"]
EMAIL_HOST = ENV.email["host"]
EMAIL_PORT = ENV.email["port"]
EMAIL_HOST_USER = ENV.email["user"]
EMAIL_HOST_PASSWORD = ENV.email["password"]
EMAIL_USE_TLS = ENV.email["tls"]
EMAIL_TIMEOUT = 20
EMAIL_FILE_PATH = ENV.email["folder"]
DEFAULT_FROM_EMAIL = ENV.email["sender"]
REPLIES = (
    ENV.replies
)  # answers from calendar programs: where they are sent, and the mailbox they are read from
FAMILY_LANGUAGES = ENV.family_languages

# Upward information goes by name: the layout asks these, and imports none of them.
NAVIGATION = [
    "tovholder.insights.nav.entries",
    "tovholder.oversight.nav.entries",
    "tovholder.meetings.nav.entries",
    "tovholder.yearwheel.nav.entries",
    "tovholder.concerns.nav.entries",
    "tovholder.plans.nav.entries",
    "tovholder.concerns.child_nav.entries",
    "tovholder.forums.nav.entries",
    "tovholder.directory.nav.entries",
    "tovholder.setup.nav.entries",
    "tovholder.accounts.nav.entries",
    "tovholder.outbox.nav.entries",
]
# What the worker does each minute (config/schedule.py).
EVERY_MINUTE = [
    "tovholder.outbox.services.deliver_due",
    "tovholder.accounts.services.sessions.forget_ran_out",
    "tovholder.plans.reminders.send_due",
    "tovholder.meetings.services.reminders.send_due",
    "tovholder.citizens.services.unmerging.forget_due",
    "tovholder.citizens.services.children.finish_erasures",
    "tovholder.concerns.services.erasing.finish_erasures",
    "tovholder.concerns.services.seats.close_expired",
    "tovholder.plans.services.case_passing.pass_on_expired",
    "tovholder.meetings.services.replies.read_mailbox",
    "tovholder.imports.services.keeping.sweep",
    "tovholder.audit.sealing.seal_due",
    "tovholder.audit.anchors.tell_due",
    "tovholder.oversight.services.make_due",
    "tovholder.search.services.catch_up",
    "tovholder.yearwheel.services.busy.read_due",
    "tovholder.yearwheel.services.watching.look_due",
]
# What it does once a day.
EVERY_DAY = [
    "tovholder.oversight.services.forget_old",
    "tovholder.concerns.services.forgetting.forget_old",
    "tovholder.concerns.services.ages.note_ages",
    "tovholder.concerns.services.absences.note_absences",
    "tovholder.plans.services.case_passing.pass_on_ended",
    "tovholder.meetings.services.forgetting.forget_names",
]
# Who else than the concern itself opens it to: each a ReaderSource, for "Hvem kan se dette?"; asked in one read.
CONCERN_READERS = [
    "tovholder.meetings.services.cases_room.readers_of",
    "tovholder.meetings.services.own_child.readers_of",
    "tovholder.plans.queries.cases.holders",
    "tovholder.meetings.network_hooks.called_to",
]
# What the apps above close of a concern when a consent ends: functions (by, concern, named) -> Taken.
CONSENT_ENDED = ["tovholder.plans.services.case_passing.pass_on_uncovered"]
# What of a concern can be opened by name at meetings ahead: functions (concern) -> {number: words}.
CONSENT_OPENS = ["tovholder.meetings.services.cases_ahead.can_be_opened"]
# How many meetings have named a child on the early basis in a concern, which no seat on its case team may pass by.
EARLY_MEETINGS = "tovholder.meetings.services.cases.early_meetings"
# What a child has said at meetings about a concern, which is not released to its parents without its yes.
CHILDS_WORDS = "tovholder.meetings.services.releasing.childs_words_at_meetings"
# What takes a release back from a family when a child no longer agrees to the words in it: functions (by, concern, words).
WORDS_TAKEN_BACK = [
    "tovholder.meetings.services.releasing.take_words_back",
    "tovholder.plans.services.releasing.take_words_back",
]
# What stands released to a family: functions (concern) -> list of texts, in which the child's words are looked for.
WORDS_RELEASED = [
    "tovholder.meetings.services.releasing.released_texts",
    "tovholder.plans.services.releasing.released_texts",
]
# What the apps above offer on the page of a concern: functions (user, concern) -> list of ConcernAction.
CONCERN_ACTIONS = [
    "tovholder.meetings.nav.concern_actions",
    "tovholder.meetings.network_hooks.concern_actions",
    "tovholder.plans.nav.concern_actions",
]
# What else than meetings and agreements waits on *Min dag*: functions (user) -> list of Awaiting.
AWAITING = [
    "tovholder.oversight.nav.awaiting",
    "tovholder.insights.queries.concern_lines.awaiting",
    "tovholder.insights.network_hooks.awaiting",
    "tovholder.insights.queries.plan_lines.awaiting",
    "tovholder.insights.queries.wheel_lines.awaiting",
]
TABLE_EXPORT_LOG = "tovholder.audit.services.record_export"
# Called in the transaction that gives a login rights; then those told of each line of the log, in the one that wrote it.
RIGHTS_GIVEN = "tovholder.insights.services.tell_log_reviewers"
AFTER_RECORD = [
    "tovholder.search.services.follow",
    "tovholder.insights.conveners.follow",
    "tovholder.insights.setup_rights.follow",
    "tovholder.meetings.services.cases_anonymous.follow",
]
# Where the big button leads: (user) -> address, or nothing for who may not.
REGISTER = "tovholder.concerns.nav.register_url"
MY_FORUMS = "tovholder.forums.nav.my_forums"
MUNICIPALITY_NAME_PROVIDER = "tovholder.directory.queries.municipality_name"
MUNICIPALITY_TEXT_PROVIDER = "tovholder.directory.queries.municipality_text"
# Read in one query on every page that has the frame around it (ui/navigation.py).
FRAME_FACTS = {
    "municipality_name": "tovholder.directory.queries.municipality_name_fact",
    "open_agreements": "tovholder.plans.queries.open_count_fact",
}
USER_LINE_PROVIDER = "tovholder.directory.queries.user_line"
# What in a text can point to a person: (text) -> findings; the forms ask it, and the page while one writes.
PERSONAL_DATA_FINDER = "tovholder.directory.guard.find"
PERSONAL_DATA_ADDRESS = "directory:check_text"
FREE_TEXT_CHECK = "tovholder.access.personal_data.refuse_cpr"

# Backup (config/safekeeping). A database kept apart never shares a file with the others: its backup dies sooner.
BACKUP_KEY, BACKUP_KEY_FILE = ENV.backup_key, ENV.backup_key_file
DATABASES_KEPT_APART = ["keys"]
BACKUP_FOLDERS = {"media": MEDIA_ROOT, "setups": SETUPS_DIR} | {
    f"anchors-{number}": place
    for number, place in enumerate(AUDIT_ANCHOR)
    if not place.startswith(("syslog:", "mail:"))
}
# A session that was ended must not come back to life; what is searched in is counted anew from what was restored.
NOT_BACKED_UP = ["sessions.Session", "search.Entry"]
# What must be told, or counted anew, when a database has been set back.
AFTER_RESTORE = ["tovholder.audit.anchors.mark_restored", "tovholder.search.services.rebuild"]

structlog.configure(
    processors=[
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.filter_by_level,
        structlog.processors.TimeStamper(fmt="iso"),
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.ExceptionRenderer(trace),
        structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
    ],
    logger_factory=structlog.stdlib.LoggerFactory(),
    cache_logger_on_first_use=True,
)
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"privacy": {"()": "tovholder.config.logs.PrivacyFilter"}},
    "formatters": {
        "json": {
            "()": structlog.stdlib.ProcessorFormatter,
            "processor": structlog.processors.JSONRenderer(),
            "foreign_pre_chain": [
                structlog.contextvars.merge_contextvars,
                structlog.processors.TimeStamper(fmt="iso"),
                structlog.stdlib.add_log_level,
                structlog.processors.ExceptionRenderer(trace),
            ],
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "json", "filters": ["privacy"]}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "tovholder": {"level": "INFO"},
        "django_structlog": {"level": "INFO"},
        "django.server": {"handlers": [], "propagate": False},
    },
}
DJANGO_STRUCTLOG_USER_ID_FIELD = "pk"
DJANGO_STRUCTLOG_IP_LOGGING_ENABLED = False
