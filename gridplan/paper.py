"""One A4 page in Word: fonts that Chinese needs, and the few blocks that a note is made of."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

from docx import Document
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_TAB_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor
from docx.styles.style import ParagraphStyle
from docx.table import _Cell, _Row
from docx.text.paragraph import Paragraph

BODY, HEAD, LATIN = "宋体", "黑体", "Times New Roman"
BODY_PT, SMALL_PT, NOTE_PT = 10.0, 9.0, 8.0

_THEME = ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme")
_MARGIN_CM = {"top": 1.6, "bottom": 1.3, "left": 1.8, "right": 1.8}
_SHADE = "DCE6F1"

CELL_MARGINS_CM = 0.4
"""What a table cell takes from its width on both sides together."""


_UNFIT = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_TITLE_MAX = 255


def printable(text: str) -> str:
    """A text without the control characters that no Word or Excel file may hold."""
    return _UNFIT.sub("", text)


class Paper:
    """A page that is filled from the top.

    Parameters
    ----------
    title : str
        Set large in the middle.
    left, right : str
        Of the line above the page.
    today : date
        Written as the day of making, so that the same plan gives the same file.
    """

    def __init__(self, title: str, *, left: str, right: str, today: date) -> None:
        self._document = Document()
        self._set_up_page(left, right)
        self._set_up_fonts()
        made = datetime(today.year, today.month, today.day)  # Word's has no zone
        about = self._document.core_properties
        about.title, about.author, about.comments = printable(title)[:_TITLE_MAX], "gridplan", ""
        about.created = about.modified = made
        head = self._document.add_paragraph(printable(title), style="Title")
        head.alignment = WD_ALIGN_PARAGRAPH.CENTER

    @property
    def width_cm(self) -> float:
        """Between the margins."""
        return 21.0 - _MARGIN_CM["left"] - _MARGIN_CM["right"]

    def subtitle(self, text: str) -> None:
        """A small line in the middle."""
        self._small(text).alignment = WD_ALIGN_PARAGRAPH.CENTER

    def lead(self, text: str) -> None:
        """The conclusion, in bold."""
        paragraph = self._document.add_paragraph()
        paragraph.add_run(printable(text)).bold = True
        _space(paragraph, before=3, after=1)

    def heading(self, text: str) -> None:
        """Over a part of the page."""
        self._document.add_heading(printable(text), level=1)

    def text(self, text: str) -> None:
        """A paragraph."""
        self._document.add_paragraph(printable(text))

    def table(
        self, head: Sequence[str], rows: Sequence[Sequence[str]], shares: Sequence[float]
    ) -> None:
        """A table that stands in two blocks side by side, to save height.

        Parameters
        ----------
        head : sequence of str
            Of one block; the first column is text, the others are numbers.
        rows : sequence of sequence of str
            Filled down the left block, then down the right.
        shares : sequence of float
            Of a block's width, one a column, 1 in sum.
        """
        half, wide = (len(rows) + 1) // 2, len(head)
        table = self._document.add_table(half + 1, 2 * wide, style="Table Grid")
        table.alignment, table.autofit = WD_TABLE_ALIGNMENT.CENTER, False
        blocks = [[head, *rows[:half]], [head, *rows[half:]]]
        widths = [Cm(share * self.width_cm / 2) for share in shares]
        for place, column in enumerate(table.columns):
            column.width = widths[place % wide]
        for side, block in enumerate(blocks):
            for line, row in enumerate(block):
                for column, words in enumerate(row):
                    cell = table.cell(line, side * wide + column)
                    cell.width = widths[column]
                    _fill(cell, words, head=line == 0, number=column > 0)

    def list_table(
        self,
        head: Sequence[str],
        rows: Sequence[Sequence[str]],
        shares: Sequence[float],
        numbers: Sequence[bool],
        *,
        together: bool = False,
    ) -> None:
        """A table over the whole width; its head stands again on the next page.

        Parameters
        ----------
        head : sequence of str
            Of the columns.
        rows : sequence of sequence of str
            Below it; a row of one text has the others empty.
        shares : sequence of float
            Of the width, one a column, 1 in sum.
        numbers : sequence of bool
            Which columns stand in the middle.
        together : bool
            Keep it on one page, with the paragraph that follows.
        """
        table = self._document.add_table(len(rows) + 1, len(head), style="Table Grid")
        table.alignment, table.autofit = WD_TABLE_ALIGNMENT.CENTER, False
        for column, share in zip(table.columns, shares, strict=True):
            column.width = Cm(share * self.width_cm)
        for line, words in enumerate([head, *rows]):
            row = table.rows[line]
            _mark_row(row, "w:cantSplit")
            for place, cell in enumerate(row.cells):
                cell.width = Cm(shares[place] * self.width_cm)
                text = words[place] if place < len(words) else ""
                _fill(cell, text, head=line == 0, number=numbers[place] or line == 0)
                _space(cell.paragraphs[0], before=1.5, after=1.5)
                cell.paragraphs[0].paragraph_format.keep_with_next = together or line == 0
        _mark_row(table.rows[0], "w:tblHeader")

    def line(self, text: str, size_pt: float = BODY_PT, *, middle: bool = False) -> None:
        """A paragraph of a size."""
        paragraph = self._document.add_paragraph()
        paragraph.add_run(printable(text)).font.size = Pt(size_pt)
        _space(paragraph, before=1.5, after=1.5)
        if middle:
            paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER

    def pictures(self, pictures: Sequence[tuple[str, bytes]], size_cm: tuple[float, float]) -> None:
        """Pictures in a row, each under its caption.

        Parameters
        ----------
        pictures : sequence of (str, bytes)
            Caption, and a PNG of `size_cm`.
        size_cm : tuple of float
            Width and height.
        """
        table = self._document.add_table(2, len(pictures))
        table.alignment, table.autofit = WD_TABLE_ALIGNMENT.CENTER, False
        for column, (caption, picture) in enumerate(pictures):
            over, under = table.cell(0, column), table.cell(1, column)
            over.width = under.width = Cm(self.width_cm / len(pictures))
            _fill(over, caption, number=True)
            paragraph = under.paragraphs[0]
            paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
            shape = paragraph.add_run().add_picture(io.BytesIO(picture), *map(Cm, size_cm))
            shape._inline.docPr.set("descr", caption)

    def legend(self, entries: Sequence[tuple[str, bytes]], note: str) -> None:
        """Swatches with their meaning, and a remark under them.

        Parameters
        ----------
        entries : sequence of (str, bytes)
            Meaning, and a PNG twice as wide as high.
        note : str
            Under them.
        """
        paragraph = self._small("")
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        for words, swatch in entries:
            shape = paragraph.add_run().add_picture(io.BytesIO(swatch), Cm(0.5), Cm(0.25))
            shape._inline.docPr.set("descr", words)
            paragraph.add_run(f" {words}　").font.size = Pt(NOTE_PT)
        below = self._small("")
        below.alignment = WD_ALIGN_PARAGRAPH.CENTER
        below.add_run(note).font.size = Pt(NOTE_PT)

    def save(self, path: Path) -> None:
        """Write the file."""
        self._document.save(str(path))

    def _small(self, text: str) -> Paragraph:
        paragraph = self._document.add_paragraph()
        if text:
            paragraph.add_run(text).font.size = Pt(SMALL_PT)
        return paragraph

    def _set_up_page(self, left: str, right: str) -> None:
        section = self._document.sections[0]
        section.page_width, section.page_height = Cm(21.0), Cm(29.7)
        for side, margin in _MARGIN_CM.items():
            setattr(section, f"{side}_margin", Cm(margin))
        section.header_distance = section.footer_distance = Cm(0.7)
        header = section.header.paragraphs[0]
        # the style's own stops lie elsewhere on A4
        stops = header.style.paragraph_format.tab_stops
        stops.clear_all()
        stops.add_tab_stop(Cm(self.width_cm), WD_TAB_ALIGNMENT.RIGHT)
        header.add_run(f"{left}\t{right}").font.size = Pt(SMALL_PT)

    def _set_up_fonts(self) -> None:
        styles = self._document.styles
        _set_font(styles["Normal"], BODY, BODY_PT)
        _set_font(styles["Header"], BODY, SMALL_PT)
        _set_font(styles["Title"], HEAD, 18, before=0, after=2)
        _set_font(styles["Heading 1"], HEAD, 10.5, before=4, after=2)
        normal = styles["Normal"].paragraph_format
        normal.space_before = normal.space_after = Pt(0)
        normal.line_spacing = 1.1
        # Title underlines itself with a border of the theme's colour
        for border in styles["Title"].element.iter(qn("w:pBdr")):
            border.getparent().remove(border)


def _set_font(
    style: ParagraphStyle, font: str, size_pt: float, before: float = 0, after: float = 0
) -> None:
    """Name the font for Chinese letters too; a theme's font would win over it."""
    style.font.name, style.font.size = LATIN, Pt(size_pt)
    style.font.color.rgb = RGBColor(0, 0, 0)
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for name in _THEME:
        fonts.attrib.pop(qn(f"w:{name}"), None)
    for name, value in (("eastAsia", font), ("ascii", LATIN), ("hAnsi", LATIN), ("cs", LATIN)):
        fonts.set(qn(f"w:{name}"), value)
    style.paragraph_format.space_before = Pt(before)
    style.paragraph_format.space_after = Pt(after)


def _fill(cell: _Cell, words: str, *, head: bool = False, number: bool = False) -> None:
    paragraph = cell.paragraphs[0]
    run = paragraph.add_run(printable(words))
    run.font.size, run.bold = Pt(SMALL_PT), head
    # Word shows ≈ before a number in italics, as the ledger does
    run.italic = words.startswith("≈")
    if number:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    if head:
        shade = OxmlElement("w:shd")
        shade.set(qn("w:val"), "clear")
        shade.set(qn("w:fill"), _SHADE)
        cell._tc.get_or_add_tcPr().append(shade)


def _mark_row(row: _Row, mark: str) -> None:
    """Keep a row on one page, or repeat it on the next."""
    row._tr.get_or_add_trPr().append(OxmlElement(mark))


def _space(paragraph: Paragraph, *, before: float, after: float) -> None:
    paragraph.paragraph_format.space_before = Pt(before)
    paragraph.paragraph_format.space_after = Pt(after)
