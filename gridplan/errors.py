"""What can go wrong, as values that a planner can act on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from gridplan.words import Language, say


class GridplanError(ValueError):
    """Any error that gridplan foresees; its text is fit to be shown to the user.

    Parameters
    ----------
    key : str
        Entry of the catalogue that words the error.
    **values
        What the entry's braces are filled with.
    """

    def __init__(self, key: str, **values: Any) -> None:
        self.key = key
        self.values = values
        super().__init__(say(key, **values))

    def __reduce__(self) -> tuple[Any, ...]:
        # so that one raised in a worker process arrives as it was; the usual way calls the class
        # with the words alone
        return _bare, (type(self), self.args), self.__dict__

    def text(self, language: Language = "zh") -> str:
        """The message in one language."""
        return say(self.key, language, **self.values)


def _bare(kind: type[GridplanError], told: tuple[Any, ...]) -> GridplanError:
    return kind.__new__(kind, *told)


@dataclass(frozen=True)
class Fault:
    """One thing wrong in the user's data.

    Parameters
    ----------
    key : str
        Entry of the catalogue; the entry ``<key>.way_out`` says how to mend it.
    file : str
        The file as the user named it, or ``""``.
    row : int, optional
        Row as the user counts it: the header is row 1 of a table, the first feature is 1.
    column : str
        The user's own column or key, or ``""``.
    values : dict
        What the entry's braces are filled with.
    """

    key: str
    file: str = ""
    row: int | None = None
    column: str = ""
    values: dict[str, Any] = field(default_factory=dict)

    def text(self, language: Language = "zh") -> str:
        """Place, fault and way out, on one line."""
        place = [self.file] if self.file else []
        if self.row is not None:
            place.append(say("fault.row", language, row=self.row))
        if self.column:
            place.append(say("fault.column", language, column=self.column))
        told = say(self.key, language, **self.values)
        way_out = say(f"{self.key}.way_out", language, **self.values)
        head = " · ".join(place)
        return f"{head}: {told} → {way_out}" if head else f"{told} → {way_out}"


class InputError(GridplanError):
    """The user's data cannot be used; holds every fault that was found.

    Parameters
    ----------
    faults : iterable of Fault
        At least one.
    """

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("fault.many", count=len(self.faults))

    def text(self, language: Language = "zh") -> str:
        """A headline and one line for each fault."""
        lines = [fault.text(language) for fault in self.faults]
        return "\n".join([super().text(language), *(f"  {line}" for line in lines)])

    def __str__(self) -> str:
        return self.text()


class CancelledError(GridplanError):
    """The user stopped the work before there was anything to keep."""

    def __init__(self) -> None:
        super().__init__("error.cancelled")
