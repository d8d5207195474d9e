"""Contracts of what the platform makes of forecasts and truth: errors, features, predictions, scores."""

from weather_platform.core.contract import Column, Contract
from weather_platform.core.partitions import CYCLE, DAY

_VARIABLE = Column("variable", "text", "Target variable, with its unit", nullable=False)
_LOCATION = Column("location_id", "text", "Place", nullable=False)
_CYCLE = Column("cycle", "time", "Nominal start of the cycle", nullable=False)
_VALID_TIME = Column("valid_time", "time", "The time forecast", nullable=False)
_LEAD = Column("lead_hours", "float", "valid_time less the time of knowing, hours", nullable=False, ge=0)
_KNOWN_AT = Column("known_at", "time", "When everything the row uses could be known", nullable=False)

FORECAST_ERROR = Contract(
    name="forecast_errors",
    description="Each forecast beside its truth, by variable, on the common grid of valid times.",
    columns=(
        Column("feed", "text", "provider/model", nullable=False),
        _VARIABLE,
        _LOCATION,
        _CYCLE,
        _VALID_TIME,
        _LEAD,
        Column("forecast", "float", "Value forecast, in the variable's unit", nullable=False),
        Column("observed", "float", "Value observed, in the variable's unit", nullable=False),
        Column("error", "float", "forecast − observed", nullable=False),
        Column("truth_source", "text", "Source of the value observed"),
        _KNOWN_AT,
    ),
    key=("feed", "variable", "location_id", "cycle", "valid_time"),
    partition_column="valid_time",
    grain=DAY,
)

TRUTH_AGREEMENT = Contract(
    name="truth_agreement",
    description="How nearly each truth agrees with each feed over 30 days, and whether it is refused.",
    columns=(
        Column("day", "time", "Last of the 30 days of valid time", nullable=False),
        Column("feed", "text", "provider/model", nullable=False),
        _VARIABLE,
        _LOCATION,
        Column("truth_source", "text", "Source of the values observed", nullable=False),
        Column("pairs", "int", "Pairs that could tell, of the first day of lead", nullable=False, ge=1),
        Column("close", "int", "Pairs within the variable's natural error", nullable=False, ge=0),
        Column("within_step", "int", "Pairs within an instrument's step", nullable=False, ge=0),
        Column("within_steps", "int", "Pairs within five steps", nullable=False, ge=0),
        Column("absolute_error_sum", "float", "Sum of absolute errors", nullable=False, ge=0),
        Column("refused", "bool", "Whether the truth is not held against the feed", nullable=False),
        Column("reason", "text", "Why it is refused; null where it is not"),
    ),
    key=("day", "feed", "variable", "location_id", "truth_source"),
    partition_column="day",
    grain=DAY,
)

ERROR_SUM = Contract(
    name="forecast_error_sums",
    description="Daily sums of errors, so that a recent bias is a sum over a few small rows, never a scan.",
    columns=(
        Column("day", "time", "Day of valid time", nullable=False),
        Column("feed", "text", "provider/model", nullable=False),
        _VARIABLE,
        _LOCATION,
        Column("lead_day", "int", "Whole days of lead, 0 for less than 24 h", nullable=False, ge=0),
        Column("hour_block", "int", "Six-hour block of the UTC valid time, 0-3", nullable=False, ge=0, le=3),
        Column("n", "int", "Pairs summed", nullable=False, ge=1),
        Column("error_sum", "float", "Sum of errors", nullable=False),
        Column("absolute_error_sum", "float", "Sum of absolute errors", nullable=False, ge=0),
        Column("squared_error_sum", "float", "Sum of squared errors", nullable=False, ge=0),
        Column("observed_sum", "float", "Sum of the values observed, for ratios of amounts", nullable=False),
        _KNOWN_AT,
    ),
    key=("day", "feed", "variable", "location_id", "lead_day", "hour_block"),
    partition_column="day",
    grain=DAY,
)

# Levels of the predicted quantiles; the column of level 0.05 is q05.
QUANTILE_LEVELS: tuple[float, ...] = tuple(round(0.05 * step, 2) for step in range(1, 20))
QUANTILES: tuple[str, ...] = tuple(f"q{round(100 * level):02d}" for level in QUANTILE_LEVELS)

FEATURES = Contract(
    name="features",
    description="What could be known when a cycle was fetched, one row per variable, place and valid time.",
    columns=(
        _VARIABLE,
        _LOCATION,
        _CYCLE,
        _VALID_TIME,
        _KNOWN_AT,
        _LEAD,
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
    # Per feed, `provider__model` for provider/model: its value, the recent bias to subtract, its RMSE.
    extra_float=r"(value|bias|rmse)__[A-Za-z0-9_.\-]+",
)

PREDICTION = Contract(
    name="predictions",
    description="Our calibrated forecast: quantiles by variable, place and valid time, and what made them.",
    columns=(
        _VARIABLE,
        _LOCATION,
        _CYCLE,
        _VALID_TIME,
        _KNOWN_AT,
        _LEAD,
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

SCORE = Contract(
    name="verification",
    description="Sums of scores by day, method, variable, lead bucket and place; all else is sums of these.",
    columns=(
        Column("day", "time", "Day of valid time", nullable=False),
        Column(
            "method",
            "text",
            "Feed (provider/model), baseline, emos, ours or ideal; ours_without_feeds where no feed was",
            nullable=False,
        ),
        _VARIABLE,
        Column(
            "lead_bucket", "text", "Lead of at least and less than, hours: 000-024 and so on", nullable=False
        ),
        _LOCATION,
        Column("region", "text", "Of the place: a belt of climate in a third of the world", nullable=False),
        Column("season", "text", "winter, spring, summer or autumn of the place", nullable=False),
        Column("model_version", "text", "Version that made our prediction on these rows", nullable=False),
        Column("n", "int", "Rows summed", nullable=False, ge=1),
        Column("error_sum", "float", "Sum of point forecast − observed", nullable=False),
        Column("absolute_error_sum", "float", "Sum of absolute errors", nullable=False, ge=0),
        Column("squared_error_sum", "float", "Sum of squared errors", nullable=False, ge=0),
        Column(
            "crps_sum", "float", "Sum of CRPS; the absolute error for a single value", nullable=False, ge=0
        ),
        Column(
            "expected_crps_sum",
            "float",
            "CRPS to expect if truth were drawn from the quantiles; null without",
            ge=0,
        ),
        Column("covered80_sum", "float", "Observations inside q10-q90; null without quantiles", ge=0),
        Column("covered90_sum", "float", "Observations inside q05-q95", ge=0),
        Column("width80_sum", "float", "Sum of q90 − q10", ge=0),
        Column("width90_sum", "float", "Sum of q95 − q05", ge=0),
        Column("brier_sum", "float", "Sum of Brier scores of at least 0.1 mm; precipitation only", ge=0),
        Column("equal_weight_crps_sum", "float", "The plain mean's CRPS on the same rows", ge=0),
        Column(
            "ours_absolute_error_sum", "float", "Our absolute errors on the same rows", nullable=False, ge=0
        ),
        Column("ours_crps_sum", "float", "Our CRPS on the same rows", nullable=False, ge=0),
    ),
    key=("day", "method", "variable", "lead_bucket", "location_id", "model_version"),
    partition_column="day",
    grain=DAY,
)

CALIBRATION = Contract(
    name="calibration",
    description="Where truth fell among our quantiles, and how often what we called likely happened: counts.",
    columns=(
        Column("day", "time", "Day of valid time", nullable=False),
        _VARIABLE,
        Column("lead_bucket", "text", "Lead of at least and less than, hours", nullable=False),
        Column("model_version", "text", "Version that made our prediction on these rows", nullable=False),
        Column(
            "kind",
            "text",
            "pit: bin of the truth among the quantiles; chance: tenth of the chance of 0.1 mm",
            nullable=False,
        ),
        Column(
            "bin", "int", "0 below the lowest quantile, or less than a tenth", nullable=False, ge=0, le=19
        ),
        Column(
            "n", "float", "Rows; a truth that quantiles share is spread over their bins", nullable=False, ge=0
        ),
        Column("said_sum", "float", "Sum of the chances said; null for pit", ge=0),
        Column("happened_sum", "float", "Rows with at least 0.1 mm; null for pit", ge=0),
    ),
    key=("day", "variable", "lead_bucket", "model_version", "kind", "bin"),
    partition_column="day",
    grain=DAY,
)

DRIFT = Contract(
    name="drift",
    description="Whether the week that ends with a day is like the four before it: signals and breaches.",
    columns=(
        Column("day", "time", "Last of the seven days", nullable=False),
        Column(
            "signal",
            "text",
            "crps_ratio (over its expectation), coverage_80, coverage_90, feed_bias, or feature_psi",
            nullable=False,
        ),
        _VARIABLE,
        Column("subject", "text", "ours, the feed, or the feature", nullable=False),
        Column("value", "float", "Over the seven days", nullable=False),
        Column("reference", "float", "Over the 28 days before; null where there are none"),
        Column(
            "threshold",
            "float",
            "Of the value; of its distance from the reference (feed_bias) or from nominal (coverage)",
            nullable=False,
        ),
        Column("breached", "bool", "Whether the threshold is passed", nullable=False),
    ),
    key=("day", "signal", "variable", "subject"),
    partition_column="day",
    grain=DAY,
)

CHAMPION = Contract(
    name="champions",
    description="Which model version reigned when, and why: the history of promotions and withdrawals.",
    columns=(
        _VARIABLE,
        Column(
            "reigns_from",
            "time",
            "When the reign began: the decision, or the withdrawal of another",
            nullable=False,
        ),
        Column("reigns_until", "time", "When it ended; null while it lasts"),
        Column("version", "text", "Registered version", nullable=False),
        Column("why", "text", "Why it began", nullable=False),
        Column(
            "withdrawn_at", "time", "When the version was taken back, never to serve again; null otherwise"
        ),
        Column("trained_until", "time", "The version learned from no truth known later", nullable=False),
        Column("data_hash", "text", "Of the rows it learned from", nullable=False),
        Column("code_version", "text", "Hash of the source that made it", nullable=False),
    ),
    key=("variable", "reigns_from"),
)
