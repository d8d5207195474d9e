"""Pictures of skill, as PNG bytes.

Belongs here: drawing what was computed. Does not: computing it, or where pictures go (see page, markdown).
Only matplotlib's objects are used, never pyplot: its global state has no place in a server.
"""

import io
from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.dates import ConciseDateFormatter
from matplotlib.figure import Figure

from weather_platform.core.contracts.learned import QUANTILE_LEVELS, QUANTILES

OURS_COLOR, IDEAL_COLOR, TRUTH_COLOR = "#c1440e", "#6a4c93", "#1b1b1b"
_NAMED = {
    "ours": OURS_COLOR,
    "ideal": IDEAL_COLOR,
    "emos": "#1f77b4",
    "bias_corrected": "#2a9d5c",
    "equal_weight": "#8a8a8a",
}
_FEED_COLOR = "#c9c2b8"
LABELS = {
    "temperature_c": "Temperature, °C",
    "wind_speed_m_s": "Wind speed, m/s",
    "precipitation_mm": "Precipitation in 3 h, mm",
}


def png(figure: Figure) -> bytes:
    """A figure's bytes; the same figure gives the same bytes."""
    FigureCanvasAgg(figure)
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=110, metadata={"Software": None})
    return buffer.getvalue()


def evidence_plot(evidence: pd.DataFrame, variable: str) -> bytes:
    """CRPS of every baseline beside ours on the same rows; `evidence` as core.model.evidence.compare."""
    rows = evidence.sort_values("crps", ascending=False)
    figure = Figure(figsize=(7, 0.4 * len(rows) + 1.2), layout="constrained")
    axes = figure.add_subplot()
    place = np.arange(len(rows))
    axes.barh(
        place, rows["crps"], height=0.7, color=[_NAMED.get(name, _FEED_COLOR) for name in rows["method"]]
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
    _plain(axes)
    return png(figure)


def crps_by_lead(leaderboard: pd.DataFrame, variables: Sequence[str]) -> bytes:
    """CRPS against lead bucket, one panel per variable, one line per method; the past alone is left out
    as off the scale."""
    figure = Figure(figsize=(4.4 * len(variables), 4.2), layout="constrained")
    for index, variable in enumerate(variables):
        axes = figure.add_subplot(1, len(variables), index + 1)
        rows = leaderboard[(leaderboard["variable"] == variable) & (leaderboard["lead_bucket"] != "all")]
        for method, line in rows.groupby("method", sort=True):
            if method not in ("persistence", "climatology"):
                _lead_line(axes, str(method), line.sort_values("lead_bucket"))
        axes.set_title(LABELS.get(variable, variable), loc="left", fontsize=10)
        axes.set_xlabel("lead, hours")
        axes.set_ylabel("CRPS" if index == 0 else "")
        axes.set_ylim(bottom=0)
        _plain(axes)
    handles, labels = figure.axes[0].get_legend_handles_labels() if figure.axes else ([], [])
    figure.legend(handles, labels, loc="outside lower center", ncols=6, frameon=False, fontsize=8)
    return png(figure)


def _lead_line(axes: Axes, method: str, line: pd.DataFrame) -> None:
    known = method in _NAMED
    axes.plot(
        line["lead_bucket"],
        line["crps"],
        color=_NAMED.get(method, _FEED_COLOR),
        linewidth=2.2 if known else 1.2,
        linestyle=":" if method == "ideal" else "-",
        marker="o" if known else None,
        markersize=4,
        zorder=3 if known else 1,
        label=method if known else "feeds" if "feeds" not in axes.get_legend_handles_labels()[1] else None,
    )


def reliability(predictions: pd.DataFrame, variables: Sequence[str]) -> bytes:
    """How often the truth fell below each quantile, against its level. `predictions` (PREDICTION) with
    `observed`.

    A zero that a quantile of zero meets counts by half, else amounts, mostly zero, could never look
    reliable.
    """
    figure = Figure(figsize=(4.4 * len(variables), 4.2), layout="constrained")
    for index, variable in enumerate(variables):
        axes = figure.add_subplot(1, len(variables), index + 1)
        rows = predictions[(predictions["variable"] == variable) & predictions["observed"].notna()]
        truth, q = rows["observed"].to_numpy()[:, None], rows[list(QUANTILES)].to_numpy()
        below = (
            (truth < q).mean(axis=0) + 0.5 * (truth == q).mean(axis=0)
            if len(rows)
            else np.full(len(QUANTILES), np.nan)
        )
        axes.plot([0, 1], [0, 1], color="#bbbbbb", linewidth=1)
        axes.plot(QUANTILE_LEVELS, below, "o-", color=OURS_COLOR, markersize=4)
        axes.set_title(f"{LABELS.get(variable, variable)}, {len(rows):,} rows", loc="left", fontsize=10)
        axes.set_xlabel("level of the quantile")
        axes.set_ylabel("share of truth below it" if index == 0 else "")
        axes.set_aspect("equal")
        _plain(axes)
    return png(figure)


def fan(rows: pd.DataFrame, title: str, label: str) -> bytes:
    """One forecast with its intervals, the feeds' points and the truth.

    `rows`: PREDICTION of one variable, place and cycle, with `observed` and value__ columns where known.
    """
    rows = rows.sort_values("valid_time")
    time = rows["valid_time"].dt.tz_convert("UTC").dt.tz_localize(None)
    figure = Figure(figsize=(9, 3.6), layout="constrained")
    axes = figure.add_subplot()
    for low, high, shade in (("q05", "q95", 0.15), ("q10", "q90", 0.2), ("q25", "q75", 0.3)):
        axes.fill_between(time, rows[low], rows[high], color=OURS_COLOR, alpha=shade, linewidth=0)
    for feed in [name for name in rows.columns if name.startswith("value__")]:
        axes.plot(time, rows[feed], color=_FEED_COLOR, linewidth=0.9)
    axes.plot(
        time, rows["center"], color=OURS_COLOR, linewidth=2, label="ours: median, 50, 80 and 90 % intervals"
    )
    axes.plot(time, rows["observed"], "o", color=TRUTH_COLOR, markersize=3, label="observed")
    axes.plot([], [], color=_FEED_COLOR, label="feeds")
    axes.set_title(title, loc="left", fontsize=10)
    axes.set_ylabel(label)
    axes.xaxis.set_major_formatter(ConciseDateFormatter(axes.xaxis.get_major_locator()))
    axes.legend(frameon=False, fontsize=8, loc="upper left", ncols=3)
    _plain(axes)
    return png(figure)


def _plain(axes: Axes) -> None:
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(axis="both", color="#eeeeee")
    axes.set_axisbelow(True)
    axes.tick_params(labelsize=8)
