"""How well a surface foretold: cases of held-out fortnights in the squares it named.

PAI: S. Chainey, L. Tompson, S. Uhlig, "The utility of hotspot mapping for predicting spatial patterns
of crime", Security Journal 21 (2008), 4–28. PEI: J. M. Hunt, "Do crime hot spots move?", 2016.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gridplan.hotspots.density import FinePoints, Raster, Surface
from gridplan.hotspots.zones import FLOAT

FORTNIGHT = np.timedelta64(14, "D")
SHARES = (0.01, 0.05)
"""Shares of the ground that are named."""
PLAIN = Surface(0.0)
"""The yardstick: what came in the last 52 weeks."""
CANDIDATES: Mapping[str, Surface] = {
    "count_52": PLAIN,
    **{f"kde_{metres}": Surface(float(metres)) for metres in (75, 100, 150, 200, 250, 350)},
    **{f"kde_{metres}_recent": Surface(float(metres), 52, 13.0) for metres in (100, 150, 250)},
    **{f"kde_{metres}_two_years": Surface(float(metres), 104, 52.0) for metres in (100, 150, 250)},
}
"""Surfaces that a map can be drawn from, by name."""


def backtest(
    raster: Raster,
    xy_m: FLOAT,
    opened: NDArray[np.datetime64],
    ends: Iterable[np.datetime64],
    candidates: Mapping[str, Surface] = CANDIDATES,
) -> pd.DataFrame:
    """Each surface, drawn from what came before a fortnight, against what came in it.

    Parameters
    ----------
    raster : Raster
        Metric CRS.
    xy_m : float array, shape (k, 2)
        Cases, same CRS.
    opened : datetime64 array, shape (k,)
        When each came.
    ends : iterable of datetime64
        End of each fortnight, which is no part of it.
    candidates : mapping of str to Surface
        By name.

    Returns
    -------
    DataFrame
        ``end, surface, share, squares, cases, hits, pai, pei``; PAI is the share of cases hit over
        the share of ground named, PEI is PAI over the greatest that as many squares could have.
        Fortnights without cases are left out.
    """
    rows = []
    widest_m = max((surface.bandwidth_m for surface in candidates.values()), default=0.0)
    points = FinePoints.of(raster, xy_m, widest_m)
    for end in ends:
        begin = end - FORTNIGHT
        held = raster.sum(points.square[(opened >= begin) & (opened < end)])
        if not held.sum():
            continue
        surfaces = points.values(candidates.values(), opened, begin)
        for name, values in zip(candidates, surfaces, strict=True):
            rows += [(end, name, share, *_hits(values, held, share)) for share in SHARES]
    names = ["end", "surface", "share", "squares", "cases", "hits", "pai", "pei"]
    return pd.DataFrame(rows, columns=names)


def best_surface(table: pd.DataFrame, share: float = 0.05) -> str:
    """The surface with the highest mean PAI; the first in the order of the table where two tie.

    Parameters
    ----------
    table : DataFrame
        From :func:`backtest`; the yardstick where it is empty.
    share : float
        Of the ground.
    """
    own = table[table["share"] == share]
    if own.empty:
        return next(name for name, surface in CANDIDATES.items() if surface == PLAIN)
    return str(own.groupby("surface", sort=False)["pai"].mean().idxmax())


def _hits(values: FLOAT, held: FLOAT, share: float) -> tuple[int, int, int, float, float]:
    many = max(1, round(share * len(values)))
    named = np.argsort(-values, kind="stable")[:many]
    hits, cases = int(held[named].sum()), int(held.sum())
    most = int(np.sort(held)[::-1][:many].sum())
    return many, cases, hits, hits / cases / (many / len(values)), hits / most
