"""Who triages is told by mail of a concern that reminds of the duty to notify: a link, and nothing of the concern."""

from __future__ import annotations

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from tovholder.accounts.models import User
from tovholder.concerns.models import Concern
from tovholder.concerns.queries import triagers
from tovholder.outbox.services import queue_mail


def tell_of_grave(*, by: User, concern: Concern, is_new: bool) -> None:
    """Mail each triager of the district who can log in, once, in the caller's transaction; not who does it.

    Neither what it is about nor how grave it is stands in the mail: only that it waits.
    """
    link = f"{settings.PUBLIC_URL}{reverse('concerns:concern', args=[concern.code])}"
    if is_new:
        subject = _("Der ligger en ny bekymring til dig i Tovholder")
        body = _("Hej\n\nDer ligger en ny bekymring til dig. Log ind, og se på den i dag:\n\n%(link)s")
    else:
        subject = _("En bekymring er ændret i Tovholder")
        body = _("Hej\n\nEn bekymring hos jer er ændret. Log ind, og se på den i dag:\n\n%(link)s")
    told = triagers(concern.district_id).filter(user__is_active=True).exclude(user=by)
    for email in told.exclude(email="").order_by("email").values_list("email", flat=True).distinct():
        queue_mail(
            to=email, subject=subject, body=body % {"link": link}, about=f"concern-raised-{concern.pk}"
        )
