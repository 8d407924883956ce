"""A path is a list of stages that leads somewhere."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridplan.errors import GridplanError
from gridplan.store import Path, Stage, StageKind, default_path

CALLED = {StageKind.APPROVAL: "批准", StageKind.NOTICE: "公示", StageKind.EFFECT: "生效"}


def path_of(*kinds: StageKind) -> Path:
    return Path(tuple(Stage(f"{place}", kind) for place, kind in enumerate(kinds)))


def test_the_default_is_the_usual_one() -> None:
    path = default_path()
    assert "→".join(stage.name for stage in path.stages) == "社区提报→街道审核→区级批准→公示→生效"
    assert [path.place_of(kind) for kind in CALLED] == [2, 3, 4]
    assert [path.reserves(place) for place in range(5)] == [False, False, True, True, False]


@given(st.lists(st.sampled_from(StageKind), max_size=6))
def test_every_path_that_leads_somewhere_is_taken_and_no_other(kinds: list[StageKind]) -> None:
    good = (
        bool(kinds) and kinds[-1] is StageKind.EFFECT and all(kinds.count(k) == 1 for k in CALLED)
    )
    if good:
        path = path_of(*kinds)
        assert Path.of_record(json.loads(json.dumps(path.record()))) == path
        assert [path.stages[path.place_of(kind)].kind for kind in CALLED] == list(CALLED)
    else:
        with pytest.raises(GridplanError, match="环节"):
            path_of(*kinds)


@pytest.mark.parametrize(
    ("name", "said"), [("", "没有名称"), (" ", "没有名称"), ("公示", "“公示”")]
)
def test_names_tell_stages_apart(name: str, said: str) -> None:
    with pytest.raises(GridplanError, match=said):
        Path((Stage(name), *default_path().stages[2:]))
