"""A plan is a value: grids with what each holds, and where all of it came from."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import geopandas as gpd

from gridplan.errors import GridplanError
from gridplan.partition.outcome import Stage, Status, in_words
from gridplan.rules import Rule, RuleSet
from gridplan.schema import GRID_ID, UNIT_ID
from gridplan.words import Language

GRID_COLUMNS = (
    "grid_id", "code", "community", "community_name", "residence_class", "scope", "households",
    "people", "estimated", "estimated_share", "units", "buildings", "radius_m", "compactness",
    "area_m2", "pieces", "lower", "upper", "radius_limit_m", "present", "moved_households",
    "change", "geometry",
)  # fmt: skip
"""Columns of `Plan.grids`; see :class:`Plan`."""

UNIT_COLUMNS = (
    "unit_id", "grid_id", "kind", "name", "community", "compound_id", "scope", "households",
    "people", "estimated", "buildings", "present", "geometry",
)  # fmt: skip
"""Columns of `Plan.units`."""

BUILDING_COLUMNS = (
    "building_id", "unit_id", "grid_id", "name", "address", "households", "people", "estimated",
    "geometry",
)  # fmt: skip
"""Columns of `Plan.buildings`."""


@dataclass(frozen=True)
class Finding:
    """A grid that breaks a rule.

    Parameters
    ----------
    rule : Rule
        Which.
    grid : str
        ``grid_id``.
    value, limit : float or None
        What the grid has and what the rule allows, in the rule's unit.
    key : str
        Catalogue entry of the reason in words, or the table that holds its wordings.
    values : dict
        What the entry's braces are filled with.
    proved : bool
        True where the reason proves that the rule cannot be met there: then it is an exception,
        anything else is a violation.
    """

    rule: Rule
    grid: str
    value: float | None
    limit: float | None
    key: str
    values: dict[str, Any] = field(default_factory=dict)
    proved: bool = False

    def reason(self, language: Language = "zh") -> str:
        """The reason in words."""
        return in_words(self.key, self.values, language)


@dataclass(frozen=True)
class Provenance:
    """What a plan was made of and with."""

    rules: RuleSet
    seed: int
    solver: str
    fingerprint: str
    version: str
    time_limit_s: float


@dataclass(frozen=True, eq=False)
class Plan:
    """Every building of an area in exactly one grid.

    Parameters
    ----------
    name : str
        Of the street or place.
    grids : GeoDataFrame
        One row a grid, sorted by code; metric CRS; columns `GRID_COLUMNS`. ``grid_id`` is the
        stable internal id, ``code`` the 15-digit draft, ``community`` the 12-digit code,
        ``scope`` the compound that a grid lies inside or "", ``estimated`` whether any of its
        households are estimated, ``radius_m`` the distance of the farthest unit from the centre,
        ``compactness`` 4π·area/perimeter² (Polsby–Popper), ``pieces`` the number of connected
        pieces, ``lower``/``upper``/``radius_limit_m`` the limits in force, ``present`` the code
        of the present grid it continues or "", ``moved_households`` those that come from
        another present grid, ``change`` one of keep, adjust, new.
    units : GeoDataFrame
        Columns `UNIT_COLUMNS`: ``scope`` is the compound that the unit must be grouped inside or
        "", ``present`` the code of its present grid or "", ``geometry`` its cell of the ground.
    buildings : GeoDataFrame
        Columns `BUILDING_COLUMNS`: which unit and so which grid each building lies in.
    status : Status
        Of the weakest community.
    stages : tuple of Stage
        Summed over the communities; none of a plan that was adjusted by hand: nothing is proved of
        what it costs.
    violations, exceptions : tuple of Finding
        What breaks a rule without and with a proof that it cannot be kept there.
    seconds : float
        Of solving.
    provenance : Provenance
        Settings, seed, solver and digest of the data.

    Raises
    ------
    GridplanError
        Where a unit has no grid or a grid no unit.
    """

    name: str
    grids: gpd.GeoDataFrame
    units: gpd.GeoDataFrame
    buildings: gpd.GeoDataFrame
    status: Status
    stages: tuple[Stage, ...]
    violations: tuple[Finding, ...]
    exceptions: tuple[Finding, ...]
    seconds: float
    provenance: Provenance

    def __post_init__(self) -> None:
        known, used = set(self.grids[GRID_ID]), set(self.units[GRID_ID])
        if known != used or self.units[UNIT_ID].duplicated().any():
            odd = ", ".join(sorted(known ^ used)[:5])
            raise GridplanError("error.plan_not_whole", grids=odd)

    @property
    def households(self) -> int:
        """Of all grids."""
        return int(self.grids["households"].sum())

    @property
    def estimated(self) -> bool:
        """Whether any household count is an estimate."""
        return bool(self.grids["estimated"].any())

    @property
    def adjusted(self) -> bool:
        """Whether it was adjusted by hand, so that nothing is proved of what it costs."""
        return not self.stages
