"""Tables: files of observations, read by the mapping that lies beside them.

Belongs here: what a table's rows are. Does not: how they are read (core.observations).
"""

import pandas as pd

from weather_platform.core.contracts.uploads import OBSERVATIONS, REJECTED
from weather_platform.core.observations.mapping_file import MappingError, read_mapping
from weather_platform.core.observations.table import ObservationFileError
from weather_platform.core.observations.upload import parse_upload
from weather_platform.core.uploads.spec import File, Kind, Reading, UploadError


def read(file: File) -> Reading:
    """UPLOADED_OBSERVATION rows of a table. Raises UploadError."""
    if not file.mapping:
        raise UploadError(
            "no mapping says what its columns mean; put one beside it, named "
            f"{file.name.rpartition('/')[2]}.yaml, or one for the whole folder, named mapping.yaml"
        )
    try:
        mapping = read_mapping(file.mapping, file.mapping_name)
        parsed = parse_upload(file.data, mapping, file.key, file.panel)
    except (MappingError, ObservationFileError) as error:
        raise UploadError(str(error)) from error
    summary = parsed.summary
    counts = {
        "rows_read": summary.rows_read,
        "rows_set_aside": summary.rows_quarantined,
        "first": summary.first,
        "last": summary.last,
    }
    return Reading({OBSERVATIONS: parsed.rows}, _rejected(parsed.quarantine), counts)


def _rejected(quarantine: pd.DataFrame) -> pd.DataFrame:
    return quarantine.rename(columns={"object": "upload"})[list(REJECTED.column_names)]


TABLE = Kind("table", lambda _file: True, read)
