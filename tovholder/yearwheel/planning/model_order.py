"""Rule 2 in the model: the k-th of what is counted comes before the next."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from tovholder.yearwheel.planning.slots import Slot

if TYPE_CHECKING:
    from tovholder.yearwheel.planning.model import Model

Position = tuple[int, int, int]  # day, start (0 where days are enough), number of a fixed meeting


def keep_order(model: Model) -> None:
    by_thing: defaultdict[int, list[Slot]] = defaultdict(list)
    for slot in model.slots:
        if slot.window is None:
            by_thing[slot.thing].append(slot)
    for index, slots in by_thing.items():
        if len(slots) > 1:
            days_only = model.year.problem.things[index].gap > 0 and not slots[0].held
            _keep_order_of(model, [_by_position(slot, days_only) for slot in slots])


def _by_position(slot: Slot, days_only: bool) -> dict[Position, list[Any]]:
    found: defaultdict[Position, list[Any]] = defaultdict(list)
    for _, option, choice in slot.inside():
        found[option.day, 0 if days_only else option.start, 0].append(choice)
    for number, ((_, meeting), choice) in enumerate(zip(slot.held, slot.held_choices, strict=True)):
        found[meeting.day, meeting.start, number].append(choice)
    return found


def _keep_order_of(model: Model, slots: list[dict[Position, list[Any]]]) -> None:
    """`passed[k][i]` says that slot k lies at positions[i] or before; for an unplaced slot it may be anything in order."""
    positions = sorted({position for slot in slots for position in slot})
    place = {position: i for i, position in enumerate(positions)}
    firsts = [min(map(place.__getitem__, slot), default=len(positions)) for slot in slots]
    lasts = [max(map(place.__getitem__, slot), default=-1) for slot in slots]
    before: dict[int, Any] = {}
    for k, slot in enumerate(slots):
        low, high = min(firsts[k:]), max(lasts[: k + 1])  # outside these nobody asks
        passed = {i: model.literal() for i in range(low, high)}
        for i in range(low, high + 1):
            here = slot.get(positions[i], []) if i < len(positions) else []
            # Outside low..high: not passed before, passed after.
            left: Any = passed.get(i - 1, 0)
            right: Any = passed.get(i, 1)
            if here:
                model.cp.add(sum(here) + left <= right)
            elif i in passed and i - 1 in passed:
                model.cp.add_implication(left, right)
            if i in passed and i in before:
                model.cp.add_implication(passed[i], before[i])
        before = passed
