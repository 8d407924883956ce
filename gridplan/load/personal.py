"""Personal data stays outside: columns are dropped and numbers in free text are blotted out.

gridplan keeps counts only. A column is personal by its heading (a person's name, a telephone, an
identity number, an address of mail) or because most of its cells are telephone or identity
numbers. The name of a building or a compound (名称) is no person's name.
"""

from __future__ import annotations

import re
import unicodedata

import numpy as np
import pandas as pd

from gridplan.load import cells

BLOT = "***"
_HEADINGS = re.compile(
    r"姓名|户主|房主|业主名|联系人|负责人|经办人|报案人|诉求人|来电人|当事人|网格员|网格长|楼长|"
    r"电话|手机|联系方式|联系号码|身份证|证件号|护照|微信|邮箱|"
    r"phone|mobile|(?:^|[_\W])tel(?:$|[_\W])|e-?mail|id_?card|identity|passport|"
    r"(?:owner|person|resident|contact|first|last|full|worker)s?[_ ]?name|contact_?person",
    re.IGNORECASE,
)
_COUNTS = re.compile(r"(?:数|人数|岗位|编制|空缺|缺额|count|posts|vacanc)", re.IGNORECASE)
_MOBILE = r"(?:\+?86[- ]?)?(?<!\d)1[3-9]\d[- ]?\d{4}[- ]?\d{4}(?!\d)"
_LANDLINE = r"(?<!\d)0\d{2,3}-\d{7,8}(?!\d)"
_IDENTITY = (
    r"(?<![\dA-Za-z])[1-8]\d{5}(?:18|19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx]"
    r"(?![\dA-Za-z])"
)
_MAIL = r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"
_TRACES = re.compile(f"{_IDENTITY}|{_MOBILE}|{_LANDLINE}|{_MAIL}")
_MOSTLY = 0.2
_SAMPLE = 500


def is_personal_heading(name: str) -> bool:
    """Whether a heading says that the column holds personal data."""
    return bool(_HEADINGS.search(name)) and not _COUNTS.search(name)


def has_personal_values(column: pd.Series) -> bool:
    """Whether a fifth or more of the filled cells are nothing but a telephone or identity number.

    Only the first 500 filled cells are looked at.
    """
    if pd.api.types.is_float_dtype(column.dtype) or pd.api.types.is_datetime64_any_dtype(
        column.dtype
    ):
        return False
    texts = cells.first_texts(column, _SAMPLE)
    hits = sum(bool(_TRACES.fullmatch(unicodedata.normalize("NFKC", text))) for text in texts)
    return bool(texts) and hits >= _MOSTLY * len(texts)


def personal_columns(frame: pd.DataFrame) -> list[str]:
    """Columns of a file that hold personal data, by heading or by what is in them."""
    return [
        str(name)
        for name in frame.columns
        if is_personal_heading(str(name)) or has_personal_values(frame[name])
    ]


def blotted(texts: pd.Series) -> tuple[pd.Series, int]:
    """Texts with telephone numbers, identity numbers and mail addresses blotted out.

    Parameters
    ----------
    texts : Series of str
        Free text.

    Returns
    -------
    Series of str, int
        The texts, and how many of them were changed.
    """
    place, each = pd.factorize(texts.to_numpy(dtype=object))  # a category is looked at once
    normal = [unicodedata.normalize("NFKC", text) for text in each]
    hit = np.array([bool(_TRACES.search(text)) for text in normal], dtype=bool)
    clean = np.array(
        [
            _TRACES.sub(BLOT, flat) if found else text
            for text, flat, found in zip(each, normal, hit, strict=True)
        ],
        dtype=object,
    )
    return pd.Series(clean[place], index=texts.index, dtype=object), int(hit[place].sum())
