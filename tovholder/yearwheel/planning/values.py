"""Checks of single values of the planner's input: each yields (JSON path, reason) for what is wrong."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

Found = Iterator[tuple[str, str]]
Check = Callable[[str, Any], Found]

MOST_DAYS, MOST_SECONDS = 20 * 366, 1_000_000_000
LAST_YEAR = 9998  # the month and the block after a period must be days, too
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_START = re.compile(r"([01]\d|2[0-3]):[0-5]\d", re.ASCII)


def a_text(path: str, value: Any) -> Found:
    if not isinstance(value, str) or not value:
        yield path, "must be a text that is not empty"
    elif not value.isascii():
        try:
            value.encode()
        except UnicodeEncodeError:
            yield path, "holds half a character: it cannot be written as UTF-8"


def a_flag(path: str, value: Any) -> Found:
    if not isinstance(value, bool):
        yield path, "must be true or false"


def a_number(path: str, value: Any) -> Found:
    if isinstance(value, bool) or not isinstance(value, int | float):
        yield path, "must be a number"
    elif not 0 <= value <= MOST_SECONDS:  # neither is what is not a number
        yield path, f"must be a number from 0 to {MOST_SECONDS}"


def whole(least: int, most: int) -> Check:
    def check(path: str, value: Any) -> Found:
        if isinstance(value, bool) or not isinstance(value, int):
            yield path, "must be a whole number"
        elif not least <= value <= most:
            yield path, f"must be from {least} to {most}"

    return check


def a_weekday(path: str, value: Any) -> Found:
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= 7:
        yield path, "must be a weekday, 1 (Monday) to 7 (Sunday)"


def a_date(path: str, value: Any) -> Found:
    if isinstance(value, str) and _DATE.fullmatch(value):
        try:
            beyond = date.fromisoformat(value).year > LAST_YEAR
        except ValueError:
            beyond = True
        if beyond:
            yield path, "is no day of the calendar"
    else:
        yield path, "must be a date, YYYY-MM-DD"


def a_start(path: str, value: Any) -> Found:
    if not isinstance(value, str) or not _START.fullmatch(value):
        yield path, "must be a time, HH:MM"


def an_end(path: str, value: Any) -> Found:
    if value != "24:00":
        yield from a_start(path, value)


def list_of(inner: Check) -> Check:
    def check(path: str, value: Any) -> Found:
        if not isinstance(value, list):
            yield path, "must be a list"
            return
        for i, each in enumerate(value):
            yield from inner(f"{path}[{i}]", each)

    return check
