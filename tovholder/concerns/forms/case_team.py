"""Forms about the case team."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tovholder.access.bases import LegalBasis
from tovholder.access.sharing import Purpose
from tovholder.concerns.services.seats import SeatGround
from tovholder.ui.forms import TovholderForm


class FindPersonForm(TovholderForm):
    q = forms.CharField(
        label=_("Navn, stilling eller sted"), min_length=2, max_length=80, widget=forms.TextInput
    )


# Where a "no" of the sharing rules can be answered in the form, it stands at the field.
AT_FIELD = {
    "purpose_missing": "purpose",
    "basis_purpose_mismatch": "purpose_code",
    "necessity_missing": "necessity",
    "special_reason_missing": "special_reason",
    "family_not_told": "family_takes_part",
    "family_not_present": "family_takes_part",
}


class SeatForm(TovholderForm):
    """On what ground a person comes onto the case team. What can stand empty depends on the ground, and the fields say when."""

    mark = ""

    basis = forms.ChoiceField(label=_("Grundlag"), choices=LegalBasis.choices, widget=forms.RadioSelect)
    purpose_code = forms.ChoiceField(label=_("Formål"), choices=Purpose.choosable)
    purpose = forms.CharField(
        label=_("Hvad skal personen hjælpe med?"), max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )
    necessity = forms.CharField(
        label=_("Hvorfor er det nødvendigt, at personen kender barnets navn?"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Ved samtykke kan feltet stå tomt."),
    )
    special_reason = forms.CharField(
        label=_("Særlig grund til at tale om barnet igen"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_(
            "Kun ved tidligt forebyggende samarbejde, når et møde allerede har talt om barnet ved navn på det grundlag."
        ),
    )
    family_takes_part = forms.BooleanField(
        label=_("Familien er med i samarbejdet og har fået at vide, at personen kommer på"), required=False
    )
    confirmed = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def ground(self) -> SeatGround:
        told: dict[str, Any] = self.cleaned_data
        return SeatGround(
            told["basis"],
            told["purpose_code"],
            told["purpose"],
            told["necessity"],
            told["family_takes_part"],
            told["special_reason"],
        )
