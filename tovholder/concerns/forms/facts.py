"""The form that corrects what was chosen of a concern."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tovholder.concerns.models import Category, Concern, ScaleLevel
from tovholder.directory.models import District, Organisation
from tovholder.ui.forms import NamesOnly, SeveralField, TovholderForm


class _Names(forms.ModelChoiceField):  # type: ignore[type-arg]
    iterator = NamesOnly


class _Words(SeveralField):
    iterator = NamesOnly


class FactsForm(TovholderForm):
    """What stands now is always among the choices, though it has gone out of use since."""

    scale_level = _Names(
        label=_("Bekymringsgrad"),
        queryset=ScaleLevel.objects.none(),
        required=False,
        widget=forms.RadioSelect,
        blank=True,
        empty_label=_("Ikke valgt"),
    )
    categories = _Words(
        label=_("Handler det om noget af dette?"),
        queryset=Category.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    organisation = _Names(
        label=_("Skole eller sted"),
        queryset=Organisation.objects.none(),
        required=False,
        empty_label=_("Ingen skole"),
        help_text=_("De faste kontaktpersoner dér kan få et spørgsmål. De ser ikke sagen."),
    )
    district = _Names(
        label=_("Distrikt"),
        queryset=District.objects.none(),
        required=False,
        empty_label=_("Hele kommunen"),
        help_text=_("SSP-teamet i distriktet ser sagen."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, concern: Concern, **kwargs: Any) -> None:
        initial = {
            "scale_level": concern.scale_level_id,
            "categories": list(concern.categories.values_list("pk", flat=True)),
            "organisation": concern.organisation_id,
            "district": concern.district_id,
            "version": concern.version,
        }
        super().__init__(*args, initial=initial, **kwargs)
        standing = Q(retired_at__isnull=True)
        places = Q(school__isnull=False) | Q(pk=concern.raised_by.organisation_id)
        chosen = {
            "scale_level": ScaleLevel.objects.filter(standing | Q(pk=concern.scale_level_id)),
            "categories": Category.objects.filter(standing | Q(pk__in=initial["categories"])),
            "organisation": Organisation.objects.filter(
                (standing & places) | Q(pk=concern.organisation_id)
            ).distinct(),
            "district": District.objects.filter(standing | Q(pk=concern.district_id)),
        }
        for name, rows in chosen.items():
            self.fields[name].queryset = rows  # type: ignore[attr-defined]
