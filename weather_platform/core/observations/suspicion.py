"""Truth that is secretly a forecast: errors too small for a point and a grid cell to agree so well.

Belongs here: the test, on pairs of forecast and truth of the first day of lead. Does not: pairing
(core.features.errors), words (see refused_truth), or what is done about it. A station and a model differ even
when both are right, because one is a point and the other an area. On a dozen public archives of honest
stations the best feed's median error was 0.44 K and 0.64 m/s; where gaps of the truth had been filled with
the feed itself it was 0.2 to 0.3 K. A reanalysis of the same weather centre flatters its forecasts too, but
less, and is not found by this.

A truth is refused for a feed where one of these holds:
- half of the errors or more are within the variable's natural error (NATURAL_ERROR), and no other feed comes
  near: where several are as good, the place is easy (a tropical island) and none is the truth's origin;
- the mean error is a quarter of the best other feed's at the same place or less, and small (twice
  NATURAL_ERROR);
- a fifth of the errors or more (rain: a quarter) are within the instrument's step, and outnumber those
  between one step and five: no smooth distribution does that, but a truth with some hours copied does.

Rain is judged where five steps or more fell or were forecast: the errors of smaller amounts are small of
necessity, and most of them within a step, however honest the gauge is.
"""

from datetime import datetime

import ibis
import numpy as np
import pandas as pd

from weather_platform.core.contracts.errors import TRUTH_AGREEMENT
from weather_platform.core.grid import Table, as_table
from weather_platform.core.observations.refused_truth import reason
from weather_platform.core.tables.exact_sum import exact_sum
from weather_platform.core.tables.schema import conform

# Resolution that WMO-No. 8 (annex 1.A) asks of instruments.
INSTRUMENT_STEP = {"temperature_c": 0.1, "wind_speed_m_s": 0.1, "precipitation_mm": 0.1}
# Half of an honest feed's errors are larger. Precipitation is copied to the gauge's step.
NATURAL_ERROR = {"temperature_c": 0.35, "wind_speed_m_s": 0.3, "precipitation_mm": 0.1}
LEAST_PAIRS = 60
WINDOW_DAYS = 30
FEW_STEPS = 5
# A month holds few showers, each forecast by several cycles: of the simulator's honest months, resampled by
# days, 5 in 10,000 had a fifth of rain's errors within the step and were refused, 2 had a quarter.
COPIED_SHARE = {"temperature_c": 0.2, "wind_speed_m_s": 0.2, "precipitation_mm": 0.25}
# Values on a coarse lattice (whole °F on both sides) have nothing between one step and five, and prove
# nothing by their agreement. Honest errors of rain lie far apart, so that few are between.
SHARE_BETWEEN = {"temperature_c": 0.05, "wind_speed_m_s": 0.05, "precipitation_mm": 0.02}
SHARE_OF_OTHERS, EASY_PLACE = 0.25, 0.6
_GROUP = ["feed", "variable", "location_id", "truth_source"]
COUNTS = ["pairs", "close", "within_step", "within_steps", "absolute_error_sum"]
_ROUNDING = 1e-6


def agreement(pairs: Table) -> ibis.Table:
    """Counts of agreement by day, feed, variable, place and source of the truth; they can be added up.

    `pairs` has `feed`, `variable`, `location_id`, `truth_source`, `valid_time`, `forecast`, `observed` and
    `error`. Pairs where both say next to no precipitation (less than FEW_STEPS steps), or both a calm, agree
    without proving anything and are left out. Returns `day` and COUNTS: pairs, those within NATURAL_ERROR,
    within the step, within five, Σ |error|.
    """
    table = as_table(pairs)
    table = table.mutate(
        step=table.variable.cases(*INSTRUMENT_STEP.items(), else_=ibis.null(float)),
        natural=table.variable.cases(*NATURAL_ERROR.items(), else_=ibis.null(float)),
        size=table.error.abs(),
    )
    least = ibis.ifelse(table.variable == "precipitation_mm", FEW_STEPS, 1) * table.step - _ROUNDING
    nothing = (table.variable != "temperature_c") & (table.forecast < least) & (table.observed < least)
    table = table.filter(table.step.notnull() & ~nothing)

    def within(limit: ibis.Value) -> ibis.Value:
        return (table["size"] <= limit + _ROUNDING).cast("int64").sum()

    return table.group_by(*_GROUP, day=table.valid_time.truncate("D").cast("timestamp('UTC', 6)")).agg(
        pairs=table.count(),
        close=within(table.natural),
        within_step=within(table.step),
        within_steps=within(FEW_STEPS * table.step),
        absolute_error_sum=exact_sum(table["size"]),
    )


def rolling(daily: pd.DataFrame, first: datetime, days: int) -> pd.DataFrame:
    """TRUTH_AGREEMENT of `days` days from `first` (aware midnight) on, each of the WINDOW_DAYS ending there.

    `daily` is what `agreement` returns, of those days and of the WINDOW_DAYS − 1 before them.
    """
    back = WINDOW_DAYS - 1
    index = (daily["day"] - pd.Timestamp(first)).dt.days.to_numpy(np.int64) + back
    inside = (index >= 0) & (index < days + back)
    groups = daily[inside].groupby(_GROUP, sort=True, observed=True)
    labels = groups.size().reset_index()[_GROUP]
    dense = np.zeros((days + back, len(labels), len(COUNTS)))
    np.add.at(dense, (index[inside], groups.ngroup().to_numpy()), daily.loc[inside, COUNTS].to_numpy(float))
    total = np.zeros((days, *dense.shape[1:]))
    # Every window by itself and from its first day on: a difference of running sums would have other last
    # bits for each day that a range begins with.
    for day in range(WINDOW_DAYS):
        total += dense[day : day + days]
    of_day, group = np.nonzero(total[:, :, 0])
    counts = pd.DataFrame(total[of_day, group], columns=COUNTS)
    counts[COUNTS[:-1]] = counts[COUNTS[:-1]].astype(np.int64)
    rows = (
        labels.iloc[group]
        .reset_index(drop=True)
        .assign(day=pd.Timestamp(first) + pd.to_timedelta(of_day, unit="D"))
    )
    return conform(refusals(pd.concat([rows, counts], axis=1)), TRUTH_AGREEMENT)


def refusals(counts: pd.DataFrame) -> pd.DataFrame:
    """Which of these totals of agreement refuse a truth for a feed: `counts` with `refused` and `reason`.

    `counts` has one row per `feed`, `variable`, `location_id`, `truth_source` (and `day`, where it is there),
    and COUNTS. `reason` is null where the truth may stand.
    """
    n = np.maximum(counts["pairs"].to_numpy(np.float64), 1)
    close, step, steps, total = (counts[name].to_numpy(np.float64) / n for name in COUNTS[1:])
    natural = counts["variable"].map(NATURAL_ERROR).to_numpy(np.float64)
    copied = counts["variable"].map(COPIED_SHARE).to_numpy(np.float64)
    between = counts["variable"].map(SHARE_BETWEEN).to_numpy(np.float64)
    enough = n >= LEAST_PAIRS
    others = _best_other(counts.assign(mean=total, enough=enough))
    near = steps - step
    by = {
        "natural": enough & (close >= 0.5) & ~(total > EASY_PLACE * others),
        "others": enough & (total <= SHARE_OF_OTHERS * others) & (total <= 2 * natural),
        "copied": enough & (step >= copied) & (near >= between) & (step >= near),
    }
    refused = np.logical_or.reduce(list(by.values()))
    rule = np.select(list(by.values()), list(by), default="")
    limit = counts["variable"].map(INSTRUMENT_STEP)
    rows = counts.assign(
        refused=refused,
        rule=rule,
        close_share=close,
        exact_share=step,
        near_share=near,
        mean=total,
        others=others,
        natural=natural,
        step=limit,
        steps=FEW_STEPS * limit,
    )
    reasons = [reason(row) if row["refused"] else None for row in rows.to_dict("records")]
    return counts.assign(refused=refused, reason=pd.array(reasons, dtype=pd.StringDtype("pyarrow")))


def suspicious_truth(pairs: Table) -> pd.DataFrame:
    """Of all days together: refused `feed`, `variable`, `location_id`, `truth_source`, COUNTS, `reason`.

    `pairs` as for `agreement`; `truth_source` and `valid_time` may lack. Empty where truth looks measured.
    """
    table = as_table(pairs)
    if "truth_source" not in table.columns:
        table = table.mutate(truth_source=ibis.literal("observed"))
    if "valid_time" not in table.columns:
        table = table.mutate(valid_time=ibis.timestamp("1970-01-01T00:00:00", timezone="UTC"))
    daily = agreement(table).execute()
    found = refusals(daily.groupby(_GROUP, sort=True, observed=True)[COUNTS].sum().reset_index())
    return found[found["refused"]].drop(columns="refused").reset_index(drop=True)


def _best_other(counts: pd.DataFrame) -> np.ndarray:
    """Least mean error of the other feeds of a group with enough pairs; NaN where there is none."""
    group = [name for name in ("day", *_GROUP[1:]) if name in counts]
    ranked = counts.loc[counts["enough"], [*group, "mean"]].sort_values([*group, "mean"])
    rank = ranked.groupby(group, observed=True).cumcount()
    best = counts[[*group, "mean"]]
    for place, name in enumerate(("first", "second")):
        best = best.merge(ranked[rank == place].rename(columns={"mean": name}), on=group, how="left")
    own_is_best = best["mean"] <= best["first"]
    return np.where(own_is_best, best["second"], best["first"]).astype(np.float64)
