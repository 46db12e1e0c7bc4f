"""The same documents in Word, with real headings, repeated table heads and the language set."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from io import BytesIO
from typing import Any, Literal

import docx
from django.utils.translation import gettext as _
from docx.enum.text import WD_TAB_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from tovholder.documents.blocks import blocks, clean
from tovholder.documents.shapes import (
    AgreementLine,
    Attendee,
    CharterDocument,
    DocumentItem,
    EffortLine,
    MeetingDocument,
    PlanDocument,
)

FONT = "Calibri"  # on every office machine; ours would be replaced by chance
INK, INK_2, FJORD = RGBColor(0x1A, 0x23, 0x26), RGBColor(0x4C, 0x58, 0x5C), RGBColor(0x0F, 0x4C, 0x53)
SIZES = {"Title": 24, "Heading 1": 15, "Heading 2": 12.5, "Heading 3": 11}
PAGE_MARGIN = Mm(22)
WIDTHS = {2: (83, 83), 3: (86, 46, 34), 4: (74, 38, 32, 22)}  # columns in millimetres, 166 in all


def render_docx(
    template: Literal["agenda", "minutes", "charter", "plan"],
    document: MeetingDocument | CharterDocument | PlanDocument,
) -> bytes:
    """Write one document for Word. Raises TypeError when template and document do not belong together."""
    if template == "charter" and isinstance(document, CharterDocument):
        page = _charter(document)
    elif template == "plan" and isinstance(document, PlanDocument):
        page = _plan(document)
    elif template == "agenda" and isinstance(document, MeetingDocument):
        page = _agenda(document)
    elif template == "minutes" and isinstance(document, MeetingDocument):
        page = _minutes(document)
    else:
        raise TypeError(f"{template} is not made of a {type(document).__name__}")
    target = BytesIO()
    page.word.save(target)
    return target.getvalue()


class _Page:
    """A Word document in the house's look."""

    def __init__(self, *, kind: str, title: str, municipality: str, state: str, footer: str = "") -> None:
        self.word = docx.Document()
        self._styles()
        section = self.word.sections[0]
        section.page_width, section.page_height = Mm(210), Mm(297)
        section.left_margin = section.right_margin = PAGE_MARGIN
        self.word.core_properties.title = f"{kind}: {_line(title)}"[:250]
        self.word.core_properties.author = _line(municipality)[:250]
        self.word.core_properties.language = "da-DK"
        self.word.core_properties.comments = ""
        section.header.paragraphs[0].text = _line(municipality)
        self._footer(section.footer.paragraphs[0], f"{state} · {footer}" if footer else state)
        self._colour(self.word.add_paragraph(), kind, FJORD, bold=True)
        self.word.add_heading(_line(title), level=0)

    def heading(self, text: str, level: int) -> None:
        self.word.add_heading(_line(text), level=level)

    def facts(self, rows: Iterable[tuple[str, str]]) -> None:
        for label, value in rows:
            if value:
                paragraph = self.word.add_paragraph()
                paragraph.paragraph_format.space_after = Pt(2)
                paragraph.paragraph_format.left_indent = Mm(30)
                paragraph.paragraph_format.first_line_indent = Mm(-30)
                paragraph.paragraph_format.tab_stops.add_tab_stop(Mm(30))
                self._colour(paragraph, f"{label}\t", INK_2, bold=True)
                paragraph.add_run(_line(value))

    def prose(self, text: str, below: int = 2) -> None:
        """Typed text. `below` is the level of the heading that it stands under."""
        for block in blocks(text):
            if block.kind == "heading":
                self.word.add_heading(block.lines[0], level=below + 1)
            elif block.kind == "list":
                self.points(block.lines)
            else:
                self.word.add_paragraph("\n".join(block.lines))

    def points(self, lines: Iterable[str]) -> None:
        for line in lines:
            self.word.add_paragraph(_line(line), style="List Bullet")

    def small(self, parts: Iterable[str]) -> None:
        text = " · ".join(part for part in parts if part)
        if text:
            self._colour(self.word.add_paragraph(), _line(text), INK_2)

    def labelled(self, label: str, text: str) -> None:
        """A word and what it is about, in one indented paragraph ("Beslutning: …")."""
        paragraph = self.word.add_paragraph()
        paragraph.paragraph_format.left_indent = Mm(6)
        self._colour(paragraph, f"{_line(label)}: ", FJORD, bold=True)
        paragraph.add_run(clean(text).strip())

    def table(self, heads: Sequence[str], rows: Iterable[Sequence[str | tuple[str, ...]]]) -> None:
        """A table with a repeated head; a cell of several lines is a tuple."""
        table = self.word.add_table(rows=1, cols=len(heads), style="Table Grid")
        table.autofit = False
        for cell, head in zip(table.rows[0].cells, heads, strict=True):
            cell.paragraphs[0].add_run(head).bold = True
        repeated = OxmlElement("w:tblHeader")
        repeated.set(qn("w:val"), "true")
        table.rows[0]._tr.get_or_add_trPr().append(repeated)
        for row in rows:
            for cell, text in zip(table.add_row().cells, row, strict=True):
                lines = (text,) if isinstance(text, str) else text
                cell.text = "\n".join(_line(each) for each in lines if each)
        for column, width in zip(table.columns, WIDTHS[len(heads)], strict=True):
            column.width = Mm(width)
            for cell in column.cells:
                cell.width = Mm(width)
                cell.paragraphs[0].paragraph_format.space_before = Pt(3)
                cell.paragraphs[0].paragraph_format.space_after = Pt(3)
        self.word.add_paragraph().paragraph_format.space_after = Pt(0)

    def agreements(self, lines: Iterable[AgreementLine]) -> None:
        rows = [
            (row.what, row.who or _("Ikke valgt"), row.due or _("Ingen frist"), row.status) for row in lines
        ]
        self.table([_("Hvad"), _("Hvem"), _("Hvornår"), _("Status")], rows)

    def _styles(self) -> None:
        for name in ("Normal", *SIZES):
            style = self.word.styles[name]
            style.font.name = FONT
            style.font.color.rgb = INK
            fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
            for key in [key for key in fonts.attrib if "heme" in key]:  # a theme font would win over ours
                del fonts.attrib[key]
            for script in ("w:ascii", "w:hAnsi", "w:cs", "w:eastAsia"):
                fonts.set(qn(script), FONT)
        for name, size in SIZES.items():
            self.word.styles[name].font.size = Pt(size)
            self.word.styles[name].font.bold = True
        normal = self.word.styles["Normal"]
        normal.font.size = Pt(11)
        normal.paragraph_format.space_after = Pt(6)
        language = OxmlElement("w:lang")
        language.set(qn("w:val"), "da-DK")
        normal.element.get_or_add_rPr().append(language)

    def _footer(self, paragraph: Any, state: str) -> None:
        paragraph.paragraph_format.tab_stops.clear_all()
        paragraph.paragraph_format.tab_stops.add_tab_stop(Mm(210) - 2 * PAGE_MARGIN, WD_TAB_ALIGNMENT.RIGHT)
        paragraph.add_run(f"{_line(state)}\t{_('Side')} ")
        self._field(paragraph, "PAGE")
        paragraph.add_run(f" {_('af')} ")
        self._field(paragraph, "NUMPAGES")

    @staticmethod
    def _field(paragraph: Any, code: str) -> None:
        field = OxmlElement("w:fldSimple")
        field.set(qn("w:instr"), code)
        paragraph._p.append(field)

    @staticmethod
    def _colour(paragraph: Any, text: str, colour: RGBColor, *, bold: bool = False) -> None:
        run = paragraph.add_run(text)
        run.font.color.rgb = colour
        run.bold = bold


def _agenda(document: MeetingDocument) -> _Page:
    page = _Page(
        kind=_("Dagsorden"),
        title=document.title,
        municipality=document.municipality,
        state=document.municipality,
    )
    page.facts(
        [
            *_frame(document),
            (_("Deltagere"), _persons(document.present)),
            (_("Gæster"), _persons(document.guests)),
        ]
    )
    page.prose(document.note, below=0)
    if document.principles:
        page.heading(_("Sådan holder vi møde"), 1)
        page.prose(document.principles, below=1)
    if document.carried:
        page.heading(_("Åbne aftaler fra tidligere møder"), 1)
        page.agreements(document.carried)
    page.heading(_("Punkter"), 1)
    if not document.items:
        page.prose(_("Der er ingen punkter på dagsordenen endnu."))
    for item in document.items:
        _item_head(page, item)
        page.prose(item.question)
        page.points(item.sub_points)
    return page


def _minutes(document: MeetingDocument) -> _Page:
    state = document.approved_line or _("Kladde – ikke godkendt endnu")
    page = _Page(
        kind=_("Referat"),
        title=document.title,
        municipality=document.municipality,
        state=state,
        footer=document.footer,
    )
    page.facts(
        [
            *_frame(document),
            (_("Til stede"), _persons(document.present)),
            (_("Gæster"), _persons(document.guests)),
            (_("Fraværende"), _persons(document.absent)),
            (_("Status"), state),
        ]
    )
    made = [agreement for item in document.items for agreement in item.agreements]
    if made:
        page.heading(_("Hvem gør hvad"), 1)
        page.agreements(made)
    page.heading(_("Punkter"), 1)
    if not document.items:
        page.prose(_("Der var ingen punkter på dagsordenen."))
    for item in document.items:
        _item_head(page, item)
        page.prose(item.text)
        for outcome in item.outcomes:
            page.labelled(outcome.kind, outcome.text)
        for agreement in item.agreements:
            page.labelled(_("Aftale"), _agreement(agreement))
    if document.carried:
        page.heading(_("Aftaler fra tidligere møder"), 1)
        page.agreements(document.carried)
    if document.addenda:
        page.heading(_("Tilføjet efter godkendelsen"), 1)
    for addendum in document.addenda:
        page.labelled(f"{addendum.author}, {addendum.when}", addendum.text)
    return page


def _charter(document: CharterDocument) -> _Page:
    state = document.approved_line or _("Udkast – ikke godkendt endnu")
    page = _Page(
        kind=_("Kommissorium"), title=document.title, municipality=document.municipality, state=state
    )
    own = [(_("Forum"), document.forum), (_("Version"), str(document.version)), (_("Status"), state)]
    page.facts([*own, *((fact.label, fact.value) for fact in document.facts)])
    page.prose(document.text, below=0)
    if document.members:
        page.heading(_("Medlemmer"), 1)
        page.table([_("Navn"), _("Kommer fra")], [(who.name, who.organisation) for who in document.members])
    return page


def _plan(document: PlanDocument) -> _Page:
    page = _Page(
        kind=_("Hvem gør hvad omkring barnet"),
        title=document.title,
        municipality=document.municipality,
        state=_("Fortroligt. Del det kun med dem, der må se det."),
    )
    page.facts(
        [(_("Barn"), document.child), (_("Status"), document.state), (_("Ses efter"), document.review)]
    )
    page.heading(_("Mål med familiens egne ord"), 1)
    page.prose(document.text, below=1)
    page.heading(_("Hvem gør hvad"), 1)
    if document.efforts:
        _efforts(page, _("Hvornår"), [(each, (each.due, each.lacks)) for each in document.efforts])
    else:
        page.prose(_("Der er ikke aftalt noget endnu."))
    if document.ended:
        page.heading(_("Afsluttet"), 1)
        _efforts(page, _("Status"), [(each, (each.status,)) for each in document.ended])
    return page


def _efforts(page: _Page, last: str, lines: Sequence[tuple[EffortLine, tuple[str, ...]]]) -> None:
    rows = []
    for each, words in lines:
        sign = _("Tegn på, at det virker: %(sign)s") % {"sign": each.sign} if each.sign else ""
        rows.append(((each.what, sign), (each.who, each.together), words))
    page.table([_("Hvad"), _("Hvem"), last], rows)


def _frame(document: MeetingDocument) -> list[tuple[str, str]]:
    forums = _("Fællesmøde for") if len(document.forums) > 1 else _("Forum")
    return [
        (_("Hvornår"), document.when),
        (_("Hvor"), document.place),
        (forums, ", ".join(document.forums)),
        (_("Mødeleder"), document.chair),
        (_("Referent"), document.minute_taker),
    ]


def _item_head(page: _Page, item: DocumentItem) -> None:
    page.heading(f"{item.number}. {item.heading}", 2)
    clock = _("kl. {time}").format(time=item.clock) if item.clock else ""
    minutes = _("{count} min.").format(count=item.minutes) if item.minutes else ""
    page.small([item.level_word, clock, minutes, item.presenter])


def _agreement(agreement: AgreementLine) -> str:
    rest = ", ".join(part for part in (agreement.who, agreement.due, agreement.status) if part)
    return f"{agreement.what} ({rest})" if rest else agreement.what


def _persons(persons: Iterable[Attendee]) -> str:
    return ", ".join(f"{who.name} ({who.organisation})" if who.organisation else who.name for who in persons)


def _line(text: str) -> str:
    return " ".join(clean(text).split())
