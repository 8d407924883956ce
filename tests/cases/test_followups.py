"""When a resolved case is to be visited again."""

from __future__ import annotations

from datetime import datetime

import pandas as pd
import pytest

from gridplan.cases import FollowUpRules, follow_ups_due
from tests.case_tables import some_cases

NOW = datetime(2025, 4, 1)


def visited(**days: str) -> pd.DataFrame:
    """A visit of each case on a day."""
    times = pd.Series(pd.to_datetime(list(days.values())), dtype="datetime64[us]")
    return pd.DataFrame({"case_id": list(days), "visited": times})


def closed(number: str, day: str | None, grade: str) -> dict[str, object]:
    return {"case_id": number, "opened": "2025-01-01", "closed": day, "grade": grade}


CASES = some_cases(
    closed("a", "2025-03-01", "major"),  # every 15 days: due on 16 March
    closed("b", "2025-03-01", "ordinary"),  # every 30 days: due on 31 March
    closed("c", "2025-03-20", "ordinary"),
    closed("d", "2025-03-01", ""),  # no grade
    closed("e", "2025-04-02", "major"),  # open at that moment
    closed("f", None, "major"),
    closed("g", "2025-01-01", "major"),  # 90 days ago to the day
    closed("h", "2024-12-31", "major"),  # closed before it came in
)


def test_the_former_grade_sets_the_pace() -> None:
    found = follow_ups_due(CASES, visited(), NOW)
    assert found["case_id"].tolist() == ["g", "a", "b", "c"]
    assert found["overdue_days"].tolist() == pytest.approx([75, 16, 1, -18])
    assert found.index.tolist() == [6, 0, 1, 2]
    assert found["last_visit"].isna().all()


def test_a_visit_starts_the_count_anew() -> None:
    visits = visited(
        a="2025-03-28", b="2025-02-01", c="2025-05-01"
    )  # b's before closing, c's later
    found = follow_ups_due(CASES, visits, NOW).set_index("case_id")
    assert found["overdue_days"].to_dict() == pytest.approx({"g": 75, "a": -11, "b": 1, "c": -18})
    assert str(found.loc["a", "due"]) == "2025-04-12 00:00:00"


def test_rules_can_be_edited() -> None:
    rules = FollowUpRules(every_days={"": 7.0}, for_days=45)
    found = follow_ups_due(CASES, visited(), NOW, rules)
    assert found["case_id"].tolist() == ["d"]
    assert found["overdue_days"].tolist() == pytest.approx([24])
    with pytest.raises(ValueError, match="above zero"):
        FollowUpRules(for_days=0)
