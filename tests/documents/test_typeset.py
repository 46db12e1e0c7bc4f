"""Agenda, minutes and charter as PDF and Word: what stands in them, for whom, and that nothing typed breaks them."""

from __future__ import annotations

import time
from dataclasses import replace
from io import BytesIO
from typing import Any, Literal

import docx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from tovholder.documents.blocks import Block, blocks, clean
from tovholder.documents.shapes import (
    Addendum,
    AgreementLine,
    Attendee,
    CharterDocument,
    DocumentItem,
    EffortLine,
    Fact,
    MeetingDocument,
    OutcomeLine,
    PlanDocument,
)
from tovholder.documents.typst import render_pdf
from tovholder.documents.word import render_docx

MEETING = MeetingDocument(
    municipality="Vestby Kommune",
    title="Netværk Øster, ordinært møde",
    when="tirsdag 3. marts 2026 kl. 13.00–14.30",
    forums=["Netværk Øster", "Netværk Vester"],
    place="Østerskolen",
    chair="Anna Holm",
    minute_taker="Bo Skov",
    note="Husk at læse materialet.",
    principles="Vi taler om det, vi ser.\n- Alle får ordet",
    present=[Attendee(name="Anna Holm", organisation="SSP-sekretariatet"), Attendee(name="Bo Skov")],
    absent=[Attendee(name="Dina Berg", organisation="Familieafdelingen")],
    guests=[Attendee(name="Frida Krogh")],
    items=[
        DocumentItem(
            number=1,
            heading="Uro ved stationen",
            level_word="Anonymt",
            minutes=25,
            clock="13.15",
            presenter="Carla Lund",
            question="Hvad ser vi?",
            sub_points=["Hvad har skolerne set?"],
            text="Grupper på 10–15 unge.\n\n## Klubben\n- Åbner tidligere",
            outcomes=[OutcomeLine(kind="Beslutning", text="Klubben åbner kl. 14.")],
            agreements=[
                AgreementLine(
                    what="Spørge centerlederen", who="Carla Lund", due="17. marts 2026", status="Åben"
                )
            ],
        )
    ],
    carried=[AgreementLine(what="Kortlægge voksne på gaden", who="Bo Skov", status="Gjort")],
    addenda=[Addendum(when="30. marts 2026", author="Anna Holm", text="Kl. 14.30, ikke kl. 14.")],
    approved_line="Godkendt den 24. marts 2026 af Anna Holm",
)
CHARTER = CharterDocument(
    municipality="Vestby Kommune",
    title="Kommissorium for Netværk Øster",
    forum="Netværk Øster",
    version=2,
    text="# Formål\nVi samler dem, der kender børn og unge.\n\n# Opgaver\n- Holde øje",
    facts=[Fact(label="Møder", value="hver måned")],
    members=[Attendee(name="Bo Skov", organisation="Østerskolen")],
)
PLAN = PlanDocument(
    municipality="Vestby Kommune",
    title="Sag 26-041",
    child="Sofie Prøvesen",
    state="I gang",
    review="3. april 2026",
    text="Vi vil gerne spise sammen.\n- Uden telefon",
    efforts=[
        EffortLine(
            what="Spise i klubben", who="Bo Skov (Klub Øster)", together="sammen med Dina Berg",
            due="17. marts 2026", sign="Hun bliver til kl. 18", status="Åben",
        )
    ],
    ended=[EffortLine(what="Ringe til skolen", who="Anna Holm", status="Gjort")],
)  # fmt: skip
AGENDA_HOLDS = ["Dagsorden", "Fællesmøde for", "Netværk Øster, Netværk Vester", "Østerskolen", "Frida Krogh",
                "Husk at læse materialet.", "Sådan holder vi møde", "Alle får ordet", "Kortlægge voksne på gaden",
                "Uro ved stationen", "Anonymt", "kl. 13.15", "25 min.", "Hvad ser vi?", "Hvad har skolerne set?"]  # fmt: skip
MINUTES_HOLD = ["Referat", "Til stede", "Anna Holm (SSP-sekretariatet), Bo Skov", "Dina Berg", "Hvem gør hvad",
                "Spørge centerlederen", "17. marts 2026", "Grupper på 10–15 unge.", "Klubben", "Åbner tidligere",
                "Beslutning", "Klubben åbner kl. 14.", "Tilføjet efter godkendelsen", "Kl. 14.30, ikke kl. 14.",
                "Godkendt den 24. marts 2026 af Anna Holm"]  # fmt: skip
CHARTER_HOLDS = ["Kommissorium", "Netværk Øster", "Formål", "Holde øje", "hver måned", "Bo Skov", "Østerskolen",
                 "Udkast – ikke godkendt endnu"]  # fmt: skip
PLAN_HOLDS = ["Hvem gør hvad omkring barnet", "Sag 26-041", "Sofie Prøvesen", "3. april 2026", "Vi vil gerne spise sammen.",
              "Uden telefon", "Spise i klubben", "Bo Skov (Klub Øster)", "sammen med Dina Berg", "17. marts 2026",
              "Tegn på, at det virker: Hun bliver til kl. 18", "Afsluttet", "Ringe til skolen", "Gjort"]  # fmt: skip
CASES: list[tuple[Any, Any, list[str]]] = [
    ("agenda", MEETING, AGENDA_HOLDS),
    ("minutes", MEETING, MINUTES_HOLD),
    ("charter", CHARTER, CHARTER_HOLDS),
    ("plan", PLAN, PLAN_HOLDS),
]
NASTY = [
    "emoji 😀 👩‍👩‍👧 ⚠️ 🇩🇰",
    "højre \u202etil venstre\u200f \u2066x\u2069 שלום مرحبا",
    "<script>alert('x')</script> & \"citat\"",
    '#eval("1") [x] $a$ @ref `kode` = overskrift *fed* \\ // kommentar',
    "{{ navn }} {% if %}",
    "日本語と한국어",
    "styre\x00tegn\x1f\ufffe\ud800".replace("\ud800", ""),
    "u" * 5000,
    "langt ord " * 3000,
]


def pdf_text(content: bytes) -> str:
    pages = " ".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages)
    return " ".join(pages.replace("\u200b", "").split())


def word_text(content: bytes) -> str:
    page = docx.Document(BytesIO(content))
    cells = [cell.text for table in page.tables for row in table.rows for cell in row.cells]
    return " ".join(" ".join([*(paragraph.text for paragraph in page.paragraphs), *cells]).split())


@pytest.mark.parametrize(("template", "document", "holds"), CASES)
def test_pdf_holds_it_all_tagged_in_danish_with_title_and_page_numbers(
    template: Any, document: Any, holds: list[str]
) -> None:
    content = render_pdf(template, document)
    reader = PdfReader(BytesIO(content))
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert "/StructTreeRoot" in root
    assert str(root["/Lang"]).startswith("da")
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert reader.metadata is not None
    assert str(reader.metadata.title).endswith(document.title)
    assert b"pdfuaid:part" in root["/Metadata"].get_data()
    assert reader.outline
    text = pdf_text(content)
    assert [words for words in [*holds, "Vestby Kommune", "Side 1 af"] if words not in text] == []


@pytest.mark.parametrize(("template", "document", "holds"), CASES)
def test_word_holds_the_same_with_real_headings(template: Any, document: Any, holds: list[str]) -> None:
    content = render_docx(template, document)
    text = word_text(content)
    assert [words for words in holds if words not in text] == []
    page = docx.Document(BytesIO(content))
    assert page.sections[0].header.paragraphs[0].text == "Vestby Kommune"
    assert page.core_properties.title.endswith(document.title)
    assert page.core_properties.language == "da-DK"
    styles = [str(paragraph.style.name) for paragraph in page.paragraphs if paragraph.style]
    assert styles.count("Title") == 1
    assert "Heading 1" in styles
    footer = page.sections[0].footer.paragraphs[0]._p.xml
    assert "NUMPAGES" in footer
    assert all("w:tblHeader" in table._tbl.xml for table in page.tables)


def test_a_draft_says_so_and_an_empty_meeting_too() -> None:
    empty = MeetingDocument(municipality="Vestby Kommune", title="Møde", when="i dag")
    assert "Kladde – ikke godkendt endnu" in pdf_text(render_pdf("minutes", empty))
    assert "Kladde – ikke godkendt endnu" in word_text(render_docx("minutes", empty))
    assert "Der er ingen punkter på dagsordenen endnu." in pdf_text(render_pdf("agenda", empty))
    assert "Der er ingen punkter på dagsordenen endnu." in word_text(render_docx("agenda", empty))


def test_the_agenda_does_not_hold_the_minutes() -> None:
    for text in (pdf_text(render_pdf("agenda", MEETING)), word_text(render_docx("agenda", MEETING))):
        assert "Grupper på" not in text
        assert "Beslutning" not in text


def everywhere(text: str) -> MeetingDocument:
    line = AgreementLine(what=text, who=text, due=text, status=text)
    item = DocumentItem(
        number=1, heading=text, level_word=text, presenter=text, question=text, sub_points=[text], text=text,
        outcomes=[OutcomeLine(kind=text, text=text)], agreements=[line],
    )  # fmt: skip
    person = Attendee(name=text, organisation=text)
    return MeetingDocument(
        municipality=text, title=text, when=text, forums=[text, text], place=text, note=text, principles=text,
        present=[person], items=[item], carried=[line], addenda=[Addendum(when=text, author=text, text=text)],
        approved_line=text,
    )  # fmt: skip


@pytest.mark.parametrize("template", ["agenda", "minutes"])
@pytest.mark.parametrize("text", NASTY, ids=range(len(NASTY)))
def test_nothing_typed_breaks_a_document(text: str, template: Literal["agenda", "minutes"]) -> None:
    assert len(PdfReader(BytesIO(render_pdf(template, everywhere(text)))).pages) >= 1
    assert word_text(render_docx(template, everywhere(text)))


def test_markup_is_shown_as_it_was_typed() -> None:
    typed = '<script>alert(1)</script> #eval("1") *fed* & $a$'
    document = replace(MEETING, title=typed)
    assert typed in pdf_text(render_pdf("minutes", document))
    assert typed in word_text(render_docx("minutes", document))


def test_what_no_font_has_becomes_one_square_and_the_rest_stays() -> None:
    text = pdf_text(render_pdf("minutes", replace(MEETING, place="Før 日本 efter")))
    assert "Før □ efter" in text


def test_emoji_are_drawn_in_the_text() -> None:
    text = pdf_text(render_pdf("minutes", replace(MEETING, place="Tak 😀 for kagen 🎂 ✓")))
    assert "Tak 😀 for kagen 🎂 ✓" in text
    assert "□" not in text


def test_a_wall_of_foreign_signs_does_not_take_long() -> None:
    wall = "".join(chr(code) for code in range(0x4E00, 0x4E00 + 8000))
    began = time.monotonic()
    render_pdf("minutes", replace(MEETING, note=wall))
    assert time.monotonic() - began < 15


@settings(max_examples=25, deadline=None)
@given(st.text(max_size=60))
def test_any_text_makes_a_document(text: str) -> None:
    render_pdf("minutes", everywhere(text))
    render_docx("minutes", everywhere(text))


def test_word_refuses_a_shape_that_does_not_belong() -> None:
    with pytest.raises(TypeError):
        render_docx("charter", MEETING)
    with pytest.raises(TypeError):
        render_docx("agenda", CHARTER)
    with pytest.raises(TypeError):
        render_docx("minutes", PLAN)


def test_blocks_part_headings_lists_and_paragraphs() -> None:
    assert blocks("# Formål\nEn\r\nto\n\n- a\n* b\n\ntre\n#nej\n\x00") == [
        Block("heading", ("Formål",)),
        Block("paragraph", ("En", "to")),
        Block("list", ("a", "b")),
        Block("paragraph", ("tre", "#nej")),
    ]


def test_clean_keeps_danish_and_emoji_and_drops_what_misleads() -> None:
    assert clean("æøå 😀\u202e\x07\u2066\ttab\u2028ny") == "æøå 😀\ttab\nny"
