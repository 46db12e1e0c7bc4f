"""Forms about a child of a concern. A CPR number has a field of its own here, and here only."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tovholder.citizens.identity import Identity
from tovholder.citizens.models import Adult
from tovholder.citizens.services.children import AdultView, ChildView
from tovholder.citizens.services.merging import AdultAnswers
from tovholder.citizens.services.safe import Opened
from tovholder.citizens.spelling import name_parts
from tovholder.concerns.models import ConcernChild
from tovholder.ui.forms import TovholderForm

NOT_REMEMBERED = {"autocomplete": "off"}


class CprField(forms.Field):
    """No text field: the guard that refuses a CPR number everywhere else does not look at it."""

    widget = forms.TextInput(attrs=NOT_REMEMBERED | {"inputmode": "numeric", "maxlength": 14})

    def to_python(self, value: Any) -> str:
        return str(value or "").strip()


class IdentityForm(TovholderForm):
    """Who the child is."""

    name = forms.CharField(
        label=_("Barnets navn"), max_length=120, widget=forms.TextInput(attrs=NOT_REMEMBERED)
    )
    birth_date = forms.DateField(label=_("Fødselsdag"), widget=forms.DateInput)
    cpr = CprField(label=_("CPR-nummer"), required=False, help_text=_("Kun hvis I har brug for det."))
    address = forms.CharField(
        label=_("Adresse"),
        required=False,
        max_length=300,
        widget=forms.TextInput(attrs=NOT_REMEMBERED),
    )
    protected_address = forms.BooleanField(
        label=_("Adressen er beskyttet"),
        required=False,
        help_text=_("Så vises den kun, når nogen beder om den, og det står i loggen."),
    )
    in_foster_care = forms.BooleanField(label=_("Barnet er anbragt uden for hjemmet"), required=False)
    part = forms.ChoiceField(label=_("Barnets rolle i sagen"), choices=ConcernChild.Part.choices)

    def identity(self) -> Identity:
        values = {name: self.cleaned_data[name] for name in self.cleaned_data if name != "part"}
        return Identity(**values)

    @staticmethod
    def start_from(view: ChildView, part: str) -> dict[str, Any]:
        """What stands already, to be corrected. What cannot be read starts empty."""
        return {
            "name": view.name.text,
            "birth_date": view.born,
            "cpr": view.cpr.text,
            "address": view.address.text,
            "protected_address": view.protected_address,
            "in_foster_care": view.in_foster_care,
            "part": part,
        }


class LookUpForm(TovholderForm):
    """Whom a triager looks for: by CPR number, or by name with birth date."""

    cpr = CprField(label=_("CPR-nummer"), required=False)
    name = forms.CharField(
        label=_("… eller navn"), required=False, max_length=120, widget=forms.TextInput(attrs=NOT_REMEMBERED)
    )
    birth_date = forms.DateField(label=_("… med fødselsdag"), required=False, widget=forms.DateInput)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        digits = re.sub(r"\D", "", values.get("cpr") or "")
        if values.get("cpr") and len(digits) != 10:
            raise ValidationError({"cpr": _("Et CPR-nummer har ti cifre.")})
        named = bool(name_parts(values.get("name") or "")) and values.get("birth_date") is not None
        if not digits and not named and not self.errors:
            raise ValidationError(_("Skriv et CPR-nummer, eller både navn og fødselsdag."))
        return values | {"cpr": digits}

    def identity(self) -> Identity:
        told = self.cleaned_data
        named = told["birth_date"] is not None
        return Identity(told["name"] if named else "", told["birth_date"] or date.min, told["cpr"])


class PartForm(TovholderForm):
    part = forms.ChoiceField(label=_("Barnets rolle i sagen"), choices=ConcernChild.Part.choices)


class AdultForm(TovholderForm):
    """A grown-up. `identified` says whether a CPR number is known already; None where the family has no login here."""

    name = forms.CharField(label=_("Navn"), max_length=120, widget=forms.TextInput(attrs=NOT_REMEMBERED))
    standing = forms.ChoiceField(label=_("Forhold til barnet"), choices=Adult.Standing.choices)
    contact = forms.CharField(
        label=_("Telefon eller e-mail"),
        required=False,
        max_length=120,
        widget=forms.TextInput(attrs=NOT_REMEMBERED),
    )
    cpr = CprField(
        label=_("CPR-nummer, så forælderen kan logge ind"),
        required=False,
        help_text=_(
            "Nummeret gemmes ikke. Vi gemmer et spor, som kun passer til det. Kun med forældremyndighed."
        ),
    )
    forget_cpr = forms.BooleanField(label=_("Forælderen skal ikke længere kunne logge ind"), required=False)

    def __init__(self, *args: Any, identified: bool | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if identified is None:
            del self.fields["cpr"]
        elif identified:
            self.fields["cpr"].help_text = _(
                "Er skrevet. Skriv det igen for at rette det; det kan ikke vises."
            )
        if not identified:
            del self.fields["forget_cpr"]


class InformationForm(TovholderForm):
    given_on = forms.DateField(
        label=_("Fortalt den"),
        required=False,
        widget=forms.DateInput,
        help_text=_("At I har oplysninger om barnet, hvilke, hvorfor og hvem der har dem."),
    )
    exception = forms.CharField(
        label=_("… eller hvorfor I ikke fortæller det"),
        required=False,
        max_length=2000,
        widget=forms.Textarea,
    )

    def clean_given_on(self) -> date | None:
        given: date | None = self.cleaned_data["given_on"]
        if given is not None and given > timezone.localdate():
            raise ValidationError(_("Datoen ligger i fremtiden."))
        return given


class MergeForm(TovholderForm):
    """Which record stands, and who each grown-up of the other one is. Both are shown beside it."""

    confirmed = forms.BooleanField(label=_("Det er det samme barn, og jeg har set begge igennem"))

    def __init__(self, *args: Any, kept: ChildView, gone: ChildView, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.gone = gone
        here = [(f"same:{each.id}", _("Samme som %(name)s") % {"name": each.name}) for each in kept.adults]
        there = [(f"as:{value}", label) for value, label in Adult.Standing.choices]
        for adult in gone.adults:
            self.fields[f"adult_{adult.id}"] = forms.ChoiceField(
                label=_("%(name)s: hvem er det?") % {"name": adult.name},
                choices=[("", _("Vælg")), *here, *there],
                initial=_likely(adult, kept),
            )
        self.order_fields([*(f"adult_{each.id}" for each in gone.adults), "confirmed"])

    def answers(self) -> AdultAnswers:
        standing, same = {}, {}
        for adult in self.gone.adults:
            kind, _sep, value = self.cleaned_data[f"adult_{adult.id}"].partition(":")
            if kind == "same":
                same[adult.id] = int(value)
            else:
                standing[adult.id] = value
        return AdultAnswers(standing, same)


def _likely(adult: AdultView, kept: ChildView) -> str:
    """The same name in both is taken for one person; the rest must be answered."""
    for each in kept.adults:
        if name_parts(each.name.text) == name_parts(adult.name.text) and each.standing == adult.standing:
            return f"same:{each.id}"
    return ""


class RewriteForm(TovholderForm):
    """Every text of a concern, to be written anew without one of its children."""

    def __init__(self, *args: Any, texts: dict[str, Opened], labels: dict[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, opened in texts.items():
            self.fields[name] = forms.CharField(
                label=labels[name],
                required=name == "seen",
                max_length=20_000,
                initial=opened.text,
                widget=forms.Textarea,
                help_text=str(opened) if opened.fault else "",
            )
        self.fields["confirmed"] = forms.BooleanField(label=_("Teksterne fortæller ikke længere om barnet"))


class EraseForm(TovholderForm):
    confirmed = forms.BooleanField(
        label=_("Jeg har undersøgt, at kommunen ikke har pligt til at gemme oplysningerne")
    )
