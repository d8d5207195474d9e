"""Wind as two components, and the direction that they say.

Belongs here: the two conversions. Does not: which of them is forecast (core.targets). A direction is never
averaged in degrees: 359° and 1° are two degrees apart and their mean is the opposite wind. Components can be
averaged, corrected and given a distribution like any number.
"""

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ibis
    import numpy as np

# A wind of less than a knot is calm and has no direction (WMO-No. 8, vol. I, ch. 5).
CALM_M_S = 0.5
EASTWARD, NORTHWARD = "wind_eastward_m_s", "wind_northward_m_s"
_RADIANS_PER_DEGREE = math.pi / 180


def eastward(rows: "ibis.Table") -> "ibis.Value":
    """Towards the east, m/s: −V sin θ of the row's speed and direction (from, clockwise from north)."""
    angle = rows.wind_direction_deg * _RADIANS_PER_DEGREE
    return _none_in_calm(rows, -(rows.wind_speed_m_s * angle.sin()))


def northward(rows: "ibis.Table") -> "ibis.Value":
    """Towards the north, m/s: −V cos θ of the row's speed and direction (from, clockwise from north)."""
    angle = rows.wind_direction_deg * _RADIANS_PER_DEGREE
    return _none_in_calm(rows, -(rows.wind_speed_m_s * angle.cos()))


def _none_in_calm(rows: "ibis.Table", component: "ibis.Value") -> "ibis.Value":
    """0 m/s is no wind either way, and stations give no direction with it."""
    return (rows.wind_speed_m_s == 0).ifelse(0.0, component)


def direction_deg(eastward_m_s: "np.ndarray", northward_m_s: "np.ndarray") -> "np.ndarray":
    """Where the wind comes from, degrees clockwise from north in [0, 360); NaN in a calm or where a component
    is NaN. For a forecast, of the components' medians."""
    import numpy as np  # noqa: PLC0415 - settings know the targets, and every process loads them

    degrees = np.degrees(np.arctan2(-eastward_m_s, -northward_m_s)) % 360
    calm = ~(np.hypot(eastward_m_s, northward_m_s) >= CALM_M_S)
    # A hair west of north is 360 after rounding, which is north.
    return np.where(calm, np.nan, np.where(degrees >= 360, 0.0, degrees))
