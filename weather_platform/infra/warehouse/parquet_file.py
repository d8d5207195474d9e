"""One partition as one Parquet file: how its bytes are made, and how they are read back.

Belongs here: settings of the format and the replacing of a file. Does not: which partition a file is.

The same rows give the same bytes with one release of pyarrow: settings are fixed, the schema carries no
metadata, and rows come in sorted.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from weather_platform.infra.objects.half_written import replace
from weather_platform.infra.warehouse import outgoing


class DamagedFileError(ValueError):
    """A file that is no Parquet, or not what was written; the text names it, and what to do."""


def write(path: Path, rows: pa.Table) -> None:
    """Make the file hold exactly these rows, atomically. A file that has these bytes is not touched."""
    data = _encode(rows)
    if path.exists() and path.stat().st_size == len(data) and path.read_bytes() == data:
        return
    replace(path, data)


def names(path: Path) -> list[str]:
    """The columns that the file has. Raises DamagedFileError for a file that is no Parquet."""
    with _opened(path) as file:
        return list(file.schema_arrow.names)


def read(path: Path, schema: pa.Schema) -> pa.Table:
    """The file's rows in these columns; those it lacks are null. Raises ContractError where they may not be.

    Read on the calling thread alone: a process that ends soon after a threaded read may abort at its exit.
    Raises DamagedFileError for a file that is no Parquet, or whose pages are not those that were written.
    """
    with _opened(path) as file:
        present = [name for name in file.schema_arrow.names if name in schema.names]
        outgoing.refuse_older(place(path), present, schema)
        rows = file.read(present, use_threads=False)
    return outgoing.filled(rows, schema)


def place(path: Path) -> str:
    """The file, as messages name it."""
    return f"{path.parent.name}/{path.name}"


@contextmanager
def _opened(path: Path) -> Iterator[pq.ParquetFile]:
    try:
        with pq.ParquetFile(path, pre_buffer=False, page_checksum_verification=True) as file:
            yield file
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        if getattr(error, "errno", None) is not None:
            raise  # the system's own word; Arrow's on what it cannot unpack has no number
        reason = " ".join(str(error).split())  # Arrow's may be of several lines
        raise DamagedFileError(
            f"{path} cannot be read as Parquet ({reason}); delete it and materialize the partition again"
        ) from error


def _encode(rows: pa.Table) -> memoryview:
    sink = pa.BufferOutputStream()
    # Text and times repeat within a partition; measured numbers do not, and trying costs a third of the time.
    repeating = [field.name for field in rows.schema if not pa.types.is_floating(field.type)]
    with pq.ParquetWriter(
        sink,
        rows.schema,
        compression="zstd",
        compression_level=1,
        use_dictionary=repeating,
        write_page_checksum=True,  # else a bit that flipped on the disk is another temperature, and no error
    ) as writer:
        writer.write_table(rows)
    # As unsigned bytes: Arrow's own view is of signed ones, which equal no file's bytes beyond 127.
    return memoryview(sink.getvalue()).cast("B")
