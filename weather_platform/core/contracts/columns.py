"""Columns that several contracts of what is made of forecasts and truth share.

Belongs here: a column that means the same in each. Does not: contracts.
"""

from weather_platform.core.tables.contract import Column

VARIABLE = Column(
    "variable",
    "text",
    "Target variable, with its unit; precipitation_mm is of the 3 hours that end at the valid time",
    nullable=False,
)
LOCATION = Column("location_id", "text", "Place", nullable=False)
CYCLE_START = Column("cycle", "time", "Nominal start of the cycle", nullable=False)
VALID_TIME = Column("valid_time", "time", "The time forecast", nullable=False)
LEAD = Column("lead_hours", "float", "valid_time less the time of knowing, hours", nullable=False, ge=0)
KNOWN_AT = Column("known_at", "time", "When everything the row uses could be known", nullable=False)
DAY_OF_VALID_TIME = Column("day", "time", "Day of valid time", nullable=False)
MODEL_VERSION = Column(
    "model_version", "text", "Version that made our prediction on these rows", nullable=False
)
