"""How inner loops are compiled: once for each machine, kept on disk, free of the interpreter."""

from __future__ import annotations

from collections.abc import Callable
from typing import ParamSpec, TypeVar, cast

from numba import njit

P = ParamSpec("P")
R = TypeVar("R")


def compiled(function: Callable[P, R]) -> Callable[P, R]:
    """Compile a function at its first call; the result is cached beside the package."""
    return cast("Callable[P, R]", njit(cache=True, nogil=True)(function))
