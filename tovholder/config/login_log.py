"""What happens to logins inside allauth and Django, written down as it happens and told to whom it concerns."""

from __future__ import annotations

from typing import Any

from allauth.account.signals import password_changed, password_reset, password_set
from allauth.core import context
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authentication_failed, authenticator_used
from django.conf import settings
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.db.models.signals import post_delete, post_save
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from tovholder.accounts.middleware import forget_shown, mark_shown, note_login, place_of
from tovholder.accounts.models import User
from tovholder.accounts.queries import has_second_factor
from tovholder.accounts.services.sessions import drop_sessions
from tovholder.audit.models import SYSTEM, Actor, Event
from tovholder.audit.services import record
from tovholder.outbox.services import queue_mail

LOGIN = Event.Kind.LOGIN
CODES = Authenticator.Type.RECOVERY_CODES


def connect() -> None:
    """Listen; called once, when the apps are ready."""
    for signal, receiver in (
        (user_logged_in, logged_in),
        (user_logged_out, logged_out),
        (authenticator_used, factor_used),
        (authentication_failed, factor_failed),
        (password_changed, changed_password),
        (password_set, changed_password),
        (password_reset, reset_password),
    ):
        signal.connect(receiver, dispatch_uid=receiver.__name__)
    # Not allauth's own signals, which come after the commit: the log line stands or falls with the change.
    post_save.connect(factor_saved, sender=Authenticator, dispatch_uid="factor_saved")
    post_delete.connect(factor_deleted, sender=Authenticator, dispatch_uid="factor_deleted")


def logged_in(sender: Any, request: HttpRequest | None, user: User, **_kwargs: Any) -> None:
    if request is not None:
        note_login(request, user)


def logged_out(sender: Any, request: HttpRequest, user: User | None, **_kwargs: Any) -> None:
    if isinstance(user, User):
        record(by=user, action="login.logged_out", kind=LOGIN)
        user.login_sessions.filter(session_key=request.session.session_key).delete()


def factor_used(
    sender: Any, request: HttpRequest, user: User, authenticator: Authenticator, **_kwargs: Any
) -> None:
    mark_shown(request, user)
    if authenticator.type == CODES:
        record(by=user, action="login.recovery_code_used", kind=LOGIN)
        _tell(user, _("En af dine nødkoder til Tovholder er brugt til at logge ind."))


def factor_failed(sender: Any, user: User, **_kwargs: Any) -> None:
    record(by=user, action="login.factor_failed", kind=LOGIN)


def factor_saved(sender: Any, instance: Authenticator, created: bool, **_kwargs: Any) -> None:
    """A factor is new: whoever made it has shown it, and what was open elsewhere without it is closed."""
    if not created:
        return
    user = instance.user
    if instance.type == CODES:
        record(by=_actor(user), action="login.recovery_codes_made", kind=LOGIN, obj=user)
        return
    record(
        by=_actor(user),
        action="login.factor_added",
        kind=LOGIN,
        obj=user,
        details={"factor": str(instance.type)},
    )
    _tell(user, _("Dit login til Tovholder har fået et nyt ekstra trin."))
    request = context.request
    if request is not None and request.user == user:
        mark_shown(request, user)
        drop_sessions(by=user, user=user, but=place_of(request))


def factor_deleted(sender: Any, instance: Authenticator, **_kwargs: Any) -> None:
    user = instance.user
    if instance.type == CODES:
        return
    record(
        by=_actor(user),
        action="login.factor_removed",
        kind=LOGIN,
        obj=user,
        details={"factor": str(instance.type)},
    )
    _tell(user, _("Et ekstra trin er fjernet fra dit login til Tovholder."))
    request = context.request
    if request is not None and request.user == user and not has_second_factor(user):
        forget_shown(request)


def changed_password(sender: Any, request: HttpRequest, user: User, **_kwargs: Any) -> None:
    record(by=user, action="login.password_changed", kind=LOGIN, obj=user)
    _tell(user, _("Adgangskoden til dit login i Tovholder er ændret."))
    drop_sessions(by=user, user=user, but=place_of(request))


def reset_password(sender: Any, request: HttpRequest, user: User, **_kwargs: Any) -> None:
    record(by=user, action="login.password_reset", kind=LOGIN, obj=user)
    _tell(user, _("Der er valgt en ny adgangskode til dit login i Tovholder."))
    drop_sessions(by=user, user=user)


def _actor(owner: User) -> Actor:
    """Whoever is logged in did it; on the command line it is nobody."""
    request = context.request
    user = getattr(request, "user", None)
    return user if isinstance(user, User) else (owner if request is not None else SYSTEM)


def _tell(user: User, what: str) -> None:
    """Mail the owner of the login. Who did it, from where and with what is in the log only."""
    queue_mail(
        to=user.email,
        subject=_("Dit login til Tovholder"),
        body=_(
            "Hej\n\n%(what)s\n\nEr det dig selv, skal du ikke gøre noget. Ellers: Vælg straks en ny adgangskode her, "
            "og skriv til kommunens administrator:\n\n%(link)s"
        )
        % {"what": what, "link": f"{settings.PUBLIC_URL}{reverse('account_reset_password')}"},
        about="account",
    )
