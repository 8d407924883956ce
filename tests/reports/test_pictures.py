"""Maps of a report: nothing runs over the edge."""

from __future__ import annotations

from io import BytesIO

import numpy as np
import pytest
from PIL import Image, ImageColor

from gridplan.reports import ReportContext
from gridplan.reports.pictures import FACILITY, HOT, draw_blind, draw_hotspots
from gridplan.reports.speak import Speaker
from gridplan.words import Language


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_legend_lies_within_the_picture(weekly: ReportContext, language: Language) -> None:
    for draw, known in ((draw_hotspots, HOT), (draw_blind, FACILITY)):
        picture = draw(Speaker(weekly, language))
        assert picture is not None
        dots = np.asarray(Image.open(BytesIO(picture.png)).convert("RGB"))
        strip = dots[int(0.86 * len(dots)) : int(0.965 * len(dots))]
        assert (strip == ImageColor.getrgb(known)).all(axis=2).any()  # one of its entries
        assert strip[:, :4].min() == strip[:, -4:].min() == 255
