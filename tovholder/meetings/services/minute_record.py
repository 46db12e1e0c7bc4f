"""What the minutes say, as plain data: built from the rows while they can change, frozen as it is at approval.

The page, the PDF and the Word file all read this one shape, so they cannot say different things.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import cached_property
from typing import Any, TypedDict

from django.utils import timezone

from tovholder.accounts.models import User
from tovholder.meetings.models import (
    AgendaItem,
    CarriedAgreement,
    Meeting,
    Minutes,
    MinutesStatus,
    Participation,
)
from tovholder.meetings.queries import item_ids_visible_to, read_items_and_outcomes, readable_levels
from tovholder.meetings.services.carrying import agreements_at
from tovholder.meetings.services.gathering import everybody, seats
from tovholder.plans.models import Agreement, AgreementStatus

SHAPE = 1


class AgreementLine(TypedDict):
    pk: int
    what: str
    responsible: str
    helpers: list[str]
    due_on: str
    level: str
    forum: str
    status: str
    status_word: str


class CarriedLine(AgreementLine):
    choice: str
    choice_word: str
    reason: str
    successor: str


class OutcomeLine(TypedDict):
    kind: str
    kind_word: str
    text: str
    to: str


class ItemRecord(TypedDict):
    pk: int
    number: int
    heading: str
    kind: str
    kind_word: str
    level: str
    level_word: str
    minutes: int
    presenter: str
    question: str
    sub_points: list[str]
    text: str
    is_deferred: bool
    holds_carried: bool
    outcomes: list[OutcomeLine]
    agreements: list[AgreementLine]


class Attendee(TypedDict):
    name: str
    organisation: str
    part: str
    attended: bool | None


class MinuteRecord(TypedDict):
    shape: int
    title: str
    forums: list[str]
    starts_at: str
    ends_at: str
    place: str
    chair: str
    minute_taker: str
    attendance: list[Attendee]
    items: list[ItemRecord]
    carried: list[CarriedLine]


class Material:
    """What minutes are written from, each kind read when it is first asked for. A page keeps and shares its own."""

    def __init__(self, meeting: Meeting) -> None:
        self.meeting = meeting

    @cached_property
    def everybody(self) -> list[Any]:
        return everybody(self.meeting)

    @cached_property
    def people(self) -> list[Participation]:
        return seats(self.everybody)

    @cached_property
    def agreements(self) -> list[Any]:
        return agreements_at(self.meeting)

    @cached_property
    def items(self) -> list[AgendaItem]:
        return read_items_and_outcomes(self.meeting)


def build(meeting: Meeting, material: Material | None = None) -> MinuteRecord:
    """Return everything the minutes say, all levels."""
    material = material or Material(meeting)
    return MinuteRecord(
        shape=SHAPE,
        title=str(meeting),
        forums=[forum.name for forum in meeting.forums.all()],
        starts_at=timezone.localtime(meeting.starts_at).isoformat(),
        ends_at=timezone.localtime(meeting.ends_at).isoformat(),
        place=meeting.place,
        chair=meeting.chair.name if meeting.chair else "",
        minute_taker=meeting.minute_taker.name if meeting.minute_taker else "",
        attendance=[_attendee(each) for each in material.people],
        items=[
            _item(number, item, [each for each in material.agreements if each.made_under == item.pk])
            for number, item in enumerate(material.items, start=1)
        ],
        carried=[_carried(each) for each in _by_due_day(material.agreements) if each.on_agenda],
    )


def for_reader(
    user: User, meeting: Meeting, minutes: Minutes | None, material: Material | None = None
) -> MinuteRecord:
    """Return what the user may read: the frozen record after approval, else what stands now."""
    if minutes is not None and minutes.status == MinutesStatus.APPROVED:
        whole: MinuteRecord = minutes.frozen  # type: ignore[assignment]
    else:
        whole = build(meeting, material)
    readable = item_ids_visible_to(user, meeting)
    levels = readable_levels(user, meeting)
    return cut(whole, item_ids=readable, levels=levels)


def agreements_in(said: MinuteRecord) -> list[AgreementLine]:
    """Return every agreement that a record tells of: made under its items, or carried."""
    return [*(line for item in said["items"] for line in item["agreements"]), *said["carried"]]


def cut(whole: MinuteRecord, *, item_ids: set[int], levels: tuple[str, ...]) -> MinuteRecord:
    """Return the record with the readable items only; agreements at a level above the reader's fall out too.

    Numbers stay, so that "punkt 4" means the same to everybody at the table.
    """
    items = [
        ItemRecord(
            {**item, "agreements": [a for a in item["agreements"] if a["level"] in {*levels, item["level"]}]}
        )
        for item in whole["items"]
        if item["pk"] in item_ids
    ]
    carried = [line for line in whole["carried"] if line["level"] in levels]
    return MinuteRecord({**whole, "items": items, "carried": carried})


def _by_due_day(agreements: Iterable[Any]) -> list[Any]:
    return sorted(agreements, key=lambda each: (each.due_on is not None, each.due_on or date.min, each.pk))


def _item(number: int, item: AgendaItem, made: list[Agreement]) -> ItemRecord:
    return ItemRecord(
        pk=item.pk,
        number=number,
        heading=item.heading,
        kind=item.kind,
        kind_word=str(item.get_kind_display()),
        level=item.level,
        level_word=str(item.get_level_display()),
        minutes=item.minutes,
        presenter=item.presenter.name if item.presenter else "",
        question=item.question,
        sub_points=[str(point) for point in item.sub_points],
        text=item.text,
        is_deferred=item.is_deferred,
        holds_carried=item.source == AgendaItem.Source.OPEN_AGREEMENTS,
        outcomes=[
            OutcomeLine(
                kind=outcome.kind,
                kind_word=str(outcome.get_kind_display()),
                text=outcome.text,
                to=str(outcome.to_forum or outcome.to_person or ""),
            )
            for outcome in item.outcomes.all()
        ],
        agreements=[_agreement(each) for each in made],
    )


def _agreement(agreement: Agreement) -> AgreementLine:
    return AgreementLine(
        pk=agreement.pk,
        what=agreement.what,
        responsible=agreement.responsible.name if agreement.responsible else "",
        helpers=[person.name for person in agreement.helpers.all()],
        due_on=agreement.due_on.isoformat() if agreement.due_on else "",
        level=agreement.level,
        forum=agreement.forum.name,
        status=agreement.status,
        status_word=str(agreement.get_status_display()),
    )


def _carried(agreement: Any) -> CarriedLine:
    successor: Agreement | None = getattr(agreement, "successor", None)
    return CarriedLine(
        **_agreement(agreement),
        choice=agreement.choice or "",
        choice_word=_choice_word(agreement),
        reason=agreement.reason,
        successor=successor.what if successor else "",
    )


def _choice_word(agreement: Any) -> str:
    if agreement.choice:
        return str(CarriedAgreement.Choice(agreement.choice).label)
    return "" if agreement.status == AgreementStatus.OPEN else str(agreement.get_status_display())


def _attendee(participation: Participation) -> Attendee:
    organisation: Any = participation.person.organisation
    return Attendee(
        name=participation.person.name,
        organisation=organisation.name if organisation else "",
        part=participation.part,
        attended=participation.attended,
    )
