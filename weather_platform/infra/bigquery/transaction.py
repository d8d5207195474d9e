"""How rows that are staged take the place of stored ones: one transaction, which BigQuery runs or does not.

Belongs here: its statements, and what it writes down of each partition. Does not: sending it (warehouse), how
rows get staged (staging), or the ledger's own form (ledger).

A reader sees the old rows or the new ones, and whoever is killed, at whatever moment, leaves one or the
other. An empty result deletes and inserts nothing, on purpose.
"""

from collections.abc import Iterable, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from weather_platform.infra.bigquery.names import columns, quoted
from weather_platform.infra.warehouse.incoming import Part

Line = tuple[str, int, int]


def script(target: str, where: str, names: Sequence[str], staged: str | None, noted: str | None) -> str:
    """GoogleSQL that deletes the rows of `target` for which `where` holds, inserts the columns `names` of
    `staged`, and runs the statement `noted`. Paths are project.dataset.id; `where` is escaped.
    """
    statements = ["BEGIN TRANSACTION", f"DELETE FROM {quoted(target)} WHERE {where}"]  # noqa: S608
    if staged is not None:
        listed = columns(names)
        statements.append(f"INSERT INTO {quoted(target)} ({listed})\nSELECT {listed} FROM {quoted(staged)}")
    if noted is not None:
        statements.append(noted)
    return ";\n".join([*statements, "COMMIT TRANSACTION"]) + ";"


def lines(rows: pa.Table, parts: Sequence[Part], keys: Iterable[str]) -> list[Line]:
    """Key, rows and logical bytes of every partition that is replaced; those without a part become empty."""
    sizes = _row_bytes(rows)
    by_key = {part.key: (len(part.rows), int(sizes[part.rows].sum())) for part in parts}
    return [(key, *by_key.get(key, (0, 0))) for key in sorted(set(keys))]


def _row_bytes(rows: pa.Table) -> np.ndarray:
    """Logical bytes of each row as BigQuery counts them: 8 a number or time, 1 a boolean, 2 and the UTF-8
    bytes a text, 0 a null.
    """
    total = np.zeros(len(rows), dtype=np.int64)
    for field, column in zip(rows.schema, rows.columns, strict=True):
        present = pc.is_valid(column).to_numpy()
        if pa.types.is_string(field.type):
            total += np.where(present, 2 + pc.fill_null(pc.binary_length(column), 0).to_numpy(), 0)
        else:
            total += present * (1 if pa.types.is_boolean(field.type) else 8)
    return total
