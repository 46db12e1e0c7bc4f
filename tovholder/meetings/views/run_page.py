"""Everything that the page of one item shows while the meeting runs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from django.forms import Form
from django.http import Http404, HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from tovholder.meetings.forms.running import AgreementForm, CaughtTopicForm, OutcomeForm, ProposalForm
from tovholder.meetings.models import AgendaItem, Meeting, MeetingStatus, Outcome, Participation, Topic
from tovholder.meetings.queries import item_ids_visible_to, read_items, readable_levels
from tovholder.meetings.services.carrying import must_choose, visible_open_agreements, with_choice
from tovholder.meetings.services.caught import AGREEMENT, TOPIC, Caught, caught_under
from tovholder.meetings.services.checklist import for_meeting
from tovholder.meetings.services.gathering import everybody, seats
from tovholder.meetings.services.running import seconds_spent
from tovholder.plans.models import Agreement

RING = 169.6  # the length of the timer's circle


@dataclass(frozen=True, slots=True)
class Kind:
    """One thing that can be caught, with the key that opens its form."""

    slug: str
    label: str
    icon: str
    key: str
    outcome: str = ""


def kinds() -> dict[str, Kind]:
    every = (
        Kind("aftale", _("Aftale"), "checklist", "A"),
        Kind("beslutning", _("Beslutning"), "list-check", "B", Outcome.Kind.DECISION),
        Kind("orientering", _("Orientering"), "info", "O", Outcome.Kind.INFORMATION),
        Kind("forslag", _("Forslag"), "forward", "F", Outcome.Kind.PROPOSAL),
        Kind("emne", _("Emne"), "bookmark", "E"),
    )
    return {kind.slug: kind for kind in every}


def form_for(kind: Kind, meeting: Meeting, data: Any = None, people: list[Any] | None = None) -> Form:
    """Return the form that catches this kind, bound when there is data."""
    options: dict[str, Any] = {"meeting": meeting, "prefix": kind.slug, "auto_id": "fang_%s"}
    if kind.slug == "aftale":
        return AgreementForm(data, people=people, **options)
    if kind.slug == "emne":
        return CaughtTopicForm(data, **options)
    if kind.slug == "forslag":
        return ProposalForm(data, kind=kind.outcome, people=people, **options)
    return OutcomeForm(data, kind=kind.outcome, **options)


@dataclass(frozen=True, slots=True)
class Timer:
    """How long the item may take and has taken; drawn as a ring that the browser goes on counting."""

    planned: int
    spent: int
    ticking: bool

    @property
    def left(self) -> int:
        return self.planned * 60 - self.spent

    @property
    def over(self) -> bool:
        return self.left < 0

    @property
    def clock(self) -> str:
        minutes, seconds = divmod(abs(self.left), 60)
        return f"{minutes}.{seconds:02d}"

    @property
    def share(self) -> float:
        return min(1.0, self.spent / (self.planned * 60)) if self.planned else 1.0

    @property
    def dash(self) -> str:
        return f"{self.share * RING:.1f} {RING}"

    @property
    def bar(self) -> int:
        return round(self.share * 1000)

    @property
    def minutes_spent(self) -> int:
        return self.spent // 60

    @property
    def minutes_left(self) -> int:
        return -(-self.left // 60) if self.left > 0 else self.left // 60


def timer_of(item: AgendaItem, meeting: Meeting, now: datetime) -> Timer:
    ticking = meeting.status == MeetingStatus.RUNNING and meeting.current_item_id == item.pk
    return Timer(planned=item.minutes, spent=seconds_spent(item, now), ticking=ticking)


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the agenda in the margin."""

    item: AgendaItem
    number: int
    minutes_spent: int
    is_shown: bool
    is_current: bool


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that was caught."""

    kind: Kind
    caught: Caught


def shown_as(*things: Any) -> dict[str, list[Any]]:
    """Return those of the things that are told of in the log by their own names."""
    return {
        "agreements": [each for each in things if isinstance(each, Agreement)],
        "topics": [each for each in things if isinstance(each, Topic)],
    }


class RunPage:
    """Read once for each page; what the template does not ask for is not fetched."""

    def __init__(self, request: HttpRequest, meeting: Meeting, item: AgendaItem | None) -> None:
        self.request, self.meeting, self.item = request, meeting, item
        self.now = timezone.now()

    @cached_property
    def every_item(self) -> list[AgendaItem]:
        return read_items(self.meeting)

    def show(self, item_pk: int) -> AgendaItem:
        """Choose the item that the page is about. Raises Http404 when the user may not read it."""
        found = next((step.item for step in self.steps if step.item.pk == item_pk), None)
        if found is None:
            raise Http404
        found.meeting = self.meeting
        self.item = found
        del self.steps  # they mark the one that is shown
        return found

    @cached_property
    def steps(self) -> list[Step]:
        """The items that the user may read, with the numbers they have for everybody."""
        return [
            Step(
                item=each,
                number=number,
                minutes_spent=-(-seconds_spent(each, self.now) // 60),
                is_shown=self.item is not None and each.pk == self.item.pk,
                is_current=each.pk == self.meeting.current_item_id,
            )
            for number, each in enumerate(self.every_item, start=1)  # read first: `readable` looks in them
            if each.pk in self.readable
        ]

    @cached_property
    def readable(self) -> set[int]:
        return item_ids_visible_to(self.request.user, self.meeting)

    @cached_property
    def place(self) -> int:
        return next((at for at, step in enumerate(self.steps) if step.is_shown), 0)

    @property
    def step(self) -> Step | None:
        return self.steps[self.place] if self.steps else None

    @property
    def previous(self) -> Step | None:
        return self.steps[self.place - 1] if self.place > 0 else None

    @property
    def next(self) -> Step | None:
        """The next item that is not put off."""
        return next((step for step in self.steps[self.place + 1 :] if not step.item.is_deferred), None)

    @property
    def current(self) -> Step | None:
        return next((step for step in self.steps if step.is_current), None)

    @property
    def total(self) -> int:
        return len(self.every_item)

    @property
    def is_running(self) -> bool:
        return self.meeting.status == MeetingStatus.RUNNING

    @cached_property
    def timer(self) -> Timer | None:
        return timer_of(self.item, self.meeting, self.now) if self.item is not None else None

    @cached_property
    def everybody(self) -> list[Any]:
        return everybody(self.meeting, further=True)

    @cached_property
    def people(self) -> list[Participation]:
        return seats(self.everybody)

    @property
    def present(self) -> int:
        return sum(person.attended is True for person in self.people)

    @property
    def some_expected(self) -> bool:
        return any(person.attended is None and person.answer == "yes" for person in self.people)

    @cached_property
    def acts(self) -> bool:
        return all(forum.acts for forum in self.meeting.forums.all())

    @cached_property
    def guide(self) -> Any:
        return for_meeting(self.meeting, "during")

    @cached_property
    def carried(self) -> list[Any]:
        """The agreements of the open-agreements item, each with its choice and whether one must be made."""
        if self.item is None or self.item.source != AgendaItem.Source.OPEN_AGREEMENTS:
            return []
        levels = readable_levels(self.request.user, self.meeting)
        rows = with_choice(visible_open_agreements(self.meeting, levels), self.meeting)
        found = list(rows.select_related("successor"))
        stuck = must_choose(self.meeting, found)
        for agreement in found:
            agreement.is_stuck = agreement in stuck
        return sorted(found, key=lambda each: not each.is_stuck)

    @cached_property
    def caught(self) -> list[Line]:
        """What was caught under the item, each with how it is shown and which address changes it."""
        known = {kind.outcome or kind.slug: kind for kind in kinds().values()}
        known |= {AGREEMENT: known["aftale"], TOPIC: known["emne"]}
        return [Line(known[each.kind], each) for each in caught_under(self.item)] if self.item else []

    def shown(self, *, panel_only: bool) -> dict[str, Any]:
        """Return the agreements and topics that stand beside the item, for the log; caught ones have its level."""
        level = self.item.level if self.item is not None else ""
        caught = [(line.caught.kind, {"pk": line.caught.pk, "level": level}) for line in self.caught]
        agreements: list[Any] = [line for kind, line in caught if kind == AGREEMENT]
        return {
            "agreements": agreements if panel_only else [*agreements, *self.carried],
            "topics": [line for kind, line in caught if kind == TOPIC],
        }


def catching(page: RunPage, *, active: str = "", bound: Form | None = None) -> dict[str, Any]:
    """Return the context of the panel that catches: the form of the active kind; the script fetches the others."""
    known = kinds()
    order = list(known) if page.acts else ["forslag", *(slug for slug in known if slug != "forslag")]
    active = active if active in known else order[0]
    kind = known[active]
    removed = page.request.session.get("meetings_removed", {})
    return {
        "page": page,
        "meeting": page.meeting,
        "item": page.item,
        "catch_kinds": [known[slug] for slug in order],
        "catch_kind": kind,
        "catch_form": bound if bound is not None else form_for(kind, page.meeting, people=page.everybody),
        "active": active,
        "removed": removed if page.item is not None and removed.get("item") == page.item.pk else None,
    }
