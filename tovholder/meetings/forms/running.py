"""What is filled in while a meeting runs and when its minutes are finished."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _g
from django.utils.translation import gettext_lazy as _

from tovholder.directory.models import Organisation, Person
from tovholder.forums.models import Forum
from tovholder.meetings.models import Meeting, MinutesComment, Outcome
from tovholder.meetings.services.capturing import (
    may_be_proposed_to,
    may_be_responsible,
    next_meeting_day,
    usual_due_day,
)
from tovholder.plans.models import Agreement
from tovholder.ui.forms import TovholderForm
from tovholder.ui.templatetags.ui import dkday

WHAT_MAX, HEADING_MAX, TEXT_MAX = 300, 200, 4000
OWN_DAY, NO_DAY = "own", ""


class PersonChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    def label_from_instance(self, obj: Person) -> str:
        return f"{obj.name} ({obj.organisation})" if obj.organisation else obj.name


def offer(field: Any, rows: Iterable[Any]) -> None:
    """Give the field its choices without asking again; what is sent in is still checked by its queryset."""
    empty = [] if field.empty_label is None else [("", field.empty_label)]
    field.choices = [*empty, *((each.pk, field.label_from_instance(each)) for each in rows)]


class OneOfForums(forms.ModelChoiceField):  # type: ignore[type-arg]
    """Which forum of a joint meeting something belongs to."""

    def __init__(self, meeting: Meeting, label: str) -> None:
        super().__init__(meeting.forums.all(), label=label, initial=meeting.lead_forum_id, empty_label=None)
        offer(self, meeting.forums.all())


def due_choices(meeting: Meeting) -> list[tuple[str, str]]:
    """Return the days to choose between, as ISO dates; each once, the usual one first."""
    today = timezone.localdate()
    coming = next_meeting_day(meeting)
    usual = usual_due_day(coming, getattr(meeting, "default_due_days", None))
    first = _g("Næste møde, %(day)s") if coming == usual else _g("Om %(n)s dage, %(day)s")
    rows = [(usual, first % {"day": dkday(usual), "n": (usual - today).days})]
    for days, label in (
        (7, _g("Om en uge, %(day)s")),
        (14, _g("Om to uger, %(day)s")),
        (30, _g("Om en måned, %(day)s")),
    ):
        day = today + timedelta(days=days)
        if day not in {each for each, _label in rows}:
            rows.append((day, label % {"day": dkday(day)}))
    choices = [(day.isoformat(), label) for day, label in rows]
    return [*choices, (OWN_DAY, _g("Vælg en anden dag")), (NO_DAY, _g("Uden frist indtil videre"))]


class DueMixin(forms.Form):
    """A due day from a short list, or one of their own; `cleaned_data["due_on"]` is the answer."""

    def add_due_fields(self, meeting: Meeting) -> None:
        choices = due_choices(meeting)
        self.fields["due"] = forms.ChoiceField(
            label=_g("Hvornår?"), choices=choices, required=False, initial=choices[0][0]
        )
        self.fields["own_day"] = forms.DateField(
            label=_g("Anden dag"), required=False, widget=forms.DateInput
        )

    def due_day(self, cleaned: dict[str, Any]) -> date | None:
        chosen = cleaned.get("due", "")
        if chosen == OWN_DAY:
            if not cleaned.get("own_day") and "own_day" not in self.errors:
                self.add_error("own_day", _g("Vælg en dag."))
            return cleaned.get("own_day")
        return date.fromisoformat(chosen) if chosen else None


class QuickForm(TovholderForm):
    """Caught while people talk: no marks beside the labels, the answer to a missing word is enough."""

    mark = ""  # type: ignore[assignment]


class AgreementForm(DueMixin, QuickForm):
    guarded = ("what",)

    what = forms.CharField(label=_("Hvad er aftalen?"), max_length=WHAT_MAX)
    responsible = PersonChoice(
        label=_("Hvem gør det?"),
        queryset=Person.objects.none(),
        required=False,
        empty_label=_("Ikke valgt endnu"),
    )

    def __init__(
        self, *args: Any, meeting: Meeting, people: Iterable[Any] | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["responsible"]
        field.queryset = may_be_responsible(meeting).select_related("organisation")
        if people is not None:
            offer(field, [each for each in people if each.is_here])
        self.add_due_fields(meeting)
        if len(meeting.forums.all()) > 1:
            self.fields["forum"] = OneOfForums(meeting, _g("Hvilket forum hører aftalen til?"))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        cleaned["due_on"] = self.due_day(cleaned)
        return cleaned


class EditAgreementForm(TovholderForm):
    """Correct a caught agreement: the day is a plain date here."""

    guarded: tuple[str, ...] = ("what",)

    what = forms.CharField(label=_("Hvad er aftalen?"), max_length=WHAT_MAX)
    responsible = PersonChoice(
        label=_("Hvem gør det?"),
        queryset=Person.objects.none(),
        required=False,
        empty_label=_("Ikke valgt endnu"),
    )
    due_on = forms.DateField(label=_("Frist"), required=False, widget=forms.DateInput)

    def __init__(self, *args: Any, meeting: Meeting, agreement: Agreement, **kwargs: Any) -> None:
        initial = {
            "what": agreement.what,
            "responsible": agreement.responsible_id,
            "due_on": agreement.due_on,
        }
        super().__init__(*args, initial=initial, **kwargs)
        people: Any = self.fields["responsible"]
        people.queryset = may_be_responsible(meeting).select_related("organisation")
        for name in ("responsible", "due_on"):
            # What is given can be given to another, not taken away: an agreement needs both.
            self.fields[name].required = initial[name] is not None


class ChangeForm(EditAgreementForm):
    """A carried agreement is changed: the reason closes the old one."""

    guarded = ("what", "reason")

    reason = forms.CharField(label=_("Hvorfor ændres aftalen?"), max_length=TEXT_MAX, widget=forms.Textarea)
    field_order = ["what", "responsible", "due_on", "reason"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["what"].label = _g("Hvad er den nye aftale?")
        self.fields["responsible"].required = self.fields["due_on"].required = True


class StopForm(TovholderForm):
    guarded = ("reason",)

    reason = forms.CharField(label=_("Hvorfor stopper aftalen?"), max_length=TEXT_MAX, widget=forms.Textarea)


class ContinueForm(TovholderForm):
    due_on = forms.DateField(label=_("Ny frist"), required=False, widget=forms.DateInput)


class OutcomeForm(QuickForm):
    guarded = ("text",)

    text = forms.CharField(max_length=TEXT_MAX, widget=forms.Textarea(attrs={"rows": 2}))

    LABELS = {
        Outcome.Kind.DECISION: _("Hvad blev besluttet?"),
        Outcome.Kind.INFORMATION: _("Hvad blev der orienteret om?"),
        Outcome.Kind.PROPOSAL: _("Hvad foreslår I?"),
    }

    def __init__(self, *args: Any, kind: str, meeting: Meeting, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"].label = self.LABELS[Outcome.Kind(kind)]


class ProposalForm(OutcomeForm):
    """A proposal goes to one forum that acts, or to one person."""

    to_forum = forms.ModelChoiceField(
        label=_("Til et forum"), queryset=Forum.objects.none(), required=False, empty_label=_("Intet forum")
    )
    to_person = PersonChoice(
        label=_("eller til en person"),
        queryset=Person.objects.none(),
        required=False,
        empty_label=_("Ingen person"),
    )

    def __init__(
        self, *args: Any, meeting: Meeting, people: Iterable[Any] | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, meeting=meeting, **kwargs)
        forums: Any = self.fields["to_forum"]
        field: Any = self.fields["to_person"]
        forums.queryset = Forum.objects.filter(closed_on__isnull=True, retired_at__isnull=True, acts=True)
        field.queryset = may_be_proposed_to(meeting).select_related("organisation")
        if people is not None:
            offer(field, [each for each in people if each.left_on is None])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if bool(cleaned.get("to_forum")) == bool(cleaned.get("to_person")):
            self.add_error("to_forum", _g("Vælg ét forum eller én person, som forslaget skal til."))
        return cleaned


class CaughtTopicForm(QuickForm):
    guarded = ("heading", "why")

    heading = forms.CharField(label=_("Hvilket emne skal op senere?"), max_length=HEADING_MAX)
    why = forms.CharField(label=_("Hvorfor?"), max_length=TEXT_MAX, required=False)

    def __init__(self, *args: Any, meeting: Meeting, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if len(meeting.forums.all()) > 1:
            self.fields["forum"] = OneOfForums(meeting, _g("Hvis emnebank?"))


class GuestForm(TovholderForm):
    person = PersonChoice(
        label=_("Er personen allerede i Tovholder?"),
        queryset=Person.objects.none(),
        required=False,
        empty_label=_("Nej, skriv navnet herunder"),
    )
    name = forms.CharField(label=_("Navn"), max_length=120, required=False)
    organisation = forms.ModelChoiceField(
        label=_("Kommer fra"), queryset=Organisation.objects.none(), required=False, empty_label=_("Ved ikke")
    )

    def __init__(self, *args: Any, meeting: Meeting, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people: Any = self.fields["person"]
        organisations: Any = self.fields["organisation"]
        here = meeting.participations.filter(attended=True).values("person_id")
        people.queryset = Person.objects.current().exclude(pk__in=here).select_related("organisation")
        organisations.queryset = Organisation.objects.filter(retired_at__isnull=True)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if (
            not cleaned.get("person")
            and not (cleaned.get("name") or "").strip()
            and "name" not in self.errors
        ):
            self.add_error("name", _g("Vælg en person, eller skriv et navn."))
        if cleaned.get("person") and cleaned.get("name"):
            self.add_error("name", _g("Vælg enten en person, eller skriv et navn. Ikke begge dele."))
        return cleaned


class CommentForm(TovholderForm):
    guarded = ("text",)

    stance = forms.ChoiceField(
        label=_("Hvad siger du til referatet?"),
        choices=MinutesComment.Stance.choices,
        widget=forms.RadioSelect,
    )
    text = forms.CharField(
        label=_("Bemærkning"),
        max_length=TEXT_MAX,
        required=False,
        widget=forms.Textarea,
        help_text=_("Skal udfyldes, hvis du har en indvending."),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        objects = cleaned.get("stance") == MinutesComment.Stance.OBJECT
        if objects and not (cleaned.get("text") or "").strip() and "text" not in self.errors:
            self.add_error("text", _g("Skriv, hvad din indvending er."))
        return cleaned


class AddendumForm(TovholderForm):
    guarded = ("text",)

    text = forms.CharField(label=_("Tilføjelse"), max_length=TEXT_MAX, widget=forms.Textarea)


class FixForm(TovholderForm):
    """The one thing that an agreement lacks: a responsible person or a due day."""

    responsible = PersonChoice(
        label=_("Vælg en ansvarlig"),
        queryset=Person.objects.none(),
        required=False,
        empty_label=_("Vælg en ansvarlig"),
    )
    due_on = forms.DateField(label=_("Vælg en frist"), required=False, widget=forms.DateInput)

    def __init__(
        self, *args: Any, meeting: Meeting, people: Iterable[Any] | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["responsible"]
        field.queryset = may_be_responsible(meeting).select_related("organisation")
        if people is not None:
            offer(field, [each for each in people if each.is_here])
