"""Forms about consents."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tovholder.citizens.models import Adult, Child, Consent
from tovholder.citizens.queries import sharing_rules
from tovholder.citizens.services.children import ChildView
from tovholder.citizens.services.consents import ConsentFacts, ConsentTexts, ConsentView
from tovholder.directory.models import Organisation
from tovholder.ui.forms import SeveralField, TovholderForm

YOUNG_PERSON = "young_person"


class ConsentForm(TovholderForm):
    """As the rules need it: who gives it, who may get what, for what, until when."""

    giver = forms.ChoiceField(label=_("Hvem giver samtykke?"), widget=forms.RadioSelect)
    form = forms.ChoiceField(
        label=_("Hvordan er det givet?"), choices=Consent.Form.choices, widget=forms.RadioSelect
    )
    given = forms.DateField(label=_("Givet den"), widget=forms.DateInput)
    organisations = SeveralField(
        label=_("Hvem må få oplysninger?"),
        queryset=Organisation.objects.none(),
        widget=forms.CheckboxSelectMultiple,
    )
    kinds = forms.CharField(
        label=_("Hvilke oplysninger?"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("For eksempel: fravær, trivsel i klassen, aftaler med hjemmet."),
    )
    purpose = forms.CharField(
        label=_("Hvad skal oplysningerne bruges til?"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    expires = forms.DateField(label=_("Udløber den"), required=False, widget=forms.DateInput)
    note = forms.CharField(
        label=_("Bemærkning"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Er det givet mundtligt: hvornår og hvordan, og hvem var med?"),
    )

    def __init__(
        self, *args: Any, child: Child, view: ChildView, consent: Consent | None = None, **kwargs: Any
    ) -> None:
        """`consent` is the one that is corrected: what it says can be chosen, though nobody could choose it anew."""
        super().__init__(*args, **kwargs)
        self.child = child
        gave = consent.giver_id if consent is not None else None
        holders = [each for each in view.adults if each.standing == Adult.Standing.CUSTODY or each.id == gave]
        choices = [(str(each.id), str(each.name)) for each in holders]
        giver = self.fields["giver"]
        assert isinstance(giver, forms.ChoiceField)  # noqa: S101 - for the type
        giver.choices = [*choices, (YOUNG_PERSON, _("Den unge selv"))]
        named = consent.organisations.values("pk") if consent is not None else ()
        self.fields["organisations"].queryset = (  # type: ignore[attr-defined]
            Organisation.objects.filter(Q(retired_at__isnull=True, persons__isnull=False) | Q(pk__in=named))
            .distinct()
            .order_by("name")
        )
        self.fields["given"].initial = timezone.localdate
        self.fields["given"].help_text = _("Samtykket ses efter %(months)d måneder senere.") % {
            "months": sharing_rules().consent_review_months
        }

    @staticmethod
    def start_from(consent: Consent, view: ConsentView) -> dict[str, Any]:
        """What the form starts with where a consent is corrected."""
        return {
            "giver": str(consent.giver_id or YOUNG_PERSON),
            "form": consent.form,
            "given": consent.given,
            "organisations": [each.pk for each in consent.organisations.all()],
            "kinds": view.kinds.text,
            "purpose": view.purpose.text,
            "expires": consent.expires,
            "note": view.note.text,
        }

    def facts(self) -> ConsentFacts:
        told = self.cleaned_data
        return ConsentFacts(
            self.chosen_giver(), told["organisations"], told["form"], told["given"], told["expires"]
        )

    def texts(self) -> ConsentTexts:
        told = self.cleaned_data
        return ConsentTexts(told["kinds"], told["purpose"], told["note"])

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("form") == Consent.Form.ORAL and not (values.get("note") or "").strip():
            self.add_error("note", _("Skriv, hvornår og hvordan det mundtlige samtykke blev givet."))
        return values

    def chosen_giver(self) -> Adult | None:
        chosen = self.cleaned_data["giver"]
        return None if chosen == YOUNG_PERSON else self.child.adults.get(pk=int(chosen))


class ConsentPaperForm(ConsentForm):
    """The same before it is signed: whatever has been typed, and only what is wrong with that."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.required = False

    def clean(self) -> dict[str, Any]:
        return self.cleaned_data


class WithdrawForm(TovholderForm):
    on = forms.DateField(label=_("Trukket tilbage den"), widget=forms.DateInput, initial=date.today)


class ScanForm(TovholderForm):
    file = forms.FileField(
        label=_("Den underskrevne formular"),
        help_text=_("PDF eller billede, højst 5 MB. Filens navn gemmes ikke."),
        widget=forms.FileInput(attrs={"accept": ".pdf,.png,.jpg,.jpeg"}),
    )
