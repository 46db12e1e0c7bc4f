"""The concern itself, the children it is about, and those who work on it by name.

Every text of a concern, whatever its level, is sealed under the concern's own key: nothing of it stands in a search index,
and nothing must be taken back when an anonymous one becomes named.
"""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tovholder.access.bases import LegalBasis
from tovholder.access.levels import Level
from tovholder.access.sharing import Purpose
from tovholder.citizens.models import Child, SealedField, SealedRow
from tovholder.concerns.models.setting import Category, ScaleLevel, Team
from tovholder.directory.models import District, Organisation, Person


class Subject(models.TextChoices):
    CHILD = "child", _("Et barn eller en ung")
    GROUP = "group", _("En gruppe")
    PLACE = "place", _("Et sted")
    PHENOMENON = "phenomenon", _("Noget, der breder sig")


class ConcernStatus(models.TextChoices):
    NEW = "new", _("Ny")
    CLARIFYING = "clarifying", _("Afklares")
    ADVISED = "advised", _("Sparring givet")
    ON_AGENDA = "on_agenda", _("På en dagsorden")
    NETWORK_MEETING = "network_meeting", _("Netværksmøde")
    PLAN = "plan", _("Indsatsaftale")
    HANDED_OVER = "handed_over", _("Givet videre")
    NO_ACTION = "no_action", _("Ingen handling")
    CLOSED = "closed", _("Afsluttet")
    REOPENED = "reopened", _("Genåbnet")


# Ended: nobody works on it, and the days run until triagers no longer see it.
ENDED = frozenset({ConcernStatus.HANDED_OVER, ConcernStatus.NO_ACTION, ConcernStatus.CLOSED})
_WORKING = frozenset(
    {
        ConcernStatus.CLARIFYING,
        ConcernStatus.ADVISED,
        ConcernStatus.ON_AGENDA,
        ConcernStatus.NETWORK_MEETING,
        ConcernStatus.PLAN,
    }
)
# From a status to those it may become.
TRANSITIONS: dict[str, frozenset[str]] = {
    ConcernStatus.NEW: _WORKING | ENDED,
    ConcernStatus.REOPENED: _WORKING | ENDED,
    **{each: (_WORKING - {each}) | ENDED for each in _WORKING},
    **dict.fromkeys(ENDED, frozenset({ConcernStatus.REOPENED})),
}


class Concern(SealedRow):
    """A professional's worry (bekymring). Its code ("Sag 26-041") is what lists, mails and agreements carry."""

    class Source(models.TextChoices):
        STAFF = "staff", _("En fagperson")
        POLICE = "police", _("Politiet")
        FAMILY = "family", _("Barnet eller familien")
        OTHER = "other", _("En anden")

    code = models.CharField(_("sagskode"), max_length=12, unique=True, editable=False)
    key = models.UUIDField(unique=True, editable=False)
    level = models.CharField(_("niveau"), max_length=10, choices=Level.choices)
    subject = models.CharField(_("handler om"), max_length=12, choices=Subject.choices)
    status = models.CharField(
        _("status"), max_length=16, choices=ConcernStatus.choices, default=ConcernStatus.NEW
    )
    district = models.ForeignKey(
        District,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="concerns",
        verbose_name=_("distrikt"),
    )
    # Where the child goes to school or the worry arose, for the fixed contact persons.
    organisation = models.ForeignKey(
        Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="concerns",
        verbose_name=_("skole eller sted"),
    )  # fmt: skip
    source = models.CharField(_("kilde"), max_length=8, choices=Source.choices, default=Source.STAFF)
    raised_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="raised_concerns", verbose_name=_("rejst af")
    )
    raised_at = models.DateTimeField(_("rejst"))
    scale_level = models.ForeignKey(
        ScaleLevel,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("bekymringsgrad"),
    )
    categories = models.ManyToManyField(
        Category, blank=True, related_name="+", verbose_name=_("handler også om")
    )
    seen = SealedField(_("hvad er set"))
    since = SealedField(_("siden hvornår"))
    tried = SealedField(_("hvad er prøvet"))
    works = SealedField(_("hvad virker"))
    # Keys of factors and own words, as JSON: {"risk": [...], "protective": [...]}
    factors = SealedField(_("risiko og beskyttelse"))
    # What only parties of the crime-preventive cooperation see (rule 49).
    offence = SealedField(_("strafbart forhold"))
    outcome = SealedField(_("udfald"))
    handler = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.PROTECT, related_name="handled_concerns",
        verbose_name=_("sagsansvarlig"),
    )  # fmt: skip
    teams = models.ManyToManyField(Team, blank=True, related_name="concerns", verbose_name=_("på liste hos"))
    named_at = models.DateTimeField(_("navngivet"), null=True, blank=True)
    status_at = models.DateTimeField(_("status siden"))
    ended_at = models.DateTimeField(_("afsluttet"), null=True, blank=True)
    erased_at = models.DateTimeField(_("slettet"), null=True, blank=True)
    # Raised at every change: two triagers at once do not write over each other.
    version = models.PositiveIntegerField(default=1)
    children = models.ManyToManyField(Child, through="ConcernChild", related_name="concerns")

    class Meta:
        ordering = ["-raised_at", "-pk"]
        indexes = [
            models.Index(fields=["status", "raised_at", "id"], name="concern_status_at"),
            models.Index(fields=["district", "status", "raised_at"], name="concern_district_at"),
            models.Index(fields=["raised_by", "raised_at"], name="concern_raiser_at"),
            # What is not ended, and what has ended lately: the few that triagers see of very many.
            models.Index(fields=["ended_at"], name="concern_ended_at"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=(Q(status__in=["handed_over", "no_action", "closed"]) & Q(ended_at__isnull=False))
                | (~Q(status__in=["handed_over", "no_action", "closed"]) & Q(ended_at__isnull=True)),
                name="ended_concern_has_time",
            ),
            models.CheckConstraint(
                condition=~Q(level="named") | Q(named_at__isnull=False), name="named_concern_has_time"
            ),
            models.CheckConstraint(
                condition=~Q(level="named") | Q(subject__in=["child", "group"]),
                name="named_concern_is_of_people",
            ),
        ]

    def __str__(self) -> str:
        return str(_("Sag %(code)s") % {"code": self.code})

    def key_ref(self) -> uuid.UUID:
        return self.key

    @property
    def has_ended(self) -> bool:
        return self.status in ENDED


class ConcernChild(models.Model):
    """A child that a named concern is about."""

    class Part(models.TextChoices):
        SUBJECT = "subject", _("Bekymringen gælder barnet")
        SUSPECTED = "suspected", _("Mistænkt")
        VICTIM = "victim", _("Forurettet")
        WITNESS = "witness", _("Vidne")

    concern = models.ForeignKey(Concern, on_delete=models.CASCADE, related_name="concern_children")
    child = models.ForeignKey(Child, on_delete=models.PROTECT, related_name="concern_links")
    part = models.CharField(_("rolle"), max_length=10, choices=Part.choices, default=Part.SUBJECT)
    # That the concern's texts no longer tell of this child, who is to be erased while others stay on.
    rewritten_at = models.DateTimeField(_("skrevet om"), null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["concern", "child"], name="child_once_per_concern"),
            models.CheckConstraint(
                condition=Q(part__in=["subject", "suspected", "victim", "witness"]), name="concern_child_part"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.concern_id} {self.child_id}"


class InformationDuty(SealedRow):
    """That the family is to be told that their child's record is here, when it was, or why not (rule 44)."""

    concern_child = models.OneToOneField(ConcernChild, on_delete=models.CASCADE, related_name="information")
    due_on = models.DateField(_("senest"))
    given_on = models.DateField(_("fortalt den"), null=True, blank=True)
    exception = SealedField(_("hvorfor der ikke fortælles noget"))
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.CharField(max_length=60, blank=True)

    def __str__(self) -> str:
        return f"{self.concern_child_id} {self.due_on}"

    def key_ref(self) -> uuid.UUID:
        return self.concern_child.concern.key


class AgeReminder(models.Model):
    """That a child of an open concern is close to an age that asks for something (rules 20 and 42).

    Written by the worker, which alone opens every birth date: a list can then tell of it by the case code. How close is
    not kept, so that no birthday stands in clear; the row goes when the time has passed.
    """

    class Code(models.TextChoices):
        PARTY_RIGHTS = "party_rights", _("Fylder 10 år")
        TURNS_ADULT = "turns_adult", _("Fylder 18 år")

    concern_child = models.ForeignKey(ConcernChild, on_delete=models.CASCADE, related_name="age_reminders")
    code = models.CharField(_("alder"), max_length=12, choices=Code.choices)
    noted_at = models.DateTimeField(_("skrevet"))
    answered_at = models.DateTimeField(_("taget stilling"), null=True, blank=True)
    answered_by = models.CharField(max_length=60, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["concern_child", "code"], name="age_told_once"),
            models.CheckConstraint(
                condition=Q(code__in=["party_rights", "turns_adult"]), name="age_reminder_code"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.concern_child_id} {self.code}"


class CaseTeamMember(SealedRow):
    """A person who works on a concern by name, on a recorded basis."""

    concern = models.ForeignKey(Concern, on_delete=models.CASCADE, related_name="case_team")
    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="case_seats", verbose_name=_("person")
    )
    basis = models.CharField(_("grundlag"), max_length=20, choices=LegalBasis.choices)
    purpose_code = models.CharField(
        _("formål"), max_length=20, choices=Purpose.choices, blank=True, default="", db_default=""
    )
    purpose = SealedField(_("formål med egne ord"))
    necessity = SealedField(_("hvorfor det er nødvendigt"))
    # On the early basis, when a meeting had named the child on it before.
    special_reason = SealedField(_("særlig grund"))
    from_at = models.DateTimeField(_("fra"))
    until_at = models.DateTimeField(_("til"), null=True, blank=True)
    added_by = models.CharField(max_length=60)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["concern", "person"], condition=Q(until_at__isnull=True), name="in_case_team_once"
            ),
            models.CheckConstraint(
                condition=Q(basis__in=["rpl115", "early_cooperation", "consent", "participation"]),
                name="case_team_basis_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.concern_id} {self.person_id}"

    def key_ref(self) -> uuid.UUID:
        return self.concern.key
