"""Forms to make a year, change what it is planned by, and move or place a meeting."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, time
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tovholder.ui.forms import TovholderForm
from tovholder.yearwheel.models import YearPlan
from tovholder.yearwheel.planning.problem import DAY_MINUTES
from tovholder.yearwheel.services.moving import ends_in_time


class YearForm(TovholderForm):
    """A school year to be planned."""

    starts_on = forms.DateField(label=_("Fra"), widget=forms.DateInput)
    ends_on = forms.DateField(label=_("Til og med"), widget=forms.DateInput)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        first, last = data.get("starts_on"), data.get("ends_on")
        if first and not date(2000, 1, 1) < first < date(2100, 1, 1):
            self.add_error("starts_on", _("Se efter, om årstallet er rigtigt."))
        elif first and last and last <= first:
            self.add_error("ends_on", _("Året skal slutte, efter at det er begyndt."))
        elif first and last and (last - first).days > 732:
            self.add_error("ends_on", _("Planlæg højst to år ad gangen."))
        elif first and last and YearPlan.objects.filter(starts_on__lte=last, ends_on__gte=first).exists():
            self.add_error("starts_on", _("Der er allerede en plan for de dage."))
        return data


class SettingsForm(TovholderForm):
    """What a year is planned by, over all forums."""

    travel_minutes = forms.IntegerField(
        label=_("Minutter mellem to møder for den samme person"), min_value=0, max_value=240
    )
    max_per_day = forms.IntegerField(
        label=_("Højst så mange møder om dagen for én person"),
        min_value=1,
        max_value=20,
        required=False,
        help_text=_(
            "Lad feltet stå tomt, når der ingen grænse er. En person kan have sit eget antal under »Hvornår er I optaget?«."
        ),
    )
    max_parallel = forms.IntegerField(
        label=_("Højst så mange møder på samme tid"),
        min_value=1,
        max_value=500,
        required=False,
        help_text=_("Lad feltet stå tomt, når der ingen grænse er."),
    )
    seconds = forms.IntegerField(
        label=_("Så mange sekunder må der regnes"),
        min_value=1,
        max_value=600,
        help_text=_("Der er altid en plan. Med længere tid bliver den bedre."),
    )
    is_public = forms.BooleanField(
        label=_("Vis årshjulet for alle, uden navne på personer"),
        required=False,
        help_text=_("Kun møder, der er offentliggjort, med forum, dag og tid."),
    )


class PlaceForm(TovholderForm):
    """Where a meeting is to stand. A clash is shown at once, and asked about, not refused."""

    day = forms.DateField(label=_("Dato"), widget=forms.DateInput)
    start = forms.TimeField(label=_("Starter kl."), widget=forms.TimeInput)
    confirmed = forms.BooleanField(label=_("Læg mødet der alligevel"), required=False)

    def __init__(self, *args: Any, plan: YearPlan, minutes: int, **kwargs: Any) -> None:
        self.plan, self.minutes = plan, minutes
        self.warnings: Sequence[object] = ()
        super().__init__(*args, **kwargs)

    def clean_day(self) -> date:
        day: date = self.cleaned_data["day"]
        if not self.plan.starts_on <= day <= self.plan.ends_on:
            raise forms.ValidationError(_("Datoen ligger uden for skoleåret."))
        return day

    def clean_start(self) -> time:
        start: time = self.cleaned_data["start"]
        if not ends_in_time(start, self.minutes):
            last = DAY_MINUTES - self.minutes
            raise forms.ValidationError(
                _(
                    "Mødet varer %(n)s minutter og ville slutte efter midnat. Det kan senest begynde kl. %(last)s."
                ),
                code="past_midnight",
                params={"n": self.minutes, "last": f"{last // 60}.{last % 60:02d}"},
            )
        return start.replace(second=0, microsecond=0)

    def warn(self, lines: Sequence[object], *, asks: bool) -> bool:
        """Show what speaks against the place; tells whether the user has said yes to it.

        `asks`: the meeting is to be moved, not only tried at the place.
        """
        self.warnings = lines
        if lines and not self.cleaned_data.get("confirmed"):
            if not asks:
                return False
            self.add_error("confirmed", _("Sæt kryds, hvis mødet skal ligge der alligevel."))
            return False
        return True


class PublishForm(TovholderForm):
    """Whether the invitations go out at once."""

    NOW, LATER = "nu", "senere"
    invites = forms.ChoiceField(
        label=_("Indkaldelser"),
        choices=[
            (LATER, _("Læg kun møderne i kalenderen. Det kan gøres om, til indkaldelserne sendes.")),
            (NOW, _("Læg møderne i kalenderen, og send indkaldelserne nu.")),
        ],
        initial=LATER,
        widget=forms.RadioSelect,
    )
    version = forms.IntegerField(widget=forms.HiddenInput)
