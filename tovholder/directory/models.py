"""Districts, schools, organisations, persons and the posts they hold. Most rows come from the set-up file."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from tovholder.access.fields import FreeCharField, FreeTextField
from tovholder.access.sharing import Kind, PublicTask
from tovholder.access.sharing.case import FAMILY

# What an organisation's people can come as; the family comes as nobody's people.
PROFESSIONAL_KINDS = [choice for choice in Kind.choices if choice[0] not in FAMILY]


class SetupRow(models.Model):
    """A row that a set-up file owns: known by its key, retired when it has left the file, never deleted."""

    key = models.SlugField(_("nøgle"), max_length=80, unique=True)
    position = models.PositiveIntegerField(default=0)
    proposal = models.BooleanField(
        _("vores eget forslag"),
        default=False,
        help_text=_("Kildedokumentet nævner det, men indeholder det ikke."),
    )
    retired_at = models.DateTimeField(_("udgået"), null=True, blank=True)

    class Meta:
        abstract = True


class Municipality(models.Model):
    """The one municipality of this installation."""

    key = models.SlugField(max_length=80, unique=True)
    name = models.CharField(_("navn"), max_length=120)
    texts = models.JSONField(_("tekster"), default=dict, blank=True)

    def __str__(self) -> str:
        return self.name


class District(SetupRow):
    name = models.CharField(_("navn"), max_length=120)

    class Meta:
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.name


class PartyType(models.TextChoices):
    AUTHORITY = "authority", _("Myndighed")
    SELF_GOVERNING = "self_governing", _("Selvejende institution med offentlig opgave")
    OUTSIDE = "outside", _("Uden for samarbejdet")


class OutsideSort(models.TextChoices):
    ASSOCIATION = "association", _("Forening")
    VOLUNTEER = "volunteer", _("Frivillige")
    BUSINESS = "business", _("Erhvervsliv")
    HOUSING = "housing", _("Boligorganisation")


class Side(models.TextChoices):
    """Which side of the table an organisation sits on: what a forum misses is told by side."""

    SCHOOL = "school", _("Skole")
    SOCIAL = "social", _("Sociale")
    POLICE = "police", _("Politi")
    LEISURE = "leisure", _("Klub og fritid")
    HEALTH = "health", _("Sundhed")
    GUIDANCE = "guidance", _("Uddannelsesvejledning")
    CIVIL = "civil", _("Civilsamfund")
    OTHER = "other", _("Andre")


class OrganisationKind(SetupRow):
    name = models.CharField(_("navn"), max_length=120)
    party_type = models.CharField(_("part"), max_length=20, choices=PartyType.choices)
    outside_sort = models.CharField(_("slags"), max_length=20, choices=OutsideSort.choices, blank=True)
    side = models.CharField(_("side"), max_length=20, choices=Side.choices, default=Side.OTHER)
    # What its people come as when a child is spoken of by name; blank is covered by nothing but a consent.
    sharing_kind = models.CharField(
        _("part i deling af oplysninger"),
        max_length=24,
        choices=PROFESSIONAL_KINDS,
        blank=True,
        default="",
        db_default="",
    )

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=(Q(party_type="outside") & ~Q(outside_sort=""))
                | (~Q(party_type="outside") & Q(outside_sort="")),
                name="outside_sort_only_outside",
            )
        ]

    def __str__(self) -> str:
        return self.name


class Organisation(SetupRow):
    name = models.CharField(_("navn"), max_length=160)
    kind = models.ForeignKey(OrganisationKind, on_delete=models.PROTECT, related_name="organisations")
    district = models.ForeignKey(
        District, null=True, blank=True, on_delete=models.PROTECT, related_name="organisations"
    )
    public_task = models.CharField(
        _("offentlig opgave"), max_length=20, choices=PublicTask.choices, blank=True
    )
    in_cooperation = models.BooleanField(_("med i SSP-samarbejdet"), default=True, db_default=True)

    class Meta:
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.name


class School(SetupRow):
    """A school in a district. People work in its `organisation`, which has the same key."""

    name = models.CharField(_("navn"), max_length=120)
    district = models.ForeignKey(District, on_delete=models.PROTECT, related_name="schools")
    organisation = models.OneToOneField(
        Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="school"
    )

    class Meta:
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.name


class Role(SetupRow):
    """What a person is in a forum: convener, chair, SSP teacher, member …"""

    name = models.CharField(_("navn"), max_length=120)
    convenes = models.BooleanField(_("er tovholder"), default=False)
    chairs = models.BooleanField(_("leder møder"), default=False)
    takes_minutes = models.BooleanField(_("skriver referat"), default=False)

    class Meta:
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.name


class PostKind(SetupRow):
    """A post around the child at a school (document 002)."""

    name = models.CharField(_("navn"), max_length=120)
    around_child = models.BooleanField(_("en af posterne rundt om barnet"), default=False)
    fixed_circle = models.BooleanField(_("med i den faste kreds"), default=False)
    side = models.CharField(_("side"), max_length=20, choices=Side.choices, default=Side.OTHER)

    class Meta:
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.name


class Theme(SetupRow):
    name = models.CharField(_("navn"), max_length=120)

    class Meta:
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.name


class PreventionLevel(SetupRow):
    """One of the three levels of the prevention triangle, with the municipality's own label."""

    name = models.CharField(_("betegnelse"), max_length=120)

    class Meta:
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.name


class SchoolHoliday(SetupRow):
    name = models.CharField(_("navn"), max_length=120)
    starts_on = models.DateField(_("fra"))
    ends_on = models.DateField(_("til og med"))

    class Meta:
        ordering = ["starts_on", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="holiday_ends_after_start")
        ]

    def __str__(self) -> str:
        return self.name


class RetentionPeriod(SetupRow):
    """How many months a kind of data is kept after it was closed (rule 48). Configuration, not law."""

    name = models.CharField(_("slags data"), max_length=160)
    months = models.PositiveSmallIntegerField(_("måneder"))

    class Meta:
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.name


class GuardWords(SetupRow):
    """The municipality's own words for the guard against personal data: names more, and words that are nobody's name."""

    names = models.JSONField(_("navne"), default=list, blank=True)
    harmless = models.JSONField(_("ord, der ikke er navne"), default=list, blank=True)

    def __str__(self) -> str:
        return self.key


class PersonQuerySet(models.QuerySet["Person"]):
    def current(self) -> PersonQuerySet:
        """Persons who have not left."""
        return self.filter(left_on__isnull=True)


class Person(models.Model):
    """Somebody who takes part, with or without a login. Never a child."""

    name = FreeCharField(_("navn"), max_length=120)
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("telefon"), max_length=30, blank=True)
    title = FreeCharField(_("stilling"), max_length=120, blank=True)
    organisation = models.ForeignKey(
        Organisation,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="persons",
        verbose_name=_("kommer fra"),
    )
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="person"
    )
    left_on = models.DateField(_("fratrådt"), null=True, blank=True)
    wants_reminders = models.BooleanField(_("vil have påmindelser på mail"), default=True)
    # Raised to make every link that was ever sent to this person invalid.
    link_version = models.PositiveIntegerField(default=1)

    objects = PersonQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name

    @property
    def audit_key(self) -> str:
        return f"person:{self.pk}"


class Post(models.Model):
    """A person holds a post at a school from a day, until a day or still."""

    kind = models.ForeignKey(PostKind, on_delete=models.PROTECT, related_name="posts", verbose_name=_("post"))
    school = models.ForeignKey(
        School, on_delete=models.PROTECT, related_name="posts", verbose_name=_("skole")
    )
    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="posts", verbose_name=_("person")
    )
    valid_from = models.DateField(_("fra"), default=date.today)
    valid_until = models.DateField(_("til og med"), null=True, blank=True)
    note = FreeTextField(_("bemærkning"), blank=True)

    class Meta:
        ordering = ["school", "kind", "-valid_from"]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("valid_from")),
                name="post_ends_after_start",
            ),
            models.UniqueConstraint(
                fields=["kind", "school", "person"],
                condition=Q(valid_until__isnull=True),
                name="post_held_once_at_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind_id} {self.school_id} {self.person_id}"
