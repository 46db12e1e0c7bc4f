"""Who is taken when: the meetings placed so far, and what stands in the way of one more (rules 2 to 6)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator

from tovholder.yearwheel.planning.problem import Problem, Thing, span
from tovholder.yearwheel.planning.windows import Meeting

MaskByDay = defaultdict[int, int]


class Diary:
    """Masks have one bit for each minute; a must's mask reaches travel_minutes beyond the end of the meeting."""

    def __init__(self, problem: Problem, meetings: Iterable[Meeting] = ()) -> None:
        people, things = range(len(problem.persons)), range(len(problem.things))
        self.problem = problem
        self.taken: list[MaskByDay] = [defaultdict(int) for _ in people]  # musts, with travel
        self.wished: list[defaultdict[int, Counter[tuple[int, int]]]] = [defaultdict(Counter) for _ in people]
        self.load: list[Counter[int]] = [Counter() for _ in people]  # musts a day
        self.days: list[Counter[int]] = [
            Counter() for _ in things
        ]  # a forum's own and joint meetings, a joint's own
        self.own: list[MaskByDay] = [defaultdict(int) for _ in things]
        self.running: defaultdict[int, list[tuple[int, int]]] = defaultdict(list)
        for each in meetings:
            self.add(each.thing, each.day, each.start)

    def add(self, index: int, day: int, start: int) -> None:
        thing = self.problem.things[index]
        end = start + thing.minutes
        mask = span(start, end + self.problem.travel)
        for person in thing.musts:
            self.taken[person][day] |= mask
            self.load[person][day] += 1
        for person in thing.optionals:
            self.wished[person][day][start, end] += 1
        for place in _counts_for(thing):
            self.days[place][day] += 1
        self.own[index][day] |= span(start, end)
        self.running[day].append((start, end))

    def remove(self, index: int, day: int, start: int) -> None:
        """Take out a meeting that fits with all others (never a fixed one: those may overlap)."""
        thing = self.problem.things[index]
        end = start + thing.minutes
        mask = ~span(start, end + self.problem.travel)
        for person in thing.musts:
            self.taken[person][day] &= mask
            self.load[person][day] -= 1
        for person in thing.optionals:
            wished = self.wished[person][day]
            wished[start, end] -= 1
            if not wished[start, end]:
                del wished[start, end]
        for place in _counts_for(thing):
            self.days[place][day] -= 1
            if not self.days[place][day]:
                del self.days[place][day]
        self.own[index][day] &= ~span(start, end)
        self.running[day].remove((start, end))

    def fits(self, index: int, day: int, start: int) -> bool:
        """Whether one more meeting keeps rules 2 (no overlap) and 4 to 6 towards what is placed; busy times not asked."""
        return next(self.obstacles(index, day, start), None) is None

    def obstacles(self, index: int, day: int, start: int) -> Iterator[tuple[str, int]]:
        """What of the placed forbids one more meeting then: a code and whose it is (person, thing, or -1 for all)."""
        thing = self.problem.things[index]
        end = start + thing.minutes
        mask = span(start, end + self.problem.travel)
        for person in thing.musts:
            if self.taken[person].get(day, 0) & mask:
                yield "person_double", person
            if self.is_full(person, day):
                yield "max_per_day", person
        if self.own[index].get(day, 0) & span(start, end):
            yield "overlap", index
        for owner, gap in self.gaps_of(thing):
            if self.too_near(owner, gap, day):
                yield "min_gap", owner
        if not self.has_room(day, start, end):
            yield "max_parallel", -1

    def is_full(self, person: int, day: int) -> bool:
        limit = self.problem.persons[person].limit
        return limit is not None and self.load[person][day] >= limit

    def gaps_of(self, thing: Thing) -> list[tuple[int, int]]:
        """Whose meetings must lie how far from one more of this thing (rule 5)."""
        if thing.kind == "event":
            return []
        gaps = [(each, self.problem.things[each].gap) for each in thing.forums]
        return [*gaps, (thing.index, thing.own_gap)] if thing.kind == "joint" else gaps

    def too_near(self, place: int, gap: int, day: int) -> list[int]:
        if not gap:
            return []
        days = self.days[place]
        if len(days) < 2 * gap:
            return [other for other in days if abs(other - day) < gap]
        return [other for other in range(day - gap + 1, day + gap) if other in days]

    def has_room(self, day: int, start: int, end: int) -> bool:
        """Rule 6: the most meetings run at the moment when one of them begins."""
        limit = self.problem.parallel
        if limit is None:
            return True
        others = [each for each in self.running[day] if each[0] < end and start < each[1]]
        moments = [start, *(begun for begun, _ in others if begun > start)]
        return all(sum(s <= moment < e for s, e in others) < limit for moment in moments)

    def absences(self, index: int, day: int, start: int) -> int:
        """About how many more optional members would be absent: a guess to steer by, busy times not counted."""
        thing = self.problem.things[index]
        travel = self.problem.travel
        end = start + thing.minutes
        mask, more = span(start, end + travel), 0
        for person in thing.optionals:
            busy = self.taken[person].get(day, 0) & mask or self.is_full(person, day)
            more += bool(busy) or self._clash(person, day, start, end) > 0
        for person in thing.musts:
            more += self._clash(person, day, start, end)
        return more

    def _clash(self, person: int, day: int, start: int, end: int) -> int:
        wished = self.wished[person].get(day)
        if not wished:
            return 0
        travel = self.problem.travel
        return sum(n for (s, e), n in wished.items() if s < end + travel and start < e + travel)


def _counts_for(thing: Thing) -> tuple[int, ...]:
    if thing.kind == "event":
        return ()
    return (*thing.forums, thing.index) if thing.kind == "joint" else thing.forums
