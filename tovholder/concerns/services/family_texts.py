"""What a family may read of its child is looked through before it is released: no suspicion, and no words of the child's own."""

from __future__ import annotations

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from tovholder.access.decision import Decision, no, yes
from tovholder.citizens.models import Child
from tovholder.citizens.services.safe import Safe
from tovholder.concerns.models import Concern, Entry
from tovholder.concerns.suspicion import is_by_family

SHORTEST = 8  # letters of a sentence that is looked for


def may_reach_family(concern: Concern) -> Decision:
    """Nothing reaches a family of whom somebody is suspected, before the authority says so (rule 22)."""
    if is_by_family(concern):
        return no(
            "family_under_suspicion",
            _("Der er mistanke mod familien. Intet frigives, før myndigheden siger til."),
        )
    return yes("family")


def childs_words(concern: Concern, child: Child) -> list[str]:
    """Return what the child has said, as it was written down in the course and at meetings, without the child's yes to share.

    What is written at meetings comes from `settings.CHILDS_WORDS`, a function (concern) -> list of texts.
    """
    entries = list(
        concern.entries.filter(kind=Entry.Kind.CHILD_VIEW, child_agrees_to_share=False).exclude(text=None)
    )
    for each in entries:
        each.concern = concern
    safe = Safe.of([concern])
    own = [safe.read(each, "text").text for each in entries if each.child_id in {None, child.pk}]
    return own + list(import_string(settings.CHILDS_WORDS)(concern))


def holds(text: str, words: str) -> bool:
    """Tell whether a sentence of the child's own words stands in the text."""
    plain = " ".join(text.casefold().split())
    said = [
        " ".join(each.split()) for each in words.casefold().replace("!", ".").replace("?", ".").split(".")
    ]
    return any(each in plain for each in said if len(each) > SHORTEST)
