"""In what units an OpenWeatherMap reply is, which never says so: by the request, else by what can be true.

Belongs here: `standard`, `metric` or `imperial`. Does not: the rest of the reply
(core.providers.openweathermap).
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from weather_platform.core.providers.reading import number

UNITS = {"standard": ("K", "m/s"), "metric": ("°C", "m/s"), "imperial": ("°F", "mph")}
# No air on Earth is 100 °C, and none is below 100 K.
_SURELY_KELVIN = 100.0
# The highest air temperature ever measured is 56.7 °C.
_NOT_CELSIUS = 60.0
# No snow reaches the ground in air so warm.
_NO_SNOW_CELSIUS = 10.0


def units_of(values: Mapping[str, Sequence[Any]], params: Mapping[str, str]) -> str:
    """A name in UNITS. `values` by contract column as they stand in the reply; `params` of the request, empty
    where nobody kept it.

    A request without `units`, or with one that the provider does not know, is answered in `standard`. Of a
    file without a request, kelvin shows in most of its temperatures, and °F where it is too hot for °C, or
    snows at what would be too warm; else it is taken for °C. (Dew points do not tell: the provider's are a
    kelvin off what humidity gives, and cold °F are within that.)
    """
    if params:
        asked = params.get("units", "standard")
        return asked if asked in UNITS else "standard"
    known = _numbers(values["temperature_c"]) or _numbers(values["apparent_temperature_c"])
    if not known or np.median(known) > _SURELY_KELVIN:
        return "standard"
    return "imperial" if np.quantile(known, 0.9) > _NOT_CELSIUS or _snows_when_warm(values) else "metric"


def _snows_when_warm(values: Mapping[str, Sequence[Any]]) -> bool:
    """Whether it is too warm for it, taken for °C, at most steps with snow."""
    steps = zip(values["temperature_c"], values["snowfall_water_mm"], strict=True)
    at_snow = _numbers([temperature for temperature, snow in steps if number(snow) > 0])
    return bool(at_snow) and bool(np.median(at_snow) > _NO_SNOW_CELSIUS)


def _numbers(raw: Sequence[Any]) -> list[float]:
    """Those that are numbers, be they written as text."""
    return [value for value in map(number, raw) if not math.isnan(value)]
