"""Names one after the other, as Danes say them; knows nothing of the web."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _


def listed(people: Iterable[object] | None) -> str:
    """Say "Anna, Bo og Carla" from people or plain names."""
    names = [str(getattr(person, "name", person)) for person in people or []]
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} {_('og')} {names[-1]}"
