"""How good forecasts of whole days were: a line for each thing that is said of them.

Belongs here: choosing and formatting. Does not: scores or ranks (core.verification).
"""

import pandas as pd

from weather_platform.core.days.statistics import DAILIES
from weather_platform.core.grid import Table
from weather_platform.core.report.days import called
from weather_platform.core.report.tables import percent
from weather_platform.core.verification.leaderboard import leaderboard
from weather_platform.core.verification.methods import OURS
from weather_platform.core.verification.verdict import verdicts


def days_skill(scores: Table) -> pd.DataFrame:
    """Text cells, a line for each of DAILIES in `scores` (DAILY_SCORE): the best feed beside ours on its
    rows, as `tables.whom_to_trust`, and how much of the truth our intervals held; none where nothing was
    scored."""
    lines = leaderboard(scores, leads=False)
    best = verdicts(lines).set_index("variable")
    if best.empty:
        return pd.DataFrame()
    held = lines[lines["method"] == OURS].set_index("variable")
    rows = best.loc[[name for name in DAILIES if name in best.index]]
    held = held.reindex(rows.index)
    return pd.DataFrame(
        {
            "of the day": [called(name) for name in rows.index],
            "best feed": rows["feed"].astype(str),
            "its MAE": rows["mae"].map("{:.3f}".format),
            "ours": rows["ours_mae"].map("{:.3f}".format),
            "gain in MAE": rows["mae_gain"].map(percent),
            "gain in CRPS": rows["crps_gain"].map(percent) + rows["sure"].map({1: " *", 0: "", -1: " *"}),
            "in 80 %": held["coverage_80"].map(percent),
            "in 90 %": held["coverage_90"].map(percent),
            "rows": rows["n"].map("{:,.0f}".format),
        }
    ).reset_index(drop=True)
