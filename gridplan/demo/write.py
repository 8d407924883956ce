"""The demo street as an area folder like any other."""

from __future__ import annotations

import json
import re
import tempfile
from datetime import datetime
from importlib.resources import files
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
from openpyxl import Workbook

from gridplan.demo.cases import make_cases
from gridplan.demo.details import capacities, care_households, follow_ups
from gridplan.demo.homes import build_homes
from gridplan.demo.layout import Ground, lay_out, read_plan
from gridplan.demo.legacy import city_grids, party_grids, police_grids, read_legacy
from gridplan.demo.services import (
    BLIND_CORNER,
    BLIND_KINDS,
    BLIND_M,
    make_facilities,
    make_visits,
)
from gridplan.errors import GridplanError

UNCOUNTED_COMMUNITY, UNCOUNTED_SHARE = "锦绣社区", 0.5
FROZEN = datetime(2026, 7, 1)
SAVED_AT = re.compile(rb"(<dcterms:modified[^>]*>)[^<]*")
INSTITUTIONS = {
    "学校", "机关", "医院", "办公", "商场", "市场", "厂房", "体育", "车站", "公园",
}  # fmt: skip


def make_demo(folder: Path, seed: int = 1) -> Path:
    """Write the demo street.

    Parameters
    ----------
    folder : Path
        New or empty.
    seed : int
        Every random choice comes from it.

    Returns
    -------
    Path
        The folder, with ``area.toml``, ``street.gpkg``, ``cases.csv`` (GB18030), ``visits.csv``,
        ``roster.xlsx`` and ``truth.json``, which says what was planted.

    Raises
    ------
    GridplanError
        Where the folder holds something already, or cannot be written.
    """
    folder = Path(folder)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise GridplanError("demo.not_empty", folder=folder)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent) as aside:
            part = Path(aside) / "area"
            part.mkdir(mode=0o755)
            _write(part, np.random.default_rng(seed))
            part.replace(folder)
    except OSError as error:
        raise GridplanError("demo.cannot_write", folder=folder, reason=error.strerror) from error
    return folder


def _write(part: Path, rng: np.random.Generator) -> None:
    ground = lay_out(read_plan())
    homes = build_homes(ground, rng)
    cases, truth = make_cases(homes, ground, rng)
    care, room, back = rng.spawn(3)  # streams of their own: what they draw moves nothing else
    layers = _layers(ground, homes, rng)
    layers["楼栋"].insert(9, "重点服务户", care_households(homes, care))
    layers["服务设施"].insert(4, "服务能力", capacities(layers["服务设施"]["类别"], room))
    _write_layers(part / "street.gpkg", layers)
    cases.to_csv(part / "cases.csv", index=False, encoding="gb18030", date_format="%Y-%m-%d %H:%M")
    visits = pd.concat([make_visits(homes, rng), follow_ups(cases, homes, back)])
    visits.to_csv(part / "visits.csv", index=False, encoding="utf-8")
    _write_roster(part / "roster.xlsx", ground)
    legacy = read_legacy()
    truth["grids"] = [
        {"code": grid["code"], "faults": grid["faults"]}
        for grid in legacy["grids"]
        if "faults" in grid
    ]
    truth["beyond_rules"] = legacy["beyond_rules"]
    truth["blind_spot"] = {"parcels": BLIND_CORNER, "kinds": BLIND_KINDS, "beyond_m": BLIND_M}
    text = json.dumps(truth, ensure_ascii=False, indent=1)
    (part / "truth.json").write_text(text + "\n", "utf-8")
    toml = (files(__package__) / "area.toml").read_text("utf-8")
    (part / "area.toml").write_text(toml, "utf-8")


def _write_layers(file: Path, layers: dict[str, gpd.GeoDataFrame]) -> None:
    before = pyogrio.get_gdal_config_option("OGR_CURRENT_DATE")
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": f"{FROZEN:%Y-%m-%dT%H:%M:%SZ}"})
    try:
        for name, frame in layers.items():
            frame.to_file(file, layer=name, driver="GPKG")
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": before})


def _layers(
    ground: Ground, homes: gpd.GeoDataFrame, rng: np.random.Generator
) -> dict[str, gpd.GeoDataFrame]:
    places = ground.communities
    return {
        "楼栋": _buildings(ground, homes, rng),
        "小区": _compounds(ground, homes),
        "社区": places.rename(
            columns={"code": "社区代码", "name": "社区名称", "class": "城乡分类"}
        )[["社区代码", "社区名称", "城乡分类", "geometry"]],
        "道路": _streets(ground),
        "屏障": ground.barriers.rename(columns={"name": "名称", "kind": "类型"}),
        "通道": ground.crossings.rename(columns={"name": "名称", "kind": "类型"}),
        "城管网格": _renamed_grids(city_grids(ground)),
        "警务网格": _renamed_grids(police_grids(ground)),
        "党建网格": _renamed_grids(party_grids(ground)),
        "服务设施": make_facilities(homes, ground, rng),
        "单位": _institutions(ground),
    }


def _buildings(
    ground: Ground, homes: gpd.GeoDataFrame, rng: np.random.Generator
) -> gpd.GeoDataFrame:
    """Counts are missing in half of one community's flats; their compounds' totals are known."""
    code = ground.communities.set_index("name")["code"]
    lived = (homes["households"] > 0) & (homes["compound"] != "")
    missing = (homes["community"] == UNCOUNTED_COMMUNITY) & lived
    missing &= rng.random(len(homes)) < UNCOUNTED_SHARE
    numbers = _compound_numbers(ground, homes)
    return gpd.GeoDataFrame(
        {
            "楼栋编号": homes["building_id"],
            "名称": homes["name"],
            "地址": homes["address"],
            "层数": homes["floors"],
            "用途": homes["use"],
            "户数": homes["households"].astype("Int64").mask(missing),
            "人口": homes["people"].astype("Int64").mask(missing),
            "小区编号": homes["compound"].map(numbers).fillna(""),
            "社区代码": homes["community"].map(code),
        },
        geometry=homes.geometry,
        crs=homes.crs,
    )


def _compound_numbers(ground: Ground, homes: gpd.GeoDataFrame) -> dict[str, str]:
    """Number of each compound and villagers' group, by community."""
    code = ground.communities.set_index("name")["code"]
    named = homes[homes["compound"] != ""].drop_duplicates("compound")
    named = named.sort_values(["community", "compound"], key=lambda c: c.map(code).fillna(c))
    return {name: f"XQ{number:03d}" for number, name in enumerate(named["compound"], 1)}


def _compounds(ground: Ground, homes: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Compounds as far as their parcels; villagers' groups as the ground round their houses."""
    rows = []
    lived = homes[homes["use"].isin(["住宅", "公寓", "农宅"])]
    sums = lived.groupby("compound").agg(
        households=("households", "sum"), people=("people", "sum"), count=("use", "size")
    )
    for name, number in _compound_numbers(ground, homes).items():
        if name in ground.parcels.index:
            shape = ground.parcels.loc[name, "geometry"]
            year = int(ground.parcels.loc[name, "year"])
        else:
            shape = homes[homes["compound"] == name].union_all().buffer(9).buffer(-4)
            year = None
        total = sums.loc[name]
        rows.append((number, name, year, *map(int, total), shape))
    columns = ["小区编号", "小区名称", "建成年份", "总户数", "人口", "楼栋数", "geometry"]
    return gpd.GeoDataFrame(rows, columns=columns, geometry="geometry", crs=homes.crs)


def _streets(ground: Ground) -> gpd.GeoDataFrame:
    names = {"name": "路名", "kind": "等级", "width_m": "红线宽度", "bridge": "桥梁"}
    return ground.streets.rename(columns=names)


def _renamed_grids(grids: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    names = {
        "code": "网格编码", "name": "网格名称", "community": "社区代码", "worker": "责任岗位",
    }  # fmt: skip
    return grids.rename(columns=names)


def _institutions(ground: Ground) -> gpd.GeoDataFrame:
    parcels = ground.parcels[ground.parcels["kind"].isin(INSTITUTIONS)]
    return gpd.GeoDataFrame(
        {
            "编号": [f"DW{number:03d}" for number in range(1, len(parcels) + 1)],
            "名称": parcels["name"].to_numpy(),
            "类别": parcels["kind"].to_numpy(),
        },
        geometry=parcels.representative_point().to_numpy(),
        crs=ground.communities.crs,
    )


def _write_roster(file: Path, ground: Ground) -> None:
    book = Workbook()
    book.properties.created = FROZEN
    sheet = book.active
    sheet.title = "网格员编制"
    sheet.append(["社区代码", "社区名称", "编制数", "空缺数"])
    for row in pd.DataFrame(ground.communities).itertuples():
        sheet.append([row.code, row.name, row.posts, row.vacancies])
    saved = BytesIO()
    book.save(saved)
    _freeze_book(saved, file)


def _freeze_book(saved: BytesIO, file: Path) -> None:
    """Write a workbook without the time of saving, so that it is the same byte for byte."""
    with ZipFile(saved) as book, ZipFile(file, "w", ZIP_DEFLATED) as frozen:
        for name in book.namelist():
            text = book.read(name)
            if name == "docProps/core.xml":
                text = SAVED_AT.sub(rf"\g<1>{FROZEN:%Y-%m-%dT%H:%M:%SZ}".encode(), text)
            frozen.writestr(ZipInfo(name, FROZEN.timetuple()[:6]), text, ZIP_DEFLATED)
