"""Agreements from a Word document: found, looked through, made."""

from __future__ import annotations

import io
import zipfile
from datetime import date

import docx
import pytest

from tests.factories import AgreementFactory, PersonFactory, join
from tests.imports.files import packed, part, upload
from tovholder.audit.models import Event
from tovholder.imports.matching import meant
from tovholder.imports.reading.document import AgreementLine, read_agreements
from tovholder.imports.reading.problems import Unreadable
from tovholder.plans.models import Agreement


def word(*tables: list[list[str]]) -> bytes:
    document = docx.Document()
    document.add_heading("Referat")
    for rows in tables:
        table = document.add_table(rows=0, cols=len(rows[0]))
        for row in rows:
            for cell, text in zip(table.add_row().cells, row, strict=True):
                cell.text = text
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def read(data: bytes, name: str = "referat.docx") -> list[AgreementLine]:
    return read_agreements(upload(data, name))


def test_columns_in_any_order_under_any_of_their_words():
    data = word(
        [["Punkt", "Tekst"], ["1", "Velkomst"]],
        [["Frist:", "Nr.", "HVEM", "Hvad?"], ["1.8.2026", "1", "Bo", "Ringe til\nklubben"], ["snarest", "2", "Carla", "Aften i byen"], ["", "", "", ""]],
        [["Aftaler", "", ""], ["Opgave", "Ansvarlig", "Deadline"], ["Skrive", "Bo", "1/9 2026"]],
    )  # fmt: skip
    assert read(data) == [
        AgreementLine("Ringe til klubben", "Bo", "1.8.2026", date(2026, 8, 1)),
        AgreementLine("Aften i byen", "Carla", "snarest", None),
        AgreementLine("Skrive", "Bo", "1/9 2026", date(2026, 9, 1)),
    ]


def test_a_merged_cell_counts_in_each_row_and_column_that_it_fills():
    document = docx.Document()
    table = document.add_table(rows=3, cols=4)
    for row, texts in enumerate(
        (["Hvad", "Hvem", "Hvem", "Frist"], ["Ringe", "Bo", "", "snarest"], ["Skrive", "", "", ""])
    ):
        for column, text in enumerate(texts):
            table.cell(row, column).text = text
    table.cell(0, 1).merge(table.cell(0, 2)).text = "Hvem"
    table.cell(1, 1).merge(table.cell(2, 2)).text = "Bo"
    table.cell(1, 3).merge(table.cell(2, 3)).text = "snarest"
    file = io.BytesIO()
    document.save(file)
    assert read(file.getvalue()) == [
        AgreementLine("Ringe", "Bo", "snarest", None),
        AgreementLine("Skrive", "Bo", "snarest", None),
    ]


GOOD = word([["Hvad", "Hvem", "Hvornår"], ["Ringe", "Bo", "1.8.2026"]])
TYPES = part(GOOD, "[Content_Types].xml")


def _with_cells(cells: str) -> bytes:
    """The document with a row of these cells at the end of its table."""
    text = part(GOOD, "word/document.xml").decode()
    text = text.replace("</w:tbl>", f"<w:tr>{cells}</w:tr></w:tbl>", 1)
    return packed(GOOD, {"word/document.xml": text.encode()})


def _wide(columns: int) -> str:
    return f'<w:tc><w:tcPr><w:gridSpan w:val="{columns}"/></w:tcPr><w:p/></w:tc>'


GOES_ON = '<w:tc><w:tcPr><w:gridSpan w:val="58"/><w:vMerge/></w:tcPr><w:p/></w:tc><w:tc><w:p/></w:tc>'
BEGINS = GOES_ON.replace("<w:vMerge/>", '<w:vMerge w:val="restart"/>').replace(
    "<w:p/>", f"<w:p><w:r><w:t>{'Hvad ' * 400}</w:t></w:r></w:p>", 1
)
BAD = [
    ("cell of 100,000 columns bomb", _with_cells(_wide(100_000)), "a.docx", "over 60 kolonner"),
    ("many wide cells", _with_cells(_wide(40) * 50), "a.docx", "over 60 kolonner"),
    ("row of 2,000,000 cells bomb", _with_cells("<w:tc/>" * 2_000_000), "a.docx", "over 60 kolonner"),
    ("a long text in each of 300 rows", _with_cells("</w:tr><w:tr>".join([BEGINS, *[GOES_ON] * 300])), "a.docx", "for lang"),
    ("macros by name", GOOD, "referat.docm", "makroer"),
    ("macros inside", packed(GOOD, {"word/vbaProject.bin": b"Sub"}), "a.docx", "makroer"),
    ("bomb", packed(GOOD, {"word/media/x.xml": b"0" * (60 * 1024 * 1024)}), "a.docx", "fylder for meget"),
    ("old word", b"\xd0\xcf\x11\xe0xxxx", "a.docx", "adgangskode"),
    ("pdf", b"%PDF-1.7", "a.pdf", "Vælg et Word-dokument"),
    ("pdf by another name", b"%PDF-1.7", "a.docx", "ikke det, navnet siger"),
    ("a zip file", packed(GOOD, {"[Content_Types].xml": b"<Types/>"}), "a.docx", "ikke det, navnet siger"),
    ("cut short", GOOD[: len(GOOD) // 2], "a.docx", "gået i stykker"),
    ("broken inside", packed(GOOD, {"word/document.xml": b"<w:document"}), "a.docx", "gået i stykker"),
    ("nothing inside", packed(GOOD, {"word/document.xml": None}), "a.docx", "gået i stykker"),
    ("empty", b"", "a.docx", "tom"),
    ("no table", word(), "a.docx", "ingen tabel"),
    ("another table", word([["Navn", "Alder"], ["Bo", "3"]]), "a.docx", "ingen tabel"),
    ("only headings", word([["Hvad", "Hvem"]]), "a.docx", "ingen aftaler"),
    ("too many", word([["Hvad", "Hvem"], *[[f"Aftale {n}", "Bo"] for n in range(101)]]), "a.docx", "over 100"),
    ("cpr", word([["Hvad", "Hvem"], ["Ringe om 010190-1234", "Bo"]]), "a.docx", "CPR"),
]  # fmt: skip


@pytest.mark.parametrize(("data", "name", "says"), [each[1:] for each in BAD], ids=[each[0] for each in BAD])
def test_bad_documents_get_one_sentence(data, name, says):
    with pytest.raises(Unreadable, match=says) as refused:
        read(data, name)
    assert "1234" not in str(refused.value)


def test_entities_are_not_unfolded():
    text = part(GOOD, "word/document.xml").decode()
    laughs = '<!DOCTYPE x [<!ENTITY a "haha"><!ENTITY b "&a;&a;&a;&a;">]>'
    wicked = text.replace("?>", f"?>{laughs}", 1).replace("Ringe", "&b;")
    try:
        lines = read(packed(GOOD, {"word/document.xml": wicked.encode()}))
    except Unreadable:
        return
    assert "haha" not in str(lines)


def test_a_zip_that_lies_about_its_size_is_not_believed_further_than_it_says():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("[Content_Types].xml", TYPES)
        file.writestr("word/document.xml", b"0" * (60 * 1024 * 1024))
    data = bytearray(out.getvalue())
    place = data.rfind(b"PK\x01\x02")
    data[place + 24 : place + 28] = (100).to_bytes(4, "little")
    with pytest.raises(Unreadable, match="gået i stykker"):
        read(bytes(data))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("written", "who"),
    [("Bo Berg", "Bo Berg"), ("bo", "Bo Berg"), ("Bo og Carla", "Bo Berg"), ("Alle / Carla", "Carla"), ("Eva", None), ("Ib", None), ("", None), ("B", None)],
)  # fmt: skip
def test_names_are_matched_but_never_guessed(written, who):
    members = [PersonFactory(name=name) for name in ("Bo Berg", "Carla", "Ib Holm", "Ib Juhl")]
    found = meant(written, members)
    assert (found.name if found else None) == who


def fields(page) -> dict[str, str]:
    """What the browser would send from the page as it stands."""
    formset, level = page.context["formset"], page.context["level"]
    sent = {
        "level": level["level"].value(),
        **{f"form-{k}": str(v) for k, v in formset.management_form.initial.items()},
    }
    for form in formset:
        for bound in form:
            value = bound.value()
            if value not in (None, False, ""):
                sent[bound.html_name] = "on" if value is True else str(getattr(value, "pk", value))
    return sent


@pytest.fixture
def looked_through(network, anna, client_for):
    AgreementFactory(forum=network, what="Findes i forvejen")
    join(PersonFactory(name="Ib Holm"), network)
    rows = [
        ["Ringe", "Bo", "1.8.2026"],
        ["Spørge", "Naboen", "snarest"],
        ["Findes i  forvejen", "Bo", ""],
        ["Skal ikke med", "Ib", ""],
    ]
    data = word([["Hvad", "Hvem", "Hvornår"], *rows])
    return client_for(anna).post(
        f"/fora/{network.pk}/aftaler-fra-word/", {"file": upload(data, "referat.docx")}
    )


def test_from_document_to_agreements(looked_through, network, anna, client_for):
    html = looked_through.content.decode()
    assert "I Word: Naboen" in html
    assert "I Word: snarest" in html
    sent = fields(looked_through)
    assert "form-2-take" not in sent  # there is one like it
    assert "form-1-responsible" not in sent
    client, path = client_for(anna), f"/fora/{network.pk}/aftaler-fra-word/hent-ind/"
    again = client.post(path, sent)
    assert again.status_code == 422
    assert "Vælg, hvem der er ansvarlig." in again.content.decode()
    assert not Agreement.objects.filter(what="Ringe").exists()  # all or nothing
    sent["form-1-responsible"] = str(network.members.get(name="Carla").pk)
    sent["form-1-what"] = "Spørge naboen"
    del sent["form-3-take"]
    answer = client.post(path, sent, follow=True)
    assert "2 aftaler er hentet ind." in answer.content.decode()
    made = Agreement.objects.exclude(what="Findes i forvejen").order_by("pk")
    assert [(each.what, each.responsible.name, each.due_on, each.level) for each in made] == [
        ("Ringe", "Bo", date(2026, 8, 1), "anonymous"),
        ("Spørge naboen", "Carla", None, "anonymous"),
    ]
    event = Event.objects.get(action="import.agreements_made")
    assert event.details == {"agreements": [each.pk for each in made]}
    assert Event.objects.filter(action="agreement.created").count() == 2


def test_nothing_chosen_makes_nothing(looked_through, network, anna, client_for):
    sent = {name: value for name, value in fields(looked_through).items() if not name.endswith("-take")}
    answer = client_for(anna).post(f"/fora/{network.pk}/aftaler-fra-word/hent-ind/", sent, follow=True)
    assert "ingen er hentet ind" in answer.content.decode()
    assert Agreement.objects.count() == 1


def test_somebody_from_another_forum_cannot_be_chosen(looked_through, network, anna, client_for):
    sent = {**fields(looked_through), "form-1-responsible": str(PersonFactory().pk)}
    assert client_for(anna).post(f"/fora/{network.pk}/aftaler-fra-word/hent-ind/", sent).status_code == 422


def test_only_the_convener_may(network, personas, client_for):
    path = f"/fora/{network.pk}/aftaler-fra-word/"
    codes = {name: client_for(user).get(path).status_code for name, user in personas.items()}
    assert {name for name, code in codes.items() if code == 200} == {"anna"}
    assert codes["bo"] == 403  # sees the forum, may not do this
    assert codes["erik"] == 404
    assert client_for(personas["bo"]).post(f"{path}hent-ind/").status_code == 403


@pytest.mark.parametrize(
    "junk", [{}, {"form-TOTAL_FORMS": "1000", "form-INITIAL_FORMS": "0"}, {"form-TOTAL_FORMS": "x"}]
)
def test_junk_is_answered_not_believed(network, anna, client_for, junk):
    assert client_for(anna).post(f"/fora/{network.pk}/aftaler-fra-word/hent-ind/", junk).status_code == 422
