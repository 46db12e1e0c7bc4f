"""What in a form's texts can point to a person is shown at the field, with what to write instead, and stays only by choice.

`settings.PERSONAL_DATA_FINDER` names the function that looks; nothing here knows how it does. Without script as with it: a
choice for each finding is a select, and it is asked again for each new text that is found.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Protocol

from django import forms
from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

KEEP = "behold"


class Found(Protocol):
    """A place in a text; see `access.guard.Finding`."""

    @property
    def text(self) -> str: ...
    @property
    def label(self) -> str: ...
    @property
    def swaps(self) -> tuple[str, ...]: ...
    @property
    def refused(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class Choice:
    """What is to become of a finding: a control with its name, what may be chosen, and what is."""

    name: str
    text: str
    label: str
    swaps: tuple[str, ...]
    chosen: str = ""

    @property
    def options(self) -> list[tuple[str, str]]:
        return [
            ("", _("Vælg …")),
            *((swap, _("Erstat med “%(words)s”") % {"words": swap}) for swap in self.swaps),
            (KEEP, _("Det skal stå")),
        ]


def find(text: str) -> list[Found]:
    """Return what in the text can point to a person, each wording once, without what is refused anyway."""
    path = getattr(settings, "PERSONAL_DATA_FINDER", "")
    found: Iterable[Found] = import_string(path)(text) if path else ()
    once = {each.text: each for each in found if not each.refused}
    return list(once.values())


def seal_of(texts: Iterable[str]) -> str:
    """Return what stands for exactly these texts having been found, so that a yes is to them and to no others."""
    return hashlib.sha256("\0".join(sorted(texts)).encode()).hexdigest()[:16]


def guard(form: forms.BaseForm, names: Iterable[str]) -> dict[str, list[Choice]]:
    """Look through the cleaned texts of these fields: swap what is chosen, and return what is left to choose by field.

    Each field that has something left gets an error.
    """
    left: dict[str, list[Choice]] = {}
    for name in names:
        value = form.cleaned_data.get(name)
        if not value or name in form.errors:
            continue
        choices = [_asked(form, name, each) for each in find(_joined(value))]
        for choice in choices:
            if choice.chosen in choice.swaps:
                value = _swapped(value, choice.text, choice.chosen)
        form.cleaned_data[name] = value
        if any(not choice.chosen for choice in choices):
            left[name] = choices
            form.add_error(
                name, _("Teksten kan pege på en person. Vælg under feltet, hvad der skal stå i stedet.")
            )
    return left


def _asked(form: forms.BaseForm, name: str, found: Found) -> Choice:
    control = f"{form.add_prefix(name)}-vagt-{seal_of([found.text])}"
    chosen = form.data.get(control, "")
    known = chosen == KEEP or chosen in found.swaps
    return Choice(control, found.text, found.label, found.swaps, chosen if known else "")


def _joined(value: Any) -> str:
    return "\n".join(value) if isinstance(value, list) else str(value)


def _swapped(value: Any, text: str, instead: str) -> Any:
    if isinstance(value, list):
        return [each.replace(text, instead) for each in value]
    return value.replace(text, instead)
