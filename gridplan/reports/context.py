"""Everything that a report says, as one value that is computed once and then only worded."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

import pandas as pd

from gridplan.cases import Period, Quality
from gridplan.cases.quality import quality_of
from gridplan.coverage import Coverage, find_coverage
from gridplan.errors import GridplanError
from gridplan.hotspots import Hotspots, HotspotSpec, find_hotspots
from gridplan.plan import Plan
from gridplan.prepared import Prepared
from gridplan.reports.blind import BlindService, blind_services
from gridplan.reports.figures import Figure, figures, trend
from gridplan.reports.ground import Ground, lay_ground
from gridplan.reports.kinds import ReportKind, ReportSpec
from gridplan.reports.ledger import Dispute, Frequent, LedgerRow, disputes, frequent, ledger
from gridplan.reports.parts import Part, Topic, category_of_month, parts, topic
from gridplan.reports.places import HotPlace, hot_places, pile_kinds
from gridplan.reports.satisfaction import Rating, ratings, ratings_of_communities
from gridplan.schema import CATEGORY

Report = Callable[[str, float], None]


@dataclass(frozen=True, eq=False)
class ReportContext:
    """What a report says, before it is worded.

    Parameters
    ----------
    spec : ReportSpec
        What was asked for.
    period : Period
        Which.
    issued : date
        Day under the title.
    ground : Ground
        Cases that everything was counted from; of a monthly report those of its category.
    quality : Quality
        Of all cases of the area.
    located : float
        Share of the period's cases that lie in a community.
    figures : tuple of Figure
        The numbers at the top.
    trend : DataFrame
        ``period, count, satisfied`` of the last periods.
    ledger : tuple of LedgerRow
        Red, yellow, green.
    frequent : tuple of Frequent
        Categories, the most frequent first; of a monthly report its subcategories.
    places : tuple of HotPlace
        Hotspots with cases in the period; weekly and monthly.
    piles : DataFrame
        From :func:`gridplan.reports.places.pile_kinds`.
    disputes : tuple of Dispute
        Prominent ones; weekly.
    blind : tuple of BlindService
        Services, the least covered first; weekly.
    parts : tuple of Part
        Communities or grids; daily and monthly.
    topic : Topic or None
        The category of the month.
    ratings, community_ratings : tuple of Rating
        Satisfaction; quarterly.
    hotspots : Hotspots or None
        What the places come from.
    coverage : Coverage or None
        What the blind spots come from.
    missing : mapping of str to GridplanError
        Why ``hotspots`` or ``coverage`` are not there.
    """

    spec: ReportSpec
    period: Period
    issued: date
    ground: Ground
    quality: Quality
    located: float
    figures: tuple[Figure, ...]
    trend: pd.DataFrame
    ledger: tuple[LedgerRow, ...]
    frequent: tuple[Frequent, ...]
    places: tuple[HotPlace, ...] = ()
    piles: pd.DataFrame | None = None
    disputes: tuple[Dispute, ...] = ()
    blind: tuple[BlindService, ...] = ()
    parts: tuple[Part, ...] = ()
    topic: Topic | None = None
    ratings: tuple[Rating, ...] = ()
    community_ratings: tuple[Rating, ...] = ()
    hotspots: Hotspots | None = None
    coverage: Coverage | None = None
    missing: Mapping[str, GridplanError] = field(default_factory=dict)

    @property
    def kind(self) -> ReportKind:
        """Which report."""
        return self.spec.kind

    def figure(self, key: str) -> Figure:
        """One of the numbers at the top."""
        return next(one for one in self.figures if one.key == key)


def report_context(
    prepared: Prepared,
    spec: ReportSpec | None = None,
    *,
    plan: Plan | None = None,
    report: Report | None = None,
) -> ReportContext:
    """Compute everything that a report says.

    Parameters
    ----------
    prepared : Prepared
        An area with cases.
    spec : ReportSpec, optional
        Kind, period, community; a weekly report of the last whole week where left out.
    plan : Plan, optional
        Its grids answer, in place of the first layer of present grids.
    report : callable, optional
        Told the step in hand (a catalogue entry) and the share done, 0 to 1.

    Returns
    -------
    ReportContext

    Raises
    ------
    GridplanError
        Where no case has a time, the period lies outside of the data, or the community or the
        category is not known.
    """
    spec = spec or ReportSpec()
    tell = report or _silent
    tell("step.report", 0.0)
    whole = lay_ground(prepared, spec, plan)
    ground, category = whole, ""
    if spec.kind is ReportKind.MONTHLY:
        category = _category(whole)
        ground = replace(whole, cases=whole.cases[whole.cases[CATEGORY] == category])
    inside = whole.inside(whole.period)
    base = ReportContext(
        spec=spec,
        period=whole.period,
        issued=spec.issued or date.today(),
        ground=ground,
        quality=quality_of(prepared.layers.cases, prepared.layers.communities),
        located=float((inside["community"] != "").mean()) if len(inside) else float("nan"),
        figures=figures(ground),
        trend=trend(ground),
        ledger=ledger(ground),
        frequent=frequent(ground, "subcategory" if category else CATEGORY),
    )
    made = {
        ReportKind.WEEKLY: _weekly,
        ReportKind.DAILY: _daily,
        ReportKind.MONTHLY: _monthly,
        ReportKind.QUARTERLY: _quarterly,
    }[spec.kind](base, whole, plan, tell)
    tell("step.ready", 1.0)
    return made


def _weekly(base: ReportContext, ground: Ground, plan: Plan | None, tell: Report) -> ReportContext:
    tell("step.hotspot_scan", 0.1)
    base = _with_hotspots(base, ground, plan, HotspotSpec())
    tell("step.coverage", 0.6)
    base = _with_coverage(base, ground, plan)
    return replace(base, disputes=disputes(ground, base.places))


def _daily(base: ReportContext, ground: Ground, _plan: Plan | None, _tell: Report) -> ReportContext:
    return replace(base, parts=parts(ground))


def _monthly(base: ReportContext, whole: Ground, plan: Plan | None, tell: Report) -> ReportContext:
    tell("step.hotspot_scan", 0.1)
    category = _category(whole)
    about = topic(base.ground, category, whole)
    base = replace(base, parts=parts(base.ground), topic=about)
    return _with_hotspots(base, base.ground, plan, HotspotSpec(category=category))


def _quarterly(
    base: ReportContext, ground: Ground, _plan: Plan | None, _tell: Report
) -> ReportContext:
    return replace(base, ratings=ratings(ground), community_ratings=ratings_of_communities(ground))


def _with_hotspots(
    base: ReportContext, ground: Ground, plan: Plan | None, spec: HotspotSpec
) -> ReportContext:
    """The hotspots of the year that ends with the period, or why there are none."""
    try:
        found = find_hotspots(ground.prepared, spec, plan=plan, until=ground.until)
    except GridplanError as error:
        return replace(base, missing={**base.missing, "hotspots": error})
    return replace(
        base,
        hotspots=found,
        places=hot_places(found, ground),
        piles=pile_kinds(found, ground.period),
    )


def _with_coverage(base: ReportContext, ground: Ground, plan: Plan | None) -> ReportContext:
    """Coverage at the end of the period, or why it cannot be told."""
    try:
        found = find_coverage(ground.prepared, plan=plan, as_of=ground.period.last)
    except GridplanError as error:
        return replace(base, missing={**base.missing, "coverage": error})
    return replace(base, coverage=found, blind=blind_services(found))


def _category(ground: Ground) -> str:
    known = ground.cases[CATEGORY]
    wanted = ground.spec.category
    if wanted and not (known == wanted).any():
        names = "、".join(sorted(set(known) - {""}))
        raise GridplanError("reports.error.no_category", category=wanted, known=names)
    found = wanted or category_of_month(ground, known)
    if not found:
        raise GridplanError("reports.error.nothing_this_month", period=str(ground.period))
    return found


def _silent(step: str, share: float) -> None:
    """Tell nobody."""
