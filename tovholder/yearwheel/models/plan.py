"""The plan of one school year: what was found, what was changed by hand, what was published."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from tovholder.directory.models import Theme
from tovholder.forums.models import Forum, ForumType, JointMeetingRule
from tovholder.meetings.models import Meeting, Topic


class YearPlan(models.Model):
    """One school year of all forums."""

    starts_on = models.DateField(_("fra"), unique=True)
    ends_on = models.DateField(_("til og med"))
    travel_minutes = models.PositiveSmallIntegerField(_("minutter mellem to møder"), default=15)
    max_parallel = models.PositiveSmallIntegerField(_("møder på samme tid"), null=True, blank=True)
    max_per_day = models.PositiveSmallIntegerField(_("møder om dagen for én person"), null=True, blank=True)
    seconds = models.PositiveSmallIntegerField(_("sekunder at regne i"), default=60)
    # What the last plan that was taken into use could not place: [{"of", "which", "because"}, …].
    unplaced = models.JSONField(default=list, blank=True)
    cost = models.PositiveIntegerField(null=True, blank=True)
    bound = models.PositiveIntegerField(null=True, blank=True)
    # Raised by every change of the plan, so that of two who publish at once one is told.
    version = models.PositiveIntegerField(default=0)
    # What there is to see to (rules 31-33), as the worker found it last.
    watched = models.JSONField(default=list, blank=True)
    watched_at = models.DateTimeField(null=True, blank=True)
    is_public = models.BooleanField(_("vises offentligt, uden navne"), default=False)
    made_at = models.DateTimeField(auto_now_add=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        ordering = ["-starts_on"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_on__gt=F("starts_on")), name="year_ends_after_start")
        ]

    def __str__(self) -> str:
        return f"{self.starts_on.year}/{self.ends_on.year % 100:02d}"


class RunStatus(models.TextChoices):
    QUEUED = "queued", _("Venter på at begynde")
    RUNNING = "running", _("Regner")
    DONE = "done", _("Færdig")
    FAILED = "failed", _("Ikke gennemført")


class PlanRun(models.Model):
    """One run of the planner in the worker, with the best plan so far."""

    plan = models.ForeignKey(YearPlan, on_delete=models.CASCADE, related_name="runs")
    status = models.CharField(max_length=8, choices=RunStatus.choices, default=RunStatus.QUEUED)
    # The input, as it was when the run began, and the best answer so far.
    data = models.JSONField(default=dict, blank=True)
    best = models.JSONField(null=True, blank=True)
    cost = models.PositiveIntegerField(null=True, blank=True)
    bound = models.PositiveIntegerField(null=True, blank=True)
    seconds = models.FloatField(default=0)
    is_optimal = models.BooleanField(default=False)
    stop_asked = models.BooleanField(default=False)
    heartbeat_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    # Whether its answer was taken into use, and which version of the plan it began from.
    used_at = models.DateTimeField(null=True, blank=True)
    from_version = models.PositiveIntegerField(default=0)
    told = models.TextField(blank=True)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    asked_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["plan"], condition=Q(status__in=["queued", "running"]), name="one_run_at_a_time"
            )
        ]

    def __str__(self) -> str:
        return f"{self.plan_id} {self.pk}"

    @property
    def is_under_way(self) -> bool:
        return self.status in (RunStatus.QUEUED, RunStatus.RUNNING)


class MeetingState(models.TextChoices):
    DRAFT = "draft", _("Ikke offentliggjort")
    PUBLISHED = "published", _("I kalenderen")
    MOVED = "moved", _("Flyttet, ikke offentliggjort")
    DROPPED = "dropped", _("Udgår, ikke offentliggjort")


class PlannedMeeting(models.Model):
    """One meeting of the plan. `meeting` is what it became when it was published, or was from before the plan."""

    plan = models.ForeignKey(YearPlan, on_delete=models.CASCADE, related_name="planned")
    forum = models.ForeignKey(Forum, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    joint = models.ForeignKey(
        JointMeetingRule, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    which = models.PositiveIntegerField()
    date = models.DateField(_("dato"))
    start = models.TimeField(_("starter kl."))
    end = models.TimeField(_("slutter kl."))
    # Persons who need not be there and cannot: ids.
    absent = models.JSONField(default=list, blank=True)
    # Moved by hand: stays where it is when the plan is made again.
    locked = models.BooleanField(_("flyttet med hånden"), default=False)
    meeting = models.OneToOneField(
        Meeting, null=True, blank=True, on_delete=models.SET_NULL, related_name="planned"
    )
    # Where it stood when it was published: a meeting that stands elsewhere now was moved on its own page.
    published_date = models.DateField(null=True, blank=True)
    published_start = models.TimeField(null=True, blank=True)
    # Stood in the calendar before the plan knew of it.
    was_there = models.BooleanField(default=False)
    dropped = models.BooleanField(default=False)

    class Meta:
        ordering = ["date", "start", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(forum__isnull=False, joint__isnull=True)
                | Q(forum__isnull=True, joint__isnull=False),
                name="planned_of_one_thing",
            ),
            models.CheckConstraint(condition=Q(end__gt=F("start")), name="planned_ends_after_start"),
        ]
        indexes = [models.Index(fields=["plan", "date"], name="planned_by_date")]

    def __str__(self) -> str:
        return f"{self.of} {self.which}"

    @property
    def of(self) -> str:
        """The id of what it is a meeting of, as the planner's files have it."""
        return f"f{self.forum_id}" if self.forum_id else f"j{self.joint_id}"

    @property
    def minutes(self) -> int:
        """How long it is. What ends at midnight is kept as ending in the day's last minute."""
        begins, ends = self.start.hour * 60 + self.start.minute, self.end.hour * 60 + self.end.minute
        return (24 * 60 if ends == 24 * 60 - 1 else ends) - begins

    @property
    def title(self) -> str:
        return str(self.forum or self.joint)

    @property
    def state(self) -> MeetingState:
        if self.dropped:
            return MeetingState.DROPPED
        if self.meeting_id is None:
            return MeetingState.DRAFT
        same = (self.date, self.start) == (self.published_date, self.published_start)
        return MeetingState.PUBLISHED if same else MeetingState.MOVED


class Publication(models.Model):
    """One press on publish: the worker makes and moves the meetings one by one, and invites when asked to."""

    plan = models.ForeignKey(YearPlan, on_delete=models.CASCADE, related_name="publications")
    status = models.CharField(max_length=8, choices=RunStatus.choices, default=RunStatus.QUEUED)
    invites = models.BooleanField(default=False)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    # What became of the meetings: {"made": n, "moved": n, "cancelled": n, "mails": n}.
    counts = models.JSONField(default=dict, blank=True)
    # Those that were left alone: [[what, sentence], …].
    left = models.JSONField(default=list, blank=True)
    heartbeat_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    told = models.TextField(blank=True)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    asked_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["plan"],
                condition=Q(status__in=["queued", "running"]),
                name="one_publication_at_a_time",
            )
        ]

    def __str__(self) -> str:
        return f"{self.plan_id} {self.pk}"

    @property
    def is_under_way(self) -> bool:
        return self.status in (RunStatus.QUEUED, RunStatus.RUNNING)


class MonthTheme(models.Model):
    """What a month is about, for the whole municipality or for one layer of forums."""

    plan = models.ForeignKey(YearPlan, on_delete=models.CASCADE, related_name="themes")
    month = models.DateField(_("måned"))  # its first day
    layer = models.ForeignKey(
        ForumType, null=True, blank=True, on_delete=models.CASCADE, related_name="+", verbose_name=_("for")
    )
    theme = models.ForeignKey(
        Theme, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("tema")
    )
    topic = models.ForeignKey(
        Topic,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("emne fra emnebanken"),
    )

    class Meta:
        ordering = ["month", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "month", "layer"], name="theme_of_layer_once_a_month"),
            models.UniqueConstraint(
                fields=["plan", "month"],
                condition=Q(layer__isnull=True),
                name="theme_of_all_once_a_month",
            ),
        ]

    def __str__(self) -> str:
        return str(self.theme or self.topic or "")
