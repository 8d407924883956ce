"""Tables of the page: findings and grids, with bars that show where a limit lies."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import Any

import geopandas as gpd
import pandas as pd
import streamlit as st
from pandas.io.formats.style import Styler

from gridplan.analyse.metrics import is_near_limit
from gridplan.maps.style import short_number
from gridplan.plan import Finding
from gridplan.words import Language, say

GOOD, NEAR, BAD = "#2f7d4f", "#d08700", "#c1272d"

_WIDTH, _HEIGHT = 150, 24


def light(value: float, lower: float, upper: float) -> str:
    """Colour of a value: green inside its limits, amber within 5 % of one, red outside.

    Parameters
    ----------
    value, lower, upper : float
        In one unit; 0 and inf where there is no limit.
    """
    if not lower <= value <= upper:
        return BAD
    return NEAR if is_near_limit(value, lower, upper) else GOOD


def bar(value: float, lower: float, upper: float) -> str:
    """A bar against its limits, as an SVG image in a data address.

    Parameters
    ----------
    value, lower, upper : float
        As in :func:`light`. The bar ends at the frame where the value is above 1.3 times the
        upper limit.
    """
    full = 1.3 * (upper if upper < float("inf") else max(value, 1.0))

    def x(amount: float) -> float:
        return round(_WIDTH * min(amount / full, 1.0), 1)

    marks = [x(limit) for limit in (lower, upper) if 0 < limit < float("inf")]
    ticks = "".join(
        f'<line x1="{at}" x2="{at}" y1="2" y2="22" stroke="#1c2733" stroke-width="1.5"/>'
        for at in marks
    )
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH}" height="{_HEIGHT}" '
        f'viewBox="0 0 {_WIDTH} {_HEIGHT}"><rect y="6" width="{_WIDTH}" height="12" rx="2" '
        f'fill="#e6eaef"/><rect y="6" width="{x(value)}" height="12" rx="2" '
        f'fill="{light(value, lower, upper)}"/>{ticks}</svg>'
    )
    return "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode()


def grid_table(grids: gpd.GeoDataFrame, measure: str, language: Language) -> pd.DataFrame:
    """One row a grid, in their order, with words as column names; numbers stay numbers.

    Parameters
    ----------
    grids : GeoDataFrame
        Columns `plan.GRID_COLUMNS`.
    measure : {"households", "people"}
        What the limits count.
    language : {"zh", "en"}
        Of the names.
    """
    change = [say(f"page.change.{kind}", language) for kind in grids["change"]]
    columns = {
        "grid": [short_number(str(code)) for code in grids["code"]],
        "community": list(grids["community_name"]),
        "households": grids["households"].to_numpy(),
        f"load.{measure}": [
            bar(*row) for row in zip(grids[measure], grids["lower"], grids["upper"], strict=True)
        ],
        "people": grids["people"].to_numpy(),
        "radius": grids["radius_m"].to_numpy(),
        "reach": [
            bar(value, 0.0, limit)
            for value, limit in zip(grids["radius_m"], grids["radius_limit_m"], strict=True)
        ],
        "compactness": grids["compactness"].to_numpy(),
        "change": change,
        "moved": grids["moved_households"].to_numpy(),
        "estimated": grids["estimated_share"].to_numpy(),
    }
    return pd.DataFrame({say(f"page.column.{k}", language): v for k, v in columns.items()})


def marked(table: pd.DataFrame, column: str, estimated: Sequence[bool]) -> Styler:
    """The table with ≈ before the estimated numbers of a column, which sort as numbers still.

    Parameters
    ----------
    table : DataFrame
        With whole numbers in `column`.
    column : str
        Its name.
    estimated : sequence of bool
        One for each row.
    """
    about = pd.Series(list(estimated), index=table.index, dtype=bool)
    plain = table.style.format("{:,}", subset=(~about, [column]))
    return plain.format("≈{:,}", subset=(about, [column]))


def grid_columns(measure: str, language: Language) -> dict[str, Any]:
    """How Streamlit shows the columns of :func:`grid_table`; households are for :func:`marked`.

    Parameters
    ----------
    measure : {"households", "people"}
        What the limits count.
    language : {"zh", "en"}
        Of the names.
    """
    number, image = st.column_config.NumberColumn, st.column_config.ImageColumn
    bars = say("page.column.bars", language)
    columns = {
        f"load.{measure}": image(width=110, help=bars),
        "people": number(format="localized"),
        "radius": number(format="%,.0f"),
        "reach": image(width=110, help=bars),
        "compactness": number(format="%.2f"),
        "moved": number(format="localized"),
        "estimated": number(format="percent"),
    }
    return {say(f"page.column.{name}", language): shown for name, shown in columns.items()}


def finding_table(
    findings: Sequence[Finding], grids: gpd.GeoDataFrame, language: Language
) -> pd.DataFrame:
    """One row a finding: rule, grid and reason in words."""
    names = {
        row.grid_id: placed_code(str(row.code), str(row.community_name))
        for row in grids.itertuples()
    }
    rows = [
        (
            say(f"page.rule.{finding.rule.value}", language),
            names.get(finding.grid, finding.grid) or "—",
            finding.reason(language),
        )
        for finding in findings
    ]
    columns = [say(f"page.column.{name}", language) for name in ("rule", "grid", "reason")]
    return pd.DataFrame(rows, columns=columns)


def placed_code(code: str, community: str) -> str:
    """A grid's code as tables tell it: a number alone would be the same in every community."""
    number = short_number(code)
    return code if number == code else f"{community} {number}"
