"""A concern is opened for reading: its texts in clear for one page, and a line in the log."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db import transaction

from tovholder.access.decision import Decision
from tovholder.accounts.models import User
from tovholder.audit.services import record_reading
from tovholder.citizens.services.safe import Opened, Safe
from tovholder.concerns import policy
from tovholder.concerns.models import Concern
from tovholder.concerns.policy import Part

TEXTS = ("seen", "since", "tried", "works", "outcome")


@dataclass(frozen=True, slots=True)
class ConcernView:
    """What of a concern was opened for one reader. Texts that the reader has no part in are missing, not empty."""

    concern: Concern
    part: str
    ground: str
    texts: dict[str, Opened] = field(default_factory=dict)
    factors: dict[str, list[str]] = field(default_factory=dict)
    offence: Opened | None = None


@transaction.atomic
def show_concern(*, by: User, concern: Concern, purpose: str) -> ConcernView:
    """Open as much of the concern as the reader may see, and log it. Raises Refused for who may see none of it."""
    decision, part = _widest(by, concern)
    decision.require()
    record_reading(
        by=by,
        action="concern.read",
        obj=concern,
        purpose=purpose,
        ground=decision.basis,
        details={"part": part},
    )
    if part == Part.STATUS:
        return ConcernView(concern, part, decision.basis)
    safe = Safe.of([concern])
    texts = {name: safe.read(concern, name) for name in TEXTS}
    if part == Part.OWN_WORDS:
        texts.pop("outcome")
    factors = safe.read(concern, "factors").text
    offence = None
    if part == Part.ALL and concern.offence is not None and policy.may_read_offence(by, concern):
        offence = safe.read(concern, "offence")
    return ConcernView(concern, part, decision.basis, texts, json.loads(factors) if factors else {}, offence)


def _widest(by: User, concern: Concern) -> tuple[Decision, str]:
    for part in (Part.ALL, Part.OWN_WORDS):
        decision = policy.may_read(by, concern, part)
        if decision:
            return decision, part
    return policy.may_read(by, concern, Part.STATUS), Part.STATUS


def note_listing(*, by: User, concerns: Iterable[Concern], purpose: str) -> None:
    """Write one line that these concerns stood in a list that the reader was shown (code, age, urgency: no texts)."""
    shown = list(concerns)
    if shown:
        record_reading(
            by=by,
            action="concern.listed",
            obj=shown[0],
            purpose=purpose,
            ground="own_or_triager",
            details={"concerns": [each.pk for each in shown]},
        )
