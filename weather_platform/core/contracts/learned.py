"""Contracts of what the platform makes of forecasts and truth: errors, features, predictions, verification."""

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
        _KNOWN_AT,
    ),
    key=("feed", "variable", "location_id", "cycle", "valid_time"),
    partition_column="valid_time",
    grain=DAY,
)

ERROR_SUM = Contract(
    name="forecast_error_sums",
    description="Daily sums of errors, so that a recent bias is a sum over a few small rows and never a scan.",
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
        _KNOWN_AT,
    ),
    key=("day", "feed", "variable", "location_id", "lead_day", "hour_block"),
    partition_column="day",
    grain=DAY,
)
