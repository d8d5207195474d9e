"""Forecasts out of dropped files, by cycle.

Belongs here: which part of the table is read for which cycles, and bringing cycles up to date. Does not:
which row stands (core.uploads.feeds), or reading files (core.uploads.forecasts).
"""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from weather_platform.core.contracts.forecast import FORECAST
from weather_platform.core.contracts.uploads import FORECASTS, UPLOADED_FORECAST
from weather_platform.core.partitions import CYCLE

if TYPE_CHECKING:
    import pandas as pd

    from weather_platform.infra.warehouse.base import Warehouse

TABLE = "forecasts/uploaded"
_AT_ONCE = 60  # cycles, which bounds the memory that a long past takes
_TRIES = 20


def rows_of(warehouse: "Warehouse", cycles: Sequence[datetime]) -> "pd.DataFrame":
    """FORECAST rows of these cycles."""
    import pandas as pd

    from weather_platform.core.tables.schema import empty
    from weather_platform.core.uploads.feeds import SPEAKS_FOR, as_feeds

    every = warehouse.expression(FORECASTS, UPLOADED_FORECAST)
    starts, parts = sorted(cycles), [empty(FORECAST)]
    for at in range(0, len(starts), _AT_ONCE):
        batch = starts[at : at + _AT_ONCE]
        window = (every.cycle >= batch[0] - SPEAKS_FOR) & (every.cycle <= batch[-1])
        parts.append(as_feeds(every.filter(window).execute(), batch))
    return pd.concat(parts, ignore_index=True)


def touched(warehouse: "Warehouse", uploads: Sequence[str]) -> list[datetime]:
    """Cycles in which these uploads have a say."""
    from weather_platform.core.uploads.feeds import SPEAKS_FOR

    if not uploads:
        return []
    rows = warehouse.expression(FORECASTS, UPLOADED_FORECAST, sorted(uploads))
    own = [time.to_pydatetime() for time in rows.select("cycle").distinct().execute()["cycle"]]
    steps = range(int(SPEAKS_FOR / CYCLE.length) + 1)
    return sorted({time + step * CYCLE.length for time in own for step in steps})


def bring_up_to_date(warehouse: "Warehouse", cycles: Sequence[datetime]) -> None:
    """Make these cycles again from the uploads that are stored.

    Several runs may do so at once. Whoever finds that uploads came while it was at it does it again, so that
    whoever writes last has seen all of them. Raises RuntimeError where they never cease to come.
    """
    keys = [CYCLE.key(cycle) for cycle in sorted(cycles)]
    if not keys:
        return
    for _ in range(_TRIES):
        before = stored(warehouse)
        warehouse.replace(TABLE, FORECAST, rows_of(warehouse, cycles), keys)
        if stored(warehouse) == before:
            return
    raise RuntimeError(f"{FORECASTS}: changed {_TRIES} times while {TABLE} was made of it; run this again")


def stored(warehouse: "Warehouse") -> dict[str, str]:
    """What tells whether uploads came, went or were corrected: taken before they are read, and again when
    what was made of them is stored.
    """
    return warehouse.versions(FORECASTS)
