"""Pictures, sounds and texts: what a preprocessor makes of them.

Belongs here: rows by the contract. Does not: any preprocessor (core.preprocess).
"""

import hashlib

from weather_platform.core.contracts.uploads import FEATURE, FEATURES, REJECTED
from weather_platform.core.file_names import place_of
from weather_platform.core.preprocess.registry import PREPROCESSORS
from weather_platform.core.preprocess.spec import PreprocessError, Preprocessor
from weather_platform.core.preprocess.text import TEXT
from weather_platform.core.tables.schema import conform, empty
from weather_platform.core.uploads.naming import MAPPING_SUFFIX
from weather_platform.core.uploads.spec import File, Kind, Reading, UploadError
from weather_platform.core.uploads.table import begins_as_table

_FORMS = "uploads/forms"


def takes(file: File) -> bool:
    """Whether a preprocessor takes it. A text with a mapping of its own, or that begins as a table does, is a
    table.
    """
    found = _preprocessor(file)
    if found is None or file.mapping_name == file.name + MAPPING_SUFFIX:
        return False
    return found is not TEXT or not begins_as_table(file)


def read(file: File) -> Reading:
    """FEATURE rows. Raises UploadError."""
    preprocessor = _preprocessor(file)
    if preprocessor is None:
        raise UploadError("no preprocessor takes it")
    try:
        made = preprocessor.features(file.name, file.data)
    except PreprocessError as error:
        raise UploadError(str(error)) from error
    name = None if made.form is None else f"{_FORMS}/{hashlib.sha256(made.form).hexdigest()}"
    rows = made.rows.assign(upload=file.key, kind=preprocessor.name, object=name)
    if "location_id" not in rows:
        rows = rows.assign(location_id=place_of(file.name))
    return Reading(
        {FEATURES: conform(rows, FEATURE).reset_index(drop=True)},
        empty(REJECTED),
        {"kind": preprocessor.name, "rows_read": len(rows), "rows_set_aside": 0},
        {} if name is None or made.form is None else {name: made.form},
    )


def _preprocessor(file: File) -> Preprocessor | None:
    return next((found for found in PREPROCESSORS if found.takes(file.name, file.data)), None)


MEDIA = Kind("media", takes, read)
