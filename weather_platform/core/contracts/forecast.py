"""Contracts of what providers say: the request manifest, the forecast rows, and the rows set aside."""

from weather_platform.core.partitions import CYCLE
from weather_platform.core.quantities.variables import WEATHER
from weather_platform.core.tables.contract import Column, Contract

MANIFEST = Contract(
    name="payloads",
    description="One row per request of a cycle: what was asked, when it was answered, where its bytes are.",
    columns=(
        Column("provider", "text", "Provider asked", nullable=False),
        Column("cycle", "time", "Nominal start of the partition", nullable=False),
        Column("request", "text", "Name of the request, unique within provider and cycle", nullable=False),
        Column(
            "role",
            "text",
            "forecast, or lookup for a reply that only leads to the next request",
            nullable=False,
        ),
        Column("location_ids", "text", "Places asked for, joined by commas in request order", nullable=False),
        Column("url", "text", "What was asked, without any secret", nullable=False),
        Column("status", "int", "HTTP status", nullable=False, ge=100, le=599),
        Column(
            "fetched_at",
            "time",
            "When the reply was complete: the earliest time anybody here could know it",
            nullable=False,
        ),
        Column("sha256", "text", "Hash of the body as served", nullable=False),
        Column("bytes", "int", "Length of the body as served", nullable=False, ge=0),
        Column(
            "quota_weight",
            "float",
            "What the reply cost of the provider's quota, every attempt counted",
            nullable=False,
            ge=0,
        ),
        Column("object", "text", "Name of the object in the store", nullable=False),
    ),
    key=("cycle", "provider", "request"),
    partition_column="cycle",
    grain=CYCLE,
)

FORECAST = Contract(
    name="forecasts",
    description="Every forecast as it was issued, one row per feed, place, cycle and valid time.",
    columns=(
        Column("provider", "text", "Provider", nullable=False),
        Column("model", "text", "Model the provider served; `blend` where it names none", nullable=False),
        Column("feed", "text", "provider/model", nullable=False),
        Column("location_id", "text", "Place", nullable=False),
        Column("latitude", "float", "Latitude asked, degrees", nullable=False, ge=-90, le=90),
        Column("longitude", "float", "Longitude asked, degrees", nullable=False, ge=-180, le=180),
        Column("grid_latitude", "float", "Latitude answered, degrees", ge=-90, le=90),
        Column("grid_longitude", "float", "Longitude answered, degrees", ge=-180, le=180),
        Column("elevation_m", "float", "Elevation answered, m", ge=-500, le=9000),
        Column("cycle", "time", "Nominal start of the partition", nullable=False),
        Column("fetched_at", "time", "When we could know it", nullable=False),
        Column("issue_time", "time", "The provider's own run or update time; null where it says none"),
        Column("valid_time", "time", "The time forecast", nullable=False),
        Column("lead_hours", "float", "valid_time − fetched_at, hours", nullable=False, ge=0, le=24 * 46),
        Column(
            "interval_hours",
            "int",
            "Accumulation window that ends at valid_time, hours",
            nullable=False,
            ge=1,
            le=24,
        ),
        *WEATHER,
        Column("weather_code", "text", "The provider's own code"),
        Column(
            "reconstructed_from",
            "text",
            "Archive of previous runs that the row was taken from later: fetched_at is valid_time less the "
            "nominal lead; `uploaded` where a user dropped it when its hour was over, so that fetched_at is "
            "what the file says; null for what was fetched in time",
        ),
    ),
    key=("cycle", "feed", "location_id", "valid_time"),
    partition_column="cycle",
    grain=CYCLE,
)

QUARANTINE = Contract(
    name="quarantine",
    description="Rows and payloads that were set aside, with the reason and where they came from.",
    columns=(
        Column("source", "text", "Provider, archive or upload that the row came from", nullable=False),
        Column("cycle", "time", "Partition of the source", nullable=False),
        Column("object", "text", "Object or file that held the row", nullable=False),
        Column(
            "row",
            "int",
            "Position of the row within the object; −1 for the whole object",
            nullable=False,
            ge=-1,
        ),
        Column("column", "text", "Column at fault; empty for the whole row", nullable=False),
        Column("reason", "text", "What was wrong and what was expected", nullable=False),
        Column("value", "text", "The value at fault, cut to 200 characters"),
        Column("record", "text", "The row as JSON, cut to 4000 characters"),
    ),
    key=("source", "cycle", "object", "row", "column", "reason"),
    partition_column="cycle",
    grain=CYCLE,
)
