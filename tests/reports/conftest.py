"""Reports of the demo street, computed once: nobody changes them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import geopandas as gpd
import pytest

from gridplan.prepared import Prepared
from gridplan.reports import ReportContext, ReportKind, ReportSpec, report_context
from gridplan.reports.ground import Ground, lay_ground

ISSUED = date(2026, 7, 1)
COMMUNITY = "999901001003"


@pytest.fixture(scope="session")
def weekly(demo: Prepared) -> ReportContext:
    return report_context(demo, ReportSpec(issued=ISSUED))


@pytest.fixture(scope="session")
def monthly(demo: Prepared) -> ReportContext:
    return report_context(demo, ReportSpec(ReportKind.MONTHLY, issued=ISSUED))


@pytest.fixture(scope="session")
def daily(demo: Prepared) -> ReportContext:
    return report_context(demo, ReportSpec(ReportKind.DAILY, community=COMMUNITY, issued=ISSUED))


@pytest.fixture(scope="session")
def quarterly(demo: Prepared) -> ReportContext:
    return report_context(demo, ReportSpec(ReportKind.QUARTERLY, issued=ISSUED))


@pytest.fixture
def with_cases(demo: Prepared) -> Callable[[gpd.GeoDataFrame], Prepared]:
    """The demo street with other cases."""

    def changed(cases: gpd.GeoDataFrame) -> Prepared:
        return replace(demo, layers=replace(demo.layers, cases=cases))

    return changed


@pytest.fixture(scope="session")
def ground(demo: Prepared) -> Ground:
    """Of the last whole week."""
    return lay_ground(demo, ReportSpec())
