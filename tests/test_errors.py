"""Every fault in one message, with its place and the way out."""

from __future__ import annotations

import pickle

import pytest

from gridplan.errors import CancelledError, Fault, GridplanError, InputError


def test_an_error_is_also_a_value_error() -> None:
    with pytest.raises(ValueError, match="取消"):
        raise CancelledError
    assert CancelledError().text("en").startswith("Cancelled")


def test_all_faults_in_one_message(monkeypatch: pytest.MonkeyPatch) -> None:
    entries = {
        "fault.few": {"zh": "只有 {count} 行", "en": "only {count} rows"},
        "fault.few.way_out": {"zh": "补齐", "en": "complete it"},
        "fault.many": {"zh": "{count} 处", "en": "{count} faults"},
        "fault.row": {"zh": "第 {row} 行", "en": "row {row}"},
        "fault.column": {"zh": "“{column}”列", "en": "column {column}"},
    }
    monkeypatch.setattr("gridplan.words.catalogue", lambda: entries)
    fault = Fault("fault.few", "a.csv", 3, "户数", {"count": 2})
    error = InputError([fault, Fault("fault.few", values={"count": 5})])
    assert error.text("zh").splitlines() == [
        "2 处",
        "  a.csv · 第 3 行 · “户数”列: 只有 2 行 → 补齐",
        "  只有 5 行 → 补齐",
    ]
    assert error.text("en").splitlines()[1] == (
        "  a.csv · row 3 · column 户数: only 2 rows → complete it"
    )
    assert isinstance(error, GridplanError)


@pytest.mark.parametrize(
    "error",
    [
        GridplanError("edits.locked", grid="g"),
        InputError([Fault("export.fault.file_missing", "a.csv", row=2)]),
        CancelledError(),
    ],
    ids=lambda error: type(error).__name__,
)
def test_arrives_from_another_process_as_it_was(error: GridplanError) -> None:
    back = pickle.loads(pickle.dumps(error))  # noqa: S301  # our own
    assert type(back) is type(error)
    assert (back.key, back.values, str(back)) == (error.key, error.values, str(error))
    assert back.text("en") == error.text("en")
