"""One partition by itself is the same partition of a range, and every job and schedule runs for one."""

from pathlib import Path

import pytest

from weather_platform.infra.configuration.settings import Settings
from weather_platform_tests.platform_fixtures import Lived, cycles, days, run_job, tables

CYCLE_JOBS = ("parse", "build_features", "predict")
DAY_JOBS = ("truth", "verify")


@pytest.fixture(scope="module")
def copy(lived: Lived, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """One copy for the module: each test leaves every table as it was, or fails."""
    return lived.copied_to(tmp_path_factory.mktemp("copy"))


def different(copy: Settings, lived: Lived) -> list[str]:
    """Files of the warehouse that are not the same in both, or are in one only."""
    return sorted({name for name, _ in tables(copy).items() ^ tables(lived.settings).items()})


@pytest.mark.parametrize("job", CYCLE_JOBS)
def test_a_cycle_by_itself_is_the_cycle_of_a_range(copy: Settings, lived: Lived, job: str) -> None:
    (key,) = cycles(10, 1)[2:3]
    _made_again(copy, lived, job, key)


@pytest.mark.parametrize("job", DAY_JOBS)
def test_a_day_by_itself_is_the_day_of_a_range(copy: Settings, lived: Lived, job: str) -> None:
    _made_again(copy, lived, job, days(10, 1)[0])


def _made_again(copy: Settings, lived: Lived, job: str, key: str) -> None:
    """Remove the partition's files of what the job makes, so that the job must write them."""
    before = tables(lived.settings)
    owned = {
        "parse": ("forecasts/", "quarantine/forecasts/", "feed_health/"),
        "build_features": ("features/",),
        "predict": ("predictions/",),
        "truth": ("history/", "observations/", "forecast_errors/", "forecast_error_sums/"),
        "verify": ("verification/",),
    }[job]
    gone = [name for name in before if name.startswith(owned) and name.endswith(f"/{key}.parquet")]
    assert gone
    for name in gone:
        (copy.data_dir / "warehouse" / name).unlink()
    assert run_job(copy, job, [key]).success
    assert different(copy, lived) == []


def test_a_cycle_and_a_day_go_through_in_one_job_each(copy: Settings, lived: Lived) -> None:
    """`cycle` and `day` are what the schedules run."""
    assert run_job(copy, "cycle", cycles(10, 1)[1:2]).success
    assert run_job(copy, "day", days(10, 1)).success
    assert different(copy, lived) == []


def test_locations_and_training_need_no_partition(copy: Settings, lived: Lived) -> None:
    assert run_job(copy, "read_locations").success
    trained = run_job(copy, "train", config={"train_until": "2026-08-09T00:00:00+00:00"})
    assert trained.success
    assert len(trained.get_asset_check_evaluations()) == 4  # three promotions, and the table of champions
    assert different(copy, lived) == []


def test_training_without_features_says_what_to_do_first(fresh: Settings, tmp_path: Path) -> None:
    with pytest.raises(Exception, match="materialize `features` for some cycles first"):
        run_job(fresh, "train")
