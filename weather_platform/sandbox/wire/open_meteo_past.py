"""Open-Meteo's two views of the past: previous runs at leads of whole days, and an hourly reanalysis.

    /open_meteo_previous_runs/v1/forecast?hourly=<variable>_previous_day<1-
    7>,…&models=…&start_date=…&end_date=…
    /open_meteo_archive/v1/archive?hourly=<variable>,…&start_date=…&end_date=…

As on the wire of the forecast API: a list for more than one coordinate, keys with the model's name where
several are asked for, null beyond a model's horizon and after the simulated now. The previous run of an
hour is the one that was out so many days before it. The reanalysis is the truth seen coarsely: with
errors of its own, and five days late.
"""

import re
from collections.abc import Callable
from datetime import date
from typing import Any

import numpy as np

from weather_platform.sandbox.feeds import Feed
from weather_platform.sandbox.forecast import BEFORE_RUN_HOURS, run_at
from weather_platform.sandbox.noise import generator
from weather_platform.sandbox.panel import Spot
from weather_platform.sandbox.physics import relative_humidity
from weather_platform.sandbox.simulation import Simulation
from weather_platform.sandbox.wire.ask import FIRST_YEAR, LAST_YEAR, TEMPERATURES, Ask, Reply, json_reply
from weather_platform.sandbox.wire.open_meteo import BEST, MODELS, BadRequestError, head, spots_of
from weather_platform.sandbox.wire.open_meteo_variables import VARIABLES, scaled, units

_PREVIOUS = re.compile(r"([a-z0-9_]+)_previous_day([1-7])")
_MOST_DAYS = 400
_LATENCY_HOURS = 5 * 24
_ANALYSED = (
    "temperature_2m",
    "dew_point_2m",
    "relative_humidity_2m",
    "pressure_msl",
    "surface_pressure",
    "cloud_cover",
    "precipitation",
    "wind_speed_10m",
    "wind_direction_10m",
    "wind_gusts_10m",
)
Values = dict[str, np.ndarray]


def previous_runs(ask: Ask, simulation: Simulation) -> Reply:
    """Answer a request below `/open_meteo_previous_runs`."""
    return _answer(ask, "/v1/forecast", lambda: _previous(ask, simulation))


def archive(ask: Ask, simulation: Simulation) -> Reply:
    """Answer a request below `/open_meteo_archive`."""
    return _answer(ask, "/v1/archive", lambda: _reanalysis(ask, simulation))


def _answer(ask: Ask, path: str, content: Callable[[], list[dict[str, Any]]]) -> Reply:
    if ask.path != path:
        return json_reply({"error": True, "reason": "Not Found"}, 404)
    try:
        parts = content()
    except ValueError as error:
        return json_reply({"error": True, "reason": str(error)}, 400)
    return json_reply(parts[0] if len(parts) == 1 else parts)


def _hours(ask: Ask) -> np.ndarray:
    """Hours (since 1970) of the days asked for."""
    try:
        first, last = (date.fromisoformat(ask.params[name]) for name in ("start_date", "end_date"))
    except (KeyError, ValueError):
        raise BadRequestError("Parameter 'start_date' and 'end_date' must be days as YYYY-MM-DD") from None
    if not (first.year >= FIRST_YEAR and last.year <= LAST_YEAR and 0 <= (last - first).days < _MOST_DAYS):
        raise BadRequestError("Parameter 'start_date' or 'end_date' is out of allowed range")
    days = np.arange((first - date(1970, 1, 1)).days, (last - date(1970, 1, 1)).days + 1)
    return (days[:, None] * 24 + np.arange(24)).ravel()


def _previous(ask: Ask, simulation: Simulation) -> list[dict[str, Any]]:
    spots, hours = spots_of(ask, simulation), _hours(ask)
    models = [name for name in ask.params.get("models", BEST).split(",") if name]
    if unknown := [name for name in models if name not in MODELS]:
        raise BadRequestError(f"Cannot initialize MultiDomains from invalid String value {unknown[0]}.")
    wanted = [(name, _PREVIOUS.fullmatch(name)) for name in ask.params.get("hourly", "").split(",") if name]
    scale = units(ask.params)
    parts = [head(ask, simulation, spot, i, hours) for i, spot in enumerate(spots)]
    leads = sorted({int(match[2]) for _, match in wanted if match})
    for model in models:
        said = {lead: _said(simulation, MODELS[model], hours, lead, ask.now) for lead in leads}
        for name, match in wanted:
            if match is None or match[1] not in VARIABLES:
                raise BadRequestError(f"Cannot initialize ForecastVariable from invalid String value {name}.")
            key = f"{name}_{model}" if len(models) > 1 else name
            for part, spot in zip(parts, spots, strict=True):
                _put(part, key, match[1], _of_spot(said[int(match[2])], spot), scale)
    return parts


def _said(simulation: Simulation, feed: Feed, hours: np.ndarray, lead: int, now: float) -> Values:
    """What the feed's run of `lead` days before each hour said of it, (hours, places)."""
    when = (hours - 24 * lead) * 3600.0
    runs = np.array([run_at(at) for at in when])
    said: Values = {}
    for run in np.unique(runs):
        rows = np.flatnonzero(runs == run)
        _, weather = simulation.forecast(feed, when[rows[0]], int(hours[rows[-1]]) + 1)
        for name, values in weather.items():
            out = said.setdefault(name, np.full((len(hours), values.shape[1]), np.nan))
            out[rows] = values[hours[rows] - (run - BEFORE_RUN_HOURS)]
    for values in said.values():
        values[when > now] = np.nan
    return said


def _reanalysis(ask: Ask, simulation: Simulation) -> list[dict[str, Any]]:
    spots, hours = spots_of(ask, simulation), _hours(ask)
    wanted = [name for name in ask.params.get("hourly", "").split(",") if name]
    scale = units(ask.params)
    parts = [head(ask, simulation, spot, i, hours) for i, spot in enumerate(spots)]
    analysed = _analysed(simulation, hours)
    for values in analysed.values():
        values[(hours + _LATENCY_HOURS) * 3600.0 > ask.now] = np.nan
    for name in wanted:
        if name not in _ANALYSED:
            raise BadRequestError(f"Cannot initialize ArchiveVariable from invalid String value {name}.")
        for part, spot in zip(parts, spots, strict=True):
            _put(part, name, name, _of_spot(analysed, spot), scale)
    return parts


def _analysed(simulation: Simulation, hours: np.ndarray) -> Values:
    """The truth with a bias of each place and noise of each hour, day by day the same whatever is asked."""
    truth = simulation.world.weather(int(hours[0]), len(hours))
    panel = simulation.panel
    bias = np.array([generator(simulation.seed, "reanalysis", key).standard_normal(2) for key in panel.keys])
    noise = np.concatenate(
        [
            generator(simulation.seed, "reanalysis hours", int(day)).standard_normal((24, len(panel), 3))
            for day in np.unique(hours // 24)
        ]
    )
    temperature = truth["temperature_c"] + 0.5 * bias[:, 0] + 0.6 * noise[..., 0]
    dew_point = np.minimum(truth["dew_point_c"] + 0.6 * noise[..., 1], temperature)
    wind = truth["wind_speed_m_s"] * np.exp(0.1 * bias[:, 1]) + 0.5 * noise[..., 2]
    wind = np.maximum(wind, 0.1)
    same = (
        "pressure_msl_hpa",
        "surface_pressure_hpa",
        "cloud_cover",
        "wind_direction_deg",
        "precipitation_mm",
    )
    return {
        "temperature_c": temperature,
        "dew_point_c": dew_point,
        "relative_humidity": relative_humidity(temperature, dew_point),
        "wind_speed_m_s": wind,
        "wind_gust_m_s": wind * truth["gust_factor"],
        **{name: truth[name].copy() for name in same},
    }


class _OfSpot:
    """A spot's series by contract column, as the variables' formulas take them."""

    def __init__(self, weather: Values, spot: Spot) -> None:
        self._weather, self._spot = weather, spot

    def __getitem__(self, name: str) -> np.ndarray:
        values = self._weather[name][:, self._spot.index]
        return values + self._spot.temperature_offset_k if name in TEMPERATURES else values


def _of_spot(weather: Values, spot: Spot) -> _OfSpot:
    return _OfSpot(weather, spot)


def _put(
    part: dict[str, Any],
    key: str,
    name: str,
    series: _OfSpot,
    scale: dict[str, tuple[str, float, float, int]],
) -> None:
    kind, column = VARIABLES[name]
    unit, factor, shift, digits = scale[kind]
    part["hourly_units"][key] = unit
    part["hourly"][key] = scaled(column(series), factor, shift, digits)
