"""Seals texts into rows and opens them again, each row under its own data key."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from django.utils.translation import gettext as _

from tovholder.citizens.keys import keyring
from tovholder.citizens.keys.sealing import Damaged, seal, unseal
from tovholder.citizens.models import SealedRow


@dataclass(frozen=True, slots=True)
class Opened:
    """A text from a sealed field, or why it cannot be read. Shown as it is: the page around it stands."""

    text: str = ""
    fault: Literal["", "damaged", "erased"] = ""

    def __str__(self) -> str:
        if self.fault == "damaged":
            return _("Teksten er beskadiget og kan ikke læses. Sig det til administratoren.")
        if self.fault == "erased":
            return _("Teksten er slettet.")
        return self.text

    def __bool__(self) -> bool:
        return bool(self.text or self.fault)


class Safe:
    """The data keys of some rows, fetched together; opens and seals their fields."""

    def __init__(self, keys: Mapping[UUID, bytes]) -> None:
        self._keys = keys

    @classmethod
    def of(cls, rows: Iterable[SealedRow]) -> Safe:
        """Fetch the keys of these rows in one query. Raises WrongMasterKey."""
        return cls(keyring.fetch(row.key_ref() for row in rows))

    def read(self, row: SealedRow, field: str) -> Opened:
        """Return what stands in the field; an empty text where nothing was written. Raises nothing."""
        sealed = getattr(row, field)
        if sealed is None:
            return Opened()
        key = self._keys.get(row.key_ref())
        if key is None:
            return Opened(fault="erased")
        try:
            return Opened(unseal(key, sealed, row.place(field)))
        except Damaged:
            return Opened(fault="damaged")

    def write(self, row: SealedRow, **texts: str) -> list[str]:
        """Seal these texts into the row, unsaved, and return the fields that changed. Raises Erased."""
        key = self._keys.get(row.key_ref())
        if key is None:
            raise keyring.Erased(str(row.key_ref()))
        changed = [field for field, text in texts.items() if self.read(row, field) != Opened(text)]
        for field in changed:
            setattr(row, field, seal(key, texts[field], row.place(field)) if texts[field] else None)
        return changed
