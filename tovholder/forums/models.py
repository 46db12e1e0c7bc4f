"""A forum is any body that meets: network, wellbeing forum, Tuesday meeting, council. What differs is data."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from tovholder.access.fields import FreeCharField, FreeTextField
from tovholder.access.levels import Level
from tovholder.directory.models import District, Organisation, Person, Role, School, SetupRow
from tovholder.documents.models import Attachment


class ItemKind(models.TextChoices):
    """What an agenda item is for."""

    AGREEMENTS = "agreements", _("Åbne aftaler")
    INFORMATION = "information", _("Orientering")
    DISCUSSION = "discussion", _("Drøftelse")
    DECISION = "decision", _("Beslutning")
    MAPPING = "mapping", _("Kortlægning")
    EFFORT_STATUS = "effort_status", _("Status på indsatser")
    THEME = "theme", _("Tema")
    SINGLE_CASE = "single_case", _("Enkeltsag på overordnet niveau")
    OTHER = "any_other_business", _("Eventuelt")


class AgendaTemplate(SetupRow):
    name = models.CharField(_("navn"), max_length=120)

    class Meta:
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.name


class AgendaTemplateItem(models.Model):
    template = models.ForeignKey(AgendaTemplate, on_delete=models.CASCADE, related_name="items")
    position = models.PositiveIntegerField()
    heading = models.CharField(_("overskrift"), max_length=200)
    kind = models.CharField(_("slags"), max_length=20, choices=ItemKind.choices, default=ItemKind.DISCUSSION)
    level = models.CharField(_("niveau"), max_length=10, choices=Level.choices, default=Level.GENERAL)
    minutes = models.PositiveSmallIntegerField(_("minutter"), default=10)
    sub_points = models.JSONField(_("underpunkter"), default=list, blank=True)

    class Meta:
        ordering = ["template", "position"]
        constraints = [
            models.UniqueConstraint(fields=["template", "position"], name="template_item_position")
        ]

    def __str__(self) -> str:
        return self.heading


class Checklist(SetupRow):
    """A chairing guide as ticks before, during and after a meeting."""

    name = models.CharField(_("navn"), max_length=120)

    class Meta:
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.name


class CurrentItems(models.Manager["ChecklistItem"]):
    def get_queryset(self) -> models.QuerySet[ChecklistItem]:
        return super().get_queryset().filter(retired_at__isnull=True)


class ChecklistItem(models.Model):
    """A line to tick. One that left the set-up file is retired, so that ticks of past meetings stay true."""

    class Phase(models.TextChoices):
        BEFORE = "before", _("Før mødet")
        DURING = "during", _("Under mødet")
        AFTER = "after", _("Efter mødet")

    checklist = models.ForeignKey(Checklist, on_delete=models.CASCADE, related_name="items")
    phase = models.CharField(max_length=10, choices=Phase.choices)
    position = models.PositiveIntegerField()
    text = models.CharField(_("tekst"), max_length=300)
    retired_at = models.DateTimeField(_("udgået"), null=True, blank=True)

    objects = CurrentItems()
    all_items = models.Manager["ChecklistItem"]()

    class Meta:
        ordering = ["checklist", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["checklist", "position"],
                condition=Q(retired_at__isnull=True),
                name="checklist_item_position",
            )
        ]

    def __str__(self) -> str:
        return self.text


class FormTemplate(SetupRow):
    """A form as data (first and follow-up network meeting); filled in from issue C on."""

    name = models.CharField(_("navn"), max_length=120)
    fields = models.JSONField(_("felter"), default=list, blank=True)

    class Meta:
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.name


class ForumType(SetupRow):
    name = models.CharField(_("navn"), max_length=120)
    description = models.TextField(_("beskrivelse"), blank=True)
    checklist = models.ForeignKey(
        Checklist, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    forms = models.ManyToManyField(FormTemplate, blank=True, related_name="forum_types")

    class Meta:
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.name


class Forum(SetupRow):
    class Cadence(models.TextChoices):
        MONTHLY = "monthly", _("En gang om måneden")
        EVERY_N_WEEKS = "every_n_weeks", _("Med faste uger imellem")
        TIMES_A_YEAR = "times_a_year", _("Et antal gange om året")
        WHEN_NEEDED = "when_needed", _("Efter behov")

    name = FreeCharField(_("navn"), max_length=120)
    forum_type = models.ForeignKey(
        ForumType, on_delete=models.PROTECT, related_name="forums", verbose_name=_("type")
    )
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="children"
    )
    districts = models.ManyToManyField(District, blank=True, related_name="forums")
    schools = models.ManyToManyField(School, blank=True, related_name="forums")
    purpose = FreeTextField(_("formål"), blank=True)
    target_age_from = models.PositiveSmallIntegerField(_("fra alder"), null=True, blank=True)
    target_age_to = models.PositiveSmallIntegerField(_("til alder"), null=True, blank=True)
    cadence = models.CharField(
        _("hyppighed"), max_length=20, choices=Cadence.choices, default=Cadence.WHEN_NEEDED
    )
    # Weeks between meetings, or meetings a year, as the cadence says.
    cadence_count = models.PositiveSmallIntegerField(null=True, blank=True)
    # ISO weekdays 1-7; by month {"9": [2]} where it varies by month.
    weekdays = models.JSONField(_("ugedage"), default=list, blank=True)
    weekdays_by_month = models.JSONField(_("ugedage efter måned"), default=dict, blank=True)
    weekday_varies = models.BooleanField(_("ugedagen varierer fra måned til måned"), default=False)
    start_time = models.TimeField(_("starter kl."), null=True, blank=True)
    meeting_minutes = models.PositiveSmallIntegerField(_("mødets længde i minutter"), default=90)
    place = FreeCharField(_("sted"), max_length=160, blank=True)
    notice_days = models.PositiveSmallIntegerField(_("varsel i dage"), default=14)
    comment_days = models.PositiveSmallIntegerField(_("dage til bemærkninger"), default=7)
    reminder_days = models.PositiveSmallIntegerField(_("påmindelse dage før"), default=2)
    topic_deadline_days = models.PositiveSmallIntegerField(_("emner senest dage før"), default=7)
    acts = models.BooleanField(_("er et handlende forum"), default=True)
    open_to_all = models.BooleanField(_("åbent netværk"), default=False)
    highest_level = models.CharField(
        _("højeste niveau"), max_length=10, choices=Level.choices, default=Level.GENERAL
    )
    bases = models.JSONField(_("grundlag for deling"), default=list, blank=True)
    basis_documents = models.JSONField(_("handlegrundlag"), default=list, blank=True)
    principles = FreeTextField(_("principper"), blank=True)
    agenda_template = models.ForeignKey(
        AgendaTemplate, null=True, blank=True, on_delete=models.PROTECT, related_name="forums"
    )
    # Keys of sides (directory.Side) and of post kinds that belong at the table.
    expected_sides = models.JSONField(_("sider af bordet"), default=list, blank=True)
    circle = models.JSONField(_("fast kreds"), default=list, blank=True)
    closed_on = models.DateField(_("lukket"), null=True, blank=True)
    closed_reason = FreeTextField(_("begrundelse"), blank=True)
    successor = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="predecessors"
    )
    members = models.ManyToManyField(Person, through="Membership", related_name="forums")

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(closed_on__isnull=True) | Q(successor__isnull=False),
                name="closed_forum_has_successor",
            ),
            models.CheckConstraint(
                condition=Q(successor__isnull=True) | ~Q(successor=F("id")), name="forum_not_own_successor"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_open(self) -> bool:
        return self.closed_on is None and self.retired_at is None


class JointMeetingRule(SetupRow):
    """Several forums meet together, so many times a year."""

    name = models.CharField(_("navn"), max_length=120)
    forums = models.ManyToManyField(Forum, related_name="joint_rules")
    times_a_year = models.PositiveSmallIntegerField(_("gange om året"), default=4)
    minutes = models.PositiveSmallIntegerField(_("minutter"), default=120)
    # An event (a prevention day) is no meeting of its forums: it carries no agreements.
    is_event = models.BooleanField(_("arrangement"), default=False)
    agenda_template = models.ForeignKey(
        AgendaTemplate, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """A person is in a forum with a role, from a day, until a day or still."""

    forum = models.ForeignKey(Forum, on_delete=models.PROTECT, related_name="memberships")
    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="memberships", verbose_name=_("person")
    )
    role = models.ForeignKey(
        Role, on_delete=models.PROTECT, related_name="memberships", verbose_name=_("rolle")
    )
    is_guest = models.BooleanField(_("fast gæst"), default=False)
    valid_from = models.DateField(_("fra"))
    valid_until = models.DateField(_("til og med"), null=True, blank=True)

    class Meta:
        ordering = ["forum", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("valid_from")),
                name="membership_ends_after_start",
            ),
            models.UniqueConstraint(
                fields=["forum", "person"],
                condition=Q(valid_until__isnull=True),
                name="member_once_at_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.forum_id} {self.person_id}"


class Charter(models.Model):
    """One version of a forum's terms of reference (kommissorium). Approved versions do not change."""

    forum = models.ForeignKey(Forum, on_delete=models.PROTECT, related_name="charters")
    version = models.PositiveIntegerField(_("version"))
    text = FreeTextField(_("tekst"))
    approved_on = models.DateField(_("godkendt"), null=True, blank=True)
    approved_by = FreeCharField(_("godkendt af"), max_length=160, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["forum", "-version"]
        constraints = [models.UniqueConstraint(fields=["forum", "version"], name="charter_version_once")]

    def __str__(self) -> str:
        return f"{self.forum_id} v{self.version}"


class ParticipantReview(models.Model):
    """The convener's judgement of a participant by relevance, meaning and outcome (document 000)."""

    class Verdict(models.TextChoices):
        KEEP = "keep", _("Bliv ved")
        ASK = "ask", _("Spørg")
        THANK = "thank", _("Sig tak")

    class Occasion(models.TextChoices):
        MEETING = "meeting", _("Efter et møde")
        YEARLY = "yearly", _("Årligt blik")

    forum = models.ForeignKey(Forum, on_delete=models.PROTECT, related_name="reviews")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="reviews")
    occasion = models.CharField(max_length=10, choices=Occasion.choices)
    on = models.DateField(_("dato"))
    # 1 low, 2 middle, 3 high; empty when only a one-tap verdict was given.
    relevance = models.PositiveSmallIntegerField(_("relevans"), null=True, blank=True)
    meaning = models.PositiveSmallIntegerField(_("mening"), null=True, blank=True)
    outcome = models.PositiveSmallIntegerField(_("udkomme"), null=True, blank=True)
    verdict = models.CharField(_("vurdering"), max_length=10, choices=Verdict.choices)
    note = FreeTextField(_("note"), blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-on", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["forum", "person", "occasion", "on"], name="one_review_a_day")
        ]

    def __str__(self) -> str:
        return f"{self.forum_id} {self.person_id} {self.verdict}"


class ForumOrganisation(models.Model):
    """An organisation that should be represented in a forum."""

    forum = models.ForeignKey(Forum, on_delete=models.CASCADE, related_name="expected_organisations")
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["forum", "organisation"], name="expected_once")]

    def __str__(self) -> str:
        return f"{self.forum_id} {self.organisation_id}"


class OlderMinutes(models.Model):
    """Minutes from before Tovholder, as the file they were written in."""

    forum = models.ForeignKey(Forum, on_delete=models.PROTECT, related_name="older_minutes")
    attachment = models.OneToOneField(Attachment, on_delete=models.PROTECT, related_name="+")
    title = FreeCharField(_("titel"), max_length=200)
    held_on = models.DateField(_("mødets dato"))
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    added_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-held_on", "-pk"]

    def __str__(self) -> str:
        return self.title
