"""Contracts of what dropped files hold besides observations, and of what was set aside of them."""

from weather_platform.core.contracts.forecast import FORECAST
from weather_platform.core.tables.contract import Column, Contract

# The tables that rows of dropped files go to; the first has the contract UPLOADED_OBSERVATION.
OBSERVATIONS, FORECASTS, FEATURES = "uploads", "uploaded_forecasts", "uploaded_features"

_UPLOAD = Column("upload", "text", "File version: name, number and content hash", nullable=False)

UPLOADED_FORECAST = Contract(
    name="uploaded_forecasts",
    description="Forecasts that users dropped as files, one partition per upload.",
    columns=(_UPLOAD, *FORECAST.columns),
    key=("upload", *FORECAST.key),
    partition_column="upload",
)

FEATURE = Contract(
    name="uploaded_features",
    description="What was made of dropped pictures, sounds and texts; numbers stand in further columns. An "
    "end by intent: no forecast is made of it, it is there for models of your own.",
    columns=(
        _UPLOAD,
        Column("kind", "text", "Preprocessor: image, audio, text", nullable=False),
        Column("position", "int", "Second, report or word within the file, from 0", nullable=False, ge=0),
        Column("time", "time", "Of the picture, second or report; null where nothing says it"),
        Column("location_id", "text", "Place or station that the file or report names"),
        Column("text", "text", "Report or word"),
        Column("object", "text", "Object that holds the preprocessed form, beside the original"),
    ),
    key=("upload", "position"),
    partition_column="upload",
    extra_float=r"[a-z][a-z0-9_]{0,60}",
)

REJECTED = Contract(
    name="rejected",
    description="Rows of dropped files, and whole files, that could not be read, with the reason.",
    columns=(
        _UPLOAD,
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
