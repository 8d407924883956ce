"""The anytime curve: how far above the best bound each method's plan is, against seconds."""

from __future__ import annotations

import math
from pathlib import Path

import matplotlib as mpl

mpl.use("Agg")

import matplotlib.pyplot as plt
from matplotlib.axes import Axes

from benchmarks.race import NAMES, Run
from benchmarks.results import Result

PANELS = 6

_SOONEST_S = 0.1
"""Left end of the axis: what came sooner stands there."""

_OURS = "#1f5fa8"
_GAP = "gridplan's own gap"

_STYLE = {
    "gridplan": ("o", _OURS),
    "redraw": ("p", "#6fa8dc"),
    "assignment": ("o", "#7f7f7f"),
    "flows": ("s", "#8c564b"),
    "metis": ("^", "#2ca02c"),
    "gerrychain": ("D", "#d62728"),
    "maxp": ("v", "#9467bd"),
    "azp": ("P", "#ff7f0e"),
}


def choose(results: list[Result]) -> list[Result]:
    """Cases worth a panel: of each family in turn the one that kept gridplan longest."""
    drawn = [
        r for r in results if r.ours.score and r.ours.score.legal and r.gap(r.ours) is not None
    ]
    order = sorted(drawn, key=lambda r: (-r.ours.seconds, -r.units, r.name))
    turns = [
        (sum(r.family == other.family for other in order[:place]), place)
        for place, r in enumerate(order)
    ]
    return [order[place] for _, place in sorted(turns)[:PANELS]]


def draw(results: list[Result], path: Path) -> bool:
    """Draw the plot and save it.

    Parameters
    ----------
    results : list of Result
    path : Path
        A ``.png`` file.

    Returns
    -------
    bool
        False where there is nothing to draw; then nothing is written.
    """
    chosen = choose(results)
    if not chosen:
        return False
    columns = min(3, len(chosen))
    rows = math.ceil(len(chosen) / columns)
    size_in = (max(7.5, 4.2 * columns), 3.3 * rows + 0.6)
    figure, axes = plt.subplots(rows, columns, figsize=size_in, squeeze=False)
    for axis in axes.flat[len(chosen) :]:
        axis.remove()
    for axis, result in zip(axes.flat, chosen, strict=False):
        _panel(axis, result)
    for axis in axes[:, 0]:
        axis.set_ylabel("above the best bound, %")
    for column in range(columns):
        last = max(row for row in range(rows) if row * columns + column < len(chosen))
        axes[last, column].set_xlabel("seconds")
    _legend(figure, axes, len(chosen))
    figure.savefig(path, dpi=130)
    plt.close(figure)
    return True


def _legend(figure: plt.Figure, axes: object, count: int) -> None:
    known = {}
    for axis in axes.flat[:count]:  # type: ignore[attr-defined]  # an array of axes
        for handle, label in zip(*axis.get_legend_handles_labels(), strict=True):
            known.setdefault(label, handle)
    order = ["gridplan", _GAP, *list(NAMES.values())[1:]]
    labels = [label for label in order if label in known]
    figure.legend([known[x] for x in labels], labels, loc="lower center", ncols=4, frameon=False)
    figure.tight_layout(rect=(0, 0.5 / figure.get_figheight(), 1, 1))


def _panel(axis: Axes, result: Result) -> None:
    low, missing = result.best_bound, []
    _own_gap(axis, result.ours)
    for key, run in {"gridplan": result.ours, **result.peers}.items():
        if run.score is None or not run.score.legal:
            missing.append(NAMES[key].removeprefix("spopt ").removeprefix("gridplan "))
            continue
        marker, color = _STYLE[key]
        _curve(axis, run, low, color=color, width=2.2 if key == "gridplan" else 0.9)
        axis.plot(
            max(run.found_s, _SOONEST_S), _above(run.score.objective, low), marker, color=color,
            label=NAMES[key], ms=7, mec="white", mew=0.8, zorder=3, clip_on=False,
        )  # fmt: skip
    axis.set_xscale("log")
    axis.set_xlim(_SOONEST_S, 1.15 * max(result.limit_s, result.ours.seconds))
    axis.xaxis.set_major_formatter(mpl.ticker.FormatStrFormatter("%g"))
    axis.xaxis.set_minor_formatter(mpl.ticker.NullFormatter())
    axis.set_yscale("symlog", linthresh=0.1, linscale=0.5)
    axis.set_ylim(0, 150)
    axis.yaxis.set_major_formatter(mpl.ticker.FormatStrFormatter("%g"))
    axis.grid(color="#e4e4e4", lw=0.6)
    axis.spines[["top", "right"]].set_visible(False)
    axis.set_title(
        f"{result.name}: {result.units} units, {result.grids} grids",
        fontsize=10,
        loc="left",
        pad=18,
    )
    told = f"no legal plan: {', '.join(missing)}" if missing else "all have legal plans"
    axis.text(0, 1.03, told, transform=axis.transAxes, fontsize=7.5, color="#666666")


def _above(value: float, low: float) -> float:
    """Share of a value above a bound, in percent."""
    return max(0.0, 100 * (value - low) / max(abs(value), 1e-12))


def _curve(axis: Axes, run: Run, low: float, *, color: str, width: float) -> None:
    """A step wherever the plan got better."""
    points = [(seconds, value) for seconds, value, _ in run.curve if math.isfinite(value)]
    if points:
        times = [max(seconds, _SOONEST_S) for seconds, _ in points]
        gaps = [_above(value, low) for _, value in points]
        end = max(run.seconds, _SOONEST_S)
        axis.step([*times, end], [*gaps, gaps[-1]], where="post", color=color, lw=width)


def _own_gap(axis: Axes, run: Run) -> None:
    """What gridplan could prove of its plan at any moment."""
    points = [
        (max(seconds, _SOONEST_S), _above(value, bound))
        for seconds, value, bound in run.curve
        if math.isfinite(value) and math.isfinite(bound)
    ]
    if points:
        axis.step(*zip(*points, strict=True), where="post", color=_OURS, lw=1.2, ls=":", label=_GAP)
