"""The monthly review of the log: a sample drawn by chance, the odd ones, and what a person says to each.

No foreign keys into the log or live data: the log can be forgotten on time, and what was found remains.
"""

from __future__ import annotations

from datetime import time

from django.db import models
from django.utils.translation import gettext_lazy as _

from tovholder.access.fields import FreeCharField
from tovholder.directory.models import SetupRow


class LogReviewRules(SetupRow):
    """The municipality's rules of what a review looks at."""

    sample = models.PositiveSmallIntegerField(_("stikprøve"), default=20)
    many_a_day = models.PositiveSmallIntegerField(_("mange på en dag"), default=40)
    # The same instant twice is no night at all.
    night_from = models.TimeField(_("nat fra"), default=time(22))
    night_until = models.TimeField(_("nat til"), default=time(6))
    outside_district = models.BooleanField(_("uden for eget distrikt"), default=True)
    odd_at_most = models.PositiveSmallIntegerField(_("højst så mange usædvanlige"), default=40)

    def __str__(self) -> str:
        return self.key

    def is_night(self, at: time) -> bool:
        """Tell whether a time of day is at night, over midnight or not."""
        if self.night_from <= self.night_until:
            return self.night_from <= at < self.night_until
        return at >= self.night_from or at < self.night_until


class Review(models.Model):
    """The readings of one month. `seed` and the events it was drawn from are kept, so that the drawing can be shown."""

    month = models.DateField(_("måned"), unique=True)
    made_at = models.DateTimeField(_("lavet"))
    seed = models.CharField(max_length=32)
    readings = models.PositiveIntegerField(_("læsninger i måneden"))
    first_event = models.BigIntegerField()
    last_event = models.BigIntegerField()
    # Odd ones beyond what one person can look at; told, so that nobody believes they were looked at.
    left_out = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["-month"]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"


class ReviewLine(models.Model):
    class Reason(models.TextChoices):
        CHANCE = "chance", _("Stikprøve")
        MANY = "many", _("Mange læsninger på en dag")
        NIGHT = "night", _("Om natten")
        DISTRICT = "district", _("Uden for eget distrikt")

    class Verdict(models.TextChoices):
        FINE = "fine", _("I orden")
        ASKED = "asked", _("Undersøges")
        WRONG = "wrong", _("Ikke i orden")

    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="lines")
    position = models.PositiveIntegerField()
    reason = models.CharField(max_length=10, choices=Reason.choices)
    # One reading, or the first of several by the same person the same day.
    event_id = models.BigIntegerField()
    count = models.PositiveIntegerField(default=1)
    actor = models.CharField(max_length=60)
    day = models.DateField()
    verdict = models.CharField(_("vurdering"), max_length=10, choices=Verdict.choices, blank=True)
    note = FreeCharField(_("med et par ord"), max_length=200, blank=True)
    ticked_at = models.DateTimeField(null=True, blank=True)
    ticked_by = models.CharField(max_length=60, blank=True)

    class Meta:
        ordering = ["review", "position"]
        constraints = [
            models.UniqueConstraint(fields=["review", "position"], name="review_line_position"),
            models.CheckConstraint(
                condition=models.Q(verdict="", ticked_at__isnull=True)
                | (~models.Q(verdict="") & models.Q(ticked_at__isnull=False)),
                name="review_line_ticked_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.review_id}.{self.position}"
