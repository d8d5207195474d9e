"""Dagster's outputs and inputs as partitions of the warehouse's tables.

Belongs here: which partitions an output fills and an input reads, and in what form. Does not: how a table
is stored (see infra.warehouse), or which contract it has (see infra.tables).

The IO managers that come with Dagster were not used: their file managers refuse outputs of several
partitions, and their BigQuery one erases a partition before an empty result and then skips the write.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import dagster as dg

from weather_platform.core.tables.contract import Contract
from weather_platform.infra.lazy_types import IbisTable
from weather_platform.infra.tables import contract_for, table_of

if TYPE_CHECKING:
    import ibis
    import pandas as pd

    from weather_platform.infra.platform import Platform

HOURS_BEFORE = "hours_before"


class WarehouseIOManager(dg.IOManager):
    """Outputs (DataFrame or Ibis table) replace the partitions of their run; inputs come as annotated."""

    def __init__(self, platform: "Platform") -> None:
        self._platform = platform

    def handle_output(self, context: dg.OutputContext, obj: "pd.DataFrame | ibis.Table") -> None:
        """Replace the run's partitions; those that `obj` has no rows of become empty."""
        key = context.asset_key
        keys = list(context.asset_partition_keys) if context.has_asset_partitions else None
        warehouse, table = self._platform.warehouse, table_of(key)
        rows = warehouse.replace(table, contract_for(key), obj, keys)
        metadata: dict[str, Any] = _stored(sum(rows.values()), warehouse.size(table, keys), keys)
        # Of this output and of the inputs read before it: what the step asked of the warehouse.
        metadata |= warehouse.usage()
        context.add_output_metadata(metadata)
        if keys is not None and len(keys) > 1 and contract_for(key).grain is not None:
            _count_each(context, keys, rows)

    def load_input(self, context: dg.InputContext) -> "pd.DataFrame | ibis.Table":
        """The upstream partitions that the run's partitions map to; those never written read as empty.

        Metadata HOURS_BEFORE of the input has partitions read that start so long before the first of those,
        too. Dagster knows nothing of them: they start no run and hold none up.
        """
        key = context.asset_key
        keys = list(context.asset_partition_keys) if context.has_asset_partitions else None
        if keys and (hours := context.definition_metadata.get(HOURS_BEFORE)):
            keys = _before(contract_for(key), keys, timedelta(hours=hours)) + keys
        warehouse = self._platform.warehouse
        if context.dagster_type.typing_type is IbisTable:
            return warehouse.expression(table_of(key), contract_for(key), keys)
        return warehouse.read(table_of(key), contract_for(key), keys)


def _stored(rows: int, size: int, keys: list[str] | None) -> dict[str, Any]:
    """What was stored. Dagster writes it to the event of every partition of the run, so that totals of
    several go by names of their own."""
    if keys is None or len(keys) == 1:
        return {"dagster/row_count": rows, "bytes": size}
    return {"partitions_of_run": len(keys), "rows_of_run": rows, "bytes_of_run": size}


def _count_each(context: dg.OutputContext, keys: list[str], rows: Mapping[str, int]) -> None:
    """Its own number of rows for each partition of a range.

    Not for partitions that are no times: for each, Dagster would read all names there are (see uploads).
    """
    for key in keys:
        context.step_context.add_asset_metadata(
            {"dagster/row_count": rows.get(key, 0)}, context.asset_key, key
        )


def _before(contract: Contract, keys: list[str], time: timedelta) -> list[str]:
    """Keys of the partitions that start up to `time` before the first of `keys`."""
    grain = contract.grain
    if grain is None:
        raise ValueError(f"{contract.name} has no partitions in time, so that none lies before others")
    first = min(map(grain.start, keys))
    return grain.keys(first - time, first)
