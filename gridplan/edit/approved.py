"""The plan in force, as it was approved: what a month's data are held against."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import Protocol

import shapely

from gridplan.edit.division import Division


class GridInForce(Protocol):
    """A grid under its code, as the store tells it; see :class:`gridplan.store.CodedGrid`."""

    @property
    def code(self) -> str:
        """That everybody knows it by."""

    @property
    def grid_id(self) -> str:
        """In the division that was approved."""

    @property
    def community(self) -> str:
        """Code of its community."""

    @property
    def households(self) -> int:
        """Inside, at approval."""

    @property
    def people(self) -> int:
        """Inside, at approval."""

    @property
    def geometry(self) -> shapely.Geometry:
        """Its ground."""

    @property
    def crs(self) -> str:
        """Of the ground, as EPSG code or WKT."""


@dataclass(frozen=True, eq=False)
class Approved:
    """A plan in force.

    Parameters
    ----------
    grids : sequence of GridInForce
        Its grids: ``Store.codes.in_force(area, day).grids``.
    homes : mapping of str to (str, int)
        By ``building_id``: its ``unit_id`` and its households on the data of the plan:
        ``Store.plan(plan_id).homes.of_building``.
    division : Division
        The version that was approved: ``Store.division_of(plan_id, number)``.
    """

    grids: Sequence[GridInForce]
    homes: Mapping[str, tuple[str, int]]
    division: Division

    @cached_property
    def code_of(self) -> Mapping[str, str]:
        """The code in force of each grid, by ``grid_id``."""
        return MappingProxyType({grid.grid_id: grid.code for grid in self.grids})
