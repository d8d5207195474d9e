"""Columns of a file of forecasts, each as the contract has it.

Belongs here: what the text of one column is. Does not: what follows from several (core.uploads.forecasts).
Units are those in the columns' names; times must have an offset.
"""

import re
from collections.abc import Mapping
from datetime import datetime

import numpy as np
import pandas as pd
import pyarrow as pa

from weather_platform.core.contracts.forecast import FORECAST
from weather_platform.core.dtypes import TEXT
from weather_platform.core.observations.mapping import Time
from weather_platform.core.observations.rejects import Rejects
from weather_platform.core.observations.times import instants
from weather_platform.core.observations.values import bounds_text, numbers
from weather_platform.core.providers.registry import PROVIDERS
from weather_platform.core.uploads.spec import UploadError

# Columns that are read; the others follow from these, whatever a file says.
KNOWN = set(FORECAST.by_name) - {"cycle", "lead_hours", "reconstructed_from"}
_NAME = r"[a-z0-9][a-z0-9_.-]{0,39}"
_SUFFIX_UNITS = {"_c": "°C", "_hpa": "hPa", "_m_s": "m/s", "_mm": "mm", "_deg": "°", "_m": "m"}


def feed(columns: Mapping[str, pa.Array]) -> dict[str, pd.Series]:
    """`provider`, `model` and `feed`, of which two or the last must be there. Raises UploadError."""
    if "feed" in columns:
        names = text(columns["feed"])
    elif "provider" in columns and "model" in columns:
        names = text(columns["provider"]) + "/" + text(columns["model"])
    else:
        raise UploadError(
            "no column 'feed' (as mine/model_1), nor 'provider' and 'model': whose forecasts are they?"
        )
    for name in names.dropna().unique():
        _check_name(str(name))
    parts = names.str.split("/", n=1, expand=True).reindex(columns=[0, 1])
    return {"feed": names, "provider": parts[0].astype(TEXT), "model": parts[1].astype(TEXT)}


def _check_name(name: str) -> None:
    provider, _, model = name.partition("/")
    if not re.fullmatch(_NAME, provider) or not re.fullmatch(_NAME, model):
        raise UploadError(
            f"feed {name!r:.80}: write provider/model, each of a-z, 0-9 and _.-, at most 40 signs"
        )
    if provider in PROVIDERS:
        raise UploadError(
            f"feed {name!r}: {provider} is fetched by the platform itself; drop its raw replies into "
            f"replies/{provider}/, or give the feed another name"
        )


def times(field: pa.Array, name: str, rejects: Rejects, *, needed: bool) -> pd.Series:
    """Instants in UTC; what is none is noted, and an empty field too where one is `needed`."""
    found = instants([field], Time(column=name), np.zeros(len(field), "int64"))
    empty = text(field).fillna("").eq("").to_numpy(bool) & (not needed)
    for code, reason in enumerate(found.reasons[1:], start=1):
        rejects.add(np.flatnonzero((found.fault == code) & ~empty), name, reason)
    return pd.Series(found.time.astype("datetime64[us]")).dt.tz_localize("UTC")


def constant(time: datetime, count: int) -> pd.Series:
    """One instant for every row."""
    return pd.Series(pd.Timestamp(time).tz_convert("UTC").as_unit("us"), index=range(count))


def weather(field: pa.Array, name: str, rejects: Rejects) -> np.ndarray:
    """A variable in the unit that its name says."""
    unit = next((unit for suffix, unit in _SUFFIX_UNITS.items() if name.endswith(suffix)), "1")
    read = numbers(field, name, unit, [])
    rejects.add(np.flatnonzero(read.unreadable), name, "not a number")
    rejects.add(np.flatnonzero(read.out_of_bounds), name, bounds_text(name))
    return read.value


def plain(columns: Mapping[str, pa.Array], name: str, rejects: Rejects, count: int) -> np.ndarray:
    """A column of numbers that are not weather; NaN where it lacks."""
    if name not in columns:
        return np.full(count, np.nan)
    raw = text(columns[name])
    value = pd.to_numeric(raw.astype(object), errors="coerce").to_numpy(float)
    wrong = ~np.isfinite(value)
    rejects.add(np.flatnonzero(wrong & raw.fillna("").ne("").to_numpy(bool)), name, "not a number")
    return np.where(wrong, np.nan, value)


def text(field: pa.Array) -> pd.Series:
    """Without spaces around it."""
    return pd.Series(field.cast(pa.string()).to_pandas(), dtype=TEXT).str.strip()
