"""Pictures of skill: ours beside every baseline, and by lead.

Belongs here: drawing scores, one picture a variable, so that a phone shows them one below the other. Does
not: computing them, single forecasts (see cases), or how quantiles held (see calibration_plots).
"""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from weather_platform.core.report.style import (
    COLORS,
    FEED_COLOR,
    LABELS,
    MARKERS,
    NAMED_FEED_COLOR,
    OURS_COLOR,
    SMALL,
    panel,
    plain,
    png,
)
from weather_platform.core.scoring.slices import ALL_LEADS, lead_label
from weather_platform.core.verification.methods import OURS, OURS_WITHOUT_FEEDS
from weather_platform.core.verification.verdict import candidates, verdicts

_FROM_THE_PAST = ("persistence", "climatology", OURS_WITHOUT_FEEDS)
_NAMED = 2  # feeds: more names would hide each other
_NAMES = {"crps": "CRPS", "mae": "MAE"}


def evidence_plot(evidence: pd.DataFrame, variable: str) -> bytes:
    """CRPS of every rival beside ours on the same rows; `evidence` as core.model.evidence.compare."""
    rows = evidence.sort_values("crps", ascending=False)
    figure = Figure(figsize=(7, 0.4 * len(rows) + 1.2), layout="constrained")
    axes = figure.add_subplot()
    place = np.arange(len(rows))
    axes.barh(
        place, rows["crps"], height=0.7, color=[COLORS.get(name, FEED_COLOR) for name in rows["method"]]
    )
    axes.plot(
        rows["ours_crps"],
        place,
        "|",
        color=OURS_COLOR,
        markersize=14,
        markeredgewidth=3,
        label="ours, same rows",
    )
    axes.set_yticks(place, rows["method"])
    axes.set_xlabel(f"CRPS (less is better) · {LABELS.get(variable, variable)}")
    axes.legend(loc="lower right", frameon=False)
    plain(axes)
    return png(figure)


def by_lead(board: pd.DataFrame, variable: str, score: str) -> bytes:
    """`score` (crps or mae) against lead bucket, one line per method; the past alone is left out as off the
    scale, and feeds of few places as of other weather; those that are best at most leads are named in the
    margin."""
    rows, named = _of_leads(board, variable), _best_feeds(board, variable)
    rows = pd.concat([rows[~rows["method"].str.contains("/", regex=False)], candidates(rows)])
    figure, axes = panel(f"{_NAMES[score]} by lead · {LABELS.get(variable, variable)}")
    lines = {str(method): line for method, line in rows.groupby("method", sort=True)}
    known = [name for name in COLORS if name in lines]
    for method in [*known, *(name for name in lines if name not in COLORS)]:
        if method not in _FROM_THE_PAST:
            line = lines[method].sort_values("lead_bucket")
            _lead_line(axes, method, line, score, method in named)
    last = lead_label(str(rows["lead_bucket"].max())) if len(rows) else ""
    _name_lines(axes, {name: lines[name].sort_values("lead_bucket").iloc[-1] for name in named}, score, last)
    axes.set_xlabel("lead")
    axes.set_ylim(bottom=0)
    figure.legend(loc="outside lower center", ncols=3, frameon=False, fontsize=SMALL)
    return png(figure)


def _of_leads(board: pd.DataFrame, variable: str) -> pd.DataFrame:
    return board[(board["variable"] == variable) & (board["lead_bucket"] != ALL_LEADS)]


def _best_feeds(board: pd.DataFrame, variable: str) -> list[str]:
    """One or two feeds that are the best at most leads."""
    best = _of_leads(verdicts(board[board["variable"] == variable]), variable)
    return [str(name) for name in best["feed"].value_counts().index[:_NAMED]]


def _name_lines(axes: Axes, ends: dict[str, pd.Series], score: str, last: str) -> None:
    """Names in the margin, where they hide no line, at the height of each line's end: the upper one above it
    and the other below."""
    order = sorted(ends, key=lambda name: float(ends[name][score]))
    for name in order:
        axes.annotate(
            name.replace("/", "/\n"),
            (last, ends[name][score]),
            xytext=(5, 0),
            textcoords="offset points",
            va="center" if len(order) == 1 else "top" if name == order[0] else "bottom",
            fontsize=SMALL,
            color=NAMED_FEED_COLOR,
            parse_math=False,
        )


def _lead_line(axes: Axes, method: str, line: pd.DataFrame, score: str, named: bool) -> None:
    known = method in COLORS
    axes.plot(
        line["lead_bucket"].map(lead_label),
        line[score],
        color=COLORS.get(method, NAMED_FEED_COLOR if named else FEED_COLOR),
        linewidth=2.2 if known else 1.6 if named else 1.2,
        linestyle=":" if method == "ideal" else "-",
        marker=MARKERS.get(method, "" if len(line) > 1 else "_"),
        markersize=4,
        zorder=4 if method == OURS else 3 if known else 2 if named else 1,
        label=_label(axes, method, named),
    )


def _label(axes: Axes, method: str, named: bool) -> str | None:
    """Of the legend: one for all feeds whose name does not stand at their line."""
    if method in COLORS:
        return method
    return None if named or "other feeds" in axes.get_legend_handles_labels()[1] else "other feeds"


def skill_over_best(verdicts: pd.DataFrame, variable: str) -> bytes:
    """How much lower our MAE and CRPS are than the best feed's, by lead; `verdicts` as
    core.verification.verdict."""
    rows = _of_leads(verdicts, variable)
    figure, axes = panel(f"Ours over the best feed · {LABELS.get(variable, variable)}")
    place = np.arange(len(rows))
    for offset, gain, color, label in (
        (-0.2, rows["mae_gain"], "#e8a06a", "MAE of our median"),
        (0.2, rows["crps_gain"], OURS_COLOR, "CRPS of our distribution"),
    ):
        bars = axes.bar(place + offset, 100 * gain, width=0.38, color=color, label=label)
        axes.bar_label(bars, fmt="{:z.0f}", fontsize=SMALL, padding=1)
    axes.axhline(0, color="#888888", linewidth=1)
    axes.set_xticks(place, rows["lead_bucket"].map(lead_label))
    axes.set_xlim(-0.6, len(rows) - 0.4)  # also where the last leads have no bar
    axes.set_xlabel("lead")
    axes.set_ylabel("% lower than the best feed's", fontsize=SMALL)
    axes.margins(y=0.12)
    figure.legend(loc="outside lower center", ncols=2, frameon=False, fontsize=SMALL)
    return png(figure)
