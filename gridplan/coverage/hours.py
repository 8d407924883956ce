"""Opening hours as offices write them, and as OpenStreetMap does, read into a week."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

DAY_MIN = 24 * 60
"""Minutes of a day."""

_EVERY = frozenset(range(7))
_CHINESE = {name: day for day, name in enumerate("一二三四五六日")}
_ENGLISH = {name: day for day, name in enumerate(("mo", "tu", "we", "th", "fr", "sa", "su"))}
_SETS = {
    "每天": _EVERY, "每日": _EVERY, "全周": _EVERY, "daily": _EVERY,
    "工作日": frozenset(range(5)), "周末": frozenset({5, 6}), "双休日": frozenset({5, 6}),
    "法定节假日": frozenset[int](), "节假日": frozenset[int](), "ph": frozenset[int](),
}  # fmt: skip
"""Days by name; public holidays are no day of the week."""

_MEET = r"\s*-\s*"
_CLOCK = r"(上午|早上|中午|下午|晚上|晚)?\s*(\d{1,2})(?:[:点时](\d{2})?分?)"
_TOKEN = re.compile(
    "|".join(
        (
            rf"(?P<time>{_CLOCK}{_MEET}{_CLOCK})",
            r"(?P<whole>全天(?:候)?|24小时|24/7|00:00-24:00)",
            rf"(?P<span>周[一二三四五六日]{_MEET}周?[一二三四五六日])",
            r"(?P<some>周[一二三四五六日]+)",
            rf"(?P<weekdays>(?:mo|tu|we|th|fr|sa|su)[a-z]*(?:{_MEET}(?:mo|tu|we|th|fr|sa|su)[a-z]*)?)",
            rf"(?P<set>{'|'.join(_SETS)})",
            r"(?P<closed>休息|不开放|闭馆|关闭|off|closed)",
            r"(?P<next>;|\n|。)",
            r"(?P<nothing>[\s,、/()]+|开放|营业|服务|时间|:|及|和|与)",
        )
    )
)

Spans = tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Hours:
    """When a place is open.

    Parameters
    ----------
    days : tuple of 7 tuples
        From Monday; spans of minutes after midnight, ``(450, 1020)`` for 07:30 to 17:00.
    """

    days: tuple[Spans, ...]

    def open_at(self, weekday: int, minute: int) -> bool:
        """Whether it is open on a day (0 is Monday) at a minute after midnight."""
        return any(start <= minute < end for start, end in self.days[weekday])

    @property
    def days_open(self) -> int:
        """Days of the week on which it opens at all."""
        return sum(bool(spans) for spans in self.days)


def read_hours(text: str) -> Hours | None:
    """Read opening hours.

    Understood are days (周一至周五、周一三五、每天、工作日、周末, ``Mo-Fr``), times (``08:00-17:30``,
    上午8点—下午5点, also past midnight), 全天 and 休息, in clauses divided by semicolons; a later
    clause stands in place of an earlier one for its days. Times without a day hold for all days,
    days without a time anywhere for the whole day.

    Parameters
    ----------
    text : str
        As the user wrote it.

    Returns
    -------
    Hours or None
        None where any part is not understood: half an understanding would be a guess.
    """
    plain = _plain(text)
    groups, at = [_Group()], 0
    while at < len(plain):
        token = _TOKEN.match(plain, at)
        if token is None:
            return None
        at = token.end()
        if not _take(token, groups):
            return None
    groups = [group for group in groups if group.days is not None or group.spans is not None]
    timed = [group.spans is not None for group in groups]
    if not groups or (any(timed) and not all(timed)):
        return None
    return _week(groups)


def read_moment(text: str) -> tuple[int, int] | None:
    """A day of the week and a minute, from 周三 19:00; None where it is not understood."""
    found = re.fullmatch(r"周([一二三四五六日])\s*(\d{1,2}):(\d{2})", _plain(text))
    if found is None or int(found[2]) > 23 or int(found[3]) > 59:
        return None
    return _CHINESE[found[1]], int(found[2]) * 60 + int(found[3])


@dataclass
class _Group:
    """Days and spans that are said together."""

    days: frozenset[int] | None = None
    spans: Spans | None = None
    instead: bool = False


def _plain(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text).strip().lower()
    plain = re.sub("星期|礼拜", "周", plain).replace("周天", "周日")
    return re.sub(r"[—–―~〜至到]+|--", "-", plain)


def _take(token: re.Match[str], groups: list[_Group]) -> bool:
    """Note what a token says; False where its numbers are no time."""
    kind, said, group = str(token.lastgroup), token[0], groups[-1]
    if token["time"] is not None:
        span = _span(token)
        if span is None:
            return False
        group.spans = (*(group.spans or ()), span)
    elif kind == "whole":
        group.spans = ((0, DAY_MIN),)
    elif kind == "closed":
        group.spans = ()
    elif kind == "next":
        groups.append(_Group(instead=True))
    elif kind != "nothing":
        if group.days is not None and group.spans is not None:
            group = _Group()
            groups.append(group)
        group.days = (group.days or frozenset()) | _days(kind, said)
    return True


def _span(token: re.Match[str]) -> tuple[int, int] | None:
    first = token.re.groupindex["time"] + 1
    parts = [token[first + k] for k in range(6)]
    minutes = []
    for half, hour, minute in (parts[:3], parts[3:]):
        late = half in ("下午", "晚上", "晚") and int(hour) < 12
        minutes.append((int(hour) + 12 * late) * 60 + int(minute or 0))
        if minutes[-1] > DAY_MIN or int(minute or 0) > 59:
            return None
    start, end = minutes
    return start, end if end > start else end + DAY_MIN


def _days(kind: str, said: str) -> frozenset[int]:
    if kind == "set":
        return _SETS[said]
    if kind == "some":
        return frozenset(_CHINESE[name] for name in said[1:])
    if kind == "span":
        names = [_CHINESE[name] for name in said if name in _CHINESE]
    else:
        names = [_ENGLISH[part.strip()[:2]] for part in said.split("-")]
    first, last = names[0], names[-1]
    return frozenset((first + k) % 7 for k in range((last - first) % 7 + 1))


def _week(groups: list[_Group]) -> Hours:
    days: list[list[tuple[int, int]]] = [[] for _ in range(7)]
    for group in groups:
        spans = ((0, DAY_MIN),) if group.spans is None else group.spans
        for day in sorted(_EVERY if group.days is None else group.days):
            if group.instead or not spans:
                days[day] = []
            days[day] += spans
    return Hours(tuple(tuple(sorted(spans)) for spans in _past_midnight(days)))


def _past_midnight(days: list[list[tuple[int, int]]]) -> list[list[tuple[int, int]]]:
    """What runs past midnight belongs to the next day from there on."""
    cut: list[list[tuple[int, int]]] = [[] for _ in days]
    for day, spans in enumerate(days):
        for start, end in spans:
            cut[day].append((start, min(end, DAY_MIN)))
            if end > DAY_MIN:
                cut[(day + 1) % 7].append((0, end - DAY_MIN))
    return cut
