"""Reads over what has been brought in."""

from __future__ import annotations

from django.db.models import QuerySet

from tovholder.accounts.models import User
from tovholder.imports.models import Batch, BatchStatus
from tovholder.imports.policy import may_import

HEAVY = ("records", "preview", "undo")


def visible_to(user: User) -> QuerySet[Batch]:
    """Return the files that the user may know of: all of them for an administrator, none for others."""
    return Batch.objects.all() if may_import(user) else Batch.objects.none()


def latest(user: User, limit: int = 10) -> QuerySet[Batch]:
    """Return what was brought in or tried lately, newest first, without the rows themselves."""
    return visible_to(user).defer(*HEAVY).select_related("uploaded_by")[:limit]


def newest_done() -> int | None:
    """Return the number of the last file that went in and is not undone yet."""
    done = Batch.objects.filter(status__in=[BatchStatus.DONE, BatchStatus.UNDOING])
    return done.order_by("-finished_at", "-pk").values_list("pk", flat=True).first()


def undoable() -> int | None:
    """Return the number of the file that `policy.may_undo` lets one undo, or None."""
    if (newest := newest_done()) is None:
        return None
    last = Batch.objects.filter(pk=newest, status=BatchStatus.DONE).exclude(undo={})
    return last.values_list("pk", flat=True).first()
