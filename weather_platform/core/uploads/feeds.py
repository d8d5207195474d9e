"""Dropped forecasts as what each cycle's feeds say.

Belongs here: which file's row stands, and how long a file speaks. Does not: reading files
(core.uploads.forecasts).

A provider is asked at every cycle, and answers with its newest run. A feed of files cannot be asked: at a
cycle that no file was made in, it says what its newest file of the day before said, as known at the cycle's
start. That is never before the file was there, so nothing is known early, and the lead is counted from then.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

import numpy as np
import pandas as pd

from weather_platform.core.contracts.forecast import FORECAST
from weather_platform.core.partitions import CYCLE
from weather_platform.core.tables.schema import conform

# A feed that is made once a day speaks in every cycle.
SPEAKS_FOR = timedelta(hours=24)
_RUN = ["feed", "location_id", "cycle"]


def as_feeds(rows: pd.DataFrame, cycles: Sequence[datetime]) -> pd.DataFrame:
    """FORECAST rows of these cycles, from UPLOADED_FORECAST rows of them and of `SPEAKS_FOR` before the
    first.

    Of rows with one key the newest fetched stands; of those fetched at once, that of the last upload.
    """
    standing = _standing(rows)
    said = standing.merge(_speaking(standing, cycles), on=_RUN)
    later = said["at"] > said["cycle"]
    fetched = said["fetched_at"].where(~later, said["at"])
    lead = (said["valid_time"] - fetched).dt.total_seconds() / 3600
    said = said.assign(cycle=said["at"], fetched_at=fetched, lead_hours=lead)
    return conform(said.loc[lead >= 0, list(FORECAST.column_names)], FORECAST).reset_index(drop=True)


def _standing(rows: pd.DataFrame) -> pd.DataFrame:
    ordinal = rows["upload"].str.rpartition("@")[2] if len(rows) else rows["upload"]
    ordered = rows.assign(ordinal=ordinal).sort_values(["fetched_at", "ordinal"], kind="stable")
    return ordered.drop_duplicates(list(FORECAST.key), keep="last")


def _speaking(standing: pd.DataFrame, cycles: Sequence[datetime]) -> pd.DataFrame:
    """For each feed, place and cycle `at` the newest cycle of which it has a file."""
    runs = standing[_RUN].drop_duplicates()
    steps = range(int(SPEAKS_FOR / CYCLE.length) + 1)
    spoken = pd.concat([runs.assign(at=runs["cycle"] + step * CYCLE.length) for step in steps])
    wanted = np.isin(
        spoken["at"].to_numpy("datetime64[us]"),
        pd.DatetimeIndex(list(cycles)).tz_convert("UTC").tz_localize(None).to_numpy("datetime64[us]"),
    )
    return spoken[wanted].sort_values("cycle").drop_duplicates(["feed", "location_id", "at"], keep="last")
