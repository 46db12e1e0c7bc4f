"""Details that each are harmless and together make a child known again: told of, and kept by a deliberate yes (rule 11)."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _

from tovholder.access.guard import identifying_details


def warning_of(texts: Iterable[object], *, most: int, school_known: bool = False) -> str:
    """Return the warning for the texts of an anonymous form, "" where they give fewer than `most` kinds of detail.

    `school_known`: the school is chosen beside the texts.
    """
    text = "\n".join(str(each or "") for each in texts)
    details = identifying_details(text, school_known=school_known)
    if len(details) < most:
        return ""
    return _(
        "Det her kan tilsammen gøre barnet genkendeligt: %(details)s. Tag noget ud, hvis det kan undværes."
    ) % {"details": ", ".join(str(each.label) for each in details)}
