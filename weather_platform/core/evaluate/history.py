"""What was known at each row's init time: recent errors by source, past observations; as FEATURES columns.

Belongs here: statistics as of a time, vectorised. Does not: the blend, the sun or matrices (the platform's).
"""

import numpy as np
import pandas as pd

from weather_platform.core.blend import blend
from weather_platform.core.features.asof import as_of_sums
from weather_platform.core.features.axes import DAY, HOUR, microseconds
from weather_platform.core.features.calendar import calendar
from weather_platform.core.targets import ANY, KNOWN

_HALF_LIFE_DAYS, _SHRINK_DAYS = 10.0, 8.0


def features_of(rows: pd.DataFrame, sources: list[str], variable: str, delay_hours: float) -> pd.DataFrame:
    """FEATURES columns of `rows` (core.evaluate.archive.wide), with `observed` and `observed_known_at`.

    `variable` names the target whose distribution is used. Only observations of valid times ≤ init −
    delay are seen by a row.
    """
    init, valid = microseconds(rows["init_time"]), microseconds(rows["valid_time"])
    known = valid + int(delay_hours * HOUR)
    observed = rows["observed"].to_numpy(np.float64)
    place = pd.factorize(rows["location_id"])[0].astype(np.int64)
    values = rows[sources].to_numpy(np.float64)
    bias, rmse, last = _errors(values, observed, known=known, init=init, place=place, rows=rows)
    mixed = blend(values, bias, rmse, KNOWN[variable].range)
    last_error = blend(last, np.zeros_like(last), rmse, ANY).bias_corrected
    past = _past(observed, valid, known=known, init=init, place=place)
    latitude, longitude = (rows[name].to_numpy(np.float64) for name in ("lat", "lon"))
    missing = np.isnan(values)
    per_feed = {
        f"{kind}__{source}": np.where(missing, np.nan, array)[:, i]
        for kind, array in (("value", values), ("bias", bias), ("rmse", rmse))
        for i, source in enumerate(sources)
    }
    return pd.DataFrame(
        {
            "variable": variable,
            "location_id": rows["location_id"],
            "cycle": rows["init_time"],
            "valid_time": rows["valid_time"],
            "known_at": rows["init_time"],
            "lead_hours": rows["lead_hours"],
            "feeds_present": mixed.feeds_present,
            "equal_weight": mixed.equal_weight,
            "bias_corrected": mixed.bias_corrected,
            "spread": mixed.spread,
            "member_sd": rows["member_sd"],
            "expected_error": mixed.expected_error,
            "last_error": last_error,
            **past,
            # Without a longitude the hour is UTC's, which tells a place's hours apart as well.
            **calendar(valid, latitude, np.nan_to_num(longitude)),
            "latitude": latitude,
            "longitude": longitude,
            "elevation_m": rows["elevation_m"],
            "elevation_difference_m": np.nan,
            **per_feed,
            "observed": observed,
            "observed_known_at": pd.to_datetime(known, unit="us", utc=True),
        }
    )


def _errors(
    values: np.ndarray,
    observed: np.ndarray,
    *,
    known: np.ndarray,
    init: np.ndarray,
    place: np.ndarray,
    rows: pd.DataFrame,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Bias, RMSE of what is left and the newest error less bias of each source, row × source: by source,
    place, block of six hours and day of lead, each drawn to the wider by n/(n + 8) days."""
    block = place * 4 + microseconds(rows["valid_time"]) % DAY // (6 * HOUR)
    lead = np.minimum(rows["lead_hours"].to_numpy() // 24, 15).astype(np.int64)
    levels = (np.zeros_like(place), place, block, block * 16 + lead)
    day = microseconds(rows["valid_time"]) // DAY
    bias, rmse, last = (np.full(values.shape, np.nan) for _ in range(3))
    for index in range(values.shape[1]):
        error = values[:, index] - observed
        have = np.flatnonzero(~np.isnan(error))
        if not len(have):
            continue
        e = error[have]
        mean, mse = np.zeros(len(values)), np.full(len(values), np.nan)
        for level in levels:
            share = 1.0 / pd.Series(e).groupby([level[have], day[have]]).transform("size").to_numpy()
            sums = as_of_sums(
                known[have],
                level[have],
                np.column_stack([e**0, e, e**2, share]),
                init,
                level,
                half_life_days=_HALF_LIFE_DAYS,
            )
            n, days = sums[:, 0], np.maximum(sums[:, 3], 0.0)
            some = n > 1e-9
            own = np.where(some, sums[:, 1] / np.maximum(n, 1e-9), mean)
            left = np.where(some, np.maximum(sums[:, 2] / np.maximum(n, 1e-9) - own**2, 0.0), mse)
            weight = days / (days + _SHRINK_DAYS)
            mean = mean + weight * (own - mean) if level is not levels[0] else own
            mse = np.where(np.isnan(mse), left, mse + weight * (left - mse))
        bias[:, index], rmse[:, index] = np.where(np.isnan(mse), np.nan, mean), np.sqrt(mse)
        last[:, index] = _newest(e, known[have], place[have], init, place) - bias[:, index]
    return bias, rmse, last


def _newest(
    values: np.ndarray, known: np.ndarray, group: np.ndarray, at: np.ndarray, at_group: np.ndarray
) -> np.ndarray:
    """The value of the group known last by `at`, NaN where there is none."""
    if not len(values):
        return np.full(len(at), np.nan)
    order = np.lexsort((known, group))
    stamp = np.unique(np.concatenate([known, at]))
    keys = group[order] * len(stamp) + np.searchsorted(stamp, known[order])
    found = np.searchsorted(keys, at_group * len(stamp) + np.searchsorted(stamp, at), side="right") - 1
    picked = order[np.maximum(found, 0)]
    return np.where((found >= 0) & (group[picked] == at_group), values[picked], np.nan)


def _past(
    observed: np.ndarray, valid: np.ndarray, *, known: np.ndarray, init: np.ndarray, place: np.ndarray
) -> dict[str, np.ndarray]:
    """Persistence of the same hour and a climatology of recent weeks, by row."""
    slot = place * 24 + valid % DAY // HOUR
    table = pd.DataFrame({"slot": slot, "valid": valid, "known": known, "observed": observed}).dropna()
    table = table.drop_duplicates(["slot", "valid"])
    y, group, when = table["observed"].to_numpy(), table["slot"].to_numpy(), table["known"].to_numpy()
    middle = float(y[when.argmin()]) if len(y) else 0.0  # against cancellation only; it comes back below
    sums = as_of_sums(
        when,
        group,
        np.column_stack([y**0, y - middle, (y - middle) ** 2]),
        init,
        slot,
        half_life_days=_HALF_LIFE_DAYS,
    )
    n = np.where(sums[:, 0] > 1e-9, sums[:, 0], np.nan)
    mean = sums[:, 1] / n
    return {
        "persistence": _newest(y, when, group, init, slot),
        "climatology": mean + middle,
        "climatology_sd": np.sqrt(np.maximum(sums[:, 2] / n - mean**2, 0.0)),
    }
