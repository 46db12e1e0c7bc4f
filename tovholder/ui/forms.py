"""Base forms: the design system's classes, the browser's own date and time pickers, no CPR number in a text."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Any

from django import forms
from django.conf import settings
from django.forms.widgets import Input
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from tovholder.ui import guarding


class DateInput(forms.DateInput):
    """The browser's own date picker; it always speaks ISO."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs=attrs, format="%Y-%m-%d")


class TimeInput(forms.TimeInput):
    input_type = "time"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs=attrs, format="%H:%M")


class DateTimeInput(forms.DateTimeInput):
    input_type = "datetime-local"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs=attrs, format="%Y-%m-%dT%H:%M")


class Select(forms.Select):
    """One of many. Django makes a dictionary of nine for each choice; ours is drawn of three (`ui.renderers`)."""

    def optgroups(self, name: str, value: list[str], attrs: dict[str, Any] | None = None) -> Any:
        found, chosen = [], False
        for (
            each,
            label,
        ) in self.choices:  # never list(): it asks a list from the database for its length first
            if isinstance(label, list | tuple):
                return super().optgroups(name, value, attrs)
            text = "" if each is None else str(each)
            is_chosen = not chosen and text in value
            chosen = chosen or is_chosen
            shown = {"value": text, "label": label, "attrs": {"selected": True} if is_chosen else {}}
            found.append(shown)
        return [(None, found, 0)]


_PICKERS = {forms.DateInput: DateInput, forms.TimeInput: TimeInput, forms.DateTimeInput: DateTimeInput}


def css_class(widget: forms.Widget) -> str:
    """Return the design system's class for `widget`, or nothing for one it does not dress."""
    if isinstance(widget, forms.CheckboxInput | forms.CheckboxSelectMultiple):
        return "form-checkbox"
    if isinstance(widget, forms.RadioSelect):
        return "form-radio"
    if isinstance(widget, forms.Select):
        return "form-select"
    if isinstance(widget, forms.FileInput):
        return "form-input th-file"
    if isinstance(widget, Input | forms.Textarea) and not widget.is_hidden:
        return "form-input"
    return ""


def dress(field: forms.Field) -> None:
    """Give the widget of `field` its class, once, and a text area a sensible height."""
    picker = _PICKERS.get(type(field.widget))
    if picker is not None:
        new = picker(attrs=dict(field.widget.attrs))
        new.is_required, new.is_localized = field.widget.is_required, field.widget.is_localized
        field.widget = new
    widget = field.widget
    if type(widget) is forms.Select:
        widget.__class__ = Select
    css = css_class(widget)
    present = widget.attrs.get("class", "")
    if css and css.split()[0] not in present.split():
        widget.attrs["class"] = f"{css} {present}".strip()
    if isinstance(widget, forms.Textarea) and widget.attrs.get("rows") == "10":
        widget.attrs["rows"] = "4"


class NamesOnly(forms.models.ModelChoiceIterator):  # type: ignore[type-arg]
    """Choices read as number and name. As whole rows two hundred forums cost more than the rest of a page."""

    def __iter__(self) -> Iterator[tuple[Any, Any]]:
        if self.field.empty_label is not None:
            yield "", self.field.empty_label
        yield from self.queryset.values_list("pk", "name")


class SeveralField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    """Several rows to choose. A number larger than any row has is no choice, not a fault in the database."""

    def clean(self, value: Any) -> Any:
        for each in value or ():
            if len(str(each)) > 18:
                message = self.error_messages["invalid_pk_value"]
                raise forms.ValidationError(message, code="invalid_pk_value", params={"pk": str(each)[:18]})
        return super().clean(value)


class TovholderFormMixin:
    """What every form of ours does; see TovholderForm and TovholderModelForm."""

    fields: dict[str, forms.Field]
    # The free texts of the form that many may read: looked through for what can point to a person (ui/guarding.py).
    guarded: tuple[str, ...] = ()
    use_required_attribute = (
        False  # our own error summary answers, not the browser's bubble in its own language
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            self._prepare(field)

    def __getitem__(self, name: str) -> forms.BoundField:
        # Cleaning and drawing both pass here, so a field added after __init__ is guarded too.
        if name in self.fields:
            self._prepare(self.fields[name])
        return super().__getitem__(name)  # type: ignore[misc,no-any-return]

    def _clean_fields(self) -> None:
        super()._clean_fields()  # type: ignore[misc]
        self.guard_choices = guarding.guard(self, self.texts_to_guard())  # type: ignore[arg-type]

    def texts_to_guard(self) -> tuple[str, ...]:
        """Return the names of the fields to look through. Where the form has a level, a named text is not: it is sealed."""
        named = self.cleaned_data.get("level") == "named"  # type: ignore[attr-defined]
        return () if named else tuple(name for name in self.guarded if name in self.fields)

    def _prepare(self, field: forms.Field) -> None:
        if getattr(field, "_tovholder_ready", False):
            return
        field._tovholder_ready = True  # type: ignore[attr-defined]
        dress(field)
        if field.error_messages.get("required") == forms.Field.default_error_messages["required"]:
            chosen = isinstance(field, forms.ChoiceField | forms.ModelChoiceField)
            field.error_messages["required"] = _("Vælg en mulighed.") if chosen else _("Skal udfyldes.")
        check = getattr(settings, "FREE_TEXT_CHECK", "")
        if check and isinstance(field, forms.CharField) and not isinstance(field.widget, forms.PasswordInput):
            field.validators.append(import_string(check))

    @cached_property
    def mark(self) -> str:
        """Mark the fewest: "optional" when most fields must be filled in, else "required"; "" when all are alike."""
        needs = [field.required for field in self.fields.values() if not field.widget.is_hidden]
        if all(needs) or not any(needs):
            return ""
        return "optional" if sum(needs) * 2 >= len(needs) else "required"


class TovholderForm(TovholderFormMixin, forms.Form):
    """A form that stands on no model."""


class TovholderModelForm(TovholderFormMixin, forms.ModelForm):  # type: ignore[type-arg]
    """A form that stands on a model."""
