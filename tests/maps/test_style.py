"""What maps tell of data is text, whatever stands in it."""

from __future__ import annotations

import folium
from shapely import Point

from gridplan.maps.style import draw_told, feature


def test_names_with_marks_of_html_stay_text() -> None:
    drawn = folium.Map([30.0, 120.0], tiles=None)
    spot = feature(Point(120, 30), {"name": "<img src=x onerror=alert(1)>", "style": {}})
    draw_told(drawn, [spot], {"name": "名称"})
    page = drawn.get_root().render()
    assert "<img src=x" not in page
    assert "lt;img src=x" in page  # its & goes into the page as a number
    assert spot["properties"]["name"].startswith("<img"), "what was handed in stays as it was"
