"""The one box."""

from django import forms
from django.utils.translation import gettext_lazy as _

from tovholder.ui.forms import TovholderForm


class SearchForm(TovholderForm):
    q = forms.CharField(label=_("Søg"), max_length=200, required=False)
