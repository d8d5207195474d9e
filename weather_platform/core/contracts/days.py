"""Contracts of whole days at a place: what is said of them, how good it was, and how long errors last."""

from dataclasses import replace

from weather_platform.core.contracts.columns import CYCLE_START, KNOWN_AT, LOCATION, VARIABLE
from weather_platform.core.contracts.learned import QUANTILES
from weather_platform.core.contracts.scores import SCORE
from weather_platform.core.partitions import CYCLE, DAY
from weather_platform.core.tables.contract import Column, Contract

_OF_DAY = Column(
    "variable",
    "text",
    "A target and what is said of its eight values of the day, as temperature_c_max",
    nullable=False,
)
_ENDED = Column("day", "time", "UTC day of the last value of the place's day", nullable=False)
_MEMORY = "Hours after which an error is expected to have shrunk to 37 %"

ERROR_MEMORY = Contract(
    name="error_memory",
    description="How good forecasts of whole days were, had errors lasted so long: sums of CRPS.",
    columns=(
        _ENDED,
        VARIABLE,
        Column("memory_hours", "float", _MEMORY, nullable=False, ge=0),
        KNOWN_AT,
        Column("n", "int", "Days of places and cycles summed", nullable=False, ge=1),
        Column("crps_sum", "float", "Sum of the CRPS of all that is said of a day", nullable=False, ge=0),
    ),
    key=("day", "variable", "memory_hours"),
    partition_column="day",
    grain=DAY,
)

DAILY_PREDICTION = Contract(
    name="daily_predictions",
    description="Our forecast of whole days: quantiles of the lowest, highest, mean or summed eight values.",
    columns=(
        _OF_DAY,
        LOCATION,
        CYCLE_START,
        Column(
            "starts_at",
            "time",
            "When the day begins at the place: midnight by the sun, to the hour",
            nullable=False,
        ),
        Column("date", "text", "Date of the day at the place, as 2026-08-31", nullable=False),
        KNOWN_AT,
        Column("lead_hours", "float", "Lead of the first of its values, hours", nullable=False, ge=0),
        *(
            Column(name, "float", f"Quantile {name[1:]} %, in the target's unit", nullable=False)
            for name in QUANTILES
        ),
        Column("probability", "float", "Chance of at least 1 mm in the day; null for others", ge=0, le=1),
        Column("memory_hours", "float", _MEMORY, nullable=False, ge=0),
        Column("feeds_present", "int", "Fewest feeds that one of the values stands on", nullable=False, ge=0),
        Column(
            "model_version",
            "text",
            "Registered version, or bias_corrected where it made any of the values",
            nullable=False,
        ),
        Column("degraded", "bool", "Whether any of the values was made without a feed", nullable=False),
    ),
    key=("variable", "location_id", "cycle", "starts_at"),
    partition_column="cycle",
    grain=CYCLE,
)

DAILY_SCORE = replace(
    SCORE,
    name="daily_verification",
    description="Sums of scores of whole days, by the UTC day in which they ended: as `verification`.",
    columns=tuple({"day": _ENDED, "variable": _OF_DAY}.get(one.name, one) for one in SCORE.columns),
)
