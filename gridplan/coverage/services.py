"""Kinds of service: how far one walks to each, and which facilities count."""

from __future__ import annotations

import math
import unicodedata
from dataclasses import dataclass, field

from gridplan.coverage.hours import read_hours
from gridplan.coverage.visits import VisitRules
from gridplan.words import Language, say

FIVE = "coverage.source.five"
TEN = "coverage.source.ten"
OURS = "coverage.source.ours"
EDITED = "coverage.source.edited"


@dataclass(frozen=True)
class Walk:
    """How far a service may be, with the sentence that the number comes from.

    Parameters
    ----------
    metres : float
        Along the walking network, with the steps to the street at both ends.
    source : str
        Catalogue entry of the sentence.
    note : str
        The user's own sentence, which stands in its place.
    """

    metres: float
    source: str = EDITED
    note: str = ""

    def __post_init__(self) -> None:
        if not (math.isfinite(self.metres) and self.metres > 0):
            raise ValueError(f"a walking distance is a number of metres, not {self.metres}")

    def sentence(self, language: Language = "zh") -> str:
        """The sentence behind the number."""
        return self.note or say(self.source, language, metres=self.metres)


@dataclass(frozen=True)
class OpenRule:
    """Which facilities count by their opening hours; all of them by default.

    Parameters
    ----------
    at : tuple of int, optional
        Only those open on a day (0 is Monday) at a minute after midnight.
    days : int, optional
        Only those open on at least so many days a week.
    count_unknown : bool
        Whether facilities whose hours are not known count all the same.
    """

    at: tuple[int, int] | None = None
    days: int | None = None
    count_unknown: bool = False

    @property
    def asks(self) -> bool:
        """Whether hours matter at all."""
        return self.at is not None or self.days is not None

    def keeps(self, text: str) -> bool:
        """Whether a facility with these hours counts."""
        if not self.asks:
            return True
        hours = read_hours(text)
        if hours is None:
            return self.count_unknown
        open_then = self.at is None or hours.open_at(*self.at)
        return open_then and hours.days_open >= (self.days or 0)


@dataclass(frozen=True)
class Service:
    """One kind of service on one level.

    A larger facility is no substitute for a nearer one: a hospital does not stand in for a
    clinic. What serves on two levels needs a service for each, or words that match it in both.

    Parameters
    ----------
    key : str
        Stable name in files.
    walk : Walk
        How far it may be.
    kinds : tuple of str
        Kinds of facility that count. A Chinese word counts wherever it stands in the kind, a
        word in Latin letters as the whole kind.
    names : tuple of str
        Words in the name of a facility whose kind tells nothing.
    excludes : tuple of str
        Words in the name or the kind of a facility that does not count.
    name : str
        As shown; the preset's name in the language asked for where left out.
    places_per_household : float, optional
        Places that a household takes up; without it capacities are not judged.
    capacity : float, optional
        Places of a facility that does not tell its own.
    open : OpenRule, optional
        In place of the rule of the whole set.
    """

    key: str
    walk: Walk
    kinds: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    excludes: tuple[str, ...] = ()
    name: str = ""
    places_per_household: float | None = None
    capacity: float | None = None
    open: OpenRule | None = None

    def title(self, language: Language = "zh") -> str:
        """The name as shown."""
        return self.name or say(f"coverage.service.{self.key}", language)

    def fits_kind(self, kind: str) -> bool:
        """Whether a facility of this kind counts, by its kind alone."""
        parts = [_plain(part) for part in kind.split(";")]  # as OpenStreetMap writes several
        words = [_plain(word) for word in (self.title(), *self.kinds)]
        return any(_is_in(word, part) for word in words for part in parts)

    def fits_name(self, name: str) -> bool:
        """Whether a facility of this name counts, where its kind tells nothing."""
        plain = _plain(name)
        return any(_plain(word) in plain for word in self.names)

    def shuts_out(self, kind: str, name: str) -> bool:
        """Whether a facility does not count whatever else fits."""
        plain = f"{_plain(kind)} {_plain(name)}"
        return any(_plain(word) in plain for word in self.excludes)


def preset() -> tuple[Service, ...]:
    """The eleven kinds, with words of Chinese lists and of OpenStreetMap."""
    return _PRESET


@dataclass(frozen=True)
class ServiceSet:
    """The services that an area is judged by.

    Parameters
    ----------
    services : tuple of Service
        Keys all different.
    open : OpenRule
        Which facilities count by their hours.
    visits : VisitRules
        In what time households have to be visited.

    Raises
    ------
    ValueError
        Where two services have one key.
    """

    services: tuple[Service, ...] = field(default_factory=preset)
    open: OpenRule = field(default_factory=OpenRule)
    visits: VisitRules = field(default_factory=VisitRules)

    def __post_init__(self) -> None:
        keys = [service.key for service in self.services]
        if len(set(keys)) < len(keys):
            raise ValueError(f"two services have one key: {keys}")

    def rule(self, service: Service) -> OpenRule:
        """The rule of opening hours of one service."""
        return service.open or self.open


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip().casefold()


def _is_in(word: str, kind: str) -> bool:
    """A Chinese word stands in a kind; one in Latin letters is the kind."""
    return word in kind if any("\u4e00" <= sign <= "\u9fff" for sign in word) else word == kind


_PRESET = (
    Service(
        "education", Walk(500.0, TEN),
        ("学校", "小学", "幼儿园", "school", "kindergarten"), ("小学", "幼儿园", "学校"),
        ("中学", "初中", "高中", "职业", "技校", "大学", "培训", "驾校", "党校", "driving_school"),
    ),
    Service(
        "health", Walk(300.0, FIVE),
        ("卫生服务站", "卫生站", "卫生室", "诊所", "门诊", "clinic", "doctors", "health_post", "doctor"),
        ("卫生服务站", "卫生站", "卫生室", "诊所", "门诊"),
        ("宠物", "动物", "兽医", "美容", "医院", "hospital"),
    ),
    Service(
        "elderly", Walk(300.0, FIVE),
        ("日间照料", "托老所", "养老服务站", "养老驿站", "老年食堂", "助餐点", "social_facility"),
        ("日间照料", "养老服务", "养老驿站", "托老所", "老年活动", "助餐点", "老年食堂"),
        ("养老院", "福利院"),
    ),
    Service(
        "childcare", Walk(300.0, FIVE),
        ("托育", "托儿所", "childcare", "nursery"), ("托育", "托儿所", "婴幼儿照护"),
    ),
    Service(
        "sports", Walk(300.0, FIVE),
        ("健身", "运动场", "球场", "体育", "pitch", "fitness_station", "sports_centre",
         "fitness_centre", "fitness", "playground"),
        ("健身", "运动场", "球场", "体育"), ("用品", "彩票"),
    ),
    Service(
        "culture", Walk(500.0, TEN),
        ("文化", "书屋", "图书", "阅览", "library", "community_centre", "arts_centre"),
        ("文化活动", "文化站", "书屋", "图书馆", "阅览", "文化服务"), ("公司",),
    ),
    Service(
        "transport", Walk(500.0, TEN),
        ("公交", "地铁站", "快递", "驿站快递", "邮政", "物流", "bus_stop", "bus_station",
         "post_office", "parcel_locker", "bicycle_rental", "subway_entrance", "tram_stop"),
        ("公交站", "快递", "邮政", "菜鸟", "物流"), ("物流园", "公司"),
    ),
    Service(
        "commerce", Walk(500.0, TEN),
        ("便民", "菜场", "菜店", "菜市场", "农贸市场", "超市", "便利店", "药店", "生鲜", "marketplace",
         "supermarket", "convenience", "greengrocer", "bakery", "butcher", "pharmacy", "chemist"),
        ("菜店", "菜场", "菜市场", "农贸", "超市", "便利店", "药店", "药房", "生鲜"), ("批发",),
    ),
    Service(
        "property", Walk(500.0, OURS), ("物业",), ("物业服务", "物业管理", "物业办公"),
    ),
    Service(
        "safety", Walk(1000.0, OURS),
        ("消防", "警务", "派出所", "安防", "police", "fire_station"),
        ("微型消防", "消防站", "警务室", "警务站", "派出所"),
    ),
    Service(
        "governance", Walk(300.0, FIVE),
        ("社区服务站", "服务驿站", "党群服务", "居委会", "村委会", "社区工作站", "townhall"),
        ("社区服务", "服务驿站", "党群服务", "居委会", "居民委员会", "村委会", "村民委员会"),
    ),
)  # fmt: skip
