"""What people fill in about agreements."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _

from tovholder.access.levels import Level
from tovholder.directory.models import Person
from tovholder.forums.models import Forum
from tovholder.plans import policy
from tovholder.plans.models import Agreement, CaseAgreement
from tovholder.plans.queries import LACKS, ORDERS, members_of
from tovholder.plans.services.case_reading import CaseAgreementView
from tovholder.ui.forms import SeveralField, TovholderForm

WHAT_MAX = 300
TEXT_MAX = 4000


class PersonChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    def label_from_instance(self, obj: Person) -> str:
        return f"{obj.name} ({obj.organisation})" if obj.organisation else obj.name


class PersonsChoice(SeveralField):
    label_from_instance = PersonChoice.label_from_instance


class NewAgreementForm(TovholderForm):
    guarded = ("what",)

    what = forms.CharField(
        label=_("Hvad er aftalen?"), max_length=WHAT_MAX, help_text=_("Skriv, hvad der skal gøres.")
    )
    forum = forms.ModelChoiceField(
        label=_("Forum"), queryset=Forum.objects.none(), empty_label=_("Vælg forum")
    )
    responsible = PersonChoice(
        label=_("Hvem gør det?"), queryset=Person.objects.none(), empty_label=_("Vælg person")
    )
    due_on = forms.DateField(label=_("Frist"), widget=forms.DateInput)
    helpers = PersonsChoice(
        label=_("Sammen med"),
        queryset=Person.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    level = forms.ChoiceField(
        label=_("Niveau"), choices=[(each.value, each.label) for each in (Level.GENERAL, Level.ANONYMOUS)],
        widget=forms.RadioSelect, initial=Level.GENERAL,
    )  # fmt: skip

    def __init__(
        self, *args: Any, forums: QuerySet[Forum], person: Person | None, due_days: int, **kwargs: Any
    ) -> None:
        initial = {"responsible": person, "due_on": timezone.localdate() + timedelta(days=due_days)}
        super().__init__(*args, initial={**initial, **(kwargs.pop("initial", None) or {})}, **kwargs)
        chosen = list(forums)
        _choose_from(self.fields["forum"], forums)
        members = members_of({each.pk for each in chosen})
        _choose_from(self.fields["responsible"], members)
        _choose_from(self.fields["helpers"], members)
        if len(chosen) == 1:
            self.fields["forum"].initial = chosen[0]
        if all(each.highest_level == Level.GENERAL for each in chosen):
            del self.fields["level"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        data.setdefault("level", Level.GENERAL)
        forum = data.get("forum")
        if forum is not None and not (decision := policy.may_use_level(forum, data["level"])):
            self.add_error("level" if "level" in self.fields else "forum", decision.reason)
        return data


class ChangeForm(TovholderForm):
    guarded = ("reason", "what")

    reason = forms.CharField(
        label=_("Hvorfor ændres aftalen?"), max_length=TEXT_MAX, widget=forms.Textarea(attrs={"rows": 2})
    )
    what = forms.CharField(label=_("Hvad er den nye aftale?"), max_length=WHAT_MAX)
    responsible = PersonChoice(
        label=_("Hvem gør det?"), queryset=Person.objects.none(), empty_label=_("Vælg person")
    )
    due_on = forms.DateField(label=_("Frist"), widget=forms.DateInput)
    helpers = PersonsChoice(
        label=_("Sammen med"),
        queryset=Person.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, agreement: Agreement, **kwargs: Any) -> None:
        initial = {
            "what": agreement.what,
            "responsible": agreement.responsible_id,
            # A date that has gone is no proposal for the new agreement.
            "due_on": agreement.due_on
            if agreement.due_on and agreement.due_on >= timezone.localdate()
            else None,
            "helpers": [each.pk for each in agreement.helpers.all()],
        }
        super().__init__(*args, initial=initial, **kwargs)
        people = people_for(agreement)
        _choose_from(self.fields["responsible"], people)
        _choose_from(self.fields["helpers"], people)


class CompleteForm(TovholderForm):
    """What an agreement still lacks: the person or the date."""

    responsible = PersonChoice(
        label=_("Hvem gør det?"), queryset=Person.objects.none(), empty_label=_("Vælg person")
    )
    due_on = forms.DateField(label=_("Frist"), widget=forms.DateInput)

    def __init__(self, *args: Any, agreement: Agreement, **kwargs: Any) -> None:
        initial = {"responsible": agreement.responsible_id, "due_on": agreement.due_on}
        super().__init__(*args, initial=initial, **kwargs)
        _choose_from(self.fields["responsible"], people_for(agreement))


class ContinueForm(TovholderForm):
    guarded = ("note",)

    due_on = forms.DateField(
        label=_("Ny frist"),
        required=False,
        widget=forms.DateInput,
        help_text=_("Lad feltet stå tomt, hvis fristen bliver."),
    )
    note = forms.CharField(
        label=_("Hvad er næste skridt?"),
        max_length=TEXT_MAX,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def clean_due_on(self) -> Any:
        due_on = self.cleaned_data["due_on"]
        if due_on is not None and due_on < timezone.localdate():
            raise forms.ValidationError(_("Vælg en dag, der ikke er gået."))
        return due_on


class StopForm(TovholderForm):
    guarded = ("reason",)

    reason = forms.CharField(
        label=_("Hvorfor stopper I?"), max_length=TEXT_MAX, widget=forms.Textarea(attrs={"rows": 3})
    )


class StatusForm(TovholderForm):
    guarded = ("text",)

    text = forms.CharField(
        label=_("Hvordan går det?"), max_length=TEXT_MAX, widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip


class MineFilterForm(TovholderForm):
    q = forms.CharField(
        label=_("Søg i aftaler"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"type": "search"}),
    )
    forum = forms.ChoiceField(label=_("Forum"), required=False)
    orden = forms.ChoiceField(
        label=_("Sortér"),
        required=False,
        choices=list(zip(ORDERS, (_("Ældste frist"), _("Nyeste aftale"), _("Forum")), strict=True)),
    )

    def __init__(self, *args: Any, forums: list[Forum], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["forum"].choices = [("", _("Alle mine fora")), *((each.pk, each.name) for each in forums)]  # type: ignore[attr-defined]


class BoardFilterForm(MineFilterForm):
    orden = forms.ChoiceField(
        label=_("Vis efter"),
        required=False,
        choices=[("forum", _("Forum")), ("person", _("Person")), ("alder", _("Frist"))],
    )
    kun = forms.ChoiceField(
        label=_("Vis kun"),
        required=False,
        choices=[
            ("", _("Alle åbne")),
            *zip(LACKS, (_("Over fristen"), _("Uden person eller frist"), _("Skal vælges")), strict=True),
        ],
    )


class CaseChangeForm(TovholderForm):
    """As `ChangeForm`, for one in a case by name; who helps goes on helping. `view` is what the page has opened of it."""

    reason = forms.CharField(
        label=_("Hvorfor ændres aftalen?"), max_length=TEXT_MAX, widget=forms.Textarea(attrs={"rows": 2})
    )
    words = forms.CharField(
        label=_("Hvad er den nye aftale?"), max_length=TEXT_MAX, widget=forms.Textarea(attrs={"rows": 2})
    )
    responsible = PersonChoice(
        label=_("Hvem gør det?"), queryset=Person.objects.none(), empty_label=_("Vælg person")
    )
    due_on = forms.DateField(label=_("Frist"), widget=forms.DateInput)
    sign_of_progress = forms.CharField(
        label=_("Hvad er tegn på, at det virker?"), max_length=TEXT_MAX, required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip

    def __init__(
        self,
        *args: Any,
        case: CaseAgreement,
        people: QuerySet[Person],
        view: CaseAgreementView,
        **kwargs: Any,
    ) -> None:
        agreement = case.agreement
        coming = agreement.due_on if agreement.due_on and agreement.due_on >= timezone.localdate() else None
        initial: dict[str, Any] = {"responsible": agreement.responsible_id, "due_on": coming}
        # Where a text cannot be read its field stands empty, not with the sentence that says so.
        initial |= {"words": view.words.text, "sign_of_progress": view.sign_of_progress.text}
        super().__init__(*args, initial=initial, **kwargs)
        _choose_from(self.fields["responsible"], people)


class CaseEditForm(TovholderForm):
    responsible = PersonChoice(
        label=_("Hvem gør det?"), queryset=Person.objects.none(), empty_label=_("Vælg person")
    )
    helpers = PersonsChoice(
        label=_("Sammen med"),
        queryset=Person.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    due_on = forms.DateField(label=_("Frist"), widget=forms.DateInput)
    priority = forms.IntegerField(
        label=_("Prioritet"), min_value=1, max_value=99, required=False,
        help_text=_("1 er det vigtigste."),
    )  # fmt: skip

    def __init__(self, *args: Any, case: CaseAgreement, people: QuerySet[Person], **kwargs: Any) -> None:
        agreement = case.agreement
        initial = {
            "responsible": agreement.responsible_id,
            "helpers": [each.pk for each in agreement.helpers.all()],
            "due_on": agreement.due_on,
            "priority": case.priority or None,
        }
        super().__init__(*args, initial=initial, **kwargs)
        _choose_from(self.fields["responsible"], people)
        _choose_from(self.fields["helpers"], people)
        # What a draft lacks can be filled in bit by bit; what it has is not taken out again.
        for name in ("responsible", "due_on"):
            self.fields[name].required = initial[name] is not None


def safe_return(target: str, otherwise: str) -> str:
    """Return where the button was pressed, if that is a page of ours."""
    if target.startswith("/") and url_has_allowed_host_and_scheme(target, allowed_hosts=None):
        return target
    return otherwise


def people_for(agreement: Agreement) -> QuerySet[Person]:
    """Return those who can take the agreement: the forum's members, and who has it or helps already."""
    already = [agreement.responsible_id, *(each.pk for each in agreement.helpers.all())]
    members = members_of({agreement.forum_id})
    return members | Person.objects.filter(
        pk__in=[pk for pk in already if pk], left_on__isnull=True
    ).select_related("organisation")


def _choose_from(field: forms.Field, queryset: QuerySet[Any]) -> None:
    field.queryset = queryset  # type: ignore[attr-defined]
