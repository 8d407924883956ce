"""The house keeps its own rules: arrows, sizes, the table of contents, the catalogue."""

from __future__ import annotations

import ast
import re
import string
import subprocess
import sys
from pathlib import Path

import pytest

import gridplan
from gridplan.words import catalogue

ROOT = Path(__file__).parents[1]
SOURCES = sorted((ROOT / "gridplan").rglob("*.py"))


def test_imports_flow_one_way() -> None:
    done = subprocess.run(
        [Path(sys.executable).with_name("lint-imports")],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_modules_stay_small(source: Path) -> None:
    assert len(source.read_text("utf-8").splitlines()) <= 350


def test_table_of_contents_is_whole() -> None:
    for name in gridplan.__all__:
        assert getattr(gridplan, name) is not None
    assert set(gridplan.__all__) == {*gridplan._HOME, "__version__"}
    with pytest.raises(AttributeError, match="nonsense"):
        _ = gridplan.nonsense


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("key", sorted(catalogue()))
def test_entry_speaks_both_languages_alike(key: str) -> None:
    entry = catalogue()[key]
    assert fields(entry["zh"]) == fields(entry["en"])
    plain = re.sub(r"{[^}]*}", "", entry["zh"])
    assert re.search("[\u4e00-\u9fff]", plain) or not re.search("[A-Za-z]{3}", plain)
    assert not re.search("[\u4e00-\u9fff]", entry["en"]) or "格" in entry["en"]


def spoken() -> set[str]:
    """Every text in the code that looks like the name of an entry of an existing table."""
    tables = {key.split(".")[0] for key in catalogue()}
    keys = set()
    for source in SOURCES:
        if source.parent.name == "ui":  # its word() puts "page." before what it names
            text = source.read_text("utf-8")
            keys |= {f"page.{key}" for key in re.findall(r"""\bword\(\s*"([a-z_.]+)\"""", text)}
            continue
        for node in ast.walk(ast.parse(source.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found = re.fullmatch(r"([a-z_]+)(\.[a-z0-9_]+)+", node.value)
                if found and found[1] in tables and "/" not in node.value:
                    keys.add(node.value)
    return keys


def test_every_entry_that_the_code_names_exists() -> None:
    missing = {
        key
        for key in spoken() - {"error.log"}
        if key not in catalogue() and not any(known.startswith(f"{key}.") for known in catalogue())
    }
    assert not missing


def test_locks_name_no_registry() -> None:
    for name in ("requirements.txt", "requirements-dev.txt", "package-lock.json"):
        text = (ROOT / name).read_text("utf-8")
        assert not re.search(r"https?://[^\s\"]*(registry|pypi|npmjs|pythonhosted)", text), name
