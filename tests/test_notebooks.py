"""Every notebook runs as it stands, in Jupyter's way, and asks nothing of any network."""

from __future__ import annotations

import ast
import re
from html import unescape
from pathlib import Path

import nbformat
import pytest

from tests.areas import charlestown
from tests.executed import AREA, NOTEBOOKS, code_cells, executed, said, shown

each_notebook = pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)

FETCHED = re.compile(
    r"""(?ix)
      <(?:script|img|iframe|link|source|object|embed|video|audio)\b[^>]*?
        \s(?:src|href|data)\s*=\s*["']?\s*((?:https?:)?//[^"'\s>]+)
    | url\(\s*["']?\s*((?:https?:)?//[^"')\s]+)
    | (?:fetch|import|importScripts|WebSocket|EventSource)\(\s*["'`]((?:https?:|wss?:)?//[^"'`]+)
    | @import\s+["']((?:https?:)?//[^"']+)
    """
)
"""Addresses with a host that a browser would ask; a namespace or a link to click is none."""


def source_of(notebook: Path) -> ast.Module:
    """All its code as one module."""
    cells = code_cells(nbformat.read(notebook, as_version=4))
    return ast.parse("\n".join(cell.source for cell in cells))


def addresses(html: str) -> list[str]:
    """What a browser would ask of other machines, in a page and in the pages inside it."""
    text = html + unescape(html)
    found = ["".join(groups) for groups in FETCHED.findall(text)]
    return [name for name in found if not re.match(r"(https?:)?//localhost\b", name)]


@pytest.mark.parametrize(
    "html",
    [
        '<script src="https://cdn.example/x.js"></script>',
        "<iframe srcdoc='&lt;link rel=\"stylesheet\" href=&quot;//cdn.example/x.css&quot;&gt;'>",
        "a { background: url(//cdn.example/x.png) }",
        'fetch("https://cdn.example/tiles")',
    ],
)
def test_an_outside_address_is_seen(html: str) -> None:
    assert addresses(html)
    assert not addresses(html.replace("//cdn.example", "//localhost:80"))


@each_notebook
def test_stripped(notebook: Path) -> None:
    book = nbformat.read(notebook, as_version=4)
    nbformat.validate(book)
    for cell in code_cells(book):
        assert cell.outputs == []
        assert cell.execution_count is None


@each_notebook
def test_another_area_is_one_line(notebook: Path) -> None:
    nodes = list(ast.walk(source_of(notebook)))
    names = [node for node in nodes if isinstance(node, ast.Name) and node.id == "AREA"]
    assert sum(isinstance(name.ctx, ast.Store) for name in names) == 1
    assert any(isinstance(name.ctx, ast.Load) for name in names)
    texts = {node.value for node in nodes if isinstance(node, ast.Constant)}
    texts = {text for text in texts if isinstance(text, str)}
    assert AREA in texts
    of_demo = (
        "demo",
        "城管",
        "警务",
        "党建",
        "桃溪",
        "望江",
        "文昌",
        "锦绣",
        "站前",
        "柳湾",
        "999901",
    )
    assert not [text for text in texts - {AREA} if any(word in text for word in of_demo)]


@each_notebook
def test_hides_no_helpers(notebook: Path) -> None:
    defined = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    assert not [node for node in ast.walk(source_of(notebook)) if isinstance(node, defined)]


@each_notebook
def test_names_files_that_exist(notebook: Path) -> None:
    book = nbformat.read(notebook, as_version=4)
    prose = "\n".join(cell.source for cell in book.cells if cell.cell_type == "markdown")
    for name in re.findall(r"\]\(([^)#]+)\)", prose):
        assert (notebook.parent / name).is_file(), name


@each_notebook
def test_runs_and_asks_nobody(notebook: Path) -> None:
    book = executed(notebook)
    assert all(cell.execution_count for cell in code_cells(book))
    assert said(book, "stderr") == ""
    assert "False" not in "".join(t for t in shown(book, "text/plain") if "结果 result" in t)
    pages = list(shown(book, "text/html"))
    assert pages
    for page in pages:
        assert addresses(page) == []
        assert len(page) < 1_500_000


@pytest.mark.parametrize("start", ["01", "03", "04"])
def test_another_area_runs(shared: Path, tmp_path: Path, start: str) -> None:
    """No present grids, no visits, one kind of service: tables are empty, none fails."""
    (notebook,) = [path for path in NOTEBOOKS if path.stem.startswith(start)]
    book = executed(notebook, str(charlestown(shared, tmp_path)))
    assert said(book, "stdout").startswith("Charlestown")
    assert said(book, "stderr") == ""
    assert sum("<iframe" in page for page in shown(book, "text/html")) == 2


def test_hotspots_of_the_demo_tell_what_was_planted() -> None:
    """A default point and an address set aside, a market, a new matter, and one owner or several."""
    (notebook,) = [path for path in NOTEBOOKS if path.stem.startswith("03")]
    book = executed(notebook)
    tables = "".join(page for page in shown(book, "text/html") if "<table" in page)
    assert "疑似默认定位点" in tables
    assert "高频诉求地址" in tables
    for place in ("翡翠城", "北巷里", "阳光新城", "文昌农贸市场"):
        assert place in tables
    assert re.search(r"一格：", tables)
    assert re.search(r"\d+ 格，最多", tables)
    assert said(book, "stdout").splitlines()[-2].startswith("2025-07-02 至 2026-06-30")


def test_siting_of_the_demo_is_proved() -> None:
    (notebook,) = [path for path in NOTEBOOKS if path.stem.startswith("04")]
    book = executed(notebook)
    assert "已证明最优。" in said(book, "stdout")
    assert sum("<iframe" in page for page in shown(book, "text/html")) == 3
