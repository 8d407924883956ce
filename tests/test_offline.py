"""No map asks for anything from another machine."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from gridplan import offline
from gridplan.errors import GridplanError
from gridplan.maps.grids import grid_map, standalone
from gridplan.maps.view import View
from tests.plans import small_layers, small_plan

ADDRESS = re.compile(r"""(?:src|href)\s*=\s*["']([^"']+)|url\(\s*["']?([^"')]+)""")


def rendered() -> str:
    offline.point_folium_here()
    plan = small_plan()
    view = View("调整后网格", plan.grids, plan.violations, plan.exceptions, plan.buildings)
    return str(grid_map(small_layers(), view, made_on=date(2026, 1, 2)).get_root().render())


def outside(html: str) -> list[str]:
    """Addresses with a host, where a browser would fetch them."""
    found = ["".join(pair) for pair in ADDRESS.findall(html)]
    return [name for name in found if "//" in name and not name.startswith("data:")]


@pytest.fixture
def installed() -> None:
    if offline.missing():
        pytest.fail(f"run {offline.COMMAND} first; make setup does")


def test_rendered_map_names_local_files_only(installed: None) -> None:
    html = rendered()
    assert outside(html) == []
    local = [name for pair in ADDRESS.findall(html) for name in pair if offline.SERVED_AT in name]
    assert len(local) == 4  # Leaflet and the full screen, a script and a style each
    for name in local:
        assert (offline.VENDOR / name.removeprefix(offline.SERVED_AT)).is_file(), name


def test_a_link_that_nobody_named_is_seen() -> None:
    assert outside('<script src="https://cdn.example/x.js"></script>')
    assert outside("a { background: url(//cdn.example/x.png) }")


def test_styles_name_local_files_only(installed: None) -> None:
    for style in offline.VENDOR.rglob("*.css"):
        for match in re.findall(r"url\(\s*['\"]?([^'\")]+)", style.read_text("utf-8")):
            if match.startswith(("data:", "#")):
                continue
            assert "//" not in match, (style, match)
            assert (style.parent / re.split("[?#]", match)[0]).is_file(), (style, match)


def test_saved_map_carries_its_scripts(installed: None) -> None:
    offline.point_folium_here()
    plan = small_plan()
    html = standalone(grid_map(small_layers(), View("方案", plan.grids)), "方案")
    assert offline.SERVED_AT not in html
    assert 'src="' not in re.sub(r"<script>.*?</script>", "", html, flags=re.DOTALL)
    assert "Leaflet 1.9.3" in html
    assert "<title>方案</title>" in html
    assert len(html) < 400_000


def test_missing_files_are_named_with_the_one_command(tmp_path: Path) -> None:
    assert "leaflet/dist/leaflet.js" in offline.missing(tmp_path)
    page = f'<script src="{offline.SERVED_AT}leaflet/dist/leaflet.js"></script>'
    with pytest.raises(GridplanError, match=re.escape(offline.COMMAND)):
        offline.inline(page, tmp_path)


def test_npm_that_fails_leaves_what_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = tmp_path / "static" / "vendor" / "old.js"
    kept.parent.mkdir(parents=True)
    kept.write_text("old")
    monkeypatch.setattr(offline, "_npm", lambda: ["/no/such/npm"])
    with pytest.raises(GridplanError, match="npm"):
        offline.install(tmp_path)
    assert kept.read_text() == "old"
