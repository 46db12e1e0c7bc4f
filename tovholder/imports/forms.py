"""Bring a file."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from tovholder.ui.forms import TovholderForm


class UploadForm(TovholderForm):
    file = forms.FileField(
        label=_("Fil"),
        allow_empty_file=True,  # an empty one gets a sentence of its own
        help_text=_("En Excel-fil (.xlsx) eller en CSV-fil, højst 10 MB og 25.000 rækker."),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.csv,.txt"}),
        error_messages={"required": _("Vælg en fil.")},
    )
