"""Contracts of what is learned and said: features and predictions, and the levels of their quantiles."""

from weather_platform.core import feed_columns
from weather_platform.core.contracts.columns import (
    CYCLE_START,
    KNOWN_AT,
    LEAD,
    LOCATION,
    VALID_TIME,
    VARIABLE,
)
from weather_platform.core.partitions import CYCLE
from weather_platform.core.tables.contract import Column, Contract

# Levels of the predicted quantiles; the column of level 0.05 is q05.
QUANTILE_LEVELS: tuple[float, ...] = tuple(round(0.05 * step, 2) for step in range(1, 20))
QUANTILES: tuple[str, ...] = tuple(f"q{round(100 * level):02d}" for level in QUANTILE_LEVELS)

FEATURES = Contract(
    name="features",
    description="What could be known when a cycle was fetched, one row per variable, place and valid time. "
    "Of each feed, as `value__provider__model` and so on: its `value`, the recent `bias` to subtract, and "
    "the `rmse` to expect then.",
    columns=(
        VARIABLE,
        LOCATION,
        CYCLE_START,
        VALID_TIME,
        KNOWN_AT,
        LEAD,
        Column("feeds_present", "int", "Feeds with a value here", nullable=False, ge=0),
        Column("equal_weight", "float", "Plain mean of the feeds"),
        Column(
            "bias_corrected", "float", "Mean of the feeds less their recent bias, weighted by 1/recent MSE"
        ),
        Column(
            "spread", "float", "Standard deviation of the bias-corrected feeds; null for fewer than two", ge=0
        ),
        Column(
            "expected_error", "float", "Error of bias_corrected to expect from the feeds' recent errors", ge=0
        ),
        Column(
            "neighbour_bias",
            "float",
            "Blend of the feeds' recent biases at the places around, 0 for amounts; null if none is known",
        ),
        Column("blend_before", "float", "bias_corrected of the valid time before, in the same cycle"),
        Column("blend_after", "float", "bias_corrected of the valid time after, in the same cycle"),
        Column("lagged_newest", "float", "bias_corrected of the newest cycle of the 24 hours before"),
        Column("lagged_mean", "float", "Mean of bias_corrected of the cycles of the 24 hours before"),
        Column("lagged_change", "float", "Root mean square of their differences from this cycle's", ge=0),
        Column(
            "last_error",
            "float",
            "Blend of the feeds' newest known errors at short lead, less their recent bias",
        ),
        Column("persistence", "float", "Newest known observation at the same hour of day"),
        Column("climatology", "float", "Mean of the known observations of 28 days at the same hour of day"),
        Column("climatology_sd", "float", "Standard deviation of those observations", ge=0),
        Column("solar_hour_sin", "float", "Sine of the local mean solar time's angle", ge=-1, le=1),
        Column("solar_hour_cos", "float", "Cosine of it; 1 at midnight", ge=-1, le=1),
        Column("sun_elevation_deg", "float", "Sun above the horizon, degrees", ge=-91, le=91),
        Column("season_sin", "float", "Sine of the day of year's angle", ge=-1, le=1),
        Column("season_cos", "float", "Cosine of it; 1 on 1 January", ge=-1, le=1),
        Column("latitude", "float", "Of the place, degrees", nullable=False, ge=-90, le=90),
        Column("longitude", "float", "Of the place, degrees", nullable=False, ge=-180, le=180),
        Column("elevation_m", "float", "Of the place, m", ge=-500, le=9000),
        Column(
            "elevation_difference_m", "float", "Mean height that the feeds answered for, less the place's, m"
        ),
    ),
    key=("variable", "location_id", "cycle", "valid_time"),
    partition_column="cycle",
    grain=CYCLE,
    extra_float=feed_columns.PATTERN,
)

PREDICTION = Contract(
    name="predictions",
    description="Our calibrated forecast: quantiles by variable, place and valid time, and what made them.",
    columns=(
        VARIABLE,
        LOCATION,
        CYCLE_START,
        VALID_TIME,
        KNOWN_AT,
        LEAD,
        *(
            Column(name, "float", f"Quantile {name[1:]} %, in the variable's unit", nullable=False)
            for name in QUANTILES
        ),
        Column(
            "probability", "float", "Chance of at least 0.1 mm in the 3 hours; null for others", ge=0, le=1
        ),
        Column("center", "float", "Point forecast: the median", nullable=False),
        Column("emos_location", "float", "Location of the EMOS distribution; null without a model"),
        Column("emos_scale", "float", "Scale of the EMOS distribution; null without a model", ge=0),
        Column("feeds_present", "int", "Feeds that the row stands on", nullable=False, ge=0),
        Column(
            "model_version",
            "text",
            "Registered version, or bias_corrected where none could be used",
            nullable=False,
        ),
        Column("degraded", "bool", "Made without any feed, from past observations alone", nullable=False),
    ),
    key=("variable", "location_id", "cycle", "valid_time"),
    partition_column="cycle",
    grain=CYCLE,
)
