"""The Word template: as the office gets it, edits it, and breaks it."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from docx import Document
from docx.document import Document as Doc
from docx.oxml.ns import qn

from gridplan.errors import GridplanError
from gridplan.reports import ReportContext, ReportKind, write_context, write_template
from gridplan.reports.layout import LAYOUT, fields_of
from gridplan.reports.template import fill_template
from gridplan.reports.write import as_bytes
from gridplan.words import say


def text_of(document: Doc) -> str:
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([paragraph.text for paragraph in document.paragraphs] + cells)


@pytest.fixture(scope="module")
def word(weekly: ReportContext) -> Doc:
    return Document(io.BytesIO(as_bytes(weekly, ".docx")))


def test_no_placeholder_and_no_manual_is_left(word: Doc) -> None:
    text = text_of(word)
    assert not re.search(r"[{}]{2}|{%|%}|{#", text)
    assert say("reports.manual.title") not in text


def test_the_numbers_stand_in_the_tables(word: Doc, weekly: ReportContext) -> None:
    figures, hotspots = word.tables[0], word.tables[1]
    assert [cell.text for cell in figures.rows[1].cells][:3] == [
        "诉求总量", f"{weekly.figure('count').value:.0f}", f"{weekly.figure('count').previous:.0f}",
    ]  # fmt: skip
    assert len(hotspots.rows) == 1 + len(weekly.places)
    assert hotspots.rows[1].cells[1].text == weekly.places[0].place
    assert "TX03（桃溪3号岗）" in hotspots.rows[1].cells[-1].text


def test_both_pictures_are_inside_and_sharp(word: Doc) -> None:
    assert len(word.inline_shapes) == 2
    for shape in word.inline_shapes:
        blip = shape._inline.graphic.graphicData.pic.blipFill.blip.embed
        image = word.part.related_parts[blip].image
        assert image.px_width / (shape.width.inches) == pytest.approx(200, rel=0.01)


def test_chinese_letters_have_a_font_of_their_own(word: Doc) -> None:
    for name in ("Normal", "Title", "Heading 1", "Header"):
        fonts = word.styles[name].element.rPr.rFonts
        assert fonts.get(qn("w:eastAsia")) in ("宋体", "黑体")
        assert not [key for key in fonts.attrib if key.endswith("Theme")]


@pytest.mark.parametrize("kind", list(ReportKind))
def test_a_template_lists_every_name_in_its_manual(kind: ReportKind, tmp_path: Path) -> None:
    path = tmp_path / "t.docx"
    write_template(kind, path)
    manual = "".join(p.text for p in Document(str(path)).paragraphs if p.text.startswith("{#p"))
    for key in fields_of(kind):
        assert say(f"reports.field.{key}") in manual


@pytest.mark.parametrize("kind", list(ReportKind))
def test_widths_of_a_table_make_one(kind: ReportKind) -> None:
    for section in LAYOUT[kind]:
        for block in section.blocks:
            if block.columns:
                assert sum(block.columns.values()) == pytest.approx(1)


@pytest.fixture
def edited(weekly: ReportContext, tmp_path: Path) -> Callable[[Callable[[Doc], None]], Doc]:
    """A weekly report of a template that the office changed."""

    def filled(change: Callable[[Doc], None]) -> Doc:
        template, out = tmp_path / "街道模板.docx", tmp_path / "周报.docx"
        write_template(ReportKind.WEEKLY, template)
        document = Document(str(template))
        change(document)
        document.save(str(template))
        write_context(weekly, out, template=template)
        return Document(str(out))

    return filled


def test_the_office_deletes_a_section_and_adds_a_line(edited, weekly: ReportContext) -> None:
    def change(document: Doc) -> None:
        body, inside = document.element.body, False
        for element in list(body):
            text = "".join(node.text or "" for node in element.iter(qn("w:t")))
            if text.endswith("服务盲区"):
                inside = True
            elif text.endswith("工作建议"):
                inside = False
            if inside:
                body.remove(element)
        document.paragraphs[0].insert_paragraph_before("签发人：{{ 辖区 }}办公室")

    report = edited(change)
    text = text_of(report)
    assert "签发人：桃溪街道办公室" in text
    assert "服务盲区" not in [p.text[2:] for p in report.paragraphs if p.style.name == "Heading 1"]
    assert len(report.inline_shapes) == 1
    assert "工作建议" in text


def test_english_names_serve_in_any_template(edited) -> None:
    report = edited(lambda document: document.add_paragraph("{{ place }}/{{ 辖区 }}"))
    assert "桃溪街道/桃溪街道" in text_of(report)


@pytest.mark.parametrize(
    ("broken", "key", "named"),
    [
        ("{{ 诉求总数 }}", "reports.error.template_unknown", "诉求总数"),
        ("{% for 行 in 热点表 %}{{ 行.网格长 }}{% endfor %}", "reports.error.template_unknown",
         "网格长"),
        ("{{ 标题 ", "reports.error.template_broken", ""),
        ("{% if 标题 %}", "reports.error.template_broken", ""),
        ("{{ 标题 | 大写 }}", "reports.error.template_broken", "大写"),
    ],
)  # fmt: skip
def test_a_broken_placeholder_is_named_and_nothing_written(
    weekly: ReportContext, tmp_path: Path, broken: str, key: str, named: str
) -> None:
    template, out = tmp_path / "坏模板.docx", tmp_path / "周报.docx"
    write_template(ReportKind.WEEKLY, template)
    document = Document(str(template))
    document.add_paragraph(broken)
    document.save(str(template))
    with pytest.raises(GridplanError) as caught:
        write_context(weekly, out, template=template)
    assert caught.value.key == key
    assert named in caught.value.text()
    assert "坏模板.docx" in caught.value.text()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["坏模板.docx"]


@pytest.mark.parametrize("content", [b"no word at all", b""])
def test_what_is_no_word_file_is_refused(
    weekly: ReportContext, tmp_path: Path, content: bytes
) -> None:
    template = tmp_path / "t.docx"
    template.write_bytes(content)
    with pytest.raises(GridplanError) as caught:
        fill_template(template, weekly.kind, {}, "zh")
    assert caught.value.key == "reports.error.template_unreadable"


def test_a_template_cannot_reach_into_the_program(edited) -> None:
    with pytest.raises(GridplanError):
        edited(lambda document: document.add_paragraph("{{ 标题.__class__.__mro__ }}"))


def test_small_counts_survive_the_markup(word: Doc, weekly: ReportContext) -> None:
    assert weekly.ledger[0].count < 5
    assert word.tables[2].rows[1].cells[2].text == "<5"


def test_a_filled_report_is_a_whole_zip(weekly: ReportContext) -> None:
    with zipfile.ZipFile(io.BytesIO(as_bytes(weekly, ".docx"))) as archive:
        assert archive.testzip() is None
