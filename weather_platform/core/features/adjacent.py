"""What the blend of the same cycle says of the hours before and after.

Belongs here: looking from a row at its neighbours in valid time. Does not: the blend, or how much any of this
counts (core.model).

A front that comes early or late, a minimum that falls on either side of midnight, and an hour that a model
stands for differently than a station: all show in how the hours beside differ.
"""

from datetime import timedelta

import numpy as np
import pandas as pd

from weather_platform.core.features.axes import HOUR, microseconds, row_keys

_FURTHEST = timedelta(hours=24) // timedelta(hours=1) * HOUR


def with_adjacent(rows: pd.DataFrame) -> pd.DataFrame:
    """`rows` of one variable, with what `bias_corrected` is in the row of their place and cycle whose valid
    time is the last before theirs (`blend_before`) and the first after it (`blend_after`), each at most a day
    away; NaN where there is none, or where it was known later than theirs.

    One row per place, cycle and valid time, in any order.
    """
    place, cycle, valid_time = row_keys(rows)
    order = np.lexsort((valid_time, cycle, place))
    place, cycle, valid_time = place[order], cycle[order], valid_time[order]
    said = rows["bias_corrected"].to_numpy(np.float64)[order]
    next_to = (place[1:] == place[:-1]) & (cycle[1:] == cycle[:-1])
    next_to &= valid_time[1:] - valid_time[:-1] <= _FURTHEST
    known = microseconds(rows["known_at"])[order]
    found = np.full((2, len(rows)), np.nan)
    found[0, order[1:]] = np.where(next_to & (known[:-1] <= known[1:]), said[:-1], np.nan)
    found[1, order[:-1]] = np.where(next_to & (known[1:] <= known[:-1]), said[1:], np.nan)
    return rows.assign(blend_before=found[0], blend_after=found[1])
