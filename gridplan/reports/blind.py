"""服务盲区: each service with its share of households, and the grid with most of those left."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gridplan.coverage import Coverage, Reason
from gridplan.words import Language, say


@dataclass(frozen=True)
class BlindService:
    """A service that was judged.

    Parameters
    ----------
    names : tuple of str
        Chinese and English.
    limit_m : float
        Walking distance.
    share : float
        Of the households on the network, those that reach it; NaN where there are none.
    households, people : int
        Left by distance or capacity.
    unjoined : int
        Households that no network joins to a facility: not judged.
    grid : str
        Code of the grid with most of the households left, "" without grids.
    grid_households : int
        Left in it.
    """

    names: tuple[str, str]
    limit_m: float
    share: float
    households: int
    people: int
    unjoined: int
    grid: str
    grid_households: int

    def name(self, language: Language = "zh") -> str:
        """As shown."""
        return self.names[0] if language == "zh" else self.names[1]


def blind_services(coverage: Coverage) -> tuple[BlindService, ...]:
    """The services that were judged, the least covered first."""
    titles = {one.key: (one.title("zh"), one.title("en")) for one in coverage.services.services}
    left = coverage.unserved
    blind = left[left["reason"].isin((Reason.DISTANCE.value, Reason.CAPACITY.value))]
    found = []
    for row in coverage.summary[coverage.summary["judged"]].to_dict("records"):
        mine = blind[blind["service"] == row["service"]]
        grids = mine[mine["grid"] != ""].groupby("grid", sort=True)["households"].sum()
        found.append(
            BlindService(
                names=titles[row["service"]],
                limit_m=float(row["limit_m"]),
                share=float(row["households_share"]),
                households=int(mine["households"].sum()),
                people=int(mine["people"].sum()),
                unjoined=int(row["network"]),
                grid=str(grids.idxmax()) if len(grids) else "",
                grid_households=int(grids.max()) if len(grids) else 0,
            )
        )
    return tuple(sorted(found, key=lambda one: np.nan_to_num(one.share, nan=2.0)))


def visit_lines(coverage: Coverage, language: Language = "zh") -> tuple[str, ...]:
    """How far visits keep to each rule that could be judged."""
    rules = coverage.visits.rules
    return tuple(
        say(f"reports.blind.{row['rule']}", language, rule=say(f"coverage.rule.{row['rule']}", language),
            required=int(row["required"]), overdue=int(row["overdue"]))
        for row in rules[rules["judged"]].to_dict("records")
    )  # fmt: skip
