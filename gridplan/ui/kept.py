"""Answers that took long, kept for all sessions: many look at the same area."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any, TypeVar

import streamlit as st

from gridplan.ui.work import Report, Stop, Work

T = TypeVar("T")


class Kept:
    """Works by what they answer; what names them by identity lives as long as they do.

    Parameters
    ----------
    most : int
        Answers kept; the one longest unused goes first.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._works: OrderedDict[Hashable, tuple[Any, Work[Any]]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Hashable, held: Any, task: Callable[[Report, Stop], T]) -> Work[T]:
        """The work under a key, begun where there is none; one that failed stays until forgotten.

        Parameters
        ----------
        key : hashable
            May name objects by `id`.
        held : object
            Those objects, so that no other takes their id.
        task : callable
            As :class:`gridplan.ui.work.Work` takes it.
        """
        with self._lock:
            known = self._works.get(key)
            if known is None:
                known = self._works[key] = held, Work(task)
            self._works.move_to_end(key)
            while len(self._works) > self._most:
                self._works.popitem(last=False)
            return known[1]

    def forget(self, work: Work[Any]) -> None:
        """Have a work done again the next time."""
        with self._lock:
            for key in [key for key, (_, known) in self._works.items() if known is work]:
                del self._works[key]


def kept(what: str, most: int) -> Kept:
    """The answers of one kind that this server keeps.

    Parameters
    ----------
    what : str
        The kind.
    most : int
        How many, as the first who asks says.
    """
    return _shelves().setdefault(what, Kept(most))


@st.cache_resource(show_spinner=False)
def _shelves() -> dict[str, Kept]:
    return {}
