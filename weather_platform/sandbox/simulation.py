"""One simulated world with everything that is said about it: the object that every wire format reads from."""

from collections import OrderedDict

from weather_platform.sandbox.errors import ErrorModel
from weather_platform.sandbox.feeds import Feed
from weather_platform.sandbox.forecast import run_at, simulate
from weather_platform.sandbox.panel import Panel
from weather_platform.sandbox.world import Weather, World

_CACHED_FORECASTS = 48
# How far a forecast is simulated: most requests end within the first, MET Norway's within the second.
_LENGTHS_HOURS = (192, 240, 408)


class Simulation:
    """Truth and forecasts for one panel and seed. Holds caches, no clock."""

    def __init__(self, panel: Panel, seed: int) -> None:
        self.panel, self.seed = panel, seed
        self.world = World(panel, seed)
        self.errors = ErrorModel(panel, seed)
        self._forecasts: OrderedDict[tuple[Feed, int, int], Weather] = OrderedDict()

    def forecast(self, feed: Feed, now: float, until: int) -> tuple[int, Weather]:
        """The newest run's hour number at `now` (Unix seconds), and its forecast to hour `until` at least.

        The arrays start at run − 36 h; see `forecast.simulate`. They are shared: never write to them.
        """
        run = run_at(now)
        hours = next((length for length in _LENGTHS_HOURS if until - run <= length), _LENGTHS_HOURS[-1])
        key = (feed, run, hours)
        if key in self._forecasts:
            self._forecasts.move_to_end(key)
        else:
            self._forecasts[key] = simulate(self.world, self.errors, self.seed, feed, run, until_lead=hours)
            if len(self._forecasts) > _CACHED_FORECASTS:
                self._forecasts.popitem(last=False)
        return run, self._forecasts[key]
