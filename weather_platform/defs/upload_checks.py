"""What is told of a run over uploads: which files cannot be read, what was set aside, what each file held.

Belongs here: the checks `readable` and `nothing_set_aside`, and the run's summary. Does not: the run
(defs.uploads).
"""

from typing import TYPE_CHECKING

import dagster as dg

from weather_platform.core.contracts.uploads import OBSERVATIONS, REJECTED
from weather_platform.infra.platform import Platform

if TYPE_CHECKING:
    from weather_platform.infra.upload_reader import ReadRun

UPLOADS = dg.AssetKey(OBSERVATIONS)
QUARANTINE_TABLE = "quarantine/uploads"


def specs() -> list[dg.AssetCheckSpec]:
    """The checks, as they are listed before any run."""
    return [
        dg.AssetCheckSpec(
            "readable", asset=UPLOADS, description="The newest version of every dropped file can be read."
        ),
        dg.AssetCheckSpec(
            "nothing_set_aside", asset=UPLOADS, description="No row of this run's files went to quarantine."
        ),
    ]


def summary(run: "ReadRun") -> dict[str, dg.MetadataValue | int]:
    """Metadata of the run's materialization."""
    import pandas as pd

    lines = pd.DataFrame([{"upload": key, **reading.counts} for key, reading in run.readings.items()])
    return {
        "rows_set_aside": sum(len(reading.rejected) for reading in run.readings.values()),
        "replaced": len(run.replaced),
        "uploads": dg.MarkdownMetadataValue(lines.head(50).to_markdown(index=False)),
    }


def readable(platform: Platform) -> dg.AssetCheckResult:
    """Of all files, whatever the run: a file is bad until it is mended, not until another one is read."""
    ledger = platform.uploads.ledger()
    table = platform.warehouse.expression(QUARANTINE_TABLE, REJECTED)
    lines = table.filter(table.row < 0).select("upload", "reason").execute()
    counted = [key for key in set(lines["upload"]) & set(ledger.uploads) if ledger.counts(key)]
    standing = lines[lines["upload"].isin(counted)]
    names = [ledger.uploads[key].name for key in standing["upload"]]
    return dg.AssetCheckResult(
        check_name="readable",
        asset_key=UPLOADS,
        passed=standing.empty,
        severity=dg.AssetCheckSeverity.WARN,
        metadata={
            "files_at_fault": len(standing),
            "files": dg.MarkdownMetadataValue(standing.assign(file=names).head(50).to_markdown(index=False)),
        },
    )


def nothing_set_aside(run: "ReadRun") -> dg.AssetCheckResult:
    """Of this run's files, with the reasons counted."""
    import pandas as pd

    lines = pd.concat([reading.rejected for reading in run.readings.values()], ignore_index=True)
    reasons = lines.groupby(["upload", "column", "reason"]).size().rename("rows").reset_index()
    return dg.AssetCheckResult(
        check_name="nothing_set_aside",
        asset_key=UPLOADS,
        passed=lines.empty,
        severity=dg.AssetCheckSeverity.WARN,
        metadata={"reasons": dg.MarkdownMetadataValue(reasons.head(50).to_markdown(index=False))},
    )
