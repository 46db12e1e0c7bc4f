"""Files from outside: what can be read is read right, the rest gets a sentence that says what to do."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook
from openpyxl.styles import PatternFill

from tests.imports.files import cells, packed, part, read, understood, upload, xlsx
from tovholder.imports.reading import files
from tovholder.imports.reading.grid import Wrong
from tovholder.imports.reading.problems import Unreadable

HEAD = "Navn;E-mail;Telefon;Stilling"
PEOPLE = [["Navn", "E-mail"], ["Åse Sørensen", "aase@vestby.example"]]


@pytest.mark.parametrize("sign", [";", ",", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "latin-1", "utf-16"])
def test_csv_in_every_dress(sign, encoding):
    text = (
        sign.join(["Navn", "E-mail"]) + "\r\n" + sign.join(["Åse Sørensen", "aase@vestby.example"]) + "\r\n"
    )
    assert cells(read(text.encode(encoding))) == PEOPLE


def test_excel_file():
    assert cells(read(xlsx(*PEOPLE), "fil.xlsx")) == PEOPLE


def test_a_line_break_and_a_separator_inside_quotes():
    assert cells(read('Navn;Stilling\n"Bo; den\nanden";Lærer\n'))[1] == ["Bo; den\nanden", "Lærer"]


def test_the_line_that_tells_excel_the_separator():
    assert cells(read("sep=,\nNavn,E-mail\nBo,bo@x.example")) == [["Navn", "E-mail"], ["Bo", "bo@x.example"]]


@given(
    st.lists(
        st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=20),
        min_size=2,
        max_size=5,
    )
)
@settings(max_examples=60)
def test_what_a_csv_writer_wrote_comes_back(row):
    file = io.StringIO()
    csv.writer(file, delimiter=";").writerows([["Navn", "E-mail", "Telefon", "a", "b"][: len(row)], row])
    try:
        lines = cells(read(file.getvalue().encode()))
    except Unreadable:
        assert any(sign in "".join(row) for sign in ("Ã", "ï¿½", "\ufffd"))
        return
    got = lines[1] if len(lines) > 1 else [None] * len(row)
    wanted = [cell.strip().strip("\ufeff") or None for cell in row]
    assert [c and c.lstrip("'") for c in got] == [c and c.lstrip("'") for c in wanted]


BAD_TEXT = [
    ("empty", b"", "Filen er tom"),
    ("blank", b"\n\n;;\n", "Filen er tom"),
    ("pdf by another name", b"%PDF-1.7 ...", "noget andet"),
    ("excel by another name", xlsx(*PEOPLE), "noget andet"),
    ("old excel by another name", b"\xd0\xcf\x11\xe0xxxx", "noget andet"),
    ("web page", b"<!DOCTYPE html><table></table>", "noget andet"),
    ("mixed encodings", f"{HEAD}\nÅse;;;\n".encode() + "Bjørn;;;\n".encode("cp1252"), "Række 3"),
    ("mixed the other way", f"{HEAD}\n".encode() + "Bjørn;;;\n".encode("cp1252") + "Åse;;;\n".encode(), "Række 2"),
    ("garbled", f"{HEAD}\nÃ…se SÃ¸rensen;;;\n".encode(), "Række 2 har ødelagte"),
    ("control signs", f"{HEAD}\nBo\x00;;;\n".encode(), "Række 2 har tegn"),
    ("open quote", f'{HEAD}\n"Bo;;;\n'.encode(), "anførselstegn"),
    ("200 columns", (";".join(f"k{n}" for n in range(200)) + "\n").encode(), "200 kolonner"),
    ("too many rows", ("Navn\n" + "Bo\n" * 25_200).encode(), "25.000 rækker"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("data", "says"), [each[1:] for each in BAD_TEXT], ids=[each[0] for each in BAD_TEXT]
)
def test_bad_csv(data, says):
    with pytest.raises(Unreadable, match=says):
        understood(data)


BOOK = xlsx(*PEOPLE)
TYPES = part(BOOK, "[Content_Types].xml")
SHEET = "xl/worksheets/sheet1.xml"
LAUGHS = (
    b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><worksheet>&b;</worksheet>'
)


def _merged(ranges: int) -> bytes:
    """The sheet, and so many times that all cells there are in Excel are merged into one."""
    merged = b'<mergeCell ref="A1:XFD1048576"/>' * ranges
    return part(BOOK, SHEET).replace(b"</sheetData>", b"</sheetData><mergeCells>" + merged + b"</mergeCells>")


def _after(rows: bytes = b"", sheet: bytes = b"") -> bytes:
    """The sheet with more rows, and with more behind its rows."""
    return part(BOOK, SHEET).replace(b"</sheetData>", rows + b"</sheetData>" + sheet)


STYLES = part(BOOK, "xl/styles.xml").replace(
    b"</cellXfs>", b'<xf numFmtId="0" fontId="0"/>' * 400_000 + b"</cellXfs>"
)
BAD_BOOKS = [
    ("bomb", packed(BOOK, {"xl/media/bombe.xml": b"0" * (60 * 1024 * 1024)}), "fylder for meget"),
    ("merged ranges bomb", packed(BOOK, {SHEET: _merged(50_000)}), "Ophæv fletningerne"),
    ("merged over each other", packed(BOOK, {SHEET: _merged(1_000)}), "gået i stykker"),
    ("styles bomb", packed(BOOK, {"xl/styles.xml": STYLES}), "fylder for meget"),
    ("more rows than Excel has", packed(BOOK, {SHEET: _after(b'<row r="1048576"/><row/>')}), "gået i stykker"),
    ("more cells than a row has", packed(BOOK, {SHEET: _after(b"<row>" + b"<c/>" * 16_385 + b"</row>")}), "gået i stykker"),
    ("many parts", packed(BOOK, {f"xl/x{n}.xml": b"" for n in range(2_100)}), "fylder for meget"),
    ("macros inside", packed(BOOK, {"xl/vbaProject.bin": b"Sub"}), "makroer"),
    ("macro type", packed(BOOK, {"[Content_Types].xml": TYPES.replace(b"spreadsheetml.sheet.main", b"sheet.macroEnabled.main")}), "makroer"),
    ("entities", packed(BOOK, {SHEET: LAUGHS}), "gået i stykker"),
    ("a Word file", packed(BOOK, {"[Content_Types].xml": b"<Types/>"}), "ikke det, navnet siger"),
    ("cut short", BOOK[: len(BOOK) // 2], "gået i stykker"),
    ("no sheet in it", packed(BOOK, {SHEET: None}), "gået i stykker"),
    ("broken xml", packed(BOOK, {SHEET: b"<worksheet><sheetData><row"}), "gået i stykker"),
    ("csv by another name", b"Navn;E-mail\nBo;", "ikke det, navnet siger"),
    ("locked or old", b"\xd0\xcf\x11\xe0xxxx", "adgangskode"),
    ("200 columns", xlsx([f"k{n}" for n in range(200)]), "200 kolonner"),
    ("empty", xlsx(), "Filen er tom"),
    ("nothing at all", b"", "Filen er tom"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("data", "says"), [each[1:] for each in BAD_BOOKS], ids=[each[0] for each in BAD_BOOKS]
)
def test_bad_workbooks(data, says):
    with pytest.raises(Unreadable, match=says):
        understood(data, name="fil.xlsx")


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("a.xlsm", "makroer"),
        ("a.xlsb", "makroer"),
        ("a.xls", ".xlsx"),
        ("a.pdf", ".csv"),
        ("a", ".csv"),
        ("", ".csv"),
    ],
)
def test_files_of_other_kinds(name, says):
    with pytest.raises(Unreadable, match=says):
        read(b"x", name or "x")


def test_a_hundred_megabytes_are_refused_unread():
    class Huge:
        name, size, file = "stor.csv", 100 * 1024 * 1024, None

        def read(self) -> bytes:
            raise AssertionError("was read")

    with pytest.raises(Unreadable, match="fylder 100 MB"):
        files.read_upload(Huge())


def test_a_row_far_down_the_sheet_is_no_trap():
    far = (
        part(BOOK, SHEET)
        .replace(b'<row r="2"', b'<row r="999999999"')
        .replace(b'r="A2"', b'r="A999999999"')
        .replace(b'r="B2"', b'r="B999999999"')
    )
    with pytest.raises(Unreadable):
        understood(packed(BOOK, {SHEET: far}), name="fil.xlsx")


def test_formulas_and_errors_are_told_by_cell():
    lines = read(xlsx(["Navn", "E-mail"], ['=A1&"x"', "a@b.example"], ["Bo", "#N/A"]), "fil.xlsx").lines
    assert "formel" in lines[1].cells[0].sentence
    assert "#N/A" in lines[2].cells[1].sentence
    problems = understood(xlsx(["Navn", "E-mail"], ['=A1&"x"', "a@b.example"]), name="fil.xlsx").problems
    assert str(problems[0]).startswith("Række 2, kolonne Navn: Cellen er en formel.")


def test_what_else_a_sheet_holds_is_not_read():
    links = b"<hyperlinks>" + b'<hyperlink ref="A1" location="nowhere" id="12"/>' * 5_000 + b"</hyperlinks>"
    lists = b'<dataValidations><dataValidation type="no such type" sqref="A1"/></dataValidations>'
    assert cells(read(packed(BOOK, {SHEET: _after(sheet=links + lists)}), "fil.xlsx")) == PEOPLE


def test_a_formula_that_many_cells_share_is_not_written_out_for_each():
    first = b'<row r="3"><c r="A3"><f t="shared" si="0">%s</f></c></row>' % (b"A1+" * 2_000 + b"A1")
    rest = b"".join(
        b'<row r="%d"><c r="A%d"><f t="shared" si="0"/></c></row>' % (n, n) for n in range(4, 15_000)
    )
    found = read(packed(BOOK, {SHEET: _after(first + rest)}), "fil.xlsx").lines
    assert len(found) == 14_999
    assert all(isinstance(line.cells[0], Wrong) for line in found[2:])


def test_merged_cells_are_told_but_a_title_over_the_table_is_not():
    grid = read(xlsx(["Personer 2026"], ["Navn", "E-mail"], ["Bo", "a@b.example"], merge="A1:B1"), "fil.xlsx")
    assert not any(isinstance(cell, Wrong) for line in grid.lines for cell in line.cells)
    merged = xlsx(["Navn", "Kommer fra"], ["Bo", "Skolen"], ["Eva", None], merge="B2:B3")
    assert [problem.row for problem in understood(merged, name="fil.xlsx").problems] == [2, 3]


def test_the_first_sheet_with_something_in_it_is_read_and_the_others_are_named():
    book = xlsx(sheets={"Personer": PEOPLE, "Gamle": PEOPLE})
    grid = read(book, "fil.xlsx")
    assert cells(grid) == PEOPLE
    assert grid.notices == ["Filen har flere ark. Kun »Personer« er læst, ikke »Gamle«."]


def test_headings_in_row_three_with_other_words_and_columns_nobody_knows():
    result = understood("Udtræk fra løn;;\n;;\nMedarbejder;e-post *;Skostørrelse\nBo;bo@x.example;43\n;;\n")
    assert [(each.row, each.values) for each in result.records] == [
        (4, {"name": "Bo", "email": "bo@x.example"})
    ]
    assert result.notices == ["Disse kolonner bruges ikke: Skostørrelse."]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("Skostørrelse;Farve\n43;blå\n", "»Navn« mangler"),
        ("Navn;E-mail\n", "kun overskrifter"),
        ("Navn;E-mail;Mail\nBo;;\n", "to gange"),
    ],
)
def test_tables_without_what_is_needed(text, says):
    with pytest.raises(Unreadable, match=says):
        understood(text)


def test_errors_by_row_and_column():
    result = understood(
        "Navn;E-mail;Telefon\nBo;bo.example;12345678\n;eva@x.example;\nIb;ib@x.example;12ab;ekstra\n"
    )
    assert [str(each) for each in result.problems] == [
        "Række 2, kolonne E-mail: »bo.example« er ikke en e-mailadresse. Ret den.",
        "Række 3, kolonne Navn: Cellen er tom. Den skal udfyldes.",
        "Række 4, kolonne D: Rækken har flere felter end overskrifterne. Er der et skilletegn for meget i en tekst?",
        "Række 4, kolonne Telefon: »12ab« er ikke et telefonnummer. Ret det.",
    ]
    assert result.records == []


def test_many_errors_stop_at_a_number():
    result = understood("Navn;E-mail\n" + "Bo;vrøvl\n" * 1000)
    assert len(result.problems) == 200


@pytest.mark.parametrize(
    "data",
    [
        xlsx(["Navn", "Note"], ["Bo", "010190-1234"]),
        xlsx(["Navn", "Note"], ["Bo", 101901234]),  # the zero in front is lost
        xlsx(["Navn", "Note"], ["Bo", 3112991234.0]),
        xlsx(["Liste for 010190-1234"], ["Navn"], ["Bo"]),
    ],
    ids=["text", "number without its zero", "number", "above the table"],
)
def test_cpr_numbers_are_refused_wherever_they_stand_and_not_repeated(data):
    result = understood(data, name="fil.xlsx")
    assert "CPR-nummer" in result.problems[0].sentence
    assert "1234" not in str(result.problems)


def test_an_upload_is_left_where_it_can_be_read_again():
    file = upload(xlsx(*PEOPLE), "fil.xlsx")
    assert cells(files.read_upload(file)) == PEOPLE
    assert cells(files.read_upload(file)) == PEOPLE


def test_rows_and_columns_that_are_only_coloured_are_no_rows():
    book = Workbook()
    sheet = book.active
    for row in PEOPLE:
        sheet.append(row)
    for number in range(3, 3_000):
        sheet.cell(row=number, column=1).fill = PatternFill("solid", fgColor="FFFF00")
    file = io.BytesIO()
    book.save(file)
    assert cells(read(file.getvalue(), "fil.xlsx")) == PEOPLE
