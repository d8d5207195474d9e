"""The steps of the main job."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg

from weather_platform.cli.steps import Period, Step, parts, steps
from weather_platform.core.partitions import CYCLE, DAY
from weather_platform.definitions import build
from weather_platform.defs.features import KEY
from weather_platform.defs.partitions import CYCLES_PER_RUN, DAYS_PER_RUN
from weather_platform.infra.configuration.settings import Settings


def _by_job(period: Period, settings: Settings) -> dict[str, list[Step]]:
    found: dict[str, list[Step]] = {}
    for step in steps(period, []):
        found.setdefault(step.shown or step.job, []).extend(parts(step, settings))
    return found


def test_no_run_holds_more_than_a_run_of_a_backfill_does() -> None:
    """135 days of 20 places took 6.4 GB in one run, three times as much as 45, and 366 may be asked for."""
    start = datetime(2025, 1, 1, tzinfo=UTC)
    period = Period(start, start + timedelta(days=244), start + timedelta(days=366))
    found = _by_job(period, Settings())
    assert list(found) == [
        "read_locations", "fetch", "parse", "truth", "build_features", "train",
        "predict hours", "verify how long errors last", "predict days", "verify",
    ]  # fmt: skip
    for job, begin in {"parse": start, "predict hours": period.train_until}.items():
        assert [key for step in found[job] for key in step.keys] == CYCLE.keys(begin, period.end)
        assert {len(step.keys) for step in found[job]} == {CYCLES_PER_RUN}
    assert [key for step in found["truth"] for key in step.keys] == DAY.keys(start, period.end)
    assert {len(step.keys) for step in found["truth"]} == {DAYS_PER_RUN}
    assert len(found["verify"]) == 1


def test_what_follows_training_is_made_of_all_that_its_jobs_are_of() -> None:
    start = datetime(2025, 1, 1, tzinfo=UTC)
    made: dict[str, set[dg.AssetKey]] = {}
    for step in steps(Period(start, start, start + timedelta(days=1)), []):
        if step.assets:
            made.setdefault(step.job, set()).update(step.assets)
    definitions = build(Settings())
    assert made.keys() == {"predict", "verify"}
    for job, assets in made.items():
        assert assets == definitions.resolve_job_def(job).asset_layer.executable_asset_keys


def test_a_run_holds_fewer_cycles_of_more_places(tmp_path: Path) -> None:
    """The features of 244 cycles of 200 places took 8.5 GB, where a deployment's jobs have four."""
    own, lattice = tmp_path / "own.csv", tmp_path / "lattice.csv"
    own.write_text("location_id,latitude,longitude\n" + "".join(f"a{i},10,{i}\n" for i in range(150)))
    lattice.write_text("location_id,latitude,longitude\n" + "".join(f"b{i},20,{i}\n" for i in range(50)))
    start = datetime(2025, 1, 1, tzinfo=UTC)
    period = Period(start, start + timedelta(days=20), start + timedelta(days=30))
    settings = Settings(data_dir=tmp_path, locations_file=own, lattice_file=lattice)
    found = _by_job(period, settings)["build_features"]
    assert [key for step in found for key in step.keys] == CYCLE.keys(start, period.end)
    assert max(len(step.keys) for step in found) == CYCLES_PER_RUN // 10
    policy = build(settings).resolve_assets_def(KEY).backfill_policy
    assert policy and policy.max_partitions_per_run == CYCLES_PER_RUN // 10
    lost = settings.model_copy(update={"locations_file": tmp_path / "none.csv"})
    assert len(_by_job(period, lost)["build_features"]) == 2, "what is wrong with it is told elsewhere"
