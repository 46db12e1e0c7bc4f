"""What a typeset document is made of: plain words, already chosen for the reader. PDF and Word take the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Attendee:
    name: str
    organisation: str = ""


@dataclass(frozen=True, kw_only=True)
class AgreementLine:
    """One agreement: what is to be done, by whom and when, in words ("Bo Skov", "17. marts 2026", "Åben")."""

    what: str
    who: str = ""
    due: str = ""
    status: str = ""


@dataclass(frozen=True, kw_only=True)
class OutcomeLine:
    """One decision, proposal or piece of information. `kind` is the Danish word ("Beslutning")."""

    kind: str
    text: str


@dataclass(frozen=True, kw_only=True)
class DocumentItem:
    number: int
    heading: str
    level_word: str = ""
    minutes: int = 0
    clock: str = ""  # "13.10", when the item is expected to begin
    presenter: str = ""
    question: str = ""
    sub_points: Sequence[str] = ()
    text: str = ""  # the minutes; blank lines part paragraphs, lines with "- " make a list
    outcomes: Sequence[OutcomeLine] = ()
    agreements: Sequence[AgreementLine] = ()


@dataclass(frozen=True, kw_only=True)
class Addendum:
    """A note added after approval."""

    when: str
    author: str
    text: str


@dataclass(frozen=True, kw_only=True)
class MeetingDocument:
    """Agenda ("agenda") and minutes ("minutes") of one meeting. Hold only what the reader may see."""

    municipality: str
    title: str
    when: str
    forums: Sequence[str] = ()
    place: str = ""
    chair: str = ""
    minute_taker: str = ""
    note: str = ""  # the convener's message to those invited
    principles: str = ""  # shown at the forum's meetings
    present: Sequence[Attendee] = ()
    absent: Sequence[Attendee] = ()
    guests: Sequence[Attendee] = ()
    items: Sequence[DocumentItem] = ()
    carried: Sequence[AgreementLine] = ()  # open agreements from before
    addenda: Sequence[Addendum] = ()
    approved_line: str = ""  # "Godkendt den 24. marts 2026 af Anna Holm"; empty is a draft
    footer: str = ""  # the municipality's own words at the foot of each page


@dataclass(frozen=True, kw_only=True)
class Fact:
    label: str
    value: str


@dataclass(frozen=True, kw_only=True)
class CharterDocument:
    """A forum's charter ("charter"). In `text`, lines with "# " are headings and lines with "- " make a list."""

    municipality: str
    title: str
    forum: str
    version: int
    text: str
    facts: Sequence[Fact] = ()
    members: Sequence[Attendee] = ()
    approved_line: str = ""


@dataclass(frozen=True, kw_only=True)
class EffortLine:
    """One thing that somebody does around a child, in words."""

    what: str
    who: str
    together: str = ""
    due: str = ""
    sign: str = ""
    status: str = ""
    lacks: str = ""  # what it waits for, before the plan is ready


@dataclass(frozen=True, kw_only=True)
class PlanDocument:
    """The one page of who does what around a child ("plan"). The title is the case code; the name stands inside."""

    municipality: str
    title: str
    child: str
    state: str
    review: str = ""
    text: str = ""
    efforts: Sequence[EffortLine] = ()
    ended: Sequence[EffortLine] = ()


@dataclass(frozen=True, kw_only=True)
class PaperField:
    """Something to write on paper: a label, and what is known already or how many lines there are room for."""

    label: str
    lines: int = 1
    hint: str = ""
    value: str = ""


@dataclass(frozen=True, kw_only=True)
class PaperDocument:
    """A form to print and sign ("consent"). Blank, it holds nothing about anybody; `case` is a code."""

    municipality: str
    title: str
    text: str
    fields: Sequence[PaperField]
    declaration: str
    signatures: Sequence[str]
    case: str = ""
    footer: str = ""


@dataclass(frozen=True, kw_only=True)
class YearLine:
    """One meeting of a year: "tir 4.", "13.00", what."""

    day: str
    clock: str
    what: str


@dataclass(frozen=True, kw_only=True)
class YearMonth:
    name: str
    theme: str = ""
    lines: Sequence[YearLine] = ()


@dataclass(frozen=True, kw_only=True)
class YearDocument:
    """A year on one large page: its drawing (`svg`, with `described` in words, and a `legend`) and the meetings by month."""

    municipality: str
    title: str
    described: str
    legend: str
    svg: str
    months: Sequence[YearMonth] = ()


Document = MeetingDocument | CharterDocument | PlanDocument | PaperDocument | YearDocument
