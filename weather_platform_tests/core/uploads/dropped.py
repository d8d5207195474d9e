"""Small files of observations and forecasts, dropped and read."""

from collections.abc import Sequence

import pandas as pd

from weather_platform.core.uploads.spec import Reading
from weather_platform_tests.core.uploads.test_read import read


def observed(
    times: list[str], mapping: str = "", header: str = "temp_c,precip_mm", row: str = "20,0.5"
) -> Reading:
    lines = [f"time_utc,place,{header}", *(f"{time},denver,{row}" for time in times), ""]
    return read("drop_box/mast/a.csv", "\n".join(lines).encode(), mapping)


def forecast(
    hours: Sequence[float], mapping: str = "", header: str = "temp_c,precip_mm", row: str = "20,6"
) -> Reading:
    start = pd.Timestamp("2026-08-03T00:00Z")
    valid = [(start + pd.Timedelta(hours=hour)).isoformat() for hour in hours]
    lines = [f"fetched_at,valid_time,location_id,{header}"]
    lines += [f"2026-08-03T00:00Z,{time},denver,{row}" for time in valid]
    return read("drop_box/forecasts/mine/v1/a.csv", "\n".join([*lines, ""]).encode(), mapping)


def stamps(start: str, count: int, step: str) -> list[str]:
    return [f"{time:%Y-%m-%d %H:%M}" for time in pd.date_range(start, periods=count, freq=step)]


def rained(times: list[str], amounts: list[float], mapping: str = "") -> Reading:
    lines = [f"{time},denver,20,{amount}" for time, amount in zip(times, amounts, strict=True)]
    text = "\n".join(["time_utc,place,temp_c,rain_mm", *lines, ""])
    return read("drop_box/mast/a.csv", text.encode(), mapping)
