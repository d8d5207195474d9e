"""What is told of rows from before the platform's first day, of which no partition is made.

Belongs here: their number and the remedy, for people to read. Does not: looking through a run's files
(defs.upload_checks). Such rows are kept and right, and nothing downstream ever asks for them.
"""

from datetime import date

import pandas as pd


def too_early(times: "pd.Series[pd.Timestamp]", first_day: date) -> str:
    """A note on those of `times` (UTC) that are before `first_day`; empty where none is."""
    early = times[times < pd.Timestamp(first_day, tz="UTC")]
    if early.empty:
        return ""
    return (
        f"{len(early)} of {len(times)} are from before WEATHER_FIRST_DAY ({first_day}), and used by nothing: "
        f"set it to {early.min():%Y-%m-%d} or earlier, and materialize those days, to have them used"
    )
