"""What a database may answer instead of working, told in words."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as NoConnectionFreeError

from gridplan.errors import GridplanError

_BUSY, _FULL, _READ_ONLY, _LOST, _FAILED = (
    "store.busy", "store.full", "store.read_only", "store.lost", "store.failed",
)  # fmt: skip
_OF_SQLITE = {5: _BUSY, 6: _BUSY, 8: _READ_ONLY, 13: _FULL}
"""By primary result code: BUSY, LOCKED, READONLY, FULL."""
_OF_POSTGRESQL = {
    "55P03": _BUSY, "40P01": _BUSY, "40001": _BUSY, "57014": _BUSY, "53300": _BUSY,
    "53100": _FULL, "25006": _READ_ONLY, "42501": _READ_ONLY,
}  # fmt: skip
"""By SQLSTATE."""
_LOST_CLASSES = ("08", "57P")


@contextmanager
def in_words(otherwise: str = "") -> Iterator[None]:
    """Turn errors of the database inside into one that can be shown.

    Parameters
    ----------
    otherwise : str
        Catalogue entry for what is neither busy, full nor read-only; by default its own.

    Raises
    ------
    GridplanError
        Without its cause: messages of databases quote the data that they refuse.
    """
    try:
        yield
    except SQLAlchemyError as error:
        key, detail = _told(error)
        cause = getattr(error, "orig", None)
        reason = str(cause) if _never_reached(cause) else detail  # of the line, not of a row
        logging.getLogger("gridplan.store").warning("%s: %s", type(error).__name__, reason)
        if otherwise and key in (_LOST, _FAILED):
            key = otherwise
        raise GridplanError(key, detail=detail) from None


def _told(error: SQLAlchemyError) -> tuple[str, str]:
    """Catalogue entry, and the database's own name for what happened."""
    if isinstance(error, NoConnectionFreeError):
        return _BUSY, "pool"
    cause = getattr(error, "orig", None)
    result = getattr(cause, "sqlite_errorcode", None)
    if result is not None:
        return _OF_SQLITE.get(result & 0xFF, _FAILED), getattr(cause, "sqlite_errorname", "")
    state = getattr(cause, "sqlstate", None)
    detail = state or type(cause or error).__name__
    lost = isinstance(error, DBAPIError) and error.connection_invalidated
    if lost or (state or "").startswith(_LOST_CLASSES) or _never_reached(cause):
        return _LOST, detail
    return _OF_POSTGRESQL.get(state or "", _FAILED), detail


def _never_reached(cause: BaseException | None) -> bool:
    """Whether the server has said nothing at all: it would have named a state."""
    return type(cause).__name__ == "OperationalError" and getattr(cause, "sqlstate", "") is None
