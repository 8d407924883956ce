"""What is odd about an area's cases, counted before anybody reads anything into them."""

from __future__ import annotations

from dataclasses import asdict, dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gridplan.cases.place import community_of_cases
from gridplan.schema import CASE_ID, CATEGORY, CLOSED, HOME, OPENED
from gridplan.words import Language, say


@dataclass(frozen=True)
class Quality:
    """Counts of cases, each of all `cases`.

    Parameters
    ----------
    cases : int
        All of them.
    located : int
        With a place inside a community.
    outside : int
        With a place in no community.
    without_place : int
        With none.
    with_home : int
        Of which it is known where the person lives.
    ids_twice : int
        Whose number an earlier case has.
    rows_twice : int
        That have place, category and minute of an earlier case.
    closed_early : int
        Closed before they came in.
    without_category, without_opened : int
        Of which that is not known.
    first, last : Timestamp
        When the first and the last came in; NaT where nothing is known.
    """

    cases: int
    located: int
    outside: int
    without_place: int
    with_home: int
    ids_twice: int
    rows_twice: int
    closed_early: int
    without_category: int
    without_opened: int
    first: pd.Timestamp
    last: pd.Timestamp

    def share(self, name: str) -> float:
        """A count as a share of all cases; NaN where there are none."""
        return float(asdict(self)[name] / self.cases) if self.cases else np.nan

    def table(self, language: Language = "zh") -> pd.DataFrame:
        """``what, count, share`` of every count, in words."""
        names = [name for name in asdict(self) if name not in ("cases", "first", "last")]
        return pd.DataFrame(
            {
                "what": [say(f"case.quality.{name}", language) for name in names],
                "count": [asdict(self)[name] for name in names],
                "share": [self.share(name) for name in names],
            }
        )


def quality_of(cases: gpd.GeoDataFrame, communities: gpd.GeoDataFrame) -> Quality:
    """Count what is odd.

    Parameters
    ----------
    cases : GeoDataFrame
        Columns of :class:`gridplan.load.layers.Layers`, metric CRS.
    communities : GeoDataFrame
        ``community_code`` and polygons, in the same CRS.

    Returns
    -------
    Quality
    """
    placed = cases.geometry.notna()
    located = community_of_cases(cases, communities) != ""
    opened, identity = cases[OPENED], cases[CASE_ID]
    return Quality(
        cases=len(cases),
        located=int(located.sum()),
        outside=int((placed & ~located).sum()),
        without_place=int((~placed).sum()),
        with_home=int(cases[HOME].notna().sum()),
        ids_twice=int(identity[identity != ""].duplicated().sum()),
        rows_twice=int(repeated_rows(cases).sum()),
        closed_early=int((cases[CLOSED] < opened).sum()),
        without_category=int((cases[CATEGORY] == "").sum()),
        without_opened=int(opened.isna().sum()),
        first=opened.min(),
        last=opened.max(),
    )


def repeated_rows(cases: gpd.GeoDataFrame) -> pd.Series:
    """Which cases have the place (to 0.1 m), the category and the minute of an earlier one.

    A case without place or time repeats none.
    """
    points = np.asarray(cases.geometry.array, dtype=object)
    known = cases.geometry.notna().to_numpy() & cases[OPENED].notna().to_numpy()
    key = pd.DataFrame(
        {
            "x": np.round(shapely.get_x(points), 1),
            "y": np.round(shapely.get_y(points), 1),
            "category": cases[CATEGORY].to_numpy(dtype=object),
            "minute": cases[OPENED].to_numpy().astype("datetime64[m]"),
        },
        index=cases.index,
    )
    return key.duplicated() & known
