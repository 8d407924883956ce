"""One planner at one branch of a plan: what the map asks for, done and kept, and what it is told."""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import Any

from gridplan.edit import Division, Edit, Judge, Mark, Verdict, hands, just_placed
from gridplan.errors import GridplanError
from gridplan.maps.canvas import Canvas
from gridplan.prepared import Prepared
from gridplan.store import Line, StaleError, Store
from gridplan.ui.bench_state import Colours, help_state, state_of
from gridplan.ui.helping import Help, Helps
from gridplan.words import Language, say

Message = Mapping[str, Any]
LOG = logging.getLogger("gridplan.page")
KNOWN = 50
"""Revisions that a browser may lag behind before it is told everything again."""
ALL = -1
"""What a browser says that it has seen when it knows nothing."""


class Bench:
    """Answers one browser; every edit is in the store before it is shown.

    Parameters
    ----------
    store : Store
        Where the plan is kept.
    prepared : Prepared
        The area that it divides.
    canvas : Canvas
        The ground as the browser knows it: units are named by their rows.
    branch_id : int
        Which branch.
    helps : Helps
        What the machine does for the branches of this server.
    """

    def __init__(
        self, store: Store, prepared: Prepared, canvas: Canvas, branch_id: int, helps: Helps
    ) -> None:
        self.store, self.prepared, self.canvas, self.helps = store, prepared, canvas, helps
        self.line: Line = store.line(branch_id)
        self._judge, self._colours = Judge(prepared), Colours(canvas)
        self._seen = ALL
        self._known: OrderedDict[int, tuple[Division, dict[str, Any]]] = OrderedDict()
        self._told: tuple[tuple[int, Language], dict[str, Any]] | None = None
        self._answer: dict[str, Any] = {"id": "", "error": "", "theirs": []}

    def is_for(self, store: Store, prepared: Prepared, branch_id: int) -> bool:
        """Whether it edits that branch of that reading of the area."""
        return (self.store, self.prepared, self.line.branch_id) == (store, prepared, branch_id)

    def answer(self, message: Message, author: str, language: Language) -> None:
        """Do what the map asks for; what was answered already is not done again.

        Parameters
        ----------
        message : mapping
            ``id``, ``plan`` (the branch), ``seen`` (the revision that it was made from), ``do``
            and what that takes.
        author : str
            Who.
        language : {"zh", "en"}
            Of what is told where it cannot be done.
        """
        self._seen = int(message["seen"])
        if message["id"] == self._answer["id"]:
            return
        self._answer = {"id": message["id"], "error": "", "theirs": []}
        seen = self._known.get(self._seen)
        try:
            self._do(message, author)
        except StaleError as error:
            self.line = error.line
            self._answer["error"] = error.text(language)
            theirs = None if seen is None else seen[0]
            self._answer["theirs"] = self._rows_apart(theirs, error.line.division)
        except GridplanError as error:
            self._answer["error"] = error.text(language)
        except Exception:  # unforeseen: it was not kept, and the browser has to know
            LOG.exception("an edit failed")
            self._answer["error"] = say("page.workbench.failed", language)

    def look(self) -> None:
        """See what others have done since."""
        if self.store.revision(self.line.branch_id) != self.line.revision:
            self.line = self.store.line(self.line.branch_id)

    def verdict(self) -> Verdict:
        """On the plan as it stands."""
        return self._judge.judge(self.line.division)

    def state(self, language: Language) -> dict[str, Any]:
        """What has changed on the map and beside it since what the browser has seen.

        Parameters
        ----------
        language : {"zh", "en"}
            Of the findings.

        Returns
        -------
        dict
            As from :func:`state_of`, but ``grids`` has only the rows that differ, ``gone`` the
            grids that are no more; ``moved`` has rows of units, and for each the place of its grid
            in ``names``; ``since`` is the revision that all this is to be laid over, `ALL` for
            none; and ``id``, ``error``, ``theirs`` (rows of units) of the last answer.
        """
        told = self._whole(language)
        division, rows = self.line.division, told["grids"]
        since = self._known.get(self._seen)
        self._known[self.line.revision] = division, rows
        while len(self._known) > KNOWN:
            self._known.popitem(last=False)
        before = {} if since is None else since[1]
        moved = self._rows_apart(None if since is None else since[0], division)
        grids = [division.grid_of[self.canvas.units["id"][row]] for row in moved]
        names = sorted(set(grids))
        return {
            **told,
            **self._answer,
            "since": ALL if since is None else self._seen,
            "grids": [row for grid, row in rows.items() if before.get(grid) != row],
            "gone": sorted(before.keys() - rows.keys()),
            "names": names,
            "moved": [moved, [names.index(grid) for grid in grids]],
            "help": help_state(self.helps.of(self.line.branch_id), division, self.canvas, language),
        }

    def _whole(self, language: Language) -> dict[str, Any]:
        """The branch and the verdict; worked out once a step, for pages ask again all the time."""
        of = self.line.revision, language
        if self._told is None or self._told[0] != of:
            told = state_of(self.prepared, self.line, self.verdict(), self._colours, language)
            self._told = of, told
        return self._told[1]

    def _do(self, message: Message, author: str) -> None:
        """One message.

        Raises
        ------
        GridplanError
            Where it cannot be done, in words.
        """
        what, seen = str(message["do"]), int(message["seen"])
        branch = self.line.branch_id
        if message["plan"] != branch:
            raise GridplanError("page.workbench.other_branch")
        if what == "undo":
            self.line = self.store.undo(branch, seen, author=author)
        elif what == "redo":
            self.line = self.store.redo(branch, seen, author=author)
        elif what in _EDITS:
            self._expect(seen)
            self.line = self.store.commit(branch, seen, _EDITS[what](self, message), author=author)
            if what == "take":
                self.helps.drop(branch)
        elif what in _HELP:
            _HELP[what](self, message)

    def _expect(self, seen: int) -> None:
        """Refuse what was made from another revision than the one that stands.

        Raises
        ------
        StaleError
            With how the branch stands.
        """
        self.look()
        if seen != self.line.revision:
            raise StaleError(self.line)

    def units(self, message: Message) -> list[str]:
        """The units that a message names by their rows."""
        ids = self.canvas.units["id"]
        return [ids[int(row)] for row in message["units"]]

    def _rows_apart(self, one: Division | None, other: Division) -> list[int]:
        """Rows of the units whose grid differs; all where one of the two is not known."""
        ids = self.canvas.units["id"]
        if one is None:
            return list(range(len(ids)))
        return [row for row, unit in enumerate(ids) if one.grid_of[unit] != other.grid_of[unit]]


def _move(bench: Bench, message: Message) -> Edit:
    grid = str(message["grid"])
    return hands.move(bench.prepared, bench.line.division, bench.units(message), grid)


def _new(bench: Bench, message: Message) -> Edit:
    return hands.new_grid(bench.prepared, bench.line.division, bench.units(message))


def _merge(bench: Bench, message: Message) -> Edit:
    return hands.merge(bench.prepared, bench.line.division, message["grids"], str(message["into"]))


def _split(bench: Bench, message: Message) -> Edit:
    line = bench.canvas.to_metres(message["line"])
    return hands.split_by_line(bench.prepared, bench.line.division, str(message["grid"]), line)


def _mark(bench: Bench, message: Message) -> Edit:
    said, on = Mark(message["mark"]), bool(message["on"])
    return hands.mark(bench.line.division, str(message["grid"]), said, on)


def _take(bench: Bench, message: Message) -> Edit:
    help_ = bench.helps.of(bench.line.branch_id)
    if help_ is None or help_.option is None:
        raise GridplanError("page.workbench.nothing_offered")
    shown = (help_.token, help_.chosen) == (message["token"], message["option"])
    if not shown or not help_.fits(bench.line.division):
        raise GridplanError("page.workbench.outdated")
    return help_.option.edit


def _ask(bench: Bench, message: Message) -> None:
    kind, grids = str(message["kind"]), [str(grid) for grid in message.get("grids", ())]
    bench.look()
    line = bench.line
    keep = just_placed(bench.store.edits(line.branch_id), line.division)
    bench.helps.ask(
        line.branch_id, lambda: Help(bench.prepared, line.division, kind, grids, keep)
    )  # fmt: skip


def _stop(bench: Bench, _: Message) -> None:
    help_ = bench.helps.of(bench.line.branch_id)
    if help_ is not None:
        help_.work.stop()


def _drop(bench: Bench, _: Message) -> None:
    bench.helps.drop(bench.line.branch_id)


def _option(bench: Bench, message: Message) -> None:
    help_ = bench.helps.of(bench.line.branch_id)
    if help_ is None or help_.token != message["token"]:
        raise GridplanError("page.workbench.outdated")
    if 0 <= int(message["option"]) < len(help_.options):
        help_.chosen = int(message["option"])


_EDITS: Mapping[str, Callable[[Bench, Message], Edit]] = {
    "move": _move,
    "new": _new,
    "merge": _merge,
    "split": _split,
    "mark": _mark,
    "take": _take,
}
"""By what the map asks for: each is one function of :mod:`gridplan.edit`."""
_HELP: Mapping[str, Callable[[Bench, Message], None]] = {
    "ask": _ask,
    "stop": _stop,
    "drop": _drop,
    "option": _option,
}
"""What changes nothing of the plan yet."""
