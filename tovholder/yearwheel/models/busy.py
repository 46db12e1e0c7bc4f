"""When a person cannot meet. Never why: not even what the calendar calls it is kept."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from tovholder.directory.models import Person


class BusyFeed(models.Model):
    """A calendar of the person's own that is read now and then. Its address is a secret of the person."""

    person = models.OneToOneField(Person, on_delete=models.CASCADE, related_name="busy_feed")
    url = models.URLField(_("adresse"), max_length=1000)
    fetched_at = models.DateTimeField(null=True, blank=True)
    tried_at = models.DateTimeField(null=True, blank=True)
    # Why it could not be read the last time: a sentence, empty when it could.
    told = models.CharField(max_length=300, blank=True)

    def __str__(self) -> str:
        return f"feed {self.person_id}"


class DayLimit(models.Model):
    """How many meetings a day one person can have at most, where that is another number than for all (rule 4)."""

    person = models.OneToOneField(Person, on_delete=models.CASCADE, related_name="day_limit")
    meetings = models.PositiveSmallIntegerField(_("møder om dagen"))

    def __str__(self) -> str:
        return f"{self.person_id} {self.meetings}"


class BusyTime(models.Model):
    """Once on a date, or every week on a weekday, between two clock times of that day."""

    class Source(models.TextChoices):
        HAND = "hand", _("Skrevet")
        FILE = "file", _("Fra en kalenderfil")
        FEED = "feed", _("Fra din kalender")

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="busy_times")
    date = models.DateField(_("dato"), null=True, blank=True)
    weekday = models.PositiveSmallIntegerField(_("ugedag"), null=True, blank=True)
    starts = models.TimeField(_("fra"))
    # The last minute of the day is kept as 23:59 and planned as the whole day's end.
    ends = models.TimeField(_("til"))
    source = models.CharField(max_length=6, choices=Source.choices, default=Source.HAND)

    class Meta:
        ordering = ["weekday", "date", "starts", "pk"]
        indexes = [models.Index(fields=["person", "source"], name="busy_person_source")]
        constraints = [
            models.CheckConstraint(condition=Q(ends__gt=F("starts")), name="busy_ends_after_start"),
            models.CheckConstraint(
                condition=Q(date__isnull=False, weekday__isnull=True)
                | Q(date__isnull=True, weekday__isnull=False),
                name="busy_once_or_weekly",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.date or self.weekday}"
