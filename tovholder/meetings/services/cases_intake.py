"""Names handed over at a case meeting: read from typed or pasted lines, shown with their faults, taken in all or none."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from tovholder.access.bases import LegalBasis
from tovholder.access.decision import yes
from tovholder.access.sharing import Kind, Purpose
from tovholder.accounts.models import User
from tovholder.audit.services import record_many
from tovholder.citizens.identity import Identity
from tovholder.citizens.services.many import create_children
from tovholder.citizens.services.safe import Safe
from tovholder.concerns.models import Concern, ConcernChild
from tovholder.concerns.queries import triagers
from tovholder.concerns.services.handing_over import HandedOver, raise_handed_over
from tovholder.directory.models import District
from tovholder.forums.standing import person_of
from tovholder.meetings import policy
from tovholder.meetings.models import CaseItem, Meeting, MeetingStatus
from tovholder.meetings.services.guarding import lock_meeting
from tovholder.meetings.services.letters import when

MOST, OFFENCE_MAX = 500, 1000
_PARTS = {
    "m": ConcernChild.Part.SUSPECTED, "mistænkt": ConcernChild.Part.SUSPECTED, "sigtet": ConcernChild.Part.SUSPECTED,
    "f": ConcernChild.Part.VICTIM, "forurettet": ConcernChild.Part.VICTIM, "offer": ConcernChild.Part.VICTIM,
    "v": ConcernChild.Part.WITNESS, "vidne": ConcernChild.Part.WITNESS,
}  # fmt: skip
_SOURCES = {
    "p": Concern.Source.POLICE, "politi": Concern.Source.POLICE,
    "politiet": Concern.Source.POLICE, "fagperson": Concern.Source.STAFF, "skole": Concern.Source.STAFF,
    "kommune": Concern.Source.STAFF, "familie": Concern.Source.FAMILY, "anden": Concern.Source.OTHER,
}  # fmt: skip
_DAY = re.compile(r"(\d{1,2})[./\- ]{1,2}(\d{1,2})[./\- ]{1,2}(\d{4}|\d{2})")
_ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})")


@dataclass(frozen=True, slots=True)
class NameLine:
    """One line as it was read: the name, and what is wrong with it."""

    number: int
    name: str
    born: date | None
    cpr: str
    part: str
    source: str
    offence: str
    faults: list[str] = field(default_factory=list)
    district: District | None = None

    @property
    def part_word(self) -> str:
        return str(ConcernChild.Part(self.part).label) if self.part else ""

    @property
    def source_word(self) -> str:
        return str(Concern.Source(self.source).label) if self.source else ""


def source_of(user: User) -> str:
    """Return the source of a line that names none: the police, where they hand over themselves; else it must be written."""
    person = person_of(user)
    place = person.organisation if person is not None else None
    return Concern.Source.POLICE if place is not None and place.kind.sharing_kind == Kind.POLICE else ""


@dataclass(frozen=True, slots=True)
class Districts:
    """Whose triagers receive the names of a meeting: those of a line that names a district, else of the one chosen.

    In a forum that has districts it is one of them. Else it is the municipality's, and nobody has to choose: then every
    triager receives the name (issue C, section 3).
    """

    known: tuple[District, ...] = ()
    must: bool = False
    chosen: District | None = None
    # The municipality's others: a line that names one of them is wrong, not without a district.
    elsewhere: tuple[District, ...] = ()
    # Those that nobody triages: a name there would be opened, decided and read by nobody.
    unread: frozenset[int] = frozenset()

    @property
    def each_says(self) -> bool:
        """Whether a name must say its district, because there are several to choose among."""
        return self.must and len(self.known) > 1

    @property
    def usual(self) -> District | None:
        """Where there is but one to choose, it is that."""
        return self.chosen or (self.known[0] if self.must and len(self.known) == 1 else None)


def districts_of(meeting: Meeting, by: User | None = None) -> Districts:
    """Return what a name of the meeting can belong to; chosen is that of who hands over, where their place has one."""
    rows = District.objects.filter(retired_at__isnull=True).order_by("position", "pk")
    everywhere = list(rows.annotate(is_read=Exists(triagers(OuterRef(OuterRef("pk"))))))
    of_forum = set(meeting.lead_forum.districts.values_list("pk", flat=True))
    own = [each for each in everywhere if each.pk in of_forum]
    known = own or everywhere
    person = person_of(by) if by is not None else None
    place = person.organisation if person is not None else None
    chosen = next((each for each in known if place is not None and each.pk == place.district_id), None)
    elsewhere = [each for each in everywhere if each not in known]
    unread = frozenset(each.pk for each in known if not each.is_read)
    return Districts(tuple(known), bool(own), chosen, tuple(elsewhere), unread)


def read_lines(text: str, *, source: str = "", districts: Districts | None = None) -> list[NameLine]:
    """Read lines "name; birth date or CPR; role; source; offence; district", parted by semicolons or tabs. Raises nothing.

    `source` is that of a line which names none (`source_of`), `districts` are the meeting's (`districts_of`).
    """
    districts = districts or Districts()
    seen: dict[tuple[str, date | None], int] = {}
    found = []
    for number, raw in enumerate(text.splitlines(), start=1):
        if not raw.strip():
            continue
        line = _read(number, raw, source, districts)
        key = (line.name.casefold(), line.born)
        if key in seen:
            line.faults.append(_("Står også i linje %(n)s.") % {"n": seen[key]})
        seen.setdefault(key, number)
        found.append(line)
    return found


def _read(number: int, raw: str, unsaid: str, districts: Districts) -> NameLine:
    cells = [each.strip() for each in re.split(r"[;\t]", raw)]
    cells += [""] * (5 - len(cells))
    name, born_text, part_text, source_text = cells[:4]
    rest, district, misplaced = _of_district(cells[4:], districts)
    faults = list(misplaced)
    offence = "; ".join(each for each in rest if each)
    born, cpr = read_born(born_text)
    if born is None:
        faults.append(_("Skriv fødselsdag (3.4.2012) eller CPR-nummer."))
    else:
        try:
            Identity(name, born, cpr).checked()
        except ValidationError as wrong:
            faults += wrong.messages
    part = _PARTS.get(part_text.casefold(), "")
    if not part:
        faults.append(_("Skriv mistænkt, forurettet eller vidne."))
    source = _SOURCES.get(source_text.casefold(), "") if source_text else unsaid
    if not source:
        faults.append(_("Skriv kilden: politi, fagperson, familie eller anden."))
    if districts.must and district is None and not misplaced:
        faults.append(_("Skriv distriktet til sidst i linjen, eller vælg det ovenfor."))
    if district is not None and district.pk in districts.unread:
        faults.append(nobody_receives(district))
    if len(offence) > OFFENCE_MAX:
        faults.append(_("Teksten er for lang."))
    return NameLine(number, " ".join(name.split()), born, cpr, part, source, offence, faults, district)


def nobody_receives(district: District) -> str:
    """Say that nobody receives names there."""
    words = _("Ingen modtager sager i %(district)s endnu. Ring til SSP-konsulenten, før navnet overleveres.")
    return words % {"district": district.name}


def _of_district(cells: list[str], districts: Districts) -> tuple[list[str], District | None, list[str]]:
    """Part what follows the source into the offence and the district of the line; return what is wrong with the district.

    A sixth cell is a district. One that is misspelt is told: taken for a part of the offence, the name would go to the
    triagers of another district.
    """
    while cells and not cells[-1]:  # a row copied from a sheet ends in empty cells
        cells = cells[:-1]
    said = cells[-1] if cells else ""
    named = {each.name.casefold(): each for each in (*districts.elsewhere, *districts.known)}
    found = named.get(said.casefold())
    if found in districts.known:
        return cells[:-1], found, []
    if found is not None:
        return cells[:-1], None, [_("%(name)s hører ikke til forummet.") % {"name": found.name}]
    if len(cells) < 2:
        return cells, districts.usual, []
    unknown = _(
        "Distriktet »%(name)s« findes ikke. Skriv det til sidst i linjen, og brug ellers ikke semikolon."
    )
    return cells[:-1], None, [unknown % {"name": Truncator(said).chars(40)}]


def read_born(text: str) -> tuple[date | None, str]:
    """Read a birth date or a CPR number, which carries its date. Returns the date, and the number where it is one."""
    text = text.strip()
    if match := _ISO.fullmatch(text):
        return _date(int(match[1]), int(match[2]), int(match[3])), ""
    digits = re.sub(r"[\s\-]", "", text)
    if digits.isdecimal() and len(digits) == 10:
        day, month, year = int(digits[:2]), int(digits[2:4]), int(digits[4:6])
        return _date(_century(year, int(digits[6])) + year, month, day), digits
    if digits.isdecimal() and len(digits) in {6, 8}:
        return _date(_full_year(digits[4:]), int(digits[2:4]), int(digits[:2])), ""
    if match := _DAY.fullmatch(text):
        return _date(_full_year(match[3]), int(match[2]), int(match[1])), ""
    return None, ""


def _century(year: int, seventh: int) -> int:
    """Return the century that the seventh digit of a CPR number tells."""
    if seventh <= 3:
        return 1900
    if seventh in {4, 9}:
        return 2000 if year <= 36 else 1900
    return 2000 if year <= 57 else 1800


def _full_year(text: str) -> int:
    year = int(text)
    if len(text) == 4:
        return year
    return 2000 + year if 2000 + year <= timezone.localdate().year else 1900 + year


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def necessity_sentences() -> list[str]:
    """Return the sentences to choose among for why the names are needed (rule 8)."""
    return [
        _("Navnet er nødvendigt for at aftale, hvem der taler med den unge og familien nu."),
        _("Navnet er nødvendigt for at se, om flere parter kender den unge og kan samle indsatsen."),
        _("Navnet er nødvendigt for at forebygge, at den unge kommer ud i ny kriminalitet."),
    ]


@transaction.atomic
def hand_over(*, by: User, meeting: Meeting, lines: list[NameLine], necessity: str) -> list[CaseItem]:
    """Take the names in, each as a concern of its own on this meeting: all of them or none.

    Raises Refused, ValidationError. Whether a name is known already is not told to who writes it: triagers see it.
    """
    meeting = lock_meeting(meeting)
    policy.may_hand_over(by, meeting).require()
    if meeting.status not in {MeetingStatus.PLANNED, MeetingStatus.RUNNING}:
        raise ValidationError(_("Mødet er slut. Vælg det næste møde."))
    _check(lines, necessity)
    lines = _in_district(meeting, lines)
    seen = _("Overleveret på mødet i %(forum)s, %(when)s.") % {
        "forum": meeting.lead_forum.name,
        "when": when(meeting),
    }
    position, names = meeting.case_items.count(), _children(by, lines)
    concerns = raise_handed_over(by=by, names=names, seen=seen)
    items = [
        CaseItem(
            meeting=meeting,
            concern=concern,
            position=position + number,
            minutes=3,
            is_handover=True,
            basis=LegalBasis.RPL115,
            purpose_code=Purpose.CRIME_PREVENTION,
            created_by=by.audit_key,
        )
        for number, concern in enumerate(concerns)
    ]
    safe = Safe.of(concerns)
    purpose = _("Forebygge kriminalitet ved at aftale, hvem der handler.")
    for item in items:
        safe.write(item, purpose=purpose, necessity=necessity.strip())
    CaseItem.objects.bulk_create(items)
    told = {item.pk: {"meeting": meeting.pk, "concern": item.concern_id} for item in items}
    record_many(by=by, lines=[("case_item.handed_over", item, told[item.pk]) for item in items])
    return items


def _check(lines: list[NameLine], necessity: str) -> None:
    if not lines:
        raise ValidationError({"names": [_("Skriv mindst ét navn.")]})
    if len(lines) > MOST:
        raise ValidationError({"names": [_("Der kan højst tages %(n)s navne ind ad gangen.") % {"n": MOST}]})
    if any(each.faults for each in lines):
        raise ValidationError({"names": [_("Ret fejlene, før navnene tages ind. Intet er gemt.")]})
    if not necessity.strip():
        raise ValidationError({"necessity": [_("Skriv, hvorfor det er nødvendigt at nævne navnene.")]})


def _in_district(meeting: Meeting, lines: list[NameLine]) -> list[NameLine]:
    """In a forum that has districts every name is one of theirs: it is never read by the triagers of the others.

    None is of a district that nobody triages.
    """
    own = districts_of(meeting)
    placed = [replace(each, district=each.district or own.usual) for each in lines] if own.must else lines
    if own.must and any(each.district not in own.known for each in placed):
        raise ValidationError({"names": [_("Vælg, hvilket distrikt hvert navn hører til.")]})
    unread = dict.fromkeys(
        each.district for each in placed if each.district is not None and each.district.pk in own.unread
    )
    if unread:
        raise ValidationError({"names": [nobody_receives(each) for each in unread]})
    return placed


def _children(by: User, lines: list[NameLine]) -> list[HandedOver]:
    """Make the children's records. Who hands a name over lays the child on it at once; they read no record by it."""
    identities = [Identity(line.name, line.born, line.cpr) for line in lines if line.born is not None]
    children = create_children(by=by, decision=yes("handover"), identities=identities)
    return [
        HandedOver(child, line.part, line.source, line.offence, line.district)
        for child, line in zip(children, lines, strict=True)
    ]


def own_handed_over(user: User, meeting: Meeting) -> list[CaseItem]:
    """Return the names that the user brought to this meeting: their codes, nothing more."""
    rows = CaseItem.objects.filter(meeting=meeting, is_handover=True, created_by=user.audit_key)
    return list(rows.exclude(status=CaseItem.Status.WITHDRAWN).select_related("concern"))
