"""How a model did against every baseline on the last period out of fold, and whether that is enough.

Belongs here: the comparison and the rule of promotion. Does not: training, or the leaderboard over all
days.
"""

import numpy as np
import pandas as pd

from weather_platform.core.contracts.learned import QUANTILES
from weather_platform.core.model.distributions import emos_quantiles
from weather_platform.core.model.fallback import from_blend
from weather_platform.core.model.forecasts import Forecast
from weather_platform.core.model.held_to import beaten, refused, split
from weather_platform.core.scoring.baselines import points
from weather_platform.core.scoring.differences import FEWEST_DAYS, differences
from weather_platform.core.scoring.scores import crps_of_quantiles

_MEDIAN, _Q05, _Q10, _Q90, _Q95 = (QUANTILES.index(name) for name in ("q50", "q05", "q10", "q90", "q95"))


def compare(rows: pd.DataFrame, out: Forecast, variable: str) -> pd.DataFrame:
    """One row per method, each on the rows where the method has a value.

    `fallback` is what would be said without a model: the blend of the corrected feeds with the error to
    expect of it. Columns: `method`, `n`, `days`, `mae`, `crps`, `ours_mae`, `ours_crps`, `difference`
    (ours_crps − crps) and its 95 % interval `low`, `high` by block bootstrap over days, NaN of too few.
    """
    observed = rows["observed"].to_numpy(np.float64)
    day = rows["valid_time"].to_numpy("datetime64[D]").astype(np.int64)
    error = np.abs(out.quantiles[:, _MEDIAN] - observed)
    ours = pd.DataFrame({"mae": error, "crps": crps_of_quantiles(observed, out.quantiles)})
    scores = {name: np.abs(point - observed) for name, point in points(rows).items()}
    found = [_line(name, s, s, ours, day) for name, s in scores.items() if not np.isnan(s).all()]
    emos = emos_quantiles(out.location, out.scale, variable)
    error = np.abs(emos[:, _MEDIAN] - observed)
    found.append(_line("emos", error, crps_of_quantiles(observed, emos), ours, day))
    blend = from_blend(rows, variable).quantiles
    error = np.abs(blend[:, _MEDIAN] - observed)
    found.append(_line("fallback", error, crps_of_quantiles(observed, blend), ours, day))
    return pd.DataFrame(found).sort_values("crps", ignore_index=True)


def _line(
    name: str, mae: np.ndarray, crps: np.ndarray, ours: pd.DataFrame, day: np.ndarray
) -> dict[str, object]:
    have = ~np.isnan(crps)
    difference = ours["crps"].to_numpy()[have] - crps[have]
    daily = pd.Series(difference).groupby(day[have]).agg(["sum", "count"])
    found = differences(*daily.to_numpy(np.float64).T[:, :, None])
    return {
        "method": name,
        "n": int(have.sum()),
        "days": len(daily),
        "mae": float(mae[have].mean()),
        "crps": float(crps[have].mean()),
        "ours_mae": float(ours["mae"].to_numpy()[have].mean()),
        "ours_crps": float(ours["crps"].to_numpy()[have].mean()),
        "difference": float(difference.mean()),
        "low": float(found.low[0]),
        "high": float(found.high[0]),
    }


def decide(evidence: pd.DataFrame, beyond_emos: bool) -> tuple[bool, str]:
    """Whether to promote, and why in words.

    Better than every baseline by CRPS (see held_to), the fallback's distribution among them, since single
    values are easily beaten by any distribution; significantly better than the blends. `beyond_emos` False
    means that the model is EMOS itself, recalibrated or not, and so is not held to it.
    """
    by_name = evidence.set_index("method")
    if (by_name["days"] < FEWEST_DAYS).all():
        return False, f"judged on fewer than {FEWEST_DAYS} days"
    held_to = by_name if beyond_emos else by_name.drop(index="emos")
    if why := refused(held_to):
        return False, why
    counted = pd.concat(split(held_to))
    chance = [str(name) for name, line in counted.iterrows() if not line["high"] < 0]
    sure = f"all but {', '.join(chance)}" if chance else "all of them"
    return True, f"{beaten(held_to)}, significantly better than {sure}"


def metrics(rows: pd.DataFrame, out: Forecast) -> dict[str, float]:
    """Mean scores and coverage of the model itself on the same rows."""
    observed, q = rows["observed"].to_numpy(np.float64), out.quantiles
    return {
        "rows": float(len(rows)),
        "crps": float(crps_of_quantiles(observed, q).mean()),
        "mae": float(np.abs(q[:, _MEDIAN] - observed).mean()),
        "coverage_80": float(((observed >= q[:, _Q10]) & (observed <= q[:, _Q90])).mean()),
        "coverage_90": float(((observed >= q[:, _Q05]) & (observed <= q[:, _Q95])).mean()),
    }
