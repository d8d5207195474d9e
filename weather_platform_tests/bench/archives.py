"""Files of public archives to validated rows, in rows per second."""

import time

import numpy as np
import pandas as pd

from weather_platform.core.history.gsod import parse_gsod

STATIONS, DAYS = 800, 366
_RUNS = 3


def measure() -> dict[str, float]:
    """`gsod_rows_per_s`: 800 stations' year in NCEI's CSV, padded and quoted; the best of three runs."""
    data = _gsod()
    seconds = []
    for _ in range(_RUNS):
        began = time.perf_counter()
        parsed = parse_gsod(data, "bench")
        seconds.append(time.perf_counter() - began)
    if len(parsed.rows) != STATIONS * DAYS:
        raise AssertionError(f"{len(parsed.rows)} rows instead of {STATIONS * DAYS}")
    return {"gsod_rows_per_s": len(parsed.rows) / min(seconds)}


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
