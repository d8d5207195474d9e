"""Files of public archives to validated rows, in rows (GHCN-Daily: readings) per second."""

import time

import numpy as np
import pandas as pd

from weather_platform.core.history.format import File
from weather_platform.core.history.formats import FORMATS
from weather_platform_tests.core.history.archive_files import ISD_CONTROL

STATIONS, DAYS = 800, 366
HOURS, REPORTS = 500_000, 200_000  # of ISD-Lite; of ISD and GHCN-Hourly
_RUNS = 3


def measure() -> dict[str, float]:
    """`<format>_rows_per_s` of the best of three runs, for files of some hundred thousand rows: NCEI's padded
    and quoted CSV (GSOD), fixed columns (ISD-Lite, .dly), fixed and named parts (ISD), 40 columns of pipes
    (GHCN-Hourly).
    """
    files = {
        "gsod": File(_gsod(), "2024.csv"),
        "isd_lite": File(_isd_lite(), "071690-99999-1970.gz"),
        "ghcn_daily": File(_dly(), "USW00094728.dly"),
        "isd": File(_isd(), "011490-99999-1985"),
        "ghcn_hourly": File(_psv(), "GHCNh_USW00094728_2024.psv"),
    }
    return {f"{name}_rows_per_s": _speed(name, file) for name, file in files.items()}


def _speed(name: str, file: File) -> float:
    seconds = []
    for _ in range(_RUNS):
        began = time.perf_counter()
        found = FORMATS[name].read(file)
        seconds.append(time.perf_counter() - began)
    if found.lost or found.set_aside or not found.kept:
        raise AssertionError(f"{name}: {found.lost} lost, {found.set_aside} set aside, {found.kept} kept")
    return found.read / min(seconds)


def _hours(count: int) -> pd.DatetimeIndex:
    return pd.date_range("1960-01-01", periods=count, freq="h")


def _isd_lite() -> bytes:
    random, times = np.random.default_rng(7), _hours(HOURS)
    ranges = ((-300, 400), (-400, 200), (9500, 10500), (0, 360), (0, 300), (0, 19), (-1, 90), (0, 200))
    numbers = np.column_stack([random.integers(*span, HOURS) for span in ranges])
    stamps = times.strftime("%Y %m %d %H")
    rows = ("%6d" * 8 % tuple(row) for row in numbers.tolist())
    return "\n".join(map(str.__add__, stamps, rows)).encode()


def _isd() -> bytes:
    parts = "ADDAA106000091AA212001291GF108991081061008001999999MA1102311101421REMSYN017333"
    stamps = _hours(REPORTS).strftime("%Y%m%d%H%M")
    return "\n".join(ISD_CONTROL[:15] + stamp + ISD_CONTROL[27:] + parts for stamp in stamps).encode()


def _dly() -> bytes:
    random, lines = np.random.default_rng(7), []
    ranges = {"TMAX": (50, 300), "TMIN": (-100, 50), "PRCP": (0, 400), "SNWD": (0, 900)}
    for month in pd.period_range("1900-01", "2019-12", freq="M").strftime("%Y%m"):
        for element, span in ranges.items():
            slots = "".join(f"{value:5d}  X" for value in random.integers(*span, 28)) + "-9999   " * 3
            lines.append(f"USW00094728{month}{element}{slots}")
    return "\n".join(lines).encode()


def _psv() -> bytes:
    random, count = np.random.default_rng(7), REPORTS
    table: dict[str, object] = {"STATION": "USW00094728", "DATE": _hours(count).strftime("%Y-%m-%dT%H:%M:%S")}
    for name, low, high in (
        *(("temperature", -20, 35), ("dew_point_temperature", -25, 20), ("wind_speed", 0, 20)),
        *(("sea_level_pressure", 980, 1040), ("wind_direction", 1, 360), ("visibility", 0, 16)),
        *(("precipitation", 0, 9), ("relative_humidity", 10, 99)),
    ):
        table[name] = np.char.mod("%.1f", random.uniform(low, high, count))
        table |= {f"{name}_Measurement_Code": "", f"{name}_Quality_Code": "1", f"{name}_Report_Type": "FM-15"}
        table |= {f"{name}_Source_Code": "335", f"{name}_Source_Station_ID": "ICAO-KNYC"}
    return pd.DataFrame(table).to_csv(index=False, sep="|").encode()


def _gsod() -> bytes:
    random, rows = np.random.default_rng(7), STATIONS * DAYS
    ids = [f"{700000 + i}{i:05d}" for i in range(STATIONS)]
    dates = pd.date_range("2024-01-01", periods=DAYS).strftime("%Y-%m-%d")
    table: dict[str, object] = {"STATION": np.repeat(ids, DAYS), "DATE": np.tile(dates, STATIONS)}
    for name, low, high in (("TEMP", 20, 90), ("DEWP", 10, 60), ("SLP", 980, 1040), ("STP", 900, 999)):
        table[name] = _padded(random.uniform(low, high, rows))
    for name, low, high in (("VISIB", 0, 10), ("WDSP", 0, 30), ("MXSPD", 0, 50), ("GUST", 0, 70)):
        table[name] = _padded(random.uniform(low, high, rows))
    for name, low, high in (("MAX", 60, 100), ("MIN", 0, 50), ("PRCP", 0, 3), ("SNDP", 0, 20)):
        table[name] = _padded(random.uniform(low, high, rows))
    for name in ("TEMP", "DEWP", "SLP", "STP", "VISIB", "WDSP"):
        table[f"{name}_ATTRIBUTES"] = "24"
    table |= {"MAX_ATTRIBUTES": "*", "MIN_ATTRIBUTES": " ", "PRCP_ATTRIBUTES": "G", "FRSHTT": "010000"}
    return pd.DataFrame(table).to_csv(index=False, quoting=1).encode()


def _padded(values: np.ndarray) -> np.ndarray:
    return np.char.mod("%6.1f", values)


if __name__ == "__main__":
    print(measure())  # noqa: T201 - this is its output
