"""Finding a building by its address, name or compound."""

from __future__ import annotations

import pandas as pd
from rapidfuzz import fuzz, process, utils

from gridplan.load.layers import Layers

LEAST_SCORE = 60.0


def directory(buildings: pd.DataFrame, layers: Layers) -> pd.DataFrame:
    """What can be searched for.

    Parameters
    ----------
    buildings : DataFrame
        ``building_id, name, address`` and ``compound_id`` where known.
    layers : Layers
        Gives the compounds' names.

    Returns
    -------
    DataFrame
        Index as in `buildings`; ``label`` (one line in words) and ``compound``.
    """
    known = layers.buildings.set_index("building_id")["compound_id"]
    names = (
        dict(zip(layers.compounds["compound_id"], layers.compounds["name"], strict=True))
        if "name" in layers.compounds
        else {}
    )
    compound = buildings["building_id"].map(known).map(names).fillna("").astype(str)
    parts = pd.DataFrame(
        {"a": compound, "b": buildings["address"].astype(str), "c": buildings["name"].astype(str)}
    )
    label = [" ".join(dict.fromkeys(part for part in row if part)) for row in parts.to_numpy()]
    text = pd.Series(label, index=buildings.index)
    text = text.where(text != "", buildings["building_id"].astype(str))
    return pd.DataFrame({"label": text, "compound": compound})


def find(query: str, labels: pd.Series, limit: int = 8) -> list[int]:
    """Rows that match best, best first.

    Parameters
    ----------
    query : str
        Part of an address or name; small faults are forgiven.
    labels : Series of str
        What to look through.
    limit : int
        Most rows returned.

    Returns
    -------
    list of int
        Positions in `labels`; empty where nothing is alike.
    """
    text = query.strip()
    if not text:
        return []
    exact = labels.str.contains(text, case=False, regex=False).to_numpy().nonzero()[0].tolist()
    found = process.extract(
        text,
        labels.tolist(),
        scorer=fuzz.WRatio,
        processor=utils.default_process,
        score_cutoff=LEAST_SCORE,
        limit=limit,
    )
    alike = [position for _, _, position in found]
    return list(dict.fromkeys([*exact[:limit], *alike]))[:limit]
