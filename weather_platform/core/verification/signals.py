"""The signals of drift: recent days beside those before, each with its limit.

Belongs here: what counts as a breach. Does not: which days are compared (see drift), or how far two
distributions are apart (see stability). Rows are day sums with a flag `recent`.

Limits were set on a record of three years at one place, where a feed's bias flipped: 1 to 2 % of the days
before are false alarms.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from weather_platform.core.features.axes import DAY
from weather_platform.core.quantities.targets import KNOWN
from weather_platform.core.quantities.variables import ACCUMULATED
from weather_platform.core.verification.methods import OURS
from weather_platform.core.verification.stability import Watched, population_stability

# CRPS over what our own quantiles expect. A single wet day makes a week's sum of an amount.
_MAX_CRPS_RATIO, _MAX_CRPS_RATIO_OF_AMOUNTS = 1.25, 2.0
_MAX_COVERAGE_MISS = 0.10
_FEWEST_DAYS, _FEWEST_REFERENCE_DAYS, _FEWEST_ROWS = 4, 21, 50
_BIAS_ERRORS, _BIAS_SHARE = 4.0, 0.5  # standard errors of the shift, and share of the usual absolute error
# Standard errors of the growth of the absolute error, and its ratio: over a steady month of simulation, 7
# feeds of 7 variables came to 3.1 and 1.27 at most; doubled errors, of amounts aside, to 6.4 at least.
_ERROR_ERRORS, _ERROR_RATIO = 4.0, 1.5
_MAX_PSI = 0.5


def _line(
    signal: str, variable: str, subject: str, *, value: float, reference: float, limit: float, breached: bool
) -> dict[str, object]:
    return {
        "signal": signal,
        "variable": variable,
        "subject": subject,
        "value": value,
        "reference": reference,
        "threshold": limit,
        "breached": breached,
    }


def of_scores(ours: pd.DataFrame) -> pd.DataFrame:
    """CRPS over its expectation, by what it was if that was above 1, and coverage, by variable. What
    is often exactly 0 or 1 is held by intervals too often: of that only the ratio is watched, where an error
    is expected, as of rain in a desert none may be."""
    lines = []
    for variable, rows in ours.groupby("variable", sort=True, observed=True):
        recent, before = rows[rows["recent"]], rows[~rows["recent"]]
        if len(recent) < _FEWEST_DAYS or recent["n"].sum() < _FEWEST_ROWS:
            continue
        ratio, usual = _ratio(recent), _ratio(before)
        most = _MAX_CRPS_RATIO_OF_AMOUNTS if variable in ACCUMULATED else _MAX_CRPS_RATIO
        limit = most * max(1.0, float(np.nan_to_num(usual)))
        name = str(variable)
        if not np.isnan(ratio):
            lines.append(
                _line(
                    "crps_ratio", name, OURS,
                    value=ratio, reference=usual, limit=limit, breached=ratio > limit,
                )
            )  # fmt: skip
        if not KNOWN[name].continuous:
            continue
        for level in (80, 90):
            held, usual = (_held(part, level) for part in (recent, before))
            off = abs(held - level / 100) > _MAX_COVERAGE_MISS
            lines.append(
                _line(
                    f"coverage_{level}", name, OURS,
                    value=held, reference=usual, limit=_MAX_COVERAGE_MISS, breached=bool(off),
                )
            )  # fmt: skip
    return pd.DataFrame(lines)


def _ratio(rows: pd.DataFrame) -> float:
    expected = float(rows["expected_crps_sum"].sum())
    return float(rows["crps_sum"].sum()) / expected if expected > 0 else float("nan")


def _held(rows: pd.DataFrame, level: int) -> float:
    n = float(rows["n"].sum())
    return float(rows[f"covered{level}_sum"].sum()) / n if n > 0 else float("nan")


def of_feeds(sums: pd.DataFrame) -> pd.DataFrame:
    """Shift of each feed's mean error, and growth of its absolute error, in standard errors by its daily
    means before; of one that made none, as of rain in a dry month, nothing tells how it errs. The error of an
    amount follows the weather, so of that the bias alone is watched."""
    daily = sums.assign(mean=sums["error_sum"] / sums["n"], mae=sums["absolute_error_sum"] / sums["n"])
    table = daily.groupby(["variable", "feed", "recent"], observed=True).agg(
        mean=("mean", "mean"), sd=("mean", "std"), mae=("mae", "mean"), mae_sd=("mae", "std"),
        days=("day", "size"),
    )  # fmt: skip
    found = table.reset_index()
    recent, before = (found[found["recent"] == flag].drop(columns="recent") for flag in (True, False))
    both = recent.merge(before, on=["variable", "feed"], suffixes=("", "_before"))
    both = both[(both["days"] >= _FEWEST_DAYS) & (both["days_before"] >= _FEWEST_REFERENCE_DAYS)]
    both = both[both["mae_before"] > 0]
    of_days = np.sqrt(1 / both["days"] + 1 / both["days_before"])
    usual = both["mae_before"]
    shift = np.maximum(_BIAS_ERRORS * both["sd_before"] * of_days, _BIAS_SHARE * usual)
    most = np.maximum(usual + _ERROR_ERRORS * both["mae_sd_before"] * of_days, _ERROR_RATIO * usual)
    moved = (both["mean"] - both["mean_before"]).abs() > shift
    steady = ~both["variable"].isin(ACCUMULATED)
    bias = _feed_lines("feed_bias", both, "mean", limit=shift, breached=moved)
    error = _feed_lines("feed_error", both, "mae", limit=most, breached=both["mae"] > most)
    return pd.concat([bias, error[steady]], ignore_index=True)


def _feed_lines(
    signal: str, both: pd.DataFrame, name: str, *, limit: "np.ndarray | pd.Series", breached: pd.Series
) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "signal": signal,
            "variable": both["variable"],
            "subject": both["feed"],
            "value": both[name],
            "reference": both[f"{name}_before"],
            "threshold": limit,
            "breached": breached,
        }
    )


def of_features(fed: Mapping[str, Watched], windows: Sequence[int]) -> pd.DataFrame:
    """Population stability index of each watched feature: bins are tenths of what it was. `windows`: where
    the reference begins, the recent days begin, and these end, in microseconds."""
    lines = []
    for variable, rows in fed.items():
        first, turn, after = np.searchsorted(rows.at, windows)
        for name, values in rows.values.items():
            before, now = values[first:turn], values[turn:after]
            known = ~np.isnan(before)
            before, now = before[known], now[~np.isnan(now)]
            days = len(np.unique(rows.at[first:turn][known] // DAY))
            if len(now) < _FEWEST_ROWS or days < _FEWEST_REFERENCE_DAYS:
                continue
            psi = population_stability(before, now)
            lines.append(
                _line(
                    "feature_psi", variable, name,
                    value=psi, reference=0.0, limit=_MAX_PSI, breached=psi > _MAX_PSI,
                )
            )  # fmt: skip
    return pd.DataFrame(lines)
