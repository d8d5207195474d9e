"""Contracts of errors: forecasts beside their truth, sums of them, and truths that cannot be trusted."""

from weather_platform.core.contracts.columns import (
    CYCLE_START,
    DAY_OF_VALID_TIME,
    KNOWN_AT,
    LEAD,
    LOCATION,
    VALID_TIME,
    VARIABLE,
)
from weather_platform.core.partitions import DAY
from weather_platform.core.tables.contract import Column, Contract

FORECAST_ERROR = Contract(
    name="forecast_errors",
    description="Each forecast beside its truth, by variable, on the common grid of valid times.",
    columns=(
        Column("feed", "text", "provider/model", nullable=False),
        VARIABLE,
        LOCATION,
        CYCLE_START,
        VALID_TIME,
        LEAD,
        Column("forecast", "float", "Value forecast, in the variable's unit", nullable=False),
        Column("observed", "float", "Value observed, in the variable's unit", nullable=False),
        Column("error", "float", "forecast − observed", nullable=False),
        Column("truth_source", "text", "Source of the value observed"),
        KNOWN_AT,
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
        VARIABLE,
        LOCATION,
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
        DAY_OF_VALID_TIME,
        Column("feed", "text", "provider/model", nullable=False),
        VARIABLE,
        LOCATION,
        Column("lead_day", "int", "Whole days of lead, 0 for less than 24 h", nullable=False, ge=0),
        Column("hour_block", "int", "Six-hour block of the UTC valid time, 0-3", nullable=False, ge=0, le=3),
        Column("n", "int", "Pairs summed", nullable=False, ge=1),
        Column("error_sum", "float", "Sum of errors", nullable=False),
        Column("absolute_error_sum", "float", "Sum of absolute errors", nullable=False, ge=0),
        Column("squared_error_sum", "float", "Sum of squared errors", nullable=False, ge=0),
        Column("observed_sum", "float", "Sum of the values observed, for ratios of amounts", nullable=False),
        KNOWN_AT,
    ),
    key=("day", "feed", "variable", "location_id", "lead_day", "hour_block"),
    partition_column="day",
    grain=DAY,
)
