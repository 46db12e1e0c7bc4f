"""What the year wheel's planner does in a minute: easy, tight and large years, re-planning, the greedy start.

    .venv/bin/python benchmarks/year_figures.py easy|tight|large|greedy|replan|seeds [--seconds 60] [--seeds 3] [--forums 60]

Every plan is checked by year_check, which shares no code with the planner; exits 1 when one breaks a hard rule.
`seconds` are by the clock, `cpu` is this process's own processor time (on a busy machine the fairer), `at 1%` the
processor time when the plan was first within the larger of 1 % and 3 points of the bound.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from year_brute import least_cost
from year_check import check
from year_tiny import tiny
from year_towns import town

from tovholder.yearwheel.planning import Progress, check_input, plan_year

ROW = "{:>6} {:>6} {:>5} {:>8} {:>8} {:>8} {:>6} {:>9} {:>9} {:>6} {:>8} {:>6} {:>6} {:>5}"
HEAD = (
    "kind",
    "forums",
    "seed",
    "meetings",
    "greedy",
    "cost",
    "bound",
    "unplaced",
    "(greedy)",
    "first",
    "seconds",
    "cpu",
    "at 1%",
    "wrong",
)


def run(kind: str, forums: int, seed: int, away: float, seconds: float) -> bool:
    """Plan one municipality and print a row; return whether the plan is right."""
    data = town(forums, seed, away=away, seconds=seconds)
    told: list[Progress] = []
    began, used = time.monotonic(), time.process_time()
    wrong = [each.reason for each in check_input(data)]
    near: list[float] = []  # processor time when the plan was first within 1 % of its bound

    def hear(progress: Progress) -> bool:
        if not told:
            told.append(progress)
        if not near and progress.cost <= max(progress.bound * 1.01, progress.bound + 3):
            near.append(time.process_time() - used)
        return True

    out = plan_year(data, on_progress=hear)
    took, spent = time.monotonic() - began, time.process_time() - used
    wrong += check(data, out) + check(data, told[0].plan)
    print(
        ROW.format(
            kind, forums, seed, len(out["meetings"]), told[0].cost, out["cost"], out["bound"], len(out["unplaced"]),
            len(told[0].plan["unplaced"]), f"{told[0].seconds:.2f}", f"{took:.1f}",
            f"{spent:.1f}", f"{near[0]:.1f}" if near else "-", len(wrong),
        ),
        out["status"], flush=True,
    )  # fmt: skip
    for each in wrong[:5]:
        print("   ", each)
    return not wrong


def greedy(seeds: int) -> bool:
    """The greedy plan of 150 forums: with no time at all there is nothing else."""
    rows = [run("greedy", 150, seed, 0.2, 0) for seed in range(1, seeds + 1)]
    return all(rows)


def many(seeds: int, seconds: float) -> bool:
    """Hard violations over many seeds, of several sizes, easy and tight."""
    right, status = 0, {}
    for seed in range(seeds):
        data = town((3, 6, 10, 15)[seed % 4], seed, away=(0.2, 0.5)[seed // 4 % 2], seconds=seconds)
        out = plan_year(data)
        wrong = check(data, out)
        right += not wrong
        status[out["status"]] = status.get(out["status"], 0) + 1
        for each in wrong:
            print(f"seed {seed}: {each}", flush=True)
    print(f"{right} of {seeds} years without any violation; {status}")
    return right == seeds


def replan(seeds: int) -> bool:
    """One person's week off changes: what moves, beside the least by brute force, in tiny years."""
    tried = equal = moved = 0
    for seed in range(seeds):
        data = tiny(seed) | {"previous": [], "fixed": []}
        first = plan_year(data)
        if not first["meetings"]:
            continue
        data["previous"] = [
            {key: each[key] for key in ("of", "which", "date", "start")} for each in first["meetings"]
        ]
        off = first["meetings"][seed % len(first["meetings"])]["date"]
        data["persons"][0]["busy"] = [{"date": off, "start": "00:00", "end": "24:00"}]
        again, least = plan_year(data), least_cost(data)
        if least is not None:
            before = {(each["of"], each["which"], each["date"], each["start"]) for each in first["meetings"]}
            moved += sum(
                (m["of"], m["which"], m["date"], m["start"]) not in before for m in again["meetings"]
            )
            tried, equal = tried + 1, equal + (again["cost"] == least and not check(data, again))
    print(f"{equal} of {tried} re-plannings cost the least that brute force finds; {moved} meetings moved")
    return equal == tried


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=["easy", "tight", "large", "greedy", "replan", "seeds"])
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--forums", type=int, nargs="*")
    asked = parser.parse_args()
    if asked.what == "seeds":
        return not many(asked.seeds, asked.seconds)
    if asked.what == "replan":
        return not replan(asked.seeds)
    print(ROW.format(*HEAD))
    if asked.what == "greedy":
        return not greedy(asked.seeds)
    sizes = asked.forums or {"easy": [3, 10, 30, 60], "tight": [60], "large": [150]}[asked.what]
    away = 0.5 if asked.what == "tight" else 0.2
    rows = [(size, seed) for size in sizes for seed in range(1, asked.seeds + 1)]
    right = [run(asked.what, size, seed, away, asked.seconds) for size, seed in rows]
    return not all(right)


if __name__ == "__main__":
    sys.exit(main())
