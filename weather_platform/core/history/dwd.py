"""DWD Climate Data Center products: ten minutes and hours, and days, each as a table of one kind of sensor.

Belongs here: the columns of the products and their codes. Does not: fetching, the current observations
(dwd_poi), products of nothing that the contract keeps (sunshine, radiation, soil).

Traps: −999 is missing; `eor` is no column; text is padded and Latin-1; times are UTC since 2000 and MEZ
(UTC+1) before; a cover of −1 is a sky that could not be seen, a direction of 990 a wind from everywhere.
Ten-minute amounts are summed to the hour, of gusts the highest is the hour's, and an hour that lacks a part
has none. A product comes alone or in its zip, beside tables about the station.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from weather_platform.core.contracts.truth import DAILY, STATION_REPORT
from weather_platform.core.history.dwd_hours import HOURLY, hour_end, whole_hours
from weather_platform.core.history.dwd_product import Product, read_product, stations
from weather_platform.core.history.fields import decoded, distinct
from weather_platform.core.history.finish import finished, repeat, utc
from weather_platform.core.history.format import File, FileRows
from weather_platform.core.observations.table import Table
from weather_platform.core.tables.contract import Contract
from weather_platform.core.tables.dtypes import TEXT

SOURCE, DAILY_SOURCE = "dwd", "dwd_daily"
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


def read_dwd(file: File) -> FileRows:
    """STATION_REPORT rows of a product of ten minutes or hours, in its zip or alone."""
    read = read_product(file, _MEASURED, "a product of hours or ten minutes")
    stamps = pc.utf8_trim_whitespace(read.table.columns["MESS_DATUM"])
    time = _instants(read, stamps, _times, "YYYYMMDDHH or YYYYMMDDHHMM")
    left_out = {}
    for wire in HOURLY.keys() & read.table.columns.keys():
        left_out = whole_hours(read, time, wire)
        time = hour_end(time)
    values = {
        "file": repeat(file.name, len(time)),
        "station_id": stations(read.table).to_pandas().astype(TEXT),
        "report": repeat("product", len(time)),
        "quality": _quality(read.table).to_pandas().astype(TEXT),
        "interval_hours": np.ones(len(time), np.int64),
        "time": utc(time),
        **read.values,
    }
    return _finished(read, values, STATION_REPORT, source=SOURCE, file=file, left_out=left_out)


def read_dwd_daily(file: File) -> FileRows:
    """DAILY rows of the daily product KL, in its zip or alone."""
    read = read_product(file, _DAILY, "the daily product KL")
    stamps = pc.utf8_trim_whitespace(read.table.columns["MESS_DATUM"])
    day = _instants(read, stamps, _days, "YYYYMMDD")
    amount = read.values.get("precipitation_mm", np.full(len(day), np.nan))
    values = {
        "station_id": stations(read.table).to_pandas().astype(TEXT),
        "year": pc.utf8_slice_codeunits(stamps, 0, 4).to_pandas().astype(TEXT),
        "day": utc(day),
        "precipitation_hours": np.where(np.isfinite(amount), 24.0, np.nan),
        **read.values,
    }
    return _finished(read, values, DAILY, source=DAILY_SOURCE, file=file)


def _finished(
    read: Product, values: dict[str, object], contract: Contract, *, source: str, **more: Any
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


def _instants(
    read: Product, stamps: pa.Array, parse: Callable[[pa.Array], np.ndarray], layout: str
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


def _quality(table: Table) -> pa.Array:
    """Good from level 3 on, DWD's routine control; levels 1 and 2 are checks of form alone."""
    worst = np.full(len(table.row), np.inf)
    for name in table.columns:
        if name.startswith("QN"):
            worst = np.fmin(worst, decoded(table.columns[name], "-999").value)
    good = np.isfinite(worst) & (worst >= 3)
    return pa.array(["unchecked", "good"]).take(pa.array(good.astype("int8")))
