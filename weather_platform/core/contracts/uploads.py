"""Contract of what was set aside while dropped files were read."""

from weather_platform.core.contract import Column, Contract

REJECTED = Contract(
    name="rejected",
    description="Rows of dropped files, and whole files, that could not be read, with the reason.",
    columns=(
        Column("upload", "text", "Upload that held the row", nullable=False),
        Column(
            "row",
            "int",
            "Position of the row in the file, 0 for the first after the header; −1 for the whole file",
            nullable=False,
            ge=-1,
        ),
        Column("column", "text", "Column at fault; empty for the whole row", nullable=False),
        Column("reason", "text", "What was wrong and what was expected", nullable=False),
        Column("value", "text", "The value at fault, cut to 200 characters"),
        Column("record", "text", "The row as JSON, cut to 4000 characters"),
    ),
    key=("upload", "row", "column", "reason"),
    partition_column="upload",
)
