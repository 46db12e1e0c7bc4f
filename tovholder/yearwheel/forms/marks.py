"""The form of what comes back each year on the same days."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tovholder.ui.forms import TovholderForm
from tovholder.yearwheel.forms.rules import DayInYearField
from tovholder.yearwheel.models import YearMark


class MarkForm(TovholderForm):
    """A national point, or days on which nobody meets."""

    name = forms.CharField(
        label=_("Navn"), max_length=120, help_text=_("For eksempel national trivselsmåling.")
    )
    from_day = DayInYearField(label=_("Fra (dag-måned)"), max_length=6, help_text=_("For eksempel 20-01."))
    until_day = DayInYearField(
        label=_("Til og med (dag-måned)"), max_length=6, help_text=_("Den må gerne gå hen over nytår.")
    )
    closed = forms.BooleanField(
        label=_("Ingen møder på de dage"),
        required=False,
        help_text=_("Ellers vises det kun i årshjulet, og der kan holdes møder."),
    )


def initial_of(mark: YearMark) -> dict[str, Any]:
    """Return what the form shows of a mark."""
    turned = {name: "-".join(reversed(getattr(mark, name).split("-"))) for name in ("from_day", "until_day")}
    return {"name": mark.name, "closed": mark.closed, **turned}
