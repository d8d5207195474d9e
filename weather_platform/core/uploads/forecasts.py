"""Tables of forecasts in the contract's own columns, such as one's own model's output.

Belongs here: which columns there must be, what follows from them, and what is set aside. Does not: one
column's text (core.uploads.forecast_columns), or formats (core.observations.table).

A file says when its forecasts were fetched (or made); where it does not, they count as known when the file
was taken in, and no file can have been fetched later than that.
"""

from datetime import timedelta

import numpy as np
import pandas as pd

from weather_platform.core.contracts.uploads import FORECASTS, REJECTED, UPLOADED_FORECAST
from weather_platform.core.observations.rejects import Rejects
from weather_platform.core.observations.table_spec import Opened, Table
from weather_platform.core.partitions import CYCLE, EPOCH
from weather_platform.core.schema import check, conform
from weather_platform.core.uploads import forecast_columns as read_as
from weather_platform.core.uploads.spec import File, Reading, UploadError
from weather_platform.core.variables import WEATHER

REQUIRED = {"location_id", "valid_time"}
_TELLING = {"feed", "provider", "model", "fetched_at", "issue_time"}
# Rows that had happened when the file was taken in are marked by this in `reconstructed_from`.
AFTERWARDS = "uploaded"
_CLOCKS_DIFFER = timedelta(minutes=5)
_COORDINATES = ("latitude", "longitude", "grid_latitude", "grid_longitude", "elevation_m")
_MOST_INTERVAL = 10**6


def is_forecast(opened: Opened) -> bool:
    """Whether the columns are those of forecasts."""
    names = set(opened.names)
    return names >= REQUIRED and bool(names & _TELLING)


def read(file: File, opened: Opened) -> Reading:
    """UPLOADED_FORECAST rows. Raises UploadError; a row that cannot be read is set aside.

    `cycle` follows from `fetched_at`, `lead_hours` from both times; hours before their fetch are dropped and
    counted. Coordinates that are not there are those of the panel, `interval_hours` is 1 where it lacks. Of
    rows with one key the newest fetched is kept.
    """
    table = opened.read([name for name in dict.fromkeys(opened.names) if name in read_as.KNOWN])
    rejects = Rejects(table.columns, table.row)
    rejects.add_malformed(table.malformed, table.fault)
    frame = _frame(table, file, rejects)
    past = frame["lead_hours"].lt(0)
    frame = frame[~past & _plausible(frame, file, rejects)].assign(upload=file.key)
    frame = frame.sort_values("fetched_at", kind="stable")
    checked = check(conform(frame, UPLOADED_FORECAST, sort=False), UPLOADED_FORECAST)
    for (column, reason), bad in checked.bad.groupby(["column", "reason"]):
        rejects.add(bad["row"].to_numpy("int64"), str(column), str(reason))
    rejected = rejects.frame("upload", EPOCH, file.key).rename(columns={"object": "upload"})
    counts = {
        "kind": "forecasts",
        "rows_read": len(table.row) + len(table.malformed),
        "rows_set_aside": int(rejected["row"].nunique()),
        "past_hours_dropped": int(past.sum()),
    }
    rows = conform(checked.good, UPLOADED_FORECAST).reset_index(drop=True)
    return Reading({FORECASTS: rows}, rejected[list(REJECTED.column_names)], counts)


def _frame(table: Table, file: File, rejects: Rejects) -> pd.DataFrame:
    """One row per row of the file; what cannot be read is null, and noted."""
    columns, count = table.columns, len(table.row)
    made: dict[str, object] = dict(read_as.feed(columns))
    made["location_id"] = read_as.text(columns["location_id"])
    made["valid_time"] = read_as.times(columns["valid_time"], "valid_time", rejects, needed=True)
    if "issue_time" in columns:
        made["issue_time"] = read_as.times(columns["issue_time"], "issue_time", rejects, needed=False)
    if "fetched_at" in columns:
        made["fetched_at"] = read_as.times(columns["fetched_at"], "fetched_at", rejects, needed=True)
    elif file.taken_at is not None:
        made["fetched_at"] = read_as.constant(file.taken_at, count)
    else:
        raise UploadError("no column 'fetched_at', and nobody knows when the file was dropped; drop it again")
    if "weather_code" in columns:
        made["weather_code"] = read_as.text(columns["weather_code"])
    for variable in (variable for variable in WEATHER if variable.name in columns):
        made[variable.name] = read_as.weather(columns[variable.name], variable.name, rejects)
    frame = pd.DataFrame(made)
    hours = read_as.plain(columns, "interval_hours", rejects, count)
    hours = np.where(np.isnan(hours), 1, np.clip(np.round(hours), -_MOST_INTERVAL, _MOST_INTERVAL))
    for name in _COORDINATES:
        frame[name] = read_as.plain(columns, name, rejects, count)
    return _with_what_follows(frame.assign(interval_hours=hours.astype("int64")), file)


def _with_what_follows(frame: pd.DataFrame, file: File) -> pd.DataFrame:
    places = file.panel.set_index("location_id")
    for name in ("latitude", "longitude"):
        frame[name] = frame[name].fillna(frame["location_id"].map(places[name].astype(float)))
    lead = (frame["valid_time"] - frame["fetched_at"]).dt.total_seconds() / 3600
    frame = frame.assign(lead_hours=lead, cycle=frame["fetched_at"].dt.floor(CYCLE.length))
    if file.taken_at is not None:
        over = frame["valid_time"] < file.taken_at
        frame["reconstructed_from"] = over.map({True: AFTERWARDS, False: None})
    return frame


def _plausible(frame: pd.DataFrame, file: File, rejects: Rejects) -> np.ndarray:
    """Rows with times that can be, and any weather. Rows without times were noted as they were read."""
    good = frame[["valid_time", "fetched_at"]].notna().all(axis=1).to_numpy(bool)
    names = [column.name for column in WEATHER if column.name in frame]
    cases = {("", "no value of any variable"): ~frame[names].notna().any(axis=1).to_numpy(bool)}
    if "issue_time" in frame:
        late = (frame["issue_time"] > frame["fetched_at"]).to_numpy(bool)
        cases[("issue_time", "issued after it was fetched")] = late
    if file.taken_at is not None:
        early = (frame["fetched_at"] > file.taken_at + _CLOCKS_DIFFER).to_numpy(bool)
        cases[("fetched_at", "later than the file was taken in: nobody can have fetched it yet")] = early
    for (column, reason), bad in cases.items():
        rejects.add(np.flatnonzero(good & bad), column, reason)
        good = good & ~bad
    return good
