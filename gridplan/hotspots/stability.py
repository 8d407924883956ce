"""Whether findings hang on the size of the cells or on where they happen to lie."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gridplan.hotspots.cells import Cells, lay_cells
from gridplan.hotspots.clusters import zones_of
from gridplan.hotspots.gather import Gathered
from gridplan.hotspots.scan import Cluster, scan
from gridplan.hotspots.spec import HotspotSpec

SIZES = (1.0, 1.5, 2.0)
"""Cells tried, in sides of the cells chosen."""
MAPS = 199
"""Random maps for each: enough to tell what is significant at 5 % from what is not."""


def stability(
    gathered: Gathered, counted: NDArray[np.bool_], lasting: Sequence[Cluster], spec: HotspotSpec
) -> pd.DataFrame:
    """The lasting clusters of all cases, found again with other cells.

    Parameters
    ----------
    gathered : Gathered
        Cases.
    counted : bool array, shape (cases,)
        Which of them count.
    lasting : sequence of Cluster
        What the chosen cells found.
    spec : HotspotSpec
        How it was found.

    Returns
    -------
    DataFrame
        ``size_m, shift_m, clusters, overlap``: households in both findings over those in either;
        1 where neither finds anything.
    """
    rng = np.random.default_rng(spec.seed)
    test = replace(spec.clusters.scan, replications=min(MAPS, spec.clusters.scan.replications))
    mine = _homes_in(gathered.cells, lasting)
    rows = []
    for size_m in (factor * spec.cell_m for factor in SIZES):
        for shift_m in (0.0, size_m / 2):
            cells = lay_cells(gathered.homes, size_m, shift_m)
            zones = zones_of(gathered.homes, cells, gathered.streets, spec.clusters)
            count = cells.count(gathered.home[counted])
            other = scan(count, cells.households, zones, test, rng)
            theirs = _homes_in(cells, other)
            rows.append((size_m, shift_m, len(other), _overlap(mine, theirs, gathered)))
    return pd.DataFrame(rows, columns=["size_m", "shift_m", "clusters", "overlap"])


def _homes_in(cells: Cells, clusters: Sequence[Cluster]) -> NDArray[np.bool_]:
    held = np.zeros(len(cells.households), dtype=bool)
    for cluster in clusters:
        held[cluster.cells] = True
    return held[cells.of_home]


def _overlap(mine: NDArray[np.bool_], theirs: NDArray[np.bool_], gathered: Gathered) -> float:
    either = gathered.homes.households[mine | theirs].sum()
    both = gathered.homes.households[mine & theirs].sum()
    return float(both / either) if either else 1.0
