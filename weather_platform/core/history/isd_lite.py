"""NOAA ISD-Lite: a station's year of hours as numbers in 61 columns.

Belongs here: the layout and the codes of NCEI's isd-lite-format.txt. Does not: fetching, places.

Traps: a direction of 0 is "calm", not north, which is 360. An amount of −1 is a trace, too little to
measure, and 0 mm. Sky cover of 9 and 10 means that it could not be seen, which is not overcast. The amount
of the last hour counts where there is one; only then is a row's interval one hour, otherwise it is the six
of the other amount. A file does not name its station; its name does.
"""

import re

import numpy as np

from weather_platform.core.contracts.truth import STATION_REPORT
from weather_platform.core.history.finish import finished, instants_of, repeat, unpacked, utc
from weather_platform.core.history.fixed_width import Lines, integers, lines_of
from weather_platform.core.history.format import File, FileRows
from weather_platform.core.observations.rejects import Rejects
from weather_platform.core.observations.table import ObservationFileError

SOURCE = "isd_lite"
_WIDTH = 61
_TIME = ((0, 4), (5, 7), (8, 10), (11, 13))
_NAMES = (
    *("year", "month", "day", "hour", "temperature", "dew_point", "pressure", "wind_direction"),
    *("wind_speed", "sky", "precipitation_1h", "precipitation_6h"),
)
_FIELDS = (*_TIME, *((column, column + 6) for column in range(13, _WIDTH, 6)))
_WIRE = {
    "temperature_c": "temperature",
    "dew_point_c": "dew_point",
    "pressure_msl_hpa": "pressure",
    "wind_direction_deg": "wind_direction",
    "wind_speed_m_s": "wind_speed",
    "precipitation_mm": "precipitation_1h",
}
_MISSING = -9999
# Share of the sky by code: oktas, then NCEI's words thin, plain and dark scattered, broken and overcast.
_SKY = np.array([*np.arange(9) / 8, np.nan, np.nan, *[0.5] * 3, *[0.875] * 3, *[1.0] * 3])
_STATION = re.compile(r"(?<![0-9A-Z])([0-9A-Z]{6}-\d{5})(?!\d)")


def read_isd_lite(file: File) -> FileRows:
    """STATION_REPORT rows of a file as NCEI serves it, compressed or not. The station is that of its name,
    as in 071690-99999-2017.gz.
    """
    station = station_of(file)
    lines = lines_of(unpacked(file), _WIDTH)
    if not len(lines.row):
        raise ObservationFileError(f"not ISD-Lite: no line is {_WIDTH} characters long")
    return _rows(lines, station, file)


def station_of(file: File) -> str:
    """USAF and WBAN, as 071690-99999. Raises ObservationFileError where nothing tells them."""
    found = _STATION.search(file.station or file.name)
    if found is None:
        raise ObservationFileError(
            f"which station is it? The name {file.station or file.name!r} has no USAF and WBAN, as in "
            "071690-99999-2017.gz; give --param station=071690-99999"
        )
    return found[1]


def _rows(lines: Lines, station: str, file: File) -> FileRows:
    count = len(lines.row)
    read = integers(lines.cells, _FIELDS)
    rejects = Rejects({"line": lines.texts}, lines.row)
    rejects.add_malformed(lines.malformed, f"the line is not {_WIDTH} characters long")
    readable = ~read.unreadable.any(axis=1)
    for number in np.flatnonzero(read.unreadable.any(axis=0)).tolist():
        rejects.add(np.flatnonzero(read.unreadable[:, number]), _NAMES[number], "not a whole number")
    year, month, day, hour, *measured = read.value.T
    time = instants_of(year, month, day, hour)
    rejects.add(np.flatnonzero(readable & np.isnat(time)), "year", "year, month, day and hour are no time")
    readable &= ~np.isnat(time)
    values, faulty = _measured(np.array(measured))
    rejects.add(np.flatnonzero(readable & faulty), "sky", "not a code of sky cover from 0 to 19")
    texts = {"file": file.name, "station_id": station, "report": "hourly", "quality": "good"}
    values |= {name: repeat(text, count) for name, text in texts.items()}
    values |= {"time": utc(time)}
    return finished(
        values,
        STATION_REPORT,
        rejects,
        readable & ~faulty,
        source=SOURCE,
        file=file,
        wire=_WIRE,
        malformed=len(lines.malformed),
    )


def _measured(wire: np.ndarray) -> tuple[dict[str, object], np.ndarray]:
    """Contract columns of the eight numbers of a line, and a mask of sky codes that are none."""
    wire[wire == _MISSING] = np.nan
    temperature, dew_point, pressure, direction, speed, sky, hour, six_hours = wire
    known = np.isfinite(sky)
    faulty = known & ((sky < 0) | (sky >= len(_SKY)))
    cover = np.where(known & ~faulty, _SKY[np.where(known & ~faulty, sky, 9).astype(int)], np.nan)
    hourly = np.isfinite(hour) | ~np.isfinite(six_hours)
    amount = np.where(hourly, hour, six_hours)
    values = {
        "temperature_c": temperature / 10,
        "dew_point_c": dew_point / 10,
        "pressure_msl_hpa": pressure / 10,
        "wind_direction_deg": np.where(direction == 0, np.nan, direction),
        "wind_speed_m_s": speed / 10,
        "cloud_cover": cover,
        "precipitation_mm": np.where(amount == -1, 0.0, amount / 10),
        "interval_hours": np.where(hourly, 1, 6),
    }
    return values, faulty
