"""What the chair fills in to let a family read of its own child."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tovholder.citizens.models import Adult
from tovholder.citizens.services.children import ChildView
from tovholder.meetings.services.cases_reading import ALL, YOUNG, audience_word, only_for
from tovholder.ui.forms import TovholderForm

EVERYBODY = "alle"


class ReleaseForm(TovholderForm):
    child = forms.ChoiceField(label=_("Hvis familie?"))
    audience = forms.ChoiceField(
        label=_("Hvem må læse det?"),
        help_text=_(
            "Er der noget, kun den ene forælder må vide, så skriv det for sig, kun til den forælder."
        ),
    )
    text = forms.CharField(
        label=_("Det må familien læse"),
        max_length=8000,
        widget=forms.Textarea,
        help_text=_("Kun om deres eget barn. Intet om andres private forhold."),
    )

    def __init__(self, *args: Any, children: list[ChildView], **kwargs: Any) -> None:
        super().__init__(*args, initial={"child": children[0].id, "audience": EVERYBODY}, **kwargs)
        several = len(children) > 1
        choices: list[tuple[str, str]] = [
            (EVERYBODY, audience_word(ALL, children[0])),
            (YOUNG, audience_word(YOUNG, children[0])),
        ]
        for child in children:
            for adult in child.adults:
                if adult.standing == Adult.Standing.CUSTODY:
                    word = audience_word(only_for(adult.id), child)
                    choices.append((only_for(adult.id), f"{word} ({child.name})" if several else word))
        self.fields["audience"].choices = choices  # type: ignore[attr-defined]
        self.fields["child"].choices = [(str(each.id), str(each.name)) for each in children]  # type: ignore[attr-defined]
        if not several:
            self.fields["child"].widget = forms.HiddenInput()

    def clean_audience(self) -> str:
        chosen: str = self.cleaned_data["audience"]
        return ALL if chosen == EVERYBODY else chosen
