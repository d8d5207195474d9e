"""Rows of a forecast that `weather-platform forecast` is asked for.

Belongs here: which cycle, what is forecast in it, and which place somebody means. Does not: showing them.
"""

from difflib import get_close_matches
from typing import TYPE_CHECKING

from weather_platform.cli.errors import CommandError
from weather_platform.core.partitions import CYCLE
from weather_platform.infra.platform import Platform

if TYPE_CHECKING:
    import pandas as pd

_MOST_NAMED = 12


def read_forecast(
    platform: Platform, cycle: str | None, *, days: bool
) -> "tuple[pd.DataFrame, dict[str, str]]":
    """A cycle's predictions, and what people call its places, by id. Raises CommandError without any."""
    from weather_platform.core.contracts.days import DAILY_PREDICTION
    from weather_platform.core.contracts.learned import PREDICTION
    from weather_platform.core.contracts.truth import LOCATIONS
    from weather_platform.core.report.outlook import called
    from weather_platform.infra.watch.newest import newest_prediction

    newest = newest_prediction(platform).at
    if newest is None:
        raise CommandError(
            f"nothing was predicted yet in {platform.home.where}: run `weather-platform run` first"
        )
    key = cycle or CYCLE.key(newest)
    table, contract = ("daily_predictions", DAILY_PREDICTION) if days else ("predictions", PREDICTION)
    known = key in platform.warehouse.keys(table)
    rows = platform.warehouse.read(table, contract, [key] if known else [])
    if rows.empty and days and key in platform.warehouse.keys("predictions"):
        raise CommandError(f"{key}: no whole day was predicted then; materialize daily_predictions of it")
    if rows.empty:
        raise CommandError(f"{key}: nothing was predicted then; the newest is {CYCLE.key(newest)}")
    return rows, called(platform.warehouse.read("locations", LOCATIONS), set(rows["location_id"]))


def targets_of(rows: "pd.DataFrame", *, days: bool) -> dict[str, list[str]]:
    """What is forecast, and by which names of `variable` in the rows."""
    from weather_platform.core.days.statistics import DAILIES

    found: dict[str, list[str]] = {}
    for name in dict.fromkeys(rows["variable"]):
        found.setdefault(DAILIES[name].target if days else name, []).append(name)
    return found


def place_called(text: str, names: dict[str, str]) -> str:
    """The id of what is called so. Raises CommandError with those that are near."""
    if text in names:
        return text
    wanted = text.casefold()
    ids = {spelling.casefold(): one for one, name in names.items() for spelling in (name, one)}
    so_called = [one for one, name in names.items() if wanted in (name.casefold(), one.casefold())]
    if len(so_called) > 1:
        raise CommandError(
            f"{text}: {len(so_called)} places are called so; give the id of one: {', '.join(so_called)}"
        )
    if so_called:
        return so_called[0]
    near = dict.fromkeys(ids[one] for one in get_close_matches(wanted, ids))
    known = [*names][:_MOST_NAMED] + ["…"] * (len(names) > _MOST_NAMED)
    remedy = f"did you mean {' or '.join(near)}?" if near else f"there are {', '.join(known)}"
    raise CommandError(f"{text}: no place is called so in this cycle; {remedy}")
