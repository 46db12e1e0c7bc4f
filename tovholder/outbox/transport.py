"""Hands one mail to the mail server, and says truthfully what is known afterwards."""

from __future__ import annotations

import smtplib
from collections.abc import Callable
from email.utils import parseaddr

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.smtp import EmailBackend
from django.core.mail.message import sanitize_address
from django.core.validators import validate_email

from tovholder.outbox.models import OutgoingMail


class Unreachable(Exception):
    """No mail server answered: nothing was handed over, and no other mail would fare better now."""


class NotAccepted(Exception):
    """The server said no to this mail: nothing was handed over. `permanent` means asking again is no use."""

    def __init__(self, code: str, *, permanent: bool) -> None:
        super().__init__(code)
        self.code = code
        self.permanent = permanent


class Unanswered(Exception):
    """The mail was handed over, and the answer never came: the receiver may have it or not."""


def compose(mail: OutgoingMail) -> EmailMultiAlternatives:
    """Build the message: text, and for a meeting the calendar part both inline and as a file."""
    message = EmailMultiAlternatives(
        subject=mail.subject,
        body=mail.body,
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[mail.to],
        headers={"Message-ID": mail.message_id, "Auto-Submitted": "auto-generated"},
    )
    if mail.calendar:
        message.attach_alternative(mail.calendar, f"text/calendar; method={mail.calendar_method}")
        message.attach("moede.ics", mail.calendar.encode(), "application/ics")
    return message


def hand_over(mail: OutgoingMail, *, on_the_way: Callable[[], object] = bool) -> None:
    """Send `mail`. Returns when the server has accepted it; raises Unreachable, NotAccepted or Unanswered.

    `on_the_way` is called when the server wants the text, just before it gets it.
    """
    backend = get_connection()
    try:
        validate_email(mail.to)
        message = compose(mail)
        content = message.message().as_bytes(linesep="\r\n")  # type: ignore[call-arg]  # Django adds it
        sender = sanitize_address(parseaddr(settings.DEFAULT_FROM_EMAIL)[1], "utf-8")
        receiver = sanitize_address(mail.to, "utf-8")
    except (ValidationError, ValueError, IndexError) as error:
        raise NotAccepted("bad_address", permanent=True) from error
    if not isinstance(backend, EmailBackend):  # written to a folder, or kept in memory by a test
        on_the_way()
        try:
            backend.send_messages([message])
        except OSError as error:
            raise Unreachable("folder") from error
        return
    server = _open(backend)
    try:
        _converse(server, sender, receiver, content, on_the_way)
    except NotAccepted:
        _say_goodbye(backend)
        raise
    except (
        BaseException
    ):  # also a worker told to stop: a goodbye to a silent server would wait for its answer
        server.close()
        raise
    _say_goodbye(backend)


def _open(backend: EmailBackend) -> smtplib.SMTP:
    try:
        backend.open()
    except (smtplib.SMTPException, OSError) as error:
        _say_goodbye(backend)
        raise Unreachable(type(error).__name__) from error
    if backend.connection is None:
        raise Unreachable("no_connection")
    return backend.connection


def _converse(
    server: smtplib.SMTP, sender: str, receiver: str, content: bytes, on_the_way: Callable[[], object]
) -> None:
    try:
        server.ehlo_or_helo_if_needed()
        code, _text = server.mail(sender)
        if code == 250:
            code, _text = server.rcpt(receiver)
    except (smtplib.SMTPException, OSError) as error:
        raise Unreachable(type(error).__name__) from error
    if code == 421:
        raise Unreachable("smtp_421")
    if code not in (250, 251):
        raise NotAccepted(f"smtp_{code}", permanent=500 <= code < 600)
    on_the_way()
    try:
        code, _text = server.data(content)
    except smtplib.SMTPDataError as error:  # the server did not want to begin
        raise NotAccepted(f"smtp_{error.smtp_code}", permanent=error.smtp_code >= 500) from error
    except (smtplib.SMTPException, OSError) as error:
        raise Unanswered(type(error).__name__) from error
    if code != 250:
        raise NotAccepted(f"smtp_{code}", permanent=500 <= code < 600)


def _say_goodbye(backend: EmailBackend) -> None:
    """End the connection; whatever the server answers changes nothing."""
    try:
        backend.close()
    except (smtplib.SMTPException, OSError):
        backend.connection = None
