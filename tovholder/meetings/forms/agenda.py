"""Forms for agenda items, topics, what is sent up and down, and files."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.core.validators import MaxLengthValidator
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from tovholder.access.decision import Decision
from tovholder.access.levels import Level
from tovholder.directory.models import Person
from tovholder.forums.models import Forum, ItemKind
from tovholder.meetings.models import AgendaItem, Meeting, Relay, Topic
from tovholder.meetings.policy import may_use_level
from tovholder.meetings.services.items import (
    may_change_level,
    may_change_topic_level,
    may_have_level,
    possible_presenters,
)
from tovholder.ui.forms import TovholderForm, TovholderModelForm

KINDS = [choice for choice in ItemKind.choices if choice[0] != ItemKind.AGREEMENTS]
REASON_NEEDED = _("Skriv, hvorfor det gavner at tage sagen op her.")


def offer_levels(form: forms.BaseForm, allowed: Callable[[str], Decision]) -> None:
    """Offer the levels that are allowed; another one is refused with the sentence that says why."""
    field = form.fields["level"]
    field.help_text = _("Skriv aldrig navne på børn og familier.")
    field.choices = [choice for choice in Level.choices if allowed(choice[0])]  # type: ignore[attr-defined]
    asked = form.data.get(form.add_prefix("level"), "")
    if asked in Level.values and not allowed(asked):
        field.error_messages["invalid_choice"] = allowed(asked).reason


def limit(form: forms.BaseForm, **lengths: int) -> None:
    """Set how long a text may be, for the browser and for us."""
    for name, length in lengths.items():
        field = form.fields[name]
        field.validators.append(MaxLengthValidator(length))
        field.widget.attrs["maxlength"] = length


class LinesField(forms.CharField):
    """A list of short lines, one a line."""

    widget = forms.Textarea

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> list[str]:
        text = super().clean(value)
        return [line.strip()[:300] for line in text.splitlines() if line.strip()]


class ItemForm(TovholderModelForm):
    guarded = ("heading", "question", "sub_points", "single_case_reason")

    sub_points = LinesField(
        label=_("Underpunkter"), required=False, max_length=5000, help_text=_("Ét på hver linje.")
    )
    field_order = [
        "heading",
        "kind",
        "level",
        "minutes",
        "presenter",
        "question",
        "sub_points",
        "single_case_reason",
    ]

    class Meta:
        model = AgendaItem
        fields = [
            "heading",
            "kind",
            "level",
            "minutes",
            "presenter",
            "question",
            "sub_points",
            "single_case_reason",
        ]
        widgets = {"level": forms.RadioSelect}

    def __init__(self, *args: Any, meeting: Meeting, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.meeting = meeting
        self.fixed = (
            self.instance.pk is not None and self.instance.source == AgendaItem.Source.OPEN_AGREEMENTS
        )
        people = [*(person.pk for person in possible_presenters(meeting)), self.instance.presenter_id]
        presenter = self.fields["presenter"]
        presenter.queryset = Person.objects.filter(pk__in=people).order_by("name")  # type: ignore[attr-defined]
        presenter.empty_label = _("Ingen valgt")  # type: ignore[attr-defined]
        self.fields["kind"].choices = KINDS  # type: ignore[attr-defined]
        offer_levels(self, lambda level: may_have_level(meeting, level))
        self.fields["single_case_reason"].help_text = _(
            "Kun når punktet er en enkeltsag på overordnet niveau."
        )
        limit(self, question=10000, single_case_reason=5000)
        if self.fixed:
            del self.fields["kind"], self.fields["level"], self.fields["single_case_reason"]
        elif self.instance.pk is not None and not may_change_level(self.instance):
            del self.fields["level"]

    def clean_minutes(self) -> int:
        minutes: int = self.cleaned_data["minutes"]
        if minutes > 600:
            raise forms.ValidationError(_("Et punkt kan højst vare 600 minutter."))
        return minutes

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("kind") == ItemKind.SINGLE_CASE and not data.get("single_case_reason"):
            self.add_error("single_case_reason", REASON_NEEDED)
        return data


class TopicForm(TovholderModelForm):
    guarded = ("heading", "why")

    class Meta:
        model = Topic
        fields = ["heading", "why", "minutes", "level", "theme", "wanted_on"]
        widgets = {"level": forms.RadioSelect, "wanted_on": forms.DateInput}

    def __init__(self, *args: Any, forum: Forum, convener: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.forum = forum
        limit(self, why=5000)
        self.fields["theme"].empty_label = _("Intet valgt")  # type: ignore[attr-defined]
        offer_levels(self, lambda level: may_use_level(forum, level))
        self.fields["wanted_on"].help_text = _("Kommer selv på dagsordenen til det første møde efter datoen.")
        if not convener:
            del self.fields["wanted_on"]
        if self.instance.pk is not None and not may_change_topic_level(self.instance):
            del self.fields["level"]


class RelayForm(TovholderModelForm):
    """Send something on, to a forum or to a person: one of the two, so neither is marked as optional."""

    guarded = ("heading", "text")

    mark = ""  # type: ignore[assignment]

    class Meta:
        model = Relay
        fields = ["heading", "text", "to_forum", "to_person"]

    def __init__(self, *args: Any, forum: Forum, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = Forum.objects.filter(closed_on__isnull=True, retired_at__isnull=True).exclude(pk=forum.pk)
        self.fields["to_forum"].queryset = others  # type: ignore[attr-defined]
        self.fields["to_forum"].empty_label = _("Intet forum")  # type: ignore[attr-defined]
        self.fields["to_forum"].label = _("Til et forum")
        people = Person.objects.current().exclude(email="")
        self.fields["to_person"].queryset = people  # type: ignore[attr-defined]
        self.fields["to_person"].empty_label = _("Ingen person")  # type: ignore[attr-defined]
        self.fields["to_person"].label = _("Eller til en person")
        self.fields["text"].help_text = _("Skriv i generelle vendinger, uden navne på børn og familier.")
        limit(self, text=10000)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if bool(data.get("to_forum")) == bool(data.get("to_person")):
            self.add_error("to_forum", _("Vælg enten et forum eller en person."))
        return data


class RelayAnswerForm(TovholderForm):
    guarded = ("text",)

    text = forms.CharField(label=_("Svar"), widget=forms.Textarea, max_length=10000)


class AttachmentForm(TovholderForm):
    file = forms.FileField(label=_("Fil"))
    item = forms.ModelChoiceField(
        AgendaItem.objects.none(), label=_("Hører til"), required=False, empty_label=_("Hele mødet")
    )

    def __init__(self, *args: Any, items: QuerySet[AgendaItem], **kwargs: Any) -> None:
        """`items` are those that the user may read."""
        super().__init__(*args, **kwargs)
        self.fields["item"].queryset = items.order_by("position")  # type: ignore[attr-defined]


class ConclusionsForm(TovholderForm):
    conclusions = LinesField(
        label=_("Konklusioner"),
        max_length=10000,
        help_text=_("Én på hver linje. Hver linje bliver et tema i emnebanken."),
    )
    wanted_on = forms.DateField(
        label=_("Tages op fra"),
        widget=forms.DateInput,
        required=False,
        help_text=_("Tomt: temaerne venter i emnebanken, til nogen vælger dem."),
    )

    def clean_conclusions(self) -> list[str]:
        lines: list[str] = self.cleaned_data["conclusions"]
        if any(len(line) > 200 for line in lines):
            raise forms.ValidationError(_("En konklusion kan højst være på 200 tegn."))
        return lines
