"""The table of workload on the overview: sums that add up, weights that matter."""

from __future__ import annotations

from dataclasses import replace

from gridplan.analyse.workload import WorkloadWeights
from gridplan.prepared import Prepared
from gridplan.ui.workload import workload_table


def test_workload_adds_up_and_the_hardest_grid_comes_first(demo: Prepared) -> None:
    present = demo.present["城管网格"]
    table = workload_table(demo, present, WorkloadWeights())
    assert len(table) == len(present.grids)
    assert table["户数"].sum() == present.grids["households"].sum()
    assert table["难度系数"].dropna().is_monotonic_decreasing
    assert table["难度系数"].dropna().between(0.8, 1.25).all()
    assert table["户数"].tolist() == [
        present.grids.set_index("code")["households"][code] for code in table["网格"]
    ]
    plain = replace(
        WorkloadWeights(), case=0.0, special_household=0.0, institution=0.0, walk_100_m=0.0
    )
    bare = workload_table(demo, present, plain)
    assert (bare["工作量（当量户）"] == bare["户数"]).all()
    assert (bare["难度系数"].dropna() == 1).all()
