"""What a reviewer says to a line."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from tovholder.oversight.models import ReviewLine
from tovholder.ui.forms import TovholderForm


class TickForm(TovholderForm):
    verdict = forms.ChoiceField(label=_("Vurdering"), choices=ReviewLine.Verdict.choices)
    note = forms.CharField(label=_("Med et par ord"), max_length=200, required=False)

    def __init__(self, *args: object, line: ReviewLine, **kwargs: object) -> None:
        super().__init__(*args, auto_id=f"l{line.pk}_%s", **kwargs)

    def clean(self) -> dict[str, object]:
        given = super().clean() or {}
        verdict, note = given.get("verdict"), str(given.get("note") or "").strip()
        if verdict and verdict != ReviewLine.Verdict.FINE and not note and "note" not in self.errors:
            self.add_error("note", _("Skriv med et par ord, hvad der skal ses på."))
        return given
