"""One hourly truth table from every archive and upload: one row a place and hour, with where it came from.

Belongs here: what a day is made of, and the stated preference. Does not: which of several sources stands
(core.observations.reconcile) or what is implausible (core.observations.checks). Values that fail a check
are left out and go to the table `quarantine/observations`; the archives' own tables keep them.
"""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

import dagster as dg

from weather_platform.core.contracts.forecast import QUARANTINE
from weather_platform.core.contracts.truth import RECONCILED
from weather_platform.core.history.registry import in_use
from weather_platform.core.partitions import CYCLE, DAY
from weather_platform.defs import archives, history, locations, uploads
from weather_platform.defs.common import (
    contract_check,
    contract_check_spec,
    described,
    in_markdown,
    table_of_reasons,
)
from weather_platform.defs.follow import follows
from weather_platform.defs.of_run import of_run
from weather_platform.defs.partitions import by_day, keys_of, window
from weather_platform.defs.said import said
from weather_platform.infra.configuration.settings import Settings
from weather_platform.infra.lazy_types import DataFrame, IbisTable
from weather_platform.infra.platform import Platform

if TYPE_CHECKING:
    import pandas as pd

KEY = dg.AssetKey("observations")
# The checks compare an hour with the day before it.
_EVE = timedelta(days=1)


def build(settings: Settings) -> dg.Definitions:
    """The `observations` asset."""
    used = in_use(settings.simulated, settings.archives)
    measured = {archive.name: history.key(archive) for archive in used if not archive.reanalysis}
    measured |= archives.measured(settings)
    late = {archive.name: history.key(archive) for archive in used if archive.reanalysis}
    late |= archives.modelled(settings)
    sources = measured | late
    # A reanalysis comes days late: it holds no day up that measurements are there for.
    needed = tuple((measured or late).values())
    ins = {
        name: dg.AssetIn(key, partition_mapping=window(_EVE, DAY), dagster_type=DataFrame)
        for name, key in sources.items()
    }
    # Any upload may hold rows of any day.
    ins["uploads"] = dg.AssetIn(
        uploads.KEY, partition_mapping=dg.AllPartitionMapping(), dagster_type=IbisTable
    )
    ins["locations"] = dg.AssetIn(locations.KEY, dagster_type=DataFrame)

    @dg.asset(
        key=KEY,
        description=said(__doc__),
        ins=ins,
        **by_day(settings),
        automation_condition=follows(*sources.values(), needs=needed),
        check_specs=[
            contract_check_spec(KEY),
            dg.AssetCheckSpec(
                "plausible",
                asset=KEY,
                description="No value failed the checks of climate, step and neighbours.",
            ),
        ],
        **described(RECONCILED, settings, group="truth", kinds={"pandas", "parquet"}),
    )
    def observations(
        context: dg.AssetExecutionContext,
        platform: dg.ResourceParam[Platform],
        uploads: IbisTable,
        locations: DataFrame,
        **archives: DataFrame,
    ) -> Iterator[dg.Output[DataFrame] | dg.AssetCheckResult]:
        keys = keys_of(context)
        start, end = DAY.start(keys[0]), DAY.end(keys[-1])
        given = uploads.filter((uploads.time >= start - _EVE) & (uploads.time < end)).execute()
        rows, quarantine = _reconciled(settings, given, archives, locations, keys)
        platform.warehouse.replace("quarantine/observations", QUARANTINE, quarantine, CYCLE.keys(start, end))
        yield dg.Output(rows, metadata=of_run(context, _metadata(rows)))
        yield contract_check(KEY, rows, RECONCILED)
        yield _plausible(quarantine)

    return dg.Definitions(assets=[observations])


def preference(settings: Settings, uploaded: Sequence[str]) -> list[str]:
    """Sources in order: those stated in the settings, uploads, archives that measure, reanalyses."""
    known = in_use(settings.simulated, settings.archives)
    measured = [archive.name for archive in known if not archive.reanalysis]
    measured += list(archives.measured(settings))
    models = [archive.name for archive in known if archive.reanalysis] + list(archives.modelled(settings))
    return list(dict.fromkeys([*settings.truth_preference, *sorted(uploaded), *measured, *models]))


def _reconciled(
    settings: Settings,
    given: "pd.DataFrame",
    archives: "dict[str, pd.DataFrame]",
    places: "pd.DataFrame",
    keys: list[str],
) -> "tuple[pd.DataFrame, pd.DataFrame]":
    """Rows and quarantine of the days asked for; the day before them only helps to judge."""
    from weather_platform.core.contracts.truth import UPLOADED_OBSERVATION
    from weather_platform.core.observations.merge import merge
    from weather_platform.core.observations.reconcile import reconcile
    from weather_platform.core.tables.schema import conform

    start, end = DAY.start(keys[0]), DAY.end(keys[-1])
    uploaded = conform(given, UPLOADED_OBSERVATION)
    rows = merge(list(archives.values()), uploaded, start - _EVE, end)
    order = preference(settings, uploaded["source"].unique().tolist())
    found = reconcile(rows, places, order)
    inside = found.rows["time"].dt.strftime(DAY.key_format).isin(keys)
    aside = found.quarantine["cycle"].dt.strftime(DAY.key_format).isin(keys)
    return found.rows[inside].reset_index(drop=True), found.quarantine[aside].reset_index(drop=True)


def _metadata(rows: "pd.DataFrame") -> dict[str, dg.MetadataValue]:
    by_source = rows.groupby("source").agg(rows=("source", "size"), places=("location_id", "nunique"))
    return {"by_source": in_markdown(by_source.reset_index())}


def _plausible(quarantine: "pd.DataFrame") -> dg.AssetCheckResult:
    """A warning: what failed is left out, everything else stands."""
    reasons = quarantine.groupby(["source", "column", "reason"]).size().rename("values").reset_index()
    return dg.AssetCheckResult(
        check_name="plausible",
        asset_key=KEY,
        passed=quarantine.empty,
        severity=dg.AssetCheckSeverity.WARN,
        metadata={
            "values_left_out": len(quarantine),
            **table_of_reasons(reasons, 40),
        },
        description=f"{len(quarantine):,} values were left out",
    )
