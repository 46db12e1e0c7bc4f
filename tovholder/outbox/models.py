"""Mail on its way. A row is written in the transaction that causes it, and sent by the worker."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class OutgoingMail(models.Model):
    class Status(models.TextChoices):
        WAITING = "waiting", _("Venter")
        SENDING = "sending", _("Sendes")
        SENT = "sent", _("Sendt")
        FAILED = "failed", _("Kunne ikke sendes")
        WITHDRAWN = "withdrawn", _("Trukket tilbage")

    message_id = models.CharField(max_length=200, unique=True)
    to = models.EmailField(_("til"))
    subject = models.CharField(_("emne"), max_length=200)
    body = models.TextField(_("tekst"))
    calendar = models.TextField(_("kalenderdel"), blank=True)
    calendar_method = models.CharField(max_length=10, blank=True)
    # What the mail is about, for "who was told what": an app-private key such as "meeting:12".
    about = models.CharField(max_length=60, blank=True, db_index=True)
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    # Handed to a mail server without a known answer (the worker died): repeated once, never twice.
    unconfirmed = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField()
    claimed_at = models.DateTimeField(null=True, blank=True)
    # Set just before the text itself goes over the line: a claim without it has certainly not arrived anywhere.
    handed_over_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    last_error = models.CharField(max_length=60, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["status", "next_attempt_at"])]

    def __str__(self) -> str:
        return f"{self.pk} {self.status}"


class Heartbeat(models.Model):
    """The worker's sign of life, read by /readyz."""

    name = models.CharField(max_length=30, primary_key=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name
