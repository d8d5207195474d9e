"""Contracts of how good predictions are: scores, calibration, drift, and who reigned for it."""

from weather_platform.core.contracts.columns import DAY_OF_VALID_TIME, LOCATION, MODEL_VERSION, VARIABLE
from weather_platform.core.partitions import DAY
from weather_platform.core.tables.contract import Column, Contract

SCORE = Contract(
    name="verification",
    description="Sums of scores by day, method, variable, lead bucket and place; all else is sums of these.",
    columns=(
        DAY_OF_VALID_TIME,
        Column(
            "method",
            "text",
            "Feed (provider/model), baseline, emos, ours or ideal; ours_without_feeds where no feed was",
            nullable=False,
        ),
        VARIABLE,
        Column(
            "lead_bucket", "text", "Lead of at least and less than, hours: 000-024 and so on", nullable=False
        ),
        LOCATION,
        Column("region", "text", "Of the place: a belt of climate in a third of the world", nullable=False),
        Column("season", "text", "winter, spring, summer or autumn of the place", nullable=False),
        MODEL_VERSION,
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
        DAY_OF_VALID_TIME,
        VARIABLE,
        Column("lead_bucket", "text", "Lead of at least and less than, hours", nullable=False),
        MODEL_VERSION,
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
            "crps_ratio (over its expectation), coverage_80, coverage_90, feed_bias, feed_error (mean "
            "absolute) or feature_psi",
            nullable=False,
        ),
        VARIABLE,
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
        VARIABLE,
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
