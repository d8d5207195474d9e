"""What a user says about a file of forecasts where the names of its columns do not.

Belongs here: the fields, and which columns a file of forecasts has. Does not: reading them
(core.uploads.forecasts).

    feed: mine/v1                      # whose they are; or a column `feed`, or the folders forecasts/mine/v1/
    time: {column: when, zone: UTC}    # of the valid time; the zone is that of all times without an offset
    stations: {column: site}           # ids of places, or {latitude: lat, longitude: lon, within_km: 25}
    variables:
      temperature_c: {from: t, unit: °F}
    interval: 6h                       # that amounts are over; without it the step of their rows
    label: start                       # amounts and chances stand where it begins; `end` is the default
"""

import re
from typing import Literal

import numpy as np
from pydantic import Field

from weather_platform.core.contracts.forecast import FORECAST
from weather_platform.core.feed_columns import comes_back
from weather_platform.core.observations.mapping import Csv, Duration, Stations, StrictModel, Time, Variable
from weather_platform.core.observations.mapping_file import validated
from weather_platform.core.observations.table_spec import Opened
from weather_platform.core.observations.times import instants
from weather_platform.core.providers.registry import PROVIDERS
from weather_platform.core.uploads.complete import Fields, beside, settled, stations, time, variables
from weather_platform.core.uploads.naming import folders_of
from weather_platform.core.uploads.recognise import Columns, columns, refuse
from weather_platform.core.uploads.spec import File, UploadError

_FOLDER = "forecasts"
_TELLING = {"feed", "issue_time"}
_NAME = r"[a-z0-9][a-z0-9_.-]{0,39}"


class ForecastMapping(StrictModel):
    """Everything that is known about a file of forecasts besides its bytes. `feed` is whose they are; where
    it lacks, `feed_columns` say it. `others` are further columns of the contract, by meaning.
    """

    time: Time
    stations: Stations
    variables: dict[str, Variable]
    feed: str | None = None
    feed_columns: list[str] = Field(default_factory=list)
    others: dict[str, str] = Field(default_factory=dict)
    missing: list[str] = Field(default_factory=list)
    interval: Duration | None = None
    label: Literal["start", "end"] = "end"
    csv: Csv = Csv()

    def wanted(self) -> list[str]:
        """The columns to be read."""
        places = (self.stations.column, self.stations.latitude, self.stations.longitude)
        variables = [variable.source for variable in self.variables.values()]
        names = [*self.time.columns, *places, *variables, *self.feed_columns, *self.others.values()]
        return list(dict.fromkeys(name for name in names if name))


def is_forecast(file: File, opened: Opened, given: Fields) -> bool:
    """Whether the folder, the mapping or the columns say so. A time of fetch alone says it where it is before
    that of any row: what was measured may have been fetched as well, afterwards.
    """
    found = columns(opened)
    names = found.found.keys()
    if names & _TELLING or names >= {"provider", "model"} or "feed" in given:
        return True
    if folders_of(file.name)[:1] == [_FOLDER]:
        return True
    return "fetched_at" in names and ("valid_time" not in names or _looks_ahead(file, opened, found, given))


def _looks_ahead(file: File, opened: Opened, found: Columns, given: Fields) -> bool:
    names = [str(found.name(meaning)) for meaning in ("valid_time", "fetched_at")]
    how = validated(Time, {"zone": "UTC", **time(opened, found, given, [])}, f"{file.mapping_name}: time")
    read = opened.read(names).columns
    valid, fetched = (instants([read[name]], how, np.zeros(len(read[name]), int)).time for name in names)
    return bool((valid > fetched).any() or not (valid <= fetched).any())


def forecast_mapping(file: File, opened: Opened, given: Fields) -> ForecastMapping:
    """What is given, completed by names. Raises UploadError where that is not enough, MappingError where it
    will not do.
    """
    found = columns(opened, settled(given))
    asked = [line for _, line in found.asked]
    fields = {
        **given,
        **_whose(file, found, given, asked),
        "time": time(opened, found, given, asked),
        "stations": stations(file, opened, found, given, asked),
        "variables": variables(found, given, asked),
        "others": _others(opened, found),
    }
    refuse(asked, beside(file))
    return validated(ForecastMapping, fields, file.mapping_name or beside(file))


def check_feed(name: str) -> str:
    """The name itself. Raises UploadError for one that is no feed's, or a provider's."""
    provider, _, model = name.partition("/")
    if not re.fullmatch(_NAME, provider) or not re.fullmatch(_NAME, model):
        raise UploadError(
            f"feed {name!r:.80}: write provider/model, each of a-z, 0-9 and _.-, at most 40 signs"
        )
    if not comes_back(name):
        other = re.sub("_+", "_", provider).rstrip("_")
        raise UploadError(
            f"feed {name!r}: the provider {provider!r} has `__` in it or `_` at its end, where columns of "
            f"features have `__` between provider and model; call it {other}/{model}"
        )
    if provider in PROVIDERS:
        raise UploadError(
            f"feed {name!r}: {provider} is fetched by the platform itself; drop its raw replies into "
            f"replies/{provider}/, or give the feed another name"
        )
    return name


def _whose(file: File, found: Columns, given: Fields, asked: list[str]) -> Fields:
    folders = folders_of(file.name)
    if "feed" in given:
        return {"feed": check_feed(str(given["feed"]))}
    for names in (("feed",), ("provider", "model")):
        if all(found.name(name) for name in names):
            return {"feed_columns": [found.name(name) for name in names]}
    if folders[:1] == [_FOLDER] and len(folders) > 2:
        return {"feed": check_feed("/".join(folders[1:3]))}
    asked.append(
        "no column 'feed', nor 'provider' and 'model': whose forecasts are they? As `feed: mine/model_1`"
    )
    return {}


def _others(opened: Opened, found: Columns) -> dict[str, str]:
    """Columns of the contract that are neither times of validity, places nor weather."""
    plain = ("grid_latitude", "grid_longitude", "elevation_m", "interval_hours", "weather_code")
    others = {name: name for name in plain if name in opened.names and name in FORECAST.by_name}
    named = {name: found.name(name) for name in ("issue_time", "fetched_at", "latitude", "longitude")}
    return others | {name: column for name, column in named.items() if column is not None}
