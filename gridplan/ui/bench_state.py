"""What the editing map and its panel are told after every step, as plain values."""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping
from typing import Any

import networkx as nx
import numpy as np

from gridplan.edit import Division, GridState, Mark, Verdict
from gridplan.edit.codes import grid_codes
from gridplan.errors import GridplanError
from gridplan.maps.canvas import Canvas
from gridplan.maps.style import FILLS, short_number
from gridplan.prepared import Prepared
from gridplan.schema import COMMUNITY_CODE, GRID_ID, HOUSEHOLDS, WORKER
from gridplan.store import Line
from gridplan.ui.helping import Help
from gridplan.ui.tables import light
from gridplan.words import Language, say


class Colours:
    """A fill for each grid, apart from its neighbours', that changes only where it must.

    Parameters
    ----------
    canvas : Canvas
        Whose borders say which units touch.
    """

    def __init__(self, canvas: Canvas) -> None:
        self._ids = canvas.units["id"]
        self._pairs = np.array([border[:2] for border in canvas.borders], dtype=np.int64).reshape(
            -1, 2
        )
        self._known: dict[str, int] = {}

    def of(self, division: Division) -> Mapping[str, int]:
        """Number of a fill by ``grid_id``."""
        beside = self._neighbours(division)
        if not self._known:
            free = nx.greedy_color(beside, strategy="DSATUR")
            self._known = {grid: number % len(FILLS) for grid, number in free.items()}
        settled: dict[str, int] = {}
        for grid in sorted(beside, key=lambda grid: (grid not in self._known, grid)):
            taken = [settled[other] for other in beside[grid] if other in settled]
            wanted = self._known.get(grid, -1)
            if wanted < 0 or wanted in taken:
                wanted = min(range(len(FILLS)), key=lambda fill: (taken.count(fill), fill))
            settled[grid] = wanted
        self._known = settled
        return settled

    def _neighbours(self, division: Division) -> nx.Graph:
        row = {grid: number for number, grid in enumerate(division.units_of)}
        label = np.array([row.get(division.grid_of[unit], -1) for unit in self._ids])
        ends = label[self._pairs]
        ends = np.unique(ends[(ends >= 0).all(axis=1) & (ends[:, 0] != ends[:, 1])], axis=0)
        names, beside = list(row), nx.Graph()
        beside.add_nodes_from(names)
        beside.add_edges_from((names[a], names[b]) for a, b in ends.tolist())
        return beside


def state_of(
    prepared: Prepared, line: Line, verdict: Verdict, colours: Colours, language: Language
) -> dict[str, Any]:
    """A branch as it stands and the verdict on it, whole.

    Parameters
    ----------
    prepared : Prepared
        The area.
    line : Line
        The branch.
    verdict : Verdict
        On its division.
    colours : Colours
        Of this browser.
    language : {"zh", "en"}
        Of the findings.

    Returns
    -------
    dict
        ``plan``, ``revision``, ``undo``, ``redo``, ``by``; ``grids``: a row as in
        `GRID_ROW` by ``grid_id``; ``lost``: findings on units of no grid; ``sums``; ``staff``: posts of present grids that
        no grid continues, with their codes.
    """
    fills = colours.of(line.division)
    codes = grid_codes(prepared, line.division)
    places = {code: row for row, code in enumerate(prepared.layers.communities[COMMUNITY_CODE])}
    broken: dict[str, list[Said]] = {}
    for found in verdict.findings:
        rule = say(f"page.rule.{found.rule.value}", language)
        told = [rule, found.reason(language), int(found.proved)]
        broken.setdefault(found.grid, []).append(told)
    people = prepared.rules.measure != HOUSEHOLDS
    kin = verdict.lineage.to_dict("index")
    rows = {
        grid: _row(
            state, codes[grid], (fills[grid], places[state.community]), line.division, kin[grid],
            people, broken.get(grid, []),
        )
        for grid, state in verdict.grids.items()
    }  # fmt: skip
    return {
        "plan": line.branch_id,
        "revision": line.revision,
        "undo": line.can_undo,
        "redo": line.can_redo,
        "by": line.last_by,
        "grids": rows,
        "lost": broken.get("", []),
        "sums": _sums(prepared, verdict),
        "staff": _unplaced(prepared, verdict),
    }


GRID_ROW = (
    "id", "code", "fill", "amount", "lower", "upper", "light", "radius_m", "radius_limit_m",
    "pieces", "locked", "exclusive", "community", "present", "worker", "moved", "broken",
)  # fmt: skip
"""What a row of ``grids`` holds; limits are None where there is none, ``broken`` has rule, reason
and whether that is a proof, of each finding in words."""
Said = list[Any]


def _row(
    state: GridState,
    code: str,
    places: tuple[int, int],
    division: Division,
    kin: Mapping[Hashable, Any],
    people: bool,
    broken: list[Said],
) -> list[Any]:
    amount = state.people if people else state.households
    return [
        state.grid_id,
        short_number(code),
        places[0],
        amount,
        _number(state.lower) or None,
        _number(state.upper),
        light(amount, state.lower, state.upper),
        round(state.radius_m),
        _number(state.radius_limit_m),
        state.pieces,
        int(division.has(state.grid_id, Mark.LOCKED)),
        int(division.has(state.grid_id, Mark.EXCLUSIVE)),
        places[1],
        str(kin["present"]),
        str(kin["worker"]),
        int(kin["moved_households"]),
        broken,
    ]


def _number(limit: float) -> float | None:
    return None if math.isinf(limit) else round(limit, 1)


def help_state(
    help_: Help | None, division: Division, canvas: Canvas, language: Language
) -> dict[str, Any] | None:
    """What the machine does or offers, None where nothing was asked.

    Returns
    -------
    dict or None
        ``kind``, ``token`` (which request), ``running``, ``step``, ``share``, ``seconds``, ``stopping``, ``error``;
        ``options``: households that move, grids with faults, faults, compactness; ``chosen``; and
        of that one the rows of units that would move and, of each, the place of its grid in
        ``names``.
    """
    if help_ is None:
        return None
    work = help_.work
    told: dict[str, Any] = {
        "kind": help_.kind,
        "token": help_.token,
        "running": work.running,
        "error": "",
    }
    if work.running:
        step = say(work.step if work.told else "step.solve", language)
        return {**told, "step": step, "share": round(work.share, 2),
                "seconds": round(work.seconds), "stopping": work.stopping}  # fmt: skip
    if work.error is not None:
        if isinstance(work.error, GridplanError):
            return {**told, "error": work.error.text(language)}
        return {**told, "error": say("page.workbench.failed", language)}
    if not help_.fits(division):
        return {**told, "error": say("page.workbench.outdated", language)}
    options = [[o.households, o.broken, o.findings, o.compactness] for o in help_.options]
    moved = {} if help_.option is None else help_.option.edit.moved
    names = sorted({after for _, after in moved.values()})
    units = [row for row, unit in enumerate(canvas.units["id"]) if unit in moved]
    places = [names.index(moved[canvas.units["id"][row]][1]) for row in units]
    return {**told, "options": options, "chosen": help_.chosen, "names": names,
            "moved": [units, places]}  # fmt: skip


def _sums(prepared: Prepared, verdict: Verdict) -> dict[str, Any]:
    return {
        "broken": len(verdict.broken),
        "findings": sum(not finding.proved for finding in verdict.findings),
        "proved": sum(finding.proved for finding in verdict.findings),
        "moved": verdict.moved_households,
        "households": int(prepared.units.frame[HOUSEHOLDS].sum()),
        "wanted": sum(verdict.wanted.values()),
        "posts": sum(verdict.posts.values()) if verdict.posts else None,
    }


def _unplaced(prepared: Prepared, verdict: Verdict) -> list[list[str]]:
    """Code and post of the present grids that no grid continues."""
    if not prepared.present:
        return []
    present = next(iter(prepared.present.values())).grids
    kept = set(verdict.lineage["present"])
    return [
        [str(code), str(worker)]
        for code, worker in zip(present[GRID_ID], present[WORKER], strict=True)
        if code not in kept
    ]
