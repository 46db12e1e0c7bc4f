"""The steps on the way of a concern."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tovholder.access.levels import Level
from tovholder.citizens.models import Child
from tovholder.concerns.models import ENDED, TRANSITIONS, Concern, ConcernStatus, Entry, Team
from tovholder.concerns.quarters import last_quarters
from tovholder.directory.models import Person
from tovholder.ui.forms import SeveralField, TovholderForm

TEXT_MAX = 4000


def _area(label: Any, rows: int = 3, **more: Any) -> forms.CharField:
    return forms.CharField(
        label=label, max_length=TEXT_MAX, widget=forms.Textarea(attrs={"rows": rows}), **more
    )


class ConcernForm(TovholderForm):
    """What is written in a concern: looked through until the concern has a name, for then its texts are sealed."""

    def __init__(self, *args: Any, concern: Concern, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if concern.level == Level.NAMED:
            self.guarded = ()


class StatusForm(ConcernForm):
    guarded = ("reason",)
    status = forms.ChoiceField(label=_("Ny status"), widget=forms.RadioSelect)
    reason = _area(
        _("Hvorfor?"),
        required=False,
        help_text=_(
            "Skal skrives, når sagen slutter eller genåbnes. Den, der rejste sagen, ser ikke teksten."
        ),
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, concern: Concern, may_triage: bool, **kwargs: Any) -> None:
        super().__init__(*args, concern=concern, **kwargs)
        allowed = TRANSITIONS[concern.status]
        needs = ENDED | {ConcernStatus.REOPENED}
        self.fields["status"].choices = [  # type: ignore[attr-defined]
            (each.value, each.label)
            for each in ConcernStatus
            if each in allowed and (may_triage or each not in needs)
        ]

    def show_version(self, concern: Concern) -> None:
        """After a conflict the page shows the new status, and what is sent next is about that."""
        self.data = {
            **{name: self.data.get(name, "") for name in self.fields},
            "version": str(concern.version),
        }


class NoteForm(ConcernForm):
    guarded = ("text",)
    kind = forms.ChoiceField(
        label=_("Hvad skriver du?"),
        choices=[(each.value, each.label) for each in (Entry.Kind.NOTE, Entry.Kind.CONTACT)],
        widget=forms.RadioSelect,
        initial=Entry.Kind.NOTE,
    )
    text = _area(_("Tekst"))


class ChildsWordsForm(ConcernForm):
    """What the child says. Neither answer is chosen beforehand: whether parents may see it is asked of the child.

    At a meeting, where the text is saved under way, "Nej" stands until the child's yes.
    """

    guarded = ("text",)
    child = forms.ModelChoiceField(
        label=_("Hvilket barn?"), queryset=Child.objects.none(), empty_label=_("Vælg")
    )
    text = _area(
        _("Hvad siger barnet selv?"), help_text=_("Skriv det så tæt på barnets egne ord som muligt.")
    )
    agrees = forms.ChoiceField(
        label=_("Må forældrene se det?"),
        choices=[
            ("no", _("Nej, kun dem, der arbejder med sagen")),
            ("yes", _("Ja, barnet er indforstået med, at forældrene ser det")),
        ],
        widget=forms.RadioSelect,
        help_text=_("Spørg barnet. Barnet kan altid fortryde: skriv det i så fald i forløbet."),
    )

    def __init__(self, *args: Any, children: Sequence[Child], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if len(children) < 2:
            del self.fields["child"]
            return
        field = self.fields["child"]
        field.queryset = Child.objects.filter(pk__in=[each.pk for each in children])  # type: ignore[attr-defined]
        field.label_from_instance = lambda child: child.code  # type: ignore[attr-defined]

    def values(self) -> dict[str, Any]:
        return {**self.cleaned_data, "agrees": self.cleaned_data["agrees"] == "yes"}


class AdviceForm(ConcernForm):
    guarded = ("text",)
    text = _area(_("Hvad er jeres råd?"), 4)


class QuestionForm(ConcernForm):
    guarded = ("text",)
    to_person = forms.ModelChoiceField(
        label=_("Til hvem?"),
        queryset=Person.objects.none(),
        empty_label=_("Vælg person"),
        help_text=_(
            "De faste kontaktpersoner på skolen eller stedet. Personen ser kun spørgsmålet, ikke sagen."
        ),
    )
    text = _area(_("Spørgsmål"), help_text=_("Skriv ikke mere, end personen skal bruge for at svare."))

    def __init__(self, *args: Any, people: QuerySet[Person], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["to_person"]
        field.queryset = people  # type: ignore[attr-defined]
        field.label_from_instance = lambda person: ", ".join(  # type: ignore[attr-defined]
            filter(None, (person.name, person.title))
        )


class AnswerForm(ConcernForm):
    guarded = ("text",)
    text = _area(_("Dit svar"), 4)


class NotificationForm(ConcernForm):
    guarded = ("note",)
    sent_on = forms.DateField(label=_("Hvornår underrettede du?"), widget=forms.DateInput)
    note = _area(_("Bemærkning"), 2, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, initial={"sent_on": timezone.localdate()}, **kwargs)


class ReceiptForm(TovholderForm):
    receipt_on = forms.DateField(label=_("Hvornår kom kvitteringen?"), widget=forms.DateInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, initial={"receipt_on": timezone.localdate()}, **kwargs)


class AbsenceForm(TovholderForm):
    quarter = forms.ChoiceField(label=_("Kvartal"))
    percent = forms.IntegerField(
        label=_("Ulovligt fravær i procent"), min_value=0, max_value=100, help_text=_("Hele procent.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        quarters = last_quarters(timezone.localdate())
        self.fields["quarter"].choices = [(each.isoformat(), quarter_name(each)) for each in quarters]  # type: ignore[attr-defined]

    def clean_quarter(self) -> date:
        return date.fromisoformat(self.cleaned_data["quarter"])


def quarter_name(first_day: date) -> str:
    return str(_("%(n)d. kvartal %(year)d")) % {"n": (first_day.month + 2) // 3, "year": first_day.year}


class ListsForm(TovholderForm):
    teams = SeveralField(
        label=_("Sagen står på listen hos"),
        queryset=Team.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["teams"].queryset = Team.objects.filter(retired_at__isnull=True, triages=False)  # type: ignore[attr-defined]


class SeatForm(TovholderForm):
    person = forms.ModelChoiceField(
        label=_("Person"), queryset=Person.objects.none(), empty_label=_("Vælg person")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = Person.objects.current().filter(user__isnull=False).select_related("organisation")
        field = self.fields["person"]
        field.queryset = people  # type: ignore[attr-defined]
        field.label_from_instance = lambda person: (  # type: ignore[attr-defined]
            f"{person.name} ({person.organisation})" if person.organisation else person.name
        )
