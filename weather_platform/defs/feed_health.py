"""Whether each feed's forecasts of a cycle are there, new, and near to what the other providers say.

Belongs here: which feeds are expected, and how the verdicts are shown. Does not: any verdict
(core.trust.feed_health). What is judged stale or off stays in `forecasts`; features and recent errors go
without it.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import dagster as dg

from weather_platform.core.contracts.health import FEED_HEALTH
from weather_platform.core.partitions import CYCLE
from weather_platform.core.providers.registry import PREVIOUS_RUNS
from weather_platform.defs import forecasts, locations, payloads, reconstructed, uploaded_forecasts
from weather_platform.defs.common import contract_check, contract_check_spec, described, table_of_reasons
from weather_platform.defs.follow import follows
from weather_platform.defs.partitions import by_cycle, keys_of, window
from weather_platform.defs.said import said
from weather_platform.infra.configuration.settings import Settings
from weather_platform.infra.lazy_types import DataFrame, IbisTable

if TYPE_CHECKING:
    import pandas as pd

    from weather_platform.core.places import Place
    from weather_platform.core.providers.spec import Provider

KEY = dg.AssetKey("feed_health")
_LOOK_BACK = timedelta(days=1)
_DROPPED = "dropped"
# Cycles whose values are compared at once, and those times places: they are in memory, with the day before.
_AT_ONCE, _PLACES_AT_ONCE = 60, 4_000


def build(settings: Settings) -> dg.Definitions:
    """The `feed_health` asset."""
    providers = payloads.in_use(settings)
    back = window(_LOOK_BACK, CYCLE)
    ins = {"locations": dg.AssetIn(locations.KEY, dagster_type=DataFrame)}
    for provider in providers:
        ins[provider.name] = dg.AssetIn(
            forecasts.key(provider), partition_mapping=back, dagster_type=IbisTable
        )
    ins["uploaded"] = dg.AssetIn(uploaded_forecasts.KEY, partition_mapping=back, dagster_type=IbisTable)

    # Read nowhere here: what a cycle was made of, without which automation judges none.
    made_of = [payloads.key(provider) for provider in providers]
    made_of += [reconstructed.key(provider) for provider in providers if provider.name in PREVIOUS_RUNS]

    @dg.asset(
        key=KEY,
        description=said(__doc__),
        ins=ins,
        deps=made_of,
        **by_cycle(settings),
        automation_condition=follows(
            *map(forecasts.key, providers), uploaded_forecasts.KEY, some_of=tuple(made_of)
        ),
        check_specs=[
            contract_check_spec(KEY),
            *(_check_spec(provider.name, f"What {provider.title} says") for provider in providers),
            _check_spec(_DROPPED, "What dropped files of forecasts say"),
        ],
        **described(FEED_HEALTH, settings, group="forecasts", kinds={"ibis", "parquet"}),
    )
    def feed_health(
        context: dg.AssetExecutionContext,
        locations: DataFrame,
        **feeds: IbisTable,
    ) -> Iterator[dg.Output[DataFrame] | dg.AssetCheckResult]:
        import ibis
        import pandas as pd

        from weather_platform.core.panel.places_file import places_of
        from weather_platform.core.trust.feed_health import judge

        starts = [CYCLE.start(name) for name in keys_of(context)]
        places = places_of(locations)
        expected = _expected(providers, places)
        dropped = feeds["uploaded"]
        own = sorted(dropped.filter(dropped.cycle.isin(starts)).select("feed").distinct().execute()["feed"])
        told = ibis.union(*feeds.values())
        batches = _batches(starts, len(places))
        rows = pd.concat(
            [judge(told, batch, expected, own, variables=settings.targets) for batch in batches],
            ignore_index=True,
        )
        yield dg.Output(rows)
        yield contract_check(KEY, rows, FEED_HEALTH)
        for provider in providers:
            yield _check(provider.name, rows[rows["feed"].str.startswith(f"{provider.name}/")])
        yield _check(_DROPPED, rows[rows["feed"].isin(own)])

    return dg.Definitions(assets=[feed_health])


def _expected(providers: "Sequence[Provider]", places: "Sequence[Place]") -> list[str]:
    """Feeds of those that cover any of the places."""
    asked = [provider for provider in providers if any(map(provider.covers, places))]
    return [provider.feed(model) for provider in asked for model in provider.models]


def _batches(starts: list[datetime], places: int) -> list[list[datetime]]:
    """Cycles that are judged together, each batch with the day before in memory."""
    at_once = min(_AT_ONCE, max(1, _PLACES_AT_ONCE // max(1, places) - _LOOK_BACK // CYCLE.length))
    return [starts[at : at + at_once] for at in range(0, len(starts), at_once)]


def _check_spec(name: str, told: str) -> dg.AssetCheckSpec:
    text = f"{told} is there, new, and near to what the others say of the same hours."
    return dg.AssetCheckSpec(f"{name}_sound", asset=KEY, description=text)


def _check(name: str, rows: "pd.DataFrame") -> dg.AssetCheckResult:
    """A warning: predictions go on without what is not sound."""
    from weather_platform.core.trust.unsound import unsound

    found = unsound(rows)
    return dg.AssetCheckResult(
        check_name=f"{name}_sound",
        asset_key=KEY,
        passed=found.empty,
        severity=dg.AssetCheckSeverity.WARN,
        metadata=table_of_reasons(found),
        description=f"{len(found)} findings in the cycles of this run" if len(found) else "all is sound",
    )
