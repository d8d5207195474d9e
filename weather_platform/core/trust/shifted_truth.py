"""Truth whose times are shifted by hours against all forecasts of it: a station file read in a wrong zone.

Belongs here: which places' truth that is, and what is said of it. Does not: the measurement
(core.trust.time_shift), or what is done about it: nobody but who dropped the file knows its zone, so it is
told and nothing is left out.
"""

from collections.abc import Hashable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from weather_platform.core.features.axes import microseconds, scatter
from weather_platform.core.grid import Table
from weather_platform.core.trust.time_shift import STEP_US, TOLD_BY, fits_what, lags_of
from weather_platform.core.trust.truth_hours import truth_hours

_GROUP = ["location_id", "truth_source"]


def shifted_truth(errors: Table) -> pd.DataFrame:
    """`location_id`, `truth_source`, `lag_hours` and `reason` of each place and source whose truth fits the
    mean of the forecasts of other hours.

    `errors` (FORECAST_ERROR) of the first day of lead, over weeks: each hour by itself says little. Days that
    came before a shift speak for the truth with the same weight.
    """
    hours = truth_hours(errors, [TOLD_BY])
    series = hours.groupby(_GROUP, dropna=False, sort=True).ngroup().to_numpy(np.int64)
    step = microseconds(hours["valid_time"]) // STEP_US
    step -= step.min(initial=step.max(initial=0))
    shape = (int(series.max(initial=-1)) + 1, 1, int(step.max(initial=-1)) + 1)
    index = (series, np.zeros_like(series), step)
    forecast, observed = (
        scatter(shape, index, hours[name].to_numpy(np.float64), np.nan) for name in ("forecast", "observed")
    )
    shifted, lags = lags_of(observed, forecast)
    rows = hours[_GROUP].iloc[np.unique(series, return_index=True)[1]][shifted].reset_index(drop=True)
    rows["lag_hours"] = lags[shifted, 0]
    reasons = [_reason(row) for row in rows.to_dict("records")]
    return rows.assign(reason=pd.Series(reasons, dtype=object))


def _reason(row: Mapping[Hashable, Any]) -> str:
    place, source, lag = row["location_id"], row["truth_source"], row["lag_hours"]
    return (
        f"{place}: temperatures of this truth ({source}) fit what all feeds said of about "
        f"{fits_what(lag, lag)}: is the zone right that its times were read in?"
    )
