"""Ground without residents that cut compounds enclose goes with a compound."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from gridplan.graph import UnitGraph
from gridplan.load.layers import Note
from gridplan.schema import UNIT_ID
from gridplan.tiling import piece_of
from gridplan.units import Units

SCOPE = "scope"


def absorb_pockets(units: Units, graphs: Mapping[str, UnitGraph]) -> Units:
    """Let empty pockets between cut compounds be served with the compound beside them.

    A compound above the upper limit is cut inside itself. What stands between such compounds, a
    substation or a shop, can then belong to no other grid; where nobody lives in the whole piece
    it takes the scope of the compound with which it shares most border. A piece with residents
    stays as it is.

    Parameters
    ----------
    units : Units
        As built.
    graphs : mapping of str to UnitGraph
        By community code.

    Returns
    -------
    Units
        With the scopes of such units filled, and a note that counts them.
    """
    scope = units.frame.set_index(UNIT_ID)[SCOPE].copy()
    moved = 0
    for graph in graphs.values():
        mine = scope[list(graph.ids)].to_numpy(dtype=object)
        filled = _filled(graph, mine)
        moved += int((filled != mine).sum())
        scope[list(graph.ids)] = filled
    if not moved:
        return units
    frame = units.frame.assign(scope=units.frame[UNIT_ID].map(scope))
    return replace(
        units, frame=frame, notes=(*units.notes, Note("units.pockets", {"count": moved}))
    )


def _filled(graph: UnitGraph, scope: np.ndarray) -> np.ndarray:
    """Scopes of one community with its empty pockets filled."""
    one, other = graph.edges.T
    loose = scope == ""
    both = loose[one] & loose[other]
    piece = piece_of(len(graph), one[both], other[both])
    households = np.bincount(piece, graph.weight)
    border = pd.DataFrame(
        {
            "piece": np.concatenate([piece[one], piece[other]]),
            "scope": np.concatenate([scope[other], scope[one]]),
            "inside": np.concatenate([loose[one] & ~loose[other], loose[other] & ~loose[one]]),
            "border_m": np.tile(graph.border_m, 2),
        }
    )
    shared = border[border["inside"]].groupby(["piece", "scope"], as_index=False)["border_m"].sum()
    shared = shared.sort_values(["border_m", "scope"], ascending=[False, True])
    goal = shared.drop_duplicates("piece").set_index("piece")["scope"]
    empty = loose & (households[piece] == 0)
    filled = scope.copy()
    filled[empty] = pd.Series(piece[empty]).map(goal).fillna("").to_numpy()
    return filled
