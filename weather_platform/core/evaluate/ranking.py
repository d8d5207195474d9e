"""Scores of an evaluated variable as rows of a leaderboard, best first.

Belongs here: ours on each method's own rows, out of the scores and differences as the JSON has them. Does
not: scoring (see comparison), or how a table looks.
"""

from typing import Any

import pandas as pd

from weather_platform.core.scoring.differences import sides
from weather_platform.core.scoring.scores import gain, relative


def ranked(scores: dict[str, Any]) -> pd.DataFrame:
    """Rows with the columns of core.verification.leaderboard that the scores tell: `method`, its scores, and
    `ours_crps`, `ours_gain`, `sure` (of this table's lines) on the rows that it has. By CRPS over ours on
    those rows: sources have different rows, and a mean over its own would praise whoever leaves out what is
    hard.
    """
    table = pd.DataFrame.from_dict(scores["methods"], orient="index")
    floats = table.columns.difference(["n"])
    table[floats] = table[floats].astype("float64")
    beside = pd.DataFrame.from_dict(scores["differences"], orient="index", dtype="float64")
    beside = beside.reindex(table.index)
    table["ours_crps"] = table["crps"] + beside["crps"].where(table.index != "ours", 0.0)
    table["sure"] = sides(beside["p"].to_numpy(), beside["crps"].to_numpy())
    table["ours_gain"] = gain(table["ours_crps"], table["crps"])
    table["relative"] = relative(table["crps"], table["ours_crps"])
    return table.rename_axis("method").reset_index().sort_values(["relative", "crps", "method"])
