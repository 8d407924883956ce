"""PDF by the browser that stands on the machine anyway: Edge, Chrome or Chromium, headless."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from gridplan.errors import GridplanError

VARIABLE = "GRIDPLAN_BROWSER"
"""Environment variable that names the browser."""
TIME_LIMIT_S = 120

_NAMES = (
    "chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "microsoft-edge",
    "microsoft-edge-stable", "msedge", "chrome",
)  # fmt: skip
_UNDER = (
    "Microsoft/Edge/Application/msedge.exe",
    "Google/Chrome/Application/chrome.exe",
    "Chromium/Application/chrome.exe",
)
_ROOTS = ("PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA", "PROGRAMW6432")
_MAC = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
)
_OPTIONS = (
    "--headless=new", "--disable-gpu", "--no-first-run", "--no-default-browser-check",
    "--disable-extensions", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--disable-quic", "--host-resolver-rules=MAP * ~NOTFOUND",
    "--no-pdf-header-footer",
)  # fmt: skip
"""Nothing is fetched: the page holds all that it shows."""


def find_browser() -> Path:
    """The browser that the environment names, else the first one found.

    Raises
    ------
    GridplanError
        Where there is none.
    """
    wanted = os.environ.get(VARIABLE, "")
    if wanted:
        found = shutil.which(wanted)
        if found is None:
            raise GridplanError("reports.error.no_browser")
        return Path(found)
    for name in _NAMES:
        if (found := shutil.which(name)) is not None:
            return Path(found)
    roots = [os.environ[root] for root in _ROOTS if os.environ.get(root)]
    places = [Path(root) / under for root in roots for under in _UNDER]
    for place in (*places, *map(Path, _MAC)):
        if place.is_file():
            return place
    raise GridplanError("reports.error.no_browser")


def print_pdf(page: str) -> bytes:
    """Print an HTML page.

    Parameters
    ----------
    page : str
        With all that it shows inside.

    Returns
    -------
    bytes
        The PDF.

    Raises
    ------
    GridplanError
        Where there is no browser, or it fails.
    """
    browser = find_browser()
    with tempfile.TemporaryDirectory(prefix="gridplan-pdf-", ignore_cleanup_errors=True) as folder:
        source, target = Path(folder) / "sheet.html", Path(folder) / "sheet.pdf"
        source.write_text(page, encoding="utf-8")
        command = [
            str(browser), *_OPTIONS, *_sandbox(), f"--user-data-dir={Path(folder) / 'profile'}",
            f"--print-to-pdf={target}", source.as_uri(),
        ]  # fmt: skip
        try:
            done = subprocess.run(  # noqa: S603  the browser that the user named or installed
                command, capture_output=True, text=True, errors="replace", timeout=TIME_LIMIT_S,
                check=False,
            )  # fmt: skip
        except (OSError, subprocess.TimeoutExpired) as error:
            raise _failed(browser, str(error)) from error
        content = target.read_bytes() if target.is_file() else b""
    if not content.startswith(b"%PDF"):
        told = (done.stderr or "").strip().splitlines()
        raise _failed(browser, told[-1] if told else f"exit {done.returncode}")
    return content


def _sandbox() -> tuple[str, ...]:
    """Chromium refuses its sandbox to the superuser; the page is our own."""
    return ("--no-sandbox",) if getattr(os, "geteuid", lambda: 1)() == 0 else ()


def _failed(browser: Path, reason: str) -> GridplanError:
    return GridplanError("reports.error.browser_failed", browser=browser.name, reason=reason[:300])
