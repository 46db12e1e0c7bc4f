"""Who triages is told by mail of a concern that reminds of the duty to notify: a link, and nothing of the concern."""

from __future__ import annotations

from collections.abc import Collection

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from tovholder.accounts.models import User
from tovholder.concerns.models import Concern
from tovholder.concerns.queries import triagers
from tovholder.outbox.services import queue_mail

_NEW = (
    _("Der ligger en ny bekymring til dig i Tovholder"),
    _("Hej\n\nDer ligger en ny bekymring til dig. Log ind, og se på den i dag:\n\n%(link)s"),
)
_CHANGED = (
    _("En bekymring er ændret i Tovholder"),
    _("Hej\n\nEn bekymring hos jer er ændret. Log ind, og se på den i dag:\n\n%(link)s"),
)


def tell_of_grave(*, by: User, concern: Concern, known_to: Collection[int] = ()) -> None:
    """Mail each triager of the district who can log in, once, in the caller's transaction; not who does it.

    `known_to` are those (by number) who had it before: to them it has changed, to the others it is new.
    Neither what it is about nor how grave it is stands in the mail: only that it waits.
    """
    link = f"{settings.PUBLIC_URL}{reverse('concerns:concern', args=[concern.code])}"
    told = triagers(concern.district_id).filter(user__is_active=True).exclude(user=by).exclude(email="")
    persons = dict(told.order_by("email", "pk").values_list("email", "pk"))
    for email, person in persons.items():
        subject, body = _CHANGED if person in known_to else _NEW
        queue_mail(
            to=email,
            subject=str(subject),
            body=str(body) % {"link": link},
            about=f"concern-raised-{concern.pk}",
        )
