"""The oracle: every way to make two legal grids of a few blocks."""

from __future__ import annotations

from collections.abc import Collection
from itertools import combinations

from gridplan.graph import UnitGraph


def cost_of(graph: UnitGraph, units: Collection[str]) -> float:
    """Households (one for none) × squared metres to the best centre within 300 m, summed."""
    place = dict(zip(graph.ids, graph.xy_m.tolist(), strict=True))
    weight = dict(zip(graph.ids, graph.weight.tolist(), strict=True))

    def away(unit: str, centre: str) -> float:
        return sum((a - b) ** 2 for a, b in zip(place[unit], place[centre], strict=True))

    near = [
        centre
        for centre in units
        if all(away(unit, centre) <= 300**2 for unit in units if weight[unit])
    ]
    sums = [sum(max(weight[unit], 1) * away(unit, centre) for unit in units) for centre in near]
    return min(sums, default=float("inf"))


def cheapest_two(graph: UnitGraph, units: Collection[str]) -> float:
    """The least cost of two grids of 6 to 10 households in one piece each."""
    first, *rest = sorted(units)
    ways = [
        ({first, *some}, set(rest) - set(some))
        for size in range(len(rest))
        for some in combinations(rest, size)
    ]
    return min(
        cost_of(graph, one) + cost_of(graph, other)
        for one, other in ways
        if _legal(graph, one) and _legal(graph, other)
    )


def _legal(graph: UnitGraph, units: set[str]) -> bool:
    weight = dict(zip(graph.ids, graph.weight.tolist(), strict=True))
    seen, edge = set(), {min(units)}
    while edge:
        seen |= edge
        beside = {
            graph.ids[b]
            for pair in graph.edges.tolist()
            for a, b in (pair, pair[::-1])
            if graph.ids[a] in edge
        }
        edge = (beside & units) - seen
    return seen == units and 6 <= sum(weight[unit] for unit in units) <= 10
