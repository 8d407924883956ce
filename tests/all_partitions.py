"""Oracles that try everything."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from gridplan.partition.problem import Problem


def partitions(count: int) -> Iterator[list[int]]:
    """Every way to put `count` units into unnamed grids."""

    def grow(label: list[int], used: int) -> Iterator[list[int]]:
        if len(label) == count:
            yield label
            return
        for grid in range(used + 1):
            yield from grow([*label, grid], max(used, grid + 1))

    yield from grow([0], 1)


def in_one_piece(units: list[int], edges: np.ndarray) -> bool:
    left, seen = set(units[1:]), [units[0]]
    while seen:
        unit = seen.pop()
        near = {b for a, b in edges.tolist() if a == unit} | {
            a for a, b in edges.tolist() if b == unit
        }
        seen += near & left
        left -= near
    return not left


def best_cost(problem: Problem) -> float:
    """Least cost of any legal plan, by trying all; ``inf`` where there is none."""
    best = np.inf
    for label in partitions(len(problem)):
        groups = max(label) + 1
        if groups != problem.groups:
            continue
        total = 0.0
        for grid in range(groups):
            units = [i for i, g in enumerate(label) if g == grid]
            held = problem.weight[units].sum()
            whole = problem.edges is None or in_one_piece(units, problem.edges)
            if not problem.lower <= held <= problem.upper or not whole:
                total = np.inf
                break
            total += problem.cost[np.ix_(units, units)].sum(axis=0).min()
        best = min(best, total)
    return float(best)
