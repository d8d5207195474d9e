"""Pictures of how our quantiles and chances held, from counts by day.

Belongs here: drawing CALIBRATION. Does not: counting (core.verification.calibration).
"""

import numpy as np
import pandas as pd

from weather_platform.core.contracts.learned import QUANTILE_LEVELS
from weather_platform.core.quantities.variables import ACCUMULATED
from weather_platform.core.report.style import LABELS, OURS_COLOR, panel, png
from weather_platform.core.verification.calibration import CHANCE, PIT, PIT_BINS

_FEWEST = 30  # rows of a tenth of chance that say more than chance itself


def reliability(calibration: pd.DataFrame, variable: str) -> bytes:
    """Whether what is called p happens in a share p of cases: of amounts, mostly zero, the chance of any;
    elsewhere the quantiles."""
    rows = calibration[calibration["variable"] == variable]
    said, happened, n = _chances(rows) if variable in ACCUMULATED else _levels(rows)
    figure, axes = panel(f"Reliability · {LABELS.get(variable, variable)}, {n:,.0f} rows")
    axes.plot([0, 1], [0, 1], color="#aaaaaa", linewidth=1)
    axes.plot(said, happened, "o-", color=OURS_COLOR, markersize=4)
    axes.set_xlabel("chance of at least 0.1 mm" if variable in ACCUMULATED else "level of the quantile")
    axes.set_ylabel("share of cases" if variable in ACCUMULATED else "share of truth below it")
    axes.set_xlim(0, 1)
    axes.set_ylim(0, 1)
    return png(figure)


def pit_histogram(calibration: pd.DataFrame, variable: str) -> bytes:
    """Where truth fell among the quantiles: level is right; a U means too narrow, a hump too wide, a slope
    biased."""
    counts = _bins(calibration[calibration["variable"] == variable])
    figure, axes = panel(f"PIT histogram · {LABELS.get(variable, variable)}")
    share = counts / max(counts.sum(), 1.0) * PIT_BINS
    axes.bar((np.arange(PIT_BINS) + 0.5) / PIT_BINS, share, width=0.95 / PIT_BINS, color=OURS_COLOR)
    axes.axhline(1, color="#888888", linewidth=1)
    axes.set_xlabel("where truth fell among the quantiles")
    axes.set_ylabel("density; 1 is right")
    axes.set_xlim(0, 1)
    return png(figure)


def _bins(rows: pd.DataFrame) -> np.ndarray:
    pit = rows[rows["kind"] == PIT]
    return np.bincount(pit["bin"], weights=pit["n"], minlength=PIT_BINS)


def _levels(rows: pd.DataFrame) -> tuple[np.ndarray, np.ndarray, float]:
    """Levels and the share of truth below each, NaN without any row."""
    counts = _bins(rows)
    return np.array(QUANTILE_LEVELS), counts.cumsum()[:-1] / (counts.sum() or np.nan), float(counts.sum())


def _chances(rows: pd.DataFrame) -> tuple[np.ndarray, np.ndarray, float]:
    """Mean chance and frequency in tenths of chance."""
    table = rows[rows["kind"] == CHANCE].groupby("bin")[["n", "said_sum", "happened_sum"]].sum()
    some = table[table["n"] >= _FEWEST]
    said, happened = (some[name] / some["n"] for name in ("said_sum", "happened_sum"))
    return said.to_numpy(), happened.to_numpy(), float(table["n"].sum())
