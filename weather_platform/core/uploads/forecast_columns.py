"""Columns of a file of forecasts, each as the contract has it.

Belongs here: what the fields of one column are. Does not: what follows from several (core.uploads.forecasts),
or which columns those are (core.uploads.forecast_mapping).
"""

from collections.abc import Mapping

import numpy as np
import pandas as pd
import pyarrow as pa

from weather_platform.core.observations.mapping import Time, Variable
from weather_platform.core.observations.rejects import Rejects
from weather_platform.core.observations.times import instants
from weather_platform.core.observations.values import bounds_text, no_number, numbers, with_point
from weather_platform.core.tables.dtypes import TEXT
from weather_platform.core.uploads.forecast_mapping import ForecastMapping, check_feed

Columns = Mapping[str, pa.Array]


def feed(columns: Columns, mapping: ForecastMapping, count: int) -> dict[str, pd.Series]:
    """`provider`, `model` and `feed`. Raises UploadError for a name that is no feed's."""
    if mapping.feed is not None:
        names = pd.Series([mapping.feed] * count, dtype=TEXT)
    else:
        first, *second = (text(columns[name]) for name in mapping.feed_columns)
        names = first + "/" + second[0] if second else first
    for name in names.dropna().unique():
        check_feed(str(name))
    parts = names.str.split("/", n=1, expand=True).reindex(columns=[0, 1])
    return {"feed": names, "provider": parts[0].astype(TEXT), "model": parts[1].astype(TEXT)}


def times(columns: Columns, how: Time, rejects: Rejects, *, needed: bool) -> pd.Series:
    """Instants in UTC; what is none is noted, and an empty field too where one is `needed`."""
    fields = [columns[name] for name in how.columns]
    found = instants(fields, how, np.zeros(len(fields[0]), "int64"))
    empty = text(fields[0]).fillna("").eq("").to_numpy(bool) & (not needed)
    for code, reason in enumerate(found.reasons[1:], start=1):
        rejects.add(np.flatnonzero((found.fault == code) & ~empty), how.columns[0], reason)
    return pd.Series(found.time.astype("datetime64[us]")).dt.tz_localize("UTC")


def constant(time: pd.Timestamp, count: int) -> pd.Series:
    """One instant for every row."""
    return pd.Series(time.tz_convert("UTC").as_unit("us"), index=range(count))


def weather(
    columns: Columns, name: str, variable: Variable, mapping: ForecastMapping, rejects: Rejects
) -> np.ndarray:
    """A variable in the contract's unit."""
    marks = [*mapping.missing, *variable.missing]
    field = columns[variable.source]
    read = numbers(field, name, variable.unit, marks, mapping.csv.decimal)
    none = no_number(name, field.filter(pa.array(read.unreadable)))
    rejects.add(np.flatnonzero(read.unreadable), variable.source, none)
    reason = f"{name} {bounds_text(name)} once in its unit"
    rejects.add(np.flatnonzero(read.out_of_bounds), variable.source, reason)
    return read.value


def plain(columns: Columns, name: str | None, decimal: str, rejects: Rejects, count: int) -> np.ndarray:
    """A column of numbers that are not weather; NaN where it lacks."""
    if name is None:
        return np.full(count, np.nan)
    raw = text(with_point(columns[name], decimal))
    value = pd.to_numeric(raw.astype(object), errors="coerce").to_numpy(float)
    wrong = ~np.isfinite(value)
    rejects.add(np.flatnonzero(wrong & raw.fillna("").ne("").to_numpy(bool)), name, "not a number")
    return np.where(wrong, np.nan, value)


def positions(
    columns: Columns, mapping: ForecastMapping, rejects: Rejects, count: int
) -> dict[str, np.ndarray]:
    """Degrees and heights; some longitudes count from 0 to 360."""
    own = {"latitude": mapping.stations.latitude, "longitude": mapping.stations.longitude}
    names = ("latitude", "longitude", "grid_latitude", "grid_longitude", "elevation_m")
    found = {
        name: plain(columns, own.get(name) or mapping.others.get(name), mapping.csv.decimal, rejects, count)
        for name in names
    }
    east = {name: found[name] for name in ("longitude", "grid_longitude")}
    return found | {name: np.where(value > 180, value - 360, value) for name, value in east.items()}


def text(field: pa.Array) -> pd.Series:
    """Without spaces around it."""
    return pd.Series(field.cast(pa.string()).to_pandas(), dtype=TEXT).str.strip()
