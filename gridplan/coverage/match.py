"""Which facilities count for which service: by their kind, their name and their hours."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gridplan.coverage.hours import read_hours
from gridplan.coverage.services import Service, ServiceSet
from gridplan.schema import KIND, NAME, OPENING_HOURS

INT = NDArray[np.int64]
BOOL = NDArray[np.bool_]


@dataclass(frozen=True)
class Matched:
    """Which facilities count for which service.

    Parameters
    ----------
    rows : mapping of str to int array
        Positions in the layer of facilities that count, by the service's key.
    shut : mapping of str to int
        Facilities that fit but are not open as asked, or whose hours are not known.
    unknown_hours : mapping of str to int
        Facilities that fit and whose hours are missing or not understood.
    unmatched : int
        Facilities that fit no service.
    """

    rows: Mapping[str, INT]
    shut: Mapping[str, int]
    unknown_hours: Mapping[str, int]
    unmatched: int


def match_facilities(facilities: gpd.GeoDataFrame, services: ServiceSet) -> Matched:
    """Find the facilities of each service.

    The kind decides; the name is asked only where the kind fits no service at all.

    Parameters
    ----------
    facilities : GeoDataFrame
        ``name, kind, opening_hours``.
    services : ServiceSet
    """
    kinds = facilities[KIND].astype(str).to_numpy(dtype=object)
    names = facilities[NAME].astype(str).to_numpy(dtype=object)
    hours = facilities[OPENING_HOURS].astype(str)
    by_kind = _table(services, kinds, Service.fits_kind)
    by_name = _table(services, names, Service.fits_name)
    fits = by_kind | (by_name & ~by_kind.any(axis=1, keepdims=True))
    rows, shut, unknown = {}, {}, {}
    for number, service in enumerate(services.services):
        mine = [k for k in np.flatnonzero(fits[:, number]).tolist()
                if not service.shuts_out(kinds[k], names[k])]  # fmt: skip
        rule = services.rule(service)
        kept = [k for k in mine if rule.keeps(hours.iloc[k])]
        rows[service.key] = np.asarray(kept, dtype=np.int64)
        shut[service.key] = len(mine) - len(kept)
        unknown[service.key] = sum(read_hours(hours.iloc[k]) is None for k in mine)
    return Matched(
        MappingProxyType(rows),
        MappingProxyType(shut),
        MappingProxyType(unknown),
        int((~fits.any(axis=1)).sum()),
    )


def _table(
    services: ServiceSet, words: NDArray[np.object_], fits: Callable[[Service, str], bool]
) -> BOOL:
    """Whether each word fits each service; every different word is asked once."""
    codes, different = pd.factorize(words)
    asked = [[fits(service, word) for service in services.services] for word in different]
    table = np.asarray(asked, dtype=bool).reshape(len(different), len(services.services))
    return np.asarray(table[codes], dtype=bool)
