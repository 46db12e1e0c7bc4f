"""Keys for rows that come from a file and not from the set-up: made from the name, like those people write."""

from __future__ import annotations

from django.utils.text import slugify

from tovholder.directory.models import SetupRow

_DANISH = str.maketrans({"æ": "ae", "ø": "oe", "å": "aa", "Æ": "ae", "Ø": "oe", "Å": "aa"})


class Keys:
    """Hands out keys that no row of the tables has, retired ones included."""

    def __init__(self, *models: type[SetupRow]) -> None:
        self._taken = {
            key for model in models for key in model._default_manager.values_list("key", flat=True)
        }
        rows = [
            position
            for model in models
            for position in model._default_manager.values_list("position", flat=True)
        ]
        self._last = max(rows, default=0)

    def new(self, name: str) -> str:
        stem = slugify(name.translate(_DANISH))[:70] or "uden-navn"
        key, number = stem, 1
        while key in self._taken:
            number += 1
            key = f"{stem}-{number}"
        self._taken.add(key)
        return key

    def position(self) -> int:
        """Return the next place: what is brought in comes after what the set-up names."""
        self._last += 1
        return self._last
