"""What is told of a run over uploads: which files cannot be read, what was set aside, what each file held.

Belongs here: the checks `readable` and `nothing_set_aside`, and the run's summary. Does not: the run
(defs.uploads).
"""

from typing import TYPE_CHECKING

import dagster as dg

from weather_platform.core.contracts.uploads import FORECASTS, OBSERVATIONS
from weather_platform.defs.common import first_of, in_markdown, table_of_reasons
from weather_platform.infra.platform import Platform

if TYPE_CHECKING:
    import pandas as pd

    from weather_platform.infra.reading.upload_reader import ReadRun

UPLOADS = dg.AssetKey(OBSERVATIONS)


def specs() -> list[dg.AssetCheckSpec]:
    """The checks, as they are listed before any run."""
    return [
        dg.AssetCheckSpec(
            "readable", asset=UPLOADS, description="The newest version of every dropped file can be read."
        ),
        dg.AssetCheckSpec(
            "nothing_set_aside",
            asset=UPLOADS,
            description="No row of this run's files went to quarantine, or is of a place outside the panel "
            "or a time before the first day.",
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
        "rows_set_aside": len(_rows_aside(run)[["upload", "row"]].drop_duplicates()),
        "replaced": len(run.replaced),
        "uploads": in_markdown(lines.head(50)),
    }


def _rows_aside(run: "ReadRun") -> "pd.DataFrame":
    """Faults of rows; a file that cannot be read has none, and is told of by the check `readable`."""
    import pandas as pd

    lines = pd.concat([reading.rejected for reading in run.readings.values()], ignore_index=True)
    return lines[lines["row"] >= 0]


def tell_of_each(context: dg.AssetExecutionContext, platform: Platform, run: "ReadRun", table: str) -> None:
    """At each upload's own partition of a table, its file and rows: a run's count is of all its uploads."""
    for key, name in _names(platform, run).items():
        rows = len(run.readings[key].rows.get(table, ()))
        told: dict[str, str | int] = {"file": name, "rows_of_this_file": rows}
        rejected = run.readings[key].rejected
        if whole := rejected.loc[rejected["row"] < 0, "reason"].tolist():
            told["cannot_be_read"] = "; ".join(whole)
        context.add_asset_metadata(told, asset_key=dg.AssetKey(table), partition_key=key)


def _names(platform: Platform, run: "ReadRun") -> dict[str, str]:
    """Whole names in the drop box by key, which lacks the folders that tell `a/x.csv` from `b/x.csv`."""
    uploads = platform.uploads.ledger().uploads
    return {key: uploads[key].name if key in uploads else "" for key in run.readings}


def readable(platform: Platform) -> dg.AssetCheckResult:
    """Of all files, whatever the run: a file is bad until it is mended, not until another one is read."""
    from weather_platform.infra.reading.unreadable_uploads import unreadable_uploads

    standing = unreadable_uploads(platform)
    shown = {"files": in_markdown(standing.head(50))} if len(standing) else {}
    line = f"{len(standing)} of all dropped files cannot be read"
    faults = [f"{file}: {reason}" for file, reason in zip(standing["file"], standing["reason"], strict=True)]
    return dg.AssetCheckResult(
        check_name="readable",
        asset_key=UPLOADS,
        passed=standing.empty,
        severity=dg.AssetCheckSeverity.WARN,
        metadata={"files_at_fault": len(standing), **shown},
        description=f"{line}: {first_of(faults)}" if faults else line,
    )


def nothing_set_aside(platform: Platform, run: "ReadRun") -> dg.AssetCheckResult:
    """Of this run's files, with the reasons counted."""
    from weather_platform.core.uploads.passed_over import OUTSIDE

    lines = _rows_aside(run)
    outside = [
        f"{key}: {reading.counts['note']}"
        for key, reading in run.readings.items()
        if OUTSIDE in reading.counts
    ]
    early = _too_early(platform, run)
    reasons = lines.groupby(["upload", "column", "reason"]).size().rename("rows").reset_index()
    faulty = len(lines[["upload", "row"]].drop_duplicates())
    notes = {
        name: dg.MetadataValue.text("; ".join(told[:50]))
        for name, told in (("outside_panel", outside), ("before_the_first_day", early))
        if told
    }
    return dg.AssetCheckResult(
        check_name="nothing_set_aside",
        asset_key=UPLOADS,
        passed=lines.empty and not notes,
        severity=dg.AssetCheckSeverity.WARN,
        metadata={**table_of_reasons(reasons, 50), **notes},
        description=f"{faulty:,} rows are in quarantine; {len(outside)} files have rows outside the panel, "
        f"{len(early)} some from before the first day",
    )


def _too_early(platform: Platform, run: "ReadRun") -> list[str]:
    """A note on each file, and on the run's replies, that hold something of before the first day."""
    import pandas as pd

    from weather_platform.core.uploads.too_early import too_early

    times = {
        f"{key}: of the rows": reading.rows[table][time]
        for key, reading in run.readings.items()
        for table, time in ((OBSERVATIONS, "time"), (FORECASTS, "cycle"))
        if table in reading.rows
    }
    times["of the replies"] = pd.Series(pd.to_datetime([meta.cycle for meta in run.replies], utc=True))
    notes = {what: too_early(each, platform.settings.first_day) for what, each in times.items()}
    return [f"{what} {note}" for what, note in notes.items() if note]
