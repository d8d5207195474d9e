"""The skill report: whom to trust, at what lead, and how much better ours is; one HTML file of the last year.

Belongs here: what the report reads, and where it goes. Does not: any score (core.verification) or drawing
(core.report).
"""

from datetime import timedelta
from typing import TYPE_CHECKING

import dagster as dg

from weather_platform.core.contracts.days import DAILY_SCORE
from weather_platform.core.contracts.forecast import MANIFEST
from weather_platform.core.contracts.learned import FEATURES, PREDICTION
from weather_platform.core.contracts.scores import CALIBRATION, SCORE
from weather_platform.core.contracts.truth import LOCATIONS, RECONCILED
from weather_platform.core.history.registry import in_use
from weather_platform.core.partitions import CYCLE, DAY, EPOCH
from weather_platform.defs import (
    archives,
    calibration,
    daily_verification,
    feed_health,
    payloads,
    verification,
)
from weather_platform.defs.common import OWNER, simulated_tag
from weather_platform.defs.follow import follows
from weather_platform.defs.said import said
from weather_platform.infra.configuration.settings import Settings
from weather_platform.infra.platform import Platform

if TYPE_CHECKING:
    import pandas as pd

    from weather_platform.core.verification.gathered import Span

KEY = dg.AssetKey("report")
# Four seasons; what a feed was worth before that is another feed's story.
_DAYS = 365


def build(settings: Settings) -> dg.Definitions:
    """The `report` asset: no table, but a file and pictures in its metadata."""

    @dg.asset(
        key=KEY,
        description=said(__doc__),
        deps=[verification.KEY, calibration.KEY, daily_verification.KEY, feed_health.KEY],
        # Not at every cycle, for the few lines that tell of it: a year of scores is read and drawn.
        automation_condition=follows(verification.KEY, calibration.KEY, daily_verification.KEY),
        group_name="verification",
        owners=[OWNER],
        kinds={"html"},
        tags=simulated_tag(settings),
    )
    def report(platform: dg.ResourceParam[Platform]) -> dg.MaterializeResult:
        from weather_platform.core.report.days_skill import days_skill
        from weather_platform.core.report.feeds import feeds_told
        from weather_platform.core.report.page import markdown, render, sections
        from weather_platform.core.report.quota_yield import quota_yield
        from weather_platform.core.report.tables import markdown_table
        from weather_platform.core.verification.gathered import span
        from weather_platform.infra.watch.newest import judged

        days = platform.warehouse.keys("verification")[-_DAYS:]
        scores = platform.warehouse.expression("verification", SCORE, days)
        scored = span(scores)
        counts = platform.warehouse.read("calibration", CALIBRATION, days)
        newest = judged(platform)
        parts = sections(scores, counts, _newest(platform, scored), newest)
        owed = [provider.attribution for provider in payloads.in_use(settings)]
        by_day = in_use(settings.simulated, settings.archives)
        made_by = [archive.attribution for archive in by_day if archive.simulated]
        bought = quota_yield(scores, _calls(platform, scored))
        of_days = days_skill(platform.warehouse.expression("daily_verification", DAILY_SCORE, days))
        feeds = None if newest is None else feeds_told(newest)
        page = render(
            parts,
            scores,
            simulated=settings.simulated,
            attributions=[*owed, *archives.attributions(settings)],
            made_by=made_by,
            days=of_days,
            bought=bought,
            feeds=feeds,
        )
        shown: dict[str, dg.MetadataValue] = {
            one.variable: dg.MarkdownMetadataValue(markdown(one)) for one in parts
        }
        shown |= {f"{one.variable}_headline": dg.MetadataValue.text(one.headline) for one in parts}
        shown |= {"feeds_now": dg.MarkdownMetadataValue(feeds.markdown())} if feeds else {}
        if len(of_days):
            shown["whole_days"] = dg.MarkdownMetadataValue(markdown_table(of_days))
        shown["quotas"] = dg.MarkdownMetadataValue(markdown_table(bought))
        path = dg.MetadataValue.path(platform.write_report(page))
        return dg.MaterializeResult(metadata={"report": path, **shown, **platform.warehouse.usage()})

    return dg.Definitions(assets=[report])


def _calls(platform: Platform, scored: "Span | None") -> dict[str, float]:
    """Weighted calls of each provider in the cycles of the days that were scored."""
    import pandas as pd

    if scored is None:
        return {}
    cycles = CYCLE.keys(scored.first, DAY.end(DAY.key(scored.last)))
    weights = {
        provider.name: platform.warehouse.expression(f"payloads/{provider.name}", MANIFEST, cycles)
        .quota_weight.sum()
        .execute()
        for provider in payloads.in_use(platform.settings)
    }
    return {name: float(weight) for name, weight in weights.items() if pd.notna(weight)}


def _newest(platform: Platform, scored: "Span | None") -> "pd.DataFrame":
    """Predictions of the newest cycles that are mostly verified, beside truth and the feeds."""
    from weather_platform.core.report.cases import newest_verified, with_truth

    horizon = timedelta(hours=platform.settings.horizon_hours)
    end = DAY.end(DAY.key(scored.last)) if scored else EPOCH
    warehouse, targets = platform.warehouse, platform.settings.targets
    reach = CYCLE.keys(end - horizon - timedelta(days=1), end)
    truth = warehouse.expression("observations", RECONCILED, DAY.keys(end - 2 * horizon, end))
    predictions = warehouse.expression("predictions", PREDICTION, reach)
    cycles = [CYCLE.key(cycle) for cycle in newest_verified(predictions, truth, targets)]
    places = warehouse.read("locations", LOCATIONS)
    return with_truth(
        warehouse.read("predictions", PREDICTION, cycles),
        warehouse.read("features", FEATURES, cycles),
        truth,
        targets,
        dict(zip(places["location_id"], places["name"], strict=True)),
    )
