"""The forms of a network meeting's calling: one for each step."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tovholder.access.bases import LegalBasis
from tovholder.access.sharing import Purpose
from tovholder.citizens.models import Child
from tovholder.directory.models import Person
from tovholder.meetings.forms.running import offer
from tovholder.meetings.models import Meeting, NetworkMeeting
from tovholder.meetings.services.cases import Ground
from tovholder.meetings.services.days import at
from tovholder.meetings.services.network import possible_initiators
from tovholder.meetings.services.network_efforts import CHOICES, EffortText
from tovholder.meetings.services.network_people import professionals
from tovholder.ui.forms import TovholderForm

KNOWN = [("no", _("Nej, det er en ukendt sag")), ("yes", _("Ja, familien har en rådgiver"))]
PURPOSES = [
    (Purpose.WELLBEING, _("Trivsel")),
    (Purpose.EARLY_SUPPORT, _("Tidlig støtte")),
    (Purpose.CRIME_PREVENTION, _("Forebyggelse af kriminalitet")),
]


class CaseKindForm(TovholderForm):
    known_case = forms.ChoiceField(
        label=_("Arbejder myndigheden allerede med familien?"), choices=KNOWN, widget=forms.RadioSelect
    )
    adviser_talked_on = forms.DateField(
        label=_("Talt med familiens rådgiver den"),
        required=False,
        widget=forms.DateInput,
        help_text=_("I en kendt sag aftaler du først med familiens rådgiver, om mødet skal holdes."),
    )

    def values(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {"known_case": data["known_case"] == "yes", "adviser_talked_on": data["adviser_talked_on"]}


def _coming(meeting: Meeting) -> Any:
    ids = meeting.participations.filter(removed_at__isnull=True).values("person_id")
    return Person.objects.filter(pk__in=ids).order_by("name")


class DutiesForm(TovholderForm):
    initiator_leads = forms.BooleanField(label=_("Jeg er selv den pædagogiske leder"), required=False)
    leader_talked_on = forms.DateField(
        label=_("Talt med den pædagogiske leder den"),
        required=False,
        widget=forms.DateInput,
        help_text=_(
            "Er det en anden, der tager initiativet, planlægges mødet sammen med den pædagogiske leder."
        ),
    )
    chair = forms.ModelChoiceField(Person.objects.none(), label=_("Leder mødet"), empty_label=None)
    minute_taker = forms.ModelChoiceField(Person.objects.none(), label=_("Skriver referat"), empty_label=None)

    def __init__(self, *args: Any, meeting: Meeting, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        coming = [each.person for each in professionals(meeting)]
        for name in ("chair", "minute_taker"):
            self.fields[name].queryset = _coming(meeting)  # type: ignore[attr-defined]
            offer(self.fields[name], coming)


class HandOverForm(TovholderForm):
    to = forms.ModelChoiceField(Person.objects.none(), label=_("Giv opgaven til"), empty_label=_("Vælg"))

    def __init__(self, *args: Any, network: NetworkMeeting, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        able = [each for each in possible_initiators(network.concern) if each.pk != network.initiator_id]
        self.fields["to"].queryset = Person.objects.filter(pk__in=[each.pk for each in able])  # type: ignore[attr-defined]
        offer(self.fields["to"], able)


class ProfessionalForm(TovholderForm):
    person = forms.ModelChoiceField(
        Person.objects.none(), label=_("Bed en fagperson om at komme"), empty_label=_("Vælg en person")
    )

    def __init__(self, *args: Any, meeting: Meeting, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        there = meeting.participations.filter(removed_at__isnull=True).values("person_id")
        people = Person.objects.current().exclude(pk__in=there).select_related("organisation")
        field = self.fields["person"]
        field.queryset = people.order_by("name")  # type: ignore[attr-defined]
        field.label_from_instance = _with_place  # type: ignore[attr-defined]


def _with_place(person: Person) -> str:
    return f"{person.name}, {person.organisation.name}" if person.organisation is not None else person.name


class PhoneForm(TovholderForm):
    text = forms.CharField(
        label=_("Afklaret i telefonen"),
        required=False,
        max_length=4000,
        widget=forms.Textarea,
        help_text=_("Er du i tvivl om, hvem der skal med, så ring til dem. Skriv her, hvad I blev enige om."),
    )


class SupportPersonForm(TovholderForm):
    name = forms.CharField(label=_("Bisidderens navn"), max_length=120)
    age = forms.IntegerField(label=_("Bisidderens alder"), min_value=0, max_value=120, required=False)
    child = forms.ModelChoiceField(Child.objects.none(), label=_("Bisidder for"), empty_label=None)

    def __init__(self, *args: Any, children: list[Child], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["child"]
        field.queryset = Child.objects.filter(pk__in=[each.pk for each in children])  # type: ignore[attr-defined]
        offer(field, children)
        if len(children) == 1:
            field.initial, field.widget = children[0].pk, forms.HiddenInput()


class ToldForm(TovholderForm):
    told_on = forms.DateField(
        label=_("Familien har fået besked den"),
        widget=forms.DateInput,
        help_text=_("Familien skal vide, hvem der kommer og hvorfor, før barnet nævnes ved navn."),
    )


class GroundForm(TovholderForm):
    basis = forms.ChoiceField(label=_("Grundlag"), widget=forms.RadioSelect)
    purpose_code = forms.ChoiceField(label=_("Formål"), choices=PURPOSES, widget=forms.RadioSelect)
    purpose = forms.CharField(label=_("Hvad vil I opnå med mødet?"), max_length=2000, widget=forms.Textarea)
    necessity = forms.CharField(
        label=_("Hvorfor er det nødvendigt at mødes om barnet ved navn?"),
        max_length=2000,
        widget=forms.Textarea,
    )

    def __init__(self, *args: Any, meeting: Meeting, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = {LegalBasis.PARTICIPATION: _("Familien er med"), LegalBasis.CONSENT: _("Samtykke")}
        bases = [LegalBasis(each) for each in meeting.lead_forum.bases if each in LegalBasis.values]
        self.fields["basis"].choices = [(each, names.get(each, each.label)) for each in bases]  # type: ignore[attr-defined]

    def ground(self) -> Ground:
        data = self.cleaned_data
        return Ground(data["basis"], data["purpose_code"], data["purpose"], data["necessity"])


class TimeForm(TovholderForm):
    day = forms.DateField(label=_("Dag"), widget=forms.DateInput)
    starts = forms.TimeField(label=_("Begynder kl."), widget=forms.TimeInput)
    ends = forms.TimeField(label=_("Slutter kl."), widget=forms.TimeInput)
    place = forms.CharField(
        label=_("Sted"),
        max_length=160,
        required=False,
        help_text=_("Skriv ikke familiens adresse. Skriv »hjemme hos familien«, hvis mødet er der."),
    )
    online_url = forms.URLField(label=_("Link til onlinemøde"), required=False, assume_scheme="https")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        starts, ends, day = data.get("starts"), data.get("ends"), data.get("day")
        if starts and ends and ends <= starts:
            self.add_error("ends", _("Mødet skal slutte, efter at det er begyndt."))
        if day and day < timezone.localdate():
            self.add_error("day", _("Vælg en dag, der ikke er gået."))
        if day and day.year > timezone.localdate().year + 3:
            self.add_error("day", _("Se efter, om årstallet er rigtigt."))
        return data

    def values(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {
            "starts_at": at(data["day"], data["starts"]),
            "ends_at": at(data["day"], data["ends"]),
            "place": data["place"],
            "online_url": data["online_url"],
        }


class EffortForm(TovholderForm):
    words = forms.CharField(label=_("Hvad skal der gøres?"), max_length=1000)
    responsible = forms.ModelChoiceField(
        Person.objects.none(),
        label=_("Hvem har ansvaret?"),
        empty_label=_("Vælg"),
        required=False,
    )
    due_on = forms.DateField(label=_("Frist"), widget=forms.DateInput, required=False)
    sign_of_progress = forms.CharField(label=_("Tegn på, at det virker"), max_length=500, required=False)

    def __init__(self, *args: Any, meeting: Meeting, owner: str = "", **kwargs: Any) -> None:
        """`owner` is the id of the form that its fields are sent with, where they stand outside it."""
        super().__init__(*args, **kwargs)
        if owner:
            for field in self.fields.values():
                field.widget.attrs["form"] = owner
        self.fields["responsible"].queryset = _coming(meeting)  # type: ignore[attr-defined]
        offer(self.fields["responsible"], [each.person for each in professionals(meeting)])

    def effort(self) -> EffortText:
        data = self.cleaned_data
        return EffortText(data["words"], data["responsible"], data["due_on"], data["sign_of_progress"])


class ChoiceForm(EffortForm):
    """What becomes of an effort from before; the words are for the one that takes its place."""

    choice = forms.ChoiceField(
        label=_("Hvad sker der med indsatsen?"), choices=list(CHOICES.items()), widget=forms.RadioSelect
    )
    reason = forms.CharField(
        label=_("Begrundelse"),
        max_length=2000,
        required=False,
        widget=forms.Textarea,
        help_text=_("Skal skrives, når indsatsen ændres eller stopper."),
    )
    field_order = ("choice", "reason", "words", "responsible", "due_on", "sign_of_progress")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("words", "responsible", "due_on"):
            self.fields[name].required = False
        self.fields["words"].label = _("Ændres den: hvad skal der gøres i stedet?")


class OutcomeForm(TovholderForm):
    outcome = forms.CharField(
        label=_("Hvordan endte det?"), max_length=4000, widget=forms.Textarea,
        help_text=_("Den, der senere rejser en bekymring om barnet, har brug for at vide det."),
    )  # fmt: skip


class FamilyVoiceForm(TovholderForm):
    """What somebody of the family writes behind their link; the label is said in their language."""

    text = forms.CharField(max_length=4000, widget=forms.Textarea(attrs={"rows": 6}), required=False)
