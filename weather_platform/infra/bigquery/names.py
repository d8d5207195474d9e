"""Names and values as BigQuery takes them: tables, columns, literals.

Belongs here: the encoding of what BigQuery forbids. Does not: which tables there are. All of it is one to
one, so that no two tables or columns of ours become one of BigQuery's.

A table's id has its parts joined by two underscores: `forecasts/open_meteo` is `forecasts__open_meteo`.
Underscores of a part that could be taken for such a joint, and hyphens, are written as hyphen and hexadecimal
code. Ids that begin or end with an underscore are therefore never an asset's: the platform's own tables have
them.

A column that holds anything but ASCII letters, digits and underscores has the others as `_x2e_` (a dot).
"""

import re
from collections.abc import Iterable
from datetime import datetime

from weather_platform.infra.warehouse.incoming import table_parts

_JOINT = re.compile(r"-|_(?=_)|(?<=_)_|^_|_$")
_FORBIDDEN = re.compile(r"[^A-Za-z0-9_]|_(?=x[0-9a-f]+[^A-Za-z0-9])")
_SHORT = str.maketrans({"\\": r"\\", "'": r"\'", "\n": r"\n", "\r": r"\r", "\t": r"\t"})


def table_id(table: str) -> str:
    """Id of an asset's table. Raises ValueError for a name that no table may have."""
    parts = (_JOINT.sub(lambda m: f"-{ord(m.group()):x}", part) for part in table_parts(table))
    return "__".join(parts)


def column_id(name: str) -> str:
    """A column's name in BigQuery."""
    return _FORBIDDEN.sub(lambda m: f"_x{ord(m.group()):x}_", name)


def quoted(*parts: str) -> str:
    """A path of identifiers in GoogleSQL."""
    return "`" + ".".join(parts) + "`"


def columns(names: Iterable[str]) -> str:
    """A list of columns in GoogleSQL."""
    return ", ".join(quoted(column_id(name)) for name in names)


def text(value: str) -> str:
    """A string literal in GoogleSQL."""
    escaped = value.translate(_SHORT)
    return "'" + re.sub(r"[\x00-\x1f\x7f]", lambda m: f"\\u{ord(m.group()):04x}", escaped) + "'"


def instant(time: datetime) -> str:
    """A TIMESTAMP literal in GoogleSQL. `time` is aware."""
    return f"TIMESTAMP '{time.isoformat(sep=' ', timespec='microseconds')}'"
