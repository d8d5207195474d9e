"""Replies parsed into one schema: each forecast as it was issued.

Belongs here: when replies are parsed and how it is checked. Does not: how any provider is read
(core.providers) or what a bad row is (core.parsing.parse). Rows set aside go to the table
`quarantine/forecasts/<provider>`; the good rows of the same reply stay.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import dagster as dg

from weather_platform.core.contracts.forecast import FORECAST, QUARANTINE
from weather_platform.core.partitions import CYCLE
from weather_platform.core.providers.registry import PREVIOUS_RUNS
from weather_platform.core.providers.spec import Provider
from weather_platform.defs import payloads, reconstructed
from weather_platform.defs.common import (
    contract_check,
    contract_check_spec,
    described,
    in_markdown,
    knowable_check,
    table_of_reasons,
)
from weather_platform.defs.follow import follows
from weather_platform.defs.of_run import of_run
from weather_platform.defs.partitions import by_cycle, keys_of
from weather_platform.defs.said import said
from weather_platform.infra.configuration.settings import Settings
from weather_platform.infra.lazy_types import DataFrame
from weather_platform.infra.platform import Platform

# Dagster knows no input that may be missing: its dialogue warns of every one.
_OPTIONAL = (
    "It can be made whether or not reconstructed/{name} was: where *Materialize* asks if you are sure since "
    "that one has not been materialized, you can be."
)

if TYPE_CHECKING:
    import pandas as pd

    from weather_platform.core.parsing.parse import Parsed


def key(provider: Provider) -> dg.AssetKey:
    """Key of a provider's forecasts."""
    return dg.AssetKey(["forecasts", provider.name])


def build(settings: Settings) -> dg.Definitions:
    """One `forecasts/<provider>` asset per provider in use."""
    return dg.Definitions(assets=[_asset(provider, settings) for provider in payloads.in_use(settings)])


def _asset(provider: Provider, settings: Settings) -> dg.AssetsDefinition:
    past_keys = [reconstructed.key(provider)] if provider.name in PREVIOUS_RUNS else []
    ins = {f"past_{i}": dg.AssetIn(key, dagster_type=DataFrame) for i, key in enumerate(past_keys)}

    @dg.asset(
        key=key(provider),
        description=said(__doc__, provider.title, _OPTIONAL.format(name=provider.name) if past_keys else ""),
        deps=[payloads.key(provider)],
        ins=ins,
        **by_cycle(settings),
        automation_condition=follows(payloads.key(provider), *past_keys),
        check_specs=[
            contract_check_spec(key(provider)),
            dg.AssetCheckSpec(
                "knowable", asset=key(provider), description="No row is of a time before it was fetched."
            ),
            dg.AssetCheckSpec(
                "nothing_set_aside", asset=key(provider), description="No row or reply went to quarantine."
            ),
        ],
        **described(FORECAST, settings, group="forecasts", kinds={"parquet", "pandas"}),
    )
    def forecasts(
        context: dg.AssetExecutionContext, platform: dg.ResourceParam[Platform], **past: DataFrame
    ) -> Iterator[dg.Output[DataFrame] | dg.AssetCheckResult]:
        from weather_platform.infra.reading.parsed_cycles import kept_of, quarantine_of, with_late_replies
        from weather_platform.infra.reading.parsed_cycles import parsed as parsed_of

        keys = keys_of(context)
        kept = kept_of(provider, platform, [CYCLE.start(key) for key in keys])
        parsed = parsed_of(provider, platform, keys, past.values())
        platform.warehouse.replace(quarantine_of(provider), QUARANTINE, parsed.quarantine, keys)
        yield dg.Output(parsed.rows, metadata=of_run(context, _summary(parsed)))
        # A run over dropped replies may be at the same cycles; the rows are stored by now.
        if late := with_late_replies(provider, platform, kept):
            context.log.info(f"replies of {len(late)} cycles came meanwhile, and were parsed too")
        yield contract_check(key(provider), parsed.rows, FORECAST)
        yield _knowable(provider, parsed.rows)
        yield _nothing_set_aside(provider, parsed.quarantine)

    return forecasts


def _summary(parsed: "Parsed") -> dict[str, dg.MetadataValue | int]:
    return {
        "past_hours_dropped": parsed.dropped_past,
        "hours_interpolated": parsed.interpolated,
        "rows_set_aside": len(parsed.quarantine),
        "feeds": in_markdown(
            parsed.rows.groupby("feed")
            .agg(rows=("feed", "size"), places=("location_id", "nunique"))
            .reset_index()
        ),
    }


def _knowable(provider: Provider, rows: "pd.DataFrame") -> dg.AssetCheckResult:
    early = rows[(rows["valid_time"] < rows["fetched_at"]) | (rows["issue_time"] > rows["fetched_at"])]
    return knowable_check(key(provider), early, len(rows))


def _nothing_set_aside(provider: Provider, quarantine: "pd.DataFrame") -> dg.AssetCheckResult:
    reasons = quarantine.groupby(["column", "reason"]).size().rename("rows").reset_index()
    return dg.AssetCheckResult(
        check_name="nothing_set_aside",
        asset_key=key(provider),
        passed=quarantine.empty,
        severity=dg.AssetCheckSeverity.WARN,
        metadata=table_of_reasons(reasons),
        description=_said_of(quarantine),
    )


def _said_of(quarantine: "pd.DataFrame") -> str:
    whole = int((quarantine["row"] < 0).sum())
    rows = len(quarantine.loc[quarantine["row"] >= 0, ["object", "row"]].drop_duplicates())
    return f"{rows:,} rows and {whole:,} replies or parts of them are in quarantine"
