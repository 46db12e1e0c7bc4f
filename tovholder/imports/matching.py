"""Which member of a forum a name in an old document means."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tovholder.directory.models import Person
from tovholder.imports.planning import folded

_BETWEEN = re.compile(r"\s*(?:,|;|/|&|\+|\bog\b)\s*", re.IGNORECASE)


def meant(written: str, members: Sequence[Person]) -> Person | None:
    """Return the one member whom the text names: by full name, else by a first name that only one has.

    Of several names the first that is found counts. Returns None rather than guess.
    """
    for part in [written, *_BETWEEN.split(written)]:
        wanted = folded(part).strip(" .:")
        if not wanted:
            continue
        for same in (
            [each for each in members if folded(each.name) == wanted],
            [each for each in members if folded(each.name).split()[:1] == [wanted]],
        ):
            if len(same) == 1:
                return same[0]
    return None
