"""Lists as CSV and xlsx: what stands in a cell comes back as it was, and nothing runs."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from tovholder.ui.tables import Column, Table, as_csv, file_stem, is_formula, write_xlsx

ATTACKS = [
    "=1+1",
    "+45 12 34 56 78",
    "-2+3",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    " =1",
    "＝1+1",
    '=HYPERLINK("x")',
]


def table(*values):
    return Table("liste", [Column("A", "a")], [SimpleNamespace(a=value) for value in values])


def csv_cells(*values):
    text = "".join(as_csv(["A"], table(*values).lines()))
    return [row[0] for row in csv.reader(io.StringIO(text[1:], newline=""), delimiter=";")][1:]


def book_of(*values):
    file = io.BytesIO()
    write_xlsx(file, "liste", ["A"], table(*values).lines())
    return load_workbook(file).worksheets[0]


@pytest.mark.parametrize("attack", ATTACKS)
def test_a_formula_is_text_in_both(attack):
    assert csv_cells(attack) == [f"'{attack}"]
    cell = book_of(attack)["A2"]
    assert cell.data_type == "s"
    assert cell.quotePrefix


@given(st.text())
def test_no_cell_of_a_csv_begins_as_a_formula(text):
    (cell,) = csv_cells(text)
    assert not is_formula(cell)


def test_values_as_danes_write_them():
    noon = datetime(2026, 8, 1, 10, 0, tzinfo=UTC)
    assert csv_cells(date(2026, 8, 1), noon, 7, True, None, "Æbleø") == [
        "01-08-2026", "01-08-2026 12:00", "7", "Ja", "", "Æbleø",
    ]  # fmt: skip
    sheet = book_of(date(2026, 8, 1), -7)
    assert sheet["A2"].value == datetime(2026, 8, 1)
    assert sheet["A2"].number_format == "dd-mm-yyyy"
    assert sheet["A3"].value == -7


def test_signs_that_no_workbook_takes_are_left_out():
    assert book_of("a\x00b\x0bc")["A2"].value == "abc"


def test_what_is_missing_on_the_way_is_empty_but_a_wrong_name_is_a_fault():
    row = SimpleNamespace(person=None)
    assert Column("A", "person.organisation.name").of(row) is None
    with pytest.raises(AttributeError):
        Column("A", "persn.name").of(row)


def test_a_file_name_every_system_takes():
    assert file_stem("blik på møder") == "blik-paa-moeder"
