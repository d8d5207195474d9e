"""A file of observations and its mapping → rows by the contract, rows set aside, and a count of everything.

Belongs here: the order of the steps, and the count. Does not: how text becomes numbers (values), instants
(times), hours (hourly) or rows (rows), and where files are kept (infra.stores.upload_store).

Rows set aside keep their place in the file: row 0 is the first after the header. Their `cycle` is that of
the file's first good row, since an upload has none of its own.
"""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import pyarrow as pa

from weather_platform.core.observations.intervals import as_stated, by_step
from weather_platform.core.observations.mapping import Mapping
from weather_platform.core.observations.points import located, opened_near
from weather_platform.core.observations.readings import Source, hours_of, unmapped
from weather_platform.core.observations.rejects import Rejects
from weather_platform.core.observations.rows import rows_of
from weather_platform.core.observations.table import Limits, open_table
from weather_platform.core.observations.table_spec import check_columns
from weather_platform.core.observations.times import instants
from weather_platform.core.partitions import CYCLE, EPOCH


@dataclass
class Summary:
    """What became of every row of the file. `places_outside_panel` are rows made, by place, and
    `rows_elsewhere` those at positions that are no place's nearest; `readings_between`, readings for which
    another stands that was stamped nearer to the step.
    """

    rows_read: int = 0
    rows_out: int = 0
    rows_quarantined: int = 0
    unknown_stations: dict[str, int] = field(default_factory=dict)
    unmapped_codes: dict[str, int] = field(default_factory=dict)
    places_outside_panel: dict[str, int] = field(default_factory=dict)
    rows_elsewhere: int = 0
    readings_rejected: int = 0
    readings_repeated: int = 0
    readings_between: int = 0
    hours_incomplete: int = 0
    first: str | None = None
    last: str | None = None


@dataclass(frozen=True)
class ParsedUpload:
    """`rows` as UPLOADED_OBSERVATION, `quarantine` as QUARANTINE."""

    rows: pd.DataFrame
    quarantine: pd.DataFrame
    summary: Summary


def parse_upload(
    data: bytes,
    mapping: Mapping,
    upload: str,
    panel: pd.DataFrame | None = None,
    limits: Limits | None = None,
    *,
    interval_by_step: bool = False,
) -> ParsedUpload:
    """Read a file of observations.

    `upload` names it. `panel` (LOCATIONS) gives distances, and tells places of the mapping that nobody
    forecasts. Raises ObservationFileError for a file that cannot be read at all; a row that cannot be read
    is set aside. With `interval_by_step` the mapping's interval is nobody's word, and amounts are over the
    step of their rows (intervals).
    """
    opened, columns = open_table(data, mapping.csv, limits or Limits()), wanted(mapping)
    check_columns(opened.names, columns)
    table = opened_near(opened, mapping.stations, panel).read(columns)
    rejects = Rejects(table.columns, table.row)
    rejects.add_malformed(table.malformed, table.fault)
    summary = Summary(rows_read=len(table.row) + len(table.malformed))
    station_field = table.columns.get(mapping.stations.column or "")
    known, station = located(mapping.stations, table.columns, panel, len(table.row), mapping.csv.decimal)
    summary.unknown_stations = _counts(station_field, station < 0)
    if mapping.stations.latitude is not None:
        summary.rows_elsewhere = int((station < 0).sum())
    source = Source(
        table.columns, mapping, station, _times(table.columns, mapping, station, rejects), rejects
    )
    summary.unmapped_codes = _counts(table.columns.get(mapping.code_column or ""), unmapped(source))
    source = by_step(source) if interval_by_step else as_stated(source)
    hours = hours_of(source, summary)
    rows = rows_of(hours, known, source.mapping, upload, between=bool(source.clock.any()))
    _finish(summary, rows, panel)
    first = CYCLE.floor(rows["time"].min().to_pydatetime()) if len(rows) else EPOCH
    quarantine = rejects.frame(mapping.source, first, upload)
    summary.rows_quarantined = quarantine["row"].nunique()
    return ParsedUpload(rows, quarantine, summary)


def wanted(mapping: Mapping) -> list[str]:
    """The columns that a mapping has read."""
    stations = mapping.stations
    names = [*mapping.time.columns, stations.column, stations.latitude, stations.longitude]
    names += [mapping.quality.column] if mapping.quality else []
    if mapping.format == "long":
        names += [mapping.code_column, mapping.value_column]
    else:
        names += [variable.source for variable in mapping.variables.values()]
    return list(dict.fromkeys(name for name in names if name))


def _times(
    columns: dict[str, pa.Array], mapping: Mapping, station: np.ndarray, rejects: Rejects
) -> np.ndarray:
    """µs since 1970 as stamped; the least integer for rows without a time (as NumPy's NaT)."""
    group = station
    if mapping.code_column is not None:
        codes = columns[mapping.code_column].dictionary_encode(null_encoding="encode").indices
        group = station * 100_000 + codes.to_numpy(zero_copy_only=False)
    found = instants([columns[name] for name in mapping.time.columns], mapping.time, group)
    for code, reason in enumerate(found.reasons[1:], start=1):
        rejects.add(np.flatnonzero((found.fault == code) & (station >= 0)), mapping.time.columns[0], reason)
    return found.time.astype("datetime64[us]").view("int64")


def _counts(texts: pa.Array | None, where: np.ndarray) -> dict[str, int]:
    if texts is None or not where.any():
        return {}
    counts = texts.cast(pa.string()).filter(pa.array(where)).value_counts().to_pylist()
    return {str(item["values"] or ""): item["counts"] for item in counts}


def _finish(summary: Summary, rows: pd.DataFrame, panel: pd.DataFrame | None) -> None:
    summary.rows_out = len(rows)
    if len(rows):
        first, last = rows["time"].min(), rows["time"].max()
        summary.first, summary.last = first.isoformat(), last.isoformat()
    if panel is not None:
        places = rows["location_id"]
        outside = ~places.isin(panel["location_id"]).to_numpy(bool)
        summary.places_outside_panel = _counts(pa.array(places), outside)
