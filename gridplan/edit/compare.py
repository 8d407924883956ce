"""Any two states of a plan, side by side: what gets better, which grids change, who has to move."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import pandas as pd

from gridplan.analyse.changes import ChangeKind, change_kinds, crosswalk, has_moved
from gridplan.analyse.compare import state_of
from gridplan.analyse.lineage import lineage
from gridplan.edit.codes import grid_codes
from gridplan.edit.differences import Differences, FindingChange, Side
from gridplan.edit.division import Division
from gridplan.edit.verdict import Judge
from gridplan.errors import GridplanError
from gridplan.prepared import Prepared
from gridplan.schema import (
    ADDRESS,
    BUILDING_ID,
    COMMUNITY_CODE,
    ESTIMATED,
    HOUSEHOLDS,
    NAME,
    UNIT_ID,
)

_UNITS = [UNIT_ID, NAME, HOUSEHOLDS, ESTIMATED]
_BUILDINGS = [BUILDING_ID, NAME, ADDRESS, HOUSEHOLDS, ESTIMATED, UNIT_ID]
_LAST = "\uffff"  # sorts behind every code
_GRIDS = [
    "before", "after", "code_before", "code_after", "community", "kind", "households_before",
    "households_after",
]  # fmt: skip
_CROSSWALK = [
    "before", "after", "code_before", "code_after", "households", "share_of_before",
    "share_of_after", "stays",
]  # fmt: skip


def compare_divisions(
    prepared: Prepared,
    before: Division,
    after: Division,
    codes: Mapping[str, str] | None = None,
) -> Differences:
    """Hold two divisions of an area against each other.

    Grids are matched so that the fewest households move, whatever their ids; between divisions
    of which neither is the present one, a matched grid may have another code on either side.

    Parameters
    ----------
    prepared : Prepared
        The area and its rules.
    before, after : Division
        Of all its units: present grids, versions, branches.
    codes : mapping of str to str, optional
        What people call the grids of both; from :func:`gridplan.edit.codes.grid_codes` where left
        out.

    Raises
    ------
    GridplanError
        Where a division is one of other units than the area's.
    """
    judge = Judge(prepared)
    one, other = (_side(prepared, judge, division, codes) for division in (before, after))
    pairs = _pairs(prepared, one, other)
    grid_of = pd.Series(dict(after.grid_of), dtype=object)
    kin = lineage(prepared.units.frame, grid_of, pd.Series(dict(before.grid_of), dtype=object))
    continued = dict(kin["present"])
    posts = other.verdict.posts
    return Differences(
        area=prepared.layers.name,
        before=one,
        after=other,
        posts=sum(posts.values()) if posts else None,
        households=int(pairs[HOUSEHOLDS].sum()),
        findings=_findings(one, other, continued),
        lineage=kin,
        grids=_grids(prepared, one, other, pairs, kin),
        crosswalk=_crosswalk(pairs, one, other, continued),
        units=_moved(pairs, _UNITS, one, other, continued),
        buildings=_buildings(prepared, one, other, continued),
    )


def _side(
    prepared: Prepared, judge: Judge, division: Division, codes: Mapping[str, str] | None
) -> Side:
    frame = prepared.units.frame
    strange = sorted(division.grid_of.keys() ^ set(frame[UNIT_ID]))
    if strange:
        raise GridplanError("edits.other_units", count=len(strange), unit=strange[0])
    verdict = judge.judge(division)
    rows = [(grid, held.households) for grid, held in verdict.grids.items()]
    nowhere = frame.loc[frame[UNIT_ID].map(division.grid_of) == "", HOUSEHOLDS].sum()
    state = state_of(
        pd.DataFrame(rows, columns=["grid_id", "households"]), verdict.findings, int(nowhere)
    )
    known = grid_codes(prepared, division) if codes is None else codes
    named = {grid: known[grid] for grid in division.units_of}
    return Side(division, verdict, state, MappingProxyType(named))


def _pairs(prepared: Prepared, one: Side, other: Side) -> pd.DataFrame:
    """Every unit with its grid before (``present``) and after (``grid_id``)."""
    table = pd.DataFrame(prepared.units.frame[_UNITS])
    return _with_grids(table, one, other)


def _with_grids(table: pd.DataFrame, one: Side, other: Side) -> pd.DataFrame:
    return table.assign(
        present=table[UNIT_ID].map(one.division.grid_of),
        grid_id=table[UNIT_ID].map(other.division.grid_of),
    )


def _moved(
    table: pd.DataFrame, columns: list[str], one: Side, other: Side, continued: Mapping[str, str]
) -> pd.DataFrame:
    """The rows that move, with the codes of both sides, by code after and before."""
    moved = table[has_moved(table, continued)]
    moved = _with_codes(moved[[*columns, "present", "grid_id"]], one, other)
    order = ["code_after", "code_before", columns[0]]
    return moved.sort_values(order, ignore_index=True, key=_none_last)


def _with_codes(table: pd.DataFrame, one: Side, other: Side) -> pd.DataFrame:
    named = table.rename(columns={"present": "before", "grid_id": "after"})
    return named.assign(
        code_before=named["before"].map(dict(one.codes) | {"": ""}),
        code_after=named["after"].map(dict(other.codes) | {"": ""}),
    )


def _buildings(
    prepared: Prepared, one: Side, other: Side, continued: Mapping[str, str]
) -> pd.DataFrame:
    buildings = prepared.units.buildings
    table = _with_grids(pd.DataFrame(buildings[_BUILDINGS]), one, other)
    return _with_workers(_moved(table, _BUILDINGS, one, other, continued), one, other)


def _with_workers(table: pd.DataFrame, one: Side, other: Side) -> pd.DataFrame:
    """The post of each grid beside it, "" for none."""
    posts = [{"": "", **side.verdict.lineage["worker"]} for side in (one, other)]
    return table.assign(
        worker_before=table["before"].map(posts[0]), worker_after=table["after"].map(posts[1])
    )


def _crosswalk(
    pairs: pd.DataFrame, one: Side, other: Side, continued: Mapping[str, str]
) -> pd.DataFrame:
    table = crosswalk(pairs)
    table = _with_codes(table.assign(stays=~has_moved(table, continued)), one, other)
    shares = {"share_of_present": "share_of_before", "share_of_grid": "share_of_after"}
    table = table.rename(columns=shares)[_CROSSWALK]
    order = ["code_before", "households", "code_after"]
    return table.sort_values(
        order, ascending=[True, False, True], ignore_index=True, key=_none_last
    )


def _none_last(codes: pd.Series) -> pd.Series:
    return codes.replace("", _LAST)


def _grids(
    prepared: Prepared, one: Side, other: Side, pairs: pd.DataFrame, kin: pd.DataFrame
) -> pd.DataFrame:
    kinds = change_kinds(pairs, kin.reset_index(names="grid_id"))
    rows = [
        _grid_row(one, other, str(row.present), str(row.Index), kinds[row.Index])
        for row in kin.itertuples()
    ]
    gone = one.verdict.grids.keys() - set(kin["present"])
    rows += [_grid_row(one, other, grid, "", ChangeKind.WITHDRAW) for grid in sorted(gone)]
    table = pd.DataFrame(rows, columns=_GRIDS)
    table["moved_in"] = table["after"].map(kin["moved_households"]).fillna(0).astype(int)
    stays = (table["households_after"] - table["moved_in"]).where(table["before"] != "", 0)
    table["moved_out"] = table["households_before"] - stays
    table = _with_workers(table, one, other)
    guessed = pairs[pairs[ESTIMATED].astype(bool)]
    table["estimated"] = table["after"].isin(set(guessed["grid_id"]) - {""})
    table["estimated"] |= table["before"].isin(set(guessed["present"]) - {""})
    places = prepared.layers.communities.set_index(COMMUNITY_CODE)[NAME]
    table.insert(5, "community_name", table["community"].map(places))
    code = table["code_after"].where(table["after"] != "", table["code_before"])
    order = table.assign(code=code).sort_values(["community", "code"]).index
    return table.loc[order].reset_index(drop=True)


def _grid_row(
    one: Side, other: Side, before: str, after: str, kind: ChangeKind
) -> dict[str, object]:
    was, now = one.verdict.grids.get(before), other.verdict.grids.get(after)
    state = now or was
    return {
        "before": before,
        "after": after,
        "code_before": one.codes.get(before, ""),
        "code_after": other.codes.get(after, ""),
        "community": state.community if state else "",
        "kind": kind,
        "households_before": was.households if was else 0,
        "households_after": now.households if now else 0,
    }


def _findings(one: Side, other: Side, continued: Mapping[str, str]) -> tuple[FindingChange, ...]:
    known = {(found.rule, found.grid): found for found in one.verdict.findings}
    told = []
    for found in other.verdict.findings:
        origin = continued.get(found.grid, "")
        same_grid = bool(origin) or not found.grid
        was = known.pop((found.rule, origin), None) if same_grid else None
        told.append(FindingChange(was, found, other.codes.get(found.grid, "")))
    told.sort(key=lambda pair: pair.before is not None)
    told += [FindingChange(was, None, one.codes.get(was.grid, "")) for was in known.values()]
    return tuple(told)
