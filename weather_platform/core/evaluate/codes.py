"""Numbers in an archive that look as if they stood for something else: a missing value, or another scale.

Belongs here: which, and what to tell of them. Does not: leaving them out, since a number may be meant.
"""

import pandas as pd

_CODES = (-999.0, -9999.0, -99999.0, -32767.0, -32768.0, 9999.9)
_ROUNDING = 0.5


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
