"""What the page 服务盲区 says: its one line, its tables; to leaders without small counts."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import shapely

from gridplan.cases.counts import LEAST_SHOWN, shown
from gridplan.cases.disclosure import Sum, Telling, protect
from gridplan.coverage import Coverage, Service
from gridplan.coverage.find import VISITS
from gridplan.coverage.reach import SERVICE
from gridplan.coverage.sums import ALL
from gridplan.coverage.views import BLIND, homes_by_service, hours_text
from gridplan.coverage.walk import inner_points
from gridplan.load.layers import Layers
from gridplan.schema import ADDRESS, BUILDING_ID, GRID_ID, HOUSEHOLDS, NAME, PEOPLE
from gridplan.words import Language, say

HELD = "—"
GATHERED = 0.4
"""Share of those not served from which one community is named for them."""
_ASIDE = 0.12
"""Their middle lies aside of the community's by more than this share of its width or height."""
REASONS = ("distance", "network", "capacity")


def told(counts: Sequence[float], sums: Sequence[Sum], leaders: bool) -> list[str]:
    """Counts as they may be shown: whole to planners, to leaders as `protect` allows.

    Parameters
    ----------
    counts : sequence of float
        Whole numbers.
    sums : sequence
        As of :func:`gridplan.cases.disclosure.protect`.
    leaders : bool
        Who reads them.
    """
    whole = [round(float(count)) for count in counts]
    if not leaders:
        return [f"{count:,}" for count in whole]
    telling = protect(whole, sums)
    return [
        HELD if how == Telling.HELD else shown(count)
        for count, how in zip(whole, telling, strict=True)
    ]


def share_text(part: float, whole: float, leaders: bool) -> str:
    """A share with one decimal; for leaders in whole per cent, and none of small counts."""
    if not whole > 0:
        return HELD
    if not leaders:
        return f"{part / whole:.1%}"
    small = 0 < part < LEAST_SHOWN or 0 < whole - part < LEAST_SHOWN
    return HELD if small else f"{part / whole:.0%}"


def service_of(coverage: Coverage, key: str) -> Service:
    """The service of a key."""
    return next(one for one in coverage.services.services if one.key == key)


def row_of(coverage: Coverage, key: str) -> pd.Series:
    """Its row of the summary."""
    return coverage.summary.set_index(SERVICE).loc[key]


def about(coverage: Coverage, service: str) -> str:
    """≈ where households counted as lacking the service are partly estimated, else ""."""
    homes = homes_by_service(coverage, service)
    return "≈" if (homes["estimated"] & (homes["left"] > 0)).any() else ""


def judged(coverage: Coverage) -> list[str]:
    """Keys of the services that could be judged, those that most households lack first."""
    table = coverage.summary[coverage.summary["judged"]]
    left = table["distance"] + table["capacity"]
    return list(table.loc[left.sort_values(ascending=False, kind="stable").index, SERVICE])


def conclusion(
    coverage: Coverage, layers: Layers, service: str, language: Language, leaders: bool
) -> str:
    """The page in one line: how many households lack the service, and where most of them live.

    Parameters
    ----------
    coverage : Coverage
        What was found.
    layers : Layers
        Names the communities.
    service : str
        Key, or `ALL`.
    language : {"zh", "en"}
        Of the line.
    leaders : bool
        Without small counts.
    """
    keys = judged(coverage)
    if not keys:
        return say("page.coverage.line.nothing", language)
    if service != ALL:
        return _service_line(coverage, layers, service, language, leaders)
    worst = _service_line(coverage, layers, keys[0], language, leaders)
    others = len(coverage.summary) - len(keys)
    if len(keys) == 1 and others:
        return worst + say("page.coverage.line.only", language, count=others)
    if len(keys) == 1:
        return worst
    share = _mean_share(coverage)
    return say("page.coverage.line.all", language, count=len(keys), share=share) + worst


def _service_line(
    coverage: Coverage, layers: Layers, service: str, language: Language, leaders: bool
) -> str:
    one, row = service_of(coverage, service), row_of(coverage, service)
    total = int(row["distance"] + row["capacity"])
    values: dict[str, object] = {"name": one.title(language), "metres": one.walk.metres}
    if not row["judged"]:
        key = "absent"
    elif not row["judged_households"]:
        key = "cut"
    elif not total:
        key = "served"
    else:
        key = "full" if row["capacity"] else "far"
        values["count"] = about(coverage, service) + (shown(total) if leaders else f"{total:,}")
        values["where"] = _where(coverage, layers, service, language)
    line = say(f"page.coverage.line.{key}", language, **values)
    rule = coverage.services.rule(one)
    if not rule.asks:
        return line
    return line + say("page.coverage.line.hours", language, rule=hours_text(rule, language))


def service_table(coverage: Coverage, language: Language, leaders: bool) -> pd.DataFrame:
    """One row a service, what most households lack first, those not judged last.

    The index is the service's key; counts and metres are numbers for planners, texts for leaders.
    """
    rows = {}
    keys = judged(coverage)
    others = [one.key for one in coverage.services.services if one.key not in keys]
    for key in [*keys, *others]:
        row = row_of(coverage, key)
        whole, near = row["judged_households"], row["served_households"]
        left = whole - near
        if not row["judged"]:
            counts: list[object] = [None, HELD, HELD, HELD]
        else:
            text = told([whole, near, left], [(0, [1, 2])], leaders)[2]
            straight = row["straight_share"] * whole
            counts = [
                text if leaders else int(left),
                share_text(near, whole, leaders),
                share_text(row["served_people"], row["judged_people"], leaders),
                share_text(straight, whole, leaders),
            ]
        title = service_of(coverage, key).title(language)
        rows[key] = [title, f"{row['limit_m']:,.0f}", *counts]
    names = ("service", "limit", "left", "households_share", "people_share", "straight_share")
    table = pd.DataFrame.from_dict(rows, orient="index", columns=_titles(names, language))
    return table.astype({table.columns[2]: object if leaders else "Int64"})


def grid_table(coverage: Coverage, service: str, language: Language, leaders: bool) -> pd.DataFrame:
    """One row a grid, the least covered first; the index is its ``grid_id``.

    With `ALL` households count once for each service.
    """
    grids = coverage.grids
    grids = grids if service == ALL else grids[grids[SERVICE] == service]
    names = ["judged_households", "served_households", "judged_people", "served_people"]
    sums = grids.groupby([GRID_ID, "grid"], sort=True)[names].sum().reset_index()
    sums["left"] = sums["judged_households"] - sums["served_households"]
    share = sums["served_households"] / sums["judged_households"].replace(0, np.nan)
    sums["rank"] = share.rank(method="min", ascending=False)
    table = sums.merge(_reasons(coverage, service), on=GRID_ID, how="left")
    table = table.sort_values(["rank", "left"], ascending=False, kind="stable", na_position="last")
    table = table.fillna(dict.fromkeys(REASONS, 0)).reset_index(drop=True)
    rows = [[
        share_text(row.served_households, row.judged_households, leaders),
        share_text(row.served_people, row.judged_people, leaders),
    ] for row in table.itertuples()]  # fmt: skip
    shares = pd.DataFrame(rows, columns=["households_share", "people_share"], index=table.index)
    counts = table[["left", "network"]].astype("Int64")
    if leaders:
        counts = pd.DataFrame(
            {name: _column(counts[name]) for name in counts}, index=table.index, dtype=object
        )
    parts = [table[["rank"]].astype("Int64"), table[["grid"]], counts[["left"]], shares,
             counts[["network"]]]  # fmt: skip
    if table["capacity"].any() and not leaders:
        parts.append(table[["distance", "capacity"]].astype("Int64"))
    whole = pd.concat(parts, axis=1).set_axis(pd.Index(table[GRID_ID], name=None))
    return whole.set_axis(_titles(list(whole.columns), language), axis=1)


def spot_table(spots: pd.DataFrame, names: Sequence[str], language: Language) -> pd.DataFrame:
    """One row a blind spot as :func:`gridplan.coverage.views.blind_spots_of` gives them."""
    far = spots["farthest_m"].astype(float).replace(np.inf, np.nan)
    columns = {
        "left": spots[HOUSEHOLDS].astype("Int64"),
        "people": spots[PEOPLE].astype("Int64"),
        "farthest": far.round().astype("Int64"),
        "place": list(names),
    }
    table = pd.DataFrame(columns)
    return table.set_axis(_titles(list(columns), language), axis=1)


def home_table(coverage: Coverage, service: str, language: Language) -> pd.DataFrame:
    """Who is not served, for planners; the index is the building's id.

    With `ALL` one row for each service that a home lacks.
    """
    rows = _unserved(coverage, service)
    places = (rows[ADDRESS].astype(str) + " " + rows[NAME].astype(str)).str.strip()
    columns = {
        "address": places.where(places != "", rows[BUILDING_ID].astype(str)),
        "left": rows[HOUSEHOLDS].round().astype("Int64"),
        "metres": _metres(rows["metres"]),
        "over": _metres(rows["over_m"]),
        "straight": _metres(rows["straight_m"]),
        "reason": [say(f"coverage.reason.{reason}", language) for reason in rows["reason"]],
        "facility": rows["facility"],
        "unvisited": rows["unvisited_households"].round().astype("Int64"),
    }
    if service == ALL:
        titles = {one.key: one.title(language) for one in coverage.services.services}
        columns = {
            "address": columns.pop("address"),
            "service": rows[SERVICE].map(titles),
            **columns,
        }
    table = pd.DataFrame(columns).set_axis(pd.Index(rows[BUILDING_ID], name=None))
    return table.set_axis(_titles(list(columns), language), axis=1)


def rule_table(coverage: Coverage, language: Language, leaders: bool) -> pd.DataFrame:
    """One row a rule of visits: what it asks for, and how much of it is overdue."""
    rows = []
    for row in coverage.visits.rules.itertuples():
        name = say(f"coverage.rule.{row.rule}", language)
        if not row.judged:
            rows.append([name, HELD, HELD, say(f"coverage.unjudged.{row.why}", language)])
            continue
        done = row.required - row.overdue
        texts = told([row.required, row.overdue, done], [(0, [1, 2])], leaders)
        unit = say(f"page.coverage.unit.{row.rule}", language)
        rows.append([name, f"{texts[0]} {unit}", f"{texts[1]} {unit}",
                     share_text(done, row.required, leaders)])  # fmt: skip
    return pd.DataFrame(rows, columns=_titles(["rule", "required", "overdue", "done"], language))


def quarter_texts(coverage: Coverage, service: str, leaders: bool) -> list[str]:
    """Households of the four quarters in the order of `QUARTERS`."""
    row = coverage.cross.set_index(SERVICE).loc[service]
    near_seen, near_not, far_seen, far_not = (int(value) for value in row)
    counts = [near_seen, near_not, far_seen, far_not]
    # readers know all households, and how many are not reached and not visited from elsewhere
    sums: list[Sum] = [(4, range(4)), (5, [2, 3]), (6, [1, 3])]
    return told([*counts, sum(counts), far_seen + far_not, near_not + far_not], sums, leaders)[:4]


def _mean_share(coverage: Coverage) -> float:
    table = coverage.summary
    return float(table["served_households"].sum() / max(table["judged_households"].sum(), 1))


def _where(coverage: Coverage, layers: Layers, service: str, language: Language) -> str:
    """集中在桃溪社区西部, where one community has a good part of them; "" in an area of one."""
    homes = homes_by_service(coverage, service)
    homes = homes[homes["state"].isin(BLIND)]
    codes = layers.buildings.set_index(BUILDING_ID)["community_code"].reindex(homes[BUILDING_ID])
    left = pd.Series(homes["left"].to_numpy(dtype=float), codes.to_numpy(dtype=object))
    sums = left.groupby(level=0).sum().sort_values(ascending=False)
    names = layers.communities.set_index("community_code")
    if len(names) < 2 or sums.empty or sums.index[0] not in names.index:
        return ""
    name, share = str(names.loc[sums.index[0], NAME]), float(sums.iloc[0] / sums.sum())
    mine = codes.to_numpy(dtype=object) == sums.index[0]
    middle = np.average(inner_points(homes)[mine], axis=0, weights=left.to_numpy()[mine])
    part = _part(middle, shapely.bounds(names.geometry.loc[sums.index[0]]))
    part = say(f"page.coverage.part.{part}", language)
    key = "most" if share >= GATHERED else "first"
    return say(f"page.coverage.line.{key}", language, name=name, part=part, share=share)


def _part(middle: np.ndarray, bounds: np.ndarray) -> str:
    """Where in its community: ``north``, ``south_west``, … or ``whole``."""
    west, south, east, north = (float(value) for value in bounds)
    across = (float(middle[0]) - (west + east) / 2) / max(east - west, 1e-9)
    upright = (float(middle[1]) - (south + north) / 2) / max(north - south, 1e-9)
    named = [
        "north" if upright > _ASIDE else "south" if upright < -_ASIDE else "",
        "east" if across > _ASIDE else "west" if across < -_ASIDE else "",
    ]
    return "_".join(name for name in named if name) or "whole"


def _reasons(coverage: Coverage, service: str) -> pd.DataFrame:
    rows = _unserved(coverage, service)
    table = rows.pivot_table(index=GRID_ID, columns="reason", values=HOUSEHOLDS, aggfunc="sum")
    return table.reindex(columns=REASONS).round().reset_index()


def _unserved(coverage: Coverage, service: str) -> pd.DataFrame:
    rows = coverage.unserved
    return rows[rows[SERVICE] != VISITS] if service == ALL else rows[rows[SERVICE] == service]


def _column(counts: pd.Series) -> list[str]:
    """A column whose total stands above the table."""
    values = [int(counts.sum()), *counts.astype("int64")]
    return told(values, [(0, range(1, len(values)))], True)[1:]


def _metres(values: pd.Series) -> pd.Series:
    return values.astype(float).replace(np.inf, np.nan).round().astype("Int64")


def _titles(names: Sequence[str], language: Language) -> list[str]:
    return [say(f"page.coverage.column.{name}", language) for name in names]
