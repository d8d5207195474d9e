"""How simulated forecasts are wrong: error fields over run, lead and place, and biases that shift.

An error is sqrt(a) common + sqrt(.6(1-a)) family + sqrt(.4(1-a)) own, with the common share a growing with
lead, times a standard deviation that grows with lead. Each part rotates (cosine and sine) through layers of
fields in valid time as the lead grows, one layer per 24 h, so that successive runs agree on an hour's error
but drift apart. All of a place's errors swell and shrink together with one slow volatility, which gives the
tails of a t with about 6 d.o.f.
"""

from functools import lru_cache

import numpy as np

from weather_platform.sandbox.climate import solar_hour, year_angle
from weather_platform.sandbox.feeds import CHANNELS, COMPONENTS, FEEDS, Feed, components_of
from weather_platform.sandbox.noise import Field, FieldBank, generator
from weather_platform.sandbox.panel import Panel

STEP_HOURS = 3
FAMILY_SHARE = 0.6
LAYERS = 6
_LAYER_HOURS = 24
_LEADS = (0, 6, 24, 48, 72, 96, 120, 168, 240)
_GROWTH = (0.55, 0.72, 0.90, 1.05, 1.25, 1.50, 1.80, 2.50, 3.60)
_COMMON_SHARE = ((0, 24, 72, 240), (0.42, 0.46, 0.55, 0.70))
_VOLATILITY = 0.4


def error_growth(feed: Feed, lead_hours: np.ndarray) -> np.ndarray:
    """Standard deviation of a feed's error relative to its value at about one day, by lead from the run."""
    return np.asarray(np.interp(lead_hours, _LEADS, _GROWTH) ** feed.growth)


def common_share(lead_hours: np.ndarray) -> np.ndarray:
    """Share a of error variance that all feeds have in common."""
    return np.interp(lead_hours, *_COMMON_SHARE)


def temperature_sigma_k(
    feed: Feed, lead_hours: np.ndarray, hours: np.ndarray, latitude: np.ndarray
) -> np.ndarray:
    """Error SD without volatility, K, (hours, places): grows with lead and latitude, +20 % in winter."""
    by_place = np.interp(np.abs(latitude), (0, 45, 90), (0.55, 0.95, 1.15))
    winter = 1 + 0.2 * np.cos(year_angle(hours, latitude))
    return np.asarray(feed.sigma_k * error_growth(feed, lead_hours)[:, None] * by_place * winter)


def wind_sigma(feed: Feed, lead_hours: np.ndarray) -> np.ndarray:
    """Error SD of the square root of wind speed without volatility, (m/s)^½: it grows more slowly."""
    return np.asarray(feed.wind_sigma * error_growth(feed, lead_hours) ** 0.8)


class ErrorModel:
    """Unit errors by channel, volatility, and biases, for any feed and hours."""

    def __init__(self, panel: Panel, seed: int) -> None:
        self._panel, self._seed = panel, seed
        layers = [_field(component) for _ in CHANNELS for component in COMPONENTS for _ in range(LAYERS)]
        self._bank = FieldBank(seed, "errors", panel, [*layers, Field(500, 24, 3)], STEP_HOURS)
        own = [generator(seed, "bias", key).standard_normal((len(FEEDS), 5)) for key in panel.keys]
        self._own = np.stack(own, axis=-1)
        station = [generator(seed, "station", key).standard_normal(3) for key in panel.keys]
        self._shared = np.stack(station, axis=-1)
        self._regimes = [generator(seed, "regime", i).uniform((60, 0), (90, 90)) for i in range(len(FEEDS))]
        self._shift = lru_cache(maxsize=256)(self._make_shift)

    def volatility(self, start: int, hours: int) -> np.ndarray:
        """Factor on all errors, mean square 1, hourly from hour number `start`: (hours, places)."""
        steps = hours // STEP_HOURS + 1
        calm = self._bank.window(start, steps)[:, -1].astype(np.float64)
        return _hourly(np.exp(_VOLATILITY * calm - _VOLATILITY**2), hours)

    def unit(self, feed: Feed, run: int, start: int, hours: int) -> dict[str, np.ndarray]:
        """Unit errors by channel, hourly from hour number `start` (a multiple of 3): (hours, places)."""
        steps = hours // STEP_HOURS + 1
        window = self._bank.window(start, steps)[:, :-1]
        layered = window.reshape(steps, len(CHANNELS), len(COMPONENTS), LAYERS, len(self._panel))
        lead = np.maximum(start + STEP_HOURS * np.arange(steps) - run, 0)
        layer, angle = lead // _LAYER_HOURS, (np.pi / 2) * (lead % _LAYER_HOURS) / _LAYER_HOURS
        cosine, sine = np.cos(angle)[:, None, None], np.sin(angle)[:, None, None]
        step = np.arange(steps)
        total = np.zeros((steps, len(CHANNELS), len(self._panel)))
        for component, weight in zip(components_of(feed), _weights(lead), strict=True):
            near = layered[step, :, component, layer % LAYERS]
            far = layered[step, :, component, (layer + 1) % LAYERS]
            total += weight[:, None, None] * (cosine * near + sine * far)
        hourly = _hourly(total, hours)
        return {name: hourly[:, index] for index, name in enumerate(CHANNELS)}

    def temperature_bias_k(self, feed: Feed, hours: np.ndarray) -> np.ndarray:
        """Station, regime, diurnal and seasonal bias of temperature, K, (hours, places)."""
        own = self._own[FEEDS.index(feed)]
        local = solar_hour(hours, self._panel.longitude)
        by_hour = np.cos(2 * np.pi * (local - 15 - 3 * own[2]) / 24)
        by_season = np.cos(year_angle(hours, self._panel.latitude))
        shift = self._shift(feed, self._regime(feed, int(hours[0])))[0]
        station = feed.bias_k * _mixed(self._shared[0], own[0], shift)
        diurnal = feed.diurnal_k * (0.6 * self._shared[1] + 0.8 * own[1])
        return np.asarray(station + diurnal * by_hour + feed.season_k * own[3] * by_season)

    def wind_factor(self, feed: Feed, hour: int) -> np.ndarray:
        """Factor of the square root of wind speed, by place."""
        own = self._own[FEEDS.index(feed)]
        shift = self._shift(feed, self._regime(feed, hour))[1]
        return np.exp(0.5 * feed.wind_bias * _mixed(self._shared[2], own[4], shift))

    def _regime(self, feed: Feed, hour: int) -> int:
        """Number of the regime of an hour; each feed changes at its own times, every 60 to 90 days."""
        length, phase = self._regimes[FEEDS.index(feed)]
        return int((hour / 24 + phase) // length)

    def _make_shift(self, feed: Feed, regime: int) -> np.ndarray:
        """Unit shifts of bias, (temperature and wind, places): partly the feed's, partly the place's."""
        index = FEEDS.index(feed)
        shared = generator(self._seed, "shift", index, regime).standard_normal((2, 1))
        own = [
            generator(self._seed, "shift", index, regime, key).standard_normal(2) for key in self._panel.keys
        ]
        return np.asarray(0.6 * shared + 0.8 * np.stack(own, axis=-1))


def _field(component: str) -> Field:
    """Own errors are short-lived and local, shared ones last a day and reach further."""
    return Field(150, 10) if "/" in component else Field(330, 30)


def _mixed(station: np.ndarray, own: np.ndarray, shift: np.ndarray) -> np.ndarray:
    """Unit bias: what all feeds get wrong at a station, what a feed always does, and its regime."""
    return np.asarray(0.55 * station + 0.64 * own + 0.53 * shift)


def _weights(lead: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    share = common_share(lead)
    return np.sqrt(share), np.sqrt(FAMILY_SHARE * (1 - share)), np.sqrt((1 - FAMILY_SHARE) * (1 - share))


def _hourly(values: np.ndarray, hours: int) -> np.ndarray:
    """Hours between 3-hourly steps, by straight lines along the first axis."""
    index, part = np.divmod(np.arange(hours), STEP_HOURS)
    weight = (part / STEP_HOURS).reshape(-1, *(1,) * (values.ndim - 1))
    following = np.minimum(index + 1, len(values) - 1)
    return np.asarray((1 - weight) * values[index] + weight * values[following])
