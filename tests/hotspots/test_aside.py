"""Cases without their piles."""

from __future__ import annotations

import json
from pathlib import Path

from gridplan.hotspots.aside import without_piles
from gridplan.prepared import Prepared

TRUTH = Path(__file__).parents[2] / "data" / "demo" / "truth.json"


def test_what_was_heaped_up_goes_and_all_else_stays(demo: Prepared) -> None:
    cases = demo.layers.cases
    kept = without_piles(cases, demo.units.buildings)
    truth = json.loads(TRUTH.read_text("utf-8"))
    heaped = {*truth["pile"]["case_ids"], *truth["repeat_address"]["case_ids"]}
    assert set(cases["case_id"]) - set(kept["case_id"]) == heaped
    assert kept.geometry.isna().sum() == cases.geometry.isna().sum() > 0
    assert len(without_piles(cases.iloc[:0], demo.units.buildings)) == 0
