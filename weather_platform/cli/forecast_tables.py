"""The tables of `weather-platform forecast`.

Belongs here: headings, rows and what stands below. Does not: which forecast it is (see forecast), or what
stands in a cell (core.report.outlook).
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from rich.markup import escape

from weather_platform.cli.ranking import plain_table
from weather_platform.core.quantities.shown import System, shown
from weather_platform.core.quantities.variables import ACCUMULATED

if TYPE_CHECKING:
    import pandas as pd
    from rich.table import Table


def hours_table(rows: "pd.DataFrame", variables: Sequence[str], zone: ZoneInfo, units: System) -> "Table":
    """One place, a line a valid time in `zone`."""
    import pandas as pd

    from weather_platform.core.report.outlook import by_hour

    cells = by_hour(rows, variables, units)
    headings = [_heading(units, *column) for column in cells.columns.to_list()]
    table = plain_table("", headings, first=f"time\n{zone.key}")
    times = pd.DatetimeIndex(cells.index).tz_convert(zone)
    for time, line in zip(times, cells.itertuples(index=False), strict=True):
        table.add_row(f"{time:%a %d %H:%M}", *line)
    return table


def places_table(
    rows: "pd.DataFrame", variables: Sequence[str], names: dict[str, str], units: System
) -> "Table":
    """The day ahead, a line a place, by what `names` call it."""
    from weather_platform.core.report.outlook import day_ahead

    cells = day_ahead(rows, variables, units)
    headings = [
        _heading(units, name, "chance" if name in ACCUMULATED else "median") for name in cells.columns
    ]
    table = plain_table("", headings, first="place")
    for place, line in zip(cells.index, cells.itertuples(index=False), strict=True):
        table.add_row(escape(names[place]), *line)
    return table


def _heading(units: System, variable: str, what: str) -> str:
    if not variable:
        return ""
    one = shown(variable, units)
    lines = {"median": f"{one.name}\n{one.unit}", "chance": "chance\n≥ 0.1 mm"}
    return lines.get(what, f"{what}\n{one.unit}")


def made_by(rows: "pd.DataFrame", variables: Mapping[str, Sequence[str]]) -> str:
    """Which model each of `variables` is of, which stand in the rows by these names."""
    from weather_platform.core.model.predictions import FALLBACK

    told = rows[~rows["degraded"]].groupby("variable", observed=True)["model_version"].unique()
    by: dict[str, list[str]] = {}
    for name, called in variables.items():
        versions = dict.fromkeys(one for each in called for one in told.get(each, []))
        models = ["the blend" if one == FALLBACK else f"model {one}" for one in versions]
        by.setdefault(" and ".join(sorted(models)) or "the past alone", []).append(name)
    return "; ".join(f"{', '.join(names)} by {made}" for made, names in by.items()) + "."
