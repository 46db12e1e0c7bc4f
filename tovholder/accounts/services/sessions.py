"""Where people are logged in, and the ending of it."""

from __future__ import annotations

from datetime import timedelta
from importlib import import_module

from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils import timezone

from tovholder.accounts.models import LoginSession, User
from tovholder.accounts.policy import may_end_sessions
from tovholder.audit.models import Actor, Event
from tovholder.audit.services import record


def forget_ran_out() -> int:
    """Delete sessions nobody can use any more, and the lines about them; run each minute. Returns how many lines."""
    now = timezone.now()
    Session.objects.filter(expire_date__lt=now).delete()
    ran_out = now - timedelta(seconds=settings.SESSION_COOKIE_AGE)
    return LoginSession.objects.filter(used_at__lt=ran_out).delete()[0]


def note_session(*, user: User, session_key: str, device: str) -> LoginSession:
    """Write down that somebody logged in here."""
    now = timezone.now()
    found, _made = LoginSession.objects.update_or_create(
        session_key=session_key,
        defaults={"user": user, "used_at": now},
        create_defaults={"user": user, "device": device, "started_at": now, "used_at": now},
    )
    return found


def note_use(*, user: User, was: str, session_key: str, device: str) -> None:
    """Write down that the session is in use, under the key it has now (it changes with the password)."""
    known = LoginSession.objects.filter(user=user, session_key=was)
    if not known.update(session_key=session_key, used_at=timezone.now()):
        note_session(user=user, session_key=session_key, device=device)


@transaction.atomic
def end_sessions(*, by: User, user: User, one: int | None = None, but: str = "") -> int:
    """Log the user out: everywhere, at one place, or everywhere `but` one key. Returns how many. Raises Refused."""
    may_end_sessions(by, user).require()
    return drop_sessions(by=by, user=user, one=one, but=but)


def drop_sessions(*, by: Actor, user: User, one: int | None = None, but: str = "") -> int:
    """Delete the sessions and write so in the log. Whether it may be done has been asked before."""
    store = import_module(settings.SESSION_ENGINE).SessionStore
    ended = user.login_sessions.exclude(session_key=but)
    if one is not None:
        ended = ended.filter(pk=one)
    keys = list(ended.values_list("session_key", flat=True))
    for key in keys:
        store(key).delete()
    LoginSession.objects.filter(session_key__in=keys).delete()
    if keys:
        record(
            by=by,
            action="login.sessions_ended",
            kind=Event.Kind.LOGIN,
            obj=user,
            details={"sessions": len(keys)},
        )
    return len(keys)
