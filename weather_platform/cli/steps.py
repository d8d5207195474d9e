"""The steps of the main job: which job runs over which partitions.

Belongs here: the order of the stages. Does not: running them (see flow).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import dagster as dg

from weather_platform.core.partitions import CYCLE, DAY, Grain
from weather_platform.defs import (
    calibration,
    daily_predictions,
    daily_verification,
    drift,
    error_memory,
    outlook,
    predictions,
    report,
    verification,
)
from weather_platform.defs.partitions import at_once
from weather_platform.infra.configuration.settings import Settings


@dataclass(frozen=True)
class Period:
    """Cycles from `start` up to `end` (exclusive); models learn from what was known at `train_until`."""

    start: datetime
    train_until: datetime
    end: datetime


@dataclass(frozen=True)
class Step:
    """One job over one range of partitions; `grain` None for a job without partitions in time (`span` then
    names the first and the last, if there are any).

    `only_new` leaves out assets whose partitions were all materialized before: what a provider did not
    answer then is not asked again by running the main job again. `assets` are those of the job to make, all
    where None; people are told that as `shown`.
    """

    job: str
    grain: Grain | None = None
    start: datetime | None = None
    end: datetime | None = None
    config: dict[str, object] | None = None
    span: tuple[str, str] | None = None
    only_new: bool = False
    assets: list[dg.AssetKey] | None = None
    shown: str | None = None

    @property
    def keys(self) -> list[str]:
        """Partition keys of the range, in time order."""
        return self.grain.keys(self.start, self.end) if self.grain and self.start and self.end else []

    @property
    def tags(self) -> dict[str, str]:
        """Dagster's tags for one partition or a range of them."""
        span = self.span or ((self.keys[0], self.keys[-1]) if self.keys else None)
        if span is None:
            return {}
        return {
            "dagster/asset_partition_range_start": span[0],
            "dagster/asset_partition_range_end": span[1],
        }


def steps(period: Period, given: Sequence[str], *, past: bool = False) -> list[Step]:
    """The stages in the order of the flow. Only cycles after training are predicted, so that every score
    is out of sample. With `past`, forecasts come from archives of previous runs, and no provider is asked for
    its newest.
    """
    return [
        Step("read_locations"),
        *([Step("read_uploads", span=(given[0], given[-1]))] if given else []),
        Step("reconstruct" if past else "fetch", CYCLE, period.start, period.end, only_new=not past),
        Step("parse", CYCLE, period.start, period.end),
        Step("truth", DAY, period.start, period.end),
        Step("build_features", CYCLE, period.start, period.end),
        Step("train", config={"train_until": period.train_until.isoformat()}),
        *_predicted(period),
    ]


def _predicted(period: Period) -> list[Step]:
    """What follows training. How long errors last is learned before days are predicted of hours, and what
    each cycle takes of that is what was known when it began, as in daily life."""
    cycles, days = (CYCLE, period.train_until, period.end), (DAY, period.train_until, period.end)
    memory, of_hours = [error_memory.KEY], [predictions.KEY]
    of_days = [daily_predictions.KEY, outlook.KEY]
    scored = [verification.KEY, calibration.KEY, daily_verification.KEY, drift.KEY, report.KEY]
    return [
        Step("predict", *cycles, assets=of_hours, shown="predict hours"),
        Step("verify", *days, assets=memory, shown="verify how long errors last"),
        Step("predict", *cycles, assets=of_days, shown="predict days"),
        Step("verify", *days, assets=scored),
    ]


def parts(step: Step, settings: Settings) -> Iterator[Step]:
    """The step range by range, in time order, none longer than a run of a backfill: what a run works on is
    in memory."""
    if step.grain is None or step.start is None or step.end is None:
        yield step
        return
    length, start = at_once(step.grain, settings) * step.grain.length, step.grain.floor(step.start)
    while start < step.end:
        yield replace(step, start=start, end=min(start + length, step.end))
        start += length
