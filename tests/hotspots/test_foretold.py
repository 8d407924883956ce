"""The default map beats the plain count of 52 weeks on real events that it has not seen."""

from __future__ import annotations

import pytest

from benchmarks.foretold import EVENTS, HELD_OUT, held_out
from gridplan.hotspots.accuracy import CANDIDATES

FEW = ("count_52", "kde_150", "kde_100_two_years", "kde_150_two_years")


@pytest.mark.skipif(not EVENTS.is_file(), reason="the events lie beside the project")
def test_surface_chosen_on_earlier_fortnights_beats_the_plain_count() -> None:
    table, chosen = held_out({name: CANDIDATES[name] for name in FEW})
    assert chosen["end"].nunique() == HELD_OUT
    pai = {share: part["pai"].mean() for share, part in chosen.groupby("share")}
    plain = table[table["surface"] == "count_52"].groupby("share")["pai"].mean()
    assert pai[0.05] > max(plain[0.05], 7.38)
    assert pai[0.01] > plain[0.01]
    assert chosen["pei"].between(0, 1).all()
