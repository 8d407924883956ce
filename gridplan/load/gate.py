"""Where faults and notes are gathered while an area is read."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from gridplan.errors import Fault, InputError
from gridplan.load.layers import Note

_SHOWN_ROWS = 20


class Gate:
    """Gathers every fault, so that the user hears of all of them at once.

    Faults stop the area from being read; notes tell what was mended, dropped or guessed.
    """

    def __init__(self) -> None:
        self._faults: list[Fault] = []
        self._notes: list[Note] = []

    @property
    def notes(self) -> tuple[Note, ...]:
        """All notes so far, in the order in which they came."""
        return tuple(self._notes)

    def blames(self, files: Collection[str], table: str) -> bool:
        """Whether a fault was found in one of these files, or in that table of ``area.toml``."""
        return any(
            fault.file in files or fault.column.split(".")[0] == table for fault in self._faults
        )

    @property
    def is_open(self) -> bool:
        """Whether no fault has been found so far."""
        return not self._faults

    def fault(
        self,
        key: str,
        /,
        *,
        file: str = "",
        row: int | None = None,
        column: str = "",
        **values: Any,
    ) -> None:
        """Add one fault; see :class:`gridplan.errors.Fault`."""
        self._faults.append(Fault(key, file, row, column, values))

    def fault_rows(
        self,
        key: str,
        rows: Iterable[int],
        *,
        file: str = "",
        column: str = "",
        each: Iterable[Any] | None = None,
        **values: Any,
    ) -> None:
        """Add the same fault for many rows.

        Parameters
        ----------
        key : str
            Entry of the catalogue.
        rows : iterable of int
            As the user counts them. The first 20 get a line each, the rest share one that
            names them all.
        file, column : str
            Place of the fault.
        each : iterable, optional
            The value found in each row, for the entry's brace ``value``.
        **values
            What the other braces are filled with.
        """
        numbers = [int(row) for row in rows]
        found = list(each) if each is not None else [None] * len(numbers)
        for row, value in list(zip(numbers, found, strict=True))[:_SHOWN_ROWS]:
            told = values if each is None else {**values, "value": value}
            self._faults.append(Fault(key, file, row, column, told))
        rest = numbers[_SHOWN_ROWS:]
        if rest:
            ranges = row_ranges(rest)
            self.fault("load.more_rows", file=file, column=column, count=len(rest), rows=ranges)

    def note(self, key: str, /, **values: Any) -> None:
        """Add one note; where it carries a ``count`` of zero there is nothing to say."""
        if values.get("count") != 0:
            self._notes.append(Note(key, values))

    def error(self) -> InputError:
        """The error that holds every fault; there must be one."""
        return InputError(self._faults)

    def close(self) -> None:
        """Raise what was found.

        Raises
        ------
        InputError
            With every fault, where there is any.
        """
        if self._faults:
            raise self.error()


def row_ranges(rows: Iterable[int]) -> str:
    """Rows in short: ``3–5, 9``."""
    spans: list[list[int]] = []
    for row in sorted(set(rows)):
        if spans and row == spans[-1][1] + 1:
            spans[-1][1] = row
        else:
            spans.append([row, row])
    return ", ".join(str(a) if a == b else f"{a}–{b}" for a, b in spans)
