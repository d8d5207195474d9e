"""What a wire format is asked and what it answers, and the small things that all of them do alike."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Protocol

import numpy as np
import orjson

from weather_platform.sandbox.feeds import Feed
from weather_platform.sandbox.forecast import BEFORE_RUN_HOURS
from weather_platform.sandbox.panel import Spot
from weather_platform.sandbox.simulation import Simulation

TEMPERATURES = ("temperature_c", "dew_point_c", "apparent_temperature_c")
FIRST_YEAR, LAST_YEAR = 1990, 2100  # what the simulated world spans
JSON = "application/json; charset=utf-8"
_DROP, _SPACES = 8, b" " * (1 << 20)


@dataclass(frozen=True)
class Ask:
    """One request. `path` is what follows the provider's prefix; `now` is the simulated clock, Unix seconds.

    `shift_degrees` moves every coordinate asked for: the fault by which a provider answers for the wrong
    place.
    """

    path: str
    params: Mapping[str, str]
    headers: Mapping[str, str]
    now: float
    shift_degrees: float = 0.0


@dataclass(frozen=True)
class Reply:
    """What goes back: status, body as served, content type.

    `padding_bytes` of spaces follow the body; `drip_seconds` is a pause after every few bytes of it.
    """

    status: int
    body: bytes
    content_type: str = JSON
    headers: dict[str, str] = field(default_factory=dict)
    padding_bytes: int = 0
    drip_seconds: float = 0.0

    def pieces(self) -> Iterator[bytes]:
        """The body as it is sent."""
        if self.drip_seconds:
            yield from (self.body[at : at + _DROP] for at in range(0, len(self.body), _DROP))
        else:
            yield self.body
        for left in range(self.padding_bytes, 0, -len(_SPACES)):
            yield _SPACES[:left]


def json_reply(content: Any, status: int = 200, content_type: str = JSON) -> Reply:
    """A reply of JSON; numpy arrays are written as lists and NaN as null."""
    return Reply(status, orjson.dumps(content, option=orjson.OPT_SERIALIZE_NUMPY), content_type)


def spot_of(ask: Ask, simulation: Simulation, latitude: str | None, longitude: str | None) -> Spot | None:
    """The spot for coordinates given as text, or None where they are not a coordinate in degrees."""
    try:
        degrees = float(latitude or ""), float(longitude or "")
    except ValueError:
        return None
    if not (abs(degrees[0]) <= 90 and abs(degrees[1]) <= 180):
        return None
    if ask.shift_degrees:
        degrees = (degrees[0] - np.sign(degrees[0] or 1) * ask.shift_degrees, degrees[1])
    return simulation.panel.spot(*degrees)


class Columns(Protocol):
    """Values by contract column, NaN if missing."""

    def __getitem__(self, name: str) -> np.ndarray: ...


class Series:
    """A feed's forecast at one spot on chosen hours (numbers since 1970); contract units, NaN if missing."""

    def __init__(self, simulation: Simulation, feed: Feed, ask: Ask, spot: Spot, hours: np.ndarray) -> None:
        # The six hours beyond serve accumulations that begin at the last valid hour.
        self.run, self._weather = simulation.forecast(feed, ask.now, int(hours[-1]) + 7)
        self.hours, self.spot = hours, spot
        self.rows = hours - (self.run - BEFORE_RUN_HOURS)

    def __getitem__(self, name: str) -> np.ndarray:
        values = self._weather[name][:, self.spot.index].take(self.rows)
        return values + self.spot.temperature_offset_k if name in TEMPERATURES else values

    def sum_before(self, name: str, hours: int) -> np.ndarray:
        """Sum of the `hours` hourly values that end at each valid hour."""
        column = self._weather[name][:, self.spot.index]
        return np.add.reduce([column[self.rows - back] for back in range(hours)])

    def sum_after(self, name: str, hours: int) -> np.ndarray:
        """Sum of the `hours` hourly values that follow each valid hour."""
        column = self._weather[name][:, self.spot.index]
        return np.add.reduce([column[self.rows + ahead] for ahead in range(1, hours + 1)])

    def chance(self, hours: int, ahead: bool = False) -> np.ndarray:
        """Chance (0-1) of precipitation in `hours` hours that end (with `ahead`: begin) at each hour."""
        column = self._weather["precipitation_probability"][:, self.spot.index]
        steps = range(1, hours + 1) if ahead else range(-hours + 1, 1)
        # Neighbouring hours are wet together: the dry chances multiply with an exponent below one.
        dry = np.multiply.reduce([(1 - column[self.rows + step]) ** 0.5 for step in steps])
        return np.asarray(1 - np.minimum(dry, 1 - column[self.rows]))


def rounded(values: np.ndarray, digits: int) -> list[float | None]:
    """Python floats rounded to `digits`, None where missing."""
    listed: list[float | None] = values.round(digits).tolist()
    for index in np.isnan(values).nonzero()[0].tolist():
        listed[index] = None
    return listed


def whole(values: np.ndarray) -> list[int | None]:
    """Python ints, None where missing."""
    missing = np.isnan(values)
    listed: list[int | None] = np.rint(np.where(missing, 0, values)).astype(np.int64).tolist()
    for index in missing.nonzero()[0].tolist():
        listed[index] = None
    return listed


def utc_text(hours: np.ndarray, form: str) -> list[str]:
    """Hour numbers as UTC text by a strftime format. The list is shared: never write to it."""
    return _utc_text(tuple(hours.tolist()), form)


@lru_cache(maxsize=256)  # every place of a cycle is asked for the same hours
def _utc_text(hours: tuple[int, ...], form: str) -> list[str]:
    return [datetime.fromtimestamp(hour * 3600, UTC).strftime(form) for hour in hours]


def zone_hours(longitude: float) -> int:
    """Offset of the simulated local time from UTC: whole hours by longitude, no daylight saving."""
    return round(longitude / 15)
