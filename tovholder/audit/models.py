"""Append-only record of who did what. No foreign keys into live data, no free text."""

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


class AppendOnlyError(TypeError):
    """Raised on an attempt to change or delete a row of the log."""


class EventQuerySet(models.QuerySet["Event"]):
    def update(self, **kwargs: Any) -> int:
        raise AppendOnlyError("audit events cannot be changed")

    def delete(self) -> tuple[int, dict[str, int]]:
        raise AppendOnlyError("audit events cannot be deleted")


class Event(models.Model):
    class Kind(models.TextChoices):
        WRITE = "write", _("Ændring")
        READ = "read", _("Læsning")
        REFUSAL = "refusal", _("Afvisning")
        LOGIN = "login", _("Login")

    at = models.DateTimeField(_("tidspunkt"), db_index=True)
    kind = models.CharField(_("slags"), max_length=10, choices=Kind.choices, default=Kind.WRITE)
    actor = models.CharField(_("hvem"), max_length=60, db_index=True)
    action = models.CharField(_("handling"), max_length=80, db_index=True)
    object_type = models.CharField(_("objekttype"), max_length=60, blank=True)
    object_id = models.CharField(_("objekt"), max_length=60, blank=True)
    purpose = models.CharField(_("formål"), max_length=200, blank=True)
    details = models.JSONField(_("detaljer"), default=dict, blank=True)
    request_id = models.CharField(_("forespørgsel"), max_length=40, blank=True)

    objects = EventQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        indexes = [models.Index(fields=["object_type", "object_id"])]
        constraints = [models.CheckConstraint(condition=~models.Q(action=""), name="event_has_action")]

    def __str__(self) -> str:
        return f"{self.action} {self.object_type} {self.object_id}".strip()

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk is not None:
            raise AppendOnlyError("audit events cannot be changed")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise AppendOnlyError("audit events cannot be deleted")
