"""The steps of the main job."""

from datetime import UTC, datetime, timedelta

from weather_platform.cli.steps import Period, Step, steps
from weather_platform.core.partitions import CYCLE, DAY
from weather_platform.defs.partitions import CYCLES_PER_RUN, DAYS_PER_RUN


def test_no_run_holds_more_than_a_run_of_a_backfill_does() -> None:
    """135 days of 20 places took 6.4 GB in one run, three times as much as 45, and 366 may be asked for."""
    start = datetime(2025, 1, 1, tzinfo=UTC)
    period = Period(start, start + timedelta(days=244), start + timedelta(days=366))
    found: dict[str, list[Step]] = {}
    for step in steps(period, []):
        found.setdefault(step.job, []).append(step)
    assert list(found) == [
        "read_locations", "fetch", "parse", "truth", "build_features", "train", "predict", "verify"
    ]  # fmt: skip
    for job, begin in {"parse": start, "predict": period.train_until}.items():
        assert [key for step in found[job] for key in step.keys] == CYCLE.keys(begin, period.end)
        assert {len(step.keys) for step in found[job]} == {CYCLES_PER_RUN}
    assert [key for step in found["truth"] for key in step.keys] == DAY.keys(start, period.end)
    assert {len(step.keys) for step in found["truth"]} == {DAYS_PER_RUN}
    assert len(found["verify"]) == 1
