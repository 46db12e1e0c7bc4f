"""The least cost of a tiny year by trying everything: reads the rules as the checker does, shares nothing with the planner."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import combinations, islice, product
from math import prod

from year_check import Town, day, minute

Spot = tuple[str, date, int, int, bool]  # thing, day, from, to, fixed


def least_cost(data: dict, most: int = 20_000) -> int | None:
    """Try every set of meetings; for each the best numbering and the fewest absences. None where there are too many."""
    town = Town(data)
    fixed = [
        (
            each["of"],
            day(each["date"]),
            minute(each["start"]),
            minute(each["start"]) + town.things[each["of"]]["minutes"],
            True,
        )
        for each in data.get("fixed") or []
    ]
    choices = [list(islice(_choices(town, of, fixed), most + 1)) for of in town.things]
    if prod(map(len, choices)) > most:
        return None
    best = None
    for chosen in product(*choices):
        spots = [*fixed, *(spot for group in chosen for spot in group)]
        cost = _cost(town, spots, best)
        if cost is not None and (best is None or cost < best):
            best = cost
    return best


def _spots(town: Town, of: str, first: date, last: date) -> list[Spot]:
    thing = town.things[of]
    found = []
    for number in range((last - first).days + 1):
        at = first + timedelta(days=number)
        for start in sorted(set(town.starts(of, at))):
            end = minute(start) + thing["minutes"]
            spot = of, at, minute(start), end, False
            if (
                end <= 1440
                and town.may_meet(of, at)
                and not any(_is_away(town, who, spot) for who, must in town.members(of).items() if must)
            ):
                found.append(spot)
    return found


def _is_away(town: Town, who: str, spot: Spot) -> bool:
    person, (_, at, start, end, _) = town.persons[who], spot
    away = [each for each in person.get("busy") or [] if each["date"] == at.isoformat()]
    away += [each for each in person.get("busy_weekly") or [] if each["weekday"] == at.isoweekday()]
    return any(start < minute(each["end"]) and minute(each["start"]) < end for each in away)


def _choices(town: Town, of: str, fixed: list[Spot]) -> Iterator[tuple[Spot, ...]]:
    """Every set of meetings that one thing may have beside its fixed ones."""
    if not town.has_windows(of):
        spots = _spots(town, of, town.start, town.end)
        free = town.amount(of) - town.fixed_of[of]
        for number in range(free + 1):
            yield from combinations(spots, number)
        return
    each_window = []
    for first, last in town.windows(of):
        held = any(spot[0] == of and first <= spot[1] <= last for spot in fixed)
        spots = [] if held else _spots(town, of, max(first, town.start), min(last, town.end))
        each_window.append([(), *((spot,) for spot in spots)])
    for chosen in product(*each_window):
        yield tuple(spot for group in chosen for spot in group)


def _cost(town: Town, spots: list[Spot], best: int | None) -> int | None:
    """What these meetings cost, or None where they break a rule (or already cost more than the best)."""
    if not _is_allowed(town, spots):
        return None
    own = defaultdict(list)
    for spot in sorted(spots, key=lambda spot: (spot[1], spot[2])):
        own[spot[0]].append(spot)
    cost = 0
    for of in town.things:
        more = (
            _windows_cost(town, of, own[of], spots)
            if town.has_windows(of)
            else _count_cost(town, of, own[of])
        )
        if more is None:
            return None
        cost += more + sum(_wishes(town, spot) for spot in own[of])
    if best is not None and cost >= best:
        return None
    return cost + 2 * _absences(town, spots)


def _wishes(town: Town, spot: Spot) -> int:
    thing, cost = town.things[spot[0]], 0
    if thing.get("preferred_weekdays") and spot[1].isoweekday() not in thing["preferred_weekdays"]:
        cost += 3
    if thing.get("preferred_starts") and spot[2] not in map(minute, thing["preferred_starts"]):
        cost += 1
    return cost


def _moved(town: Town, spot: Spot, which: int) -> int:
    before = town.previous.get((spot[0], which))
    if not before:
        return 0
    return 10 if day(before["date"]) != spot[1] else 4 if minute(before["start"]) != spot[2] else 0


def _windows_cost(town: Town, of: str, mine: list[Spot], spots: list[Spot]) -> int | None:
    cost, windows = 0, town.windows(of)
    for which, (first, last) in enumerate(windows, 1):
        here = [spot for spot in mine if first <= spot[1] <= last]
        stood_for = any(
            town.kind[spot[0]] == "joint"
            and town.things[spot[0]].get("replaces")
            and of in town.things[spot[0]]["forums"]
            and first <= spot[1] <= last
            for spot in spots
        )
        if stood_for and any(not spot[4] for spot in here):
            return None
        days = (first + timedelta(days=i) for i in range((last - first).days + 1))
        if not here and not stood_for and any(town.may_meet(of, at) for at in days):
            cost += 1000
        cost += sum(_moved(town, spot, which) for spot in here)
    outside = [spot for spot in mine if not any(first <= spot[1] <= last for first, last in windows)]
    return cost + sum(_moved(town, spot, len(windows) + i) for i, spot in enumerate(outside, 1))


def _count_cost(town: Town, of: str, mine: list[Spot]) -> int:
    n, days = town.amount(of), (town.end - town.start).days + 1
    spread = town.kind[of] != "event"

    def one(spot: Spot, k: int) -> int:
        place = town.start + timedelta(days=((2 * k - 1) * days) // (2 * n))
        return _moved(town, spot, k) + (abs((spot[1] - place).days) // 7 if spread else 0)

    numberings = combinations(range(1, n + 1), len(mine))
    least = min(sum(one(spot, k) for spot, k in zip(mine, numbers, strict=True)) for numbers in numberings)
    return least + 1000 * (n - len(mine))


def _clash(one: Spot, other: Spot, travel: int) -> bool:
    return one[1] == other[1] and one[2] < other[3] + travel and other[2] < one[3] + travel


def _is_allowed(town: Town, spots: list[Spot]) -> bool:
    for one, other in combinations(spots, 2):
        if one[4] and other[4]:
            continue
        if one[0] == other[0] and _clash(one, other, 0):
            return False
        its, others = town.members(one[0]), town.members(other[0])
        if _clash(one, other, town.travel) and any(its[who] and others.get(who) for who in its):
            return False
        if "event" not in (town.kind[one[0]], town.kind[other[0]]):
            apart = abs((one[1] - other[1]).days)
            shared = set(town.forums_of(one[0])) & set(town.forums_of(other[0]))
            gaps = [town.forums[each].get("min_gap_days") or 0 for each in shared]
            gaps += [town.things[one[0]].get("min_gap_days") or 0] if one[0] == other[0] else []
            if apart < max(gaps, default=0):
                return False
    return _has_room(town, spots)


def _has_room(town: Town, spots: list[Spot]) -> bool:
    musts = defaultdict(list)
    for spot in spots:
        for who, must in town.members(spot[0]).items():
            if must:
                musts[who, spot[1]].append(spot[4])
    for (who, _), there in musts.items():
        limit = town.persons[who].get("max_per_day")
        if limit is not None and len(there) > limit and not all(there):
            return False
    for spot in spots if town.parallel is not None else ():
        for moment in range(spot[2], spot[3]):
            running = [each[4] for each in spots if each[1] == spot[1] and each[2] <= moment < each[3]]
            if len(running) > town.parallel and not all(running):
                return False
    return True


def _absences(town: Town, spots: list[Spot]) -> int:
    there = defaultdict(lambda: ([], []))
    for spot in spots:
        for who, must in town.members(spot[0]).items():
            there[who, spot[1]][0 if must else 1].append(spot)
    absent = 0
    for (who, _), (musts, wishes) in there.items():
        limit = town.persons[who].get("max_per_day")
        able = [spot for spot in wishes if not _is_away(town, who, spot)]
        for number in range(len(able), -1, -1):
            if any(_can_attend(town, musts, some, limit) for some in combinations(able, number)):
                absent += len(wishes) - number
                break
    return absent


def _can_attend(town: Town, musts: list[Spot], some: tuple[Spot, ...], limit: int | None) -> bool:
    if some and limit is not None and len(musts) + len(some) > limit:
        return False
    clashes = any(_clash(one, other, town.travel) for one in some for other in musts)
    return not clashes and not any(_clash(one, other, town.travel) for one, other in combinations(some, 2))
