"""How long errors last: of some lengths the one that made the best forecasts of whole days.

Belongs here: counting how good each was, and choosing. Does not: drawing (see draws).

A forecast that is 2 K too warm at noon is too warm at three as well, and how far that reaches decides how
sure one can be of a day's mean or of a sum of rain. It differs by variable, panel and providers. Judged is
what it says of days, all of it: correlations of hours alone would need a formula of their own where most
hours are dry, and the length that is best for means is too short for what is highest.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime

import ibis
import numpy as np
import pandas as pd

from weather_platform.core.contracts.days import ERROR_MEMORY
from weather_platform.core.contracts.learned import PREDICTION, QUANTILES
from weather_platform.core.days.calendar import ended_in, newest, whole_days
from weather_platform.core.days.lengths import LENGTH, MEMORIES_HOURS, MEMORY_WINDOW, STEPS
from weather_platform.core.days.summaries import said_of_days
from weather_platform.core.grid import Table, as_table, computed, truth_grid
from weather_platform.core.quantities.targets import KNOWN
from weather_platform.core.scoring.scores import crps_of_quantiles
from weather_platform.core.tables.schema import conform, empty

# Before any is known: what temperature, wind and rain of recorded archives and of the simulation came near.
USUAL_HOURS = 12.0
_FEWEST_DAYS = 6  # that decide, as of promotions: all places of a day have much the same weather
_MOST_A_DAY = 50  # that are counted of a variable: a month has thousands, whatever the panel
_KEY = ["location_id", "cycle", "valid_time"]


def memory_sums(
    predictions: Table,
    observations: Table,
    places: pd.DataFrame,
    *,
    start: datetime,
    end: datetime,
    variables: Sequence[str],
) -> pd.DataFrame:
    """ERROR_MEMORY rows of `variables` and the days that ended in [start, end), from `predictions` of every
    cycle that reaches into them and `observations` from the day before on. Rows without feeds are left
    out."""
    ours = as_table(predictions)
    inside = (ours.valid_time >= start - LENGTH) & (ours.valid_time < end)
    told = ours.filter(~ours.degraded, inside).select(*PREDICTION.key, *QUANTILES)
    frames = [
        frame
        for variable in variables
        for frame in _of_variable(
            computed(_with_truth(told, observations, variable), _KEY), places, variable, (start, end)
        )
    ]
    return conform(pd.concat(frames, ignore_index=True), ERROR_MEMORY) if frames else empty(ERROR_MEMORY)


def lasting(sums: pd.DataFrame, at: datetime, variables: Sequence[str]) -> dict[str, float]:
    """Hours that errors of each variable last, by the least CRPS over the MEMORY_WINDOW before `at` of what
    was known then (`sums`: ERROR_MEMORY); USUAL_HOURS where too little was. Whatever is never below another
    target has its memory, so that its days are never below the other's.
    """
    known = sums[(sums["known_at"] <= at) & (sums["day"] >= at - MEMORY_WINDOW)]
    by_length = known.groupby(["variable", "memory_hours"], observed=True)["crps_sum"]
    total = by_length.agg(["size", "sum"]).reset_index()
    enough = total[total["size"] >= _FEWEST_DAYS].sort_values(["variable", "sum", "memory_hours"])
    best = enough.drop_duplicates("variable").set_index("variable")["memory_hours"].to_dict()
    of = {name: KNOWN[name].at_least if KNOWN[name].at_least in variables else name for name in variables}
    return {name: float(best.get(of[name], USUAL_HOURS)) for name in variables}


def mean_crps(sums: pd.DataFrame) -> pd.DataFrame:
    """Variable (the index) × hours of memory: CRPS of a day, in mean, of `sums` (ERROR_MEMORY)."""
    total = sums.groupby(["variable", "memory_hours"], observed=True)[["n", "crps_sum"]].sum()
    return (total["crps_sum"] / total["n"]).unstack("memory_hours")


def _with_truth(told: ibis.Table, observations: Table, variable: str) -> ibis.Table:
    truth = truth_grid(observations, [variable]).select(
        "location_id", "valid_time", "observed", truth_known_at="known_at"
    )
    return told.filter(told.variable == variable).inner_join(truth, ["location_id", "valid_time"])


def _of_variable(
    rows: pd.DataFrame, places: pd.DataFrame, variable: str, window: tuple[datetime, datetime]
) -> Iterator[pd.DataFrame]:
    """Sums by day, a frame a candidate."""
    rows = _some(whole_days(rows, places, variable, ["cycle"]), *window)
    if rows.empty:
        return
    observed = rows["observed"].to_numpy(np.float64).reshape(-1, STEPS)
    days = rows.iloc[::STEPS][["day"]].assign(known_at=newest(rows["truth_known_at"]))
    for hours in MEMORIES_HOURS:
        said = said_of_days(rows, hours, variable)
        crps = sum(crps_of_quantiles(one.asked.of(observed, axis=1), one.quantiles) for one in said)
        by_day = days.assign(crps=crps).groupby("day", as_index=False)
        summed = by_day.agg(known_at=("known_at", "max"), n=("crps", "size"), crps_sum=("crps", "sum"))
        yield summed.assign(variable=variable, memory_hours=hours)


def _some(rows: pd.DataFrame, start: datetime, end: datetime) -> pd.DataFrame:
    """Rows of days that ended in [start, end), with `day`: of each day at most _MOST_A_DAY places and cycles,
    evenly from their order."""
    rows = ended_in(rows, start, end)
    one = rows.iloc[::STEPS]
    group = one.groupby("day", observed=True)["day"]
    position, size = group.cumcount().to_numpy(), group.transform("size").to_numpy()
    # The first of each of so many equal parts.
    part = position * _MOST_A_DAY // np.maximum(size, 1)
    before = (position - 1) * _MOST_A_DAY // np.maximum(size, 1)
    return rows[np.repeat((size <= _MOST_A_DAY) | (part != before), STEPS)]
