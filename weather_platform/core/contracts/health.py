"""Contract of what is made of each feed before it is believed."""

from weather_platform.core.partitions import CYCLE
from weather_platform.core.tables.contract import Column, Contract

FEED_HEALTH = Contract(
    name="feed_health",
    description="Whether what a feed says in a cycle is new and near to what the others say, by variable.",
    columns=(
        Column("feed", "text", "provider/model", nullable=False),
        Column("cycle", "time", "Nominal start of the cycle", nullable=False),
        Column("variable", "text", "Weather variable, with its unit", nullable=False),
        Column("n", "int", "Values on the common grid of valid times", nullable=False, ge=0),
        Column("providers", "int", "Providers compared with, itself included", nullable=False, ge=0),
        Column(
            "offset",
            "float",
            "Median of value − consensus, in the variable's unit; ln of the ratio for wind and rain",
        ),
        Column("allowed", "float", "How far the offset may be from zero"),
        Column(
            "repeats_hours", "float", "The newest earlier cycle that said the very same, hours before", ge=0
        ),
        Column("issue_age_hours", "float", "Age of the provider's own newest run at the fetch, hours"),
        Column(
            "lag_hours",
            "float",
            "How many hours later the others' temperature fits it, where its times are shifted",
        ),
        Column("verdict", "text", "sound, alone, absent, stale or off", nullable=False),
        Column("reason", "text", "Why, where it is not sound"),
    ),
    key=("cycle", "feed", "variable"),
    partition_column="cycle",
    grain=CYCLE,
)
