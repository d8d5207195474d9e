"""One forecast as a fan: its intervals, the feeds' points and what then happened.

Belongs here: choosing an example and drawing it. Does not: anything over many forecasts (see plots,
calibration_plots).
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, tzinfo

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.dates import ConciseDateFormatter

from weather_platform.core.features.target import with_target
from weather_platform.core.feed_columns import value_columns
from weather_platform.core.grid import Table, as_table, computed, truth_grid
from weather_platform.core.quantities.variables import ACCUMULATED
from weather_platform.core.report.style import (
    FEED_COLOR,
    INTERVALS,
    LABELS,
    OURS_COLOR,
    SMALL,
    TRUTH_COLOR,
    panel,
    png,
)

_KEY = ["variable", "location_id", "cycle", "valid_time"]
_LONGEST_PLACE = 28  # letters: what is left of a picture's width beside the cycle
_MOSTLY = 0.75  # of a cycle's hours that are verified, for it to be an example


def newest_verified(predictions: Table, observations: Table, variables: Sequence[str]) -> list[datetime]:
    """Of each of `variables` the newest cycle of `predictions` that is mostly verified at some place: the
    examples are of these, and no other need be read."""
    told, truth = as_table(predictions), truth_grid(observations, variables)
    at = ["variable", "location_id", "valid_time"]
    rows = told.filter(told.feeds_present > 0).left_join(truth.select(*at, "observed"), at)
    counts = rows.group_by("variable", "cycle", "location_id").agg(
        known=rows.observed.count(), size=rows.count()
    )
    mostly = counts.filter(counts.known >= _MOSTLY * counts.size)
    newest = computed(mostly.group_by("variable").agg(cycle=mostly.cycle.max()))["cycle"]
    return sorted(set(newest))


def with_truth(
    predictions: pd.DataFrame,
    features: pd.DataFrame,
    observations: Table,
    variables: Sequence[str],
    names: Mapping[str, str],
) -> pd.DataFrame:
    """`predictions` (PREDICTION) with `observed`, what feeds say (the columns of `features`, FEATURES) and
    `place`: what people call it, from `names` by location_id, and its id where nothing is known."""
    seen = with_target(predictions, observations, variables).merge(
        features[_KEY + value_columns(features.columns)], on=_KEY, how="left"
    )
    return seen.assign(place=seen["location_id"].map(dict(names)).fillna(seen["location_id"]))


def newest_fan(seen: pd.DataFrame, variable: str) -> bytes | None:
    """The newest cycle that is mostly verified, at the place where most happened of those where it is (most
    fell, or the truth went furthest): a dry week shows little, and so do the tropics of temperature. None
    without any. `seen` as `with_truth`."""
    chosen = example(seen, variable)
    if chosen is None:
        return None
    return fan(chosen, title_of(chosen), LABELS[variable])


def example(seen: pd.DataFrame, variable: str) -> pd.DataFrame | None:
    """Rows of the cycle and place that `newest_fan` shows."""
    rows = seen[(seen["variable"] == variable) & (seen["feeds_present"] > 0)]
    known = (
        rows.groupby(["cycle", "location_id"], sort=True)["observed"]
        .agg(["count", "size", "sum", "min", "max"])
        .reset_index()
    )
    known = known[known["count"] >= _MOSTLY * known["size"]]
    if known.empty:
        return None
    happened = known["sum"] if variable in ACCUMULATED else known["max"] - known["min"]
    pick = known.assign(happened=happened).sort_values(["cycle", "happened", "count", "location_id"]).iloc[-1]
    return rows[(rows["cycle"] == pick["cycle"]) & (rows["location_id"] == pick["location_id"])]


def title_of(rows: pd.DataFrame) -> str:
    first = rows.iloc[0]
    start = pd.Timestamp(first["cycle"]).strftime("%Y-%m-%d %H")
    place = str(first["place"])
    place = place if len(place) <= _LONGEST_PLACE else place[: _LONGEST_PLACE - 1].rstrip() + "…"
    return f"{place}, forecast of {start} UTC\nmodel version {first['model_version']}"


def of_time(axes: Axes) -> None:
    """Dates along the bottom, and whose they are."""
    axes.xaxis.set_major_formatter(ConciseDateFormatter(axes.xaxis.get_major_locator()))
    axes.set_xlabel("valid time, UTC", fontsize=SMALL)


def naive(time: pd.Series, zone: tzinfo = UTC) -> pd.Series:
    """Times of a zone as matplotlib takes them."""
    return time.dt.tz_convert(zone).dt.tz_localize(None)


def fan(rows: pd.DataFrame, title: str, label: str) -> bytes:
    """One forecast. `rows`: PREDICTION of one variable, place and cycle, with `observed` and what
    feeds say where known."""
    rows = rows.sort_values("valid_time")
    time = naive(rows["valid_time"])
    figure, axes = panel(title)
    for low, high, shade in INTERVALS:
        axes.fill_between(time, rows[low], rows[high], color=OURS_COLOR, alpha=shade, linewidth=0)
    for feed in value_columns(rows.columns):
        axes.plot(time, rows[feed], color=FEED_COLOR, linewidth=0.9)
    axes.plot(time, rows["center"], color=OURS_COLOR, linewidth=2, label="ours, intervals of 50, 80, 90 %")
    axes.plot(time, rows["observed"], "o", color=TRUTH_COLOR, markersize=3, label="observed")
    axes.plot([], [], color=FEED_COLOR, label="feeds")
    axes.set_ylabel(label)
    of_time(axes)
    figure.legend(frameon=False, fontsize=SMALL, loc="outside lower center", ncols=2)
    return png(figure)
