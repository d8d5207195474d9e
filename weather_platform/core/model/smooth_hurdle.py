"""A kernel on what a hurdle's two lines leave of chance and amount.

Belongs here: what is left of each, and how much every row of it counts. Does not: kernels (see kernel), or
the lines (see hurdle).

The chance takes one step of Newton's towards the likeliest: what happened less the chance over its
derivative, weighted by that (working residuals of a logistic regression; McCullagh and Nelder 1989).
"""

from dataclasses import replace

import numpy as np
import pandas as pd
from scipy.special import expit

from weather_platform.core.model.hurdle import Hurdle, bends, spread_of
from weather_platform.core.model.kernel import MOST_ROWS, Bumps
from weather_platform.core.model.penalty import enough_days
from weather_platform.core.model.standardise import some_of
from weather_platform.core.quantities.wet import is_wet

_SUREST = 0.01  # of a chance; beyond, a single row would count for a hundred


def smooth_hurdle(
    hurdle: Hurdle, features: pd.DataFrame, observed: np.ndarray, day: np.ndarray, *, seasonal: bool
) -> Hurdle:
    """With a kernel, if anything of it holds on days that a fit has not seen; `day` is each row's."""
    keep = some_of(len(features), MOST_ROWS)
    features, observed, day = features.iloc[keep], observed[keep], day[keep]
    wet = is_wet(observed)
    if not enough_days(day[wet]):
        return hurdle
    # What is dry for sure has nothing to bend.
    bumps = Bumps(bends(features, hurdle.feeds, seasonal=seasonal), day, around=wet)
    logit, root = hurdle.lines(features)
    chance = np.clip(expit(logit), _SUREST, 1 - _SUREST)
    slope, of_wet = chance * (1 - chance), np.cbrt(observed)
    of_chance = bumps.fit((wet - chance) / slope, weight=slope)
    of_amount = bumps.fit(of_wet - root, weight=wet.astype(np.float64))
    if of_chance is None and of_amount is None:
        return hurdle
    nothing = (np.zeros(bumps.number), np.zeros(len(day)))
    (for_chance, _), (for_amount, unseen) = of_chance or nothing, of_amount or nothing
    made = replace(hurdle, seasonal=seasonal, kernel=bumps.kernel(for_chance, for_amount))
    if of_amount is None:
        return made
    width, errors = spread_of((root + unseen)[wet], of_wet[wet])
    return replace(made, width=width, errors=errors)
