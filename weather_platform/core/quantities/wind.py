"""Wind as two components, made of speed and direction.

Belongs here: that conversion. Does not: which of them is forecast (core.quantities.targets), or the way back
(core.model.joint). A direction is never averaged in degrees: 359° and 1° are two degrees apart and their mean
is the opposite wind. Components can be averaged, corrected and given a distribution like any number.
"""

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ibis

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
