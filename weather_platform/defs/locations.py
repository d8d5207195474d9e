"""The panel of places whose weather is forecast, revisited every cycle.

Belongs here: when the panel is read. Does not: what a valid panel is (core.panel.places_file).
"""

from collections.abc import Iterator

import dagster as dg

from weather_platform.core.contracts.truth import LOCATIONS
from weather_platform.defs.common import contract_check, contract_check_spec, described
from weather_platform.defs.said import said
from weather_platform.infra.configuration.settings import Settings
from weather_platform.infra.lazy_types import DataFrame
from weather_platform.infra.platform import Platform

KEY = dg.AssetKey("locations")


def build(settings: Settings) -> dg.Definitions:
    """The `locations` asset."""

    @dg.asset(
        key=KEY,
        description=said(__doc__),
        check_specs=[contract_check_spec(KEY)],
        # First of its run: every fetching stage waits for it.
        op_tags={"dagster/priority": "1"},
        **described(LOCATIONS, settings, group="places", kinds={"csv", "parquet"}),
    )
    def locations(
        platform: dg.ResourceParam[Platform],
    ) -> Iterator[dg.Output[DataFrame] | dg.AssetCheckResult]:
        from weather_platform.core.panel.places_file import panel

        frame = panel(platform.settings.locations_file, platform.settings.lattice_file)
        yield dg.Output(frame, metadata={"places": len(frame)})
        yield contract_check(KEY, frame, LOCATIONS)

    return dg.Definitions(assets=[locations])
