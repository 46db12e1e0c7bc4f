"""How each forum and joint meeting wants its year, and what stands fast in every year. Rows of the set-up file."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tovholder.directory.models import Person, Role, SetupRow
from tovholder.forums.models import Forum, JointMeetingRule


class Rhythm(models.TextChoices):
    MONTHS = "months", _("Én gang i hver af disse måneder")
    COUNT = "count", _("Et antal gange, jævnt fordelt over året")
    EVERY_WEEKS = "every_weeks", _("Med faste uger imellem")
    NONE = "none", _("Planlægges ikke i årshjulet")


class PlanningRule(SetupRow):
    """What the planner must know of one forum, or of one joint meeting or event; what is empty follows the forum.

    A forum without a row is planned by its own cadence, weekdays and start time (`services.document`).
    """

    name = models.CharField(_("navn"), max_length=120, blank=True, default="")
    forum = models.OneToOneField(
        Forum, null=True, blank=True, on_delete=models.CASCADE, related_name="planning_rule"
    )
    joint = models.OneToOneField(
        JointMeetingRule, null=True, blank=True, on_delete=models.CASCADE, related_name="planning_rule"
    )
    rhythm = models.CharField(_("rytme"), max_length=12, choices=Rhythm.choices, blank=True, default="")
    months = models.JSONField(_("måneder"), default=list, blank=True)
    # Meetings a year, or weeks between them, as the rhythm says.
    count = models.PositiveSmallIntegerField(_("antal"), null=True, blank=True)
    minutes = models.PositiveSmallIntegerField(_("minutter"), null=True, blank=True)
    weekdays = models.JSONField(_("ugedage"), default=list, blank=True)
    weekdays_by_month = models.JSONField(_("ugedage efter måned"), default=dict, blank=True)
    preferred_weekdays = models.JSONField(_("helst på"), default=list, blank=True)
    starts = models.JSONField(_("starttider"), default=list, blank=True)
    starts_by_month = models.JSONField(_("starttider efter måned"), default=dict, db_default={}, blank=True)
    preferred_starts = models.JSONField(_("helst kl."), default=list, blank=True)
    min_gap_days = models.PositiveSmallIntegerField(_("mindst dage imellem"), default=0)
    must_roles = models.ManyToManyField(
        Role, blank=True, related_name="+", verbose_name=_("roller, der skal være med")
    )
    # Joint meetings only: whether it stands for each forum's own meeting of that month.
    replaces = models.BooleanField(_("træder i stedet for forummets eget møde"), default=False)
    # Events only, "MM-DD": within these days of the year.
    window_starts = models.CharField(_("tidligst"), max_length=5, blank=True, default="")
    window_ends = models.CharField(_("senest"), max_length=5, blank=True, default="")

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(forum__isnull=False, joint__isnull=True)
                | Q(forum__isnull=True, joint__isnull=False),
                name="planning_rule_of_one_thing",
            )
        ]

    def __str__(self) -> str:
        return str(self.forum or self.joint)


class AttendanceChoice(models.Model):
    """That one member must be there, or need not, whatever the role says."""

    forum = models.ForeignKey(Forum, on_delete=models.CASCADE, related_name="attendance_choices")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    must = models.BooleanField(_("skal være med"))

    class Meta:
        constraints = [models.UniqueConstraint(fields=["forum", "person"], name="attendance_chosen_once")]

    def __str__(self) -> str:
        return f"{self.forum_id} {self.person_id}"


class YearMark(SetupRow):
    """What comes back each year on the same days: a national point on the wheel, or days without meetings."""

    name = models.CharField(_("navn"), max_length=120)
    # "MM-DD", both days included.
    from_day = models.CharField(_("fra"), max_length=5)
    until_day = models.CharField(_("til og med"), max_length=5)
    closed = models.BooleanField(_("ingen møder"), default=False)

    class Meta:
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.name
