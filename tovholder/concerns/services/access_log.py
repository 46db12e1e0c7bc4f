"""The log of one child for the citizen's right of access: when, what kind of reading, for what, on what ground.

No staff name and no text: whoever asks learns what was looked at and why, not by whom (domain.md 1.7, rule 43).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tovholder.access.bases import LegalBasis
from tovholder.accounts.models import User
from tovholder.audit.models import Event
from tovholder.audit.services import record
from tovholder.citizens.models import Child
from tovholder.concerns import policy
from tovholder.concerns.models import Concern, ConcernChild

READINGS = {
    "child.read": gettext_lazy("Barnets oplysninger blev set"),
    "child.found": gettext_lazy("Barnet blev slået op"),
    "consent.read": gettext_lazy("Barnets samtykker blev set"),
    "consent.scan_read": gettext_lazy("Et underskrevet samtykke blev set"),
    "concern.read": gettext_lazy("Sagen blev læst"),
    "family.listed": gettext_lazy("Familien så, hvad der er frigivet"),
    "family.read": gettext_lazy("Familien læste det, der er frigivet"),
    "concern.listed": gettext_lazy("Sagen stod på en liste, der blev vist"),
    "case_item.listed": gettext_lazy("Sagen stod på et mødes liste, der blev vist"),
    "network.read": gettext_lazy("Netværksmødet om barnet blev læst"),
    "case_plan.read": gettext_lazy("Indsatsaftalen blev læst"),
}
PURPOSES = {
    "case": gettext_lazy("Arbejde i sagen"),
    "concern": gettext_lazy("Arbejde i sagen"),
    "course": gettext_lazy("Sagens forløb"),
    "consent": gettext_lazy("Samtykke"),
    "triage": gettext_lazy("Fordeling af sager"),
    "protected_address": gettext_lazy("Beskyttet adresse"),
    "meeting": gettext_lazy("Møde om sagen"),
    "network calling": gettext_lazy("Netværksmøde"),
    "network family": gettext_lazy("Netværksmøde"),
    "network file": gettext_lazy("Netværksmøde"),
    "network list": gettext_lazy("Netværksmøde"),
    "network meeting": gettext_lazy("Netværksmøde"),
    "network minutes": gettext_lazy("Netværksmøde"),
    "readers": gettext_lazy("Se, hvem der har adgang til sagen"),
    "rewrite": gettext_lazy("Sletning"),
    "erase": gettext_lazy("Sletning"),
    "own child": gettext_lazy("Familien læser om sit eget barn"),
}
GROUNDS = {
    "case_team": gettext_lazy("Arbejder med sagen"),
    "triager": gettext_lazy("Modtager sager i distriktet"),
    "raised": gettext_lazy("Har rejst bekymringen"),
    "own_or_triager": gettext_lazy("Har rejst bekymringen eller modtager sager"),
    "own_case": gettext_lazy("Egen sag"),
} | dict(LegalBasis.choices)
OTHER_READING = gettext_lazy("Oplysninger i sagen blev set")
OTHER_PURPOSE = gettext_lazy("Arbejde i sagen")
OTHER_GROUND = gettext_lazy("Adgang efter reglerne for sagen")


@dataclass(frozen=True, slots=True)
class LogLine:
    at: datetime
    what: str
    purpose: str
    ground: str


@transaction.atomic
def child_log(*, by: User, concern: Concern, child: Child) -> list[LogLine]:
    """Return the readings of a child's record and of the concerns about it, oldest first. Raises Refused.

    For a triager, who answers the family; that it was made is in the log itself.
    """
    decision = policy.may_triage(by, concern).require()
    lines = list(_lines(child))
    record(
        by=by,
        action="child.log_made",
        obj=child,
        kind=Event.Kind.READ,
        purpose="right_of_access",
        ground=decision.basis,
        details={"rows": len(lines)},
    )
    return lines


def _lines(child: Child) -> Iterator[LogLine]:
    records = [
        str(child.pk),
        *(str(each) for each in child.merges.filter(undone_at=None).values_list("gone_id", flat=True)),
    ]
    named = dict(ConcernChild.objects.filter(child=child).values_list("concern_id", "concern__named_at"))
    of_child = Q(object_type="citizens.child", object_id__in=records)
    of_concern = Q(object_type="concerns.concern", object_id__in=[str(pk) for pk in named])
    events = Event.objects.filter(of_child | of_concern, kind=Event.Kind.READ).order_by("pk")
    for event in events.exclude(action="child.log_made").iterator():
        since = named.get(int(event.object_id)) if event.object_type == "concerns.concern" else None
        if since is None or event.at >= since:
            yield LogLine(
                event.at,
                str(READINGS.get(event.action, OTHER_READING)),
                str(PURPOSES.get(event.purpose, OTHER_PURPOSE)),
                str(GROUNDS.get(event.ground, OTHER_GROUND)),
            )


def headings() -> list[str]:
    return [_("Tidspunkt"), _("Hvad der blev set"), _("Formål"), _("Grundlag")]
