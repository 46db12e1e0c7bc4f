"""Forms about consents."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tovholder.citizens.models import Adult, Child, Consent
from tovholder.citizens.services.children import ChildView
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

    def __init__(self, *args: Any, child: Child, view: ChildView, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.child = child
        holders = [each for each in view.adults if each.standing == Adult.Standing.CUSTODY]
        choices = [(str(each.id), str(each.name)) for each in holders]
        giver = self.fields["giver"]
        assert isinstance(giver, forms.ChoiceField)  # noqa: S101 - for the type
        giver.choices = [*choices, (YOUNG_PERSON, _("Den unge selv"))]
        self.fields["organisations"].queryset = (  # type: ignore[attr-defined]
            Organisation.objects.filter(retired_at__isnull=True, persons__isnull=False)
            .distinct()
            .order_by("name")
        )
        self.fields["given"].initial = timezone.localdate

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
