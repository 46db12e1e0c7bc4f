"""The form of "Må vi dele?": one case, tried. Kinds of people and days; no name is asked for, nothing is kept."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import QueryDict
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from tovholder.access.bases import LegalBasis
from tovholder.access.levels import Level
from tovholder.access.sharing import (
    Case,
    Child,
    Consent,
    ForumFrame,
    Kind,
    Participant,
    PublicTask,
    Purpose,
)
from tovholder.access.sharing.case import FAMILY, YOUNG_PERSON
from tovholder.ui.forms import TovholderForm

PEOPLE, CONSENTS = 2, 1
OPEN = "aaben"  # beside a row's fields: it is to be changed, so it does not fold
MOST_PEOPLE, MOST_CONSENTS = 20, 6
# The four tasks by what they open: the early basis takes the first two only.
TASKS = (
    ("", _("Ingen")),
    (PublicTask.SOCIAL, _("Social eller undervisning")),
    (PublicTask.EMPLOYMENT, _("Beskæftigelse eller psykiatri")),
)
SUSPICIONS = (
    ("suspected_violence", _("Mistanke om vold")),
    ("suspected_abuse", _("Mistanke om overgreb")),
    ("suspected_violence_by_family", _("Mistanke om vold i familien")),
)
GIVERS = (
    ("first", _("Den første forældremyndighedsindehaver")),
    ("second", _("Den anden forældremyndighedsindehaver")),
    (YOUNG_PERSON, _("Den unge selv")),
    ("other", _("En anden")),
)
NAMED = {LegalBasis.RPL115, LegalBasis.EARLY_COOPERATION, LegalBasis.PARTICIPATION}


class CaseForm(TovholderForm):
    """What is asked about the item, the forum and the child."""

    level = forms.ChoiceField(
        label=_("Hvordan vil I tage det op?"),
        choices=Level.choices,
        initial=Level.NAMED,
        widget=forms.RadioSelect,
    )
    date = forms.DateField(label=_("Hvilken dag?"), widget=forms.DateInput, initial=timezone.localdate)
    highest_level = forms.ChoiceField(
        label=_("Hvad må forummet tage op?"), choices=Level.choices, initial=Level.NAMED
    )
    bases = forms.MultipleChoiceField(
        label=_("Hvilke grundlag må forummet bruge?"),
        choices=LegalBasis.choices,
        initial=list(LegalBasis.values),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    chair_is_ssp = forms.BooleanField(label=_("En fra SSP-teamet leder mødet"), required=False)
    basis = forms.ChoiceField(
        label=_("På hvilket grundlag?"),
        choices=[("", _("Ikke valgt")), *list(LegalBasis.choices)],
        required=False,
    )
    purpose_code = forms.ChoiceField(label=_("Hvad er formålet?"), choices=Purpose.choices)
    purpose = forms.CharField(
        label=_("Formålet med jeres egne ord"),
        required=False,
        max_length=300,
        help_text=_("Skriv ingen navne. Teksten gemmes ikke."),
    )
    is_necessary = forms.BooleanField(
        label=_("Vi kan skrive, hvorfor det er nødvendigt at nævne navnet"), required=False
    )
    birth_date = forms.DateField(label=_("Barnets fødselsdag"), required=False, widget=forms.DateInput)
    custody_holders = forms.TypedChoiceField(
        label=_("Hvor mange har forældremyndighed?"),
        choices=[(0, _("Ingen")), (1, _("Én")), (2, _("To"))],
        coerce=int,
        initial=2,
    )
    categories = forms.MultipleChoiceField(
        label=_("Er der mistanke?"), choices=SUSPICIONS, required=False, widget=forms.CheckboxSelectMultiple
    )
    prior = forms.TypedChoiceField(
        label=_("Møder før om barnet på grundlaget »Tidligt forebyggende samarbejde«"),
        choices=[(0, _("Ingen")), (1, _("Ét")), (2, _("To eller flere"))],
        coerce=int,
        initial=0,
    )
    has_special_reason = forms.BooleanField(
        label=_("Der er en særlig grund til et opfølgende møde"), required=False
    )
    family_told = forms.BooleanField(
        label=_("Familien ved på forhånd, hvem der kommer og hvorfor"), required=False
    )

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("level") == Level.NAMED and not values.get("birth_date") and not self.errors:
            self.add_error("birth_date", _("Skriv fødselsdagen: reglerne afhænger af alderen."))
        return values


class Row(TovholderForm):
    """A row of which there can be many: filled in, it folds to one line, so that twenty are still a page to look over."""

    def says(self) -> str:
        """Return what the row says in one line; empty where nobody and nothing is chosen."""
        raise NotImplementedError

    @property
    def is_folded(self) -> bool:
        """Whether it stands as a line: it can be read, says something, and nobody has asked to change it."""
        return (
            self.is_bound
            and self.is_valid()
            and bool(self.says())
            and not self.data.get(self.add_prefix(OPEN))
        )

    def packed(self) -> str:
        """Return what carries a folded row on, in one field (see `arrange`)."""
        filled = [(name, self[name].data) for name in self.fields if self[name].data]
        return urlencode([(name, "on" if value is True else value) for name, value in filled])


class PersonRow(Row):
    """One in the room: what they come as. `organisation` is a letter or word of the user's own, to match a consent."""

    kind = forms.ChoiceField(
        label=_("Kommer som"), choices=[("", _("Ingen")), *list(Kind.choices)], required=False
    )
    organisation = forms.CharField(label=_("Organisation"), required=False, max_length=80)
    public_task = forms.ChoiceField(label=_("Løser offentlig opgave"), choices=TASKS, required=False)
    outside = forms.BooleanField(label=_("Er ikke med i SSP-samarbejdet"), required=False)
    other_child = forms.BooleanField(label=_("Familie til et andet barn"), required=False)
    age = forms.IntegerField(label=_("Alder (bisidder)"), required=False, min_value=0, max_value=120)

    def says(self) -> str:
        told = self.cleaned_data
        if not told.get("kind"):
            return ""
        task = dict(TASKS)[told["public_task"]] if told["public_task"] else ""
        age = _("%(age)d år") % {"age": told["age"]} if told["age"] is not None else ""
        parts = [
            Kind(told["kind"]).label,
            told["organisation"].strip(),
            _("offentlig opgave: %(task)s") % {"task": str(task).lower()} if task else "",
            age,
            _("ikke med i SSP-samarbejdet") if told["outside"] else "",
            _("familie til et andet barn") if told["other_child"] else "",
        ]
        return " · ".join(str(each) for each in parts if each)

    def participant(self, number: int) -> Participant | None:
        told = self.cleaned_data
        if not told.get("kind"):
            return None
        kind = Kind(told["kind"])
        return Participant(
            id=str(number),
            kind=kind,
            organisation=told["organisation"].strip() or None,
            public_task=PublicTask(told["public_task"]) if told["public_task"] else None,
            in_cooperation=not told["outside"],
            own_child=kind in FAMILY and not told["other_child"],
            age=told["age"],
        )


class ConsentRow(Row):
    giver = forms.ChoiceField(
        label=_("Givet af"), choices=[("", _("Intet samtykke")), *GIVERS], required=False
    )
    organisations = forms.CharField(
        label=_("Nævner"),
        required=False,
        max_length=300,
        help_text=_("Organisationer med komma imellem, skrevet som ovenfor."),
    )
    given = forms.DateField(label=_("Givet den"), required=False, widget=forms.DateInput)
    withdrawn = forms.DateField(label=_("Trukket tilbage den"), required=False, widget=forms.DateInput)
    expires = forms.DateField(label=_("Udløber den"), required=False, widget=forms.DateInput)
    lacks = forms.BooleanField(label=_("Formål eller slags oplysninger mangler"), required=False)

    def says(self) -> str:
        told = self.cleaned_data
        if not told.get("giver"):
            return ""
        days = [
            (_("givet %(day)s"), told["given"]),
            (_("trukket tilbage %(day)s"), told["withdrawn"]),
            (_("udløber %(day)s"), told["expires"]),
        ]
        parts = [
            dict(GIVERS)[told["giver"]],
            told["organisations"].strip(),
            *(words % {"day": date_format(day, "j. F Y")} for words, day in days if day is not None),
            _("formål eller slags oplysninger mangler") if told["lacks"] else "",
        ]
        return " · ".join(str(each) for each in parts if each)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("giver") and not values.get("given") and "given" not in self.errors:
            self.add_error("given", _("Skriv, hvornår samtykket er givet."))
        given, withdrawn = values.get("given"), values.get("withdrawn")
        if given and withdrawn and withdrawn < given:
            self.add_error("withdrawn", _("Samtykket kan ikke trækkes tilbage, før det er givet."))
        return values

    def consent(self) -> Consent | None:
        told = self.cleaned_data
        if not told.get("giver"):
            return None
        named = tuple(each.strip() for each in told["organisations"].split(",") if each.strip())
        return Consent(
            giver=told["giver"],
            organisations=named,
            kinds=() if told["lacks"] else ("x",),
            purpose="" if told["lacks"] else "x",
            given=told["given"],
            withdrawn=told["withdrawn"],
            expires=told["expires"],
        )


PersonRows = forms.formset_factory(PersonRow, extra=PEOPLE, max_num=MOST_PEOPLE, absolute_max=MOST_PEOPLE)
ConsentRows = forms.formset_factory(
    ConsentRow, extra=CONSENTS, max_num=MOST_CONSENTS, absolute_max=MOST_CONSENTS
)


def arrange(told: QueryDict, prefix: str, *, blank: int, most: int) -> None:
    """Write the rows of a set anew, folded ones too: the filled ones close together, then `blank` empty ones.

    What cannot be read is left to the set itself to say.
    """
    count = told.get(f"{prefix}-TOTAL_FORMS", "")
    if not count.isdecimal() or len(count) > 3:
        return
    rows = []
    for number in range(min(int(count), most)):
        here = f"{prefix}-{number}-"
        row = {name.removeprefix(here): told.pop(name)[-1] for name in list(told) if name.startswith(here)}
        row |= QueryDict(told.get(f"{prefix}-{number}", "")).dict()
        if any(value.strip() for value in row.values()):
            rows.append(row)
    for number, row in enumerate(rows):
        for name, value in row.items():
            told[f"{prefix}-{number}-{name}"] = value
    told[f"{prefix}-TOTAL_FORMS"] = str(min(len(rows) + blank, most))


def read_case(form: CaseForm, people: Any, consents: Any) -> Case:
    """Return the case that was filled in. The forms are valid."""
    told = form.cleaned_data
    holders = ("first", "second")[: told["custody_holders"]]
    present = [each.participant(number) for number, each in enumerate(people.forms, start=1)]
    given = [each.consent() for each in consents.forms]
    return Case(
        level=Level(told["level"]),
        date=told["date"],
        forum=ForumFrame(
            Level(told["highest_level"]),
            frozenset(LegalBasis(each) for each in told["bases"]),
            told["chair_is_ssp"],
        ),
        participants=tuple(each for each in present if each is not None),
        basis=LegalBasis(told["basis"]) if told["basis"] else None,
        purpose=told["purpose"],
        purpose_code=Purpose(told["purpose_code"]),
        necessity="x" if told["is_necessary"] else "",
        child=Child(told["birth_date"], holders, frozenset(told["categories"])),
        prior_early_cooperation_meetings=told["prior"],
        special_reason="x" if told["has_special_reason"] else "",
        family_told=told["family_told"],
        consents=tuple(each for each in given if each is not None),
    )
