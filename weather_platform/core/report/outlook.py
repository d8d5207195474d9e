"""One cycle's forecast as people read it: a place hour by hour, and many places for the day ahead.

Belongs here: choosing and formatting cells. Does not: which cycle it is, or how a table is drawn.
"""

from collections.abc import Collection, Sequence
from datetime import timedelta

import pandas as pd

from weather_platform.core.quantities.shown import System, shown
from weather_platform.core.quantities.variables import ACCUMULATED
from weather_platform.core.report.tables import percent

NO_FEED = "no feed"
LOW, HIGH = "q10", "q90"  # between them are four of five
_DAY = timedelta(hours=24)


def called(places: pd.DataFrame, ids: Collection[str]) -> dict[str, str]:
    """What people call those of `ids`, by id in order of the names: by `places` (LOCATIONS), or by their id
    where it has no name."""
    known = places["name"].fillna(places["location_id"])
    names = dict(zip(places["location_id"], known, strict=True))
    return dict(sorted(((one, names.get(one, one)) for one in ids), key=lambda each: (each[1], each[0])))


def by_hour(rows: pd.DataFrame, variables: Sequence[str], system: System = "si") -> pd.DataFrame:
    """Cells of one place, a line a valid time (the index). `rows`: PREDICTION of a cycle; `system`: of units.

    Of each variable its median, or for an amount the chance of at least 0.1 mm, and the range that holds four
    times in five; columns are pairs (variable, `median`, `chance` or `80 %`). Where hours stand on no feed a
    last column (``, ``) says so.
    """
    cells = {}
    for name in variables:
        of_one = rows[rows["variable"] == name].set_index("valid_time").sort_index()
        amount = name in ACCUMULATED
        cells[name, "chance" if amount else "median"] = (
            of_one["probability"].map(percent) if amount else written(of_one["q50"], name, system)
        )
        cells[name, "80 %"] = between(of_one[LOW], of_one[HIGH], name, system)
    alone = rows.groupby("valid_time")["degraded"].any()
    if alone.any():
        cells["", ""] = alone.map({True: NO_FEED, False: ""})
    return pd.DataFrame(cells).fillna("")


def day_ahead(rows: pd.DataFrame, variables: Sequence[str], system: System = "si") -> pd.DataFrame:
    """Cells of many places, a line a place (the index, `location_id`), for the 24 hours from the first
    forecast on. `rows`: PREDICTION of a cycle. Of each variable (columns) the lowest and the highest median,
    of an amount the highest chance of three hours.
    """
    near = rows[rows["valid_time"] < rows["valid_time"].min() + _DAY]
    cells = {}
    for name in variables:
        places = near[near["variable"] == name].groupby("location_id", observed=True)
        if name in ACCUMULATED:
            cells[name] = places["probability"].max().map(percent)
        else:
            cells[name] = between(places["q50"].min(), places["q50"].max(), name, system)
    return pd.DataFrame(cells).fillna("")


def between(low: pd.Series, high: pd.Series, variable: str, system: System) -> pd.Series:
    first, last = written(low, variable, system), written(high, variable, system)
    return first.where(first == last, first + " to " + last)


def written(values: pd.Series, variable: str, system: System) -> pd.Series:
    return values.map(shown(variable, system).written).astype(object)
