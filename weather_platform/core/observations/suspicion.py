"""Truth that is secretly a forecast: errors smaller than any instrument's.

Belongs here: the test, on pairs of forecast and truth. Does not: pairing (core.errors), or what is done
about it. A station and a model differ by a kelvin and a metre per second even when both are right, because
one is a point and the other an area; a feed that agrees with "truth" to the instrument's step is where that
truth came from. A reanalysis of the same weather centre flatters its forecasts too, but less, and is not
found by this.
"""

from collections.abc import Hashable
from typing import Any

import pandas as pd

# Resolution that WMO-No. 8 (annex 1.A) asks of instruments: agreement within it, mostly, is no measurement.
INSTRUMENT_STEP = {"temperature_c": 0.1, "wind_speed_m_s": 0.1, "precipitation_mm": 0.1}
LEAST_PAIRS = 100


def suspicious_truth(pairs: pd.DataFrame, least_pairs: int = LEAST_PAIRS) -> pd.DataFrame:
    """Feeds that agree with the truth of a place within an instrument's step in half of all pairs or more.

    `pairs` has the FORECAST_ERROR columns `feed`, `variable`, `location_id`, `forecast`, `observed` and
    `error`. Pairs where both say "no precipitation", or both a calm, agree without proving anything and are
    left out. Returns `feed`, `variable`, `location_id`, `pairs`, `median_absolute_error`, `step` and
    `reason`, one row for each such feed and place with at least `least_pairs` pairs; empty where the truth
    looks measured.
    """
    step = pairs["variable"].map(INSTRUMENT_STEP).astype(float)
    nothing = (pairs["variable"] != "temperature_c") & (pairs["forecast"] < step) & (pairs["observed"] < step)
    telling = pairs.assign(step=step, size=pairs["error"].abs())[step.notna() & ~nothing]
    groups = telling.groupby(["feed", "variable", "location_id"], sort=True, observed=True)
    found = groups.agg(
        pairs=("size", "size"), median_absolute_error=("size", "median"), step=("step", "first")
    ).reset_index()
    close = found["median_absolute_error"] <= found["step"] * (1 + 1e-9)
    found = found[close & (found["pairs"] >= least_pairs)].reset_index(drop=True)
    return found.assign(reason=[_reason(row) for row in found.to_dict("records")])


def _reason(found: dict[Hashable, Any]) -> str:
    return (
        f"{found['location_id']}: half of {found['pairs']} values of {found['variable']} are within "
        f"{found['median_absolute_error']:.2g} of {found['feed']}, less than the {found['step']:g} that an "
        "instrument resolves: this truth seems to be that feed's own output; give measurements instead"
    )
