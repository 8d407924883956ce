"""An area made ready: what a redraw, hotspots and blind spots all start from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from gridplan.analyse.present import Present
from gridplan.fabric import Fabric
from gridplan.load.layers import Layers
from gridplan.rules import RuleSet
from gridplan.units import Units


@dataclass(frozen=True, eq=False)
class Prepared:
    """An area ready to be redrawn.

    Parameters
    ----------
    layers : Layers
        As read.
    units : Units
        What is assigned whole.
    fabric : Fabric
        Cells of the ground and graphs of neighbours.
    present : mapping of str to Present
        State of each legacy layer, by its name.
    rules : RuleSet
        The units depend on it: a compound above the upper limit is cut.
    seconds : float
        Wall-clock time of preparing.
    """

    layers: Layers
    units: Units
    fabric: Fabric
    present: Mapping[str, Present]
    rules: RuleSet
    seconds: float

    @property
    def present_grid(self) -> pd.Series:
        """Present grid by ``unit_id``, as the first legacy layer has it; empty where there is none.

        A redraw starts from it, and codes and workers are inherited along it.
        """
        first = next(iter(self.present.values()), None)
        return pd.Series(dtype=object) if first is None else first.unit_grid
