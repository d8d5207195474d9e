"""What reads would scan, by BigQuery's own dry runs on the newest partitions that are stored.

Belongs here: which query stands for a read. Does not: which reads there are (core.cost.reads), or prices.
"""

from datetime import timedelta

from weather_platform.core.cost.reads import Read
from weather_platform.core.cost.volumes import Volume
from weather_platform.infra.bigquery.warehouse import BigQueryWarehouse

_DAY = timedelta(days=1)


class DryRuns:
    """Answers `core.cost.amounts.monthly`. Billed is a look into the ledger for each table, and no more."""

    def __init__(self, warehouse: BigQueryWarehouse) -> None:
        self._warehouse = warehouse
        self._keys: dict[str, list[str]] = {}

    def __call__(self, read: Read, volume: Volume) -> float | None:
        """Bytes that a read scans once, over all tables of its kind; None where nothing is stored.

        A read that looks further back than there are partitions is counted up from those there are.
        """
        told = [self._of_table(name, read, volume) for name in volume.names]
        known = [scanned for scanned in told if scanned is not None]
        return sum(known) * len(told) / len(known) if known else None

    def _of_table(self, table: str, read: Read, volume: Volume) -> float | None:
        grain = volume.contract.grain
        wanted = max(1, round(read.days * _DAY / grain.length)) if grain else 1
        if table not in self._keys:
            self._keys[table] = self._warehouse.keys(table)
        keys = self._keys[table][-wanted:]
        if not keys:
            return None
        scanned = self._warehouse.dry_run_bytes(table, volume.contract, keys, read.columns)
        return scanned * wanted / len(keys)
