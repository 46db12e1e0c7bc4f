"""Rule 4 in the model: musts never clash, and an optional member is there whenever the others' meetings allow it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tovholder.yearwheel.planning.problem import ABSENT, Problem, span

if TYPE_CHECKING:
    from tovholder.yearwheel.planning.model import Model


@dataclass(slots=True)
class Attendance:
    """A possible attendance of one person on one day: from `start` to `end`, travel included."""

    slot: int  # negative: a fixed meeting
    start: int
    end: int
    must: bool
    choice: Any  # the meeting's literal, or None where it is fixed
    present: Any = None


def keep_people(model: Model) -> None:
    year = model.year
    problem = year.problem
    by_person: defaultdict[tuple[int, int], list[Attendance]] = defaultdict(list)
    for number, slot in enumerate(model.slots):
        thing = problem.things[slot.thing]
        for _, option, choice in slot.inside():
            end = option.start + thing.minutes + problem.travel
            for person in thing.musts:
                by_person[person, option.day].append(Attendance(number, option.start, end, True, choice))
            for person in thing.optionals:
                if person not in option.kept_away:
                    by_person[person, option.day].append(Attendance(number, option.start, end, False, choice))
    taken = _fixed(model, by_person)
    for (person, day), there in by_person.items():
        limit = problem.persons[person].limit
        room = None if limit is None else max(0, limit - len(taken.get((person, day), ())))
        _one_day(model, there, room)


def _fixed(
    model: Model, by_person: dict[tuple[int, int], list[Attendance]]
) -> dict[tuple[int, int], list[int]]:
    """Lay in the optional members of fixed meetings; return each person's fixed musts by day, as masks with travel."""
    year, problem = model.year, model.year.problem
    taken: dict[tuple[int, int], list[int]] = {}
    for each in year.fixed:
        thing = problem.things[each.thing]
        for person in thing.musts:
            mask = span(each.start, each.start + thing.minutes + problem.travel)
            taken.setdefault((person, each.day), []).append(mask)
    for number, each in enumerate(year.fixed, 1):
        thing = problem.things[each.thing]
        end = each.start + thing.minutes
        for person in thing.optionals:
            if _is_kept_away(problem, taken.get((person, each.day), []), person, each.day, each.start, end):
                model.fixed_cost += ABSENT
            else:
                attendance = Attendance(-number, each.start, end + problem.travel, False, None)
                by_person[person, each.day].append(attendance)
    return taken


def _is_kept_away(problem: Problem, taken: list[int], person: int, day: int, start: int, end: int) -> bool:
    who = problem.persons[person]
    if who.limit is not None and len(taken) >= who.limit:
        return True
    mask = span(start, end + problem.travel)
    return bool(who.away(day) & span(start, end)) or any(mask & other for other in taken)


def _one_day(model: Model, there: list[Attendance], room: int | None) -> None:
    """One person, one day: no two present attendances overlap, and no more than there is room for."""
    slots = {each.slot for each in there}
    if len(slots) < 2:
        return
    groups = [group for group in _cliques(there) if len({each.slot for each in group}) > 1]
    full = room is not None and len(slots) > room
    wishes: defaultdict[tuple[int, tuple[int, ...]], list[Attendance]] = defaultdict(list)
    for each in there:
        if not each.must:
            inside = tuple(
                number for number, group in enumerate(groups) if any(each is other for other in group)
            )
            if inside or full:
                wishes[each.slot, inside].append(each)
    for attendances in wishes.values():
        _may_be_absent(model, attendances)
    for group in groups:
        model.at_most_one(_present(group))
    if full and room is not None:
        if room == 1:
            model.at_most_one(_present(there))
        else:
            model.cp.add(sum(_present(there)) <= room)


def _may_be_absent(model: Model, attendances: list[Attendance]) -> None:
    """One literal for the starts of one meeting that clash with the same others: the member is there at one of them."""
    present = model.literal()
    meets = [each.choice for each in attendances if each.choice is not None]
    model.pay(present, -ABSENT)
    if meets:
        model.cp.add_bool_or([*meets, ~present])
        for choice in meets:
            model.pay(choice, ABSENT)
    else:
        model.fixed_cost += ABSENT
    for each in attendances:
        each.present = present


def _present(group: list[Attendance]) -> list[Any]:
    """Literals for being there; a joint literal of several starts only once."""
    found: dict[int, Any] = {}
    for each in group:
        literal = each.present if each.present is not None else each.choice
        found[id(literal)] = literal
    return list(found.values())


def _cliques(there: list[Attendance]) -> list[list[Attendance]]:
    found: list[list[Attendance]] = []
    for moment in sorted({each.start for each in there}):
        running = [each for each in there if each.start <= moment < each.end]
        kept = {id(each) for each in running}
        if found and kept >= {id(each) for each in found[-1]}:
            found[-1] = running
        else:
            found.append(running)
    return found
