"""A challenger beside the champion and every baseline on the rows of a window, whole and slice by slice.

Belongs here: the scores, their differences and how sure they are. Does not: what follows from them (see
promotion).
"""

import numpy as np
import pandas as pd
import xarray as xr
from scores.stats.statistical_tests import diebold_mariano

from weather_platform.core.model.distributions import emos_quantiles
from weather_platform.core.model.fallback import from_blend
from weather_platform.core.model.forecasts import Forecast
from weather_platform.core.model.held_to import FEWEST_ROWS
from weather_platform.core.model.trained import Trained
from weather_platform.core.scoring.baselines import points
from weather_platform.core.scoring.differences import BLOCK_DAYS, FEWEST_DAYS, differences, p_above
from weather_platform.core.scoring.scores import score_quantiles, score_value
from weather_platform.core.scoring.slices import lead_bucket, region

CHAMPION, EVERYWHERE = "champion", "all"
MARGIN = 0.02  # of a rival's CRPS: a slice that is worse by less is worse for nobody


def judge(window: pd.DataFrame, challenger: Trained, champion: Trained) -> tuple[pd.DataFrame, Forecast]:
    """Evidence, and the challenger's forecast of the window.

    One row per rival (`method`) and `slice`: all rows, or a lead bucket in a region. `silent`: rows in all
    that the rival answers and the challenger does not; on those that both answer `n`, `days`, `mae`, `crps`,
    `ours_mae`, `ours_crps`, `difference` (ours_crps − crps), its 95 % interval `low`, `high` by paired block
    bootstrap over days, and the one-sided `p_worse` of the challenger being worse by no more than MARGIN; all
    three NaN where there are too few days. For all rows, `dm_statistic`
    and `dm_confidence_worse` as well, by Diebold and Mariano (1995) as modified by Hering and Genton (2011).
    """
    observed = window["observed"].to_numpy(np.float64)
    out = challenger.forecast(window)
    rivals = _rivals(window, out, champion)
    losses = {name: _losses(values, observed) for name, values in rivals.items()}
    ours = _losses(out.quantiles, observed)
    cuts = _cuts(window)
    frames = [_against(name, losses[name], ours, cuts) for name in rivals]
    return pd.concat(frames, ignore_index=True), out


def _rivals(window: pd.DataFrame, out: Forecast, champion: Trained) -> dict[str, np.ndarray]:
    """Quantiles (row × level) or points (by row) of the champion and of every baseline that has any."""
    variable = champion.variable
    found = {name: point for name, point in points(window).items() if not np.isnan(point).all()}
    return found | {
        "emos": emos_quantiles(out.location, out.scale, variable),
        "fallback": from_blend(window, variable).quantiles,
        CHAMPION: champion.forecast(window).quantiles,
    }


def _losses(said: np.ndarray, observed: np.ndarray) -> pd.DataFrame:
    """`crps` and `mae` by row."""
    scores = score_value(said, observed) if said.ndim == 1 else score_quantiles(said, observed)
    return pd.DataFrame({"crps": scores.crps, "mae": np.abs(scores.error)})


def _cuts(window: pd.DataFrame) -> pd.DataFrame:
    where = region(window["latitude"].to_numpy(), window["longitude"].to_numpy())
    lead = lead_bucket(window["lead_hours"].to_numpy(np.float64))
    name = pd.Series(lead).str.cat(pd.Series(where), sep=" h, ")
    day = window["valid_time"].to_numpy("datetime64[D]").astype(np.int64)
    return pd.DataFrame({"slice": name.to_numpy(object), "day": day})


def _against(rival: str, theirs: pd.DataFrame, ours: pd.DataFrame, cuts: pd.DataFrame) -> pd.DataFrame:
    """Lines of one rival: all its rows, then each slice that has enough of them."""
    speaks, answers = theirs["crps"].notna().to_numpy(), ours["crps"].notna().to_numpy()
    table = pd.DataFrame(
        {
            "n": answers.astype(np.float64),
            "crps": theirs["crps"],
            "mae": theirs["mae"],
            "ours_crps": ours["crps"],
            "ours_mae": ours["mae"],
        }
    )
    table.loc[~answers] = 0.0
    rows = pd.concat([table, cuts], axis=1)[speaks]
    daily = pd.concat([rows.assign(slice=EVERYWHERE), rows]).groupby(["slice", "day"]).sum()
    total = daily.groupby(level="slice").sum()
    lines = total.div(total["n"], axis=0).assign(
        n=total["n"].astype(int), days=(daily["n"] > 0).groupby("slice").sum()
    )
    enough = (lines["n"] >= FEWEST_ROWS) & (lines["days"] >= FEWEST_DAYS) | (lines.index == EVERYWHERE)
    lines = lines[enough].assign(difference=lambda line: line["ours_crps"] - line["crps"])
    difference = (daily["ours_crps"] - daily["crps"]).unstack("slice").fillna(0.0)[lines.index]
    count = daily["n"].unstack("slice").fillna(0.0)[lines.index]
    by_day = difference.to_numpy(), count.to_numpy()
    low, high, error, _ = differences(*by_day)
    excess = (lines["difference"] - MARGIN * lines["crps"]).to_numpy()
    p_worse = p_above(excess, error, lines["days"].to_numpy())
    silent = int((speaks & ~answers).sum())
    lines = lines.assign(low=low, high=high, p_worse=p_worse, method=rival, silent=silent).reset_index()
    daily_mean = (difference[EVERYWHERE] / count[EVERYWHERE]).to_numpy()
    statistic, confidence = _diebold_mariano(daily_mean)
    whole = lines["slice"] == EVERYWHERE
    return lines.assign(
        dm_statistic=np.where(whole, statistic, np.nan),
        dm_confidence_worse=np.where(whole, confidence, np.nan),
    )


def _diebold_mariano(daily: np.ndarray) -> tuple[float, float]:
    """Statistic, and confidence that the challenger is worse, of daily mean differences, days being
    correlated within a block; NaN where there are too few or no difference."""
    if len(daily) < FEWEST_DAYS or not np.ptp(daily) > 0:
        return float("nan"), float("nan")
    series = xr.DataArray(daily[None], dims=("series", "day"), coords={"h": ("series", [BLOCK_DAYS])})
    found = diebold_mariano(series, "series", "h", statistic_distribution="t")
    return float(found["dm_test_stat"].item()), float(found["confidence_gt_0"].item())
