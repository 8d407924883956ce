"""Maps of cases by community: classes, what they tell, and what they must not carry."""

from __future__ import annotations

import base64
from dataclasses import replace
from datetime import date
from xml.etree import ElementTree as ET

import pandas as pd

from gridplan.cases import Period, Told, make_board, tell_board
from gridplan.cases.book import CaseBook
from gridplan.cases.deadlines import deadlines
from gridplan.load.layers import Layers
from gridplan.maps.cases import FILLS, UNTOLD, cases_map, cases_picture, shade
from tests.case_tables import some_cases
from tests.plans import TOWN, VILLAGE, small_layers

SVG = "{http://www.w3.org/2000/svg}"


def told_of(counts: dict[str, int], households: dict[str, float], least: int = 5) -> Told:
    """So many cases in March of each community."""
    rows = [{"opened": "2025-03-03 09:00"} for count in counts.values() for _ in range(count)]
    cases = some_cases({"opened": "2025-03-31 09:00"}, *rows)
    places = [""] + [code for code, count in counts.items() for _ in range(count)]
    names = pd.DataFrame({"name": list(counts), "households": pd.Series(households)}, list(counts))
    book = CaseBook(
        cases, deadlines(cases).due, pd.Series(places, dtype=object),
        pd.Series("", cases.index, dtype=object), names, pd.DataFrame({"code": []}),
    )  # fmt: skip
    return tell_board(make_board(book, Period.parse("2025-03")), least)


def town_and_village(town: int, village: int, least: int = 5) -> tuple[Layers, Told]:
    layers = small_layers()
    return layers, told_of({TOWN: town, VILLAGE: village}, {TOWN: 1000.0, VILLAGE: 500.0}, least)


def test_classes_run_from_the_fewest_to_the_most() -> None:
    """10, 20, 35 and 60 for 1,000: of four classes 12.5 wide, the first, first, second, last."""
    shading = shade(told_of({"a": 10, "b": 20, "c": 35, "d": 60}, dict.fromkeys("abcd", 1000.0)))
    assert shading.bounds == (10, 22.5, 35, 47.5, 60)
    assert [shading.fill[code] for code in "abcd"] == [FILLS[0], FILLS[0], FILLS[2], FILLS[3]]
    assert shading.legend()[0] == (FILLS[0], "10.0–22.5")


def test_what_is_not_told_has_no_class() -> None:
    """C hides its 3, and the street's total would tell it but for b."""
    shading = shade(told_of({"a": 10, "b": 9, "c": 3}, dict.fromkeys("abc", 1000.0)))
    assert shading.fill["c"] == UNTOLD
    nobody = shade(told_of({"a": 10, "b": 20}, {"a": 1000.0, "b": 0.0}))
    assert nobody.fill == {"a": FILLS[0], "b": UNTOLD}
    assert nobody.legend()[0][1] == "10.0"
    assert shade(told_of({"a": 2}, {"a": 1000.0})).bounds == ()


def test_picture_is_whole_and_tells_what_the_map_tells() -> None:
    layers, told = town_and_village(30, 20)
    picture = cases_picture(layers, told)
    root = ET.fromstring(base64.b64decode(picture.split(",")[1]))  # noqa: S314  # our own picture
    words = "".join("".join(text.itertext()) + "|" for text in root.iter(f"{SVG}text"))
    for word in ("桃源社区", "30.0", "40.0", "每千户诉求件数", "北", "米"):
        assert word in words
    _, _, width, height = map(float, root.attrib["viewBox"].split())
    spots = [(float(t.attrib["x"]), float(t.attrib["y"])) for t in root.iter(f"{SVG}text")]
    assert all(0 <= x <= width and 0 <= y <= height for x, y in spots)


def test_north_is_up_in_the_picture() -> None:
    """The town lies north of the village."""
    layers, told = town_and_village(30, 20)
    root = ET.fromstring(base64.b64decode(cases_picture(layers, told).split(",")[1]))  # noqa: S314  # our own picture
    y = {"".join(t.itertext())[:2]: float(t.attrib["y"]) for t in root.iter(f"{SVG}text")}
    names = dict(zip(layers.communities["community_code"], layers.communities["name"], strict=True))
    assert y[names[TOWN][:2]] < y[names[VILLAGE][:2]]


def test_map_carries_no_building_and_no_hidden_count() -> None:
    layers, told = town_and_village(30, 3)
    html = cases_map(layers, told, made_on=date(2025, 4, 1)).get_root().render()
    assert '"cases": "\\u0026lt;5"' in html.replace("&lt;5", "\\u0026lt;5")
    assert '"cases": "3"' not in html
    for address in layers.buildings["address"]:
        assert not address or address not in html
    assert "building" not in html
    assert "2025-04-01" in html
    assert "内部使用" in html or "\\u5185\\u90e8" in html


def test_area_without_streets_and_barriers() -> None:
    layers, told = town_and_village(30, 20)
    bare = replace(layers, streets=layers.streets.iloc[:0], barriers=layers.barriers.iloc[:0])
    assert cases_picture(bare, told).startswith("data:image/svg+xml;base64,")
