"""12345 calls and grid events: quality, deadlines, periods, the ledger and where they belong."""

from gridplan.cases.board import Board, Figure, make_board
from gridplan.cases.book import CaseBook, open_book
from gridplan.cases.counts import count_by, over_time, shown, total_of
from gridplan.cases.deadlines import (
    DeadlineRules,
    Deadlines,
    DueSource,
    Standing,
    TimeLimit,
    deadlines,
    standing,
)
from gridplan.cases.followups import FollowUpRules, follow_ups_due
from gridplan.cases.ledger import Answer, Colour, LedgerRules, answers, colours, rates
from gridplan.cases.periods import Period, PeriodKind, last_whole
from gridplan.cases.place import community_of_cases, grid_of_cases
from gridplan.cases.quality import Quality, quality_of, repeated_rows
from gridplan.cases.told import Told, conclusion, tell_board

__all__ = [
    "Answer",
    "Board",
    "CaseBook",
    "Colour",
    "DeadlineRules",
    "Deadlines",
    "DueSource",
    "Figure",
    "FollowUpRules",
    "LedgerRules",
    "Period",
    "PeriodKind",
    "Quality",
    "Standing",
    "TimeLimit",
    "Told",
    "answers",
    "colours",
    "community_of_cases",
    "conclusion",
    "count_by",
    "deadlines",
    "follow_ups_due",
    "grid_of_cases",
    "last_whole",
    "make_board",
    "open_book",
    "over_time",
    "quality_of",
    "rates",
    "repeated_rows",
    "shown",
    "standing",
    "tell_board",
    "total_of",
]
