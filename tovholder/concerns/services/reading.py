"""A concern is opened for reading: its texts in clear for one page, and a line in the log."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field

from tovholder.access.decision import Decision
from tovholder.access.sharing import SharingRules
from tovholder.accounts.models import User
from tovholder.audit.models import LISTED_WITH
from tovholder.audit.services import Reading, record_page, record_reading, record_readings
from tovholder.citizens.models import Child
from tovholder.citizens.services.safe import Opened, Safe
from tovholder.concerns import policy
from tovholder.concerns.lists import chronology
from tovholder.concerns.models import Concern, Entry, Notification, Question
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
    # What was advised, for who raised it and may not read the rest.
    advice: tuple[Opened, ...] = ()


@dataclass(frozen=True, slots=True)
class EntryView:
    entry: Entry
    text: Opened


@dataclass(frozen=True, slots=True)
class CourseView:
    """The lines of a concern, its questions and what was notified, in clear for one page."""

    entries: list[EntryView]
    questions: list[tuple[Question, Opened, Opened]]
    notifications: list[tuple[Notification, Opened]]


def show_concern(
    *, by: User, concern: Concern, purpose: str, rules: SharingRules | None = None
) -> ConcernView:
    """Open as much of the concern as the reader may see, and log it. Raises Refused for who may see none of it.

    `rules` are the municipality's, where a page has read them.
    """
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
    advice = _advice(by, concern, safe) if part == Part.OWN_WORDS else ()
    texts = {name: safe.read(concern, name) for name in TEXTS}
    if part == Part.OWN_WORDS:
        texts.pop("outcome")
    factors = safe.read(concern, "factors").text
    offence = None
    if part == Part.ALL and concern.offence is not None and policy.may_read_offence(by, concern, rules):
        offence = safe.read(concern, "offence")
    sides = json.loads(factors) if factors else {}
    return ConcernView(concern, part, decision.basis, texts, sides, offence, advice)


def _advice(by: User, concern: Concern, safe: Safe) -> tuple[Opened, ...]:
    if not policy.may_read_advice(by, concern):
        return ()
    given = list(concern.entries.filter(kind=Entry.Kind.ADVICE))
    for each in given:
        each.concern = concern
    return tuple(safe.read(each, "text") for each in given)


def show_course(*, by: User, concern: Concern) -> CourseView:
    """Open the lines of a concern, and log it. Raises Refused for who may not read all of it."""
    decision = policy.may_read(by, concern, Part.ALL).require()
    record_reading(by=by, action="concern.read", obj=concern, purpose="course", ground=decision.basis)
    safe = Safe.of([concern])
    entries = list(concern.entries.select_related("concern"))
    questions = list(concern.questions.select_related("concern", "to_person"))
    notifications = list(concern.notifications.select_related("concern", "sent_by"))
    return CourseView(
        entries=[EntryView(each, safe.read(each, "text")) for each in entries],
        questions=[(each, safe.read(each, "question"), safe.read(each, "answer")) for each in questions],
        notifications=[(each, safe.read(each, "note")) for each in notifications],
    )


def show_chronology(*, by: User, concern: Concern, child: Child) -> list[EntryView]:
    """Open the lines of all concerns about a child that the reader may read whole, each concern with its own log row.

    Raises Refused for who may not read the concern they come from.
    """
    policy.may_read(by, concern, Part.ALL).require()
    entries = list(chronology(by, child.pk))
    concerns = {each.concern_id: each.concern for each in entries}
    grounds = [(each, policy.may_read(by, each, Part.ALL).require().basis) for each in concerns.values()]
    record_readings(by=by, action="concern.read", grounds=grounds, purpose="chronology")
    safe = Safe.of(concerns.values())
    return [EntryView(each, safe.read(each, "text")) for each in entries]


def _widest(by: User, concern: Concern) -> tuple[Decision, str]:
    for part in (Part.ALL, Part.OWN_WORDS):
        decision = policy.may_read(by, concern, part)
        if decision:
            return decision, part
    return policy.may_read(by, concern, Part.STATUS), Part.STATUS


def note_listing(
    *, by: User, concerns: Iterable[Concern], purpose: str, ground: str = "own_or_triager"
) -> None:
    """Write for each of these concerns that it stood in a list the reader was shown (code, age, urgency: no texts)."""
    note_listed(by=by, action="concern.listed", concerns=concerns, purpose=purpose, ground=ground)


def note_listed(
    *, by: User, action: str, concerns: Iterable[Concern], purpose: str, ground: str, **about: object
) -> None:
    """Write a line for each concern, so that the log of each child has its own.

    The first tells of all of them; the rest point back to it, so that whoever counts readings counts one page once.
    """
    shown = list({each.pk: each for each in concerns}.values())
    lines = []
    for number, each in enumerate(shown):
        told = {LISTED_WITH: shown[0].pk} if number else {"concerns": [row.pk for row in shown]}
        lines.append(Reading(action, each, purpose, ground, {**told, **about}))
    if lines:
        record_page(by=by, readings=lines)
