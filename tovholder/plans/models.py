"""Agreements: who does what by when, until it is done, changed or stopped by a person."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from tovholder.access.fields import FreeCharField, FreeTextField
from tovholder.access.levels import Level
from tovholder.citizens.models import Child, SealedField, SealedRow
from tovholder.concerns.models import Concern
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


class OpenAgreements(models.Manager["Agreement"]):
    """Closed by default: an agreement in a named case is found only by who asks `Agreement.every`."""

    def get_queryset(self) -> models.QuerySet[Agreement]:
        return super().get_queryset().exclude(level=Level.NAMED)


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

    objects = OpenAgreements()
    every = models.Manager["Agreement"]()

    class Meta:
        ordering = ["due_on", "pk"]
        indexes = [
            models.Index(fields=["forum", "status", "due_on"]),
            models.Index(fields=["responsible", "status", "due_on"]),
            models.Index(fields=["responsible", "closed_at"], name="agreement_closed"),
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


class CasePlan(SealedRow):
    """A plan around a child (indsatsaftale): goals in the family's words, and who does what. No statutory plan."""

    class Status(models.TextChoices):
        OPEN = "open", _("I gang")
        CLOSED = "closed", _("Afsluttet")
        HANDED_OVER = "handed_over", _("Givet videre")

    class Receiver(models.TextChoices):
        SSP_PLUS = "ssp_plus", _("SSP+")
        AUTHORITY = "authority", _("Myndigheden (familieafdelingen)")
        OTHER = "other", _("En anden")

    concern = models.ForeignKey(Concern, on_delete=models.PROTECT, related_name="plans")
    child = models.ForeignKey(Child, on_delete=models.PROTECT, related_name="plans")
    goals = SealedField(_("mål med familiens egne ord"))
    resources = SealedField(_("familiens ressourcer"))
    reflections = SealedField(_("familiens overvejelser"))
    outcome = SealedField(_("udfald"))
    status = models.CharField(_("status"), max_length=12, choices=Status.choices, default=Status.OPEN)
    handed_to = models.CharField(
        _("givet videre til"), max_length=12, choices=Receiver.choices, blank=True, default="", db_default=""
    )
    # Raised at every change of what is written: two at once do not write over each other.
    version = models.PositiveIntegerField(default=1, db_default=1)
    review_on = models.DateField(_("ses efter den"), null=True, blank=True)
    created_by = models.CharField(max_length=60)
    created_at = models.DateTimeField(auto_now_add=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["concern", "child"], condition=Q(status="open"), name="one_open_plan_per_child"
            ),
            models.CheckConstraint(
                condition=(Q(status="open") & Q(closed_at__isnull=True))
                | (~Q(status="open") & Q(closed_at__isnull=False)),
                name="closed_plan_has_time",
            ),
            models.CheckConstraint(
                condition=(Q(status="handed_over") & ~Q(handed_to=""))
                | (~Q(status="handed_over") & Q(handed_to="")),
                name="plan_handed_over_to_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.concern_id} {self.child_id}"

    def key_ref(self) -> uuid.UUID:
        return self.concern.key


class PlanRelease(SealedRow):
    """The page of who does what as the family may read it: as it stood when it was released, sealed."""

    plan = models.OneToOneField(CasePlan, on_delete=models.CASCADE, related_name="release")
    text = SealedField(_("siden, som den stod"))
    at = models.DateTimeField(_("frigivet"))
    by = models.CharField(max_length=60)
    plan_version = models.PositiveIntegerField()

    class Meta:
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.plan_id} {self.at:%Y-%m-%d}"

    def key_ref(self) -> uuid.UUID:
        return self.plan.concern.key


class CaseAgreement(SealedRow):
    """What an agreement in a named case says, sealed. The agreement itself carries the case code only."""

    agreement = models.OneToOneField(Agreement, on_delete=models.CASCADE, related_name="case")
    concern = models.ForeignKey(Concern, on_delete=models.PROTECT, related_name="case_agreements")
    plan = models.ForeignKey(
        CasePlan, null=True, blank=True, on_delete=models.PROTECT, related_name="efforts"
    )
    words = SealedField(_("hvad er aftalt"))
    sign_of_progress = SealedField(_("tegn på, at det virker"))
    reason = SealedField(_("begrundelse"))
    # Who did it and no longer reads it: set when it had ended and what covered them ended, too.
    former_responsible = models.ForeignKey(
        Person,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("havde aftalen"),
    )
    # Efforts of a plan in the order in which they matter, 1 first.
    priority = models.PositiveSmallIntegerField(_("prioritet"), default=0)

    class Meta:
        ordering = ["priority", "pk"]

    def __str__(self) -> str:
        return f"{self.agreement_id} {self.concern_id}"

    @property
    def held_by(self) -> Person | None:
        """Who has it, or had it when it ended."""
        found = self.agreement
        return found.responsible if found.responsible or found.is_open else self.former_responsible

    def key_ref(self) -> uuid.UUID:
        return self.concern.key


class CaseAgreementNote(SealedRow):
    """A status, a choice or a reason on an agreement in a named case, sealed."""

    case_agreement = models.ForeignKey(CaseAgreement, on_delete=models.CASCADE, related_name="notes")
    kind = models.CharField(max_length=12, choices=AgreementNote.Kind.choices)
    text = SealedField(_("tekst"))
    at = models.DateTimeField()
    by = models.CharField(max_length=60)
    by_name = models.CharField(max_length=120, blank=True)

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.case_agreement_id} {self.kind}"

    def key_ref(self) -> uuid.UUID:
        return self.case_agreement.concern.key


class Scaling(SealedRow):
    """How the young person or a grown-up puts it themselves on a line from 0 to 10. Theirs; nothing is computed from it."""

    class By(models.TextChoices):
        YOUNG_PERSON = "young_person", _("Barnet eller den unge")
        FAMILY = "family", _("Familien")

    plan = models.ForeignKey(CasePlan, on_delete=models.CASCADE, related_name="scalings")
    by_whom = models.CharField(_("hvem"), max_length=12, choices=By.choices)
    on = models.DateField(_("dato"))
    value = SealedField(_("tal fra 0 til 10"))
    words = SealedField(_("med egne ord"))
    written_by = models.CharField(max_length=60)

    class Meta:
        ordering = ["on", "pk"]

    def __str__(self) -> str:
        return f"{self.plan_id} {self.on}"

    def key_ref(self) -> uuid.UUID:
        return self.plan.concern.key
