"""An independent checker of a year plan: reads IN and OUT by itself and shares no code with the planner.

    .venv/bin/python benchmarks/year_check.py IN.json OUT.json

prints each hard rule that is broken, and whether `cost` adds up; exits 1 if something is wrong. It follows the text of
the rules (docs/reference/plan_year.md): public holidays by the Easter formula, minutes counted one by one.
"""

from __future__ import annotations

import json
import sys
from collections import Counter, defaultdict
from datetime import date, timedelta
from itertools import combinations
from pathlib import Path

CODES = set(
    "no_working_day no_start person_busy person_double max_per_day min_gap max_parallel replaced out_of_time".split()
)
KEYS = {"status", "cost", "bound", "seconds", "meetings", "unplaced"}


def easter(year: int) -> date:
    """Meeus, Jones and Butcher."""
    a, b, c = year % 19, year // 100, year % 100
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    m = (32 + 2 * e + 2 * i - h - k) % 7
    n = (a + 11 * h + 22 * m) // 451
    month, day = divmod(h + m - 7 * n + 114, 31)
    return date(year, month, day + 1)


def statutory(year: int) -> set[date]:
    sunday = easter(year)
    return {date(year, 1, 1), date(year, 12, 25), date(year, 12, 26)} | {
        sunday + timedelta(days=days) for days in (-3, -2, 0, 1, 39, 49, 50)
    }


def day(text: str) -> date:
    return date.fromisoformat(text)


def minute(text: str) -> int:
    hours, minutes = text.split(":")
    return 60 * int(hours) + int(minutes)


class Town:
    """IN with its defaults filled in."""

    def __init__(self, data: dict) -> None:
        self.start, self.end = day(data["period"]["start"]), day(data["period"]["end"])
        self.today = day(data.get("today") or data["period"]["start"])
        self.travel, self.parallel = data.get("travel_minutes") or 0, data.get("max_parallel")
        self.persons = {each["id"]: each for each in data["persons"]}
        self.forums = {each["id"]: each for each in data["forums"]}
        self.things = dict(self.forums)
        self.kind = dict.fromkeys(self.forums, "forum")
        for name, kind in (("joint", "joint"), ("events", "event")):
            for each in data.get(name) or []:
                self.things[each["id"]], self.kind[each["id"]] = each, kind
        self.fixed = Counter((each["of"], each["date"], each["start"]) for each in data.get("fixed") or [])
        self.fixed_of = Counter(each["of"] for each in data.get("fixed") or [])
        self.previous = {(each["of"], each["which"]): each for each in data.get("previous") or []}
        self.shut = set()
        if data.get("public_holidays") is not False:
            for year in range(self.start.year, self.end.year + 1):
                self.shut |= statutory(year)
        for each in data.get("closed") or []:
            at = day(each["start"])
            while at <= day(each["end"]):
                self.shut.add(at)
                at += timedelta(days=1)

    def forums_of(self, of: str) -> list[str]:
        return [of] if self.kind[of] == "forum" else list(dict.fromkeys(self.things[of]["forums"]))

    def members(self, of: str) -> dict[str, bool]:
        found: dict[str, bool] = {}
        for forum in self.forums_of(of):
            for each in self.forums[forum]["members"]:
                found[each["person"]] = found.get(each["person"], False) or each.get("must") is not False
        return found

    def rule(self, of: str) -> dict:
        """The one kind of rule that is given; null counts as left out."""
        return {key: value for key, value in (self.things[of].get("rule") or {}).items() if value is not None}

    def weekdays(self, of: str, at: date) -> list[int]:
        thing = self.things[of]
        usual = [1, 2, 3, 4, 5] if thing.get("weekdays") is None else thing["weekdays"]
        by_month = thing.get("weekdays_by_month") if self.kind[of] == "forum" else None
        return (by_month or {}).get(str(at.month), usual)

    def starts(self, of: str, at: date) -> list[str]:
        thing = self.things[of]
        by_month = thing.get("starts_by_month") if self.kind[of] == "forum" else None
        return (by_month or {}).get(str(at.month), thing["starts"])

    def may_meet(self, of: str, at: date) -> bool:
        notice = max((self.forums[each].get("notice_days") or 0 for each in self.forums_of(of)), default=0)
        first, last = self.start, self.end
        if self.kind[of] == "event":
            window = self.things[of]["window"]
            first, last = max(first, day(window["start"])), min(last, day(window["end"]))
        late_enough = (at - self.today).days >= notice
        return (
            first <= at <= last
            and late_enough
            and at.isoweekday() in self.weekdays(of, at)
            and at not in self.shut
        )

    def windows(self, of: str) -> list[tuple[date, date]]:
        """Listed months or blocks of a forum, whole."""
        rule, found = self.rule(of), []
        if "every_weeks" in rule:
            at = self.start
            while at <= self.end:
                found.append((at, at + timedelta(days=7 * rule["every_weeks"] - 1)))
                at += timedelta(days=7 * rule["every_weeks"])
        elif "months" in rule:
            year, month = self.start.year, self.start.month
            while date(year, month, 1) <= self.end:
                after = date(year + (month == 12), month % 12 + 1, 1)
                if month in rule["months"]:
                    found.append((date(year, month, 1), after - timedelta(days=1)))
                year, month = after.year, after.month
        return found

    def amount(self, of: str) -> int:
        thing, kind = self.things[of], self.kind[of]
        n = self.rule(of)["count"] if kind == "forum" else thing["count"] if kind == "joint" else 1
        return max(n, self.fixed_of[of])

    def contradicts_itself(self) -> bool:
        held = []
        for of, at, start in self.fixed.elements():
            musts = {person for person, must in self.members(of).items() if must}
            held.append((at, minute(start), minute(start) + self.things[of]["minutes"], musts))
        return any(
            one[0] == other[0] and one[1] < other[2] and other[1] < one[2] and one[3] & other[3]
            for one, other in combinations(held, 2)
        )

    def has_windows(self, of: str) -> bool:
        return self.kind[of] == "forum" and "count" not in self.rule(of)


class Checked:
    """Runs every check on one plan; `wrong` holds what was found, `cost` what the plan costs by the rules."""

    def __init__(self, data: dict, out: dict) -> None:
        self.town, self.out = Town(data), out
        self.wrong: list[str] = []
        self.cost = 0
        if out["status"] == "infeasible_input":
            self._contradiction()
            return
        if self.town.contradicts_itself():
            self.fault(7, "two fixed meetings demand one person at once, but OUT is a plan")
        self._form()
        self.meetings = [
            each | {"at": day(each["date"]), "from": minute(each["start"]), "to": minute(each["end"])}
            for each in out["meetings"]
        ]
        self._fixed()
        self._each_meeting()
        self._numbers()
        self._replaced()
        self._persons()
        self._distances()
        self._parallel()
        self._cost()

    def fault(self, rule: int, text: str) -> None:
        self.wrong.append(f"rule {rule}: {text}")

    def _form(self) -> None:
        if set(self.out) != KEYS or self.out["status"] not in ("optimal", "feasible"):
            self.fault(0, "keys or status of OUT")
        for each in self.out["unplaced"]:
            reasons = each["because"]
            if not reasons or any(
                reason["code"] not in CODES or set(reason) != {"code", "persons", "dates"}
                for reason in reasons
            ):
                self.fault(0, f"because of {each['of']} {each['which']}")
            musts = {person for person, must in self.town.members(each["of"]).items() if must}
            for reason in reasons:
                if set(reason["persons"]) - musts:
                    self.fault(0, f"{reason['code']} of {each['of']} names who need not be there")

    def _contradiction(self) -> None:
        """Exit 3: two fixed meetings demand one must at overlapping times, and OUT says so and nothing else."""
        if set(self.out) != KEYS or any(self.out[key] is not None for key in ("cost", "bound")):
            self.fault(0, "keys, cost or bound of OUT")
        if self.out["meetings"] or self.out["unplaced"]:
            self.fault(0, "lists of OUT are not empty")
        if not self.town.contradicts_itself():
            self.fault(0, "infeasible_input, but no two fixed meetings demand one person")

    def _fixed(self) -> None:
        left = Counter(self.town.fixed)
        for each in self.meetings:
            key = each["of"], each["date"], each["start"]
            each["fixed"] = left[key] > 0
            left[key] -= each["fixed"]
        for key, missing in left.items():
            if missing > 0:
                self.fault(7, f"fixed {key} is not in the plan")

    def _each_meeting(self) -> None:
        for each in self.meetings:
            thing = self.town.things[each["of"]]
            if each["kind"] != self.town.kind[each["of"]] or each["to"] - each["from"] != thing["minutes"]:
                self.fault(0, f"kind or end of {each}")
            if not each["fixed"]:
                if not self.town.may_meet(each["of"], each["at"]):
                    self.fault(1, f"{each['of']} on {each['date']}")
                if each["start"] not in self.town.starts(each["of"], each["at"]) or each["to"] > 1440:
                    self.fault(4, f"{each['of']} at {each['start']}")
        for one, other in combinations(self.meetings, 2):
            if one["of"] == other["of"] and not (one["fixed"] and other["fixed"]) and overlap(one, other, 0):
                self.fault(2, f"{one['of']} overlaps itself on {one['date']}")

    def _numbers(self) -> None:
        own, missing = defaultdict(list), defaultdict(list)
        for each in self.meetings:
            own[each["of"]].append(each)
        for each in self.out["unplaced"]:
            missing[each["of"]].append(each["which"])
        for of in self.town.things:
            mine = sorted(own[of], key=lambda each: (each["at"], each["from"], each["which"]))
            if self.town.has_windows(of):
                self._windows(of, mine, missing[of])
                continue
            numbers = [each["which"] for each in mine]
            if numbers != sorted(numbers) or sorted(numbers + missing[of]) != list(
                range(1, self.town.amount(of) + 1)
            ):
                self.fault(2, f"numbers of {of}: {numbers}, unplaced {missing[of]}")

    def _windows(self, of: str, mine: list[dict], missing: list[int]) -> None:
        windows, held = self.town.windows(of), Counter()
        for each in mine:
            inside = [k for k, (first, last) in enumerate(windows, 1) if first <= each["at"] <= last]
            held[inside[0] if inside else 0] += 1
            if (inside and inside[0] != each["which"]) or (not inside and not each["fixed"]):
                self.fault(2, f"{of} {each['which']} lies in window {inside}")
        for k, (first, last) in enumerate(windows, 1):
            days = ((first + timedelta(days=i)) for i in range((last - first).days + 1))
            fixed = sum(each["fixed"] and first <= each["at"] <= last for each in mine)
            stood_for = any(self._stands(each, of) and first <= each["at"] <= last for each in self.meetings)
            asked = fixed or (not stood_for and any(self.town.may_meet(of, at) for at in days))
            if held[k] + missing.count(k) != int(asked):
                self.fault(
                    2,
                    f"{of} window {k}: {held[k]} placed, {missing.count(k)} unplaced, {int(asked)} asked for",
                )

    def _stands(self, meeting: dict, of: str) -> bool:
        thing = self.town.things[meeting["of"]]
        return meeting["kind"] == "joint" and bool(thing.get("replaces")) and of in thing["forums"]

    def _replaced(self) -> None:
        for of in filter(self.town.has_windows, self.town.forums):
            for first, last in self.town.windows(of):
                inside = [each for each in self.meetings if first <= each["at"] <= last]
                if any(self._stands(each, of) for each in inside):
                    for each in inside:
                        if each["of"] == of and not each["fixed"]:
                            self.fault(3, f"{of} has a meeting of its own on {each['date']}")

    def _persons(self) -> None:
        by_day = defaultdict(list)
        for each in self.meetings:
            members = self.town.members(each["of"])
            if set(each["absent"]) - {person for person, must in members.items() if not must}:
                self.fault(4, f"absent at {each['of']} {each['date']}: {each['absent']}")
            for person, must in members.items():
                if person not in each["absent"]:
                    by_day[person, each["at"]].append((each, must and each["fixed"]))
        for (person, at), there in by_day.items():
            self._one_day(person, at, there)

    def _one_day(self, person: str, at: date, there: list) -> None:
        town, who = self.town, self.town.persons[person]
        for (one, exempt), (other, also) in combinations(there, 2):
            if not (exempt and also) and overlap(one, other, town.travel):
                self.fault(4, f"{person} is in {one['of']} and {other['of']} on {at}")
        away = [
            (each["start"], each["end"]) for each in who.get("busy") or [] if each["date"] == at.isoformat()
        ]
        away += [
            (each["start"], each["end"])
            for each in who.get("busy_weekly") or []
            if each["weekday"] == at.isoweekday()
        ]
        for meeting, exempt in there:
            for start, end in away:
                if not exempt and meeting["from"] < minute(end) and minute(start) < meeting["to"]:
                    self.fault(4, f"{person} is busy during {meeting['of']} on {at}")
        limit = who.get("max_per_day")
        if limit is not None and len(there) > limit and not all(exempt for _, exempt in there):
            self.fault(4, f"{person} has {len(there)} meetings on {at}")

    def _distances(self) -> None:
        for one, other in combinations([each for each in self.meetings if each["kind"] != "event"], 2):
            if one["fixed"] and other["fixed"]:
                continue
            apart = abs((one["at"] - other["at"]).days)
            for forum in set(self.town.forums_of(one["of"])) & set(self.town.forums_of(other["of"])):
                if apart < (self.town.forums[forum].get("min_gap_days") or 0):
                    self.fault(5, f"{forum}: {one['of']} {one['date']} and {other['of']} {other['date']}")
            if one["of"] == other["of"] and apart < (self.town.things[one["of"]].get("min_gap_days") or 0):
                self.fault(5, f"{one['of']}: {one['date']} and {other['date']}")

    def _parallel(self) -> None:
        if self.town.parallel is None:
            return
        running = defaultdict(list)
        for each in self.meetings:
            for at in range(each["from"], each["to"]):
                running[each["at"], at].append(each["fixed"])
        for (at, moment), fixed in running.items():
            if len(fixed) > self.town.parallel and not all(fixed):
                self.fault(6, f"{len(fixed)} meetings on {at} at minute {moment}")
                return

    def _cost(self) -> None:
        town, cost = self.town, 1000 * len(self.out["unplaced"])
        days = (town.end - town.start).days + 1
        for each in self.meetings:
            thing, of, at = town.things[each["of"]], each["of"], each["at"]
            cost += 2 * len(each["absent"])
            if (
                each["kind"] != "event"
                and thing.get("preferred_weekdays")
                and at.isoweekday() not in thing["preferred_weekdays"]
            ):
                cost += 3
            if (
                each["kind"] != "event"
                and thing.get("preferred_starts")
                and each["start"] not in thing["preferred_starts"]
            ):
                cost += 1
            if each["kind"] == "joint" or (each["kind"] == "forum" and "count" in town.rule(of)):
                k, n = each["which"], town.amount(of)
                place = town.start + timedelta(days=((2 * k - 1) * days) // (2 * n))
                cost += abs((at - place).days) // 7
            before = town.previous.get((of, each["which"]))
            if before and before["date"] != each["date"]:
                cost += 10
            elif before and before["start"] != each["start"]:
                cost += 4
        self.cost = cost
        if cost != self.out["cost"]:
            self.wrong.append(f"cost is {cost}, not {self.out['cost']}")
        if self.out["bound"] > cost or (self.out["status"] == "optimal" and self.out["bound"] != cost):
            self.wrong.append(f"bound {self.out['bound']} of a plan that costs {cost}")


def overlap(one: dict, other: dict, travel: int) -> bool:
    return (
        one["at"] == other["at"] and one["from"] < other["to"] + travel and other["from"] < one["to"] + travel
    )


def check(data: dict, out: dict) -> list[str]:
    """Return what is wrong with OUT for IN; an empty list when nothing is."""
    return Checked(data, out).wrong


if __name__ == "__main__":
    found = check(*(json.loads(Path(name).read_text(encoding="utf-8")) for name in sys.argv[1:3]))
    print("\n".join(found) or "Nothing wrong.")
    sys.exit(1 if found else 0)
