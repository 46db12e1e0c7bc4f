"""The page where a concern is raised, in a minute, on a phone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tovholder.access.levels import Level
from tovholder.citizens.identity import Identity
from tovholder.concerns.forms.identifying import warning_of
from tovholder.concerns.models import Category, ConcernRules, Factor, ScaleLevel, Subject
from tovholder.concerns.services.raising import ConcernFacts, ConcernTexts
from tovholder.concerns.wording import factors_json
from tovholder.directory.models import District, Organisation
from tovholder.ui.forms import NamesOnly, SeveralField, TovholderForm

TEXT_MAX = 4000
CHILDREN = 3
# What it is about, and the level that goes with it, as one question.
ABOUT: dict[str, tuple[str, str]] = {
    "barn": (Subject.CHILD, Level.ANONYMOUS),
    "barn-navn": (Subject.CHILD, Level.NAMED),
    "gruppe": (Subject.GROUP, Level.ANONYMOUS),
    "gruppe-navn": (Subject.GROUP, Level.NAMED),
    "sted": (Subject.PLACE, Level.GENERAL),
    "breder-sig": (Subject.PHENOMENON, Level.GENERAL),
}
ABOUT_WORDS = (
    ("barn", gettext_lazy("Et barn eller en ung, uden navn")),
    ("barn-navn", gettext_lazy("Et barn eller en ung, med navn")),
    ("gruppe", gettext_lazy("En gruppe, uden navne")),
    ("gruppe-navn", gettext_lazy("En gruppe, med navne")),
    ("sted", gettext_lazy("Et sted")),
    ("breder-sig", gettext_lazy("Noget, der breder sig")),
)
TEXTS = ("seen", "since", "tried", "works", "own_risk", "own_protective")


class _Names(forms.ModelChoiceField):  # type: ignore[type-arg]
    iterator = NamesOnly


class _Words(SeveralField):
    iterator = NamesOnly


def _area(label: Any, rows: int = 2, **more: Any) -> forms.CharField:
    return forms.CharField(
        label=label, max_length=TEXT_MAX, widget=forms.Textarea(attrs={"rows": rows}), **more
    )


def _words(label: Any) -> _Words:
    return _Words(
        label=label,
        queryset=Factor.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )


class RaiseForm(TovholderForm):
    guarded = TEXTS
    about = forms.ChoiceField(
        label=gettext_lazy("Hvem eller hvad handler det om?"),
        choices=ABOUT_WORDS,
        widget=forms.RadioSelect,
        initial="barn",
    )
    seen = _area(
        gettext_lazy("Hvad har du selv set eller hørt?"),
        3,
        help_text=gettext_lazy("Skriv, hvad der skete, ikke hvad du tror. Skriv ingen navne her."),
    )
    scale_level = _Names(
        label=gettext_lazy("Hvor bekymret er du?"),
        queryset=ScaleLevel.objects.none(),
        widget=forms.RadioSelect,
        empty_label=None,
    )
    categories = _words(gettext_lazy("Handler det også om noget af dette?"))
    organisation = _Names(
        label=gettext_lazy("Skole eller sted"),
        queryset=Organisation.objects.none(),
        required=False,
        empty_label=gettext_lazy("Ingen skole"),
    )
    district = _Names(
        label=gettext_lazy("Distrikt"),
        queryset=District.objects.none(),
        required=False,
        empty_label=gettext_lazy("Skolens distrikt"),
    )
    since = forms.CharField(label=gettext_lazy("Siden hvornår?"), max_length=200, required=False)
    tried = _area(gettext_lazy("Hvad er prøvet?"), required=False)
    works = _area(gettext_lazy("Hvad virker?"), required=False)
    risk = _words(gettext_lazy("Det bekymrer"))
    own_risk = forms.CharField(label=gettext_lazy("Andet, der bekymrer"), max_length=200, required=False)
    protective = _words(gettext_lazy("Det styrker"))
    own_protective = forms.CharField(label=gettext_lazy("Andet, der styrker"), max_length=200, required=False)
    sure = forms.BooleanField(
        label=gettext_lazy("Ja, gem teksten, som den er"), required=False, widget=forms.HiddenInput
    )

    def __init__(self, *args: Any, place: Organisation | None, rules: ConcernRules, **kwargs: Any) -> None:
        self.rules, self._own_place = rules, place
        self.warnings: list[str] = []
        super().__init__(
            *args,
            initial={"organisation": place.pk if place else None, **kwargs.pop("initial", {})},
            **kwargs,
        )
        standing = Q(retired_at__isnull=True)
        own = Q(pk=place.pk) if place is not None else Q()
        self._choose_scale()
        _choose(self.fields["categories"], Category.objects.filter(standing))
        _choose(self.fields["district"], District.objects.filter(standing))
        schools = Organisation.objects.filter(Q(school__isnull=False) | own, standing)
        _choose(self.fields["organisation"], schools.distinct())
        self._choose_factors()
        for number in range(1, CHILDREN + 1):
            self.fields[f"child_name_{number}"] = forms.CharField(
                label=_("Barnets navn"), max_length=120, required=False,
                widget=forms.TextInput(attrs={"autocomplete": "off", "data-no-keep": ""}),
            )  # fmt: skip
            self.fields[f"child_born_{number}"] = forms.DateField(
                label=_("Fødselsdag"), required=False, widget=forms.DateInput(attrs={"data-no-keep": ""})
            )

    def _choose_scale(self) -> None:
        """The municipality's own steps, each with its own words."""
        field = self.fields["scale_level"]
        field.queryset = ScaleLevel.objects.filter(retired_at__isnull=True)  # type: ignore[attr-defined]
        field.choices = [  # type: ignore[attr-defined]
            (each.pk, format_html('{} <small class="th-step-says">{}</small>', each.name, each.explanation))
            for each in field.queryset  # type: ignore[attr-defined]
        ]

    def _choose_factors(self) -> None:
        """Both sides in one read."""
        rows = list(Factor.objects.filter(retired_at__isnull=True))
        for side in (Factor.Side.RISK, Factor.Side.PROTECTIVE):
            field = self.fields[side.value]
            field.queryset = Factor.objects.filter(retired_at__isnull=True, side=side)  # type: ignore[attr-defined]
            field.choices = [(each.pk, each.name) for each in rows if each.side == side]  # type: ignore[attr-defined]

    @property
    def child_rows(self) -> Iterator[tuple[forms.BoundField, forms.BoundField]]:
        for number in range(1, CHILDREN + 1):
            yield self[f"child_name_{number}"], self[f"child_born_{number}"]

    @property
    def has_more(self) -> bool:
        """Whether anything stands in the part that is folded away."""
        names = ("since", "tried", "works", "risk", "own_risk", "protective", "own_protective", "district")
        return any(self[name].value() or self[name].errors for name in names)

    @property
    def has_more_children(self) -> bool:
        return any(bound.value() or bound.errors for row in list(self.child_rows)[1:] for bound in row)

    def texts_to_guard(self) -> tuple[str, ...]:
        """Return the texts to look through: none of a named concern, which is sealed."""
        _subject, level = ABOUT.get(self.cleaned_data.get("about", ""), ABOUT["barn"])
        return () if level == Level.NAMED else super().texts_to_guard()

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        self.subject, self.level = ABOUT.get(data.get("about", ""), ABOUT["barn"])
        if self.level == Level.NAMED:
            self._clean_children(data)
        else:
            self._warn(data)
        return data

    def _clean_children(self, data: dict[str, Any]) -> None:
        for number in range(1, CHILDREN + 1):
            name, born = f"child_name_{number}", f"child_born_{number}"
            if name in self.errors or born in self.errors:
                continue
            if data.get(name) and not data.get(born):
                self.add_error(born, _("Skriv fødselsdagen."))
            elif data.get(born) and not data.get(name):
                self.add_error(name, _("Skriv barnets navn."))
            elif data.get(born) and data[born] > timezone.localdate():
                self.add_error(born, _("Fødselsdagen ligger i fremtiden."))
        if not any(data.get(f"child_name_{n}") for n in range(1, CHILDREN + 1)) and not any(
            f"child_{part}_{n}" in self.errors for part in ("name", "born") for n in range(1, CHILDREN + 1)
        ):
            self.add_error("child_name_1", _("Skriv barnets navn, eller vælg »uden navn«."))

    def _warn(self, data: dict[str, Any]) -> None:
        """Say what in the texts together can point to a child; a deliberate yes keeps it."""
        if self.level != Level.ANONYMOUS:
            return
        warning = warning_of(
            (data.get(name) for name in TEXTS),
            most=self.rules.identifying_details,
            school_known=data.get("organisation") is not None,
        )
        if not warning:
            return
        self.warnings = [warning]
        self.fields["sure"].widget = forms.CheckboxInput(attrs={"class": "form-checkbox"})
        if not data.get("sure"):
            self.add_error("sure", _("Ret teksten, eller sæt kryds, hvis den skal gemmes, som den er."))

    def as_typed(self) -> dict[str, Any]:
        """Return what is typed and chosen, faulty or not, to be shown again without being judged."""
        return {name: self[name].value() for name in self.fields}

    def chosen_place(self) -> tuple[District | None, Organisation | None]:
        """Return the district and the place as they are chosen now; what is no choice counts as none."""
        own = self._own_place
        stands = own is not None and str(self["organisation"].value()) == str(own.pk)  # read with the login
        return _chosen(self, "district"), own if stands else _chosen(self, "organisation")

    @property
    def facts(self) -> ConcernFacts:
        data = self.cleaned_data
        return ConcernFacts(
            level=self.level,
            subject=self.subject,
            district=data["district"],
            organisation=data["organisation"],
            scale_level=data["scale_level"],
            categories=data["categories"],
        )

    @property
    def texts(self) -> ConcernTexts:
        """What was written; the words that were tapped as keys of the set-up, own words as they stand."""
        data = self.cleaned_data
        sides = {
            side: [
                *(each.key for each in data[side]),
                *([data[f"own_{side}"]] if data[f"own_{side}"] else []),
            ]
            for side in (Factor.Side.RISK.value, Factor.Side.PROTECTIVE.value)
        }
        factors = factors_json(**sides) if any(sides.values()) else ""
        return ConcernTexts(
            seen=data["seen"], since=data["since"], tried=data["tried"], works=data["works"], factors=factors
        )

    @property
    def identities(self) -> list[Identity]:
        data = self.cleaned_data
        rows = ((data[f"child_name_{n}"], data[f"child_born_{n}"]) for n in range(1, CHILDREN + 1))
        return [Identity(name, born) for name, born in rows if name and born]


def _chosen(form: forms.Form, name: str) -> Any:
    value = form[name].value()
    try:
        return form.fields[name].clean(value)
    except forms.ValidationError:
        return None


def _choose(field: forms.Field, queryset: QuerySet[Any]) -> None:
    field.queryset = queryset  # type: ignore[attr-defined]
