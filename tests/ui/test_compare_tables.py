"""Tables of a comparison: rows that lead to their ground; and the piece of a page that shows them."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from gridplan.edit import Differences, compare_divisions
from gridplan.prepared import Prepared
from gridplan.ui.compare_tables import TABLES, place_of, rows_of, table_of
from tests.nine import PRESENT, division, nine_street

AFTER = "P1P2Q1P2--Q1n1P3--"


@pytest.fixture(scope="module")
def differences(nine: Prepared) -> Differences:
    return compare_divisions(nine, division(PRESENT), division(AFTER))


@pytest.mark.parametrize("table", TABLES)
def test_every_row_has_words_and_a_place(
    nine: Prepared, differences: Differences, table: str
) -> None:
    shown = {lang: table_of(differences, table, lang) for lang in ("zh", "en")}
    rows = rows_of(differences, table)
    assert len(shown["zh"]) == len(shown["en"]) == len(rows) > 0
    whole = nine.layers.communities.union_all().buffer(1)
    for row in range(len(rows)):
        place = place_of(nine, differences, table, row)
        assert place is not None
        assert place.area.sum() > 50
        assert place.within(whole).all()
    assert place_of(nine, differences, table, len(rows)) is None


def test_what_stays_is_left_out(differences: Differences) -> None:
    grids = table_of(differences, "grids", "zh")
    assert grids["网格"].tolist() == ["西社区 001", "P1", "P2", "P3"]  # and not Q1
    pairs = table_of(differences, "crosswalk", "zh")
    assert "Q1" not in pairs["原网格"].tolist()
    assert pairs.loc[pairs["原网格"] == "P1", "占原网格"].tolist() == [0.667, 0.333]
    buildings = table_of(differences, "buildings", "zh")
    assert buildings["楼栋"].tolist() == ["=长街G号 G楼", "=长街B号 B楼", "=长街E号 E楼"]
    assert buildings["现网格"].tolist() == ["西社区 001", "P2", "未划入网格"]
    faults = table_of(differences, "faults", "zh")
    assert faults["变化"].iloc[0] == "新出现"


PAGE = """
from pathlib import Path
from gridplan.pipeline import prepare
from gridplan.ui.compare_panel import compare_panel
from tests.nine import PRESENT, division

area = prepare(Path({area!r}))
compare_panel(area, "现有网格", division(PRESENT), "方案二", division({after!r}))
"""


def test_the_piece_of_a_page(tmp_path: Path) -> None:
    area = tmp_path / "area"
    nine_street(area)
    shown = AppTest.from_string(PAGE.format(area=str(area), after=AFTER)).run(timeout=60)
    assert not shown.exception
    assert not shown.error
    (boxes,) = [item.proto.body for item in shown.get("html")]
    assert "4 → 5" in boxes
    assert "140 户" in boxes
    assert "5 / 4" in boxes
    assert "缺 1 名" in boxes
    assert [len(item.value) for item in shown.dataframe] == [4]
    assert len(shown.get("download_button")) == 3
    same = AppTest.from_string(PAGE.format(area=str(area), after=PRESENT)).run(timeout=60)
    assert not same.exception
    assert "划分相同" in same.info[0].value
    assert not same.dataframe
