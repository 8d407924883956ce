"""What lies between two states of a plan, as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

import pandas as pd

from gridplan.analyse.changes import ChangeKind
from gridplan.analyse.compare import State
from gridplan.edit.division import Division
from gridplan.edit.verdict import Verdict
from gridplan.plan import Finding
from gridplan.schema import ESTIMATED, HOUSEHOLDS


@dataclass(frozen=True, eq=False)
class Side:
    """One of the two states.

    Parameters
    ----------
    division : Division
        Who is in which grid.
    verdict : Verdict
        What the judge says of it.
    state : State
        The same in numbers.
    codes : mapping of str to str
        What people call each grid, by ``grid_id``.
    """

    division: Division
    verdict: Verdict
    state: State
    codes: Mapping[str, str]

    @property
    def workers_needed(self) -> int:
        """Grid workers: one a grid."""
        return sum(self.verdict.wanted.values())


@dataclass(frozen=True)
class FindingChange:
    """A broken rule on either side or on both, of a grid and the one that continues it.

    Parameters
    ----------
    before, after : Finding or None
        None where the rule is kept; not both.
    code : str
        Of the grid after, else before; "" for units in no grid.
    """

    before: Finding | None
    after: Finding | None
    code: str

    @property
    def finding(self) -> Finding:
        """The one after, else the one before."""
        return cast("Finding", self.after or self.before)

    @property
    def change(self) -> str:
        """``open``, ``arisen`` or ``solved``."""
        if self.after is None:
            return "solved"
        return "arisen" if self.before is None else "open"


@dataclass(frozen=True, eq=False)
class Differences:
    """What lies between two states.

    Parameters
    ----------
    area : str
        Name of the street.
    before, after : Side
        The two.
    posts : int or None
        Grid workers on the roster, None where there is none.
    households : int
        All of the area.
    findings : tuple of FindingChange
        Those newly arisen, then those still open, in the order of the verdict after; then those
        solved.
    lineage : DataFrame
        From :func:`gridplan.analyse.lineage.lineage`, by ``grid_id`` after: ``present`` is the
        grid before that it continues.
    grids : DataFrame
        One row a grid after, and one each that is withdrawn, by community and code: ``before,
        after`` (``grid_id`` or ""), ``code_before, code_after, community, community_name, kind``
        (:class:`gridplan.analyse.changes.ChangeKind`), ``households_before, households_after,
        moved_in, moved_out`` (households), ``worker_before, worker_after, estimated``.
    crosswalk : DataFrame
        ``before, after, code_before, code_after, households, share_of_before, share_of_after,
        stays``: one row for each pair that shares a unit, "" for no grid; shares of households,
        0 to 1; ``stays`` where the one continues the other.
    units : DataFrame
        Those that move: ``unit_id, name, households, estimated, before, after, code_before,
        code_after``.
    buildings : DataFrame
        变动楼栋清单: ``building_id, name, address, households, estimated, unit_id, before, after,
        code_before, code_after, worker_before, worker_after``, by code after and before.
    """

    area: str
    before: Side
    after: Side
    posts: int | None
    households: int
    findings: tuple[FindingChange, ...]
    lineage: pd.DataFrame
    grids: pd.DataFrame
    crosswalk: pd.DataFrame
    units: pd.DataFrame
    buildings: pd.DataFrame

    @property
    def moved_households(self) -> int:
        """Households whose grid is not the one that continues theirs."""
        return int(self.units[HOUSEHOLDS].sum())

    @property
    def moved_share(self) -> float:
        """Share of all households that move, 0 to 1."""
        return self.moved_households / self.households if self.households else 0.0

    @property
    def estimated(self) -> bool:
        """Whether any household that moves is an estimate."""
        return bool(self.units[ESTIMATED].any())

    @property
    def changed(self) -> pd.DataFrame:
        """The rows of `grids` that are not kept as they were."""
        return self.grids[self.grids["kind"] != ChangeKind.KEEP]
