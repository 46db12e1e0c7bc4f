"""Forms for answers, substitutes and guests."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from tovholder.directory.models import Organisation, Person
from tovholder.meetings.models import AgendaItem, Answer, Meeting, Participation
from tovholder.ui.forms import TovholderForm

ANSWERS = [(Answer.YES, _("Jeg kommer")), (Answer.MAYBE, _("Måske")), (Answer.NO, _("Jeg kommer ikke"))]


class AnswerForm(TovholderForm):
    guarded = ("note",)

    answer = forms.ChoiceField(label=_("Kommer du?"), choices=ANSWERS, widget=forms.RadioSelect)
    note = forms.CharField(label=_("Bemærkning til tovholderen"), max_length=200, required=False)


class SubstituteForm(TovholderForm):
    name = forms.CharField(label=_("Stedfortræderens navn"), max_length=120)
    email = forms.EmailField(label=_("Stedfortræderens e-mail"))


class GuestForm(TovholderForm):
    """Somebody known, or somebody new with name and e-mail."""

    person = forms.ModelChoiceField(
        Person.objects.none(), label=_("Vælg en person"), required=False, empty_label=_("Ny person")
    )
    name = forms.CharField(label=_("Navn på ny person"), max_length=120, required=False)
    email = forms.EmailField(label=_("E-mail på ny person"), required=False)
    organisation = forms.ModelChoiceField(
        Organisation.objects.none(), label=_("Kommer fra"), required=False, empty_label=_("Ikke valgt")
    )
    part = forms.ChoiceField(
        label=_("Kommer som"),
        choices=[(each.value, each.label) for each in (Participation.Part.GUEST, Participation.Part.SPEAKER)],
        widget=forms.RadioSelect,
        initial=Participation.Part.GUEST,
    )
    only_item = forms.ModelChoiceField(
        AgendaItem.objects.none(), label=_("Er med til"), required=False, empty_label=_("Hele mødet")
    )

    def __init__(self, *args: Any, meeting: Meeting, items: QuerySet[AgendaItem], **kwargs: Any) -> None:
        """`items` are those that the user may read."""
        super().__init__(*args, **kwargs)
        there = meeting.participations.filter(removed_at__isnull=True).values("person_id")
        people = Person.objects.current().exclude(pk__in=there).order_by("name")
        self.fields["person"].queryset = people  # type: ignore[attr-defined]
        organisations = Organisation.objects.filter(retired_at__isnull=True).order_by("name")
        self.fields["organisation"].queryset = organisations  # type: ignore[attr-defined]
        items = items.exclude(source=AgendaItem.Source.OPEN_AGREEMENTS).order_by("position")
        self.fields["only_item"].queryset = items  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not data.get("person"):
            if not data.get("name"):
                self.add_error("name", _("Vælg en person, eller skriv navnet på en ny."))
            if not data.get("email") and "email" not in self.errors:
                self.add_error("email", _("Skriv e-mailen, så gæsten kan få en indkaldelse."))
        return data
