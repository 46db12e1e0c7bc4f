"""Forms for when a person is busy."""

from __future__ import annotations

from datetime import date, time
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tovholder.ui.forms import TovholderForm
from tovholder.ui.naming import WEEKDAYS
from tovholder.yearwheel.calendar_file import LAST_MINUTE, MAX_BYTES

WEEKDAY_CHOICES = [
    ("", _("Kun én dag")),
    *((n, _("Hver %(d)s") % {"d": d}) for n, d in enumerate(WEEKDAYS, 1)),
]


class BusyForm(TovholderForm):
    """Once, or every week; the whole day when no clock is given."""

    weekday = forms.TypedChoiceField(
        label=_("Hvornår"), choices=WEEKDAY_CHOICES, coerce=int, empty_value=None, required=False
    )
    day = forms.DateField(
        label=_("Dato"), widget=forms.DateInput, required=False, help_text=_("Når det kun er én dag.")
    )
    starts = forms.TimeField(
        label=_("Fra kl."),
        widget=forms.TimeInput,
        required=False,
        help_text=_("Lad feltet stå tomt, når det er hele dagen."),
    )
    ends = forms.TimeField(label=_("Til kl."), widget=forms.TimeInput, required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        weekday, day = data.get("weekday"), data.get("day")
        if weekday is None and day is None and "day" not in self.errors:
            self.add_error("day", _("Skriv en dato, eller vælg en ugedag."))
        if weekday is not None and day is not None:
            self.add_error("day", _("Skriv enten en dato eller en ugedag, ikke begge."))
        if day and not date(2000, 1, 1) < day < date(2100, 1, 1):
            self.add_error("day", _("Se efter, om årstallet er rigtigt."))
        starts, ends = data.get("starts"), data.get("ends")
        if (starts is None) != (ends is None) and not {"starts", "ends"} & set(self.errors):
            self.add_error(
                "ends" if ends is None else "starts", _("Skriv begge klokkeslæt, eller ingen af dem.")
            )
        elif starts is None and ends is None:
            data["starts"], data["ends"] = time(0), LAST_MINUTE
        elif starts is not None and ends is not None and ends <= starts:
            self.add_error("ends", _("Det skal slutte, efter at det er begyndt."))
        return data


class LimitForm(TovholderForm):
    """How many meetings a day one person can have: a number of their own in place of the one for all."""

    meetings = forms.IntegerField(
        label=_("Højst så mange møder på en dag"),
        min_value=1,
        max_value=20,
        required=False,
        help_text=_("Lad feltet stå tomt, når det er som for alle andre."),
    )


class FileForm(TovholderForm):
    """A calendar file, taken out of any calendar program."""

    file = forms.FileField(
        label=_("Kalenderfil"),
        help_text=_("En fil, der ender på .ics, højst 5 MB. Kun tidspunkterne bliver gemt."),
        widget=forms.FileInput(attrs={"accept": ".ics,text/calendar"}),
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > MAX_BYTES:
            raise forms.ValidationError(
                _("Kalenderen fylder mere end 5 MB. Hent en kortere periode ud, og prøv igen.")
            )
        return file


class FeedForm(TovholderForm):
    """The address of the person's own calendar."""

    url = forms.CharField(
        label=_("Adressen på din kalender"),
        max_length=1000,
        help_text=_("Den adresse, din kalender kan deles på. Kun du kan se den."),
        widget=forms.URLInput(attrs={"autocomplete": "off"}),
    )
