"""What the blend said of the same hour before: a time-lagged ensemble (Hoffman and Kalnay 1983).

Belongs here: looking from a row at rows of earlier cycles. Does not: the blend, or how much any of this
counts (core.model).

Runs of one model that start hours apart err differently far ahead, so their mean errs less than the newest
alone, and how far they are apart says how sure it is. What an earlier cycle said is what was known then:
biases learned since are not applied to it.
"""

from datetime import timedelta

import numpy as np
import pandas as pd

from weather_platform.core.features.axes import HOUR, microseconds, row_keys
from weather_platform.core.features.lookback import LAG

_LAG = LAG // timedelta(hours=1) * HOUR


def with_lagged(rows: pd.DataFrame) -> pd.DataFrame:
    """`rows` of one variable, with what `bias_corrected` was for their place and valid time in cycles of the
    24 hours before theirs: the newest (`lagged_newest`), the mean (`lagged_mean`), and how far they are from
    the row's own, as root mean square (`lagged_change`); NaN where there are none. What was known later than
    the row, as a cycle is that was answered late, is not heard.

    One row per place, cycle and valid time, in any order.
    """
    place, cycle, valid_time = row_keys(rows)
    order = np.lexsort((cycle, valid_time, place))
    place, cycle, valid_time = place[order], cycle[order], valid_time[order]
    said = rows["bias_corrected"].to_numpy(np.float64)[order]
    known = microseconds(rows["known_at"])[order]
    newest = np.full(len(rows), np.nan)
    count, total, squares = np.zeros((3, len(rows)))
    for back in range(1, len(rows)):
        later, earlier = slice(back, None), slice(None, -back)
        near = (place[later] == place[earlier]) & (valid_time[later] == valid_time[earlier])
        near &= cycle[later] - cycle[earlier] <= _LAG
        if not near.any():
            break
        heard = near & (known[earlier] <= known[later]) & ~np.isnan(said[earlier])
        newest[later] = np.where(heard & np.isnan(newest[later]), said[earlier], newest[later])
        count[later] += heard
        total[later] += np.where(heard, said[earlier], 0.0)
        squares[later] += np.where(heard, (said[earlier] - said[later]) ** 2, 0.0)
    found = np.empty((3, len(rows)))
    with np.errstate(invalid="ignore", divide="ignore"):
        found[:, order] = newest, total / count, np.sqrt(squares / count)
    return rows.assign(lagged_newest=found[0], lagged_mean=found[1], lagged_change=found[2])
