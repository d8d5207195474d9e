"""In what units an OpenWeatherMap reply is, which never says so: by the request, else by what can be true.

Belongs here: `standard`, `metric` or `imperial`. Does not: the rest of the reply
(core.providers.openweathermap).
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from weather_platform.core.units import affine

UNITS = {"standard": ("K", "m/s"), "metric": ("°C", "m/s"), "imperial": ("°F", "mph")}
# No air on Earth is 100 °C, and none is below 100 K.
_SURELY_KELVIN = 100.0
# The highest air temperature ever measured is 56.7 °C.
_NOT_CELSIUS = 60.0


def units_of(values: Mapping[str, Sequence[Any]], params: Mapping[str, str]) -> str:
    """A name in UNITS. `values` by contract column as they stand in the reply; `params` of the request, empty
    where nobody kept it.

    A request without `units`, or with one that the provider does not know, is answered in `standard`. Of a
    file without a request, kelvin shows in most of its temperatures; a dew point, which follows from
    temperature and humidity, tells °C from °F; else it is °C unless it is too hot for that.
    """
    if params:
        asked = params.get("units", "standard")
        return asked if asked in UNITS else "standard"
    temperature = _numbers(values["temperature_c"])
    known = temperature[~np.isnan(temperature)]
    if not known.size:
        known = (felt := _numbers(values["apparent_temperature_c"]))[~np.isnan(felt)]
    if not known.size:
        return "standard"
    if np.median(known) > _SURELY_KELVIN:
        return "standard"
    misfit = {units: _misfit(values, temperature, UNITS[units][0]) for units in ("metric", "imperial")}
    if not any(np.isnan(list(misfit.values()))):
        return min(misfit, key=lambda units: misfit[units])
    return "imperial" if np.quantile(known, 0.9) > _NOT_CELSIUS else "metric"


def _misfit(values: Mapping[str, Sequence[Any]], temperature: np.ndarray, unit: str) -> float:
    """Kelvins between the dew points told and those that follow by the Magnus formula over water (WMO-No. 8),
    if temperatures were in `unit`; NaN where none are told."""
    factor, offset = affine(unit, "temperature_c")
    celsius = temperature * factor + offset
    told = _numbers(values.get("dew_point_c", ())) * factor + offset
    if not told.size:
        return float("nan")
    share = np.clip(_numbers(values["relative_humidity"]) / 100, 0.01, 1.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        water = np.log(share) + 17.62 * celsius / (243.12 + celsius)
        apart = np.abs(243.12 * water / (17.62 - water) - told)
    apart = apart[np.isfinite(apart)]
    return float(np.median(apart)) if apart.size else float("nan")


def _numbers(raw: Sequence[Any]) -> np.ndarray:
    """Numbers as they are, NaN for all else, also for numbers as text and booleans."""
    return np.array([value if type(value) in (int, float) else np.nan for value in raw], dtype="float64")
