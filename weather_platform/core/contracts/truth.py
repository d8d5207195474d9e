"""Contracts of what happened: places, and observations beside which forecasts are held."""

from weather_platform.core.contract import Column, Contract
from weather_platform.core.partitions import DAY
from weather_platform.core.variables import WEATHER

LOCATIONS = Contract(
    name="locations",
    description="The panel of places, revisited every cycle.",
    columns=(
        Column("location_id", "text", "Stable id", nullable=False),
        Column("name", "text", "What people call it"),
        Column("country", "text", "ISO 3166-1 alpha-2 code"),
        Column("latitude", "float", "Degrees, WGS84", nullable=False, ge=-90, le=90),
        Column("longitude", "float", "Degrees, WGS84", nullable=False, ge=-180, le=180),
        Column("elevation_m", "float", "Above sea level, m", ge=-500, le=9000),
    ),
    key=("location_id",),
)

_OBSERVED = (
    Column("location_id", "text", "Place", nullable=False),
    Column(
        "station_id", "text", "Station that measured; the place's own id for a reanalysis", nullable=False
    ),
    Column("source", "text", "Archive or upload that the value came from", nullable=False),
    Column("time", "time", "Time of the measurement; accumulations end here", nullable=False),
    Column("known_at", "time", "Earliest time at which the value can have been known here", nullable=False),
    Column("distance_km", "float", "Great-circle distance from station to place, km", ge=0, le=20040),
    Column(
        "interval_hours", "int", "Accumulation window that ends at time, hours", nullable=False, ge=1, le=24
    ),
    Column("quality", "text", "The source's quality mark: good, suspect, or unchecked", nullable=False),
    *WEATHER,
)

OBSERVATION = Contract(
    name="observations",
    description="One hourly truth table from every archive and upload.",
    columns=_OBSERVED,
    key=("location_id", "time", "source"),
    partition_column="time",
    grain=DAY,
)

UPLOADED_OBSERVATION = Contract(
    name="uploads",
    description="Observation rows of files that users gave, one partition per file version.",
    columns=(Column("upload", "text", "File version: name and content hash", nullable=False), *_OBSERVED),
    key=("upload", "location_id", "time", "source"),
    partition_column="upload",
)
