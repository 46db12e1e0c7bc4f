"""Cells as Danes write them."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tovholder.imports.reading.values import BadCell, as_date, as_email, as_flag, as_phone

AUGUST = date(2026, 8, 1)


@pytest.mark.parametrize(
    "raw",
    [
        "1.8.2026", "01.08.2026", "01-08-2026", "1/8 2026", "1/8-2026", "1/8/2026", "1. 8. 2026", "2026-08-01", "1.8.26",
        "2026-08-01 00:00:00", "1. august 2026", "1 aug. 2026", "1. AUG 2026", datetime(2026, 8, 1), AUGUST, 46235, 46235.0,
    ],
)  # fmt: skip
def test_dates(raw):
    assert as_date(raw) == AUGUST


@pytest.mark.parametrize(
    "raw",
    ["31.2.2026", "13/25/2026", "i morgen", "8.2026", 5, 99999999, "1.1.0001", "1.8.2026 eller senere", True],
)
def test_no_dates(raw):
    with pytest.raises(BadCell):
        as_date(raw)


@given(st.dates(date(1950, 1, 1), date(2100, 12, 31)), st.sampled_from(["{0.day}.{0.month}.{0.year}", "{0:%d-%m-%Y}", "{0.day}/{0.month} {0.year}", "{0:%Y-%m-%d}"]))  # fmt: skip
def test_every_day_in_every_dress_is_that_day(day, dress):
    assert as_date(dress.format(day)) == day


@pytest.mark.parametrize(
    ("raw", "flag"),
    [
        ("ja", True),
        ("X", True),
        (True, True),
        (1, True),
        ("Nej", False),
        ("-", False),
        ("", None),
        (None, None),
    ],
)
def test_flags(raw, flag):
    assert as_flag(raw) is flag


def test_no_flag():
    with pytest.raises(BadCell):
        as_flag("måske")


@pytest.mark.parametrize(
    ("raw", "phone"),
    [("12 34 56 78", "12 34 56 78"), ("+45 12345678", "+45 12345678"), (12345678, "12345678"), (12345678.0, "12345678"),
     (4512345678, "+4512345678"), ("114", "114"), ("", ""), (None, "")],
)  # fmt: skip
def test_phones(raw, phone):
    assert as_phone(raw) == phone


@pytest.mark.parametrize("raw", [1234567, 12345678.5, "1,23E+07", "abc", "12", 45123456789])
def test_phones_that_lost_something(raw):
    with pytest.raises(BadCell):
        as_phone(raw)


def test_emails():
    assert as_email("mailto:bo@vestby.example") == "bo@vestby.example"
    with pytest.raises(BadCell):
        as_email("bo@vestby")
