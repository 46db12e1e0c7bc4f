"""The efforts of a network meeting, a few at a time, so that its page stays light however many there are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tovholder.meetings.services.network_efforts import Effort

FEW = 8


@dataclass(frozen=True, slots=True)
class Window:
    """What is shown of them: those from before, those made here; `back` and `on` lead to the ones around, by number."""

    old: Sequence[Effort]
    new: Sequence[Effort]
    back: int = 0
    on: int = 0
    left: int = 0  # how many come after these, at most as many as are shown at a time
    has_old: bool = False
    has_new: bool = False
    top: int = 0  # the one that cannot be moved up, and the one that cannot be moved down
    bottom: int = 0


def window(old: Sequence[Effort], new: Sequence[Effort], shown: str) -> Window:
    """Return those around the effort of this number (typed); the first where it is none of them."""
    everyone = [*old, *new]
    at = next((n for n, each in enumerate(everyone) if str(each.id) == shown), 0)
    start = at - at % FEW
    here = everyone[start : start + FEW]
    after = everyone[start + FEW : start + 2 * FEW]
    return Window(
        old=[each for each in here if each in old],
        new=[each for each in here if each in new],
        back=everyone[start - FEW].id if start else 0,
        on=after[0].id if after else 0,
        left=len(after),
        has_old=bool(old),
        has_new=bool(new),
        top=new[0].id if new and not old else 0,
        bottom=new[-1].id if new and not old else 0,
    )
