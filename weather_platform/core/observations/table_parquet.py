"""Parquet: columns keep their types.

What a file claims of its sizes is not trusted: text is read as a dictionary, so that a value that stands
once in the file and a million times in its rows is in memory once, and is counted before it is spread out.
"""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from weather_platform.core.observations.mapping import Csv
from weather_platform.core.observations.table_spec import (
    Limits,
    ObservationFileError,
    Opened,
    Table,
    check_rows,
    check_size,
)

_BATCH_ROWS = 1 << 16
_VALUE_BYTES = 8


def recognised(data: bytes) -> bool:
    """Whether the first bytes are Parquet's."""
    return data.startswith(b"PAR1")


def opened(data: bytes, _csv: Csv, limits: Limits) -> Opened:
    """The file's schema, and the way to its rows. Raises ObservationFileError."""
    try:
        file = pq.ParquetFile(pa.BufferReader(data))
        names = list(file.schema_arrow.names)
        check_rows(file.metadata.num_rows, limits)
    except (pa.ArrowException, OSError) as error:
        raise _damaged(error) from error
    return Opened(names, lambda wanted: _rows(data, wanted, limits))


def _rows(data: bytes, wanted: Sequence[str], limits: Limits) -> Table:
    try:
        source = pa.BufferReader(data)
        types = pq.read_schema(source)
        if nested := [name for name in wanted if not _is_plain(types.field(name).type)]:
            raise ObservationFileError(
                f"column {nested[0]!r:.80} holds lists, structures or bytes; leave it out"
            )
        texts = [name for name in wanted if _is_text(types.field(name).type)]
        file = pq.ParquetFile(source, read_dictionary=texts)
        _check_claims(file.metadata, wanted, limits)
        parts: list[pa.RecordBatch] = []
        rows = size = 0
        for batch in file.iter_batches(_BATCH_ROWS, columns=list(wanted), use_threads=False):
            rows, size = rows + len(batch), size + sum(map(_spread_bytes, batch.columns))
            check_rows(rows, limits)
            check_size(size, limits)
            parts.append(batch)
        table = pa.Table.from_batches(parts, None if parts else file.schema_arrow).select(list(wanted))
        columns = {name: _plain(table[name]) for name in wanted}
    except (pa.ArrowException, OSError) as error:
        raise _damaged(error) from error
    return Table(columns, np.arange(rows), [])


def _check_claims(file: pq.FileMetaData, wanted: Sequence[str], limits: Limits) -> None:
    """By the footer, before anything is unpacked: it may lie, which the reading finds out batch by batch."""
    check_size(file.num_rows * len(wanted) * _VALUE_BYTES, limits)
    groups = [file.row_group(i) for i in range(file.num_row_groups)]
    chunks = [group.column(i) for group in groups for i in range(group.num_columns)]
    check_size(sum(one.total_uncompressed_size for one in chunks if one.path_in_schema in wanted), limits)


def _is_plain(kind: pa.DataType) -> bool:
    """Whether a value is a number, a time or a text: those have sizes that are counted."""
    is_a = pa.types
    return bool(
        is_a.is_primitive(kind) or is_a.is_null(kind) or is_a.is_decimal(kind) or is_a.is_dictionary(kind)
    ) or _is_text(kind)


def _is_text(kind: pa.DataType) -> bool:
    is_a = pa.types
    return bool(is_a.is_string(kind) or is_a.is_large_string(kind) or is_a.is_string_view(kind))


def _spread_bytes(column: pa.Array) -> int:
    """Bytes that a column takes once every row has its own copy of its text."""
    if not pa.types.is_dictionary(column.type) or not len(column.dictionary):
        return int(column.nbytes)
    lengths = pc.fill_null(pc.binary_length(column.dictionary), 0).to_numpy(zero_copy_only=False)
    used = column.indices.drop_null().to_numpy(zero_copy_only=False)
    counts = np.bincount(used, minlength=len(lengths))
    return int(column.dictionary.nbytes + np.dot(counts, lengths.astype("int64")) + 8 * len(column))


def _plain(column: pa.ChunkedArray) -> pa.Array:
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    whole = column.combine_chunks()
    return whole if isinstance(whole, pa.Array) else pa.concat_arrays(whole.chunks)


def _damaged(error: Exception) -> ObservationFileError:
    return ObservationFileError(
        f"cannot be read as Parquet: {error!s:.300}; the file is damaged or cut short"
    )
