"""Made-up replies in the providers' wire formats, for tests and benchmarks that need many or odd ones."""

from typing import Any, NamedTuple

import orjson

from weather_platform_tests.replies.brightsky import brightsky
from weather_platform_tests.replies.met_norway import met_norway
from weather_platform_tests.replies.nws import nws_gridpoint, nws_points
from weather_platform_tests.replies.open_meteo import OPEN_METEO_UNITS, open_meteo, series
from weather_platform_tests.replies.openweathermap import openweathermap
from weather_platform_tests.replies.pirate_weather import pirate_weather
from weather_platform_tests.replies.smhi import smhi
from weather_platform_tests.replies.start import START
from weather_platform_tests.replies.visualcrossing import visualcrossing
from weather_platform_tests.replies.weatherapi import weatherapi

__all__ = [
    "EXAMPLES",
    "OPEN_METEO_UNITS",
    "START",
    "Example",
    "brightsky",
    "encoded",
    "met_norway",
    "nws_gridpoint",
    "nws_points",
    "open_meteo",
    "openweathermap",
    "pirate_weather",
    "series",
    "smhi",
    "visualcrossing",
    "weatherapi",
]


def encoded(reply: Any) -> bytes:
    """As served."""
    return orjson.dumps(reply)


class Example(NamedTuple):
    """A small good reply for 46.5° N, 7° E from START on, and the keys that lead to its list of steps."""

    reply: Any
    steps: tuple[str | int, ...]


# One of every provider: what holds for all of them is tried on these.
EXAMPLES = {
    "open_meteo": Example(open_meteo(hours=6, models=("a", "b")), ("hourly", "time")),
    "openweathermap": Example(openweathermap(steps=3), ("list",)),
    "weatherapi": Example(weatherapi(days=1), ("forecast", "forecastday", 0, "hour")),
    "met_norway": Example(met_norway(hours=3, blocks=2), ("properties", "timeseries")),
    "nws": Example(nws_gridpoint(46.5, 7.0, hours=6), ("properties", "temperature", "values")),
    "brightsky": Example(brightsky(hours=6), ("weather",)),
    "smhi": Example(smhi(steps=(1, 1, 6, 12)), ("timeSeries",)),
    "visualcrossing": Example(visualcrossing(hours=6), ("days", 0, "hours")),
    "pirate_weather": Example(pirate_weather(hours=6), ("hourly", "data")),
}
