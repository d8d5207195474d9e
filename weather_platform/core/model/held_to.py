"""Which baselines a model must beat to serve, by how many of the rows they answer for.

Belongs here: that rule, the same for a first model and for a challenger. Does not: scores (see evidence and
contest), or what is asked beside the champion (see promotion).

A feed may answer for one country, for two days of lead, or for a single row. Of a few rows chance decides who
is better, and one dry hour of a feed that said 0 mm would keep any model of rain from serving.
"""

import pandas as pd

from weather_platform.core.scoring.differences import FEWEST_DAYS

# Fewer rows, as days fewer than a bootstrap needs, say nothing that could be told from chance.
FEWEST_ROWS = 100
# What would be said without a model: these it must beat, however much they answer for.
_INSTEAD = ("equal_weight", "bias_corrected", "emos", "fallback")
_MUST_BE_SIGNIFICANT = ("equal_weight", "bias_corrected")
_WHOLE, _LEAST = 0.9, 0.05  # shares of all rows: to be beaten outright, to count at all


def split(baselines: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Of baselines (indexed by method, with `n` and `days`), those that answer for the rows and must be
    beaten, and those that answer for a part of them and may not be significantly better. Who answers for
    too little is in neither."""
    share = baselines["n"] / baselines["n"].max()
    whole = (share >= _WHOLE) | baselines.index.isin(_INSTEAD)
    told = (baselines["n"] >= FEWEST_ROWS) & (baselines["days"] >= FEWEST_DAYS) & (share >= _LEAST)
    return baselines[whole], baselines[told & ~whole]


def refused(baselines: pd.DataFrame) -> str:
    """Why a model of these `difference`, `low` and `high` may not serve, in words; empty where it may. What
    is NaN speaks for nobody, and so against it."""
    whole, part = split(baselines)
    if worse := _names(whole[~(whole["difference"] < 0)]):
        return f"CRPS no better than {worse}"
    blends = whole[whole.index.isin(_MUST_BE_SIGNIFICANT)]
    if unsure := _names(blends[~(blends["high"] < 0)]):
        return f"not significantly better than {unsure}"
    if lost := _names(part[~(part["low"] <= 0)]):
        return f"significantly worse on the part of the rows that it answers for than {lost}"
    return ""


def beaten(baselines: pd.DataFrame) -> str:
    """What a model that is not refused has beaten, in words."""
    whole, part = split(baselines)
    also = f" and no worse than {len(part)} of a part of the rows" if len(part) else ""
    return f"better than all {len(whole)} baselines{also}"


def _names(lines: pd.DataFrame) -> str:
    return ", ".join(map(str, lines.index))
