"""What is filled in about a case at a meeting. Nothing typed here is kept in the browser."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _g
from django.utils.translation import gettext_lazy as _

from tovholder.access.bases import LegalBasis
from tovholder.access.sharing import Purpose
from tovholder.concerns.forms.identifying import warning_of
from tovholder.concerns.standing import rules
from tovholder.directory.models import District, Person
from tovholder.meetings.forms.running import PersonChoice, offer
from tovholder.meetings.models import Meeting
from tovholder.meetings.services.capturing import may_be_responsible
from tovholder.meetings.services.cases import Ground
from tovholder.meetings.services.cases_intake import Districts, necessity_sentences
from tovholder.meetings.services.cases_writing import CaseFacts, Information
from tovholder.ui.forms import TovholderForm
from tovholder.ui.templatetags.ui import dkdate, dktime

OWN_SENTENCE = "egen"


class MeetingChoice(forms.ChoiceField):
    """One of the coming meetings, told by forum and time."""

    def __init__(self, meetings: Iterable[Meeting], **options: Any) -> None:
        self.by_pk = {str(each.pk): each for each in meetings}
        rows = [
            (pk, f"{each}, {dkdate(each.starts_at)} kl. {dktime(each.starts_at)}")
            for pk, each in self.by_pk.items()
        ]
        super().__init__(choices=rows, label=_g("Hvilket møde?"), **options)

    def clean(self, value: Any) -> Any:
        return self.by_pk[super().clean(value)]


class TakeUpForm(TovholderForm):
    guarded = ("heading", "question")
    heading = forms.CharField(
        label=_("Overskrift på dagsordenen"),
        max_length=200,
        help_text=_("Uden navn, skole og klasse. Alle i forummet læser den."),
    )
    question = forms.CharField(
        label=_("Hvad vil I have råd om?"), widget=forms.Textarea, max_length=4000, required=False
    )
    minutes = forms.IntegerField(label=_("Minutter"), min_value=1, max_value=240, initial=15)
    confirmed = forms.BooleanField(label=_("Ja, sæt teksten på, som den er"), required=False)

    def __init__(self, *args: Any, meetings: Iterable[Meeting], **kwargs: Any) -> None:
        self.warnings: list[str] = []
        super().__init__(*args, **kwargs)
        self.fields["meeting"] = MeetingChoice(meetings)
        self.order_fields(["meeting", "heading", "question", "minutes", "confirmed"])

    def clean(self) -> dict[str, Any]:
        """Ask for a deliberate yes where the words together can make the child known again; leaves no trace of it."""
        data = super().clean() or self.cleaned_data
        confirmed = data.pop("confirmed", False)
        texts = (data.get("heading"), data.get("question"))
        if warning := warning_of(texts, most=rules().identifying_details):
            self.warnings = [warning]
            if not confirmed:
                self.add_error(
                    "confirmed", _g("Ret teksten, eller sæt kryds, hvis den skal stå, som den er.")
                )
        return data


class PlanForm(TovholderForm):
    minutes = forms.IntegerField(label=_("Minutter"), min_value=1, max_value=240, initial=15)

    def __init__(self, *args: Any, meetings: Iterable[Meeting], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["meeting"] = MeetingChoice(meetings)
        self.order_fields(["meeting", "minutes"])


class GroundForm(TovholderForm):
    """On what the child is to be named: asked of the sharing rules, so nothing but the basis is demanded here."""

    basis = forms.ChoiceField(label=_("Grundlag"), widget=forms.RadioSelect)
    purpose_code = forms.ChoiceField(
        label=_("Formål"),
        choices=Purpose.choosable,
    )
    purpose = forms.CharField(label=_("Formålet med egne ord"), max_length=1000, widget=forms.Textarea)
    necessity = forms.CharField(
        label=_("Hvorfor er det nødvendigt at nævne navnet?"),
        max_length=1000,
        widget=forms.Textarea,
        required=False,
    )
    special_reason = forms.CharField(
        label=_("Særlig grund til et møde mere"),
        max_length=1000,
        widget=forms.Textarea,
        required=False,
    )
    family_told_on = forms.DateField(
        label=_("Familien har fået besked om, hvem der kommer og hvorfor"),
        required=False,
        widget=forms.DateInput,
    )

    def __init__(self, *args: Any, bases: Iterable[str], prior: int = 0, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = set(bases)
        self.fields["basis"].choices = [each for each in LegalBasis.choices if each[0] in known]  # type: ignore[attr-defined]
        if LegalBasis.EARLY_COOPERATION not in known:
            del self.fields["special_reason"]
        else:
            self.fields["special_reason"].help_text = _g(
                "Kun ved tidligt forebyggende samarbejde: %(n)s tidligere møder af højst 2 om barnet."
            ) % {"n": prior}
        if LegalBasis.PARTICIPATION not in known:
            del self.fields["family_told_on"]

    def ground(self) -> Ground:
        data = self.cleaned_data
        return Ground(
            basis=data["basis"],
            purpose_code=data["purpose_code"],
            purpose=data["purpose"],
            necessity=data.get("necessity", ""),
            special_reason=data.get("special_reason", ""),
            family_told_on=data.get("family_told_on"),
        )


class FactsForm(TovholderForm):
    child_view = forms.CharField(
        label=_("Barnets egen mening"), max_length=4000, widget=forms.Textarea, required=False
    )
    child_agrees = forms.BooleanField(
        label=_("Barnet er indforstået med, at forældrene ser dets egne ord"), required=False
    )
    agreed_before = forms.NullBooleanField(required=False, widget=forms.HiddenInput)
    no_child_view = forms.CharField(
        label=_("… eller hvorfor barnet ikke er hørt"), max_length=1000, required=False
    )

    def facts(self) -> CaseFacts:
        return CaseFacts(**{name: self.cleaned_data[name] for name in CaseFacts.__slots__})


class InformationForm(TovholderForm):
    """The duty to inform the family of what the name was opened for."""

    information_due_on = forms.DateField(label=_("Familien skal have besked senest"), required=False)
    information_given_on = forms.DateField(label=_("Familien har fået besked den"), required=False)
    no_information = forms.CharField(
        label=_("… eller hvorfor familien ikke skal have besked"), max_length=1000, required=False
    )

    def information(self) -> Information:
        return Information(**{name: self.cleaned_data[name] for name in Information.__slots__})


class CaseAgreementForm(TovholderForm):
    mark = ""  # type: ignore[assignment]
    words = forms.CharField(label=_("Hvad er aftalen?"), max_length=500)
    responsible = PersonChoice(
        label=_("Hvem gør det?"), queryset=Person.objects.none(), empty_label=_("Vælg")
    )
    due_on = forms.DateField(label=_("Hvornår?"))

    def __init__(
        self, *args: Any, meeting: Meeting, choices: Iterable[Person] | None = None, **kwargs: Any
    ) -> None:
        """`choices` are those of `may_be_responsible`, where a page has read them."""
        kwargs.setdefault("initial", {"due_on": timezone.localdate() + timedelta(days=14)})
        super().__init__(*args, **kwargs)
        field: Any = self.fields["responsible"]
        field.queryset = may_be_responsible(meeting).select_related("organisation")
        if choices is not None:
            offer(field, choices)


class NoteForm(TovholderForm):
    text = forms.CharField(label=_("Tilføjelse"), max_length=4000, widget=forms.Textarea)


class SecretLines(forms.CharField):
    """Lines that hold CPR numbers: sealed at once, so the guard against such numbers in texts does not ask here."""

    def run_validators(self, value: Any) -> None:
        return


class NamesDistrictForm(TovholderForm):
    """Which of the names without a district belong where."""

    names = forms.MultipleChoiceField(label=_("Hvilke navne?"), widget=forms.CheckboxSelectMultiple)
    district = forms.ChoiceField(
        label=_("Hvilket distrikt hører de til?"),
        help_text=_("De, der modtager sager i distriktet, ser navnene. Andre distrikter gør ikke."),
    )

    def __init__(
        self, *args: Any, names: Sequence[tuple[str, str]], districts: Districts, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.known = {str(each.pk): each for each in districts.known}
        places = [(key, each.name) for key, each in self.known.items()]
        self.fields["names"].choices = names  # type: ignore[attr-defined]
        self.fields["names"].initial = [key for key, _name in names]
        self.fields["district"].choices = [("", _g("Vælg distrikt")), *places]  # type: ignore[attr-defined]
        self.fields["district"].initial = str(districts.usual.pk) if districts.usual is not None else ""

    def chosen(self) -> District:
        return self.known[self.cleaned_data["district"]]


class HandOverForm(TovholderForm):
    names = SecretLines(
        label=_("Navne, ét på hver linje"),
        widget=forms.Textarea(
            attrs={"rows": 8, "spellcheck": "false", "autocomplete": "off", "autocapitalize": "off"}
        ),
        help_text=_(
            "Navn; fødselsdag eller CPR; mistænkt, forurettet eller vidne; kilde; kort om det strafbare; distrikt"
        ),
    )
    sentence = forms.ChoiceField(
        label=_("Hvorfor er det nødvendigt at nævne navnene?"), widget=forms.RadioSelect
    )
    own = forms.CharField(label=_("Med egne ord"), max_length=500, required=False)

    def __init__(self, *args: Any, districts: Districts, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.districts = districts
        if len(districts.known) > 1 or (districts.known and not districts.must):
            self.fields["district"] = self._district()
        rows = [(str(n), text) for n, text in enumerate(necessity_sentences())]
        self.fields["sentence"].choices = [*rows, (OWN_SENTENCE, _g("Noget andet"))]  # type: ignore[attr-defined]
        self.fields["sentence"].initial = "0"

    def _district(self) -> forms.ChoiceField:
        """Whose triagers receive the names that do not say it themselves."""
        none = (
            _g("Vælg distrikt") if self.districts.must else _g("Ved ikke: alle, der modtager sager, får dem")
        )
        usual = self.districts.usual
        return forms.ChoiceField(
            label=_g("Distrikt for de navne, der ikke selv nævner et"),
            choices=[("", none), *((str(each.pk), each.name) for each in self.districts.known)],
            required=False,
            initial=str(usual.pk) if usual is not None else "",
            help_text=_g("De, der modtager sager i distriktet, ser navnene. Andre distrikter gør ikke."),
        )

    def chosen_districts(self) -> Districts:
        said = self.cleaned_data.get("district", "")
        chosen = next((each for each in self.districts.known if str(each.pk) == said), None)
        return replace(self.districts, chosen=chosen)

    def necessity(self) -> str:
        chosen = self.cleaned_data["sentence"]
        return str(self.cleaned_data["own"] if chosen == OWN_SENTENCE else necessity_sentences()[int(chosen)])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("sentence") == OWN_SENTENCE and not cleaned.get("own", "").strip():
            self.add_error("own", _g("Skriv hvorfor."))
        return cleaned
