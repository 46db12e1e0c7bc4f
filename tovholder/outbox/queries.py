"""Mail as the administrator sees it."""

from __future__ import annotations

from django.db.models import QuerySet

from tovholder.outbox.models import OutgoingMail


def mails(search: str = "", status: str = "") -> QuerySet[OutgoingMail]:
    """Mails, newest first, optionally those to an address that holds `search`, or with one status."""
    found = OutgoingMail.objects.defer("body", "calendar").order_by("-pk")
    if search:
        found = found.filter(to__icontains=search)
    return found.filter(status=status) if status else found


def failed_count() -> int:
    return OutgoingMail.objects.filter(status=OutgoingMail.Status.FAILED).count()
