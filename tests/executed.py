"""Notebooks run as Jupyter runs them, in a kernel of their own, each once in a session of tests."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import nbformat
from nbclient import NotebookClient
from nbformat import NotebookNode

ROOT = Path(__file__).parents[1]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
AREA = "../data/demo"


@cache
def executed(notebook: Path, area: str = AREA) -> NotebookNode:
    """A notebook with its outputs, run beside the demo data where nothing else is.

    Parameters
    ----------
    notebook : Path
        One of `NOTEBOOKS`.
    area : str
        What its one line says.
    """
    book = nbformat.read(notebook, as_version=4)
    for cell in code_cells(book):
        cell.source = cell.source.replace(f'AREA = "{AREA}"', f'AREA = "{area}"')
    with TemporaryDirectory() as place:
        folder = Path(place, "notebooks")
        folder.mkdir()
        Path(place, "data").symlink_to(ROOT / "data", target_is_directory=True)
        kernel = {"metadata": {"path": str(folder)}}
        NotebookClient(book, timeout=300, kernel_name="python3", resources=kernel).execute()
    return book


def code_cells(book: NotebookNode) -> list[NotebookNode]:
    """Cells that are run, in their order."""
    return [cell for cell in book.cells if cell.cell_type == "code"]


def shown(book: NotebookNode, kind: str) -> Iterator[str]:
    """What the cells show, of one kind such as ``text/html``."""
    for cell in code_cells(book):
        for output in cell.outputs:
            if kind in output.get("data", {}):
                yield output["data"][kind]


def said(book: NotebookNode, stream: str) -> str:
    """All that the cells wrote to ``stdout`` or ``stderr``."""
    outputs = [output for cell in code_cells(book) for output in cell.outputs]
    return "".join(output.text for output in outputs if output.get("name") == stream)
