"""Forms for handing over and for closing forums."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tovholder.accounts.models import Role, User
from tovholder.directory.models import Person
from tovholder.forums.models import Forum
from tovholder.forums.queries import convened_forum_ids, visible_to
from tovholder.meetings.forms.running import offer
from tovholder.meetings.models import MeetingStatus
from tovholder.meetings.services.handover import Thing
from tovholder.plans.models import AgreementStatus
from tovholder.ui.forms import SeveralField, TovholderForm

ENDS, ENDS_WORD = "slut", _("Ophører")
RECEIVERS = "modtagere"


class ReceiverField(forms.Field):
    """Somebody out of the page's one list of people, typed or picked: a list in each line would make the page heavy."""

    def __init__(self, *, people: dict[str, Person], may_end: bool, **options: Any) -> None:
        self.people, self.may_end = people, may_end
        attrs = {"list": RECEIVERS, "autocomplete": "off", "placeholder": _("Samme som ovenfor")}
        super().__init__(required=False, widget=forms.TextInput(attrs=attrs), **options)

    def to_python(self, value: Any) -> Person | str | None:
        said = " ".join(str(value or "").split()).casefold()
        if not said:
            return None
        if said == str(ENDS_WORD).casefold():
            if self.may_end:
                return ENDS
            raise ValidationError(_("Den kan ikke ophøre. Vælg en modtager."))
        known = {label.casefold(): each for label, each in self.people.items()}
        by_name = [each for each in self.people.values() if each.name.casefold() == said]
        found = known.get(said) or (by_name[0] if len(by_name) == 1 else None)
        if found is None:
            raise ValidationError(_("Vælg en fra listen."))
        return found


class HandOverForm(TovholderForm):
    """One receiver for everything, and another one for each thing that somebody else should have."""

    left_on = forms.DateField(label=_("Fratræder"), initial=timezone.localdate)
    everything = forms.ModelChoiceField(
        label=_("Giv alt til"),
        queryset=Person.objects.none(),
        required=False,
        empty_label=_("Vælg for hver enkelt nedenfor"),
    )

    def __init__(self, *args: Any, receivers: list[Person], things: list[Thing], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.things = things
        self.people = {each.pk: each for each in receivers}
        everything: Any = self.fields["everything"]
        everything.queryset = Person.objects.filter(pk__in=self.people)
        offer(everything, receivers)
        self.by_label = _labels(receivers)
        for thing in things:
            self.fields[self._name(thing)] = ReceiverField(
                label=f"{thing.what}, {thing.where}", people=self.by_label, may_end=thing.may_end
            )

    def offered(self) -> list[str]:
        """Return what the page's list offers."""
        ends = [str(ENDS_WORD)] if any(each.may_end for each in self.things) else []
        return [*ends, *self.by_label]

    def _name(self, thing: Thing) -> str:
        return "til_" + thing.key.replace(":", "_")

    def rows(self) -> list[tuple[Thing, forms.BoundField]]:
        return [(thing, self[self._name(thing)]) for thing in self.things]

    def clean_left_on(self) -> Any:
        day = self.cleaned_data["left_on"]
        if day > timezone.localdate():
            raise ValidationError(_("Gør det den dag, personen fratræder."))
        return day

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not data.get("everything"):
            for thing in self.things:
                if self._name(thing) not in self.errors and not data.get(self._name(thing)):
                    self.add_error(self._name(thing), ValidationError(_("Vælg en modtager.")))
        return data

    def receivers(self) -> dict[str, Person | None]:
        """Return who gets each thing; None ends it."""
        chosen: dict[str, Person | None] = {}
        for thing in self.things:
            value = self.cleaned_data[self._name(thing)]
            if value == ENDS:
                chosen[thing.key] = None
            else:
                chosen[thing.key] = value or self.cleaned_data["everything"]
        return chosen


def _labels(people: list[Person]) -> dict[str, Person]:
    """Return each by name and place, with a number where two would be called the same."""
    found: dict[str, Person] = {}
    for each in people:
        label = f"{each.name}, {each.organisation.name}" if each.organisation is not None else each.name
        number = 1
        while (said := label if number == 1 else f"{label} ({number})") in found:
            number += 1
        found[said] = each
    return found


def _managed(user: User, forum: Forum) -> QuerySet[Forum]:
    """Return the other open forums that the user may close or let take over."""
    found = visible_to(user).filter(closed_on__isnull=True).exclude(pk=forum.pk)
    return found if user.has_role(Role.ADMINISTRATOR) else found.filter(pk__in=convened_forum_ids(user))


class CloseForumForm(TovholderForm):
    guarded = ("reason",)

    successor = forms.ModelChoiceField(
        label=_("Hvilket forum afløser det?"),
        queryset=Forum.objects.none(),
        empty_label=_("Vælg forum"),
        help_text=_("Et forum lukkes kun, når et andet tager over. Så går intet tabt."),
    )
    reason = forms.CharField(label=_("Hvorfor lukkes det?"), widget=forms.Textarea(attrs={"rows": "3"}))

    def __init__(self, *args: Any, forum: Forum, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.forum = forum
        self.fields["successor"].queryset = _managed(user, forum)  # type: ignore[attr-defined]

    def counts(self) -> list[tuple[int, Any]]:
        """Return what follows: how many, and of what."""
        forum = self.forum
        return [
            (forum.memberships.filter(valid_until__isnull=True).count(), _("medlemmer")),
            (forum.agreements.filter(status=AgreementStatus.OPEN).count(), _("åbne aftaler")),
            (forum.topics.count(), _("emner i emnebanken")),
            (forum.meetings.filter(status=MeetingStatus.PLANNED).count(), _("planlagte møder")),
        ]


class MergeForumsForm(TovholderForm):
    guarded = ("reason",)

    others = SeveralField(
        label=_("Slå sammen med"), queryset=Forum.objects.none(), widget=forms.CheckboxSelectMultiple
    )
    name = forms.CharField(
        label=_("Navn på et nyt fælles forum"),
        max_length=120,
        required=False,
        help_text=_("Lad feltet stå tomt, hvis de andre skal lægges ind i dette forum."),
    )
    reason = forms.CharField(label=_("Hvorfor?"), widget=forms.Textarea(attrs={"rows": "3"}))

    def __init__(self, *args: Any, forum: Forum, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["others"].queryset = _managed(user, forum)  # type: ignore[attr-defined]
