"""What stations' programs write above the header of a table: the station's name, its position, a comment.

Belongs here: finding the header below it, so that the refusal can say where it is. Does not: reading it
(core.uploads.table): whoever dropped the file says so.
"""

from csv import Error as CsvError
from csv import reader
from itertools import islice

from weather_platform.core.uploads.spec import UploadError
from weather_platform.core.uploads.synonyms import VARIABLES, meanings

_LOOKED_AT = 1 << 16  # bytes
_MOST_LINES = 40
_DELIMITERS = ",;\t|"


def refuse_preamble(data: bytes, encoding: str, beside: str) -> None:
    """Raise UploadError where a line below the first is the header; `beside` is the mapping that says so."""
    lines = data[:_LOOKED_AT].decode(encoding, errors="replace").split("\n")
    for above, line in enumerate(islice(lines, 1, _MOST_LINES), start=1):
        if _is_header(line):
            raise UploadError(
                f"its header is line {above + 1}: write `csv: {{skip_rows: {above}}}` into {beside}"
            )


def _is_header(line: str) -> bool:
    try:
        names = next(reader([line], delimiter=max(_DELIMITERS, key=line.count)), [])
    except CsvError:
        return False
    told = {meaning.column for name in names for meaning in meanings(name.strip())}
    return "valid_time" in told and not told.isdisjoint(VARIABLES)
