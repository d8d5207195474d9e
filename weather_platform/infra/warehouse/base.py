"""What every warehouse backend does, and nothing of how.

Semantics that the contract tests hold every backend to: replacing is atomic per partition and idempotent;
an empty frame empties the partition; a failure leaves what was there; rows outside `keys`, or that share a
key, are refused before anything is written; types, nulls, UTC microseconds and column case survive; reading a
range reads only that range; a partition that was never written reads as empty with the contract's columns.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from weather_platform.core.tables.contract import Contract

if TYPE_CHECKING:
    import ibis
    import pandas as pd


class Warehouse(Protocol):
    """`table` is an asset key joined by slashes; `keys` are the contract's partition keys, None for all."""

    def replace(
        self, table: str, contract: Contract, data: "pd.DataFrame | ibis.Table", keys: Sequence[str] | None
    ) -> dict[str, int]:
        """Make the named partitions hold exactly `data` (all of the table where `keys` is None).

        Returns rows written by partition, for those that have any (by WHOLE of a table without partitions).
        """

    def read(
        self,
        table: str,
        contract: Contract,
        keys: Sequence[str] | None = None,
        columns: Sequence[str] | None = None,
    ) -> "pd.DataFrame":
        """Rows of the named partitions, sorted by the contract's key, in the contract's types."""

    def expression(self, table: str, contract: Contract, keys: Sequence[str] | None = None) -> "ibis.Table":
        """The same rows as a lazy Ibis table, to be joined with others of this warehouse."""

    def keys(self, table: str) -> list[str]:
        """Keys of the partitions that were written, sorted; empty for a table that does not exist."""

    def size(self, table: str, keys: Sequence[str] | None = None) -> int:
        """Bytes stored for the named partitions."""

    def versions(self, table: str) -> dict[str, str]:
        """By key of every partition that was written, what differs between any two contents that it had."""

    def usage(self) -> dict[str, int]:
        """What the work since the last call cost, by name with unit; empty where nothing is billed."""
