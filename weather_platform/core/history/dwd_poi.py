"""DWD's current observations (POI): a station's last days, hourly, as a table with three lines of header.

Belongs here: those columns, whose units stand in the second line. Does not: products of the Climate Data
Center (dwd). Numbers have decimal commas, "---" is missing, times are UTC, the newest row comes first.
"""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from weather_platform.core.contracts.truth import STATION_REPORT
from weather_platform.core.history.delimited import header_of
from weather_platform.core.history.finish import finished, repeat, unpacked, utc
from weather_platform.core.history.format import File, FileRows
from weather_platform.core.observations.mapping import Csv, Time
from weather_platform.core.observations.rejects import Rejects
from weather_platform.core.observations.table import Limits, ObservationFileError, read_table
from weather_platform.core.observations.times import instants
from weather_platform.core.observations.values import Numbers, bounds_text, numbers
from weather_platform.core.quantities.units import UnitError

SOURCE = "dwd_poi"
_CSV = Csv(delimiter=";", decimal=",", encoding="latin-1", quoted=False)
_DATE, _TIME = "surface observations", "Parameter description"
_UNITS = {"Grad C": "°C", "Grad": "°"}
_MEASURED = {
    "temperature_c": "dry_bulb_temperature_at_2_meter_above_ground",
    "dew_point_c": "dew_point_temperature_at_2_meter_above_ground",
    "relative_humidity": "relative_humidity",
    "pressure_msl_hpa": "pressure_reduced_to_mean_sea_level",
    "cloud_cover": "cloud_cover_total",
    "visibility_m": "horizontal_visibility",
    "precipitation_mm": "precipitation_amount_last_hour",
    "wind_speed_m_s": "mean_wind_speed_during last_10_min_at_10_meters_above_ground",
    "wind_direction_deg": "mean_wind_direction_during_last_10 min_at_10_meters_above_ground",
    "wind_gust_m_s": "maximum_wind_speed_last_hour",
}


def read_dwd_poi(file: File) -> FileRows:
    """STATION_REPORT rows. The station is that of the second line."""
    text = unpacked(file)
    names, units = header_of(text, _CSV), header_of(text, Csv(delimiter=";", encoding="latin-1", skip_rows=1))
    wanted = [_DATE, _TIME, *_MEASURED.values()]
    if missing := [name for name in wanted if name not in names]:
        raise ObservationFileError(f"not DWD's current observations: no column {', '.join(missing)[:300]}")
    body = text.split(b"\n", 3)
    table = read_table(body[0] + b"\n" + b"".join(body[3:]), wanted, _CSV, Limits())
    rejects = Rejects(table.columns, table.row)
    rejects.add_malformed(table.malformed, "the row has more or fewer fields than the header")
    readable = np.ones(len(table.row), dtype=bool)
    stamps = pc.binary_join_element_wise(table.columns[_DATE], table.columns[_TIME], " ")
    how = Time(column=_DATE, format="%d.%m.%y %H:%M", zone="UTC")
    time = instants([stamps], how, np.zeros(len(readable), np.int64))
    rejects.add(np.flatnonzero(time.fault), _DATE, "not a time as 31.12.24 and 23:00")
    readable &= time.fault == 0
    values = {
        "file": repeat(file.name, len(readable)),
        "station_id": repeat(units[0], len(readable)),
        "report": repeat("poi", len(readable)),
        "quality": repeat("unchecked", len(readable)),
        "interval_hours": np.ones(len(readable), np.int64),
        "time": utc(time.time),
    }
    unit_of = dict(zip(names, units, strict=False))
    for column, name in _MEASURED.items():
        read = _numbers(table.columns[name], column, name, unit_of.get(name, ""))
        outside = f"{column} {bounds_text(column)} once in its unit"
        rejects.add(np.flatnonzero(read.unreadable), name, "not a number with a decimal comma")
        rejects.add(np.flatnonzero(read.out_of_bounds), name, outside)
        readable &= ~(read.unreadable | read.out_of_bounds)
        values[column] = read.value
    return finished(
        values,
        STATION_REPORT,
        rejects,
        readable,
        source=SOURCE,
        file=file,
        wire=_MEASURED,
        malformed=len(table.malformed),
    )


def _numbers(field: pa.Array, column: str, name: str, unit: str) -> Numbers:
    try:
        return numbers(field, column, _UNITS.get(unit, unit), ["---"], ",")
    except UnitError as error:
        raise ObservationFileError(f"the unit of {name}: {error}") from error
