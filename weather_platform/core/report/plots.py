"""Pictures of skill: ours beside every baseline, and by lead.

Belongs here: drawing scores. Does not: computing them, or single forecasts (see cases).
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from weather_platform.core.report.style import COLORS, FEED_COLOR, LABELS, MARKERS, OURS_COLOR, plain, png
from weather_platform.core.verification.methods import OURS, OURS_WITHOUT_FEEDS

_FROM_THE_PAST = ("persistence", "climatology", OURS_WITHOUT_FEEDS)


def evidence_plot(evidence: pd.DataFrame, variable: str) -> bytes:
    """CRPS of every baseline beside ours on the same rows; `evidence` as core.model.evidence.compare."""
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


def crps_by_lead(leaderboard: pd.DataFrame, variables: Sequence[str]) -> bytes:
    """CRPS against lead bucket, one panel per variable, one line per method; the past alone is left out
    as off the scale."""
    figure = Figure(figsize=(3.7 * len(variables), 3.9), layout="constrained")
    for index, variable in enumerate(variables):
        axes = figure.add_subplot(1, len(variables), index + 1)
        rows = leaderboard[(leaderboard["variable"] == variable) & (leaderboard["lead_bucket"] != "all")]
        lines = {str(method): line for method, line in rows.groupby("method", sort=True)}
        for method in [
            *(name for name in COLORS if name in lines),
            *(name for name in lines if name not in COLORS),
        ]:
            if method not in _FROM_THE_PAST:
                _lead_line(axes, method, lines[method].sort_values("lead_bucket"))
        axes.set_title(LABELS.get(variable, variable), loc="left", fontsize=10)
        axes.set_xlabel("lead, hours")
        axes.set_ylabel("CRPS, in that unit" if index == 0 else "")
        axes.set_ylim(bottom=0)
        plain(axes)
    handles, labels = figure.axes[0].get_legend_handles_labels() if figure.axes else ([], [])
    figure.legend(handles, labels, loc="outside lower center", ncols=6, frameon=False, fontsize=8)
    return png(figure)


def _lead_line(axes: Axes, method: str, line: pd.DataFrame) -> None:
    known = method in COLORS
    axes.plot(
        line["lead_bucket"],
        line["crps"],
        color=COLORS.get(method, FEED_COLOR),
        linewidth=2.2 if known else 1.2,
        linestyle=":" if method == "ideal" else "-",
        marker=MARKERS.get(method),
        markersize=4,
        zorder=4 if method == OURS else 3 if known else 1,
        label=method if known else "feeds" if "feeds" not in axes.get_legend_handles_labels()[1] else None,
    )
