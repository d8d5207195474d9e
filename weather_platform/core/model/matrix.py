"""Features as matrices: what each part of the model sees of a row.

Belongs here: choosing and transforming columns, of features with the model's blend (core.model.own_blend).
Does not: fitting, or anything that is not in the features; what only amounts have is beside
(core.model.amounts).
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from weather_platform.core.features.blend import corrected_values
from weather_platform.core.feed_columns import VALUE, column_of, value_columns
from weather_platform.core.quantities.targets import KNOWN
from weather_platform.core.quantities.variables import ACCUMULATED

_PLAIN = (
    "lead_hours",
    "blend",
    "spread",
    "blend_error",
    "last_error",
    "climatology_sd",
    "feeds_present",
    "solar_hour_sin",
    "solar_hour_cos",
    "sun_elevation_deg",
    "latitude",
    "longitude",
    "elevation_m",
    "elevation_difference_m",
)
_SEASON = ("season_sin", "season_cos")
_RELATIVE = ("equal_weight", "persistence", "climatology")
_BESIDE = ("lagged_newest", "lagged_mean", "blend_before", "blend_after")
_LAST_ERROR_FADES_HOURS = 24.0
_LITTLE = 0.05  # added before a logarithm, in the variable's unit
# Over less than this, season cannot be told from chance: on every short archive its terms made things worse.
SEASONAL_FROM_DAYS = 330


def feeds_of(features: pd.DataFrame) -> tuple[str, ...]:
    """Names (`provider__model`) of the feeds that have a column with any value."""
    columns = [name for name in value_columns(features.columns) if features[name].notna().any()]
    return tuple(sorted(name.removeprefix(column_of(VALUE, "")) for name in columns))


def per_feed(features: pd.DataFrame, kind: str, feeds: Sequence[str]) -> np.ndarray:
    """Columns of a kind of `feeds`, row × feed, NaN where there is no such column."""
    return features.reindex(columns=[column_of(kind, feed) for feed in feeds]).to_numpy(np.float64)


def corrected(features: pd.DataFrame, variable: str, feeds: Sequence[str]) -> np.ndarray:
    """Each feed's value less its recent bias, row × feed."""
    values, bias = per_feed(features, "value", feeds), per_feed(features, "bias", feeds)
    return corrected_values(values, bias, KNOWN[variable].range)


def tree_matrix(features: pd.DataFrame, variable: str, feeds: Sequence[str], *, seasonal: bool) -> np.ndarray:
    """Row × column for the trees: NaN stays, since they have their own way with it.

    Feeds stand as deviations from the blend.
    """
    center = features["blend"].to_numpy(np.float64)[:, None]
    each = corrected(features, variable, feeds)
    return np.hstack(
        [
            features[[*_PLAIN, *(_SEASON if seasonal else ())]].to_numpy(np.float64),
            _member_sd(features)[:, None],
            features[list(_RELATIVE)].to_numpy(np.float64) - center,
            each - center,
            _beside(features),
            features[["lagged_change", "neighbour_bias"]].to_numpy(np.float64),
        ]
    )


def plain_matrices(features: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Location and scale columns of the textbook's EMOS: the blend; log spread (between feeds and among a
    feed's members) and log lead."""
    between, among = features["spread"].to_numpy(np.float64), _member_sd(features)
    unknown = np.isnan(between) & np.isnan(among)
    spread = np.where(unknown, np.nan, np.hypot(np.nan_to_num(between), np.nan_to_num(among)))
    lead = np.log1p(features["lead_hours"].to_numpy(np.float64))
    scale = np.column_stack([np.log(spread + _LITTLE), lead])
    return features["bias_corrected"].to_numpy(np.float64)[:, None], scale


def location_matrix(
    features: pd.DataFrame, variable: str, feeds: Sequence[str], *, seasonal: bool
) -> np.ndarray:
    """Row × column for whatever is linear in the location, NaN where unknown."""
    center = features["blend"].to_numpy(np.float64)
    fade = np.exp(-features["lead_hours"].to_numpy(np.float64) / _LAST_ERROR_FADES_HOURS)
    beyond = features["climatology"].to_numpy(np.float64) - center
    each = corrected(features, variable, feeds)
    columns = [
        center,
        features["last_error"].to_numpy(np.float64) * fade,
        (features["persistence"].to_numpy(np.float64) - center) * fade,
        beyond,
        beyond * _share_of_climatology(features),
        features["equal_weight"].to_numpy(np.float64) - center,
        features["solar_hour_sin"].to_numpy(np.float64),
        features["solar_hour_cos"].to_numpy(np.float64),
    ]
    if seasonal:
        columns += [features[name].to_numpy(np.float64) for name in _SEASON]
    if variable in ACCUMULATED:
        columns.append(np.sqrt(center))
    return np.column_stack([*columns, each - center[:, None]])


def linear_matrix(
    features: pd.DataFrame, variable: str, feeds: Sequence[str], *, seasonal: bool
) -> np.ndarray:
    """Row × column for the ridge regression: also what the cycles before, the hours beside and the
    neighbours' biases say. Without a penalty, as an EMOS is fitted, those columns did harm to chances of rain
    and where data were few."""
    located = location_matrix(features, variable, feeds, seasonal=seasonal)
    return np.hstack([located, _beside(features), features[["neighbour_bias"]].to_numpy(np.float64)])


def size_matrix(features: pd.DataFrame, variable: str) -> np.ndarray:
    """Row × column for the size of what the blend and the regression leave: also how far the cycles before
    are from this one."""
    change = features["lagged_change"].to_numpy(np.float64)[:, None]
    return np.hstack([scale_matrix(features, variable), np.log(change + _LITTLE)])


def scale_matrix(features: pd.DataFrame, variable: str) -> np.ndarray:
    """Row × column for the logarithm of a scale, NaN where unknown."""
    columns = [
        np.log(features["spread"].to_numpy(np.float64) + _LITTLE),
        np.log(features["blend_error"].to_numpy(np.float64) + _LITTLE),
        np.log1p(features["lead_hours"].to_numpy(np.float64)),
        np.log1p(features["feeds_present"].to_numpy(np.float64)),
        np.log(features["climatology_sd"].to_numpy(np.float64) + _LITTLE),
        np.log(_member_sd(features) + _LITTLE),
    ]
    center = features["blend"].to_numpy(np.float64)
    floor, ceiling = KNOWN[variable].range
    # Errors are small near a bound: calm, dry, overcast.
    rooms = ((floor, center - floor), (ceiling, ceiling - center))
    columns += [np.log(room + _LITTLE) for bound, room in rooms if np.isfinite(bound)]
    return np.column_stack(columns)


def _beside(features: pd.DataFrame) -> np.ndarray:
    """Row × 4: `bias_corrected` of the cycles before (the newest, their mean), and of the hours before and
    after in this one, less the row's own."""
    center = features["bias_corrected"].to_numpy(np.float64)[:, None]
    return features[list(_BESIDE)].to_numpy(np.float64) - center


def _share_of_climatology(features: pd.DataFrame) -> np.ndarray:
    """Of the best mean of blend and climatology, were their errors independent: much where feeds err more
    than the weather varies, as they do far ahead in the tropics."""
    error, usual = (features[name].to_numpy(np.float64) ** 2 for name in ("blend_error", "climatology_sd"))
    return error / np.maximum(error + usual, _LITTLE**2)


def _member_sd(features: pd.DataFrame) -> np.ndarray:
    """Standard deviation among the members of feeds that are ensembles, NaN where none is."""
    return features.reindex(columns=["member_sd"]).to_numpy(np.float64)[:, 0]
