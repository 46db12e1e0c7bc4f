"""A case at a meeting is opened for one reader: the name and the texts in clear for one page, and lines in the log."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import prefetch_related_objects
from django.utils import timezone
from django.utils.translation import gettext as _

from tovholder.access.bases import LegalBasis
from tovholder.access.decision import Decision
from tovholder.access.sharing import SharingRules
from tovholder.accounts.models import User
from tovholder.audit.services import Reading, record_page
from tovholder.citizens.services.children import ChildView, in_clear
from tovholder.citizens.services.safe import Opened, Safe
from tovholder.concerns import policy as concerns
from tovholder.concerns.models import ConcernChild
from tovholder.directory.models import Person
from tovholder.forums.standing import person_of
from tovholder.meetings import policy
from tovholder.meetings.models import CaseItem, CaseText, Disclosure, MeetingStatus
from tovholder.meetings.services.cases import Room, assess_room, earlier_early_meetings, tell
from tovholder.meetings.services.cases_known import Known, around, known_of
from tovholder.meetings.services.cases_room import is_closed, mends
from tovholder.meetings.standing import still_reads
from tovholder.plans.models import Agreement

# Keys of CaseText: the minutes, the record frozen at approval, notes added later, what is released to the family.
MINUTES, FROZEN, ADDED, FAMILY = "referat", "godkendt", "tilfoejelse-", "familie-"
# For whom a released text is, after the child's number in its key: everybody, the young person, or one grown-up.
ALL, YOUNG = "", "-ung"
SEEN = ("seen", "since", "tried", "works")
OWN = (
    "purpose",
    "necessity",
    "special_reason",
    "child_view",
    "no_child_view",
    "no_information",
    "anonymous_wording",
)


@dataclass(frozen=True, slots=True)
class ShownChild:
    """A child of an opened case."""

    view: ChildView
    part: str

    @property
    def age(self) -> int | None:
        born, today = self.view.born, timezone.localdate()
        return _age(born, today) if born is not None else None


def _age(born: date, on: date) -> int:
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


@dataclass(frozen=True, slots=True)
class CaseAgreementLine:
    """An agreement made in the case, in words."""

    words: Opened
    responsible: str
    due_on: date | None
    status: str


@dataclass(frozen=True, slots=True)
class ReleasedText:
    """What was released to the family of one child, and for whom, for who works on the case."""

    id: int
    audience: str
    text: Opened


@dataclass(frozen=True, slots=True)
class CaseView:
    """A case as one reader is shown it. Closed: nothing of it but what would open it."""

    item: CaseItem
    room: Room
    ground: str
    closed: bool
    # Those who may be given an agreement.
    choices: list[Person] = field(default_factory=list)
    mends: list[str] = field(default_factory=list)
    children: list[ShownChild] = field(default_factory=list)
    own: dict[str, Opened] = field(default_factory=dict)
    seen: dict[str, Opened] = field(default_factory=dict)
    offence: Opened | None = None
    minutes: CaseText | None = None
    minutes_text: Opened = field(default_factory=Opened)
    agreements: list[CaseAgreementLine] = field(default_factory=list)
    added: list[tuple[CaseText, Opened]] = field(default_factory=list)
    # What the chair has released to the family, for who works on the case.
    family: list[ReleasedText] = field(default_factory=list)
    frozen: dict[str, Any] = field(default_factory=dict)

    @property
    def names(self) -> str:
        return ", ".join(str(each.view.name) for each in self.children)


def show_case(*, by: User, case_item: CaseItem, purpose: str) -> CaseView:
    """Open a case for a reader, and log it; closed while somebody in the running meeting is not covered.

    The caller has found it by `cases_room.shown_case`. Raises Refused for who may see nothing of it.
    """
    decision = policy.may_read_case(by, case_item).require()
    known, there = known_of([case_item]), around(case_item)
    room = assess_room(case_item, people=there.here, family=there.family, known=known)
    closed = is_closed(case_item, room)
    read = Reading(
        "case_item.read",
        case_item,
        purpose,
        decision.basis,
        {"concern": case_item.concern_id, "shown": "closed" if closed else "open"},
    )
    if closed:
        words = _own(case_item, known.keys)
        record_page(by=by, readings=[read])
        mended = mends(case_item, room)
        return CaseView(case_item, room, decision.basis, True, mends=mended, own=words)
    with transaction.atomic(savepoint=False):
        running = case_item.meeting.status == MeetingStatus.RUNNING
        # Who comes when the case is through is told nothing of it.
        if running and case_item.status == CaseItem.Status.OPENED and not there.everyone_told:
            tell(case_item, room)
        links = links_shown(by, [case_item], known.links)[case_item.pk]
        lines = [Reading("child.read", link.child, purpose, decision.basis) for link in links]
        record_page(by=by, readings=[read, *lines])
    return _open(by, case_item, room, decision, known, there.choices, links)


def links_shown(
    by: User, items: Sequence[CaseItem], links: Mapping[int, list[ConcernChild]]
) -> dict[int, list[ConcernChild]]:
    """Return the children of each case that the reader is shown by name, by the number of the case.

    All of them to who works on it, else those that were told to the reader: a child laid on it later was not among them.
    `links` are the children by concern. The caller has asked whether the reader may read the case.
    """
    person, found = person_of(by), {each.pk: links[each.concern_id] for each in items}
    others = [each for each in items if not concerns.may_work(by, each.concern)]
    told: set[tuple[int, int]] = set()
    if len(others) == 1 and person is not None:  # a page of one case tells of them all besides
        told = {(each.case_item_id, each.child_id) for each in _told(others[0]) if _hears(each, person)}
    elif others and person is not None:
        rows = Disclosure.objects.filter(still_reads(), case_item__in=others, person=person)
        told = set(rows.exclude(ground="none").values_list("case_item_id", "child_id"))
    for each in others:
        found[each.pk] = [link for link in found[each.pk] if (each.pk, link.child_id) in told]
    return found


def note_reading(*, by: User, case_item: CaseItem, shown: str) -> None:
    """Write that a part of the case was opened by itself: the "ground", or the "text" of another writer. Raises Refused."""
    decision = policy.may_read_case(by, case_item).require()
    details = {"concern": case_item.concern_id, "shown": shown}
    read = Reading("case_item.read", case_item, "meeting", decision.basis, details)
    record_page(by=by, readings=[read])


def _open(
    by: User,
    item: CaseItem,
    room: Room,
    decision: Decision,
    known: Known,
    choices: list[Person],
    links: list[ConcernChild],
) -> CaseView:
    safe = known.keys
    views = in_clear([link.child for link in links], safe)
    prefetch_related_objects([item], "texts")
    texts = list(item.texts.all())
    for each in texts:
        each.case_item = item
    minutes = next((each for each in texts if each.key == MINUTES), None)
    frozen = next((safe.read(each, "text").text for each in texts if each.key == FROZEN), "")
    return CaseView(
        item=item,
        room=room,
        ground=decision.basis,
        closed=False,
        choices=choices,
        children=[
            ShownChild(view, str(ConcernChild.Part(link.part).label))
            for link, view in zip(links, views, strict=True)
        ],
        own=_own(item, safe),
        seen={name: safe.read(item.concern, name) for name in SEEN},
        offence=_offence(by, item, decision, known),
        minutes=minutes,
        minutes_text=safe.read(minutes, "text") if minutes is not None else Opened(),
        agreements=agreements_of(item, safe),
        added=[(each, safe.read(each, "text")) for each in texts if each.key.startswith(ADDED)],
        family=released_texts(texts, safe, views) if concerns.may_work(by, item.concern) else [],
        frozen=json.loads(frozen) if frozen else {},
    )


def _own(item: CaseItem, safe: Safe) -> dict[str, Opened]:
    found = {name: safe.read(item, name) for name in OWN}
    sealed = found["anonymous_wording"]
    found["anonymous_wording"] = replace(sealed, text=_as_written(sealed.text))
    return found


def _as_written(sealed: str) -> str:
    """Return heading, question and text as paragraphs; what was not sealed as these three stands as it is."""
    try:
        said = json.loads(sealed)
    except ValueError:
        return sealed
    if not isinstance(said, dict):
        return sealed
    return "\n\n".join(filter(None, (said.get(part) for part in ("heading", "question", "text"))))


def text_of(item: CaseItem, key: str) -> CaseText | None:
    """Return one text of a case; asks nothing where the case has been opened for the page."""
    known = getattr(item, "_prefetched_objects_cache", {}).get("texts")
    rows = known if known is not None else item.texts.filter(key=key)
    return next((each for each in rows if each.key == key), None)


def released_texts(texts: list[CaseText], safe: Safe, children: list[ChildView]) -> list[ReleasedText]:
    """Open what was released to the families of these children. The caller has asked, and logs the reading."""
    found = []
    for each in texts:
        for child in children:
            if each.key == f"{FAMILY}{child.id}" or each.key.startswith(f"{FAMILY}{child.id}-"):
                audience = audience_word(each.key.removeprefix(f"{FAMILY}{child.id}"), child)
                found.append(ReleasedText(each.pk, audience, safe.read(each, "text")))
    return found


def audience_word(audience: str, child: ChildView) -> str:
    """Write for whom a text is: "" everybody, YOUNG, or one grown-up by the number in it."""
    if audience == YOUNG:
        return _("Kun den unge")
    if audience == ALL:
        return _("Alle med forældremyndighed, og den unge selv")
    names = {only_for(each.id): str(each.name) for each in child.adults}
    return _("Kun %(name)s") % {"name": names.get(audience, _("en voksen, der ikke længere er på barnet"))}


def only_for(adult_id: int) -> str:
    """Return the audience of one grown-up."""
    return f"-voksen-{adult_id}"


def agreements_of(item: CaseItem, safe: Safe) -> list[CaseAgreementLine]:
    """Return what was agreed in the case at this meeting, in clear."""
    rows = (
        Agreement.every.filter(case_origin__case_item=item)
        .select_related("case__former_responsible", "responsible")
        .order_by("pk")
    )
    lines = []
    for row in rows:
        row.case.concern, row.case.agreement = item.concern, row
        person = row.case.held_by
        who = person.name if person is not None else ""
        lines.append(
            CaseAgreementLine(safe.read(row.case, "words"), who, row.due_on, str(row.get_status_display()))
        )
    return lines


def told_of(item: CaseItem) -> list[Disclosure]:
    """Return to whom the name has been told, each once whatever the number of children, in the order of telling."""
    return list({(row.person_id, row.family_member_id): row for row in _told(item)}.values())


def _told(item: CaseItem) -> list[Disclosure]:
    """Return all that was told of the case, read once for a page."""
    kept: list[Disclosure] | None = item.__dict__.get("told_rows")
    if kept is None:
        rows = Disclosure.objects.filter(case_item=item)
        kept = item.__dict__["told_rows"] = list(
            rows.select_related("person", "organisation", "family_member")
        )
    return kept


def _hears(row: Disclosure, person: Person) -> bool:
    """Whether the person still reads what the row says was told: `standing.still_reads` of a row at hand."""
    lasts = row.reads_until is None or row.reads_until > timezone.now()
    return row.person_id == person.pk and row.ground != "none" and lasts


def _offence(by: User, item: CaseItem, decision: Decision, known: Known) -> Opened | None:
    """Open what is criminal, for parties of the crime-preventive cooperation on that basis only (rule 49)."""
    if item.concern.offence is None or not may_see_offence(by, item, decision, known.rules):
        return None
    return known.keys.read(item.concern, "offence")


def may_see_offence(by: User, item: CaseItem, decision: Decision, rules: SharingRules) -> bool:
    """Tell whether the reader may see what is criminal: by the concern's own rule, or told on that basis here."""
    if item.basis != LegalBasis.RPL115:
        return False
    return decision.basis == LegalBasis.RPL115 or bool(concerns.may_read_offence(by, item.concern, rules))


def prior_early_meetings(item: CaseItem) -> int:
    """Return how often the children were spoken of on the early basis in this matter before: the most of them."""
    links = item.concern.concern_children.select_related("child")
    return max((earlier_early_meetings(item, link.child) for link in links), default=0)
