"""Encodings told apart by what a text holds."""

from __future__ import annotations

from pathlib import Path

import pytest

from gridplan.load.encodings import dbf_encoding, text_encoding

TEXT = "楼栋编号,户数\nL01,48户\n"


@pytest.mark.parametrize(
    ("encoding", "found"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8-sig"),
        ("utf-16", "utf-16"),
        ("gb18030", "gb18030"),
        ("ascii", "utf-8"),
    ],
)
def test_a_text_is_read_as_it_was_written(encoding: str, found: str) -> None:
    text = "a,b\n1,2\n" if encoding == "ascii" else TEXT
    raw = text.encode(encoding)
    assert text_encoding(raw) == found
    assert raw.decode(found) == text


def table(folder: Path, *cells: bytes) -> Path:
    """A shapefile of which only the table matters: a head of 32 bytes and the cells."""
    head = bytearray(32)
    head[8:10] = (32).to_bytes(2, "little")
    (folder / "楼栋.dbf").write_bytes(bytes(head) + b"".join(cells))
    (folder / "楼栋.shp").touch()
    return folder / "楼栋.shp"


def test_a_shapefile_without_a_cpg_is_read_by_its_letters(tmp_path: Path) -> None:
    assert dbf_encoding(table(tmp_path, "桃源街道".encode("gbk") * 20)) == "gb18030"
    assert dbf_encoding(table(tmp_path, "桃源街道".encode() * 20)) == "utf-8"


def test_a_letter_cut_by_the_width_of_its_field_does_not_decide(tmp_path: Path) -> None:
    cut = "桃源街道".encode()[:-1]
    assert dbf_encoding(table(tmp_path, "桃源街道".encode() * 20, cut)) == "utf-8"


def test_a_cpg_says_it_already(tmp_path: Path) -> None:
    path = table(tmp_path, "桃源街道".encode("gbk"))
    path.with_suffix(".CPG").write_text("GBK", "ascii")
    assert dbf_encoding(path) is None
