"""What an edit of the machine is measured by: how far a division misses the rules."""

from __future__ import annotations

from collections.abc import Mapping

from gridplan.edit.asked import held
from gridplan.edit.division import Division
from gridplan.edit.edits import Edit, apply
from gridplan.edit.verdict import Judge
from gridplan.plan import Finding
from gridplan.prepared import Prepared
from gridplan.rules import Rule
from gridplan.schema import COMMUNITY_CODE, UNIT_ID

_TORN = 1e6
"""Households that any other breach counts as: a grid in pieces is worse than one too large."""

_SLACK = 1e-6
"""Households that rounding may cost."""


class Standing:
    """How far divisions of an area miss its rules where something can be done about it.

    What held grids miss does not count: no machine changes them.

    Parameters
    ----------
    prepared : Prepared
        The area.
    """

    def __init__(self, prepared: Prepared) -> None:
        self._judge = Judge(prepared)
        frame = prepared.units.frame
        self._home = dict(zip(frame[UNIT_ID], frame[COMMUNITY_CODE].astype(str), strict=True))

    def missed(self, division: Division) -> dict[str, float]:
        """Households outside the limits by community, and much more for each other breach."""
        return self._missed(division, self._findings(division))

    def breaches(self, division: Division) -> int:
        """How many rules are broken, by held grids and unavoidably too."""
        return len(self._judge.judge(division).findings)

    def kept(
        self,
        division: Division,
        drawn: Mapping[str, str],
        edit: Edit | None,
        *,
        better: bool = False,
        sound: bool = False,
    ) -> dict[str, str]:
        """What was drawn in the communities that come out of it no worse.

        Parameters
        ----------
        division : Division
            Before.
        drawn : mapping of str to str
            Whatever belongs to each unit.
        edit : Edit or None
            That it came to; None where nothing changes.
        better : bool
            Whether a community has to miss the rules less than before.
        sound : bool
            Whether no grid may break a rule that broke none before.
        """
        if edit is None:
            return {}
        changed = apply(division, edit)
        told, then = self._findings(division), self._findings(changed)
        before, after = self._missed(division, told), self._missed(changed, then)
        slack = -_SLACK if better else _SLACK
        good = {code for code, much in after.items() if much <= before[code] + slack}
        if sound:
            new = {finding.grid for finding, _ in then} - {finding.grid for finding, _ in told}
            good -= {code for finding, code in then if finding.grid in new}
        return {unit: group for unit, group in drawn.items() if self._home[unit] in good}

    def _findings(self, division: Division) -> list[tuple[Finding, str]]:
        """Broken rules of open grids, each with the code of its community."""
        verdict, fixed = self._judge.judge(division), held(division)
        return [
            (finding, verdict.grids[finding.grid].community)
            for finding in verdict.findings
            if finding.grid and finding.grid not in fixed
        ]

    def _missed(self, division: Division, told: list[tuple[Finding, str]]) -> dict[str, float]:
        missed = dict.fromkeys(self._home.values(), 0.0)
        for finding, code in told:
            gap = abs((finding.value or 0.0) - (finding.limit or 0.0))
            counts = finding.rule in (Rule.UPPER, Rule.LOWER)
            missed[code] += gap if counts else _TORN
        for unit, grid in division.grid_of.items():
            if not grid:
                missed[self._home[unit]] += _TORN
        return missed
