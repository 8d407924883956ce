"""Which broken rules are proved to be unavoidable, and which are violations."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

import geopandas as gpd
import pandas as pd
import shapely

from gridplan.partition.outcome import Reason
from gridplan.plan import Finding, Plan
from gridplan.rules import Rule
from gridplan.schema import HOUSEHOLDS

EXCUSES = {
    "reason.unit_too_heavy": {Rule.UPPER},
    "reason.component": {Rule.UPPER, Rule.LOWER},
    "reason.sparse_place": {Rule.LOWER, Rule.RADIUS},
    "reason.relaxation_bound": {Rule.UPPER, Rule.LOWER},
    "reason.measures": {Rule.UPPER, Rule.LOWER},
    "reason.fixed_count": {Rule.UPPER, Rule.LOWER},
    "reason.locked": {Rule.UPPER, Rule.LOWER, Rule.RADIUS, Rule.CONTIGUITY, Rule.COMPOUND},
    "reason.exclusive": {Rule.UPPER, Rule.LOWER, Rule.RADIUS},
}
"""Which rules each kind of proof speaks of."""

OF_A_UNIT = frozenset(("reason.unit_too_heavy", "reason.sparse_place"))
"""Proofs that speak of one unit of the ground, whatever the grids around it."""

OF_MARKS = frozenset(("reason.locked", "reason.exclusive"))
"""What a planner said of a grid, and may have taken back."""

TILING_TOLERANCE = 1e-6
"""Greatest difference between a community's area and its grids', as a share."""


def prove(
    findings: Iterable[Finding],
    reasons: Mapping[str, Iterable[Reason]],
    unit_ids: Mapping[str, tuple[str, ...]],
    grid_of_unit: pd.Series,
    measure: str = HOUSEHOLDS,
) -> tuple[Finding, ...]:
    """Attach to each finding the proof that speaks of its rule and of a unit in its grid.

    Parameters
    ----------
    findings : iterable of Finding
        From :func:`gridplan.analyse.metrics.breaches`.
    reasons : mapping of str to iterable of Reason
        By community code, unit positions as in `unit_ids`.
    unit_ids : mapping of str to tuple of str
        Units of each community in the order of its graph.
    grid_of_unit : Series
        ``grid_id`` by ``unit_id``.
    measure : str
        What the limits count: ``households`` or ``people``.

    Returns
    -------
    tuple of Finding
        The same findings, proved ones with the words of their proof.
    """
    proofs: dict[tuple[str, Rule], Reason] = {}
    for code, told in reasons.items():
        for reason in told:
            grids = {grid_of_unit[unit_ids[code][position]] for position in reason.units}
            for rule in EXCUSES[reason.key]:
                for grid in grids:
                    proofs.setdefault((grid, rule), reason)
    return tuple(
        with_proof(finding, proof, measure)
        if (proof := proofs.get((finding.grid, finding.rule)))
        else finding
        for finding in findings
    )


def inherit(
    findings: Iterable[Finding], base: Plan, units: gpd.GeoDataFrame
) -> tuple[Finding, ...]:
    """Attach the proofs of an earlier plan where they still hold.

    A grid must hold the same units as it did there. A proof that counts what several grids miss
    in all, or that speaks of a piece of the ground with several grids, holds only where no grid of
    the community has changed. Where a grid was excused as locked or exclusive, all proofs of the
    community are relative to that, and none is inherited.

    Parameters
    ----------
    findings : iterable of Finding
        Of the plan as it is.
    base : Plan
        With the proofs, by the same rules and of the same data.
    units : GeoDataFrame
        ``unit_id, grid_id, community`` as they are.

    Returns
    -------
    tuple of Finding
        The same findings, proved ones with the words of their proof.
    """
    before = base.units.set_index("unit_id")["grid_id"]
    moved = units["unit_id"].map(before) != units["grid_id"]
    touched = set(units.loc[moved, "grid_id"]) | set(units.loc[moved, "unit_id"].map(before))
    stirred = set(units.loc[moved, "community"])
    home = base.units.drop_duplicates("grid_id").set_index("grid_id")["community"]
    marked = {home[known.grid] for known in base.exceptions if known.key in OF_MARKS}
    kept = {
        (known.grid, known.rule): known
        for known in base.exceptions
        if known.grid not in touched
        and home[known.grid] not in marked
        and (home[known.grid] not in stirred or _of_itself(known))
    }
    return tuple(
        finding if finding.proved else kept.get((finding.grid, finding.rule), finding)
        for finding in findings
    )


def _of_itself(known: Finding) -> bool:
    """Whether a proof speaks of the ground of its grid alone: of a unit, or of a whole piece."""
    if known.key in OF_A_UNIT:
        return True
    return known.key == "reason.component" and known.values.get("households") == known.value


def with_proof(finding: Finding, reason: Reason, measure: str) -> Finding:
    """A finding with the proof that the rule cannot be kept there.

    Parameters
    ----------
    finding : Finding
        Of the grid that the reason speaks of.
    reason : Reason
        Excuses its rule, see `EXCUSES`.
    measure : {"households", "people"}
        What the limits count.
    """
    values = {**reason.values, "measure": measure}
    return replace(finding, key=reason.key, values=values, proved=True)


def scope_breaches(units: gpd.GeoDataFrame, grid_of_unit: pd.Series) -> tuple[Finding, ...]:
    """Grids that cross the border of a compound which is cut inside itself.

    Parameters
    ----------
    units : GeoDataFrame
        ``unit_id, scope``.
    grid_of_unit : Series
        ``grid_id`` by ``unit_id``.
    """
    scopes = units.groupby(units["unit_id"].map(grid_of_unit))["scope"].nunique()
    return tuple(
        Finding(Rule.COMPOUND, str(grid), float(count), 1.0, "breach.compound")
        for grid, count in scopes.items()
        if count > 1
    )


def tiling_breaches(grids: gpd.GeoDataFrame, communities: gpd.GeoDataFrame) -> tuple[Finding, ...]:
    """Communities whose grids leave a gap or overlap.

    Parameters
    ----------
    grids : GeoDataFrame
        ``grid_id, community, geometry``; metric CRS.
    communities : GeoDataFrame
        ``community_code, name, geometry``; the same CRS.
    """
    found = []
    for place in communities.itertuples():
        mine = grids[grids["community"] == place.community_code]
        if mine.empty:
            continue
        gap = abs(mine.area.sum() - place.geometry.area) / place.geometry.area
        if gap > TILING_TOLERANCE or not shapely.coverage_is_valid(mine.geometry.to_numpy()):
            values = {"community": place.name}
            first = str(mine["grid_id"].iloc[0])
            found.append(Finding(Rule.COVERAGE, first, gap, 0.0, "breach.coverage", values))
    return tuple(found)
