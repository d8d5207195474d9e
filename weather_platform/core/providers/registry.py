"""Every provider that the platform knows: a new one is its file and its line here, and all else follows
from that.
"""

from weather_platform.core.providers import (
    brightsky,
    met_norway,
    nws,
    open_meteo,
    open_meteo_previous_runs,
    openweathermap,
    pirate_weather,
    smhi,
    visualcrossing,
    weatherapi,
)
from weather_platform.core.providers.spec import PreviousRuns, Provider

PREVIOUS_RUNS: dict[str, PreviousRuns] = {
    previous.of: previous for previous in (open_meteo_previous_runs.PREVIOUS_RUNS,)
}
PROVIDERS: dict[str, Provider] = {
    "open_meteo": open_meteo.PROVIDER,
    "openweathermap": openweathermap.PROVIDER,
    "weatherapi": weatherapi.PROVIDER,
    "met_norway": met_norway.PROVIDER,
    "nws": nws.PROVIDER,
    "brightsky": brightsky.PROVIDER,
    "smhi": smhi.PROVIDER,
    "visualcrossing": visualcrossing.PROVIDER,
    "pirate_weather": pirate_weather.PROVIDER,
}
