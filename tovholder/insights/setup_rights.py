"""A set-up file may give rights too: a role that convenes, a team that receives concerns, who is covered by the rules.

It follows the log (settings.AFTER_RECORD), as `conveners` does, and tells those who review it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from tovholder.accounts.queries import log_reviewers
from tovholder.audit.models import Event
from tovholder.insights.services import mail_of_rights

LOADED = "setup.loaded"
# What decides who reads, and who watches.
SECTIONS = frozenset({"role", "team", "sharing", "organisation_kind", "log_review", "lookup_rule"})
KINDS = ("new", "changed", "back", "retired")  # not the mere order of rows


def follow(lines: Sequence[tuple[Event, models.Model | None]]) -> None:
    """Mail the log reviewers, in the same transaction, of a set-up that may have given somebody rights."""
    for event, _obj in lines:
        if event.action == LOADED and may_give(event.details):
            sentence = _(
                "Opsætningen af Tovholder er ændret, så nogen kan have fået eller mistet rettigheder. Se i loggen, "
                "hvem der gjorde det, og om det er i orden:"
            )
            of = {"om": event.object_type, "nummer": event.object_id}
            mail_of_rights(sentence, of, log_reviewers(), about="rights")


def may_give(details: dict[str, Any]) -> bool:
    """Tell whether one of the rows that a load changed decides who reads or who watches."""
    return any(row.partition(":")[0] in SECTIONS for kind in KINDS for row in details.get(kind, ()))
