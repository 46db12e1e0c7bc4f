"""The index: a row for each text that can be found. Nothing that is not general ever enters it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _


class Kind(models.TextChoices):
    """What an entry leads to. The order is part of an entry's number: put new ones last."""

    MEETING = "meeting", _("Møde")
    ITEM = "item", _("Dagsorden")
    MINUTES = "minutes", _("Referat")
    ADDENDUM = "addendum", _("Referat")
    TOPIC = "topic", _("Emne")
    AGREEMENT = "agreement", _("Aftale")
    FORUM = "forum", _("Forum")
    PERSON = "person", _("Person")
    FILE = "file", _("Bilag")
    OLDER = "older", _("Referat fra før Tovholder")


_OBJECT_BITS, _KIND_BITS = 28, 4


def number(kind: str, object_id: int, moment: datetime) -> int:
    """Return the number of an entry: minutes since 1970, then kind and object.

    So "newest first" is the order of the primary key, and neither database sorts what it does not show.
    """
    minutes = max(int(moment.timestamp()) // 60, 0)
    place = Kind.values.index(kind) << _OBJECT_BITS | object_id % (1 << _OBJECT_BITS)
    return minutes << (_OBJECT_BITS + _KIND_BITS) | place


class Entry(models.Model):
    """One text that can be found. `terms` of it lie in columns that both databases match in the same way.

    The database keeps a full-text index over the last four columns by itself (see the first migration).
    """

    id = models.BigIntegerField(primary_key=True)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    object_id = models.BigIntegerField()
    # The meeting of what belongs to a meeting, the forum of a topic or an agreement; for the access rule and the link.
    parent_id = models.BigIntegerField(null=True)
    title = models.TextField()
    body = models.TextField()
    place = models.TextField()
    moment = models.DateTimeField()
    words = models.TextField()
    parts = models.TextField()
    names = models.TextField()
    scope = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "object_id"], name="entry_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.object_id}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        raise TypeError("entries are written by search.services only")


class Pending(models.Model):
    """That all objects of a sort wait for the worker to be indexed again, from `after` on."""

    sort = models.CharField(max_length=20, unique=True)
    after = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.sort} {self.after}"
