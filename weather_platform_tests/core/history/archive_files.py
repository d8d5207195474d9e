"""Small files in the archives' own layouts, for tests that change a field of one, and their reading."""

import pandas as pd

from weather_platform.core.history.format import File, FileRows
from weather_platform.core.history.formats import FORMATS
from weather_platform.core.tables.schema import check

HOUR = (2024, 3, 5, 6, -12, -30, 10132, 0, 51, 8, -1, -9999)


def read(form: str, data: bytes, name: str = "071690-99999-2024.gz", station: str | None = None) -> FileRows:
    found = FORMATS[form].read(File(data, name, station))
    assert found.lost == 0
    assert check(found.rows, FORMATS[form].contract).bad.empty
    return found


def one(form: str, data: bytes, name: str = "071690-99999-2024.gz") -> pd.Series:
    found = read(form, data, name)
    assert (len(found.rows), found.quarantine.empty) == (1, True)
    return found.rows.iloc[0]


def isd_lite(*rows: tuple[int, ...]) -> bytes:
    """Lines of year, month, day, hour and the eight numbers."""
    lines = [
        f"{row[0]:04d} " + " ".join(f"{part:02d}" for part in row[1:4]) + "".join(f"{n:6d}" for n in row[4:])
        for row in rows
    ]
    return "\n".join([*lines, ""]).encode()


ISD_CONTROL = (
    "0137011490999991985010106004+66267+013983FM-12+003999999"
    "V0200501N00671220001CN0280001N9-00781-01331102241"
)


def dly(element: str, values: list[tuple[int, str]]) -> str:
    """A station's line of February 2024: values with their three flags, the other days missing."""
    slots = [f"{value:5d}{flags:3s}" for value, flags in values]
    return f"USW00094728202402{element}" + "".join([*slots, *["-9999   "] * (31 - len(slots))]) + "\n"


def psv(*rows: dict[str, str]) -> bytes:
    """GHCN-Hourly lines with the columns of the first row."""
    lines = ["|".join(rows[0]), *("|".join(row.values()) for row in rows)]
    return "\n".join([*lines, ""]).encode()


PSV = {
    "STATION": "USW00094728",
    "DATE": "2024-03-05T06:51:00",
    "temperature": "6.1",
    "temperature_Quality_Code": "1",
    "temperature_Report_Type": "FM-15",
    "temperature_Source_Code": "335",
    "wind_direction": "999",
    "visibility": "16.093",
    "precipitation": "",
    "precipitation_3_hour": "0.5",
    "sky_cover_1": "FEW:02",
    "sky_cover_2": "BKN:07",
}


def product(*rows: str, header: str = "STATIONS_ID;MESS_DATUM;QN_9;TT_TU;RF_TU;eor") -> bytes:
    return "\n".join([header, *rows, ""]).encode("latin-1")
