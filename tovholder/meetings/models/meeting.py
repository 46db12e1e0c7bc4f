"""The meeting itself, and who is asked, answers and attends."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tovholder.access.fields import FreeCharField, FreeTextField
from tovholder.directory.models import Person
from tovholder.forums.models import Forum


def new_uid() -> str:
    return f"{uuid.uuid4().hex}@tovholder"


class MeetingKind(models.TextChoices):
    ORDINARY = "ordinary", _("Møde")
    JOINT = "joint", _("Fællesmøde")
    EVENT = "event", _("Arrangement")
    # About one case, with the family: only those who take part know of it (document 001).
    NETWORK = "network", _("Netværksmøde")


class MeetingStatus(models.TextChoices):
    PLANNED = "planned", _("Planlagt")
    RUNNING = "running", _("I gang")
    HELD = "held", _("Afholdt")
    CANCELLED = "cancelled", _("Aflyst")


# A running meeting can go back to planned (started by mistake) while nothing is written.
TRANSITIONS: dict[str, frozenset[str]] = {
    MeetingStatus.PLANNED: frozenset({MeetingStatus.RUNNING, MeetingStatus.CANCELLED}),
    MeetingStatus.RUNNING: frozenset({MeetingStatus.HELD, MeetingStatus.PLANNED}),
    MeetingStatus.HELD: frozenset({MeetingStatus.RUNNING}),
    MeetingStatus.CANCELLED: frozenset({MeetingStatus.PLANNED}),
}


class Series(models.Model):
    """Meetings that were planned together by one simple rule."""

    forum = models.ForeignKey(Forum, on_delete=models.PROTECT, related_name="series")
    # {"kind": "nth_weekday"|"every_n_weeks"|"monthly", …, "except": ["2026-10-13"]}
    rule = models.JSONField()
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.forum_id} {self.pk}"


class OpenMeetings(models.Manager["Meeting"]):
    """Closed by default: a network meeting is found only by who asks `Meeting.every`, and says who may know of it."""

    def get_queryset(self) -> models.QuerySet[Meeting]:
        return super().get_queryset().exclude(kind=MeetingKind.NETWORK)


class Meeting(models.Model):
    kind = models.CharField(
        _("slags"), max_length=10, choices=MeetingKind.choices, default=MeetingKind.ORDINARY
    )
    # The forum whose rules, template and convener the meeting follows; always one of `forums`.
    lead_forum = models.ForeignKey(Forum, on_delete=models.PROTECT, related_name="led_meetings")
    forums = models.ManyToManyField(Forum, related_name="meetings")
    series = models.ForeignKey(
        Series, null=True, blank=True, on_delete=models.SET_NULL, related_name="meetings"
    )
    title = FreeCharField(_("titel"), max_length=160, blank=True)
    starts_at = models.DateTimeField(_("starter"))
    ends_at = models.DateTimeField(_("slutter"))
    place = FreeCharField(_("sted"), max_length=160, blank=True)
    online_url = models.URLField(_("link til onlinemøde"), blank=True)
    note = FreeTextField(_("besked til deltagerne"), blank=True)
    status = models.CharField(
        _("status"), max_length=10, choices=MeetingStatus.choices, default=MeetingStatus.PLANNED
    )
    chair = models.ForeignKey(
        Person,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("mødeleder"),
    )
    minute_taker = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", verbose_name=_("referent")
    )
    cancelled_reason = FreeTextField(_("begrundelse for aflysning"), blank=True)
    # Calendar: the same uid for life, sequence up on every move or cancellation.
    uid = models.CharField(max_length=80, unique=True, default=new_uid)
    sequence = models.PositiveIntegerField(default=0)
    sequence_at = models.DateTimeField(null=True, blank=True)  # when it last went up
    invited_at = models.DateTimeField(_("indkaldt"), null=True, blank=True)
    reminded_at = models.DateTimeField(null=True, blank=True)
    started_at = models.DateTimeField(_("begyndt"), null=True, blank=True)
    held_at = models.DateTimeField(_("sluttet"), null=True, blank=True)
    current_item = models.ForeignKey(
        "AgendaItem", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    # Events (prevention day): programme, sign-up and capacity.
    programme = FreeTextField(_("program"), blank=True)
    capacity = models.PositiveIntegerField(_("pladser"), null=True, blank=True)
    signup_until = models.DateField(_("tilmelding senest"), null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = OpenMeetings()
    every = models.Manager["Meeting"]()

    class Meta:
        ordering = ["starts_at", "pk"]
        indexes = [
            models.Index(fields=["status", "starts_at"]),
            # What is still to come is few of all there ever were.
            models.Index(fields=["ends_at"], name="meeting_ends_at"),
            models.Index(fields=["lead_forum", "starts_at"]),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="meeting_ends_after_start"),
            models.CheckConstraint(
                condition=~Q(status="held") | Q(held_at__isnull=False), name="held_meeting_has_time"
            ),
        ]

    def __str__(self) -> str:
        return self.title or str(self.lead_forum)

    def raise_sequence(self) -> None:
        """Mark that calendars must take the meeting anew. The caller saves `sequence` and `sequence_at`."""
        self.sequence += 1
        self.sequence_at = timezone.now()

    @property
    def length(self) -> timedelta:
        return self.ends_at - self.starts_at

    @property
    def minutes_planned(self) -> int:
        return int(self.length.total_seconds() // 60)


class Answer(models.TextChoices):
    NONE = "none", _("Mangler svar")
    YES = "yes", _("Kommer")
    NO = "no", _("Kommer ikke")
    MAYBE = "maybe", _("Måske")


class Participation(models.Model):
    """A person at one meeting: invited, answering, attending."""

    class Part(models.TextChoices):
        MEMBER = "member", _("Medlem")
        GUEST = "guest", _("Gæst")
        SPEAKER = "speaker", _("Oplægsholder")
        SUBSTITUTE = "substitute", _("Stedfortræder")
        SIGNED_UP = "signed_up", _("Tilmeldt")

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="participations")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="participations")
    part = models.CharField(max_length=12, choices=Part.choices, default=Part.MEMBER)
    only_item = models.ForeignKey(
        "AgendaItem", null=True, blank=True, on_delete=models.SET_NULL, related_name="guests"
    )
    answer = models.CharField(_("svar"), max_length=8, choices=Answer.choices, default=Answer.NONE)
    answer_note = FreeCharField(_("bemærkning"), max_length=200, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    # A substitute waits for the convener's yes before being invited.
    substitute_for = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="substitute"
    )
    substitute_confirmed = models.BooleanField(null=True, blank=True)
    waiting_list = models.BooleanField(_("på venteliste"), default=False)
    attended = models.BooleanField(_("til stede"), null=True, blank=True)
    # Out of the room now, as for one item, or gone for the day: still somebody who came.
    left_at = models.DateTimeField(_("gået"), null=True, blank=True)
    invited_at = models.DateTimeField(null=True, blank=True)
    invited_sequence = models.PositiveIntegerField(null=True, blank=True)
    # Left the forum or was taken off: kept, so that history stays, but neither invited nor counted.
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["meeting", "person"], name="person_once_per_meeting")]

    def __str__(self) -> str:
        return f"{self.meeting_id} {self.person_id} {self.answer}"

    @property
    def mark(self) -> tuple[str, Any]:
        """The kind of mark that stands for the answer (ok, vent or stop), and its word."""
        if self.waiting_list:
            return "vent", _("På venteliste")
        if self.part == self.Part.SUBSTITUTE and self.substitute_confirmed is None:
            return "vent", _("Venter på ja")
        if self.answer == Answer.NONE and self.invited_sequence is None:
            return "vent", _("Ikke indkaldt")
        kind = {Answer.YES: "ok", Answer.NO: "stop"}.get(Answer(self.answer), "vent")
        return kind, self.get_answer_display()
