"""The calendar-aware greedy plan: always there, within a second, and what the solver starts from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from tovholder.yearwheel.planning.diary import Diary
from tovholder.yearwheel.planning.problem import ABSENT, UNPLACED, Thing
from tovholder.yearwheel.planning.windows import Asked, Meeting
from tovholder.yearwheel.planning.year import Option, Year

# To make room for one that is missing: how many are moved at once, how far that goes on, how many places are looked at.
MOST_MOVED, DEPTH, LOOKED_AT = 3, 1, 200
PATIENCE = 2_000  # places looked at for all that are missing: well under a second


class Draft:
    """A plan in the making: which asked-for meeting (its place in `year.asked`) lies where."""

    def __init__(self, year: Year) -> None:
        self.year = year
        self.diary = Diary(year.problem, year.fixed)
        self.placed: dict[int, tuple[int, int]] = {}
        self.on: defaultdict[int, dict[int, None]] = defaultdict(dict)  # by day, in the order of placing
        self.choices = [year.priced(each) for each in year.asked]
        self.by_window = {(each.thing, each.which): i for i, each in enumerate(year.asked) if each.window}
        self.replaced: dict[int, int] = dict.fromkeys(range(len(year.asked)), 0)
        self.patience = 0  # of `mend`

    def may_put(self, number: int, day: int, start: int) -> bool:
        """Whether it is one of its options, and fits now."""
        known = any((each.day, each.start) == (day, start) for _, each in self.choices[number])
        return (
            known and not self.replaced[number] and self.diary.fits(self.year.asked[number].thing, day, start)
        )

    def put(self, number: int, option: Option) -> None:
        asked = self.year.asked[number]
        self.placed[number] = option.day, option.start
        self.on[option.day][number] = None
        self.diary.add(asked.thing, option.day, option.start)
        for own in self.stood_for(asked, option.day):
            self.replaced[own] += 1
            if own in self.placed:
                self.take(own)

    def take(self, number: int) -> None:
        asked = self.year.asked[number]
        day, start = self.placed.pop(number)
        del self.on[day][number]
        self.diary.remove(asked.thing, day, start)
        for own in self.stood_for(asked, day):
            self.replaced[own] -= 1

    def stood_for(self, asked: Asked, day: int) -> list[int]:
        thing = self.year.thing_of(asked)
        if not thing.replaces:
            return []
        pairs = self.year.replaced_by(thing, day)
        return [self.by_window[pair] for pair in pairs if pair in self.by_window]

    def best(self, number: int) -> tuple[int, Option] | None:
        """The cheapest option that fits now, with its cost; None where there is none."""
        asked, found = self.year.asked[number], None
        for cost, option in self.choices[number]:
            if found and cost >= found[0]:
                break
            if not self.diary.fits(asked.thing, option.day, option.start):
                continue
            cost += ABSENT * self.diary.absences(asked.thing, option.day, option.start)
            if found is None or cost < found[0]:
                found = cost, option
        return found

    def meetings(self) -> list[Meeting]:
        return [
            Meeting(self.year.asked[number].thing, self.year.asked[number].which, day, start)
            for number, (day, start) in self.placed.items()
        ]

    def missing(self) -> list[int]:
        return [n for n in range(len(self.choices)) if n not in self.placed and not self.replaced[n]]


def greedy(year: Year) -> Draft:
    """Place the hardest first: joint meetings and events, then those with the fewest possibilities."""
    draft = Draft(year)
    fill(draft, sorted(range(len(year.asked)), key=lambda number: _hardness(draft, number)))
    return draft


def fill(draft: Draft, order: Iterable[int]) -> None:
    full: set[int] = set()  # what is counted, and has no room for one more
    for number in order:
        asked = draft.year.asked[number]
        if draft.replaced[number] or number in draft.placed or asked.thing in full:
            continue
        found = draft.best(number)
        if found and found[0] < UNPLACED:
            draft.put(number, found[1])
            if draft.year.thing_of(asked).replaces:
                full.clear()  # it may have made room
        elif found is None and asked.window is None:
            full.add(asked.thing)


def _hardness(draft: Draft, number: int) -> tuple[bool, bool, int, int]:
    thing = draft.year.thing_of(draft.year.asked[number])
    spread = draft.year.asked[number].window is None
    return thing.kind == "forum", spread, len(draft.choices[number]), number


def mend(draft: Draft, numbers: Iterable[int]) -> None:
    """Try for each missing meeting to move what stands in its way, and what stands in the way of that."""
    tried: set[int] = set()  # what is counted, and found nothing to move since anything was moved
    draft.patience = PATIENCE
    for number in numbers:
        asked = draft.year.asked[number]
        if draft.patience <= 0:
            return
        if number in draft.placed or draft.replaced[number] or asked.thing in tried:
            continue
        if _make_room(draft, number, DEPTH):
            tried.clear()
        elif asked.window is None:
            tried.add(asked.thing)


def _make_room(draft: Draft, number: int, depth: int) -> bool:
    """Tell whether a few were moved, and this one put in its place."""
    before = dict(draft.placed)
    for cost, option in draft.choices[number][:LOOKED_AT]:
        draft.patience -= 1
        if cost >= UNPLACED or draft.patience < 0:
            return False
        moved = _in_its_way(draft, number, option)
        if moved is None or len(moved) > MOST_MOVED:
            continue
        for other in moved:
            draft.take(other)
        if draft.diary.fits(draft.year.asked[number].thing, option.day, option.start):
            draft.put(number, option)
            if all(_put_elsewhere(draft, other, depth) for other in moved) and number in draft.placed:
                return True
        _put_back(draft, before)
    return False


def _put_elsewhere(draft: Draft, number: int, depth: int) -> bool:
    if number in draft.placed or draft.replaced[number]:
        return number in draft.placed
    found = draft.best(number)
    if found and found[0] < UNPLACED:
        draft.put(number, found[1])
        return True
    return depth > 0 and _make_room(draft, number, depth - 1)


def _put_back(draft: Draft, before: dict[int, tuple[int, int]]) -> None:
    for number, place in list(draft.placed.items()):
        if before.get(number) != place:
            draft.take(number)
    for number, (day, start) in before.items():
        if number not in draft.placed:
            draft.put(number, Option(day, start, 0, frozenset()))


def _in_its_way(draft: Draft, number: int, option: Option) -> list[int] | None:
    """The placed meetings that would have to go, in order; None where that would not be enough."""
    asked, found = draft.year.asked[number], dict[int, None]()
    thing = draft.year.thing_of(asked)
    for code, whose in draft.diary.obstacles(asked.thing, option.day, option.start):
        mine = list(_placed_against(draft, thing, option, code, whose))
        if not mine:
            return None
        found |= dict.fromkeys(mine[:1] if code == "max_per_day" else mine)
    return list(found)


def _placed_against(draft: Draft, thing: Thing, option: Option, code: str, whose: int) -> Iterable[int]:
    year = draft.year
    if code == "min_gap":
        gap = next(gap for owner, gap in draft.diary.gaps_of(thing) if owner == whose)
        for day in range(option.day - gap + 1, option.day + gap):
            for other in draft.on.get(day, ()):
                its = year.thing_of(year.asked[other])
                if its.kind != "event" and (whose in its.forums or whose == its.index):
                    yield other
        return
    way = 0 if code == "overlap" else year.problem.travel
    for other in draft.on.get(option.day, ()):
        its, start = year.thing_of(year.asked[other]), draft.placed[other][1]
        near = start < option.start + thing.minutes + way and option.start < start + its.minutes + way
        if code == "overlap":
            meets = near and its.index == whose
        else:
            meets = whose in its.musts and (near or code == "max_per_day")
        if meets:
            yield other
