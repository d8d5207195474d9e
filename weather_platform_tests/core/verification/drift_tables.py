"""Made-up tables of forty days, steady or not, for tests of what watches them."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pandas as pd

from weather_platform.core.contracts.errors import ERROR_SUM
from weather_platform.core.contracts.scores import SCORE
from weather_platform.core.tables.schema import conform

VARIABLE = "temperature_c"
FIRST = datetime(2026, 8, 1, tzinfo=UTC)
_ROWS = 80  # a day


def our_scores(days: int, worse_from: int = 10**6, worse: float = 1.0) -> pd.DataFrame:
    """SCORE rows of ours: calibrated, until errors grow by the factor `worse`."""
    rng = np.random.default_rng(7)
    rows = []
    for index in range(days):
        factor = worse if index >= worse_from else 1.0
        crps = 0.6 * factor * rng.uniform(0.95, 1.05)
        rows.append(
            {
                "day": FIRST + timedelta(days=index), "method": "ours", "variable": VARIABLE, "n": _ROWS,
                "lead_bucket": "000-024", "location_id": "here", "region": "Americas, tropics",
                "season": "summer", "model_version": "1", "error_sum": 0.0,
                "absolute_error_sum": _ROWS * crps, "squared_error_sum": _ROWS * crps**2,
                "crps_sum": _ROWS * crps, "expected_crps_sum": _ROWS * 0.6,
                "covered80_sum": _ROWS * (1 - 0.2 * factor**2),
                "covered90_sum": _ROWS * (1 - 0.1 * factor**2),
                "ours_absolute_error_sum": _ROWS * crps, "ours_crps_sum": _ROWS * crps,
            }
        )  # fmt: skip
    return conform(pd.DataFrame(rows), SCORE)


def error_sums(days: int, shift_from: int = 10**6, shift: float = 0.0, noisier: float = 1.0) -> pd.DataFrame:
    """ERROR_SUM rows of two feeds; `b/changed` gains the bias `shift` (°C) on the day `shift_from`, and errs
    by the factor `noisier` more."""
    rng = np.random.default_rng(8)
    rows = []
    for index in range(days):
        for feed in ("a/steady", "b/changed"):
            changed = feed == "b/changed" and index >= shift_from
            bias = 0.4 + rng.normal(0, 0.25) + shift * changed
            factor = noisier if changed else 1.0
            rows.append(
                {
                    "day": FIRST + timedelta(days=index), "feed": feed, "variable": VARIABLE, "n": _ROWS,
                    "location_id": "here", "lead_day": 0, "hour_block": 0, "error_sum": _ROWS * bias,
                    "absolute_error_sum": _ROWS * (1.1 + 0.3 * (bias - 0.4)) * factor,
                    "squared_error_sum": _ROWS * 2.0 * factor**2, "observed_sum": 0.0,
                    "known_at": FIRST + timedelta(days=index + 1),
                }
            )  # fmt: skip
    return conform(pd.DataFrame(rows), ERROR_SUM)
