"""A case on a meeting's agenda, by name: another table than the agenda's items, so that nothing made for the network can
show it, count it or leave a gap where it stood.
"""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tovholder.access.bases import LegalBasis
from tovholder.access.sharing import Purpose
from tovholder.citizens.models import Adult, Child, SealedField, SealedRow
from tovholder.concerns.models import Concern
from tovholder.directory.models import Organisation, Person, SetupRow
from tovholder.forums.models import FormTemplate
from tovholder.meetings.models.agenda import AgendaItem
from tovholder.meetings.models.meeting import Meeting
from tovholder.plans.models import Agreement


class ConcernItem(models.Model):
    """That an item of the agenda is about a concern, taken anonymously: its advice goes back to who raised it."""

    item = models.OneToOneField(AgendaItem, on_delete=models.CASCADE, related_name="concern_link")
    concern = models.ForeignKey(Concern, on_delete=models.PROTECT, related_name="anonymous_items")

    def __str__(self) -> str:
        return f"{self.item_id} {self.concern_id}"


class CaseItem(SealedRow):
    """A concern taken up by name at a meeting: on what basis, for what purpose, why it is necessary, what was said.

    Planned, it is known to who works on the concern only. Opened, it is shown to those in the room while everybody there
    is covered (`access.sharing`), and afterwards to those it was opened for.
    """

    class Status(models.TextChoices):
        PLANNED = "planned", _("Planlagt")
        OPENED = "opened", _("Åbnet")
        DONE = "done", _("Behandlet")
        WITHDRAWN = "withdrawn", _("Taget af")

    class Decision(models.TextChoices):
        NONE = "", _("Ikke besluttet")
        TAKE_ON = "take_on", _("Vi tager den")
        REFER = "refer", _("Gives videre")
        WATCH = "watch", _("Vi ser tiden an")
        CLOSE = "close", _("Ingen handling")

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="case_items")
    concern = models.ForeignKey(Concern, on_delete=models.PROTECT, related_name="case_items")
    position = models.PositiveIntegerField(default=0)
    minutes = models.PositiveSmallIntegerField(_("minutter"), default=10)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.PLANNED)
    basis = models.CharField(_("grundlag"), max_length=20, choices=LegalBasis.choices, blank=True)
    purpose_code = models.CharField(_("formål"), max_length=20, choices=Purpose.choices, blank=True)
    purpose = SealedField(_("formål med egne ord"))
    necessity = SealedField(_("hvorfor det er nødvendigt at nævne navnet"))
    special_reason = SealedField(_("særlig grund til et opfølgende møde"))
    family_told_on = models.DateField(_("familien har fået besked den"), null=True, blank=True)
    # A name handed over at a case meeting, as by the police; without action it is erased again.
    is_handover = models.BooleanField(_("overleveret navn"), default=False)
    decision = models.CharField(
        _("beslutning"), max_length=10, choices=Decision.choices, blank=True, default=""
    )
    child_view = SealedField(_("barnets egen mening"))
    # The child's own words are not shown to parents unless the child agrees.
    child_agrees = models.BooleanField(
        _("barnet er indforstået med, at forældre ser det"), default=False, db_default=False
    )
    no_child_view = SealedField(_("hvorfor barnet ikke er hørt"))
    # What stood in the agenda's own item while the case was anonymous: taken out of it and sealed here.
    anonymous_wording = SealedField(_("punktet, som det stod anonymt"))
    information_due_on = models.DateField(_("oplysningspligt opfyldt senest"), null=True, blank=True)
    information_given_on = models.DateField(_("oplysningspligt opfyldt den"), null=True, blank=True)
    no_information = SealedField(_("hvorfor oplysningspligten ikke gælder"))
    opened_at = models.DateTimeField(null=True, blank=True)
    opened_by = models.CharField(max_length=60, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    # What the chair has released to the family, and when.
    released_at = models.DateTimeField(null=True, blank=True)
    created_by = models.CharField(max_length=60)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["meeting", "position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["meeting", "concern"], condition=~Q(status="withdrawn"), name="case_once_per_meeting"
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["opened", "done"]) | (~Q(basis="") & Q(opened_at__isnull=False)),
                name="opened_case_has_basis",
            ),
        ]

    def __str__(self) -> str:
        return str(self.concern)

    @property
    def lacks_childs_view(self) -> bool:
        """An opened case has the child's view, or why it was not asked (rule 40); one that ends here needs none."""
        written = self.child_view is not None or self.no_child_view is not None
        return self.status == self.Status.OPENED and not written and self.decision != self.Decision.CLOSE

    @property
    def owes_information(self) -> bool:
        """The name was opened, and nobody has written that the family was told of it, or why not (rule 44)."""
        opened = self.status in {self.Status.OPENED, self.Status.DONE}
        unanswered = self.information_given_on is None and self.no_information is None
        return opened and self.information_due_on is not None and unanswered

    @property
    def information_is_late(self) -> bool:
        due = self.information_due_on
        return self.owes_information and due is not None and due < timezone.localdate()

    def key_ref(self) -> uuid.UUID:
        return self.concern.key


class CaseText(SealedRow):
    """One text of a case at a meeting, by its key: the minutes ("referat"), a point of the agenda, a field of a form."""

    case_item = models.ForeignKey(CaseItem, on_delete=models.CASCADE, related_name="texts")
    key = models.SlugField(max_length=80)
    text = SealedField(_("tekst"))
    version = models.PositiveIntegerField(default=0)
    saved_at = models.DateTimeField(null=True, blank=True)
    saved_by = models.CharField(max_length=120, blank=True)

    class Meta:
        ordering = ["case_item", "pk"]
        constraints = [models.UniqueConstraint(fields=["case_item", "key"], name="case_text_once")]

    def __str__(self) -> str:
        return f"{self.case_item_id} {self.key}"

    def key_ref(self) -> uuid.UUID:
        return self.case_item.concern.key


class NetworkMeeting(SealedRow):
    """How a network meeting was called (document 001): who initiates it, known or unknown case, which form it follows."""

    meeting = models.OneToOneField(Meeting, on_delete=models.CASCADE, related_name="network")
    concern = models.ForeignKey(Concern, on_delete=models.PROTECT, related_name="network_meetings")
    form = models.ForeignKey(FormTemplate, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    follows = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="followed_by"
    )
    initiator = models.ForeignKey(
        Person,
        on_delete=models.PROTECT,
        related_name="initiated_meetings",
        verbose_name=_("tager initiativ til mødet"),
    )
    # The authority already works with the family (eksisterende sag), or does not (ukendt sag).
    known_case = models.BooleanField(_("sagen er kendt af myndigheden"), default=False)
    # Without the authority's caseworker it is a development meeting (udviklingsmøde).
    without_authority = models.BooleanField(_("udviklingsmøde uden myndighed"), default=False)
    # The initiator is the pedagogical leader: nobody else to talk with first.
    initiator_leads = models.BooleanField(_("er selv pædagogisk leder"), default=False, db_default=False)
    # Until a time is chosen the meeting's own is only a place to stand, and nobody is called.
    time_chosen = models.BooleanField(_("tid er valgt"), default=False, db_default=False)
    leader_talked_on = models.DateField(_("talt med pædagogisk leder den"), null=True, blank=True)
    adviser_talked_on = models.DateField(_("talt med familiens rådgiver den"), null=True, blank=True)
    phone_notes = SealedField(_("afklaret i telefonen"))

    def __str__(self) -> str:
        return f"{self.meeting_id}"

    def key_ref(self) -> uuid.UUID:
        return self.concern.key


class FamilyMember(SealedRow):
    """Somebody of the family at a meeting about their child: a grown-up, the young person, or a support person."""

    class Part(models.TextChoices):
        ADULT = "adult", _("Forælder eller plejeforælder")
        YOUNG_PERSON = "young_person", _("Barnet eller den unge")
        SUPPORT_PERSON = "support_person", _("Bisidder")

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="family")
    child = models.ForeignKey(Child, on_delete=models.PROTECT, related_name="family_at_meetings")
    adult = models.ForeignKey(
        Adult, null=True, blank=True, on_delete=models.PROTECT, related_name="at_meetings"
    )
    part = models.CharField(_("hvem"), max_length=16, choices=Part.choices)
    # A support person's name and age; the others' names stand on the child's record.
    name = SealedField(_("navn"))
    age = models.PositiveSmallIntegerField(_("alder"), null=True, blank=True)
    told_on = models.DateField(_("har fået besked om, hvem der kommer og hvorfor"), null=True, blank=True)
    attended = models.BooleanField(_("til stede"), null=True, blank=True)
    # Raised to make every link that was sent to this person invalid.
    link_version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["meeting", "adult"], condition=Q(adult__isnull=False), name="adult_once_per_meeting"
            ),
            models.CheckConstraint(
                condition=(Q(part="adult") & Q(adult__isnull=False))
                | (~Q(part="adult") & Q(adult__isnull=True)),
                name="family_adult_is_on_record",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.meeting_id} {self.part}"

    def key_ref(self) -> uuid.UUID:
        return self.child.key


class FamilyVoice(SealedRow):
    """What somebody of the family has written: a question before the meeting, or how the meeting was for them."""

    class Kind(models.TextChoices):
        QUESTION = "question", _("Spørgsmål før mødet")
        EXPERIENCE = "experience", _("Oplevelse af mødet")

    family_member = models.ForeignKey(FamilyMember, on_delete=models.CASCADE, related_name="voices")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    text = SealedField(_("med egne ord"))
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.family_member_id} {self.kind}"

    def key_ref(self) -> uuid.UUID:
        return self.family_member.child.key


class Disclosure(models.Model):
    """That a child's name was told to somebody: at which meeting, to whom, on what ground (videregivelse, rule 8).

    For a professional it is also what lets them read the item afterwards, until `reads_until`.
    """

    case_item = models.ForeignKey(CaseItem, on_delete=models.PROTECT, related_name="disclosures")
    child = models.ForeignKey(Child, on_delete=models.PROTECT, related_name="disclosures")
    person = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.PROTECT, related_name="disclosures"
    )
    family_member = models.ForeignKey(
        FamilyMember, null=True, blank=True, on_delete=models.PROTECT, related_name="disclosures"
    )
    organisation = models.ForeignKey(
        Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    # The coverage that `access.sharing` answered: the basis, "consent" or "own_case".
    ground = models.CharField(max_length=20)
    at = models.DateTimeField()
    reads_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["at", "pk"]
        indexes = [models.Index(fields=["person", "case_item"], name="disclosure_reader")]
        constraints = [
            models.UniqueConstraint(
                fields=["case_item", "child", "person"],
                condition=Q(person__isnull=False),
                name="told_person_once",
            ),
            models.UniqueConstraint(
                fields=["case_item", "child", "family_member"],
                condition=Q(family_member__isnull=False),
                name="told_family_once",
            ),
            models.CheckConstraint(
                condition=Q(person__isnull=False) | Q(family_member__isnull=False),
                name="disclosure_to_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_item_id} {self.person_id or self.family_member_id}"


class LookupRule(SetupRow):
    """What may be looked up about a name handed over, before, at and after a case meeting: the municipality's own words."""

    class Phase(models.TextChoices):
        BEFORE = "before", _("Før mødet")
        DURING = "during", _("På mødet")
        AFTER = "after", _("Efter mødet")

    name = models.CharField(_("regel"), max_length=300)
    phase = models.CharField(_("hvornår"), max_length=10, choices=Phase.choices)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(phase__in=["before", "during", "after"]), name="lookup_rule_phase"
            )
        ]

    def __str__(self) -> str:
        return self.name


class CaseOrigin(models.Model):
    """At which meeting's case an agreement in a named case was made; as `AgreementOrigin` is for the agenda's items."""

    agreement = models.OneToOneField(Agreement, on_delete=models.CASCADE, related_name="case_origin")
    case_item = models.ForeignKey(CaseItem, on_delete=models.PROTECT, related_name="agreement_links")

    def __str__(self) -> str:
        return f"{self.agreement_id} {self.case_item_id}"
