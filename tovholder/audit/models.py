"""Append-only record of who did what, and the chain it is sealed into. No foreign keys into live data, no free text.

What Python refuses here the database refuses too (`guards`): somebody with a console is not somebody with a form.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

from django.db import models
from django.utils.translation import gettext_lazy as _


class Actor(Protocol):
    """Whoever acts: a user, a person with a signed link, or the system."""

    @property
    def audit_key(self) -> str: ...


@dataclass(frozen=True)
class SystemActor:
    audit_key: str = "system"


SYSTEM = SystemActor()
# In the details of a reading: it stood on the same list as another, whose line tells of the list.
LISTED_WITH = "listed_with"


class AppendOnlyError(TypeError):
    """Raised on an attempt to change or delete a row of the log."""


class AppendOnlyQuerySet(models.QuerySet[Any]):
    def update(self, **kwargs: Any) -> int:
        raise AppendOnlyError("the log cannot be changed")

    def delete(self) -> tuple[int, dict[str, int]]:
        raise AppendOnlyError("the log cannot be deleted from")


class AppendOnly(models.Model):
    """A row that is written once. Purging goes round this class, and only where the database allows it."""

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise AppendOnlyError("the log cannot be changed")
        super().save(*args, **{**kwargs, "force_insert": True})

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise AppendOnlyError("the log cannot be deleted from")


class Event(AppendOnly):
    class Kind(models.TextChoices):
        WRITE = "write", _("Ændring")
        READ = "read", _("Læsning")
        REFUSAL = "refusal", _("Afvisning")
        LOGIN = "login", _("Login")

    at = models.DateTimeField(_("tidspunkt"))
    kind = models.CharField(_("slags"), max_length=10, choices=Kind.choices, default=Kind.WRITE)
    actor = models.CharField(_("hvem"), max_length=60)
    action = models.CharField(_("handling"), max_length=80)
    object_type = models.CharField(_("objekttype"), max_length=60, blank=True)
    object_id = models.CharField(_("objekt"), max_length=60, blank=True)
    purpose = models.CharField(_("formål"), max_length=200, blank=True)
    # On what ground something was read that is marked for it: a stable code, as a decision's `basis`.
    ground = models.CharField(_("grundlag"), max_length=80, blank=True, default="", db_default="")
    details = models.JSONField(_("detaljer"), default=dict, blank=True)
    request_id = models.CharField(_("forespørgsel"), max_length=40, blank=True)

    class Meta:
        ordering = ["-at", "-pk"]
        # Each way of looking ends in time, so that a page of 25 is 25 steps in an index, at five million rows too.
        indexes = [
            models.Index(fields=["at", "id"], name="event_at"),
            models.Index(fields=["kind", "at", "id"], name="event_kind_at"),
            models.Index(fields=["actor", "at", "id"], name="event_actor_at"),
            models.Index(fields=["action", "at", "id"], name="event_action_at"),
            models.Index(fields=["object_type", "object_id", "at", "id"], name="event_object_at"),
        ]
        constraints = [models.CheckConstraint(condition=~models.Q(action=""), name="event_has_action")]

    def __str__(self) -> str:
        return f"{self.action} {self.object_type} {self.object_id}".strip()


class Unsealed(models.Model):
    """An event that no segment holds yet. The database itself writes the row, in the event's transaction.

    A list of its own and not a mark of how far we are: a transaction that ends late brings a low number after
    higher ones are sealed, and must not be lost.
    """

    event_id = models.BigIntegerField(primary_key=True)

    def __str__(self) -> str:
        return str(self.event_id)


class Segment(AppendOnly):
    """A link of the chain. `head` is over all that stands here, so also over the head before it."""

    number = models.BigIntegerField(primary_key=True)
    previous = models.CharField(max_length=64, unique=True)
    count = models.PositiveIntegerField()
    first_event = models.BigIntegerField()
    last_event = models.BigIntegerField(db_index=True)
    newest_at = models.DateTimeField()
    sealed_at = models.DateTimeField()
    # SHA-256 of the packed row hashes; it stays when they are purged, and the chain can still be counted through.
    rows = models.CharField(max_length=64)
    head = models.CharField(max_length=64, unique=True)

    class Meta:
        ordering = ["number"]

    def __str__(self) -> str:
        return f"{self.number} {self.head[:12]}"


class SegmentRows(AppendOnly):
    """Which events a segment holds: for each its number in 8 bytes and the hash of its contents in 32."""

    segment = models.OneToOneField(
        Segment, primary_key=True, on_delete=models.PROTECT, related_name="packed_rows"
    )
    packed = models.BinaryField()

    def __str__(self) -> str:
        return str(self.segment_id)


class Purge(models.Model):
    """That whole old segments were forgotten. The database lets rows go only while such a row stands open."""

    first_segment = models.BigIntegerField(unique=True)
    last_segment = models.BigIntegerField(unique=True)
    first_event = models.BigIntegerField()
    last_event = models.BigIntegerField()
    count = models.PositiveIntegerField()
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.first_segment}-{self.last_segment}"


class AnchorState(models.Model):
    """How far a place outside the database has been told of the chain, and what stood in the way."""

    place = models.CharField(max_length=200, primary_key=True)
    upto = models.BigIntegerField(default=0)
    purges = models.BigIntegerField(default=0)
    told_at = models.DateTimeField(null=True)
    failing_since = models.DateTimeField(null=True)
    fault = models.CharField(max_length=80, blank=True)

    def __str__(self) -> str:
        return f"{self.place} {self.upto}"
