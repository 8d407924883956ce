"""The note of one page: what it says, how it is set, and that it promises no more than is proved."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from docx import Document
from docx.oxml.ns import qn

from gridplan.analyse.compare import State, compare
from gridplan.certificate import certificate, estimate_note
from gridplan.partition.outcome import Stage
from gridplan.report import MOST_FINDINGS, comparison_rows, finding_lines, headline, write_report
from gridplan.rules import Rule
from tests.plans import small_layers, small_plan

BEFORE = State(5, 2, {Rule.UPPER: 1, Rule.CONTIGUITY: 1, Rule.BARRIER: 1}, 842.0, 300.0, 80)


@pytest.fixture(scope="module")
def note(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("note") / "note.docx"
    plan, layers = small_plan(), small_layers()
    told = compare(None, plan, layers.roster)
    write_report(plan, told, path, today=date(2026, 7, 1), layers=layers)
    return path


def test_headline_counts_what_is_wrong_and_who_is_missing() -> None:
    plan = small_plan()
    told = replace(compare(None, plan, small_layers().roster), before=BEFORE, vacancies=2)
    words = headline(plan, told)
    assert "现有 5 个网格中 3 个不符合规则，优化调整为 4 个网格" in words
    assert "3 个符合全部规则，其余 1 处例外均已证明无法避免" in words
    assert "需网格员 4 名，在岗 3 名，尚缺 1 名" in words


def test_a_violation_is_not_called_an_exception() -> None:
    plan = small_plan()
    unproved = replace(plan.exceptions[0], proved=False)
    plan = replace(plan, exceptions=(), violations=(unproved,))
    assert "仍有 1 处不符合规则" in headline(plan, compare(None, plan))
    assert finding_lines(plan)[0].startswith("违规 · 桃源社区第2网格")
    assert "612 户，限值 500 户" in finding_lines(plan)[0]
    bare = replace(unproved, key="breach.upper.households", values={"value": 612, "limit": 500})
    told = finding_lines(replace(plan, violations=(bare,)))
    assert told == ["违规 · 桃源社区第2网格：612 户，超过上限 500 户。"]


def test_rows_hold_before_beside_after() -> None:
    told = replace(compare(None, small_plan()), before=BEFORE)
    rows = {name: (old, new) for name, old, new in comparison_rows(told, estimated=True)}
    assert rows["网格数（个）"] == ("5", "4")
    assert rows["超过户数上限（个）"] == ("1", "1（例外）")
    assert rows["不连片或被阻隔（个）"] == ("2", "0")
    assert rows["未划入网格（户）"] == ("≈80", "0")
    assert rows["最大网格（户）"] == ("≈842", "≈612")


def test_more_findings_than_the_page_holds_are_counted() -> None:
    plan = small_plan()
    plan = replace(plan, exceptions=plan.exceptions * (MOST_FINDINGS + 3))
    lines = finding_lines(plan)
    assert len(lines) == MOST_FINDINGS + 1
    assert "其余 3 处" in lines[-1]


def test_certificate_claims_only_what_is_bounded() -> None:
    open_stages = (Stage("groups", 4.0, 4.0), Stage("change", 500.0, 400.0))
    told = certificate(replace(small_plan(), stages=open_stages))
    assert told[0] == "网格数 4 个"
    assert "任何方案至少须变更 400 户" in told[1]
    unbounded = (Stage("relaxation", 34.0, 0.0), Stage("compactness", 9.0, 0.0))
    for words in certificate(replace(small_plan(), stages=unbounded))[:2]:
        assert "尚" in words
        assert "0.0%" not in words
    closed = certificate(replace(small_plan(), stages=(Stage("change", 500.0, 500.0),)))
    assert "已证明不能更少" in closed[0]


def test_certificate_counts_what_the_limits_count() -> None:
    plan = small_plan()
    rules = replace(plan.provenance.rules, measure="people")
    stages = (Stage("relaxation", 35.0, 0.0), Stage("change", 500.0, 400.0))
    told = certificate(
        replace(plan, stages=stages, provenance=replace(plan.provenance, rules=rules))
    )
    assert "偏离限值 35 人" in told[0]
    assert "至少须变更 400 人" in told[1]


def test_estimates_inside_a_counted_compound_are_told() -> None:
    plan = small_plan()
    assert "≈1,702 户，其中估算 50 户" in estimate_note(plan)
    counted = replace(
        plan,
        grids=plan.grids.assign(estimated=False),
        units=plan.units.assign(estimated=False),
    )
    assert "1 栋楼的分户数（合计 50 户）为估算" in estimate_note(counted)
    known = replace(counted, buildings=plan.buildings.assign(estimated=False))
    assert "无估算" in estimate_note(known)


def test_page_is_a4_and_every_font_is_named_for_chinese(note: Path) -> None:
    document = Document(str(note))
    section = document.sections[0]
    assert (section.page_width.cm, section.page_height.cm) == pytest.approx((21.0, 29.7), abs=0.01)
    for name in ("Normal", "Title", "Heading 1", "Header"):
        fonts = document.styles[name].element.rPr.rFonts
        assert fonts.get(qn("w:eastAsia")) in ("宋体", "黑体")
        assert not [key for key in fonts.attrib if key.lower().endswith("theme")]


def test_same_plan_gives_the_same_pictures(note: Path, tmp_path: Path) -> None:
    plan, layers = small_plan(), small_layers()
    again = tmp_path / "again.docx"
    told = compare(None, plan, layers.roster)
    write_report(plan, told, again, today=date(2026, 7, 1), layers=layers)
    blobs = [
        sorted(
            part.blob
            for part in Document(str(path)).part.package.iter_parts()
            if part.content_type == "image/png"
        )
        for path in (note, again)
    ]
    assert blobs[0] == blobs[1]
    assert len(blobs[0]) == 3  # the map and two swatches
