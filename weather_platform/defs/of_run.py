"""What is told at a partition of what its run did.

Belongs here: names for it. Does not: what is told (each asset), or what was stored (infra.io_manager).
"""

from collections.abc import Mapping
from typing import Any

import dagster as dg


def of_run(context: dg.AssetExecutionContext, told: Mapping[str, Any]) -> dict[str, Any]:
    """Metadata of an output under names that say what it is of. Dagster writes it to the event of every
    partition of the run: of a range, each page would show the whole range's numbers as its own.
    """
    return dict(told) if len(context.partition_keys) == 1 else {f"{name}_of_run": told[name] for name in told}
