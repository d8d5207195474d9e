"""Tables of forecasts, such as one's own model's output: one row for each place and valid time.

Belongs here: what follows from the columns, and what is set aside. Does not: which columns those are
(core.uploads.forecast_mapping), or formats (core.observations.table).

A file says when its forecasts were fetched (or made); where it does not, they count as known when the file
was taken in, and no file can have been fetched later than that.
"""

from datetime import timedelta

import numpy as np
import pandas as pd

from weather_platform.core.contracts.uploads import FORECASTS, REJECTED, UPLOADED_FORECAST
from weather_platform.core.observations.points import located, opened_near
from weather_platform.core.observations.rejects import Rejects
from weather_platform.core.observations.stations import fan_out
from weather_platform.core.observations.table_spec import Opened, Table
from weather_platform.core.parsing.whole_hours import Whole, on_whole_hours
from weather_platform.core.partitions import CYCLE, EPOCH
from weather_platform.core.quantities.variables import STEP_HOURS
from weather_platform.core.tables.schema import check, conform
from weather_platform.core.uploads import forecast_columns as read_as
from weather_platform.core.uploads.complete import Fields, beside
from weather_platform.core.uploads.forecast_ends import at_ends
from weather_platform.core.uploads.forecast_interval import runs, with_intervals
from weather_platform.core.uploads.forecast_mapping import ForecastMapping, forecast_mapping
from weather_platform.core.uploads.passed_over import columns_not_used
from weather_platform.core.uploads.recognise import refuse_zoneless
from weather_platform.core.uploads.spec import File, Reading, UploadError

# Rows that had happened when the file was taken in are marked by this in `reconstructed_from`.
AFTERWARDS = "uploaded"
_CLOCKS_DIFFER = timedelta(minutes=5)
_NEVER_USED = (
    f"its times are {STEP_HOURS} hours or more apart, and none is 00, 03, … 21 UTC, at which forecasts are "
    "compared and blended: it is kept and never used; drop one with every hour, or with those"
)


def read(file: File, opened: Opened, given: Fields) -> Reading:
    """UPLOADED_FORECAST rows. Raises UploadError; a row that cannot be read is set aside.

    `given` are fields of a mapping. `cycle` follows from `fetched_at`, `lead_hours` from both times; hours
    before their fetch and rows without any value are dropped and counted. Coordinates that are not there are
    those of the panel, and amounts are over the step of their rows where nothing states `interval_hours`. Of
    rows with one key the newest fetched is kept.
    """
    mapping = forecast_mapping(file, opened, given)
    table = opened_near(opened, mapping.stations, file.panel).read(mapping.wanted())
    rejects = Rejects(table.columns, table.row)
    rejects.add_malformed(table.malformed, table.fault)
    frame = _frame(table, mapping, file, rejects)
    past = frame["lead_hours"].lt(0)
    speaking = frame[list(mapping.variables)].notna().any(axis=1)
    good = frame[~past & speaking & _plausible(frame, file, rejects)]
    placed = _placed(good, table, mapping, file, rejects).assign(upload=file.key)
    placed = placed.sort_values("fetched_at", kind="stable")
    checked = check(conform(placed, UPLOADED_FORECAST, sort=False), UPLOADED_FORECAST)
    for (column, reason), bad in checked.bad.groupby(["column", "reason"]):
        rejects.add(bad["row"].to_numpy("int64"), str(column), str(reason))
    rejected = rejects.frame("upload", EPOCH, file.key).rename(columns={"object": "upload"})
    refuse_zoneless(checked.good, rejected["reason"], mapping.time, beside(file))
    unplaced = good.index.difference(placed.index)
    counts = _counts(
        table,
        set(rejected["row"]),
        past_hours_dropped=frame.index[past],
        rows_without_values=frame.index[~past & ~speaking],
        **({} if mapping.stations.latitude is None else {"rows_elsewhere": unplaced}),
    )
    rows = conform(checked.good, UPLOADED_FORECAST).reset_index(drop=True)
    whole = on_whole_hours(rows, UPLOADED_FORECAST)
    counts |= _off_the_grid(whole) | columns_not_used(opened.names, mapping.wanted())
    return Reading({FORECASTS: whole.rows}, rejected[list(REJECTED.column_names)], counts)


def _counts(table: Table, aside: set[int], **dropped: pd.Index) -> dict[str, object]:
    """How many rows were read, set aside, and `dropped` for other reasons: each counts once."""
    others = {name: len(set(table.row[rows]) - aside) for name, rows in dropped.items()}
    read = len(table.row) + len(table.malformed)
    return {"kind": "forecasts", "rows_read": read, "rows_set_aside": len(aside), **others}


def _off_the_grid(whole: Whole) -> dict[str, object]:
    """What became of hours between UTC's, and a note where no time is one that is compared."""
    told = {"hours_interpolated": whole.interpolated, "rows_unpaired": whole.unpaired}
    made: dict[str, object] = {name: count for name, count in told.items() if count}
    times = whole.rows["valid_time"].drop_duplicates()
    beside = (times - times.dt.floor(f"{STEP_HOURS}h")).unique()
    return made | {"note": _NEVER_USED} if len(times) > len(beside) == 1 and beside[0] else made


def _frame(table: Table, mapping: ForecastMapping, file: File, rejects: Rejects) -> pd.DataFrame:
    """One row per row of the file, by its index, or more where amounts are put at their ends; what cannot be
    read is null, and noted.
    """
    columns, count, others = table.columns, len(table.row), mapping.others
    made: dict[str, object] = dict(read_as.feed(columns, mapping, count))
    made["valid_time"] = read_as.times(columns, mapping.time, rejects, needed=True)
    for stamp in ("issue_time", "fetched_at"):
        if stamp in others:
            how = mapping.time.model_copy(update={"column": others[stamp]})
            made[stamp] = read_as.times(columns, how, rejects, needed=stamp == "fetched_at")
    if "fetched_at" not in made:
        made["fetched_at"] = read_as.constant(_taken_at(file), count)
    if "weather_code" in others:
        made["weather_code"] = read_as.text(columns[others["weather_code"]])
    for name, variable in mapping.variables.items():
        made[name] = read_as.weather(columns, name, variable, mapping, rejects)
    made |= read_as.positions(columns, mapping, rejects, count)
    frame = with_intervals(pd.DataFrame(made), columns, mapping, rejects)
    if mapping.label == "start":
        frame = at_ends(frame, runs(frame, columns, mapping), rejects)
    lead = (frame["valid_time"] - frame["fetched_at"]).dt.total_seconds() / 3600
    frame = frame.assign(lead_hours=lead, cycle=frame["fetched_at"].dt.floor(CYCLE.length))
    if file.taken_at is not None:
        over = frame["valid_time"] < file.taken_at
        frame["reconstructed_from"] = over.map({True: AFTERWARDS, False: None})
    return frame


def _placed(
    frame: pd.DataFrame, table: Table, mapping: ForecastMapping, file: File, rejects: Rejects
) -> pd.DataFrame:
    """The rows at their places: one for each place that a station or a point stands for."""
    stations = mapping.stations
    known, code = located(stations, table.columns, file.panel, len(table.row), mapping.csv.decimal)
    mine = code[frame.index]
    if stations.column is not None:
        why = "a place is missing" if stations.table is None else "a station that the mapping does not name"
        rejects.add(frame.index.to_numpy()[mine < 0], stations.column, why)
    frame, mine = frame[mine >= 0], mine[mine >= 0]
    row, pair = fan_out(mine, known)
    frame = frame.iloc[row].assign(location_id=known.pairs["location_id"].to_numpy(object)[pair])
    places = file.panel.set_index("location_id")
    for name in ("latitude", "longitude"):
        there = frame["location_id"].map(places[name].astype(float))
        if stations.latitude is None:
            frame[name] = frame[name].fillna(there)
        else:
            frame[f"grid_{name}"], frame[name] = frame[name], there
    return frame


def _plausible(frame: pd.DataFrame, file: File, rejects: Rejects) -> np.ndarray:
    """Rows with times that can be. Rows without times were noted as they were read."""
    good = frame[["valid_time", "fetched_at"]].notna().all(axis=1).to_numpy(bool)
    cases: dict[tuple[str, str], np.ndarray] = {}
    if "issue_time" in frame:
        late = (frame["issue_time"] > frame["fetched_at"]).to_numpy(bool)
        cases[("issue_time", "issued after it was fetched")] = late
    if file.taken_at is not None:
        early = (frame["fetched_at"] > file.taken_at + _CLOCKS_DIFFER).to_numpy(bool)
        cases[("fetched_at", "later than the file was taken in: nobody can have fetched it yet")] = early
    for (column, reason), bad in cases.items():
        rejects.add(frame.index[good & bad].to_numpy(), column, reason)
        good = good & ~bad
    return good


def _taken_at(file: File) -> "pd.Timestamp":
    if file.taken_at is None:
        raise UploadError("no column 'fetched_at', and nobody knows when the file was dropped; drop it again")
    return pd.Timestamp(file.taken_at)
