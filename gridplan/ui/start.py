"""How the server was started: which area is open, and whether for leaders only."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from gridplan.errors import GridplanError

DEMO = Path(__file__).parents[2] / "data" / "demo"
VIEWS = ("planner", "leader")


@dataclass(frozen=True)
class Start:
    """What stands behind ``streamlit run app.py --``.

    Parameters
    ----------
    area : Path
        The area folder that a plain address opens.
    leaders_only : bool
        Whether no link leads to the planners' pages, or to another area.
    """

    area: Path
    leaders_only: bool = False


def read_start(arguments: Sequence[str] | None = None) -> Start:
    """Read ``[AREA] [--view leader]``.

    Parameters
    ----------
    arguments : sequence of str, optional
        Those of this process where left out. Others are left alone: a test runner has its own.

    Raises
    ------
    GridplanError
        Where there is no such view: a slip of the pen shall not open the planners' pages.
    """
    reader = argparse.ArgumentParser(add_help=False, allow_abbrev=False, exit_on_error=False)
    reader.add_argument("area", nargs="?", default=str(DEMO))
    reader.add_argument("--view", nargs="?", default="planner", const="")
    known, _ = reader.parse_known_args(sys.argv[1:] if arguments is None else list(arguments))
    view = known.view or "planner"
    if view not in VIEWS:
        raise GridplanError("page.leaders.no_such_view", view=view)
    return Start(Path(known.area).resolve(), view == "leader")
