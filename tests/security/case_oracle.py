"""Who may read what of a child's case: issue C, section 3, written out by hand. Asks nothing of the program's policies."""

from __future__ import annotations

from tests.security.case_kin import is_family, reads_of_own
from tests.security.case_meetings import COVERED
from tests.security.case_world import Case, Fact, Item

# Who reviews the log: who read which case code when and why.
REVIEWERS = {"lise"}

MUST, MAY, NEVER = "must", "may", "never"
TRIAGES = {"anna": "vest", "berit": "oest"}
# Parties of the crime-preventive cooperation: they alone see what is criminal.
RPL115 = COVERED["rpl115"]
OWN_WORDS = {"seen", "since", "tried", "works", "factors"}
DAYS = 30


def works(case: Case, who: str) -> bool:
    """The triagers of its district until 30 days after it is closed, and the case team while on it: all."""
    if case.erased:
        return False
    if who in case.team:
        return True
    triages = who in TRIAGES and case.district in {"", TRIAGES[who]}
    return triages and (case.ended_days is None or case.ended_days <= DAYS)


def was_told(item: Item, who: str) -> bool:
    """Participants of a meeting that takes it named: from when it is opened for them, while it lasts, when covered."""
    return item.status in {"opened", "done"} and item.told.get(who, False)


def knows(case: Case, who: str) -> bool:
    """Whether somebody may know that the case exists at all."""
    if works(case, who):
        return True
    if who in case.holders | case.asked or any(
        was_told(each, who) or who in each.called for each in case.items
    ):
        return True
    return not case.erased and who == case.raiser


def answer(fact: Fact, who: str) -> str:
    """Say whether the text must be found by this person, may be, or never."""
    if is_family(who):
        return MUST if reads_of_own(fact, who) else NEVER
    if not fact.cases:
        return MAY
    said = [_of_case(fact, case, who) for case in fact.cases]
    return next((each for each in (MUST, MAY) if each in said), NEVER)


def _of_case(fact: Fact, case: Case, who: str) -> str:
    table, _dot, name = fact.kind.partition(".")
    if fact.is_code:
        return _code(fact, case, who)
    if fact.kind == "concern.offence":
        return _offence(case, who)
    if fact.kind == "meeting.place":
        return _place(fact, case, who)
    if works(case, who):
        if table == "caseteammember" and fact.note == "former":
            return MAY  # who has left the team is history: the log tells of it
        return MAY if _stands_behind(fact) else MUST
    if fact.who and who in fact.who:
        return _own(fact)
    if table == "concern" and who == case.raiser and case.raised_days <= DAYS and not case.erased:
        return MUST if name in OWN_WORDS else NEVER
    if table == "entry" and fact.note == "advice" and who == case.raiser and case.level != "named":
        return MAY if case.raised_days <= DAYS and not case.erased else NEVER
    return _at_meeting(fact, case, who)


def _stands_behind(fact: Fact) -> bool:
    """What no page need show: closed by who is in the room, taken off the agenda, or replaced by what was frozen."""
    if fact.note.startswith("behind"):
        return True
    return fact.item is not None and (fact.item.room_closed or fact.item.status == "withdrawn")


def _code(fact: Fact, case: Case, who: str) -> str:
    """That the case exists at all; of a child's record those who work on it, and the room it was opened for."""
    if who in REVIEWERS:
        return MUST if fact.kind == "concern.code" else MAY
    if works(case, who):
        return MAY if fact.kind == "gone.code" else MUST
    if fact.kind in {"child.code", "gone.code"}:
        return MAY if any(was_told(each, who) for each in case.items) else NEVER
    if who in case.holders or (who == case.raiser and not case.erased):
        return MUST
    return MAY if knows(case, who) else NEVER


def _place(fact: Fact, case: Case, who: str) -> str:
    """Where the network meeting is: who is called, and who works on the case."""
    if who in fact.who:
        return MUST
    return MAY if works(case, who) else NEVER


def _own(fact: Fact) -> str:
    """Who has an agreement reads its words; who was asked a question reads it and their answer."""
    if fact.kind in {"caseagreement.words", "question.question", "question.answer"}:
        return MUST
    return MAY


def _offence(case: Case, who: str) -> str:
    if who not in RPL115:
        return NEVER
    if works(case, who):
        return MUST
    return MAY if any(was_told(each, who) and each.basis == "rpl115" for each in case.items) else NEVER


def _at_meeting(fact: Fact, case: Case, who: str) -> str:
    """The item: the name, what the concern says, what was said of it; nothing else of the child's record or the case."""
    table, _dot, name = fact.kind.partition(".")
    open_items = [each for each in case.items if was_told(each, who)]
    if not open_items:
        return NEVER
    # While somebody in the room is not covered the name is closed: then a page shows it by another item, or not at all.
    shown = [each for each in open_items if not each.room_closed]
    if fact.item is not None:
        # What is for the family is shown to those who work on the case, and to no other in the room.
        if fact.item not in open_items or fact.release is not None:
            return NEVER
        must = {"caseitem.purpose", "caseitem.necessity", "casetext.text"}
        if fact.kind in must and fact.item in shown and not fact.note.startswith("behind"):
            return MUST
        return MAY
    if fact.kind == "child.name":
        return MUST if shown else NEVER
    if table == "concern" and name in {"seen", "since", "tried", "works"}:
        return MAY if shown else NEVER
    if fact.kind in {"child.birth_date", "adult.name"} or table in {"caseagreement", "caseagreementnote"}:
        return MAY if shown else NEVER
    return NEVER
