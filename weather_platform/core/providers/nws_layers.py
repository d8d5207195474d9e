"""Layers of an NWS raw gridpoint forecast, whose values hold over intervals, put on hourly rows.

Belongs here: ISO 8601 intervals and what each layer means. Does not: requests, places (core.providers.nws).
"""

import re
from functools import lru_cache
from typing import Any

import numpy as np

from weather_platform.core.places import Place
from weather_platform.core.providers.reading import epoch_times, quoted, utc_time
from weather_platform.core.providers.spec import Block, Fault, PayloadError
from weather_platform.core.providers.steps import each
from weather_platform.core.quantities.units import Affine, UnitError, affine

LONGEST_HOURS = 24
SNOW_DEPTH_TO_WATER = 0.1
_STATES = {
    "temperature_c": "temperature",
    "apparent_temperature_c": "apparentTemperature",
    "dew_point_c": "dewpoint",
    "relative_humidity": "relativeHumidity",
    "cloud_cover": "skyCover",
    "visibility_m": "visibility",
    "wind_speed_m_s": "windSpeed",
    "wind_direction_deg": "windDirection",
    "wind_gust_m_s": "windGust",
}
_AMOUNTS = {
    "precipitation_mm": "quantitativePrecipitation",
    "precipitation_probability": "probabilityOfPrecipitation",
    "snowfall_water_mm": "snowfallAmount",
}
_LAYERS = {**_STATES, **_AMOUNTS, "weather_code": "weather"}
_DURATION = re.compile(r"P(?:(\d{1,4})D)?(?:T(?:(\d{1,4})H)?)?")

# One layer's intervals: (start as whole hours since 1970, length in hours, value).
Intervals = list[tuple[int, int, Any]]


def read_gridpoint(place: Place, properties: dict[str, Any]) -> tuple[Block, list[Fault]]:
    """Hourly rows of a gridpoint's layers, and a Fault for each interval that cannot be read and each layer
    of an unknown unit. Raises PayloadError where there are no rows.
    """
    scale, faults = _scale(properties)
    layers = {column: _intervals(properties, name, faults) for column, name in _LAYERS.items()}
    states = {column: layers[column] if column in scale else [] for column in _STATES}
    amounts = {column: _in_days(layers[column]) if column in scale else [] for column in _AMOUNTS}
    weather = layers["weather_code"]
    held = {hour for layer in states.values() for start, n, _ in layer for hour in range(start, start + n)}
    if not held:
        why = f" ({faults[0].reason})" if faults else ""
        raise PayloadError(f"the gridpoint has no layer with values: it holds no forecast{why}")
    ends = {start + n for layer in amounts.values() for start, n, _ in layer}
    hours = sorted(held | ends)
    row_of = {hour: row for row, hour in enumerate(hours)}
    values: dict[str, list[Any]] = {column: _held(layer, row_of) for column, layer in states.items()}
    values["weather_code"] = _held(weather, row_of)
    ending_at = {column: _ending(layer, row_of) for column, layer in amounts.items()}
    interval = np.ones(len(hours), dtype="int64")
    # The amount rules; where none ends, the interval is that of a probability or of snow.
    for ending in reversed(list(ending_at.values())):
        for row, (length, _) in ending.items():
            interval[row] = length
    for column, ending in ending_at.items():
        values[column] = [None] * len(hours)
        for row, (length, value) in ending.items():
            if length == interval[row]:
                values[column][row] = value
        for row in _dry(layers[column], hours, interval, ending_at["precipitation_mm"]):
            values[column][row] = 0
    times = epoch_times([hour * 3600 for hour in hours])
    return Block(place, "blend", times, values, scale, interval), faults


def wmo_affine(unit: Any, column: str) -> Affine:
    """Scale of a unit code, whose prefix has been `wmoUnit:`, `unit:` and the address of WMO's register
    over the years.
    """
    return affine("wmoUnit:" + re.split(r"[:/]", str(unit))[-1], column)


def _intervals(properties: dict[str, Any], name: str, faults: list[Fault]) -> Intervals:
    """Of one layer; those that cannot be read are added to `faults`."""
    layer = properties.get(name)
    entries = layer.get("values") if isinstance(layer, dict) else None
    read = _spoken if name == "weather" else _interval
    good, bad = each(entries or (), read, f"layer {name}, entry")
    faults += bad
    return good


def _interval(entry: dict[str, Any]) -> tuple[int, int, Any]:
    return (*_span(entry["validTime"]), entry["value"])


def _spoken(entry: dict[str, Any]) -> tuple[int, int, str | None]:
    return (*_span(entry["validTime"]), _words(entry["value"]))


@lru_cache(maxsize=8192)
def _span(text: str) -> tuple[int, int]:
    """Start, whole hours since 1970, and length, hours, of an ISO 8601 interval `time/duration`."""
    start, _, duration = str(text).partition("/")
    match = _DURATION.fullmatch(duration)
    hours = (
        sum(int(part or 0) * unit for part, unit in zip(match.groups(), (24, 1), strict=True)) if match else 0
    )
    if not 0 < hours <= 24 * 46:
        raise PayloadError(f"the interval {quoted(text)} is not a time and a duration in days and hours")
    return int(utc_time(start).timestamp()) // 3600, hours


def _held(layer: Intervals, row_of: dict[int, int]) -> list[Any]:
    """A state's value at every hour of its intervals."""
    values: list[Any] = [None] * len(row_of)
    for start, length, value in layer:
        for hour in range(start, start + length):
            if hour in row_of:
                values[row_of[hour]] = value
    return values


def _in_days(layer: Intervals) -> Intervals:
    """Nothing in a long interval is nothing in each of its days: dry spells are told in one piece."""
    pieces: Intervals = []
    for start, length, value in layer:
        step = LONGEST_HOURS if value == 0 else length
        pieces += [(start + done, min(step, length - done), value) for done in range(0, length, step)]
    return pieces


def _dry(
    layer: Intervals, hours: list[int], interval: np.ndarray, amounts: dict[int, tuple[int, Any]]
) -> list[int]:
    """Rows with an amount whose whole interval lies in one where the layer says 0: a chance or a depth of
    nothing is as true of a part."""
    spans = [(start, start + length) for start, length, value in layer if value == 0]
    return [
        row
        for row in amounts
        if any(start <= hours[row] - interval[row] and hours[row] <= end for start, end in spans)
    ]


def _ending(layer: Intervals, row_of: dict[int, int]) -> dict[int, tuple[int, Any]]:
    """Per row at which an interval ends, its length and value. Longer intervals than a row may have are
    left out.
    """
    return {
        row_of[start + length]: (length, value)
        for start, length, value in layer
        if start + length in row_of and length <= LONGEST_HOURS and value is not None
    }


def _words(value: Any) -> str | None:
    """The kinds of weather of an interval, in the provider's words."""
    kinds = [kind.get("weather") for kind in value or ()]
    return ";".join(kind for kind in kinds if kind) or None


def _scale(properties: dict[str, Any]) -> tuple[dict[str, tuple[float, float]], list[Fault]]:
    """Scales of the layers that have values of a known unit, and a Fault for each of an unknown one."""
    scale: dict[str, tuple[float, float]] = {}
    faults: list[Fault] = []
    for column, name in {**_STATES, **_AMOUNTS}.items():
        layer = properties.get(name)
        if not isinstance(layer, dict) or not layer.get("values"):
            continue
        try:
            scale[column] = wmo_affine(layer.get("uom", layer.get("unitCode")), column)
        except UnitError as error:
            faults.append(Fault(f"layer {name}: {error}"))
    if "snowfall_water_mm" in scale:
        scale["snowfall_water_mm"] = (scale["snowfall_water_mm"][0] * SNOW_DEPTH_TO_WATER, 0.0)
    return scale, faults
