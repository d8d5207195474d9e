"""Tables: forecasts or observations, read by the names of their columns and the mapping that lies beside
them.

Belongs here: which of both a table is, and its rows. Does not: how they are read (core.observations), or
names (core.uploads.recognise).
"""

from collections.abc import Sequence

import pandas as pd

from weather_platform.core.contracts.uploads import OBSERVATIONS, REJECTED
from weather_platform.core.observations.mapping import Csv
from weather_platform.core.observations.mapping_file import (
    MappingError,
    as_mapping,
    mapping_fields,
    validated,
)
from weather_platform.core.observations.table import Limits, ObservationFileError, Opened, open_table
from weather_platform.core.observations.upload import parse_upload, wanted
from weather_platform.core.uploads import forecasts
from weather_platform.core.uploads.complete import INTERVAL, Fields, beside, completed, is_whole, settled
from weather_platform.core.uploads.forecast_mapping import is_forecast
from weather_platform.core.uploads.naming import MAPPING_SUFFIX
from weather_platform.core.uploads.passed_over import columns_not_used, passed_over
from weather_platform.core.uploads.preamble import refuse_preamble
from weather_platform.core.uploads.recognise import columns, refuse_zoneless
from weather_platform.core.uploads.spec import File, Kind, Reading, UploadError
from weather_platform.core.uploads.synonyms import VARIABLES

_DELIMITERS, _TELLS = ";\t|", "sep="


def read(file: File) -> Reading:
    """Rows of forecasts where folder or columns are theirs, else of observations. Raises UploadError.

    A mapping of the file's own that lacks nothing says it all; of a folder's, forecasts take no notice.
    """
    try:
        given = mapping_fields(file.mapping, file.mapping_name) if file.mapping else {}
        if is_whole(given) and file.mapping_name == file.name + MAPPING_SUFFIX:
            return _observations(file, given)
        opened, given = _opened(file, given)
        if "valid_time" not in {*settled(given), *columns(opened).found} and not is_whole(given):
            refuse_preamble(file.data, given.get("csv", {}).get("encoding", "utf-8"), beside(file))
        if is_forecast(file, opened, given):
            return forecasts.read(file, opened, {} if is_whole(given) else given)
        if is_whole(given):
            return _observations(file, given)
        fields = completed(file, opened, given)
        return _observations(file, fields, opened.names, interval_by_step="interval" not in fields)
    except (MappingError, ObservationFileError) as error:
        raise UploadError(str(error)) from error


def begins_as_table(file: File) -> bool:
    """Whether a text's first line names a time and a variable, or columns of its folder's mapping."""
    try:
        given = mapping_fields(file.mapping, file.mapping_name) if file.mapping else {}
        opened, given = _opened(file, given)
    except (MappingError, ObservationFileError, UploadError):
        return False
    found = columns(opened).found.keys()
    return ("valid_time" in found and not found.isdisjoint(VARIABLES)) or (
        not settled(given).isdisjoint(opened.names)
    )


def _observations(
    file: File, fields: Fields, names: Sequence[str] = (), *, interval_by_step: bool = False
) -> Reading:
    """Rows by a mapping that lacks nothing. `names` are the file's columns, where they told what they are."""
    mapping = as_mapping(fields, file.mapping_name or beside(file))
    parsed = parse_upload(file.data, mapping, file.key, file.panel, interval_by_step=interval_by_step)
    refuse_zoneless(parsed.rows, parsed.quarantine["reason"], mapping.time, beside(file))
    summary = parsed.summary
    counts = {
        "kind": "observations",
        "rows_read": summary.rows_read,
        "rows_set_aside": summary.rows_quarantined,
        "first": summary.first,
        "last": summary.last,
        **passed_over(summary),
        **columns_not_used(names, {*wanted(mapping), INTERVAL}),
    }
    return Reading({OBSERVATIONS: parsed.rows}, _rejected(parsed.quarantine), counts)


def _opened(file: File, given: Fields) -> tuple[Opened, Fields]:
    """The file by the layout that its mapping gives, or the delimiter that its header has."""
    csv = validated(Csv, given.get("csv", {}), f"{file.mapping_name}: csv")
    opened = open_table(file.data, csv, Limits())
    first = next(iter(opened.names), "")
    header = first if len(opened.names) == 1 else ""
    if first.startswith(_TELLS):  # as spreadsheets take it, in a line before the header
        told = {"delimiter": first.removeprefix(_TELLS) or ",", "skip_rows": csv.skip_rows + 1}
    elif (delimiter := max(_DELIMITERS, key=header.count)) in header:
        told = {"delimiter": delimiter}
    else:
        return opened, given
    if "delimiter" in csv.model_fields_set:
        return opened, given
    given = {**given, "csv": {**given.get("csv", {}), **told}}
    return open_table(file.data, Csv.model_validate(given["csv"]), Limits()), given


def _rejected(quarantine: pd.DataFrame) -> pd.DataFrame:
    return quarantine.rename(columns={"object": "upload"})[list(REJECTED.column_names)]


TABLE = Kind("table", lambda _file: True, read)
