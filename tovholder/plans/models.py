"""Agreements: who does what by when, until it is done, changed or stopped by a person."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from tovholder.access.fields import FreeCharField, FreeTextField
from tovholder.access.levels import Level
from tovholder.directory.models import Person, SetupRow
from tovholder.forums.models import Forum


class AgreementStatus(models.TextChoices):
    OPEN = "open", _("Åben")
    DONE = "done", _("Gjort")
    STOPPED = "stopped", _("Stoppet")
    CHANGED = "changed", _("Ændret")


# From a status to those it may become. Reopening is the undo of a closing within the same day's work.
TRANSITIONS: dict[str, frozenset[str]] = {
    AgreementStatus.OPEN: frozenset({AgreementStatus.DONE, AgreementStatus.STOPPED, AgreementStatus.CHANGED}),
    AgreementStatus.DONE: frozenset({AgreementStatus.OPEN}),
    AgreementStatus.STOPPED: frozenset({AgreementStatus.OPEN}),
    AgreementStatus.CHANGED: frozenset(),
}


class AgreementRules(SetupRow):
    """The municipality's rules of follow-up."""

    carry_limit = models.PositiveSmallIntegerField(_("møder uden bevægelse før der skal vælges"), default=2)
    remind_days_before = models.PositiveSmallIntegerField(_("påmindelse dage før"), default=3)
    remind_days_after = models.PositiveSmallIntegerField(_("påmindelse dage efter"), default=1)
    default_due_days = models.PositiveSmallIntegerField(_("normal frist i dage"), default=28)

    def __str__(self) -> str:
        return self.key


class Agreement(models.Model):
    forum = models.ForeignKey(
        Forum, on_delete=models.PROTECT, related_name="agreements", verbose_name=_("forum")
    )
    what = FreeCharField(_("hvad er aftalen?"), max_length=300)
    responsible = models.ForeignKey(
        Person,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="agreements",
        verbose_name=_("hvem gør det?"),
    )
    helpers = models.ManyToManyField(
        Person, blank=True, related_name="helps_with", verbose_name=_("sammen med")
    )
    due_on = models.DateField(_("frist"), null=True, blank=True)
    level = models.CharField(_("niveau"), max_length=10, choices=Level.choices, default=Level.GENERAL)
    status = models.CharField(
        _("status"), max_length=10, choices=AgreementStatus.choices, default=AgreementStatus.OPEN
    )
    reason = FreeTextField(_("begrundelse"), blank=True)
    predecessor = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="successor"
    )
    created_at = models.DateTimeField(_("aftalt"))
    created_by = models.CharField(max_length=60)
    # Set at every step that moves it: a status note, a choice to go on, a new date or person.
    moved_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.CharField(max_length=60, blank=True)

    class Meta:
        ordering = ["due_on", "pk"]
        indexes = [
            models.Index(fields=["forum", "status", "due_on"]),
            models.Index(fields=["responsible", "status", "due_on"]),
        ]
        constraints = [
            models.CheckConstraint(
                condition=(Q(status="open") & Q(closed_at__isnull=True))
                | (~Q(status="open") & Q(closed_at__isnull=False)),
                name="closed_agreement_has_time",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["stopped", "changed"]) | ~Q(reason=""),
                name="stop_and_change_need_reason",
            ),
            models.CheckConstraint(
                condition=Q(predecessor__isnull=True) | ~Q(predecessor=F("id")),
                name="agreement_not_own_predecessor",
            ),
        ]

    def __str__(self) -> str:
        return self.what

    @property
    def is_open(self) -> bool:
        return self.status == AgreementStatus.OPEN


class AgreementNote(models.Model):
    """Something that moved an agreement: a status in words, a choice to go on, a new date or person."""

    class Kind(models.TextChoices):
        STATUS = "status", _("Status")
        CONTINUED = "continued", _("Fortsætter")
        RESCHEDULED = "rescheduled", _("Ny frist eller ansvarlig")
        CLOSED = "closed", _("Afsluttet")
        REOPENED = "reopened", _("Åbnet igen")

    agreement = models.ForeignKey(Agreement, on_delete=models.CASCADE, related_name="notes")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    text = FreeTextField(_("tekst"), blank=True)
    at = models.DateTimeField()
    by = models.CharField(max_length=60)
    by_name = models.CharField(max_length=120, blank=True)

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.agreement_id} {self.kind}"


class ReminderSent(models.Model):
    """That a person got the day's digest: at most one a day, whatever happens to the worker."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    on = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "on"], name="one_digest_a_day")]

    def __str__(self) -> str:
        return f"{self.person_id} {self.on}"
