"""A child and what hangs on it. Every text is sealed under the child's own key; the key lies in another database."""

from __future__ import annotations

import secrets
import uuid
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tovholder.citizens.keys.sealing import Place
from tovholder.directory.models import Organisation, SetupRow

# Letters and digits that cannot be read as one another.
_CODE_LETTERS = "23456789BCDFGHJKMNPQRSTVWXZ"
# What a signed form is scanned as.
SCAN_TYPES = ("pdf", "png", "jpg", "jpeg")


def new_case_code() -> str:
    """Return a code that says nothing about the child: it is what mails and agreements carry (rule 51)."""
    return "B-" + "".join(secrets.choice(_CODE_LETTERS) for _n in range(6))


class SealedField(models.BinaryField):
    """A sealed text, or null where nothing was written. Written and read through `citizens.services.safe` only."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("null", True)
        kwargs.setdefault("blank", True)
        super().__init__(*args, **kwargs)


class SealedRow(models.Model):
    """A row with sealed texts. `seal` names the row in the associated data, and is known before the row is saved."""

    seal = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)

    class Meta:
        abstract = True

    def place(self, field: str) -> Place:
        return Place(self._meta.db_table, str(self.seal), field)

    def key_ref(self) -> uuid.UUID:
        """The data key that seals this row."""
        raise NotImplementedError


class Child(SealedRow):
    """A child or young person. Who may see it is decided by what it is part of, further up."""

    code = models.CharField(_("sagskode"), max_length=10, unique=True, default=new_case_code, editable=False)
    key = models.UUIDField(unique=True, editable=False)
    name = SealedField(_("navn"))
    cpr = SealedField(_("CPR-nummer"))
    birth_date = SealedField(_("fødselsdag"))
    address = SealedField(_("adresse"))
    circumstances = SealedField(_("særlige forhold"))  # protected address, foster care: JSON
    created_at = models.DateTimeField(_("oprettet"), auto_now_add=True)
    merged_into = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="merged",
        verbose_name=_("lagt sammen med"),
    )
    erased_at = models.DateTimeField(_("slettet"), null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(merged_into=models.F("id")), name="child_not_merged_into_itself"
            )
        ]

    def __str__(self) -> str:
        return self.code

    def key_ref(self) -> uuid.UUID:
        return self.key


class ChildToken(models.Model):
    """A blind index of a child: its CPR number, or a part of its name with its birth date."""

    child = models.ForeignKey(Child, on_delete=models.CASCADE, related_name="tokens")
    token = models.BinaryField(max_length=16, db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["child", "token"], name="token_once_per_child")]

    def __str__(self) -> str:
        return f"{self.child_id}"


class Adult(SealedRow):
    """A grown-up around the child: who holds custody, who does not, and a foster parent."""

    class Standing(models.TextChoices):
        CUSTODY = "custody", _("Har forældremyndighed")
        NO_CUSTODY = "no_custody", _("Har ikke forældremyndighed")
        FOSTER = "foster", _("Plejeforælder")

    child = models.ForeignKey(Child, on_delete=models.CASCADE, related_name="adults")
    standing = models.CharField(_("forhold"), max_length=12, choices=Standing.choices)
    name = SealedField(_("navn"))
    contact = SealedField(_("telefon eller e-mail"))
    # The blind index of the grown-up's CPR number, for the family's own login; the number itself is not kept.
    identity = models.BinaryField(max_length=16, null=True, blank=True, db_index=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(standing__in=["custody", "no_custody", "foster"]), name="adult_standing_known"
            )
        ]

    def __str__(self) -> str:
        return self.get_standing_display()

    def key_ref(self) -> uuid.UUID:
        return self.child.key


class Consent(SealedRow):
    """A consent (samtykke): lifts confidentiality towards the organisations it names (domain.md 1.4, rule 15)."""

    class Form(models.TextChoices):
        WRITTEN = "written", _("Skriftligt")
        ORAL = "oral", _("Mundtligt")

    child = models.ForeignKey(Child, on_delete=models.CASCADE, related_name="consents")
    giver = models.ForeignKey(
        Adult, null=True, blank=True, on_delete=models.PROTECT, related_name="consents", verbose_name=_("givet af"),
        help_text=_("Står tom, når den unge selv har givet det."),
    )  # fmt: skip
    organisations = models.ManyToManyField(
        Organisation, related_name="+", verbose_name=_("må få oplysninger")
    )
    kinds = SealedField(_("slags oplysninger"))
    purpose = SealedField(_("formål"))
    note = SealedField(_("bemærkning"))
    form = models.CharField(_("form"), max_length=10, choices=Form.choices)
    given = models.DateField(_("givet den"))
    withdrawn = models.DateField(_("trukket tilbage den"), null=True, blank=True)
    expires = models.DateField(_("udløber den"), null=True, blank=True)

    class Meta:
        ordering = ["-given", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(form__in=["written", "oral"]), name="consent_form_known"),
            models.CheckConstraint(
                condition=Q(withdrawn__isnull=True) | Q(withdrawn__gte=models.F("given")),
                name="consent_withdrawn_after_given",
            ),
            models.CheckConstraint(
                condition=Q(expires__isnull=True) | Q(expires__gte=models.F("given")), name="consent_expires_after_given"
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.child_id}: {self.given}"

    def key_ref(self) -> uuid.UUID:
        return self.child.key


class ConsentScan(SealedRow):
    """The signed form of a consent as a picture or PDF, sealed like every other text. Its name is not kept: it may hold one."""

    consent = models.OneToOneField(Consent, on_delete=models.CASCADE, related_name="scan")
    content = SealedField(_("fil"))  # base64, since a safe holds text
    extension = models.CharField(max_length=5)
    size = models.PositiveIntegerField(_("bytes"))
    added_at = models.DateTimeField(_("lagt ind"), auto_now_add=True)
    added_by = models.CharField(max_length=60)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(extension__in=SCAN_TYPES), name="consent_scan_type"),
        ]

    def __str__(self) -> str:
        return f"{self.consent_id}"

    def key_ref(self) -> uuid.UUID:
        return self.consent.child.key


class ChildMerge(models.Model):
    """That two records were found to be one child: which was kept, which went, who said so, and who took it back."""

    kept = models.ForeignKey(Child, on_delete=models.CASCADE, related_name="merges")
    gone = models.ForeignKey(Child, on_delete=models.CASCADE, related_name="gone_in")
    by = models.CharField(_("af"), max_length=60)
    at = models.DateTimeField(_("tidspunkt"), auto_now_add=True)
    undone_at = models.DateTimeField(_("skilt igen"), null=True, blank=True)
    undone_by = models.CharField(max_length=60, blank=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(kept=models.F("gone")), name="merge_of_two"),
            models.UniqueConstraint(
                fields=["gone"], condition=Q(undone_at__isnull=True), name="gone_into_one_at_a_time"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.gone_id} → {self.kept_id}"


class MergeUndo(SealedRow):
    """What it takes to part two records again, sealed under the key of the one that went: both go when the days are over."""

    merge = models.OneToOneField(ChildMerge, on_delete=models.CASCADE, related_name="undo")
    text = SealedField(_("det, der hørte til den, der gik"))
    until = models.DateTimeField(_("kan fortrydes til"), db_index=True)

    def __str__(self) -> str:
        return f"{self.merge_id}"

    def key_ref(self) -> uuid.UUID:
        return self.merge.gone.key


class SharingSetting(SetupRow):
    """What the municipality decides otherwise in the sharing rules (`[sharing]` of the set-up file)."""

    ssp_team_in_early_cooperation = models.BooleanField(
        _("SSP-teamet er med i tidligt samarbejde"), default=False
    )
    youth_club_in_early_cooperation = models.BooleanField(
        _("kommunale klubber er med i tidligt samarbejde"), default=False
    )
    police_in_participation = models.BooleanField(
        _("politiet kan være med, når forældrene er med"), default=False
    )
    own_consent_age = models.PositiveSmallIntegerField(_("alder for eget samtykke"), default=15)
    adult_age = models.PositiveSmallIntegerField(_("alder som voksen"), default=18)
    support_person_age = models.PositiveSmallIntegerField(_("mindste alder for en bisidder"), default=15)
    consent_review_months = models.PositiveSmallIntegerField(
        _("måneder, før et samtykke ses efter"), default=12
    )
    purpose_words = models.JSONField(_("ord, der lyder som efterforskning"), default=list, blank=True)

    def __str__(self) -> str:
        return self.key
