"""The user's columns as ours: text without personal data, numbers within bounds, times, flags."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from gridplan.load import cells, personal
from gridplan.load.files import Raw, mapped_column
from gridplan.load.gate import Gate
from gridplan.load.spec import LayerSpec


@dataclass(frozen=True, eq=False)
class Columns:
    """Reads the mapped columns of one file.

    Parameters
    ----------
    raw : Raw
        The file.
    spec : LayerSpec
        Which of our keys is which of its columns.
    gate : Gate
        Takes faults and notes.
    """

    raw: Raw
    spec: LayerSpec
    gate: Gate

    def _cells(self, key: str) -> pd.Series | None:
        name = self.spec.columns.get(key)
        column = mapped_column(self.raw, self.spec, name, self.gate) if name else None
        return None if column is None else self.raw.cells[column]

    def has(self, key: str) -> bool:
        """Whether the user mapped a key."""
        return key in self.spec.columns

    def text(self, key: str) -> pd.Series:
        """Free text; "" where not mapped, empty, or personal."""
        found = self._cells(key)
        if found is None:
            return self._empty("")
        if personal.is_personal_heading(str(found.name)) or personal.has_personal_values(found):
            return self._empty("")
        clean, count = personal.blotted(cells.as_text(found))
        self.gate.note("load.blotted", file=self.raw.file, column=found.name, count=count)
        return clean

    def code(self, key: str) -> pd.Series:
        """An identifier, as text; "" where not mapped, empty, or a personal number."""
        found = self._cells(key)
        if found is None or personal.is_personal_heading(str(found.name)):
            return self._empty("")
        return cells.as_text(found)

    def number(self, key: str, *, most: float = np.inf, too_many: str = "") -> pd.Series:
        """Numbers of zero or more; NaN where not mapped or empty.

        Parameters
        ----------
        key : str
            Ours.
        most : float
            The greatest that is believed.
        too_many : str
            Catalogue entry of the fault for more than that.
        """
        found = self._cells(key)
        if found is None:
            return self._empty(np.nan)
        numbers = cells.as_numbers(found)
        values = numbers.values
        texts = cells.as_text(found)
        negative = values < 0
        for fault, bad in (
            ("load.not_a_number", numbers.unreadable),
            ("load.negative", negative),
            (too_many, values > most),
        ):
            rows = self.raw.rows[bad.to_numpy()]
            name = str(found.name)
            self.gate.fault_rows(
                fault, rows, file=self.raw.file, column=name, each=texts[bad], most=most
            )
        self.gate.note(
            "load.numbers_mended", file=self.raw.file, column=found.name, count=numbers.mended
        )
        return values

    def count(self, key: str, *, most: float = np.inf, too_many: str = "") -> pd.Series:
        """Whole numbers, halves rounded to the even one and counted."""
        values = self.number(key, most=most, too_many=too_many)
        whole = values.round()
        changed = int((values.notna() & (whole != values)).sum())
        name = self.spec.columns.get(key, "")
        self.gate.note("load.rounded", file=self.raw.file, column=name, count=changed)
        return whole

    def times(self, key: str) -> pd.Series:
        """Times; NaT where not mapped, empty or unreadable, the last of which is noted."""
        found = self._cells(key)
        if found is None:
            return self._empty(pd.NaT).astype("datetime64[us]")
        times = cells.as_times(found, self.spec.options.get("time_format"))
        bad = times.unreadable
        file, column = self.raw.file, str(found.name)
        if cells.mostly(bad):
            example = cells.as_text(found)[bad].iloc[0]
            self.gate.fault(
                "load.not_times", file=file, column=column, value=example, table=self.spec.table
            )
        else:
            self.gate.note("load.times_lost", file=file, column=column, count=int(bad.sum()))
        return times.values

    def flag(self, key: str) -> pd.Series:
        """True where the cell says yes."""
        found = self._cells(key)
        return self._empty(False) if found is None else cells.as_flags(found)

    def _empty(self, value: object) -> pd.Series:
        dtype = object if isinstance(value, str) else None
        return pd.Series(value, index=self.raw.cells.index, dtype=dtype)


def note_personal(raw: Raw, gate: Gate) -> None:
    """Say which columns of a file were left outside because they hold personal data."""
    names = personal.personal_columns(raw.cells)
    gate.note("load.personal", file=raw.file, columns=", ".join(names), count=len(names))
