"""Rates by household that do not shout where few live: empirical Bayes smoothing."""

from __future__ import annotations

import numpy as np

from gridplan.hotspots.zones import FLOAT, INT

PER = 100.0
"""Rates are cases per this many households."""


def shrunken(cases: INT, households: FLOAT) -> FLOAT:
    """Empirical-Bayes rates, drawn towards the area's rate the more, the fewer live there.

    R. J. Marshall, "Mapping disease and mortality rates using empirical Bayes estimators",
    Applied Statistics 40 (1991), 283–294, the global estimator by moments.

    Parameters
    ----------
    cases : int array, shape (n,)
        In each place.
    households : float array, shape (n,)
        Above 0.

    Returns
    -------
    float array, shape (n,)
        Cases a household.
    """
    if not len(cases):
        return np.empty(0)
    mean = cases.sum() / households.sum()
    raw = cases / households
    between = float((households * (raw - mean) ** 2).sum() / households.sum())
    between = max(between - mean / households.mean(), 0.0)
    if between == 0.0:
        return np.full(len(cases), mean)
    trust = between / (between + mean / households)
    rates: FLOAT = trust * raw + (1 - trust) * mean
    return rates
