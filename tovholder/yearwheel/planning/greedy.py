"""The calendar-aware greedy plan: always there, within a second, and what the solver starts from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from tovholder.yearwheel.planning.diary import Diary
from tovholder.yearwheel.planning.problem import ABSENT, UNPLACED
from tovholder.yearwheel.planning.windows import Asked, Meeting
from tovholder.yearwheel.planning.year import Option, Year


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
    """Try for each missing meeting to move one other out of its way."""
    tried: set[int] = set()  # what is counted, and found nothing to move since anything was moved
    for number in numbers:
        asked = draft.year.asked[number]
        if number in draft.placed or draft.replaced[number] or asked.thing in tried:
            continue
        if _make_room(draft, number):
            tried.clear()
        elif asked.window is None:
            tried.add(asked.thing)


def _make_room(draft: Draft, number: int) -> bool:
    """Tell whether one was moved, and this one put in its place."""
    asked = draft.year.asked[number]
    near = _neighbours(draft, number)
    for _, option in draft.choices[number]:
        for other in near.get(option.day, ()):
            if other not in draft.placed:
                continue
            day, start = draft.placed[other]
            draft.take(other)
            if draft.diary.fits(asked.thing, option.day, option.start):
                draft.put(number, option)
                found = draft.best(other)
                if found and not draft.replaced[other]:
                    draft.put(other, found[1])
                    return True
                draft.take(number)
            draft.put(other, Option(day, start, 0, frozenset()))
    return False


def _neighbours(draft: Draft, number: int) -> dict[int, list[int]]:
    """By day, the placed meetings that share a person or a forum with this one."""
    thing = draft.year.thing_of(draft.year.asked[number])
    musts, forums = set(thing.musts), set(thing.forums)
    found: dict[int, list[int]] = {}
    for day in {option.day for _, option in draft.choices[number]}:
        for other in draft.on.get(day, ()):
            its = draft.year.thing_of(draft.year.asked[other])
            if not musts.isdisjoint(its.musts) or not forums.isdisjoint(its.forums):
                found.setdefault(day, []).append(other)
    return found
