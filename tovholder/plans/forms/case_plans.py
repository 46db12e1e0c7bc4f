"""What people fill in about a plan around a child."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tovholder.directory.models import Person
from tovholder.forums.models import Forum
from tovholder.plans.forms import TEXT_MAX, PersonChoice, PersonsChoice
from tovholder.plans.models import CasePlan, Scaling
from tovholder.plans.services.case_plans import PlanTexts
from tovholder.ui.forms import TovholderForm

FIRST_REVIEW = timedelta(weeks=6)


def _area(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows, "autocomplete": "off"})


class PlanForm(TovholderForm):
    child = forms.ChoiceField(label=_("Barn"))
    goals = forms.CharField(
        label=_("Mål med familiens egne ord"), max_length=TEXT_MAX, widget=_area(4),
        help_text=_("Skriv det, som barnet, den unge og familien selv siger det. Ét mål på hver linje."),
    )  # fmt: skip
    resources = forms.CharField(
        label=_("Hvad kan familien og barnet selv?"), max_length=TEXT_MAX, required=False, widget=_area(3),
        help_text=_("Styrker, interesser og mennesker, der er gode at have."),
    )  # fmt: skip
    reflections = forms.CharField(
        label=_("Familiens egne overvejelser"), max_length=TEXT_MAX, required=False, widget=_area(3)
    )
    review_on = forms.DateField(label=_("Hvornår ser I på den igen?"), widget=forms.DateInput)

    def __init__(self, *args: Any, children: list[tuple[int, str]] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if children is None:
            del self.fields["child"]
            return
        self.fields["child"].choices = children  # type: ignore[attr-defined]
        if len(children) == 1:
            self.fields["child"].initial = children[0][0]
            self.fields["child"].widget = forms.HiddenInput()
        self.fields["review_on"].initial = timezone.localdate() + FIRST_REVIEW

    @property
    def texts(self) -> PlanTexts:
        data = self.cleaned_data
        return PlanTexts(data["goals"], data["resources"], data["reflections"])


class EffortForm(TovholderForm):
    words = forms.CharField(label=_("Hvad skal ske?"), max_length=TEXT_MAX, widget=_area(2))
    responsible = PersonChoice(
        label=_("Hvem gør det?"), queryset=Person.objects.none(), empty_label=_("Vælg person"), required=False,
        help_text=_("Kan vente. Indsatsaftalen er først klar, når alle indsatser har en ansvarlig og en frist."),
    )  # fmt: skip
    due_on = forms.DateField(label=_("Frist"), widget=forms.DateInput, required=False)
    sign_of_progress = forms.CharField(
        label=_("Hvad er tegn på, at det virker?"), max_length=TEXT_MAX, required=False, widget=_area(2)
    )
    priority = forms.IntegerField(
        label=_("Prioritet"), min_value=1, max_value=99, help_text=_("1 er det vigtigste.")
    )
    forum = forms.TypedChoiceField(
        label=_("Følges op af"), choices=[],
        help_text=_("Forummets medlemmer ser ikke aftalen."),
    )  # fmt: skip
    helpers = PersonsChoice(
        label=_("Sammen med"),
        queryset=Person.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(
        self, *args: Any, people: QuerySet[Person], forums: QuerySet[Forum], due_days: int, **kwargs: Any
    ) -> None:
        initial = {"due_on": timezone.localdate() + timedelta(days=due_days)}
        super().__init__(*args, initial={**initial, **(kwargs.pop("initial", None) or {})}, **kwargs)
        for name in ("responsible", "helpers"):
            self.fields[name].queryset = people  # type: ignore[attr-defined]
        known = {str(each.pk): each for each in forums}
        self.fields["forum"].choices = [(pk, each.name) for pk, each in known.items()]  # type: ignore[attr-defined]
        self.fields["forum"].coerce = known.__getitem__  # type: ignore[attr-defined]


class ScalingForm(TovholderForm):
    by_whom = forms.ChoiceField(
        label=_("Hvem sætter tallet?"), choices=Scaling.By.choices, widget=forms.RadioSelect
    )
    value = forms.TypedChoiceField(
        label=_("Hvor er I nu?"), coerce=int, choices=[("", _("Vælg et tal")), *((n, n) for n in range(11))],
        help_text=_("0 er, når det er sværest. 10 er, når det er, som I gerne vil have det."),
    )  # fmt: skip
    words = forms.CharField(
        label=_("Hvad siger de selv om tallet?"), max_length=TEXT_MAX, required=False, widget=_area(2)
    )
    on = forms.DateField(label=_("Dato"), widget=forms.DateInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["on"].initial = timezone.localdate()


class CloseForm(TovholderForm):
    outcome = forms.CharField(label=_("Hvordan er det gået?"), max_length=TEXT_MAX, widget=_area(4))
    ends_concern = forms.BooleanField(label=_("Afslut også sagen"), required=False, initial=True)

    def __init__(self, *args: Any, may_end_concern: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not may_end_concern:
            del self.fields["ends_concern"]


class GiveOnForm(CloseForm):
    to = forms.ChoiceField(
        label=_("Hvem tager over?"), choices=CasePlan.Receiver.choices, widget=forms.RadioSelect
    )
    outcome = forms.CharField(
        label=_("Hvorfor, og hvad skal de vide?"), max_length=TEXT_MAX, widget=_area(4),
        help_text=_("Tovholder sender ikke noget. Giv selv besked, og spørg familien først."),
    )  # fmt: skip
    field_order = ["to", "outcome", "ends_concern"]


class ReleaseForm(TovholderForm):
    """What a person must have looked for before a family reads the page."""

    looked_through = forms.BooleanField(
        label=_("Der står intet privat om den ene forælder, som den anden ikke må vide"),
        error_messages={"required": _("Læs siden igennem, og sæt kryds, før den frigives.")},
    )


class PlanFilterForm(TovholderForm):
    vis = forms.ChoiceField(
        label=_("Vis"), required=False,
        choices=[("", _("I gang")), ("ses", _("Skal ses på nu")), ("slut", _("Afsluttet eller givet videre"))],
    )  # fmt: skip
