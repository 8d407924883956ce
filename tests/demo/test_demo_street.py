"""The demo street is a place, the same each time, with every planted fault in it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from gridplan.demo import make_demo
from gridplan.errors import GridplanError
from gridplan.pipeline import prepare, redraw
from gridplan.prepared import Prepared

COMMITTED = Path(__file__).parents[2] / "data" / "demo"
REDRAW_S = 12.0
LAYERS = (
    "楼栋", "小区", "社区", "道路", "屏障", "通道", "城管网格", "警务网格", "党建网格",
    "服务设施", "单位",
)  # fmt: skip


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_demo(tmp_path_factory.mktemp("demo") / "street")


@pytest.fixture(scope="module")
def prepared() -> Prepared:
    return prepare(COMMITTED)


@pytest.fixture(scope="module")
def truth() -> dict[str, Any]:
    return dict(json.loads((COMMITTED / "truth.json").read_text("utf-8")))


@pytest.fixture(scope="module")
def buildings() -> gpd.GeoDataFrame:
    return gpd.read_file(COMMITTED / "street.gpkg", layer="楼栋")


@pytest.mark.parametrize("layer", LAYERS)
def test_the_committed_copy_is_what_the_command_writes(made: Path, layer: str) -> None:
    one, other = (gpd.read_file(at / "street.gpkg", layer=layer) for at in (made, COMMITTED))
    assert shapely.equals_exact(one.geometry, other.geometry, tolerance=1e-6).all()
    pd.testing.assert_frame_equal(
        pd.DataFrame(one.drop(columns="geometry")), pd.DataFrame(other.drop(columns="geometry"))
    )


@pytest.mark.parametrize(
    "name", ["area.toml", "cases.csv", "visits.csv", "roster.xlsx", "truth.json"]
)
def test_the_committed_files_are_what_the_command_writes(made: Path, name: str) -> None:
    assert (made / name).read_bytes() == (COMMITTED / name).read_bytes()


def test_another_seed_is_another_street(made: Path, tmp_path: Path) -> None:
    other = make_demo(tmp_path / "other", seed=2)
    assert (made / "cases.csv").read_bytes() != (other / "cases.csv").read_bytes()


def test_it_is_small() -> None:
    assert sum(file.stat().st_size for file in COMMITTED.iterdir()) <= 3 * 2**20


def test_a_folder_in_use_is_refused(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("kept", "utf-8")
    with pytest.raises(GridplanError, match="已有内容"):
        make_demo(tmp_path)
    assert [file.name for file in tmp_path.iterdir()] == ["mine.txt"]


def test_buildings_stand_apart_and_on_dry_ground(buildings: gpd.GeoDataFrame) -> None:
    assert len(buildings) == 1200
    shapes = buildings.geometry.to_numpy()
    one, other = shapely.STRtree(shapes).query(shapes, "intersects")
    assert (one == other).all()
    water = gpd.read_file(COMMITTED / "street.gpkg", layer="屏障").union_all()
    assert not buildings.intersects(water).any()
    streets = gpd.read_file(COMMITTED / "street.gpkg", layer="道路")
    roads = streets.buffer(streets["红线宽度"] / 2 - 0.5, cap_style="flat").union_all()
    assert not buildings.intersects(roads).any()
    assert buildings["楼栋编号"].is_unique


def test_six_communities_of_plausible_size(prepared: Prepared) -> None:
    places = prepared.layers.communities.set_index("community_code")
    households = prepared.units.frame.groupby("community_code")["households"].sum()
    urban = places["residence_class"] == "urban"
    assert urban.sum() == 5
    assert households[urban[urban].index].between(900, 2000).all()
    assert households[~urban[households.index]].between(250, 500).all()
    assert places["name"].is_unique
    people = prepared.units.frame["people"].sum() / households.sum()
    assert people == pytest.approx(2.62, abs=0.1)


def test_estimates_show_in_one_community_alone(prepared: Prepared) -> None:
    frame = prepared.units.buildings
    estimated = frame[frame["estimated"]]
    assert len(estimated) > 10
    assert set(estimated["community_code"]) == {"999901001004"}


def test_every_planted_fault_is_found(prepared: Prepared, truth: dict[str, Any]) -> None:
    found: dict[str, set[str]] = {}
    for finding in prepared.present["城管网格"].findings:
        named = {finding.grid, *str(finding.values.get("grids", "")).split("、")}
        named.add(str(finding.values.get("other", "")))
        for grid in named:
            found.setdefault(grid, set()).add(finding.rule.value)
    for grid in truth["grids"]:
        planted = set(grid["faults"]) - {"gap"}  # a gap is no one grid's
        assert planted <= found.get(grid["code"], set()), grid["code"]
    assert "gap" in found[""]
    planted = {fault for grid in truth["grids"] for fault in grid["faults"]}
    assert planted >= {"upper", "lower", "contiguity", "compound", "gap", "overlap", "barrier"}
    assert prepared.present["城管网格"].grids["households"].max() > 900


def test_the_police_layer_is_at_fault_too(prepared: Prepared) -> None:
    rules = {finding.rule.value for finding in prepared.present["警务网格"].findings}
    assert rules >= {"upper", "lower", "compound", "contiguity"}


def test_only_what_cannot_be_met_is_left_after_a_redraw(
    prepared: Prepared, truth: dict[str, Any]
) -> None:
    plan = redraw(prepared, time_limit_s=REDRAW_S, workers=1)
    assert plan.violations == ()
    named = prepared.units.frame.set_index("unit_id")["name"]
    left = {
        (named[unit], finding.rule.value)
        for finding in plan.exceptions
        for unit in plan.units.loc[plan.units["grid_id"] == finding.grid, "unit_id"]
    }
    beyond = {(item["compound"], item["rule"]) for item in truth["beyond_rules"]}
    assert beyond <= left
    assert len(plan.exceptions) == len(beyond)


def test_compounds_look_like_their_age(made: Path) -> None:
    """Slabs, towers and houses are as long, as deep and as far apart as they are built."""
    homes = gpd.read_file(made / "street.gpkg", layer="楼栋")
    box = homes.minimum_rotated_rectangle()
    sides = shapely.get_coordinates(box.exterior).reshape(len(homes), 5, 2)
    edges = np.sort(np.hypot(*np.diff(sides[:, :3], axis=1).transpose(2, 0, 1)), axis=1)
    homes["deep_m"], homes["long_m"] = edges.T
    flats = homes[homes["用途"] == "住宅"]
    slabs = flats[flats["名称"].str.startswith("望江新村")]
    assert slabs["deep_m"].between(10, 13).all()
    assert slabs["long_m"].between(40, 60).all()
    assert slabs["层数"].between(5, 6).all()
    towers = flats[flats["名称"].str.startswith("翡翠城")]
    assert (towers["long_m"] / towers["deep_m"] < 1.4).all()
    assert towers["层数"].min() >= 18
    lone = flats[flats["名称"].str.match(r"(望江新村|翡翠城|阳光新城)\d+幢")]
    gap_m = [lone.drop(at).distance(shape).min() for at, shape in lone.geometry.items()]
    assert min(gap_m) > 5


def test_cases_hold_their_clusters_and_pile(truth: dict[str, Any]) -> None:
    cases = pd.read_csv(COMMITTED / "cases.csv", encoding="gb18030").set_index("工单编号")
    pile = cases.loc[truth["pile"]["case_ids"], ["经度", "纬度"]]
    assert len(pile) >= 100
    assert (pile.nunique() == 1).all()
    placed = cases[cases["经度"] > 0]
    for cluster in truth["clusters"]:
        mine = cases.loc[cluster["case_ids"]]
        spread = np.hypot(
            (mine["经度"] - mine["经度"].median()) * 95_000,
            (mine["纬度"] - mine["纬度"].median()) * 111_000,
        )
        assert spread.quantile(0.9) < 250  # half of the largest parcel across
        assert (mine["大类"] == cluster["category"]).all()
        assert len(mine) < 0.1 * len(placed)
    assert (pd.to_datetime(cases["应办结时间"]) > pd.to_datetime(cases["受理时间"])).all()
    early = cases.loc[truth["closed_before_opened"]]
    assert (pd.to_datetime(early["办结时间"]) < pd.to_datetime(early["受理时间"])).all()


def test_every_case_says_where_it_happened_and_how_it_came() -> None:
    cases = pd.read_csv(COMMITTED / "cases.csv", encoding="gb18030")
    assert 5_000 <= len(cases) <= 6_000
    assert cases[["事发地点", "诉求渠道", "地址"]].notna().all(axis=None)
    assert cases["诉求渠道"].value_counts(normalize=True)["12345热线"] > 0.5
    assert cases.groupby("大类")["事发地点"].nunique().min() >= 2


def test_the_area_knows_all_of_a_case(prepared: Prepared) -> None:
    cases = prepared.layers.cases
    texts = ["subcategory", "channel", "dispatch", "address", "place_kind", "time_limit_unit"]
    assert (cases[texts] != "").all(axis=None)
    assert set(cases["grade"]) == {"major", "ordinary"}
    assert (cases["grade"] == "major").mean() < 0.1
    assert cases["repeat"].mean() == pytest.approx(0.1, abs=0.03)
    known = cases["home"].notna()
    assert known.mean() == pytest.approx(0.6, abs=0.05)
    away_m = cases.geometry[known].distance(cases["home"][known])
    assert away_m.min() > 0
    assert away_m.median() < 500
    assert not [note for note in prepared.layers.notes if note.key == "load.words_unknown"]


def test_deadlines_follow_working_days(prepared: Prepared) -> None:
    """Three working days from Sunday 28 September 2025 are up after the holiday of eight days."""
    cases = prepared.layers.cases
    day = cases["opened"].dt.strftime("%Y-%m-%d") == "2025-09-28"
    key = cases[day & (cases["dispatch"] == "重点单")]
    assert len(key) > 0
    assert set(key["deadline"].dt.strftime("%Y-%m-%d")) == {"2025-10-09"}
    urgent = cases[cases["dispatch"] == "应急单"]
    assert (urgent["deadline"] - urgent["opened"] == pd.Timedelta(hours=24)).all()


def test_follow_ups_name_their_case(prepared: Prepared) -> None:
    visits, cases = prepared.layers.visits, prepared.layers.cases.set_index("case_id")
    assert set(visits["kind"]) == {"巡查", "走访", "回访"}
    back = visits[visits["kind"] == "回访"]
    assert len(back) > 100
    closed = cases.loc[back["case_id"], "closed"].to_numpy()
    assert (back["visited"].to_numpy() > closed - np.timedelta64(1, "D")).all()
    assert (visits.loc[visits["kind"] != "回访", "case_id"] == "").all()


def test_posts_capacities_and_households_that_need_care(prepared: Prepared) -> None:
    layers = prepared.layers
    workers = layers.grids["城管网格"]["worker"]
    assert workers.str.fullmatch(r".+\d号岗").all()
    assert workers.is_unique
    care = layers.buildings["special_households"]
    assert care.notna().all()
    known = layers.buildings["households"].notna()
    assert (care <= layers.buildings["households"])[known].all()
    assert 300 < care.sum() < 800
    places = layers.facilities[layers.facilities["kind"] == "养老"]["capacity"]
    assert places.between(20, 60).all()
    assert layers.facilities["capacity"].isna().any()


def test_one_point_is_a_pile_and_one_an_address_that_calls_again(truth: dict[str, Any]) -> None:
    """Both are far above what chance piles up; only what is told at them tells them apart."""
    cases = pd.read_csv(COMMITTED / "cases.csv", encoding="gb18030").set_index("工单编号")
    placed = cases[cases["经度"] > 0]
    points = placed.groupby(["经度", "纬度"]).size().sort_values()
    pile, again = (truth[key]["case_ids"] for key in ("pile", "repeat_address"))
    assert points.tolist()[-2:] == [len(again), len(pile)]
    assert points.iloc[:-2].max() < 5
    shop, desk = cases.loc[again], cases.loc[pile]
    homes = gpd.read_file(COMMITTED / "street.gpkg", layer="楼栋").set_index("名称")
    assert set(shop["地址"]) == {homes.loc[truth["repeat_address"]["building"], "地址"]}
    assert not homes["地址"].isin(desk["地址"]).any()
    assert set(shop["小类"]) == {"商业噪声", "占道经营"}
    assert desk["大类"].nunique() == 8
    assert (shop["重复投诉"] == "是").mean() > 0.5 > (desk["重复投诉"] == "是").mean()


@pytest.mark.parametrize("seed", [1, 2])
def test_a_corner_lies_beyond_every_place_of_care(
    seed: int, tmp_path: Path, truth: dict[str, Any]
) -> None:
    folder = COMMITTED if seed == 1 else make_demo(tmp_path / "other", seed=seed)
    blind = truth["blind_spot"]
    homes, services, places = (
        gpd.read_file(folder / "street.gpkg", layer=layer) for layer in ("楼栋", "服务设施", "单位")
    )
    care = services[services["类别"].isin(blind["kinds"])]
    assert set(care["类别"]) == {"养老", "医疗"}
    care = pd.concat([care, places[places["类别"] == "医院"]])
    corner = homes[homes["名称"].str.startswith(tuple(blind["parcels"]))]
    assert corner["户数"].sum() > 500
    assert corner.distance(care.union_all()).min() > blind["beyond_m"]


def test_no_personal_columns() -> None:
    for layer in LAYERS:
        columns = gpd.read_file(COMMITTED / "street.gpkg", layer=layer, rows=1).columns
        assert not {"姓名", "电话", "手机", "身份证"} & set(columns)
