"""ERA5 as hourly truth of places, out of a Zarr store laid out like Google's ARCO-ERA5.

Belongs here: which variables, which grid points, how hours become rows, and until when there are any. Does
not: opening the store (infra.reading.era5_store). Layout and units are those of the store's own attributes;
the variables are ECMWF's (doi:10.24381/cds.adbb2d47).

Traps: the time axis is laid out to 2050, and hours that are not there yet read as nothing, without an error:
the store's attributes say where data end. Latitudes fall, longitudes run from 0 to 360. A chunk is one hour
of the whole globe, so that all places of a batch cost as much as one. The last months are preliminary
(ERA5T) and are revised: they are `unchecked`, the final ones `good`. Precipitation is the sum of the hour
that ends, in metres.
"""

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from weather_platform.core.contracts.forecast import QUARANTINE
from weather_platform.core.contracts.truth import OBSERVATION
from weather_platform.core.fetching.spans import had_from
from weather_platform.core.history.finish import repeat, utc
from weather_platform.core.partitions import CYCLE, DAY
from weather_platform.core.sphere import great_circle_km
from weather_platform.core.tables.dtypes import TEXT
from weather_platform.core.tables.schema import check, conform, empty

if TYPE_CHECKING:
    import xarray as xr

SOURCE = "era5"
LATENCY = timedelta(days=5)
ATTRIBUTION = "ERA5 by ECMWF; contains modified Copernicus Climate Change Service information (CC BY 4.0)"
_U, _V = "10m_u_component_of_wind", "10m_v_component_of_wind"
# Contract column → (variable, factor, offset).
_DIRECT = {
    "temperature_c": ("2m_temperature", 1.0, -273.15),
    "dew_point_c": ("2m_dewpoint_temperature", 1.0, -273.15),
    "pressure_msl_hpa": ("mean_sea_level_pressure", 0.01, 0.0),
    "surface_pressure_hpa": ("surface_pressure", 0.01, 0.0),
    "cloud_cover": ("total_cloud_cover", 1.0, 0.0),
    "precipitation_mm": ("total_precipitation", 1000.0, 0.0),
}
VARIABLES = (*(name for name, _, _ in _DIRECT.values()), _U, _V)
# Packing leaves such residues of nothing.
_RESIDUE = {"precipitation_mm": 1e-3, "cloud_cover": 1e-6}


class Era5Error(ValueError):
    """A store that is not laid out as ARCO-ERA5; the message says what is missing."""


class Era5Rows(NamedTuple):
    """`rows` by OBSERVATION, `quarantine` by QUARANTINE; `hours_missing` were asked for and not there."""

    rows: pd.DataFrame
    quarantine: pd.DataFrame
    hours_missing: int


class Coverage(NamedTuple):
    """First instants after the final and after the preliminary data."""

    final: datetime
    end: datetime


def coverage(dataset: "xr.Dataset", now: datetime) -> Coverage:
    """Where the store says that data end, but at most `LATENCY` before `now`. Raises Era5Error."""
    stops = [dataset.attrs.get(f"valid_time_stop{suffix}") for suffix in ("", "_era5t")]
    if stops[0] is None:
        raise Era5Error("the store does not say where its data end: no attribute valid_time_stop")
    ends = [_end_of(str(stop)) for stop in stops if stop is not None]
    latest = DAY.floor(now - LATENCY)
    return Coverage(min(ends[0], latest), min(max(ends), latest))


def _end_of(day: str) -> datetime:
    try:
        last = date.fromisoformat(day[:10])
    except ValueError as error:
        raise Era5Error(f"valid_time_stop is {day!r}, not a day") from error
    return datetime(last.year, last.month, last.day, tzinfo=UTC) + timedelta(days=1)


def read_hours(
    dataset: "xr.Dataset", places: pd.DataFrame, start: datetime, end: datetime, final: datetime
) -> Era5Rows:
    """Hours in [start, end) at the grid points nearest to `places` (LOCATIONS).

    Reads one chunk per hour and variable, whatever the number of places. Hours before `final` are good, later
    ones unchecked. A value that is no weather sends its row to quarantine. Raises Era5Error where the store
    lacks a variable or an axis.
    """
    _check_layout(dataset)
    hours = pd.date_range(_naive(start), _naive(end), freq="h", inclusive="left")
    at = dataset.indexes["time"].get_indexer(hours)
    if (at < 0).any() or not len(places):
        raise Era5Error(
            f"the store's time axis does not hold every hour of {start:%Y-%m-%d} to {end:%Y-%m-%d}"
        )
    latitude, longitude = _nearest(dataset, places)
    part = dataset[list(VARIABLES)].isel(
        time=slice(int(at[0]), int(at[-1]) + 1), latitude=("place", latitude), longitude=("place", longitude)
    )
    loaded = part.load()
    values = _values({name: loaded[name].to_numpy().astype(float) for name in VARIABLES})
    there = np.logical_or.reduce([np.isfinite(value) for value in values.values()])
    frame = _frame(loaded, places, hours, values, final)
    checked = check(conform(frame[there.ravel()], OBSERVATION), OBSERVATION)
    missing = int((~there.any(axis=1)).sum())
    return Era5Rows(checked.good.reset_index(drop=True), _set_aside(frame, checked.bad), missing)


def _check_layout(dataset: "xr.Dataset") -> None:
    lacking = [
        name for name in (*VARIABLES, "time", "latitude", "longitude") if name not in dataset.variables
    ]
    if lacking:
        raise Era5Error(f"the store is not laid out as ARCO-ERA5: no {', '.join(lacking)}")
    axes = ("time", "latitude", "longitude")
    if wrong := [name for name in VARIABLES if dataset[name].dims != axes]:
        raise Era5Error(f"{', '.join(wrong)}: not over {', '.join(axes)}")


def _nearest(dataset: "xr.Dataset", places: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Positions of the nearest latitudes and longitudes; longitudes are a circle."""
    apart = np.abs(dataset["latitude"].to_numpy()[None, :] - places["latitude"].to_numpy()[:, None])
    turn = dataset["longitude"].to_numpy()[None, :] - places["longitude"].to_numpy()[:, None]
    return apart.argmin(axis=1), np.abs((turn + 180) % 360 - 180).argmin(axis=1)


def _values(wire: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """By contract column, arrays of (hour, place)."""
    values = {column: wire[name] * factor + offset for column, (name, factor, offset) in _DIRECT.items()}
    for column, residue in _RESIDUE.items():
        value = values[column]
        values[column] = np.where((value < 0) & (value > -residue), 0.0, value)
    cover = values["cloud_cover"]
    values["cloud_cover"] = np.where((cover > 1) & (cover < 1 + _RESIDUE["cloud_cover"]), 1.0, cover)
    u, v = wire[_U], wire[_V]
    values["wind_speed_m_s"] = np.hypot(u, v)
    values["wind_direction_deg"] = (270 - np.degrees(np.arctan2(v, u))) % 360
    return values


def _frame(
    loaded: "xr.Dataset",
    places: pd.DataFrame,
    hours: pd.DatetimeIndex,
    values: dict[str, np.ndarray],
    final: datetime,
) -> pd.DataFrame:
    """Every hour and place, in that order."""
    count = len(hours) * len(places)
    latitude, longitude = loaded["latitude"].to_numpy(), loaded["longitude"].to_numpy()
    km = great_circle_km(latitude, longitude, places["latitude"].to_numpy(), places["longitude"].to_numpy())
    names = [f"{a:g},{(b + 180) % 360 - 180:g}" for a, b in zip(latitude, longitude, strict=True)]
    time = utc(np.repeat(hours.to_numpy(), len(places)))
    quality = pd.Series("unchecked", index=range(count), dtype=TEXT).mask(time < pd.Timestamp(final), "good")
    return pd.DataFrame(
        {
            "location_id": np.tile(places["location_id"].to_numpy(object), len(hours)),
            "station_id": np.tile(np.array(names, object), len(hours)),
            "source": repeat(SOURCE, count),
            "time": time,
            "known_at": had_from(LATENCY, time),
            "distance_km": np.tile(km, len(hours)),
            "interval_hours": 1,
            "quality": quality,
            **{name: value.ravel() for name, value in values.items()},
        }
    ).astype({"location_id": TEXT, "station_id": TEXT})


def _set_aside(frame: pd.DataFrame, bad: pd.DataFrame) -> pd.DataFrame:
    if bad.empty:
        return empty(QUARANTINE)
    row = bad["row"].to_numpy()
    times = [CYCLE.floor(time.to_pydatetime()) for time in frame["time"].iloc[row]]
    lines = bad.assign(source=SOURCE, cycle=pd.to_datetime(times, utc=True))
    lines["object"] = frame["location_id"].iloc[row].to_numpy()
    return conform(lines, QUARANTINE).reset_index(drop=True)


def _naive(time: datetime) -> datetime:
    """The store's axis has no zone and is UTC."""
    return time.astimezone(UTC).replace(tzinfo=None)
