"""How the log's chain stands, for people: what waits, what was told outside the database, when it was checked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from tovholder.audit.models import AnchorState, Event, Purge, Segment, Unsealed

CHECKED_WITHIN = timedelta(days=8)  # docs/operations.md has it checked each night
COUNTED = 10_000  # so many waiting lines are counted one by one


@dataclass(frozen=True, slots=True)
class Place:
    """Somewhere outside the database that is told of the chain."""

    kind: str  # "folder", "syslog" or "mail"
    told_at: datetime | None
    waiting: int
    failing_since: datetime | None


@dataclass(frozen=True, slots=True)
class Seal:
    unsealed: int
    segments: int
    sealed_first: datetime | None
    sealed_at: datetime | None
    head: str
    places: list[Place]
    checked: Event | None
    purges: list[Purge]

    @property
    def unchecked(self) -> bool:
        """Whether nobody has checked the chain for so long that what is wrong may be long past."""
        since = self.checked.at if self.checked is not None else self.sealed_first
        return since is not None and since < timezone.now() - CHECKED_WITHIN


def unsealed() -> int:
    """Return how many lines wait for their seal, or COUNTED when there are more."""
    return Unsealed.objects.all()[:COUNTED].count()


def status() -> Seal:
    last = Segment.objects.order_by("-number").first()
    number = last.number if last else 0
    known = {each.place: each for each in AnchorState.objects.all()}
    return Seal(
        unsealed=unsealed(),
        segments=number,
        sealed_first=Segment.objects.order_by("number").values_list("sealed_at", flat=True).first(),
        sealed_at=last.sealed_at if last else None,
        head=last.head if last else "",
        places=[_place(place, known.get(place), number) for place in settings.AUDIT_ANCHOR],
        checked=Event.objects.filter(action="log.verified").order_by("-at", "-pk").first(),
        purges=list(Purge.objects.order_by("-pk")[:5]),
    )


def _place(place: str, state: AnchorState | None, number: int) -> Place:
    kind, colon, _where = place.partition(":")
    return Place(
        kind=kind if colon and kind in {"syslog", "mail"} else "folder",
        told_at=state.told_at if state else None,
        waiting=max(0, number - (state.upto if state else 0)),
        failing_since=state.failing_since if state else None,
    )
