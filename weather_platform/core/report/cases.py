"""Pictures of forecasts beside what happened: reliability over many, and one as a fan.

Belongs here: drawing predictions and truth. Does not: scores (see plots).
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.dates import ConciseDateFormatter
from matplotlib.figure import Figure

from weather_platform.core.contracts.learned import QUANTILE_LEVELS, QUANTILES
from weather_platform.core.model.distributions import WET_MM
from weather_platform.core.report.style import FEED_COLOR, LABELS, OURS_COLOR, TRUTH_COLOR, plain, png
from weather_platform.core.variables import ACCUMULATED


def reliability(predictions: pd.DataFrame, variables: Sequence[str]) -> bytes:
    """Whether what is called p happens in a share p of cases. `predictions` (PREDICTION) with `observed`.

    For amounts, mostly zero, it is the chance of any that is judged, elsewhere the quantiles.
    """
    figure = Figure(figsize=(3.7 * len(variables), 4.0), layout="constrained")
    for index, variable in enumerate(variables):
        axes = figure.add_subplot(1, len(variables), index + 1)
        rows = predictions[(predictions["variable"] == variable) & predictions["observed"].notna()]
        said, happened = _chances(rows) if variable in ACCUMULATED else _levels(rows)
        axes.plot([0, 1], [0, 1], color="#bbbbbb", linewidth=1)
        axes.plot(said, happened, "o-", color=OURS_COLOR, markersize=4)
        axes.set_title(f"{LABELS.get(variable, variable)}, {len(rows):,} rows", loc="left", fontsize=10)
        axes.set_xlabel("chance of at least 0.1 mm" if variable in ACCUMULATED else "level of the quantile")
        axes.set_ylabel("share of cases" if variable in ACCUMULATED else "share of truth below it")
        axes.set_aspect("equal")
        plain(axes)
    return png(figure)


def _levels(rows: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    truth, quantiles = rows["observed"].to_numpy()[:, None], rows[list(QUANTILES)].to_numpy()
    levels = np.array(QUANTILE_LEVELS)
    return levels, (truth < quantiles).mean(axis=0) if len(rows) else np.full(len(levels), np.nan)


def _chances(rows: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Mean chance and frequency in tenths of chance; tenths of fewer than 30 rows are left out."""
    wet = (rows["observed"] >= WET_MM).astype(float)
    tenth = np.clip(rows["probability"] * 10 // 1, 0, 9)
    means = pd.DataFrame({"said": rows["probability"], "happened": wet, "n": 1}).groupby(tenth)
    table = means.agg({"said": "mean", "happened": "mean", "n": "sum"})
    table = table[table["n"] >= 30]
    return table["said"].to_numpy(), table["happened"].to_numpy()


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
        axes.plot(time, rows[feed], color=FEED_COLOR, linewidth=0.9)
    axes.plot(
        time, rows["center"], color=OURS_COLOR, linewidth=2, label="ours: median, 50, 80 and 90 % intervals"
    )
    axes.plot(time, rows["observed"], "o", color=TRUTH_COLOR, markersize=3, label="observed")
    axes.plot([], [], color=FEED_COLOR, label="feeds")
    axes.set_title(title, loc="left", fontsize=10)
    axes.set_ylabel(label)
    axes.xaxis.set_major_formatter(ConciseDateFormatter(axes.xaxis.get_major_locator()))
    figure.legend(frameon=False, fontsize=8, loc="outside lower center", ncols=3)
    plain(axes)
    return png(figure)
