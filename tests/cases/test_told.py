"""What people outside the office read of a board."""

from __future__ import annotations

import numpy as np
import pandas as pd

from gridplan.cases import Period
from gridplan.cases.board import Board, make_board
from gridplan.cases.disclosure import Telling
from gridplan.cases.told import TOTAL, conclusion, ledger_counts, tell_board
from tests.cases.test_board import MARCH, book_of

OVERDUE = {"deadline": "2025-03-20 09:00"}


def march(**counts: int) -> Board:
    """So many cases of each community in March, one more in a, "x" in none; one a year before."""
    rows = [{"opened": "2024-03-20 08:00", "in": "a", "status": "已办结"}]
    for place, count in counts.items():
        row = {"opened": "2025-03-12 08:00", "in": "" if place == "x" else place, **OVERDUE}
        rows += [{**row, "grid": f"G{1 + number % 2}"} for number in range(count)]
    rows.append({"opened": "2025-03-31 08:00", "status": "已办结", "in": "a"})
    return make_board(book_of(*rows), MARCH)


def test_small_community_and_the_one_that_hides_it() -> None:
    told = tell_board(march(a=30, b=2, c=9))
    assert told.places.to_dict() == {"a": 0, "b": Telling.SMALL, "c": Telling.HELD, "": 0}
    assert told.text(2, told.places["b"]) == "<5"
    assert told.text(9, told.places["c"]) == "—"
    assert told.text(1234) == "1,234"
    assert [told.whole(code) for code in "abc"] == [True, False, False]
    assert told.holds_back


def test_cases_of_no_community_hide_a_small_one_and_need_no_hiding() -> None:
    told = tell_board(march(a=30, b=2, c=9, x=19))
    assert told.places.to_dict() == {"a": 0, "b": Telling.SMALL, "c": 0, "": Telling.HELD}
    told = tell_board(march(a=30, b=8, c=9, x=1))
    assert told.places.to_dict() == {"a": 0, "b": 0, "c": 0, "": Telling.SMALL}


def test_planners_are_told_all() -> None:
    told = tell_board(march(a=30, b=2, c=9), least=0)
    assert not told.holds_back
    assert told.whole("b")
    assert told.text(2, told.places["b"]) == "2"
    assert "超期 41 件" in conclusion(told)


def test_every_community_in_its_grids_adds_up_to_what_is_told() -> None:
    board = march(a=30, b=7, c=9, x=19)
    told = tell_board(board)
    pairs = zip(board.by_grid, told.by_grid, strict=True)
    assert all(telling != Telling.WHOLE for count, telling in pairs if 0 < count < 5)
    assert (told.by_grid["b"] != Telling.WHOLE).sum() == 2  # 4 and 3 of 7


def test_colours_by_community_with_their_totals() -> None:
    board = march(a=30, b=2)
    counts = ledger_counts(board)
    assert counts.loc[TOTAL].to_dict() == {"red": 0, "yellow": 32, "green": 1}
    told = tell_board(board).ledger
    assert told.loc["b", "yellow"] == Telling.SMALL
    assert told.loc["a", "yellow"] == Telling.HELD
    assert told.loc[TOTAL, "green"] == Telling.SMALL


def test_change_from_a_small_count_is_not_told() -> None:
    """Six after three is 100 % more: who reads six and that knows the three."""
    rows = [{"opened": f"2025-02-{day:02d} 08:00"} for day in (1, 2, 3)]
    rows += [{"opened": f"2025-03-{day:02d} 08:00"} for day in (1, 2, 3, 4, 5, 31)]
    figures = make_board(book_of(*rows), MARCH).figures
    board = make_board(book_of(*rows), MARCH)
    assert figures["cases"].change == 1
    assert np.isnan(tell_board(board).change(board.figures["cases"]))
    assert tell_board(board, 0).change(board.figures["cases"]) == 1


def test_change_of_a_share_needs_enough_in_both_periods() -> None:
    """In February one of two was resolved, in March six of six."""
    rows = [{"opened": f"2025-02-{day:02d} 08:00"} for day in (1, 2)]
    rows[0]["status"] = "已办结"
    rows += [{"opened": f"2025-03-{day:02d} 08:00", "status": "已办结"} for day in range(1, 7)]
    board = make_board(book_of(*rows, {"opened": "2025-03-31 08:00", "in": "b"}), MARCH)
    share = board.figures["resolved_share"]
    assert (share.of, share.before_of, share.year_of) == (7, 2, 0)
    assert np.isnan(tell_board(board).change(share))
    assert tell_board(board, 0).change(share) == share.change == 6 / 7 - 1 / 2


def test_conclusion_names_what_leads_and_where_overdue_cases_gather() -> None:
    rows = [{"opened": "2024-03-02 08:00", "status": "已办结"}]
    rows += [{"opened": f"2025-02-{day:02d} 08:00", "status": "已办结"} for day in range(1, 11)]
    rows += [{"opened": "2025-03-03 08:00", "in": "b", "category": "噪声扰民", **OVERDUE}] * 6
    rows += [{"opened": "2025-03-04 08:00", "in": "a", "status": "已办结"}] * 5
    rows += [{"opened": "2025-03-31 08:00", "in": "a", "status": "已办结"}]
    told = tell_board(make_board(book_of(*rows), MARCH))
    assert conclusion(told) == (
        "2025年3月受理诉求 12 件，环比上升 20%，乙社区每千户诉求最多，期末办结率 50%，"
        "期末超期 6 件，集中在乙社区。"
    )  # two categories are equal, so none leads
    assert "12 cases came in during 2025-03, 20% more" in conclusion(told, "en")


def test_conclusion_of_small_numbers_and_of_none() -> None:
    told = tell_board(march(a=2))
    assert conclusion(told).startswith("2025年3月受理诉求 不足 5 件")
    assert "%" not in conclusion(told)
    quiet = tell_board(
        make_board(book_of({"opened": "2025-01-01 08:00", "status": "已办结"}), MARCH)
    )
    assert conclusion(quiet) == "2025年3月没有受理诉求。"
    assert not quiet.holds_back


def test_board_without_any_category_or_place() -> None:
    rows = [{"opened": "2025-03-01 08:00", "category": ""}] * 7
    told = tell_board(make_board(book_of(*rows), Period.parse("2025-W09")))
    assert told.places[""] == Telling.WHOLE
    assert isinstance(told.by_category, pd.DataFrame)
