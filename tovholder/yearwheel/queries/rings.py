"""Which rings the wheel has, and on which of them a meeting stands."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _

from tovholder.forums.models import Forum
from tovholder.yearwheel.drawing import MOST_RINGS
from tovholder.yearwheel.queries.entries import Entry

BY_DISTRICT, BY_LAYER = "distrikt", "lag"
ALL = "alle"
Rings = list[tuple[str, str]]


def rings(entries: Iterable[Entry], by: str) -> Rings:
    """Return (key, name) of the rings from the outside in, only those with a meeting on them.

    By district: one each, and one for forums of the whole municipality. By layer: one for each type of forum. Where
    there are more than a wheel can hold, the last ring takes the rest.
    """
    found: dict[str, tuple[int, str]] = {}
    for entry in entries:
        for forum in entry.forums:
            key, position, name = _of(forum, by)
            found.setdefault(key, (position, name))
    ordered: Rings = [
        (key, name) for key, (_position, name) in sorted(found.items(), key=lambda each: (each[1], each[0]))
    ]
    if len(ordered) > MOST_RINGS:
        ordered = [*ordered[: MOST_RINGS - 1], (ALL, _("De øvrige"))]
    return ordered


def keys_of(entry: Entry, by: str, known: Rings) -> tuple[str, ...]:
    """Return the rings of a meeting: of all its forums when several meet, of the one otherwise."""
    names = {key for key, _name in known}
    last = ALL if ALL in names else ""
    keys = dict.fromkeys(_of(forum, by)[0] for forum in entry.forums)
    return tuple(dict.fromkeys(key if key in names else last for key in keys if key in names or last))


def _of(forum: Forum, by: str) -> tuple[str, int, str]:
    if by == BY_LAYER:
        return forum.forum_type.key, forum.forum_type.position, forum.forum_type.name
    districts = list(forum.districts.all())
    if len(districts) == 1:
        return districts[0].key, districts[0].position, districts[0].name
    return ALL, 10_000, _("Hele kommunen")
