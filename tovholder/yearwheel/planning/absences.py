"""Which optional members cannot be there, when a plan is changed by hand (rule 4)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from tovholder.yearwheel.planning.problem import Problem, span, understand
from tovholder.yearwheel.planning.suggestions import placed
from tovholder.yearwheel.planning.windows import Meeting


def absences(data: dict[str, Any], meetings: Sequence[dict[str, Any]]) -> list[tuple[str, ...]]:
    """Return, for each of the meetings ({of, date, start, absent …}), its optional members that cannot come (ids).

    Who comes to a meeting as it stands goes on coming to it: one whom its `absent` names is asked last.
    """
    problem = understand(data)
    mine = placed(problem, meetings)
    gone = [set(each["absent"]) for each in meetings]
    found: list[list[str]] = [[] for _ in mine]
    days: defaultdict[int, list[int]] = defaultdict(list)
    for i, each in enumerate(mine):
        days[each.day].append(i)
    for day in days.values():
        asked: defaultdict[int, list[int]] = defaultdict(list)
        for i in day:
            for person in problem.things[mine[i].thing].optionals:
                asked[person].append(i)
        for person, its in asked.items():
            name = problem.persons[person].id
            its.sort(key=lambda i: (name in gone[i], mine[i].start, i))
            for i in _cannot(problem, mine, person, day, its):
                found[i].append(name)
    return [tuple(sorted(each)) for each in found]


def _cannot(
    problem: Problem, mine: list[Meeting], person: int, day: list[int], asked: list[int]
) -> list[int]:
    """Go through what one person is asked to on one day, in this order; return what there is no room for."""
    must = [i for i in day if person in problem.things[mine[i].thing].musts]
    taken, count = 0, len(must)
    for i in must:
        taken |= _mask(problem, mine[i], problem.travel)
    limit, left = problem.persons[person].limit, []
    for i in asked:
        away = problem.persons[person].away(mine[i].day) & _mask(problem, mine[i], 0)
        # Both reach over the way, so that it counts once whichever comes first.
        after = taken & _mask(problem, mine[i], problem.travel)
        if away or after or (limit is not None and count >= limit):
            left.append(i)
            continue
        taken |= _mask(problem, mine[i], problem.travel)
        count += 1
    return left


def _mask(problem: Problem, meeting: Meeting, more: int) -> int:
    return span(meeting.start, meeting.start + problem.things[meeting.thing].minutes + more)
