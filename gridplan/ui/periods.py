"""Choosing a period: any day, week, month, quarter, half or whole year that the data reach."""

from __future__ import annotations

from datetime import timedelta

import streamlit as st

from gridplan.cases.book import CaseBook
from gridplan.cases.periods import Period, PeriodKind
from gridplan.errors import GridplanError
from gridplan.ui.frame import language, tell, word

KEY = "period"
"""In the session and in the link: ``?period=2026-W26``."""
LIST_PX = 380


def wanted_period(book: CaseBook, kind: PeriodKind) -> Period | None:
    """The period that this session or its link names, else the last whole one; told if wrong.

    Parameters
    ----------
    book : CaseBook
        What the data reach.
    kind : PeriodKind
        How long the one is that stands in for it.

    Returns
    -------
    Period or None
        None where no case tells when it came in.
    """
    text = st.session_state.get(KEY) or st.query_params.get(KEY)
    if not text:
        return book.last_whole(kind)
    try:
        period = Period.parse(text)
    except GridplanError as error:
        tell(error)
        return book.last_whole(kind)
    every = book.periods(period.kind)
    if period in every or not every:
        return period
    st.warning(
        word(
            "leaders.outside",
            period=period.title(language()),
            first=f"{every[0].first:%Y-%m-%d}",
            last=f"{book.believed.iloc[-1]:%Y-%m-%d}",
        )
    )
    return book.last_whole(period.kind)


def period_picker(book: CaseBook, kind: PeriodKind = PeriodKind.WEEK) -> Period:
    """Buttons and a list; the choice stands in the link and stays for the other pages.

    Parameters
    ----------
    book : CaseBook
        With at least one time.
    kind : PeriodKind
        Of the period at first.
    """
    period = wanted_period(book, kind)
    if period is None:
        raise ValueError("no case tells when it came in")
    _keep(period)
    every = book.periods(period.kind)
    place = every.index(period)
    st.session_state["period-kind"] = period.kind
    st.session_state["period-list"] = place
    with st.container(key="controls", horizontal=True, vertical_alignment="center"):
        st.segmented_control(
            word("leaders.kind"),
            list(PeriodKind),
            format_func=lambda kind: word(f"leaders.period.{kind.value}"),
            key="period-kind",
            required=True,
            label_visibility="collapsed",
            on_change=_other_kind,
            args=(book, period),
        )
        with st.container(horizontal=True, wrap=False, gap="small", width=LIST_PX):
            _step("earlier", every, place - 1)
            st.selectbox(
                word("leaders.choose"),
                range(len(every) - 1, -1, -1),
                format_func=lambda number: every[number].title(language()),
                key="period-list",
                label_visibility="collapsed",
                on_change=_from_list,
                args=(every,),
            )
            _step("later", every, place + 1)
    return period


def _step(name: str, every: list[Period], place: int) -> None:
    """A button to a neighbour, where there is one."""
    there = 0 <= place < len(every)
    icon = {"earlier": ":material/chevron_left:", "later": ":material/chevron_right:"}[name]
    st.button(
        "",
        icon=icon,
        help=word(f"leaders.{name}"),
        disabled=not there,
        on_click=_keep,
        args=(every[place if there else 0],),
        key=f"period-{name}",
    )


def _keep(period: Period) -> None:
    st.session_state[KEY] = st.query_params[KEY] = str(period)


def _from_list(every: list[Period]) -> None:
    _keep(every[st.session_state["period-list"]])


def _other_kind(book: CaseBook, period: Period) -> None:
    """The period of the new length that holds the end of the old one, if that is over."""
    kind = PeriodKind(st.session_state["period-kind"])
    found = Period.of(period.last, kind)
    last = book.last_whole(kind)
    end = book.believed.iloc[-1].date() + timedelta(days=1)
    _keep(last if last is not None and found.end > end else found)
