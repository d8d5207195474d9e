"""What predictions of several targets say together: no gust is below the wind, two components are a wind.

Belongs here: relations between rows of one place and time. Does not: how a single target is predicted (see
predictions).
"""

import numpy as np
import pandas as pd

from weather_platform.core.contracts.learned import QUANTILES
from weather_platform.core.quantities.targets import KNOWN
from weather_platform.core.quantities.wind import EASTWARD, NORTHWARD

# A wind of less than a knot is calm and has no direction (WMO-No. 8, vol. I, ch. 5).
CALM_M_S = 0.5
_ROW = ["location_id", "cycle", "valid_time"]
_MIDDLE = "q50"


def raised(predictions: pd.DataFrame) -> pd.DataFrame:
    """Predictions (PREDICTION) with each quantile of a target raised to that of the one it is never below, at
    the same place, cycle and valid time; where that one is predicted. Quantiles stay in order."""
    values = predictions[list(QUANTILES)].to_numpy(np.float64, copy=True)
    for target in (target for target in KNOWN.values() if target.at_least):
        rows = np.flatnonzero(predictions["variable"] == target.name)
        lower = predictions.loc[predictions["variable"] == target.at_least, [*_ROW, *QUANTILES]]
        beside = predictions.iloc[rows][_ROW].merge(lower, "left", _ROW, validate="one_to_one")
        values[rows] = np.fmax(values[rows], beside[list(QUANTILES)].to_numpy(np.float64))
    made = pd.DataFrame(values, columns=list(QUANTILES), index=predictions.index)
    return predictions.assign(**made, center=made[_MIDDLE])


def directions(predictions: pd.DataFrame, by: str = _MIDDLE) -> pd.DataFrame:
    """`location_id`, `cycle`, `valid_time` and `wind_direction_deg` (from, clockwise from north; NaN in a
    calm) wherever both components are in `predictions`, by the column `by` of each: their medians."""
    east, north = (
        predictions.loc[predictions["variable"] == name, [*_ROW, by]] for name in (EASTWARD, NORTHWARD)
    )
    both = east.merge(north, on=_ROW, suffixes=("_east", "_north"))
    degrees = direction_deg(*(both[f"{by}_{way}"].to_numpy(np.float64) for way in ("east", "north")))
    return both[_ROW].assign(wind_direction_deg=degrees)


def direction_deg(eastward_m_s: np.ndarray, northward_m_s: np.ndarray) -> np.ndarray:
    """Where the wind comes from, degrees clockwise from north in [0, 360); NaN in a calm or where a component
    is NaN. For a forecast, of the components' medians."""
    degrees = np.degrees(np.arctan2(-eastward_m_s, -northward_m_s)) % 360
    calm = ~(np.hypot(eastward_m_s, northward_m_s) >= CALM_M_S)
    # A hair west of north is 360 after rounding, which is north.
    return np.where(calm, np.nan, np.where(degrees >= 360, 0.0, degrees))
