"""总览 for leaders: the period in four numbers, where it comes from and who has to act."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

import streamlit as st
from streamlit_folium import st_folium

from gridplan.cases.board import make_board
from gridplan.cases.book import CaseBook, open_book
from gridplan.cases.counts import LEAST_SHOWN
from gridplan.cases.periods import Period, PeriodKind
from gridplan.cases.told import Told, tell_board
from gridplan.hotspots import Hotspots
from gridplan.maps.cases import cases_map, cases_picture
from gridplan.prepared import Prepared
from gridplan.ui import block_tables, blocks
from gridplan.ui.area import identity
from gridplan.ui.desk import Desk
from gridplan.ui.frame import guarded, language, ready, top, word
from gridplan.ui.hotspots import search_of_last_year
from gridplan.ui.periods import period_picker, wanted_period
from gridplan.ui.session import refreshed
from gridplan.ui.show import needs_files
from gridplan.ui.style import BLOCKS, WALL
from gridplan.ui.work import Work
from gridplan.words import Language

MAP_PX = 372
RECENT_DAYS = 31
"""A period that ended so long before the last case is shown without the clusters of today."""
KEPT = ("view", "area", "lang")
"""What a link keeps of the address."""
EVERY_S = 180
"""How often the wall looks for new data."""
WALL_ROWS, WALL_EM = 15, 27.0
"""Communities that the table of the wall has room for, and its height."""
WALL_FEW = 5
"""With fewer communities there is room for categories below."""


def leaders(desk: Desk | None) -> None:
    """The page, or the wall."""
    if st.query_params.get("wall") == "1" and desk is not None and desk.prepared is not None:
        _wall(desk)
        return
    top(desk, word("name.leaders"))
    if not ready(desk) or desk is None or desk.prepared is None:
        return
    st.html(BLOCKS)
    prepared = desk.prepared
    book = book_or_why(prepared)
    if book is None:
        return
    period = period_picker(book)
    _link_to_wall()
    told = told_of(prepared, str(period))
    with st.container(key="board"):
        _html(blocks.line(told, language()))
        _html(blocks.four(told, language()))
        left, right = st.columns([1.08, 1])
        with left:
            _map(prepared, told)
            _html(blocks.trend(told, language()))
        with right:
            _html(block_tables.ledger(told, language()))
            _html(block_tables.ranking(told, language()))
        with st.container(key="screen"):
            _lists(told, book)
        _html(blocks.source(told, prepared.layers.name, language(), date.today()))


BY_AREA: dict[str | type[Any], Any] = {Prepared: identity}


@st.cache_resource(max_entries=8, show_spinner=False, hash_funcs=BY_AREA)
def book_of(prepared: Prepared) -> CaseBook:
    """The cases of an area with what belongs to each, found once for all sessions."""
    return open_book(prepared)


@st.cache_resource(max_entries=200, show_spinner=False, hash_funcs=BY_AREA)
def told_of(prepared: Prepared, period: str, least: int = LEAST_SHOWN) -> Told:
    """What is told of a period, counted once for all sessions."""
    return tell_board(make_board(book_of(prepared), Period.parse(period)), least)


@st.cache_data(max_entries=100, show_spinner=False, hash_funcs=BY_AREA)
def picture_of(prepared: Prepared, period: str, spoken: Language, gathered: bool) -> str:
    """The map as a picture for paper and walls."""
    found = _clusters(prepared, Period.parse(period)) if gathered else None
    return cases_picture(prepared.layers, told_of(prepared, period), spoken, found)


def _clusters(prepared: Prepared, period: Period) -> Hotspots | None:
    """Where the cases of the last year gather, where the period is of now and that is known yet."""
    recent = book_of(prepared).believed.iloc[-1].date() - timedelta(days=RECENT_DAYS)
    if period.last < recent:
        return None
    search = search_of_last_year(prepared)
    if search is not None and search.running:
        _look_again(search)
    return None if search is None else search.result


@st.fragment(run_every=1.5)
def _look_again(search: Work[Hotspots]) -> None:
    """Draw the map again when the search is done."""
    if not search.running:
        st.rerun()


def book_or_why(prepared: Prepared) -> CaseBook | None:
    """The cases; None, and a word on what to do, where there is nothing to count."""
    if len(prepared.layers.cases) == 0:
        st.info(word("leaders.no_cases"))
        return None
    book = book_of(prepared)
    if book.believed.empty:
        st.info(word("leaders.no_times"))
        return None
    return book


def _link_to_wall() -> None:
    """The same on one large screen, in a window of its own; it follows the newest period."""
    kept = {name: st.query_params[name] for name in KEPT if name in st.query_params}
    address = urlencode({**kept, "wall": "1"})
    with st.sidebar:
        st.html(
            f'<a class="gp-to-wall" href="?{blocks.safe(address)}" target="_blank">'
            f"{blocks.safe(word('leaders.wall'))}</a>"
        )


def _html(text: str) -> None:
    st.html(f'<div class="gp-board">{text}</div>')


@guarded
def _map(prepared: Prepared, told: Told) -> None:
    """On the screen a map that answers the pointer; on paper a picture of it."""
    needs_files()
    period = told.board.period
    found = _clusters(prepared, period)
    with st.container(key="screen-map"):
        st_folium(
            cases_map(prepared.layers, told, language(), found=found),
            key=f"cases-{period}-{language()}-{found is None}",
            height=MAP_PX,
            use_container_width=True,
            returned_objects=[],
        )
    _html(blocks.legend(told, language(), found is not None and len(found.clusters) > 0))
    picture = picture_of(prepared, str(period), language(), found is not None)
    st.html(f'<div class="gp-print"><img alt="" src="{picture}"></div>')


@st.fragment
@guarded
def _lists(told: Told, book: CaseBook) -> None:
    """Counts by category or grid, of all or of one community; never by household."""
    names = book.communities["name"]
    _html(f"<h4>{word('leaders.list')}</h4>")
    where, what = st.columns([2, 1], vertical_alignment="center")
    code = where.selectbox(
        word("leaders.all"),
        [None, *names.index] if len(names) > 1 else [None],
        format_func=lambda code: word("leaders.all") if code is None else str(names[code]),
        label_visibility="collapsed",
    )
    kinds = ["category", "grid"] if len(book.grids) else ["category"]
    by = what.segmented_control(
        word("leaders.list"),
        kinds,
        default="category",
        required=True,
        format_func=lambda kind: word(f"leaders.by_{kind}"),
        label_visibility="collapsed",
        key="counted-by",
    )
    codes = dict(zip(book.grids.index, book.grids["code"], strict=True))
    _html(block_tables.counted(told, code, str(by), language(), codes))


@st.fragment(run_every=EVERY_S)
@guarded
def _wall(desk: Desk) -> None:
    """Everything on one screen, looked at from afar; it follows the data by itself."""
    prepared = refreshed(desk)
    book = book_or_why(prepared)
    period = None if book is None else wanted_period(book, PeriodKind.WEEK)
    if period is None:
        return
    st.html(BLOCKS + WALL)
    told, spoken = told_of(prepared, str(period)), language()
    name, gathered = prepared.layers.name, _clusters(prepared, period) is not None
    picture = picture_of(prepared, str(period), spoken, gathered)
    head = f"<b>{blocks.safe(name)}</b><span>{blocks.safe(word('leaders.wall_title'))}</span>"
    parts = [
        f'<div class="whole gp-head">{head}</div>',
        f'<div class="whole">{blocks.line(told, spoken)}</div>',
        f'<div class="whole">{blocks.four(told, spoken)}</div>',
        f'<div class="map"><img alt="" src="{picture}"></div>',
        f'<div class="tables" style="--pad:{_wall_pad(told):.2f}em">'
        f"{block_tables.both(told, spoken, WALL_ROWS)}{_wall_list(told, spoken)}</div>",
        f"<div>{blocks.trend(told, spoken)}</div>",
        f'<div class="whole">{blocks.source(told, name, spoken, date.today())}</div>',
    ]
    st.html(f'<div class="gp-wall gp-board">{"".join(parts)}</div>')


def _wall_pad(told: Told) -> float:
    """Room above and below the words of a row, so that the table fills its place."""
    rows = min(len(told.board.places), WALL_ROWS) + 3
    return float(min(0.85, (WALL_EM / rows - 1.3) / 2))


def _wall_list(told: Told, spoken: Language) -> str:
    """The first categories, where few communities leave room for them."""
    room = WALL_FEW - len(told.board.places)
    if room <= 0:
        return ""
    table = block_tables.counted(told, None, "category", spoken, {}, room)
    return f"<br><h4>{blocks.safe(word('leaders.by_category'))}</h4>{table}"
