"""What a family reads of its own child after a login of its own: what was released, and nothing else (issue C, section 3).

Who comes gets no login here: the session holds a blind index of who they are, and everything is asked anew by it at each
request. Whether anything is known of a child is not told: where nothing is released, the page says the same to anybody.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.db.models import CharField, Exists, F, QuerySet, Value
from django.utils import timezone
from django.utils.translation import gettext as _

from tovholder.audit.models import SYSTEM, Event
from tovholder.audit.services import record, record_page, record_reading
from tovholder.citizens.models import Child
from tovholder.citizens.services.kin import Kin, kin_of, token_of
from tovholder.citizens.services.safe import Opened, Safe
from tovholder.concerns.models import Category, Concern
from tovholder.concerns.queries import OF_CONCERN, Reader, ReaderRow, ReaderSource
from tovholder.concerns.suspicion import suspected_families
from tovholder.meetings.models import CaseItem, CaseText, MeetingStatus
from tovholder.meetings.services.cases_reading import ALL, FAMILY, YOUNG, only_for
from tovholder.plans.models import PlanRelease
from tovholder.plans.services.releasing import released_page

SHOWN = "family"
LASTS = 30 * 60  # seconds from the login until who they are must be shown again
GROUND, PURPOSE = "own_case", "own child"
_SUSPECTED = Category.Suspicion.BY_FAMILY


def enter(session: SessionBase, cpr: str) -> None:
    """Remember in an empty session who has shown an identity, by a blind index, and log it."""
    token = token_of(cpr)
    session[SHOWN] = token.hex()
    session.set_expiry(LASTS)
    found = kin_of(token)
    by = found[0] if found else SYSTEM
    record(by=by, action="family.entered", kind=Event.Kind.LOGIN, details={"children": len(found)})


def shown_in(session: SessionBase) -> bytes | None:
    """Return the blind index of who has shown an identity in this session."""
    said = session.get(SHOWN)
    return bytes.fromhex(said) if isinstance(said, str) else None


@dataclass(frozen=True, slots=True)
class Line:
    """Something released: the minutes of a meeting, or the page of who does what."""

    kind: str  # "minutes" or "plan"
    pk: int
    day: date


@dataclass(frozen=True, slots=True)
class OwnChild:
    """A child of whom the family may read something, and what they are to it."""

    child: Child
    kin: tuple[Kin, ...]
    name: Opened
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class OwnText:
    """What was released from one meeting, in clear for one page."""

    own: OwnChild
    day: date
    texts: tuple[Opened, ...]


@dataclass(frozen=True, slots=True)
class OwnPlan:
    """The page of who does what, as it was released, for one page."""

    own: OwnChild
    day: date
    page: dict[str, Any]


def mine(token: bytes) -> list[OwnChild]:
    """Return the children of whom something is released to this person, and log that it was listed."""
    found = _own(kin_of(token))
    for own in found:
        record_page(by=own.kin[0], readings=[("family.listed", own.child, PURPOSE, GROUND)])
    return found


def read_minutes(token: bytes, code: str, pk: int) -> OwnText | None:
    """Open what was released from a meeting, and log it; None where there is nothing for this person."""
    own = _one(token, code)
    rows = [row for row in _texts(own.child, own.kin) if row.case_item_id == pk] if own is not None else []
    if own is None or not rows:
        return None
    for row in rows:
        row.case_item.concern = rows[0].case_item.concern
    safe = Safe.of(rows[:1])
    _log(own, {"case_item": pk})
    return OwnText(
        own, _day(rows[0].case_item.meeting.starts_at), tuple(safe.read(row, "text") for row in rows)
    )


def read_plan(token: bytes, code: str, pk: int) -> OwnPlan | None:
    """Open the page of who does what as it was released, and log it; None where there is none for this person."""
    own = _one(token, code)
    released = _plans(own.child) if own is not None else ()
    release = next((each for each in released if each.plan_id == pk), None)
    if own is None or release is None:
        return None
    _log(own, {"plan": pk})
    return OwnPlan(own, _day(release.at), released_page(release))


def _log(own: OwnChild, details: dict[str, int]) -> None:
    record_reading(
        by=own.kin[0], action="family.read", obj=own.child, purpose=PURPOSE, ground=GROUND, details=details
    )


def _one(token: bytes, code: str) -> OwnChild | None:
    return next(iter(_own(kin for kin in kin_of(token) if kin.child.code == code)), None)


def _own(kin_found: Iterable[Kin]) -> list[OwnChild]:
    by_child: dict[int, list[Kin]] = {}
    for kin in kin_found:
        by_child.setdefault(kin.child.pk, []).append(kin)
    lines = {pk: _lines(kins[0].child, kins) for pk, kins in by_child.items()}
    shown = [tuple(kins) for pk, kins in by_child.items() if lines[pk]]
    safe = Safe.of([kins[0].child for kins in shown])
    return [
        OwnChild(kins[0].child, kins, safe.read(kins[0].child, "name"), lines[kins[0].child.pk])
        for kins in shown
    ]


def _lines(child: Child, kin: Sequence[Kin]) -> tuple[Line, ...]:
    if _is_kept_from_family(child):
        return ()
    meetings = {row.case_item_id: row.case_item.meeting.starts_at for row in _texts(child, kin)}
    found = [Line("minutes", pk, _day(at)) for pk, at in meetings.items()]
    found += [Line("plan", each.plan_id, _day(each.at)) for each in _plans(child)]
    return tuple(sorted(found, key=lambda line: (line.day, line.pk), reverse=True))


def _is_kept_from_family(child: Child) -> bool:
    """While somebody in the family is suspected in any open case of the child, nothing reaches the family (rule 22)."""
    return suspected_families(_records(child)).exists()


def _records(child: Child) -> list[int]:
    """The child's record, and those laid together with it: what was released before says their numbers."""
    return [child.pk, *child.merged.values_list("pk", flat=True)]


def _texts(child: Child, kin: Sequence[Kin]) -> QuerySet[CaseText]:
    audiences = {ALL} | {YOUNG if each.adult_id is None else only_for(each.adult_id) for each in kin}
    keys = [f"{FAMILY}{pk}{audience}" for pk in _records(child) for audience in audiences]
    opened = (CaseItem.Status.OPENED, CaseItem.Status.DONE)
    return (
        CaseText.objects.filter(
            key__in=keys,
            case_item__status__in=opened,
            case_item__released_at__isnull=False,
            case_item__meeting__status=MeetingStatus.HELD,
            case_item__concern__erased_at__isnull=True,
            case_item__concern__concern_children__child=child,
        )
        .exclude(case_item__concern__categories__suspicion=_SUSPECTED)
        .select_related("case_item__meeting", "case_item__concern")
        .order_by("case_item", "key")
    )


def _plans(child: Child) -> QuerySet[PlanRelease]:
    return (
        PlanRelease.objects.filter(
            plan__child=child,
            plan__concern__erased_at__isnull=True,
            plan__concern__concern_children__child=child,
        )
        .exclude(plan__concern__categories__suspicion=_SUSPECTED)
        .select_related("plan__concern")
        .order_by("-at", "pk")
    )


def _day(at: datetime) -> date:
    return timezone.localtime(at).date()


def _released_rows() -> QuerySet[Any, Any]:
    """A row for a concern of which something is released; nobody's own, so that no reader stands for it."""
    texts = CaseText.objects.filter(
        key__startswith=FAMILY, case_item__concern=OF_CONCERN, case_item__released_at__isnull=False
    )
    plans = PlanRelease.objects.filter(plan__concern=OF_CONCERN)
    blank = Value("", output_field=CharField())
    rows: QuerySet[Any, Any] = (
        Concern.objects.filter(Exists(texts) | Exists(plans), pk=OF_CONCERN)
        .order_by()
        .annotate(
            way=Value(RELEASED, output_field=CharField()),
            who=Value(0),
            who_name=blank,
            who_place=blank,
            because=blank,
            detail=blank,
            number=F("pk"),
        )
        .values_list(*ReaderRow._fields)
    )
    return rows


def _say_released(row: ReaderRow, concern: Concern) -> Reader | None:
    if settings.FAMILY_SIGN_ON is None:
        return None
    who = _("Forældre med forældremyndighed, og den unge selv")
    return Reader(who, "", _("Det, der er frigivet til dem"), _("Det er deres egen sag"))


# The family of whom something is released, where a municipality lets it log in (`settings.CONCERN_READERS`).
RELEASED = "tovholder.meetings.services.own_child.readers_of"
readers_of = ReaderSource(_released_rows, _say_released)
