"""Numbers in an archive that look as if they stood for a missing value.

Belongs here: which, and what to tell of them. Does not: leaving them out, since a number may be meant.
"""

import pandas as pd

_CODES = (-999.0, -9999.0, -99999.0, -32767.0, -32768.0, 9999.9)


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
