"""What the platform can train, predict and verify: a line a target, with all that is known of it beforehand.

Belongs here: facts of single targets. Does not: arithmetic with them, or which of them a deployment
forecasts: that is its setting `WEATHER_TARGETS`, handed to whatever works on several as `variables`, since
each costs time in every stage.
"""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple

from weather_platform.core.quantities import wind

if TYPE_CHECKING:
    import ibis

# Of core.model.distributions. Censored: what lies beyond a bound is gathered there, as dry hours are at 0 mm.
Family = Literal["normal", "truncated_normal", "censored_normal", "censored_logistic"]
Statistic = Literal["min", "max", "mean", "sum"]  # of a day's values


class Range(NamedTuple):
    """Lowest and highest value that can be."""

    floor: float = -math.inf
    ceiling: float = math.inf


ANY, POSITIVE, FRACTION = Range(), Range(0.0), Range(0.0, 1.0)


@dataclass(frozen=True)
class Rule:
    """When a feed is off: its offset from the other providers is more than `allowed`. `ratio` compares sums
    of amounts (ln) instead of differences, and then only where the consensus sums to `enough` at least.
    `everywhere`: every feed serves it, so that a feed without it is at fault.
    """

    allowed: float
    ratio: bool = False
    enough: float = 0.0
    everywhere: bool = False


@dataclass(frozen=True)
class Target:
    """`label` as people read it, with the unit. `unknown_error`: to expect before anything is known, about
    what raw models show at stations; 0 for what errs in proportion. `rule` of the feeds' health; `watched`:
    judged whether it is forecast or not, since it tells of the feed. `daily`: what is said of its whole days.

    `at_least` names the target whose quantiles are never above this one's in any row. What no provider serves
    is made by `derive` of the contract's `columns`, on rows of forecasts and of observations alike; the first
    of them is what goes missing where a feed is not believed.
    """

    name: str
    label: str
    range: Range
    family: Family
    unknown_error: float
    rule: Rule
    watched: bool = False
    daily: tuple[Statistic, ...] = ("min", "max", "mean")
    at_least: str | None = None
    columns: tuple[str, ...] = ()
    derive: "Callable[[ibis.Table], ibis.Value] | None" = None

    @property
    def made_of(self) -> tuple[str, ...]:
        """Columns of FORECAST and OBSERVATION that it is read from."""
        return self.columns or (self.name,)

    @property
    def continuous(self) -> bool:
        """Whether no single value has a chance of its own, as 0 mm and a clear sky have."""
        return not self.family.startswith("censored")


# Rules are wider than any feed's real bias over a panel, narrower than a wrong unit: °F for °C is 10 K off
# even at −27 °C, knots for m/s are ln 1.94 = 0.66, inches for mm are ln 25 = 3.2, half a sky taken for half a
# percent is 0.5 off. Components of a wind that blows the wrong way are off by twice the prevailing one.
_WIND = Rule(0.5, ratio=True, enough=30.0, everywhere=True)
_GUST = Rule(0.6, ratio=True, enough=30.0)  # of ten minutes here, of an hour there
_RAIN = Rule(1.6, ratio=True, enough=20.0)
_VECTOR = ("wind_direction_deg", "wind_speed_m_s")
_ALL = (
    Target("temperature_c", "Temperature, °C", ANY, "normal", 2.0, Rule(10.0, everywhere=True), watched=True),
    Target("dew_point_c", "Dew point, °C", ANY, "normal", 2.0, Rule(12.0), watched=True),
    Target(
        "relative_humidity",
        "Relative humidity, 0-1",
        FRACTION,
        "censored_normal",
        0.12,
        Rule(0.35),
        watched=True,
    ),
    Target("pressure_msl_hpa", "Pressure at sea level, hPa", ANY, "normal", 1.5, Rule(20.0), watched=True),
    Target(
        "wind_speed_m_s",
        "Wind speed, m/s",
        POSITIVE,
        "truncated_normal",
        1.5,
        _WIND,
        watched=True,
        daily=("max", "mean"),
    ),
    Target(
        "precipitation_mm",
        "Precipitation in 3 h, mm",
        POSITIVE,
        "censored_logistic",
        0.0,
        _RAIN,
        watched=True,
        daily=("sum",),
    ),
    Target(
        "wind_gust_m_s",
        "Wind gust, m/s",
        POSITIVE,
        "truncated_normal",
        2.5,
        _GUST,
        daily=("max",),
        at_least="wind_speed_m_s",
    ),
    Target("cloud_cover", "Cloud cover, 0-1", FRACTION, "censored_normal", 0.3, Rule(0.4), daily=("mean",)),
    Target(
        "wind_eastward_m_s",
        "Eastward wind, m/s",
        ANY,
        "normal",
        2.0,
        Rule(4.0),
        daily=("mean",),
        columns=_VECTOR,
        derive=wind.eastward,
    ),
    Target(
        "wind_northward_m_s",
        "Northward wind, m/s",
        ANY,
        "normal",
        2.0,
        Rule(4.0),
        daily=("mean",),
        columns=_VECTOR,
        derive=wind.northward,
    ),
)

KNOWN: dict[str, Target] = {target.name: target for target in _ALL}
# What a deployment forecasts that says nothing of it.
DEFAULT_TARGETS: tuple[str, ...] = ("temperature_c", "wind_speed_m_s", "precipitation_mm")


def judged(variables: Iterable[str]) -> tuple[str, ...]:
    """Names of what feeds are judged by where `variables` are forecast, in the registry's order."""
    wanted = set(variables)
    return tuple(name for name, target in KNOWN.items() if target.watched or name in wanted)


def columns_of(variables: Iterable[str]) -> tuple[str, ...]:
    """Columns of FORECAST and OBSERVATION that `variables` are made of, each once."""
    return tuple(dict.fromkeys(column for name in variables for column in KNOWN[name].made_of))
