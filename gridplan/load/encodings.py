"""Which encoding a text file has: UTF-8 where it can be, GB18030 before anything else."""

from __future__ import annotations

import codecs
from pathlib import Path

from charset_normalizer import from_bytes

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_BROKEN_SHARE = 0.05
_CHINESE = ["utf_8", "gb18030", "big5", "utf_16"]


def text_encoding(raw: bytes) -> str | None:
    """Encoding of a text.

    Parameters
    ----------
    raw : bytes
        The whole text.

    Returns
    -------
    str or None
        By its byte order mark; else UTF-8 or GB18030 where all of it decodes so; else what
        charset-normalizer finds among the encodings of Chinese; None where nothing fits.
    """
    for mark, encoding in _MARKS:
        if raw.startswith(mark):
            return encoding
    for encoding in ("utf-8", "gb18030"):
        try:
            raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        return encoding
    best = from_bytes(raw, cp_isolation=_CHINESE).best()
    return best.encoding if best else None


def dbf_encoding(path: Path) -> str | None:
    """Encoding of a shapefile's ``.dbf`` where no ``.cpg`` names it, else None.

    A field of fixed width can cut a character in two, so a few broken ones do not decide.
    """
    dbf = next((f for f in path.parent.glob(f"{path.stem}.*") if f.suffix.lower() == ".dbf"), None)
    has_cpg = any(f.suffix.lower() == ".cpg" for f in path.parent.glob(f"{path.stem}.*"))
    if path.suffix.lower() != ".shp" or dbf is None or has_cpg:
        return None
    raw = dbf.read_bytes()
    text = raw[int.from_bytes(raw[8:10], "little") :].decode("utf-8", errors="replace")
    wide = [character for character in text if ord(character) > 127]
    broken = wide.count("\N{REPLACEMENT CHARACTER}")
    return "utf-8" if broken <= _BROKEN_SHARE * len(wide) else "gb18030"
