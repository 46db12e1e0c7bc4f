"""How a hit is shown: its title and the place in its text, with the words asked for pointed out."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from html import escape

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _

from tovholder.search.models import Entry, Kind
from tovholder.search.queries import Asked
from tovholder.search.sources import address

BEFORE, LENGTH = 60, 200
_PIECES = re.compile(r"([^\W_]+)")

# The types of the page: key in the address, word, kinds, icon.
TYPES = {
    "moeder": (_("Møder"), (Kind.MEETING,), "groups"),
    "dagsordener": (_("Dagsordener"), (Kind.ITEM,), "list-bulleted"),
    "referater": (_("Referater"), (Kind.MINUTES, Kind.ADDENDUM, Kind.OLDER), "document"),
    "emner": (_("Emner"), (Kind.TOPIC,), "bookmark"),
    "aftaler": (_("Aftaler"), (Kind.AGREEMENT,), "checklist"),
    "fora": (_("Fora"), (Kind.FORUM,), "forum"),
    "personer": (_("Personer"), (Kind.PERSON,), "person"),
    "bilag": (_("Bilag"), (Kind.FILE,), "attach-file"),
}
ICON = {kind.value: icon for _word, kinds, icon in TYPES.values() for kind in kinds}


@dataclass(frozen=True)
class Hit:
    title: SafeString
    snippet: SafeString
    place: str
    word: str
    icon: str
    url: str
    moment: datetime | None


def hit(entry: Entry, asked: Asked) -> Hit:
    """Return what the page shows of an entry. Nothing but the entry's own text is in it."""
    timeless = entry.kind in {Kind.PERSON, Kind.FORUM}
    return Hit(
        title=_marked(entry.title, asked),
        # What a person's entry says is said beside the name already.
        snippet=_snippet(entry.body, asked) if entry.kind != Kind.PERSON else mark_safe(""),
        place=entry.place,
        word=str(Kind(entry.kind).label),
        icon=ICON[entry.kind],
        url=address(entry),
        moment=None if timeless else entry.moment,
    )


def _snippet(text: str, asked: Asked) -> SafeString:
    """Cut the text around the first word asked for; nothing when it holds none (then the title does)."""
    first = next((match for match in _PIECES.finditer(text) if asked.marks(match.group())), None)
    if first is None:
        return mark_safe("")
    start = max(first.start() - BEFORE, 0)
    if start:  # from the beginning of a word
        start = next(
            (each.start() for each in _PIECES.finditer(text, start) if not text[each.start() - 1].isalnum()),
            start,
        )
        start = min(start, first.start())
    end = min(start + LENGTH, len(text))
    if end < len(text):
        end = max(text.rfind(" ", first.end(), end), first.end())
    lines = (" ".join(line.split()) for line in text[start:end].splitlines())
    shown = _marked(" · ".join(filter(None, lines)), asked)
    return format_html("{}{}{}", "… " if start else "", shown, " …" if end < len(text) else "")


def _marked(text: str, asked: Asked) -> SafeString:
    done, pieces = 0, []
    for match in _PIECES.finditer(text):
        if asked.marks(match.group()):
            pieces += [escape(text[done : match.start()]), "<mark>", match.group(), "</mark>"]
            done = match.end()
    return mark_safe("".join([*pieces, escape(text[done:])]))  # noqa: S308 (letters and digits, or escaped)
