"""What somebody looks for in the log."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from tovholder.audit.models import Event
from tovholder.insights.presenters import OBJECT_WORDS
from tovholder.insights.queries.log import LogFilter
from tovholder.ui.forms import TovholderForm


class LogFilterForm(TovholderForm):
    """Sent by address; a field that makes no sense says so, and counts as empty."""

    hvem = forms.CharField(label=_("Hvem"), max_length=100, required=False)
    hvad = forms.CharField(label=_("Hvad"), max_length=100, required=False)
    slags = forms.ChoiceField(
        label=_("Slags"), choices=[("", _("Alle")), *Event.Kind.choices], required=False
    )
    om = forms.ChoiceField(label=_("Om"), required=False)
    nummer = forms.IntegerField(label=_("Nummer"), min_value=1, max_value=2**62, required=False)
    fra = forms.DateTimeField(label=_("Fra"), required=False)
    til = forms.DateTimeField(label=_("Til"), required=False)
    # One login or person by number, for links: a name does not belong in an address.
    af = forms.RegexField(r"^(user|person):\d{1,18}$|^system$", required=False, widget=forms.HiddenInput)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, auto_id="f_%s", **kwargs)
        words = sorted(OBJECT_WORDS.items(), key=lambda each: str(each[1]))
        self.fields["om"].choices = [("", _("Alt")), *words]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, object]:
        given = super().clean() or {}
        since, until = given.get("fra"), given.get("til")
        if since and until and until < since:
            self.add_error("til", _("Skal være efter det tidspunkt, der søges fra."))
        return given

    def wanted(self) -> LogFilter:
        """Return what is looked for."""
        if not self.is_bound:
            return LogFilter()
        self.is_valid()
        given = self.cleaned_data
        return LogFilter(
            who=given.get("hvem") or "",
            actor=given.get("af") or "",
            what=given.get("hvad") or "",
            kind=given.get("slags") or "",
            object_type=given.get("om") or "",
            object_id=str(given.get("nummer") or ""),
            since=given.get("fra"),
            until=given.get("til"),
        )
