"""What is told of a run over uploads: which files cannot be read, what was set aside, what each file held.

Belongs here: the checks `readable` and `nothing_set_aside`, and the run's summary. Does not: the run
(defs.uploads).
"""

from typing import TYPE_CHECKING

import dagster as dg

from weather_platform.core.contracts.uploads import OBSERVATIONS, REJECTED
from weather_platform.defs.common import in_markdown
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
            "nothing_set_aside",
            asset=UPLOADS,
            description="No row of this run's files went to quarantine, or is of a place outside the panel.",
        ),
    ]


def summary(platform: Platform, run: "ReadRun") -> dict[str, dg.MetadataValue | int]:
    """Metadata of the run's materialization; keys lack the folders that tell files of one name apart."""
    import pandas as pd

    names = _names(platform, run)
    lines = pd.DataFrame(
        [{"file": names[key], "upload": key, **reading.counts} for key, reading in run.readings.items()]
    )
    return {
        "rows_set_aside": sum(len(reading.rejected) for reading in run.readings.values()),
        "replaced": len(run.replaced),
        "uploads": in_markdown(lines.head(50)),
    }


def tell_of_each(context: dg.AssetExecutionContext, platform: Platform, run: "ReadRun", table: str) -> None:
    """At each upload's own partition of a table, its file and rows: a run's count is of all its uploads."""
    for key, name in _names(platform, run).items():
        rows = len(run.readings[key].rows.get(table, ()))
        told = {"file": name, "rows_of_this_file": rows}
        context.add_asset_metadata(told, asset_key=dg.AssetKey(table), partition_key=key)


def _names(platform: Platform, run: "ReadRun") -> dict[str, str]:
    """Whole names in the drop box by key, which lacks the folders that tell `a/x.csv` from `b/x.csv`."""
    uploads = platform.uploads.ledger().uploads
    return {key: uploads[key].name if key in uploads else "" for key in run.readings}


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
            "files": in_markdown(standing.assign(file=names).head(50)),
        },
    )


def nothing_set_aside(run: "ReadRun") -> dg.AssetCheckResult:
    """Of this run's files, with the reasons counted."""
    import pandas as pd

    from weather_platform.core.uploads.passed_over import OUTSIDE

    lines = pd.concat([reading.rejected for reading in run.readings.values()], ignore_index=True)
    outside = {
        key: reading.counts["note"] for key, reading in run.readings.items() if OUTSIDE in reading.counts
    }
    reasons = lines.groupby(["upload", "column", "reason"]).size().rename("rows").reset_index()
    return dg.AssetCheckResult(
        check_name="nothing_set_aside",
        asset_key=UPLOADS,
        passed=lines.empty and not outside,
        severity=dg.AssetCheckSeverity.WARN,
        metadata={
            "reasons": in_markdown(reasons.head(50)),
            "outside_panel": "; ".join(f"{key}: {note}" for key, note in list(outside.items())[:50]),
        },
    )
