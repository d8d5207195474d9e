"""What a user says about a file of observations, so that its rows can be read: a small YAML file.

Belongs here: the fields, their defaults and their meaning. Does not: the rules of a
field (mapping_rules), the file (mapping_file), or rows (upload).

    source: xema                    # name of the truth, as it will stand in `source`
    format: long                    # one reading per row; `wide` is one column per variable
    code_column: codi_variable      # long only: what is measured ...
    value_column: valor_lectura     # ... and its value
    time: {column: data_lectura, zone: UTC}
    label: start                    # the stamp is the start of its averaging interval; `end` is the default,
                                    # but of days at midnight, where it must be said
    interval: 30min                 # 1h by default
    stations:                       # or {latitude: lat, longitude: lon, within_km: 25}: the nearest point
      column: codi_estacio          # without: the file is one station; without `table`: location ids
      table: {Z1: {latitude: 42.65, longitude: 0.98, locations: [baqueira_2000]}}
    variables:
      temperature_c: {from: 32, unit: °C, hourly: around}
    quality: {column: codi_estat, map: {V: good, N: reject}, otherwise: unchecked}
    missing: [-999]                 # values that mean "no value", for every variable
    delay_hours: 2                  # how long after its time a row is known

Every scalar is read as text first, so that codes keep their zeros and `N` is a letter, not "no".
"""

from collections import Counter
from datetime import timedelta
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from weather_platform.core.observations.mapping_rules import (
    HOUR,
    Hourly,
    check_interval,
    check_variable,
    default_hourly,
    duration,
    zone,
)

Quality = Literal["good", "suspect", "unchecked", "reject"]


Duration = Annotated[timedelta, BeforeValidator(duration)]
Zone = Annotated[str, AfterValidator(zone)]


class StrictModel(BaseModel):
    """Fields that are not known are refused: they are spelling mistakes."""

    # What was written, however long, is no part of a message: the field's name and the rule are.
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True, hide_input_in_errors=True)


class Csv(StrictModel):
    """How the text is laid out. `skip_rows` counts lines before the header.

    `quoted` says whether fields may stand in double quotes, `one_line_rows` that a row is always one line:
    then a quote that does not close spoils its own line and not the rest of the file. Set it to false for
    files whose quoted fields hold line breaks.
    """

    delimiter: str = Field(",", min_length=1, max_length=1)
    decimal: Literal[".", ","] = "."
    encoding: str = "utf-8"
    skip_rows: int = Field(0, ge=0, le=10_000)
    quoted: bool = True
    one_line_rows: bool = True


class Time(StrictModel):
    """Where the time stands: one column, or several that are joined by a space.

    `zone` is that of stamps without an offset; stamps with one keep it. `format` is one of strptime, or
    `unix` or `unix_ms`; ISO 8601 by default. `repeated_hour` says what to do with the local hour that comes
    twice when clocks go back: set it aside, or, for files in time order, take the first as summer time and
    the second as winter time.
    """

    column: str | list[str]
    zone: Zone | None = None
    format: str | None = Field(None, max_length=100)
    repeated_hour: Literal["quarantine", "in_order"] = "quarantine"

    @property
    def columns(self) -> list[str]:
        return [self.column] if isinstance(self.column, str) else self.column


class Station(StrictModel):
    """One station: where it stands (optional, for the distance) and the places that it is truth for."""

    locations: list[str] = Field(min_length=1)
    latitude: float | None = Field(None, ge=-90, le=90)
    longitude: float | None = Field(None, ge=-180, le=180)

    @model_validator(mode="after")
    def _both_or_none(self) -> "Station":
        if (self.latitude is None) != (self.longitude is None):
            raise ValueError("give latitude and longitude together, or neither")
        return self


class Stations(StrictModel):
    """Which station a row is of. Without `table` the column holds location ids; without `column` the file
    is one station.

    Or `latitude` and `longitude` name columns (degrees): then the point that is nearest to a place is its
    station, if it is within `within_km`.
    """

    column: str | None = None
    table: dict[str, Station] | None = None
    latitude: str | None = None
    longitude: str | None = None
    within_km: float = Field(25.0, gt=0, le=500)

    @model_validator(mode="after")
    def _enough(self) -> "Stations":
        if (self.latitude is None) != (self.longitude is None):
            raise ValueError("name the columns of latitude and longitude together, or neither")
        if self.latitude is not None:
            if self.column is not None or self.table is not None:
                raise ValueError("latitude and longitude say where rows are; leave column and table out")
            return self
        if self.column is None and len(self.table or {}) != 1:
            raise ValueError("without `column` the file is one station: give a `table` with exactly one")
        places = Counter(place for station in (self.table or {}).values() for place in station.locations)
        if twice := sorted(place for place, times in places.items() if times > 1):
            raise ValueError(f"{', '.join(twice)}: a place has one station in a mapping; choose the nearest")
        return self


class Variable(StrictModel):
    """Where one variable comes from (column name, or code in a long file), its unit, and how hours are made
    of it.

    `hourly`, of readings more frequent than hourly: `last` (the reading that ends on the hour), `around`
    (the mean of the readings that end and begin on the hour, nearest to the value at it), `mean`, `max` or
    `sum` of the hour that ends there. Where a part of an hour is missing, the hour is.
    """

    source: str = Field(alias="from")
    unit: str
    hourly: Hourly | None = None
    missing: list[str] = []


class QualityMap(StrictModel):
    """The file's quality marks in our words. `reject` leaves the reading out, counted."""

    column: str
    map: dict[str, Quality]
    otherwise: Quality = "unchecked"


class Mapping(StrictModel):
    """Everything that is known about a file besides its bytes; see the module for an example."""

    source: str = Field(pattern=r"^[a-z0-9][a-z0-9_.-]{0,60}$")
    format: Literal["wide", "long"]
    code_column: str | None = None
    value_column: str | None = None
    time: Time
    label: Literal["start", "end"] = "end"
    interval: Duration = HOUR
    snap: Duration = timedelta(0)
    stations: Stations
    variables: dict[str, Variable] = Field(min_length=1)
    quality: QualityMap | None = None
    missing: list[str] = []
    delay_hours: float = Field(2.0, ge=0, le=24 * 366)
    csv: Csv = Csv()

    @model_validator(mode="after")
    def _consistent(self) -> "Mapping":
        _check_layout(self)
        check_interval(self.interval, self.snap)
        for name, variable in self.variables.items():
            check_variable(name, variable.unit, variable.hourly, self.interval)
        return self

    def hourly(self, column: str) -> Hourly:
        """How an hour of this variable is made of its readings."""
        return self.variables[column].hourly or default_hourly(column)


def _check_layout(mapping: Mapping) -> None:
    named = [name for name in ("code_column", "value_column") if getattr(mapping, name) is not None]
    if mapping.format == "long" and len(named) < 2:
        raise ValueError("format long needs code_column and value_column")
    if mapping.format == "wide" and named:
        raise ValueError(f"format wide has no {named[0]}; remove it, or write format: long")
