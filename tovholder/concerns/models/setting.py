"""What differs between municipalities: the scale, the categories, the words for factors, the days, the teams."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from tovholder.directory.models import District, Person, SetupRow


class ScaleLevel(SetupRow):
    """A step on the municipality's own concern scale (bekymringsbarometer). A person chooses it; nothing computes it."""

    name = models.CharField(_("betegnelse"), max_length=120)
    explanation = models.CharField(_("forklaring"), max_length=300, blank=True)
    prompts_notification = models.BooleanField(_("minder om underretning"), default=False)

    class Meta:
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.name


class Category(SetupRow):
    """What a concern is about in a word (mistrivsel, fravær, vold …)."""

    class Suspicion(models.TextChoices):
        NONE = "", _("Ingen")
        VIOLENCE = "suspected_violence", _("Mistanke om vold")
        ABUSE = "suspected_abuse", _("Mistanke om overgreb")
        BY_FAMILY = "suspected_violence_by_family", _("Mistanke om vold i familien")

    name = models.CharField(_("betegnelse"), max_length=120)
    # What the sharing rules read of it (rules 5 and 6 of the table in issue C).
    suspicion = models.CharField(
        _("mistanke"), max_length=32, choices=Suspicion.choices, blank=True, default=""
    )
    prompts_notification = models.BooleanField(_("minder om underretning"), default=False)

    class Meta:
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.name


class Factor(SetupRow):
    """A word for what puts a child at risk, or protects it. No number is ever made from them (rule 56)."""

    class Side(models.TextChoices):
        RISK = "risk", _("Risikofaktor")
        PROTECTIVE = "protective", _("Beskyttende faktor")

    name = models.CharField(_("betegnelse"), max_length=120)
    side = models.CharField(_("slags"), max_length=10, choices=Side.choices)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(side__in=["risk", "protective"]), name="factor_side")
        ]

    def __str__(self) -> str:
        return self.name


class ConcernRules(SetupRow):
    """The municipality's own days and numbers. Defaults are ours, not law (domain.md, section 5)."""

    own_words_days = models.PositiveSmallIntegerField(
        _("dage, den der rejste den, ser sine egne ord"), default=30
    )
    after_closing_days = models.PositiveSmallIntegerField(
        _("dage, triagen ser en afsluttet bekymring"), default=30
    )
    after_approval_days = models.PositiveSmallIntegerField(
        _("dage, deltagere ser et punkt efter godkendt referat"), default=30
    )
    non_case_days = models.PositiveSmallIntegerField(_("dage, et navn uden handling bevares"), default=30)
    decision_days = models.PositiveSmallIntegerField(
        _("dage til en beslutning om et overleveret navn"), default=14
    )
    anonymous_months = models.PositiveSmallIntegerField(_("måneder, en anonym bekymring bevares"), default=12)
    many_concerns = models.PositiveSmallIntegerField(_("antal bekymringer, der skal ses samlet"), default=3)
    many_months = models.PositiveSmallIntegerField(_("… inden for så mange måneder"), default=6)
    receipt_working_days = models.PositiveSmallIntegerField(
        _("hverdage til kvittering for underretning"), default=6
    )
    absence_warn_percent = models.PositiveSmallIntegerField(
        _("ulovligt fravær i procent: brev til hjemmet"), default=10
    )
    absence_notify_percent = models.PositiveSmallIntegerField(_("… skolens leder underretter"), default=15)
    information_days = models.PositiveSmallIntegerField(
        _("dage til at opfylde oplysningspligten"), default=30
    )
    identifying_details = models.PositiveSmallIntegerField(
        _("oplysninger, der sammen kan gøre et anonymt barn genkendeligt"), default=3
    )
    merge_undo_days = models.PositiveSmallIntegerField(
        _("dage, hvor to oprettelser af et barn kan skilles igen"), default=14, db_default=14
    )
    few_participants = models.PositiveSmallIntegerField(
        _("deltagere i et netværksmøde, før der advares"), default=8
    )
    notification_phone = models.CharField(_("telefon til underretning"), max_length=60, blank=True)
    notification_url = models.URLField(_("link til underretning"), blank=True)

    def __str__(self) -> str:
        return self.key


class Team(SetupRow):
    """A team with a list of its own. One that triages receives every concern of its districts (no districts: all)."""

    name = models.CharField(_("navn"), max_length=120)
    description = models.CharField(_("opgave"), max_length=300, blank=True)
    triages = models.BooleanField(_("modtager bekymringer"), default=False)
    districts = models.ManyToManyField(District, blank=True, related_name="teams")
    members = models.ManyToManyField(Person, through="TeamMember", related_name="teams")

    class Meta:
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.name


class TeamMember(models.Model):
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="seats")
    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="team_seats", verbose_name=_("person")
    )
    valid_from = models.DateField(_("fra"), default=date.today)
    valid_until = models.DateField(_("til og med"), null=True, blank=True)

    class Meta:
        ordering = ["team", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("valid_from")),
                name="team_seat_ends_after_start",
            ),
            models.UniqueConstraint(
                fields=["team", "person"],
                condition=Q(valid_until__isnull=True),
                name="in_team_once_at_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.team_id} {self.person_id}"
