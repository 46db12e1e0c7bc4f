"""Who may see a case at a meeting at this moment: asked again at every request, of the room as it is now.

The uncovered, and a convener without part in the case, are answered as if it did not exist. The reason why a name
stays closed, and what would mend it, is told to those who are covered only.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import F, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from tovholder.access.bases import LegalBasis
from tovholder.accounts.models import User
from tovholder.concerns.models import Concern
from tovholder.concerns.policy import Part
from tovholder.concerns.policy import may_read as may_read_concern
from tovholder.concerns.queries import (
    NOW,
    OF_CONCERN,
    Reader,
    ReaderRow,
    ReaderSource,
    reader_of,
    reader_rows,
    readers_of_all,
)
from tovholder.concerns.services.reading import note_listed
from tovholder.concerns.suspicion import is_by_family
from tovholder.directory.models import Person
from tovholder.directory.parties import as_participant
from tovholder.forums.standing import person_of
from tovholder.meetings.models import CaseItem, Disclosure, Meeting, MeetingKind, MeetingStatus
from tovholder.meetings.queries import read_case_of, read_cases_of
from tovholder.meetings.services.cases import (
    Ground,
    Room,
    assess_room,
    tell,
)
from tovholder.meetings.services.cases_known import (
    Known,
    around,
    keep_known,
    known_of,
    read_cases,
    room_people,
)
from tovholder.meetings.standing import still_reads
from tovholder.ui.naming import listed

_COVERED_BY = {
    "rpl115": _l("Part i det kriminalitetsforebyggende samarbejde"),
    "early_cooperation": _l("Part i det tidlige forebyggende samarbejde"),
    "participation": _l("Med på mødet sammen med familien"),
    "consent": _l("Nævnt i samtykket"),
    "own_case": _l("Det er deres egen sag"),
    "none": _l("Ikke dækket af grundlaget"),
}


@dataclass(frozen=True, slots=True)
class Covered:
    """One person before a case: whether the ground covers them, and how."""

    person: Person
    why: str
    ground: str

    @property
    def is_covered(self) -> bool:
        return self.ground != "none"


def shown_cases(user: User, meeting: Meeting) -> list[CaseItem]:
    """Return the meeting's cases that the user may know of now, in order; `works` marks those they work on.

    Who was told, and is no longer covered (a consent withdrawn, another organisation), sees it no more.
    """
    rows = read_cases_of(user, meeting)
    asked = [item for item in rows if not item.works]  # type: ignore[attr-defined]
    if asked:
        keep_known(asked, read_cases(asked))
    return [item for item in rows if still_shown(user, item)]


def shown_case(user: User, meeting_pk: int, pk: int) -> CaseItem | None:
    """Return one case that the user may know of now, with its meeting."""
    item = read_case_of(user, meeting_pk, pk)
    if item is None or item.meeting.kind == MeetingKind.NETWORK:  # that has pages of its own
        return None
    return item if still_shown(user, item) else None


def still_shown(user: User, item: CaseItem) -> bool:
    """Tell of somebody whom the policy lets read the case whether they work on it, or are still covered today."""
    person, works = person_of(user), getattr(item, "works", None)
    if works is None:
        works = bool(may_read_concern(user, item.concern, Part.ALL))
    return works or (person is not None and still_covered(item, person, known_of([item])))


def has_cases(user: User, meeting: Meeting) -> bool:
    """Tell whether the page of the meeting shall offer its cases to the user."""
    marked = getattr(meeting, "holds_cases", None)
    return marked is not False and bool(shown_cases(user, meeting))


def still_covered(item: CaseItem, person: Person, known: Known | None = None) -> bool:
    """Tell whether the recorded ground covers the person today, whoever else is there."""
    room = assess_room(item, people=[person], family=[], known=known, chair_is_ssp=True)
    return room.covered(person)


def is_closed(item: CaseItem, room: Room) -> bool:
    """Tell whether the name stays closed: it is not opened, or somebody in the running meeting is not covered."""
    if item.status not in {CaseItem.Status.OPENED, CaseItem.Status.DONE}:
        return True
    return item.meeting.status == MeetingStatus.RUNNING and not room.allowed


def room_changed(meeting: Meeting) -> int:
    """Tell who has come while cases are open; return how many disclosures were written. In the caller's transaction.

    Nobody is told while somebody there is not covered: then the names are closed to all.
    """
    if meeting.status != MeetingStatus.RUNNING:
        return 0
    told = 0
    for item in CaseItem.objects.filter(meeting=meeting, status=CaseItem.Status.OPENED):
        item.meeting = meeting
        room = assess_room(item)
        if room.allowed:
            told += tell(item, room)
    return told


def before_whom(room: Room) -> list[Covered]:
    """Return everybody in the room with what covers them for every child of the case."""
    found = []
    for person in room.people:
        grounds = [each.coverage.get(as_participant(person).id, "none") for _c, each in room.assessments]
        ground = "none" if "none" in grounds or not grounds else grounds[0]
        found.append(Covered(person, str(_COVERED_BY.get(ground, "")), ground))
    return found


@dataclass(frozen=True, slots=True)
class Change:
    """Who could see a case by name on a new ground, against the ground that stands."""

    room: Room
    gain: list[Covered]
    lose: list[Covered]
    outside: list[Covered]


def weigh(item: CaseItem, ground: Ground) -> Change:
    """Say before saving who gains and who loses by another ground, among those the meeting is called for.

    Who works on the case is in neither: they read it on any ground.
    """
    known, there = known_of([item]), around(item)
    room = assess_room(item, people=there.here, family=there.family, ground=ground, known=known)
    now = before_whom(assess_room(item, people=there.here, family=there.family, known=known))
    then = before_whom(room)
    covered = {each.person.pk for each in now if each.is_covered}
    works = {each.person_id for each in readers_of_all(item.concern)}
    others = [each for each in then if each.person.pk not in works]
    return Change(
        room=room,
        gain=[each for each in others if each.is_covered and each.person.pk not in covered],
        lose=[each for each in others if not each.is_covered and each.person.pk in covered],
        outside=[each for each in then if not each.is_covered and each.person.pk not in covered],
    )


def mends(item: CaseItem, room: Room) -> list[str]:
    """Return what would open a closed name, in sentences. For covered readers only."""
    if room.allowed:
        return []
    suspected = _suspects_family(item)
    lines, alone = [], item.meeting.kind == MeetingKind.NETWORK  # a network meeting has no other items
    for person in room.uncovered:
        place = person.organisation
        if place is not None and not suspected:
            lines.append(
                _("Få et samtykke, der nævner %(place)s.") % {"place": place.name},
            )
        without = _("Hold mødet uden %(name)s.") if alone else _("Lad %(name)s gå ud, mens punktet tages.")
        lines.append(without % {"name": person.name})
    if suspected and room.answer.code in _BY_FAMILY:
        lines.append(str(_BY_FAMILY[room.answer.code]))
    elif room.answer.code in MENDED_BY:
        lines.append(str(MENDED_BY[room.answer.code]))
    if not alone and room.answer.code not in _NOT_ELSEWHERE:
        lines.append(_("Tag punktet anonymt."))
        if not room.uncovered:
            lines.append(_("Tag det i et andet forum eller på et andet grundlag."))
    return list(dict.fromkeys(lines))


def _suspects_family(item: CaseItem) -> bool:
    return item.concern_id is not None and is_by_family(item.concern)


# What no other forum, basis or wording mends.
_NOT_ELSEWHERE = {"notify_at_once", "family_under_suspicion", "purpose_investigation"}
MENDED_BY = {
    "level_above_forum": _l("Tag sagen i et forum, der tager sager med navn."),
    "purpose_investigation": _l(
        "Skriv et formål, der handler om at forebygge. Efterforskning hører til hos politiet."
    ),
    "basis_missing": _l("Vælg et grundlag, og læg barnet på sagen."),
    "purpose_missing": _l("Skriv formålet med egne ord."),
    "basis_not_for_forum": _l("Vælg et grundlag, som forummet må bruge."),
    "basis_purpose_mismatch": _l("Vælg det grundlag, der hører til formålet, eller ret formålet."),
    "necessity_missing": _l("Skriv, hvorfor det er nødvendigt at nævne navnet."),
    "notify_at_once": _l(
        "Underret straks og personligt. Mødet venter ikke på det, og det erstatter det ikke."
    ),
    "family_under_suspicion": _l(
        "Hold mødet uden familien. Spørg myndigheden, hvornår familien kan få noget at vide."
    ),
    "special_reason_missing": _l("Skriv den særlige grund til et møde mere."),
    "early_cooperation_used_up": _l("Få et samtykke, og overvej, om I skal underrette."),
    "consent_missing": _l("Få et samtykke fra den, der kan give det."),
    "consent_incomplete": _l(
        "Ret samtykket sammen med den, der gav det: modtagere, slags oplysninger og formål."
    ),
    "consent_giver_not_entitled": _l("Få et nyt samtykke fra den, der kan give det på mødets dag."),
    "consent_withdrawn": _l("Tal med familien igen. Navnet nævnes først, når der er et nyt samtykke."),
    "consent_expired": _l("Få et nyt samtykke."),
    "family_not_told": _l("Giv familien besked om, hvem der kommer og hvorfor."),
    "family_not_present": _l("Vent, til en forælder eller den unge selv er her."),
    "support_person_too_young": _l("Find en bisidder, der er fyldt 15 år."),
    "not_own_child": _l("Lad den, der hører til en anden sag, gå ud, mens punktet tages."),
    "party_outside_rpl115": _l("Vælg et grundlag, der dækker alle i rummet."),
    "party_outside_early_cooperation": _l("Vælg et grundlag, der dækker alle i rummet."),
    "party_not_named_in_consent": _l("Få samtykket rettet, så det nævner alle i rummet."),
}

_ASK_FIRST = _l("Spørg myndigheden, hvornår I må tale med familien. Tal ikke med den før.")
# The same where somebody in the family is suspected: nothing leads to its being asked or told (rule 22).
_BY_FAMILY = {
    "early_cooperation_used_up": _l("Overvej, om I skal underrette. Tal ikke med familien før."),
    **dict.fromkeys(
        (
            "consent_missing",
            "consent_incomplete",
            "consent_giver_not_entitled",
            "consent_withdrawn",
            "consent_expired",
            "family_not_told",
            "family_not_present",
            "party_not_named_in_consent",
        ),
        _ASK_FIRST,
    ),
}


def warnings_for(user: User, meeting: Meeting, person: Person | None = None) -> list[str]:
    """Say which of the meeting's cases a new person in the circle closes: to who works on them, nobody else.

    Asked when somebody is invited, substituted, added or checked in; without a person of all who are called. A case whose
    ground is not written yet is closed to all of them, and says so on its own page.
    """
    if getattr(meeting, "holds_cases", True) is False:
        return []
    lines, people = [], [*_others(meeting, person), person] if person is not None else None
    for item in shown_cases(user, meeting):
        room = assess_room(item, people=people)
        outside = [each.name for each in room.uncovered if person is None or each == person]
        if room.allowed or not outside or not item.basis:
            continue
        lines.append(
            _("%(case)s er lukket, mens %(names)s er med. %(reason)s")
            % {"case": item.concern, "names": listed(outside), "reason": room.answer.reason}
        )
    return lines


def _others(meeting: Meeting, person: Person) -> list[Person]:
    return [each for each in room_people(meeting) if each.pk != person.pk]


def note_list(*, by: User, meeting: Meeting, items: Iterable[CaseItem]) -> None:
    """Write for each of these cases that it stood in a list (code and state, no name)."""
    note_listed(
        by=by,
        action="case_item.listed",
        concerns=[each.concern for each in items],
        purpose="meeting",
        ground="own_or_told",
        meeting=meeting.pk,
    )


def _told_rows() -> QuerySet[Any, Any]:
    told = Disclosure.objects.filter(
        still_reads(NOW),
        case_item__concern=OF_CONCERN,
        case_item__status__in=(CaseItem.Status.OPENED, CaseItem.Status.DONE),
        person__isnull=False,
        person__left_on__isnull=True,
    ).exclude(ground="none")
    forum = F("case_item__meeting__lead_forum__name")
    return reader_rows(told, TOLD, place="organisation__", because=F("ground"), detail=forum)


def _say_told(row: ReaderRow, concern: Concern) -> Reader | None:
    if row.because == "consent" and not _consent_still_covers(row.number or 0):
        return None
    return reader_of(row, _("Punktet på mødet i %(forum)s") % {"forum": row.detail}, why(row.because))


def _consent_still_covers(disclosure: int) -> bool:
    told = Disclosure.objects.select_related(
        "person__organisation__kind", "case_item__concern", "case_item__meeting__lead_forum"
    ).get(pk=disclosure)
    return told.person is not None and still_covered(told.case_item, told.person)


# Those a meeting has opened a concern to, while they still read it (`settings.CONCERN_READERS`).
TOLD = "tovholder.meetings.services.cases_room.readers_of"
readers_of = ReaderSource(_told_rows, _say_told)


def why(ground: str) -> str:
    """Say in words what covers somebody."""
    if ground in _COVERED_BY:
        return str(_COVERED_BY[ground])
    return str(LegalBasis(ground).label) if ground in LegalBasis.values else ground
