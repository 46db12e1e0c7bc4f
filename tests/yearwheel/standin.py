"""What stands in for the planner in tests: functions with a name, answering as the fixture `fake` says."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

current: Any = None


def plan_year(data: Any, *, on_progress: Any = None, start: Any = None) -> Any:
    return current.plan_year(data, on_progress=on_progress, start=start)


def clashes(data: Any, meetings: Any) -> Any:
    return list(current.clashes(data, meetings)) if callable(current.clashes) else list(current.clashes)


def what_would_free(data: Any, out: Any) -> Iterator[list[Any]]:
    return (current.frees(each) for each in out["unplaced"])
