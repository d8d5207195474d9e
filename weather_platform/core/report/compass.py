"""One forecast of where the wind comes from, as points on the compass.

Belongs here: the picture of both components together. Does not: choosing the example (see cases), or what the
components say (core.model.joint).
"""

import pandas as pd
from matplotlib.figure import Figure

from weather_platform.core.feed_columns import value_columns
from weather_platform.core.model.joint import directions
from weather_platform.core.quantities.wind import EASTWARD, NORTHWARD
from weather_platform.core.report.cases import example, naive, of_time, title_of
from weather_platform.core.report.style import FEED_COLOR, OURS_COLOR, SMALL, TRUTH_COLOR, panel, png

_LOOKS = {"q50": (OURS_COLOR, 5, "ours"), "observed": (TRUTH_COLOR, 3, "observed")}
_AT = ["location_id", "cycle"]


def newest_direction(seen: pd.DataFrame, variable: str) -> bytes | None:
    """Directions of the example of the eastward wind, by the medians of both components, with the feeds and
    what then happened. None for any other variable, and where no northward wind is beside it. `seen` as
    `cases.with_truth`."""
    chosen = example(seen, EASTWARD) if variable == EASTWARD else None
    if chosen is None:
        return None
    north = seen[seen["variable"] == NORTHWARD].merge(chosen[_AT].drop_duplicates(), on=_AT)
    if north.empty:
        return None
    return png(_drawn(pd.concat([chosen, north], ignore_index=True), title_of(chosen)))


def _drawn(both: pd.DataFrame, title: str) -> Figure:
    figure, axes = panel(title)
    feeds = enumerate(value_columns(both.columns))
    looks = {name: (FEED_COLOR, 3, None if index else "feeds") for index, name in feeds} | _LOOKS
    for by, (color, size, label) in looks.items():
        found = directions(both, by)
        times, degrees = naive(found["valid_time"]), found["wind_direction_deg"]
        axes.plot(times, degrees, "o", color=color, markersize=size, label=label)
    axes.set_yticks(range(0, 361, 90), ["north", "east", "south", "west", "north"])
    axes.set_ylim(-10, 370)
    of_time(axes)
    figure.legend(frameon=False, fontsize=SMALL, loc="outside lower center", ncols=3)
    return figure
