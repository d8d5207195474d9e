"""Which tables each stage reads, how far back, and how often: what BigQuery's bill follows from.

Belongs here: the list, which mirrors the inputs of the assets in defs/. Does not: how large a day is
(core.cost.volumes), or what BigQuery itself says it would scan (infra.bigquery.scanned).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from weather_platform.core.cost.volumes import DAYS_A_MONTH
from weather_platform.core.days.lengths import MEMORY_WINDOW
from weather_platform.core.quantities.targets import columns_of, judged

TRAININGS_A_MONTH = DAYS_A_MONTH / 7
_HISTORY_DAYS, _LOOK_BACK_DAYS, _JUDGED_DAYS, _DRIFT_DAYS, _REPORT_DAYS = 180, 29, 92, 5 * 7, 365
_OF_GRID = ("feed", "location_id", "cycle", "valid_time", "fetched_at", "elevation_m", "interval_hours")
_OF_SCORES = ("day", "variable", "method", "model_version", "location_id")
_OF_TRUTH = ("location_id", "source", "time", "known_at", "quality", "distance_km", "interval_hours")


@dataclass(frozen=True)
class Read:
    """`days` of a table, `runs` times a month, for a stage; every column where `columns` is None.

    A query is billed; whole partitions come through the Storage Read API, which has a price of its own.
    """

    stage: str
    table: str
    days: float
    runs: float
    columns: tuple[str, ...] | None = None
    by_query: bool = True


def reads(cycles_per_day: int, horizon_hours: int, variables: Sequence[str]) -> Iterator[Read]:
    """Every read of a month that is worth counting, where `variables` are forecast."""
    grid, truth = (*_OF_GRID, *columns_of(variables)), (*_OF_TRUTH, *columns_of(variables))
    judged_by = (*_OF_GRID, *columns_of(judged(variables)))
    cycle, ahead = 1 / cycles_per_day, horizon_hours / 24 + 1
    each_cycle, each_day = cycles_per_day * DAYS_A_MONTH, DAYS_A_MONTH
    each_training = TRAININGS_A_MONTH * len(variables)
    yield Read("feed_health", "forecasts", 1 + cycle, each_cycle, (*judged_by, "issue_time"))
    yield Read("forecast_errors", "forecasts", ahead, each_day, grid)
    yield Read("forecast_errors", "observations", 2, each_day, truth)
    yield Read("truth_agreement", "forecast_errors", _LOOK_BACK_DAYS + 1, each_day)
    yield Read("forecast_error_sums", "forecast_errors", 1, each_day)
    yield Read("forecast_error_sums", "truth_agreement", 1, each_day)
    yield Read("forecast_error_sums", "feed_health", ahead, each_day)
    yield Read("features", "forecasts", 1 + cycle, each_cycle, grid)
    yield Read("features", "observations", _LOOK_BACK_DAYS + 1, each_cycle, truth)
    yield Read("features", "feed_health", 1 + cycle, each_cycle)
    yield Read("features", "forecast_error_sums", _LOOK_BACK_DAYS + 1, each_cycle, by_query=False)
    yield Read("model", "features", _HISTORY_DAYS, each_training)
    yield Read("model", "observations", _HISTORY_DAYS, each_training, truth)
    yield Read("predictions", "features", cycle, each_cycle, by_query=False)
    # A place's day begins on the UTC day before it ends; hours are read a variable at a time.
    yield Read("error_memory", "observations", 2, each_day * len(variables), truth)
    yield Read("error_memory", "predictions", ahead + 1, each_day * len(variables))
    yield Read("daily_predictions", "predictions", cycle, each_cycle, by_query=False)
    yield Read("daily_predictions", "error_memory", MEMORY_WINDOW.days, each_cycle, by_query=False)
    yield Read("daily_verification", "observations", 2, each_day * len(variables), truth)
    yield Read("daily_verification", "features", ahead + 1, each_day * len(variables))
    yield Read("daily_verification", "truth_agreement", 2, each_day)
    yield Read("daily_verification", "daily_predictions", ahead + 1, each_day * len(variables))
    yield Read("daily_verification", "daily_verification", _JUDGED_DAYS, each_day)
    yield Read("daily_verification", "daily_verification", _REPORT_DAYS, each_day)
    # Scored one variable at a time, each by queries of its own; and once, which cycles there are.
    yield Read("verification", "observations", 2, each_day * len(variables), truth)
    yield Read("verification", "features", ahead, each_day * len(variables))
    yield Read("verification", "predictions", ahead, each_day * len(variables))
    yield Read("verification", "predictions", ahead, each_day, ("cycle",))
    yield Read("verification", "verification", _JUDGED_DAYS, each_day)
    # The report: by lead, and over all leads; what has a model; the days and places, twice, and quotas.
    yield Read("verification", "verification", _REPORT_DAYS, 2 * each_day)
    yield Read("verification", "verification", _REPORT_DAYS, 3 * each_day, ("variable", "model_version"))
    yield Read("verification", "verification", _REPORT_DAYS, 3 * each_day, _OF_SCORES)
    yield Read("calibration", "observations", 2, each_day * len(variables), truth)
    yield Read("calibration", "predictions", ahead, each_day * len(variables))
    yield Read("drift", "features", _DRIFT_DAYS, each_day, by_query=False)
    yield Read("drift", "verification", _DRIFT_DAYS, each_day)
    yield Read("drift", "forecast_error_sums", _DRIFT_DAYS, each_day)
