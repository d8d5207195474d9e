"""`build`: the features of any cycles, from forecasts, error sums and observations.

Belongs here: putting the parts together, one variable at a time. Does not: any of the parts' arithmetic,
or truth of the hours forecast (`core.features.target` joins that, for training only).

Everything learned from history is as of the start of each cycle, which no fetch of the cycle precedes,
and looks back 28 days: so a cycle's features are the same whether built alone or among many, and cost the
same however much history lies behind them.
"""

from collections.abc import Sequence
from datetime import datetime

import numpy as np
import pandas as pd

from weather_platform.core.blend import blend
from weather_platform.core.contracts.learned import FEATURES
from weather_platform.core.features.axes import DAY, HOUR, Axes, text, times
from weather_platform.core.features.calendar import calendar
from weather_platform.core.features.cube import Cube, cube_of
from weather_platform.core.features.memory import SLOTS, memory, past_of
from weather_platform.core.features.recent import BLOCKS, recent, sums_of
from weather_platform.core.grid import Table, truth_grid
from weather_platform.core.schema import conform
from weather_platform.core.targets import ANY, KNOWN
from weather_platform.core.variables import ACCUMULATED


def build(
    cycles: Sequence[datetime],
    forecasts: Table,
    error_sums: pd.DataFrame,
    observations: Table,
    places: pd.DataFrame,
    *,
    variables: Sequence[str],
    horizon_hours: int = 120,
) -> pd.DataFrame:
    """Features of `variables` and `cycles` as FEATURES, with value__, bias__ and rmse__ columns per feed.

    `forecasts` (FORECAST): rows of these cycles; others are ignored. `error_sums` (ERROR_SUM) and
    `observations` (OBSERVATION): of the HISTORY_DAYS days before the first cycle and up to the last; what
    was not yet known is ignored. `places` (LOCATIONS): the panel. A row stands for every place and grid
    time up to `horizon_hours` after it was known, if any feed or any past observation can say something
    of it.
    """
    cube = cube_of(cycles, forecasts, places, variables, horizon_hours)
    truth = truth_grid(observations, variables).execute()
    frames = [_variable(cube, variable, error_sums, truth) for variable in cube.axes.variables]
    return conform(pd.concat(frames, ignore_index=True), FEATURES)


def _variable(cube: Cube, variable: str, error_sums: pd.DataFrame, truth: pd.DataFrame) -> pd.DataFrame:
    """Features of one variable, sorted by place, cycle and valid time."""
    axes, values = cube.axes, cube.values[variable]
    known_at = cube.known_at(variable)
    lead = (axes.valid_times - known_at) / HOUR
    history = _history(cube, variable, lead, error_sums, truth)
    mixed = blend(values, history["bias"], history["rmse"], KNOWN[variable].range)
    past = {name: history[name] for name in ("last_error", "persistence", "climatology", "climatology_sd")}
    spoken = (mixed.feeds_present > 0) | ~np.isnan(past["climatology"])
    keep = (spoken & (lead >= 0) & (lead <= cube.horizon_hours)).ravel()
    columns = {
        "feeds_present": mixed.feeds_present,
        "equal_weight": mixed.equal_weight,
        "bias_corrected": mixed.bias_corrected,
        "spread": mixed.spread,
        "expected_error": mixed.expected_error,
        "lead_hours": lead,
        **past,
        **cube.place_columns(),
        **calendar(axes.valid_times[None], cube.latitude[:, None, None], cube.longitude[:, None, None]),
        **_per_feed(axes, values, history),
    }
    return pd.DataFrame(
        {**_key(axes, variable, known_at, keep), **{k: v.ravel()[keep] for k, v in columns.items()}}
    )


def _key(axes: Axes, variable: str, known_at: np.ndarray, keep: np.ndarray) -> dict[str, pd.Series]:
    places, cycles, steps = known_at.shape
    valid_time = np.broadcast_to(axes.valid_times, known_at.shape).ravel()[keep]
    cycle = np.broadcast_to(axes.cycles[:, None], known_at.shape).ravel()[keep]
    place = np.repeat(np.arange(places), cycles * steps)[keep]
    return {
        "variable": text([variable], np.zeros(len(place), np.int64)),
        "location_id": text(axes.places, place),
        "cycle": times(cycle),
        "valid_time": times(valid_time),
        "known_at": times(known_at.ravel()[keep]),
    }


def _per_feed(axes: Axes, values: np.ndarray, history: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """value__, bias__ and rmse__ columns; all three are missing where the feed is."""
    missing = np.isnan(values)
    columns: dict[str, np.ndarray] = {}
    for kind, array in (("value", values), ("bias", history["bias"]), ("rmse", history["rmse"])):
        shown = np.where(missing, np.nan, array)
        columns |= {f"{kind}__{feed.replace('/', '__')}": shown[..., i] for i, feed in enumerate(axes.feeds)}
    return columns


def _history(
    cube: Cube, variable: str, lead: np.ndarray, error_sums: pd.DataFrame, truth: pd.DataFrame
) -> dict[str, np.ndarray]:
    """What was known of the past at each cycle's start, placed on the cube's rows."""
    axes, values = cube.axes, cube.values[variable]
    lead_days = cube.horizon_hours // 24 + 1
    lead_day = np.clip(lead // 24, 0, lead_days - 1).astype(np.int64)
    sums = sums_of(error_sums, variable, axes, lead_days)
    past = past_of(truth, variable, axes)
    place = np.arange(len(axes.places))[:, None]
    out = {name: np.empty(values.shape) for name in ("bias", "rmse")}
    out |= {
        name: np.empty(lead.shape) for name in ("last_error", "persistence", "climatology", "climatology_sd")
    }
    for index, as_of in enumerate(axes.cycles):
        known = recent(sums, int(as_of), ratio=variable in ACCUMULATED)
        block = axes.valid_times[index] % DAY // (DAY // BLOCKS)
        slot = axes.valid_times[index] % DAY // (DAY // SLOTS)
        rmse = known.rmse[lead_day[:, index], place]
        bias = known.offset[block, lead_day[:, index], place] + values[:, index] * (1 - known.factor[:, None])
        out["rmse"][:, index] = rmse
        out["bias"][:, index] = np.where(np.isnan(rmse), np.nan, bias)
        no_floor = blend(known.newest, np.zeros_like(known.newest), known.rmse[0], ANY)
        out["last_error"][:, index] = no_floor.bias_corrected[:, None]
        remembered = memory(past, int(as_of))
        for name in ("persistence", "climatology", "climatology_sd"):
            out[name][:, index] = getattr(remembered, name)[slot].T
    return out
