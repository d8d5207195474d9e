"""Numbers in an archive that look as if they stood for something else (a missing value, or another scale), or
of which there are several where one is due.

Belongs here: which, and what to tell of them. Does not: leaving them out, since a number may be meant.
"""

import numpy as np
import pandas as pd

from weather_platform.core.evaluate.archive import DETERMINISTIC, KEY

_CODES = (-999.0, -9999.0, -99999.0, -32767.0, -32768.0, 9999.9)
_ROUNDING, _ROUNDED = 0.5, 1e-5
_MOST_NAMES = 5


def codes_in(archive: pd.DataFrame, variable: str) -> list[str]:
    """What to tell of such numbers among a checked archive's forecasts and observations."""
    rows = archive[archive["variable"] == variable]
    told = []
    for name in ("forecast", "observation"):
        found = rows[name][rows[name].isin(_CODES)]
        if len(found):
            told.append(
                f"{variable}: {name} is {found.iloc[0]:g} in {len(found):,} rows, which counts as a value; "
                "leave it empty where nothing is known"
            )
    return told


def shares_beside_per_cent(archive: pd.DataFrame, variable: str) -> list[str]:
    """What to tell of chances that go beyond 1 beside truths that are 0 and 1."""
    rows = archive[archive["variable"] == variable]
    observed, said = rows["observation"].dropna(), rows["forecast"].max()
    if not observed.isin([0.0, 1.0]).all() or not observed.eq(1.0).any() or not said > 1 + _ROUNDING:
        return []
    return [
        f"{variable}: forecasts go up to {said:g}, but observations are 0 and 1: are those per cent and "
        "these shares? Scores are wrong unless both are in one unit"
    ]


def several_in(archive: pd.DataFrame, variable: str) -> list[str]:
    """What to tell of observations of one place and time that differ, and of what a source says of one place
    and time at once that no number of a member tells apart."""
    rows = archive[archive["variable"] == variable]
    told = []
    if len(apart := _apart(rows, ["location_id", "valid_time"], "observation")):
        told.append(
            f"{variable}: {len(apart):,} times of places have several observations, up to "
            f"{apart['apart'].max():.3g} apart: their mean is the truth"
        )
    unnumbered = rows[rows["member"].isna() | (rows["member"] == DETERMINISTIC)]
    if len(apart := _apart(unnumbered, ["source", *KEY], "forecast")):
        names = sorted(apart["source"].unique())
        more = f" and {len(names) - _MOST_NAMES} more" * (len(names) > _MOST_NAMES)
        told.append(
            f"{variable}: {', '.join(names[:_MOST_NAMES])}{more} say several values at once in "
            f"{apart['rows'].sum():,} rows, up to {apart['apart'].max():.3g} apart: their mean counts; "
            "members of an ensemble need their numbers"
        )
    return told


def _apart(rows: pd.DataFrame, key: list[str], column: str) -> pd.DataFrame:
    """Of each key with several values of a column, how far they are `apart`, and its `rows`."""
    # Most archives have none, and to group a million rows takes longer than to see that.
    rows = rows[rows.duplicated(key, keep=False) & rows[column].notna()]
    found = rows.groupby(key)[column].agg(["min", "max", "size"])
    found = found[~np.isclose(found["min"], found["max"], rtol=_ROUNDED)]
    return found.assign(apart=found["max"] - found["min"], rows=found["size"]).reset_index()
