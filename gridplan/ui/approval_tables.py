"""The codes of a version as tables: what was issued, where it comes from, what ends."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date

import pandas as pd

from gridplan.export.codes import SHEETS
from gridplan.export.layers import parents_in_words
from gridplan.prepared import Prepared
from gridplan.schema import COMMUNITY_CODE, ESTIMATED, GRID_ID, NAME
from gridplan.store import CodedGrid, Descent, UsedCode
from gridplan.words import Language, say


def code_tables(
    prepared: Prepared,
    grids: Sequence[CodedGrid],
    lineage: Sequence[Descent],
    retired: Sequence[UsedCode],
    estimated: Collection[str] = (),
    language: Language = "zh",
) -> dict[str, pd.DataFrame]:
    """What the page shows and the workbook holds, by the keys of `gridplan.export.codes.SHEETS`.

    Parameters
    ----------
    prepared : Prepared
        The area.
    grids, lineage
        Of a version that has its codes.
    retired : sequence of UsedCode
        Those that end with it; one without its day ends on taking effect.
    estimated : collection of str
        ``grid_id`` of the grids whose households are estimates.
    language : {"zh", "en"}
        Of the words.
    """
    return {
        "codes": _codes(prepared, grids, lineage, estimated, language),
        "lineage": _lineage(lineage),
        "retired": _retired(prepared, lineage, retired, language),
    }


def in_words(tables: Mapping[str, pd.DataFrame], name: str, language: Language) -> pd.DataFrame:
    """One of the tables with words as column names; numbers stay numbers."""
    keys = [column.key for column in SHEETS[name]]
    table = tables[name][keys]
    if "stays" in keys:
        said = {whether: say(f"export.{word}", language) for whether, word in _YES_NO}
        table = table.assign(stays=table["stays"].map(said))
    return table.rename(columns=lambda key: say(f"export.column.{key}", language))


_YES_NO = ((True, "yes"), (False, "no"))
_ORIGIN = {True: "continued", False: "new"}


def _codes(
    prepared: Prepared,
    grids: Sequence[CodedGrid],
    lineage: Sequence[Descent],
    estimated: Collection[str],
    language: Language,
) -> pd.DataFrame:
    places = prepared.layers.communities
    names = dict(zip(places[COMMUNITY_CODE], places[NAME], strict=True))
    old = {one.new for one in lineage if one.old == one.new}
    pairs = pd.DataFrame(
        [(one.new, one.old, one.households, one.share_of_new) for one in lineage],
        columns=[GRID_ID, "present", "households", "share_of_grid"],
    ).sort_values([GRID_ID, "households", "present"], ascending=[True, False, True])
    parents = parents_in_words(pairs)
    rows = [
        {
            "new_code": grid.code,
            "origin": say(f"export.origin.{_ORIGIN[grid.code in old]}", language),
            "community_name": names.get(grid.community, grid.community),
            "households": grid.households,
            "people": grid.people,
            "parents": parents.get(grid.code, ""),
            ESTIMATED: grid.grid_id in estimated,
        }
        for grid in sorted(grids, key=lambda grid: (grid.community, grid.code))
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=[*_keys("codes"), ESTIMATED])


def _lineage(lineage: Sequence[Descent]) -> pd.DataFrame:
    rows = [
        (one.old, one.new, one.households, one.share_of_old, one.share_of_new, one.old == one.new)
        for one in lineage
    ]
    return pd.DataFrame(rows, columns=_keys("lineage"))


def _retired(
    prepared: Prepared,
    lineage: Sequence[Descent],
    retired: Sequence[UsedCode],
    language: Language,
) -> pd.DataFrame:
    layers: dict[str, str] = {}
    for name, present in prepared.present.items():
        for code in present.grids[GRID_ID]:
            layers.setdefault(str(code), name)
    order = [*prepared.present, ""]
    heirs: dict[str, list[str]] = {}
    for one in sorted(lineage, key=lambda one: -one.households):
        told = say("export.origin.households", language, code=one.new, count=one.households)
        heirs.setdefault(one.old, []).append(told)
    rows = [
        (code.code, layers.get(code.code, ""), _day(code.retired_on, language),
         "、".join(heirs.get(code.code, [])))
        for code in sorted(retired, key=lambda each: order.index(layers.get(each.code, "")))
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=_keys("retired"))


def _day(day: date | None, language: Language) -> str:
    return say("export.origin.on_effect", language) if day is None else day.isoformat()


def _keys(name: str) -> list[str]:
    return [column.key for column in SHEETS[name]]
