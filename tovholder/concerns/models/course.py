"""What happens to a concern on its way: notes and decisions, questions and answers, notifications, absence."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from tovholder.citizens.models import Child, SealedField, SealedRow
from tovholder.concerns.models.concern import Concern
from tovholder.directory.models import Person


class Entry(SealedRow):
    """A line in the course of a concern; the chronology of a child is the lines of its concerns in order of time."""

    class Kind(models.TextChoices):
        RAISED = "raised", _("Rejst")
        NOTE = "note", _("Notat")
        STATUS = "status", _("Ny status")
        ADVICE = "advice", _("Råd")
        NAMED = "named", _("Navngivet")
        CONTACT = "contact", _("Samtale")
        MEETING = "meeting", _("Møde")
        CHILD_VIEW = "child_view", _("Barnets egne ord")

    concern = models.ForeignKey(Concern, on_delete=models.CASCADE, related_name="entries")
    # Whose it is, where a concern is about several; empty for all of them.
    child = models.ForeignKey(Child, null=True, blank=True, on_delete=models.PROTECT, related_name="entries")
    kind = models.CharField(_("slags"), max_length=10, choices=Kind.choices)
    status = models.CharField(_("status"), max_length=16, blank=True)
    text = SealedField(_("tekst"))
    # The child's own words are not shown to parents unless the child agrees.
    child_agrees_to_share = models.BooleanField(
        _("barnet er indforstået med, at forældre ser det"), default=False
    )
    at = models.DateTimeField(_("tidspunkt"))
    by = models.CharField(max_length=60)
    by_name = models.CharField(_("af"), max_length=120, blank=True)

    class Meta:
        ordering = ["at", "pk"]
        indexes = [models.Index(fields=["concern", "at"], name="concern_entry_at")]

    def __str__(self) -> str:
        return f"{self.concern_id} {self.kind}"

    def key_ref(self) -> uuid.UUID:
        return self.concern.key


class Question(SealedRow):
    """A question to one person, as to the child's adviser through the fixed contact person. That person sees no more."""

    concern = models.ForeignKey(Concern, on_delete=models.CASCADE, related_name="questions")
    to_person = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="concern_questions", verbose_name=_("til")
    )
    question = SealedField(_("spørgsmål"))
    answer = SealedField(_("svar"))
    asked_by = models.CharField(max_length=60)
    asked_by_name = models.CharField(_("stillet af"), max_length=120, blank=True)
    asked_at = models.DateTimeField(_("stillet"))
    answered_at = models.DateTimeField(_("besvaret"), null=True, blank=True)
    withdrawn_at = models.DateTimeField(_("trukket tilbage"), null=True, blank=True)

    class Meta:
        ordering = ["asked_at", "pk"]
        indexes = [models.Index(fields=["to_person", "answered_at"], name="question_to_answer")]

    def __str__(self) -> str:
        return f"{self.concern_id} {self.to_person_id}"

    def key_ref(self) -> uuid.UUID:
        return self.concern.key


class Notification(SealedRow):
    """That somebody has notified the authority (underretning). Tovholder never sends one and never says the duty is done."""

    concern = models.ForeignKey(Concern, on_delete=models.CASCADE, related_name="notifications")
    sent_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="notifications", verbose_name=_("sendt af")
    )
    sent_on = models.DateField(_("sendt den"))
    receipt_on = models.DateField(_("kvittering modtaget den"), null=True, blank=True)
    note = SealedField(_("bemærkning"))

    class Meta:
        ordering = ["sent_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(receipt_on__isnull=True) | Q(receipt_on__gte=F("sent_on")),
                name="receipt_after_notification",
            )
        ]

    def __str__(self) -> str:
        return f"{self.concern_id} {self.sent_on}"

    def key_ref(self) -> uuid.UUID:
        return self.concern.key


class AbsenceReading(SealedRow):
    """A child's unlawful absence in a quarter, in whole percent, as the school tells it (rule 23)."""

    child = models.ForeignKey(Child, on_delete=models.CASCADE, related_name="absences")
    quarter = models.DateField(_("kvartalets første dag"))
    percent = SealedField(_("procent"))
    by = models.CharField(max_length=60)
    at = models.DateTimeField(_("skrevet"))

    class Meta:
        ordering = ["child", "-quarter"]
        constraints = [models.UniqueConstraint(fields=["child", "quarter"], name="absence_once_a_quarter")]

    def __str__(self) -> str:
        return f"{self.child_id} {self.quarter}"

    def key_ref(self) -> uuid.UUID:
        return self.child.key


class AbsenceReminder(models.Model):
    """That somebody in a case is to act on a child's absence (rule 23), so that *Min dag* can say so by the case code.

    Neither the child, the quarter, the percent nor which of the two limits stands here: the numbers are sealed, and the page
    of the case says what is to be done. The row goes when it holds no longer.
    """

    concern = models.OneToOneField(Concern, on_delete=models.CASCADE, related_name="absence_reminder")
    noted_at = models.DateTimeField(_("skrevet"))
    answered_at = models.DateTimeField(_("taget stilling"), null=True, blank=True)
    answered_by = models.CharField(max_length=60, blank=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return str(self.concern_id)
