"""What is left of a meeting: minutes from draft to approved, and the ticked steps of the chairing guide."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tovholder.access.fields import FreeTextField
from tovholder.directory.models import Person
from tovholder.forums.models import ChecklistItem
from tovholder.meetings.models.meeting import Meeting


class MinutesStatus(models.TextChoices):
    DRAFT = "draft", _("Kladde")
    COMMENTING = "commenting", _("Til bemærkninger")
    APPROVED = "approved", _("Godkendt")


MINUTES_TRANSITIONS: dict[str, frozenset[str]] = {
    MinutesStatus.DRAFT: frozenset({MinutesStatus.COMMENTING, MinutesStatus.APPROVED}),
    MinutesStatus.COMMENTING: frozenset({MinutesStatus.DRAFT, MinutesStatus.APPROVED}),
    MinutesStatus.APPROVED: frozenset(),
}


class Minutes(models.Model):
    """The state of a meeting's minutes. Approval freezes the content; after that only addenda (rule 46)."""

    meeting = models.OneToOneField(Meeting, on_delete=models.CASCADE, related_name="minutes_record")
    status = models.CharField(max_length=12, choices=MinutesStatus.choices, default=MinutesStatus.DRAFT)
    comments_until = models.DateField(_("bemærkninger senest"), null=True, blank=True)
    sent_for_comment_at = models.DateTimeField(null=True, blank=True)
    approved_at = models.DateTimeField(_("godkendt"), null=True, blank=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    frozen = models.JSONField(default=dict, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(status="approved") | Q(approved_at__isnull=False, approved_by__isnull=False),
                name="approved_minutes_have_time_and_person",
            )
        ]

    def __str__(self) -> str:
        return f"{self.meeting_id} {self.status}"


class MinutesComment(models.Model):
    class Stance(models.TextChoices):
        ACCEPT = "accept", _("Godkender")
        OBJECT = "object", _("Har en indvending")

    minutes = models.ForeignKey(Minutes, on_delete=models.CASCADE, related_name="comments")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    stance = models.CharField(max_length=8, choices=Stance.choices)
    text = FreeTextField(_("bemærkning"), blank=True)
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["minutes", "person"], name="one_stance_per_person"),
            models.CheckConstraint(condition=~Q(stance="object") | ~Q(text=""), name="objection_has_text"),
        ]

    def __str__(self) -> str:
        return f"{self.minutes_id} {self.person_id} {self.stance}"


class MinutesAddendum(models.Model):
    """A correction after approval: added, with author and time."""

    minutes = models.ForeignKey(Minutes, on_delete=models.CASCADE, related_name="addenda")
    text = FreeTextField(_("tilføjelse"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.minutes_id} {self.at:%Y-%m-%d}"


class ChecklistTick(models.Model):
    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="ticks")
    checklist_item = models.ForeignKey(ChecklistItem, on_delete=models.CASCADE, related_name="+")
    by = models.CharField(max_length=60)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["meeting", "checklist_item"], name="ticked_once")]

    def __str__(self) -> str:
        return f"{self.meeting_id} {self.checklist_item_id}"
