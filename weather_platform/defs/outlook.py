"""The newest forecast for people: a page with the day ahead of all places, and the days
and a picture of each.

Belongs here: what the page reads, and where it goes. Does not: drawing (core.report).
"""

import dagster as dg

from weather_platform.core.contracts.days import DAILY_PREDICTION
from weather_platform.core.contracts.learned import PREDICTION
from weather_platform.core.contracts.truth import LOCATIONS
from weather_platform.core.partitions import CYCLE
from weather_platform.defs import daily_predictions, payloads, predictions
from weather_platform.defs.common import OWNER, in_markdown, simulated_tag
from weather_platform.defs.follow import follows
from weather_platform.defs.said import said
from weather_platform.infra.configuration.settings import Settings
from weather_platform.infra.platform import Platform

KEY = dg.AssetKey("outlook")
_MOST_PLACES = 40  # that a page in the UI lists


def build(settings: Settings) -> dg.Definitions:
    """The `outlook` asset: no table, but a file."""

    @dg.asset(
        key=KEY,
        description=said(__doc__),
        deps=[predictions.KEY, daily_predictions.KEY],
        automation_condition=follows(daily_predictions.KEY),
        group_name="predictions",
        owners=[OWNER],
        kinds={"html"},
        tags=simulated_tag(settings),
    )
    def outlook(platform: dg.ResourceParam[Platform]) -> dg.MaterializeResult:
        from weather_platform.core.report.days import first_days, told
        from weather_platform.core.report.feeds import feeds_told
        from weather_platform.core.report.outlook import called, day_ahead
        from weather_platform.core.report.outlook_page import outlook_page, pictures
        from weather_platform.infra.watch.newest import judged, newest_prediction

        newest = newest_prediction(platform)
        if newest.at is None or newest.longer:  # every provider was silent, and no past is known
            return dg.MaterializeResult(metadata={"places": 0})
        warehouse, targets = platform.warehouse, platform.settings.targets
        rows = warehouse.read("predictions", PREDICTION, [CYCLE.key(newest.at)])
        daily = warehouse.read("daily_predictions", DAILY_PREDICTION, [CYCLE.key(newest.at)])
        names = called(warehouse.read("locations", LOCATIONS), set(rows["location_id"]))
        drawn, verdicts = pictures(rows, targets, names), judged(platform)
        page = outlook_page(
            rows,
            daily,
            targets,
            names,
            drawn,
            simulated=settings.simulated,
            attributions=[provider.attribution for provider in payloads.in_use(settings)],
            feeds=None if verdicts is None else feeds_told(verdicts),
        )
        ahead = day_ahead(rows, targets).head(_MOST_PLACES).reset_index()
        days = told(first_days(daily, targets)).head(_MOST_PLACES).reset_index()
        return dg.MaterializeResult(
            metadata={
                "page": dg.MetadataValue.path(platform.publish("report/forecast.html", page.encode())),
                "places": rows["location_id"].nunique(),
                "day_ahead": in_markdown(ahead),
                "first_whole_day": in_markdown(days),
                # Of the first place alone, which it names itself: every event is kept.
                "picture": dg.MetadataValue.md(f"![forecast]({next(iter(drawn.values()))})"),
                **warehouse.usage(),
            }
        )

    return dg.Definitions(assets=[outlook])
