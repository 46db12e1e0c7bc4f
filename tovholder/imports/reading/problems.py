"""What stands against a file: one sentence that says what to do, and where."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _


class Unreadable(Exception):
    """The file as a whole cannot be read; the message is a Danish sentence that says what to do."""

    @property
    def sentence(self) -> str:
        return str(self.args[0])


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong in one place. `column` is the heading as it stands in the file, or empty."""

    row: int
    column: str
    sentence: str

    @property
    def where(self) -> str:
        if self.column:
            return _("Række %(row)s, kolonne %(column)s") % {"row": self.row, "column": self.column}
        return _("Række %(row)s") % {"row": self.row}

    def __str__(self) -> str:
        return f"{self.where}: {self.sentence}"
