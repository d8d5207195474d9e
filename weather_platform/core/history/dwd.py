"""DWD Climate Data Center products: ten minutes and hours, and days, each as a table of one kind of sensor.

Belongs here: the columns of the products and their codes. Does not: fetching, the current observations
(dwd_poi), products of nothing that the contract keeps (sunshine, radiation, soil).

Traps: −999 is missing; `eor` is no column; text is padded and Latin-1; times are UTC since 2000 and MEZ
(UTC+1) before; a cover of −1 is a sky that could not be seen. Ten-minute amounts are summed to the hour, and
an hour that lacks one has none. A product comes alone or in its zip, beside tables about the station.
"""

import io
import re
import zipfile
import zlib
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from weather_platform.core.contract import Contract
from weather_platform.core.contracts.truth import DAILY, STATION_REPORT
from weather_platform.core.dtypes import TEXT
from weather_platform.core.history.delimited import header_of
from weather_platform.core.history.fields import decoded, distinct
from weather_platform.core.history.finish import finished, repeat, unpacked, utc
from weather_platform.core.history.format import File, FileRows
from weather_platform.core.observations.mapping import Csv
from weather_platform.core.observations.rejects import Rejects
from weather_platform.core.observations.table import Limits, ObservationFileError, Table, read_table

SOURCE, DAILY_SOURCE = "dwd", "dwd_daily"
_CSV = Csv(delimiter=";", encoding="latin-1", quoted=False)
_KEY = ("STATIONS_ID", "MESS_DATUM")
# Column of the product → (contract column, factor).
_MEASURED = {
    "TT_TU": ("temperature_c", 1.0),
    "TT_10": ("temperature_c", 1.0),
    "TT": ("temperature_c", 1.0),
    "TD": ("dew_point_c", 1.0),
    "TD_10": ("dew_point_c", 1.0),
    "RF_TU": ("relative_humidity", 0.01),
    "RF_10": ("relative_humidity", 0.01),
    "P": ("pressure_msl_hpa", 1.0),
    "P0": ("surface_pressure_hpa", 1.0),
    "PP_10": ("surface_pressure_hpa", 1.0),
    "F": ("wind_speed_m_s", 1.0),
    "FF": ("wind_speed_m_s", 1.0),
    "FF_10": ("wind_speed_m_s", 1.0),
    "D": ("wind_direction_deg", 1.0),
    "DD": ("wind_direction_deg", 1.0),
    "DD_10": ("wind_direction_deg", 1.0),
    "FX_911": ("wind_gust_m_s", 1.0),
    "FX_10": ("wind_gust_m_s", 1.0),
    "R1": ("precipitation_mm", 1.0),
    "RWS_10": ("precipitation_mm", 1.0),
    "V_N": ("cloud_cover", 0.125),
    "V_VV": ("visibility_m", 1.0),
}
_DAILY = {
    "TMK": ("temperature_mean_c", 1.0),
    "TXK": ("temperature_max_c", 1.0),
    "TNK": ("temperature_min_c", 1.0),
    "PM": ("surface_pressure_mean_hpa", 1.0),
    "FM": ("wind_speed_mean_m_s", 1.0),
    "FX": ("wind_gust_max_m_s", 1.0),
    "RSK": ("precipitation_mm", 1.0),
    "SHK_TAG": ("snow_depth_mm", 10.0),
}
_CHANGE_TO_UTC = np.datetime64("2000-01-01T00:00")
_EPOCH = np.datetime64("1970-01-01T00:00")
_PARTS = 6  # of ten minutes, in an hour
_PRODUCT = re.compile(r"(^|/)produkt_[^/]*\.txt$", re.IGNORECASE)
SUMMED = "ten-minute amounts summed into the row of their hour"
TORN = "ten-minute amounts of an hour that lacks some"


class _Read(NamedTuple):
    """A product's columns by contract column, with what is wrong with its rows."""

    table: Table
    values: dict[str, np.ndarray]
    wire: dict[str, str]
    rejects: Rejects
    readable: np.ndarray


def read_dwd(file: File) -> FileRows:
    """STATION_REPORT rows of a product of ten minutes or hours, in its zip or alone."""
    read = _read(file, _MEASURED, "a product of hours or ten minutes")
    stamps = pc.utf8_trim_whitespace(read.table.columns["MESS_DATUM"])
    time = _instants(read, stamps, _times, "YYYYMMDDHH or YYYYMMDDHHMM")
    left_out = {}
    if "RWS_10" in read.table.columns:
        left_out = _whole_hours(read, time)
        time = _hour_end(time)
    values = {
        "file": repeat(file.name, len(time)),
        "station_id": _stations(read.table).to_pandas().astype(TEXT),
        "report": repeat("product", len(time)),
        "quality": _quality(read.table).to_pandas().astype(TEXT),
        "interval_hours": np.ones(len(time), np.int64),
        "time": utc(time),
        **read.values,
    }
    return _finished(read, values, STATION_REPORT, source=SOURCE, file=file, left_out=left_out)


def read_dwd_daily(file: File) -> FileRows:
    """DAILY rows of the daily product KL, in its zip or alone."""
    read = _read(file, _DAILY, "the daily product KL")
    stamps = pc.utf8_trim_whitespace(read.table.columns["MESS_DATUM"])
    day = _instants(read, stamps, _days, "YYYYMMDD")
    amount = read.values.get("precipitation_mm", np.full(len(day), np.nan))
    values = {
        "station_id": _stations(read.table).to_pandas().astype(TEXT),
        "year": pc.utf8_slice_codeunits(stamps, 0, 4).to_pandas().astype(TEXT),
        "day": utc(day),
        "precipitation_hours": np.where(np.isfinite(amount), 24.0, np.nan),
        **read.values,
    }
    return _finished(read, values, DAILY, source=DAILY_SOURCE, file=file)


def _finished(
    read: _Read, values: dict[str, object], contract: Contract, *, source: str, **more: Any
) -> FileRows:
    return finished(
        values,
        contract,
        read.rejects,
        read.readable,
        source=source,
        wire=read.wire,
        malformed=len(read.table.malformed),
        **more,
    )


def _read(file: File, known: dict[str, tuple[str, float]], kind: str) -> _Read:
    """The product's columns that the contract keeps. Raises ObservationFileError where there are none."""
    text = _product(file)
    header = header_of(text, _CSV)
    if missing := [name for name in _KEY if name not in header]:
        raise ObservationFileError(f"not {kind} of DWD: no column {', '.join(missing)}")
    measured = [name for name in header if name in known]
    if not measured:
        others = [name for name in header if name not in (*_KEY, "eor", "") and not name.startswith("QN")]
        raise ObservationFileError(
            f"not {kind} of DWD with anything that is kept: {', '.join(others) or 'no sensor'} "
            "are no columns of the contract"
        )
    marks = [name for name in header if name.startswith("QN")]
    line = ";".join(header).encode("latin-1")  # names are padded in some products
    body = text.split(b"\n", 1)[1] if b"\n" in text else b""
    table = read_table(line + b"\n" + body, [*_KEY, *marks, *measured], _CSV, Limits())
    rejects = Rejects(table.columns, table.row)
    rejects.add_malformed(table.malformed, "the row has more or fewer fields than the header")
    readable = np.ones(len(table.row), dtype=bool)
    values, wire = {}, {}
    for name in measured:
        column, factor = known[name]
        found = decoded(table.columns[name], "-999")
        rejects.add(np.flatnonzero(found.unreadable), name, "not a number")
        readable &= ~found.unreadable
        number = np.where(found.value == -1, np.nan, found.value) if name == "V_N" else found.value
        values[column], wire[column] = number * factor, name
    return _Read(table, values, wire, rejects, readable)


def _product(file: File) -> bytes:
    """The table itself. Raises ObservationFileError for a zip that is damaged or has none."""
    if not file.data.startswith(b"PK"):
        return unpacked(file)
    limits = Limits()
    allowed = min(limits.decompressed_bytes, max(limits.free_bytes, limits.ratio * len(file.data)))
    try:
        with zipfile.ZipFile(io.BytesIO(file.data)) as archive:
            names = [name for name in archive.namelist() if _PRODUCT.search(name)]
            if not names:
                raise ObservationFileError(
                    f"the zip has no produkt_….txt, only {', '.join(archive.namelist())[:300]}"
                )
            with archive.open(names[0]) as member:
                text = member.read(allowed + 1)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, NotImplementedError) as error:
        raise ObservationFileError(f"the zip cannot be read ({error}); fetch it again") from error
    if len(text) > allowed:
        raise ObservationFileError(f"its product is larger than the {allowed} bytes allowed")
    return text


def _instants(
    read: _Read, stamps: pa.Array, parse: Callable[[pa.Array], np.ndarray], layout: str
) -> np.ndarray:
    time = distinct(pc.fill_null(stamps, ""), parse)
    read.rejects.add(np.flatnonzero(np.isnat(time)), "MESS_DATUM", f"not a time as {layout}")
    read.readable[np.isnat(time)] = False
    return time


def _times(stamps: pa.Array) -> np.ndarray:
    text = stamps.to_pandas()
    hours = pd.to_datetime(text.where(text.str.len() == 10), format="%Y%m%d%H", errors="coerce")
    minutes = pd.to_datetime(text.where(text.str.len() == 12), format="%Y%m%d%H%M", errors="coerce")
    time = hours.fillna(minutes).to_numpy("datetime64[m]")
    return np.where(time < _CHANGE_TO_UTC, time - np.timedelta64(60, "m"), time)


def _days(stamps: pa.Array) -> np.ndarray:
    text = stamps.to_pandas()
    day = pd.to_datetime(text.where(text.str.len() == 8), format="%Y%m%d", errors="coerce")
    return day.to_numpy("datetime64[m]")


def _hour_end(time: np.ndarray) -> np.ndarray:
    return -(-time.astype("datetime64[m]").astype(np.int64) // 60) * np.timedelta64(60, "m") + _EPOCH


def _whole_hours(read: _Read, time: np.ndarray) -> dict[str, np.ndarray]:
    """Puts each hour's sum into the row of its last ten minutes; returns the rows that are no rows of their
    own.
    """
    amount = read.values["precipitation_mm"]
    station = _stations(read.table).dictionary_encode().indices.to_numpy(zero_copy_only=False)
    usable = read.readable & np.isfinite(amount)
    frame = pd.DataFrame({"station": station, "hour": _hour_end(time), "amount": amount, "time": time})
    groups = frame[usable].drop_duplicates(["station", "time"], keep="last").groupby(["station", "hour"])
    whole = groups["amount"].transform("size") == _PARTS
    sums, last = groups["amount"].transform("sum"), groups["time"].transform("max")
    used = whole.index[whole]
    ends = used[(last[used] == frame.loc[used, "time"]).to_numpy()]
    amount[ends] = sums[ends]
    torn, summed = np.ones(len(time), bool), np.zeros(len(time), bool)
    torn[used] = False
    summed[used] = True
    summed[ends] = False
    return {SUMMED: summed, TORN: torn}


def _stations(table: Table) -> pa.Array:
    """Five digits, as DWD names stations; null for anything else."""
    text = pc.utf8_lpad(pc.utf8_trim_whitespace(table.columns["STATIONS_ID"]), 5, "0")
    return pc.if_else(pc.match_substring_regex(text, r"^\d{5}$"), text, pa.scalar(None, pa.string()))


def _quality(table: Table) -> pa.Array:
    """Good from level 3 on, DWD's routine control; levels 1 and 2 are checks of form alone."""
    worst = np.full(len(table.row), np.inf)
    for name in table.columns:
        if name.startswith("QN"):
            worst = np.fmin(worst, decoded(table.columns[name], "-999").value)
    good = np.isfinite(worst) & (worst >= 3)
    return pa.array(["unchecked", "good"]).take(pa.array(good.astype("int8")))
