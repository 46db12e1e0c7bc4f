"""Bring a file."""

from __future__ import annotations

from typing import Any

from django import forms
from django.forms.formsets import BaseFormSet, formset_factory
from django.utils.translation import gettext_lazy as _

from tovholder.access.levels import Level, level_rank
from tovholder.directory.models import Person
from tovholder.forums.models import Forum
from tovholder.imports.reading.document import MOST_LINES
from tovholder.plans.models import Agreement
from tovholder.ui.forms import TovholderForm


class UploadForm(TovholderForm):
    file = forms.FileField(
        label=_("Fil"),
        allow_empty_file=True,  # an empty one gets a sentence of its own
        help_text=_("En Excel-fil (.xlsx) eller en CSV-fil, højst 10 MB og 25.000 rækker."),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.csv,.txt"}),
        error_messages={"required": _("Vælg en fil.")},
    )


class WordForm(TovholderForm):
    file = forms.FileField(
        label=_("Word-dokument"),
        allow_empty_file=True,
        help_text=_("Med en tabel, der har overskrifterne Hvad, Hvem og Hvornår. Højst 10 MB."),
        widget=forms.ClearableFileInput(attrs={"accept": ".docx"}),
        error_messages={"required": _("Vælg en fil.")},
    )


class LevelForm(TovholderForm):
    level = forms.ChoiceField(label=_("Hvem må læse aftalerne?"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, forum: Forum, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = {
            Level.GENERAL: _("Generelt: alle i forummet"),
            Level.ANONYMOUS: _("Anonymt: kun medlemmer fra samarbejdet selv"),
        }
        allowed = [
            (level, text)
            for level, text in offered.items()
            if level_rank(level) <= level_rank(forum.highest_level)
        ]
        field = self.fields["level"]
        field.choices = allowed  # type: ignore[attr-defined]
        field.initial = allowed[-1][0]  # the narrower one until somebody chooses otherwise


class LineForm(TovholderForm):
    """One agreement of the document: to be left out, corrected or taken as it is."""

    guarded = ("what",)

    take = forms.BooleanField(label=_("Tag med"), required=False)
    what = forms.CharField(
        label=_("Aftale"), required=False, widget=forms.Textarea(attrs={"rows": "2"}),
        max_length=Agreement._meta.get_field("what").max_length,
    )  # fmt: skip
    responsible = forms.ModelChoiceField(
        label=_("Ansvarlig"), queryset=Person.objects.none(), required=False, empty_label=_("Vælg en")
    )
    due_on = forms.DateField(label=_("Frist"), required=False)
    who = forms.CharField(required=False, widget=forms.HiddenInput, max_length=200)
    when = forms.CharField(required=False, widget=forms.HiddenInput, max_length=200)

    def __init__(self, *args: Any, members: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["responsible"].queryset = members  # type: ignore[attr-defined]

    def texts_to_guard(self) -> tuple[str, ...]:
        return super().texts_to_guard() if self.cleaned_data.get("take") else ()

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if data.get("take") and "what" in data and not data["what"]:
            self.add_error("what", _("Skriv, hvad aftalen er."))
        if data.get("take") and "responsible" in data and data["responsible"] is None:
            self.add_error("responsible", _("Vælg, hvem der er ansvarlig."))
        return data


LineFormSet: type[BaseFormSet[LineForm]] = formset_factory(
    LineForm, extra=0, max_num=MOST_LINES, absolute_max=MOST_LINES, validate_max=True
)
