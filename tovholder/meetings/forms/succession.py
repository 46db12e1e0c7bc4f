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

ENDS = "slut"


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
        names = [(str(pk), each.name) for pk, each in self.people.items()]
        for thing in things:
            choices = (
                [("", _("Samme som ovenfor"))] + ([(ENDS, _("Ophører"))] if thing.may_end else []) + names
            )
            field = forms.ChoiceField(label=f"{thing.what}, {thing.where}", choices=choices, required=False)
            self.fields[self._name(thing)] = field

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
                if not data.get(self._name(thing)):
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
                chosen[thing.key] = self.people[int(value)] if value else self.cleaned_data["everything"]
        return chosen


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
