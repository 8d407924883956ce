"""What may be asked for."""

from __future__ import annotations

from typing import Any

import pytest

from gridplan import cli_reports
from gridplan.cases import Period
from gridplan.errors import GridplanError
from gridplan.reports import ReportKind, ReportSpec


@pytest.mark.parametrize(
    ("asked", "key"),
    [
        ({"community": "1"}, "reports.error.weekly_is_whole"),
        ({"category": "噪声"}, "reports.error.category_is_monthly"),
        ({"period": Period.parse("2026-06")}, "reports.error.other_period"),
        (
            {"kind": ReportKind.QUARTERLY, "period": Period.parse("2026-W01")},
            "reports.error.other_period",
        ),
    ],
)
def test_contradictions_are_refused(asked: dict[str, Any], key: str) -> None:
    with pytest.raises(GridplanError) as caught:
        ReportSpec(**asked)
    assert caught.value.key == key


def test_the_command_line_knows_every_kind() -> None:
    assert [kind.value for kind in cli_reports.Kind] == [kind.value for kind in ReportKind]
