"""Hold a plan against the present grids: what gets better, and who has to change grid."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pandas as pd

from gridplan.analyse.changes import change_kinds, crosswalk, has_moved
from gridplan.plan import Finding, Plan
from gridplan.rules import Rule

if TYPE_CHECKING:
    from gridplan.analyse.present import Present


@dataclass(frozen=True)
class State:
    """Where one division into grids stands.

    Parameters
    ----------
    grids : int
        How many; each needs one grid worker.
    sound : int
        Those that break no rule.
    broken : mapping of Rule to int
        Number of grids that break each rule; a rule that none breaks is left out.
    largest, mean : float
        Households of the largest grid, and of the average one; 0 where there is no grid.
    uncovered_households : int
        Households in no grid.
    excused : mapping of Rule to int
        Of the broken, those with a proof that the rule cannot be kept there.
    """

    grids: int
    sound: int
    broken: Mapping[Rule, int]
    largest: float
    mean: float
    uncovered_households: int
    excused: Mapping[Rule, int] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Comparison:
    """Before and after.

    Parameters
    ----------
    before : State or None
        None where there are no present grids.
    after : State
        Of the plan; exceptions count as broken rules here too.
    posts, vacancies : int or None
        Of the roster of grid workers, None where there is none.
    moved_households : int
        Households whose grid is not the one that continues their present grid; 0 where there are
        no present grids.
    households : int
        All.
    moved_buildings : DataFrame
        变动楼栋清单: ``building_id, name, address, households, estimated, present, code`` of the
        buildings that change grid; ``present`` is "" for one that was in no grid.
    crosswalk : DataFrame
        ``grid_id, code, present, households, share_of_grid, share_of_present``: one row for each
        pair of new and present grid that share a unit; shares of households, 0 to 1.
    kinds : Series
        :class:`gridplan.analyse.changes.ChangeKind` by ``grid_id``.
    """

    before: State | None
    after: State
    posts: int | None
    vacancies: int | None
    moved_households: int
    households: int
    moved_buildings: pd.DataFrame
    crosswalk: pd.DataFrame
    kinds: pd.Series

    @property
    def moved_share(self) -> float:
        """Share of all households that change grid, 0 to 1."""
        return self.moved_households / self.households if self.households else 0.0


def compare(present: Present | None, plan: Plan, roster: pd.DataFrame | None = None) -> Comparison:
    """Compare a plan with the present grids that it starts from.

    Parameters
    ----------
    present : Present or None
        State of the legacy layer; None where there is none.
    plan : Plan
        The redrawn grids.
    roster : DataFrame, optional
        ``posts, vacancies`` of grid workers, one row a community.

    Returns
    -------
    Comparison
    """
    before = None
    if present is not None:
        codes = plan.units["unit_id"].map(present.unit_grid).fillna("")
        nowhere = int(plan.units.loc[codes == "", "households"].sum())
        before = state_of(present.grids, present.findings, nowhere)
    had_grids = plan.units["present"].ne("").any()
    return Comparison(
        before=before,
        after=state_of(plan.grids, (*plan.violations, *plan.exceptions), 0),
        posts=_total(roster, "posts"),
        vacancies=_total(roster, "vacancies"),
        moved_households=int(plan.grids["moved_households"].sum()) if had_grids else 0,
        households=plan.households,
        moved_buildings=_moved_buildings(plan),
        crosswalk=_crosswalk(plan),
        kinds=change_kinds(plan.units, plan.grids),
    )


def _moved_buildings(plan: Plan) -> pd.DataFrame:
    """Sorted by new code; no row where there are no present grids."""
    grids, units = plan.grids.set_index("grid_id"), plan.units.set_index("unit_id")
    table = pd.DataFrame(plan.buildings.drop(columns="geometry")).reset_index(drop=True)
    table["present"] = table["unit_id"].map(units["present"])
    table["code"] = table["grid_id"].map(grids["code"])
    if plan.units["present"].eq("").all():
        table = table.iloc[:0]
    table = table[has_moved(table, dict(grids["present"]))]
    columns = ["building_id", "name", "address", "households", "estimated", "present", "code"]
    return table.sort_values(["code", "present", "building_id"], ignore_index=True)[columns]


def _crosswalk(plan: Plan) -> pd.DataFrame:
    """Sorted by code and falling households."""
    table = crosswalk(plan.units)
    table = table[table["present"] != ""]
    table.insert(1, "code", table["grid_id"].map(plan.grids.set_index("grid_id")["code"]))
    order = ["code", "households", "present"]
    return table.sort_values(order, ascending=[True, False, True], ignore_index=True)


def state_of(grids: pd.DataFrame, findings: Iterable[Finding], nowhere: int) -> State:
    """Where a division stands.

    Parameters
    ----------
    grids : DataFrame
        ``grid_id, households``, one row a grid.
    findings : iterable of Finding
        What is wrong with them.
    nowhere : int
        Households in no grid.
    """
    told = [found for found in findings if found.grid]
    unsound = grids["grid_id"].isin({found.grid for found in told})
    return State(
        grids=len(grids),
        sound=int((~unsound).sum()),
        broken=_by_rule(told),
        largest=float(grids["households"].max()) if len(grids) else 0.0,
        mean=float(grids["households"].mean()) if len(grids) else 0.0,
        uncovered_households=nowhere,
        excused=_by_rule(found for found in told if found.proved),
    )


def _by_rule(findings: Iterable[Finding]) -> dict[Rule, int]:
    """Number of grids by the rule that they break, in the order of the rules."""
    grids: dict[Rule, set[str]] = {rule: set() for rule in Rule}
    for found in findings:
        grids[found.rule].add(found.grid)
    return {rule: len(held) for rule, held in grids.items() if held}


def _total(roster: pd.DataFrame | None, column: str) -> int | None:
    if roster is None or roster.empty or column not in roster or roster[column].isna().all():
        return None
    return int(roster[column].sum())
