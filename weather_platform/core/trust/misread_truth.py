"""Truth in another unit than its file was read in: °F taken for °C, inches for millimetres.

Belongs here: which places' truth fits the forecasts once it is taken to be in that unit, and what is said of
it. Does not: units (core.quantities.units), or what is done about it: nobody but who dropped the file knows
its unit, so it is told and nothing is left out. What no weather can be is refused before, and what season and
stations nearby speak against is suspect (core.observations.checks): a cool week of a lonely one is neither.
"""

from collections.abc import Hashable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from weather_platform.core.grid import Table
from weather_platform.core.quantities.targets import KNOWN
from weather_platform.core.quantities.units import Affine, affine, unit_of
from weather_platform.core.trust.truth_hours import TRUTH, truth_hours

# What people measure in besides. A gauge that catches half and a garden that has a third of the wind are
# neither in centimetres nor in knots, so those cannot be told; nor can a wind that is too small.
_SUSPECTED = {
    "temperature_c": "°F",
    "dew_point_c": "°F",
    "wind_speed_m_s": "km/h",
    "wind_gust_m_s": "km/h",
    "precipitation_mm": "in",
}
_TOO_LITTLE_IS_USUAL = ("wind_speed_m_s", "wind_gust_m_s")
_LEAST_HOURS = 32
# Of the mean absolute difference from the forecasts. Of 3,886 recorded months of temperature that were read
# as they were written none left less than 0.54 in the other unit; misread, they leave some 0.1.
_MOST_LEFT = 0.4
# Of the logarithm of a sum over that forecast: so near to the unit's own it must be.
_MOST_BESIDE = {"km/h": 0.25, "in": 0.7}


def misread_truth(errors: Table) -> pd.DataFrame:
    """`variable`, `location_id`, `truth_source` and `reason` of each truth that fits the mean of the
    forecasts once it is taken to be in the other unit.

    `errors` (FORECAST_ERROR) of the first day of lead, over weeks: of fewer than 32 hours nothing is said.
    """
    hours = truth_hours(errors, _SUSPECTED)
    frames = [_of_one(str(name), rows) for name, rows in hours.groupby("variable", sort=True)]
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=[*TRUTH, "reason"])


def _of_one(variable: str, hours: pd.DataFrame) -> pd.DataFrame:
    """Lines of one variable."""
    unit, stored = _SUSPECTED[variable], unit_of(variable)
    there = affine(unit, variable)
    back = Affine(1 / there.factor, -there.offset / there.factor)
    ways = [(there, unit, stored)]
    if variable not in _TOO_LITTLE_IS_USUAL:
        ways.append((back, stored, unit))
    fits = _in_sum if KNOWN[variable].rule.ratio else _hour_by_hour
    series = hours.groupby(TRUTH, dropna=False, sort=True)
    enough = series.size() >= _LEAST_HOURS
    found = []
    for reading, written, read in ways:
        misread = enough & fits(hours, hours["observed"] * reading.factor + reading.offset, variable)
        lines = misread[misread].index.to_frame(index=False)
        why = f"fits what all feeds said if it is in {written} and was read as {read}"
        found.append(lines.assign(reason=[_reason(line, why) for line in lines.to_dict("records")]))
    return pd.concat(found, ignore_index=True)


def _hour_by_hour(hours: pd.DataFrame, taken: pd.Series, _variable: str) -> pd.Series:
    """By series, whether the values `taken` are far nearer to the forecasts than those observed."""
    by = [hours[name] for name in TRUTH]
    here, there = (
        (values - hours["forecast"]).abs().groupby(by, dropna=False).mean()
        for values in (hours["observed"], taken)
    )
    return there <= _MOST_LEFT * here


def _in_sum(hours: pd.DataFrame, taken: pd.Series, variable: str) -> pd.Series:
    """By series, whether the values `taken` come to about as much as was forecast, and that is enough."""
    by = [hours[name] for name in TRUTH]
    said, sums = (values.groupby(by, dropna=False).sum() for values in (hours["forecast"], taken))
    with np.errstate(divide="ignore", invalid="ignore"):
        beside = np.abs(np.log(sums / said))
    return (said >= KNOWN[variable].rule.enough) & (beside <= _MOST_BESIDE[_SUSPECTED[variable]])


def _reason(series: Mapping[Hashable, Any], why: str) -> str:
    place, variable, source = (series[name] for name in ("location_id", "variable", "truth_source"))
    return f"{place}: {variable} of this truth ({source}) {why}: does its mapping name the right unit?"
