"""A file that is being brought in: its rows while they wait, what it changed while it can be undone, then only counts."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class BatchStatus(models.TextChoices):
    READ = "read", _("Klar til gennemsyn")
    QUEUED = "queued", _("Venter på at begynde")
    RUNNING = "running", _("Hentes ind")
    DONE = "done", _("Hentet ind")
    UNDOING = "undoing", _("Bliver fortrudt")
    FAILED = "failed", _("Ikke hentet ind")
    UNDONE = "undone", _("Fortrudt")


# A running one goes back to be looked at again when the tables have changed since it was shown, and one that is being
# undone is in as before when something stands on what it brought.
TRANSITIONS: dict[str, frozenset[str]] = {
    BatchStatus.READ: frozenset({BatchStatus.QUEUED}),
    BatchStatus.QUEUED: frozenset({BatchStatus.RUNNING}),
    BatchStatus.RUNNING: frozenset({BatchStatus.DONE, BatchStatus.FAILED, BatchStatus.READ}),
    BatchStatus.DONE: frozenset({BatchStatus.UNDOING}),
    BatchStatus.UNDOING: frozenset({BatchStatus.UNDONE, BatchStatus.DONE}),
    BatchStatus.FAILED: frozenset(),
    BatchStatus.UNDONE: frozenset(),
}


class Batch(models.Model):
    """One file, read. The file itself is never kept."""

    kind = models.CharField(_("slags"), max_length=20)
    status = models.CharField(max_length=10, choices=BatchStatus.choices, default=BatchStatus.READ)
    # [[row, {field: value}], …]: the rows as they were understood. Gone once they are in, or after a day.
    records = models.JSONField(default=list, blank=True)
    # [{"row", "state", "label", "fields"}, …]: what is new and what changes, as it is shown. Gone with the rows.
    preview = models.JSONField(default=list, blank=True)
    headings = models.JSONField(default=dict, blank=True)
    notices = models.JSONField(default=list, blank=True)
    counts = models.JSONField(default=dict, blank=True)
    fingerprint = models.CharField(max_length=64, blank=True)
    # What to take back: {"made": [[table, pk], …], "changed": [[table, pk, {field: [before, after]}], …]}.
    undo = models.JSONField(default=dict, blank=True)
    # Why it was not brought in, or not undone: a sentence.
    told = models.TextField(blank=True)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    uploaded_at = models.DateTimeField(_("lagt op"), auto_now_add=True)
    # When the worker was last asked, to bring it in or to undo it.
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(_("hentet ind"), null=True, blank=True)

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

    @property
    def is_under_way(self) -> bool:
        return self.status in (BatchStatus.QUEUED, BatchStatus.RUNNING, BatchStatus.UNDOING)
