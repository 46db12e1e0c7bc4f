"""How allauth behaves here: accounts are made by the administrator, and its mails go through the outbox."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest, HttpResponse

from tovholder.accounts.models import User
from tovholder.audit.models import SYSTEM, Event
from tovholder.audit.services import record
from tovholder.outbox.services import queue_mail


class ClosedAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        message = self.render_mail(template_prefix, email, {"request": self.request, **context})
        queue_mail(to=email, subject=message.subject, body=str(message.body), about="account")

    def post_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse:
        answer: HttpResponse = super().post_login(request, user, **kwargs)
        record(by=user, action="login.succeeded", kind=Event.Kind.LOGIN)
        return answer

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Whoever it was is unknown; what was typed is not written down."""
        super().authentication_failed(request, **credentials)
        record(by=SYSTEM, action="login.failed", kind=Event.Kind.LOGIN)
