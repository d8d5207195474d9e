"""Tables: forecasts in the contract's columns, or observations, read by the mapping that lies beside them.

Belongs here: what a table's rows are. Does not: how they are read (core.observations).
"""

import pandas as pd

from weather_platform.core.contracts.uploads import OBSERVATIONS, REJECTED
from weather_platform.core.observations.mapping import Csv
from weather_platform.core.observations.mapping_file import MappingError, read_mapping
from weather_platform.core.observations.table import Limits, ObservationFileError, Opened, open_table
from weather_platform.core.observations.upload import parse_upload
from weather_platform.core.uploads import forecasts
from weather_platform.core.uploads.spec import File, Kind, Reading, UploadError


def read(file: File) -> Reading:
    """Rows of forecasts where the columns are theirs, else of observations. Raises UploadError."""
    opened = _opened(file)
    if opened is not None and forecasts.is_forecast(opened):
        return forecasts.read(file, opened)
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


def _opened(file: File) -> Opened | None:
    """The file as its format and ours have it; None where only a mapping can tell how it is to be read."""
    try:
        return open_table(file.data, Csv(), Limits())
    except ObservationFileError:
        return None


def _rejected(quarantine: pd.DataFrame) -> pd.DataFrame:
    return quarantine.rename(columns={"object": "upload"})[list(REJECTED.column_names)]


TABLE = Kind("table", lambda _file: True, read)
