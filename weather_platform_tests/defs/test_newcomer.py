"""A past on the first day: previous runs and a reanalysis, backfilled, trained on and verified."""

from datetime import timedelta

import pytest

from weather_platform.core.contracts.forecast import FORECAST
from weather_platform.core.contracts.learned import FEATURES, SCORE
from weather_platform.core.contracts.truth import RECONCILED
from weather_platform.core.partitions import CYCLE, DAY
from weather_platform.infra.platform import Platform
from weather_platform.infra.settings import Settings
from weather_platform_tests.platform_fixtures import FIRST, cycles, days, fingerprints, run_assets, run_job
from weather_platform_tests.recording_proxy import recording

DAYS, TRAIN_DAYS = 20, 16


@pytest.fixture
def newcomer(fresh: Settings) -> Settings:
    """A deployment that never fetched a forecast in time and has no station: the archives alone."""
    return fresh.model_copy(
        update={"providers": ("open_meteo",), "archives": ("open_meteo_archive",), "horizon_hours": 48}
    )


def test_twenty_days_are_backfilled_trained_on_and_verified(newcomer: Settings) -> None:
    run_job(newcomer, "read_locations")
    with recording(newcomer.sandbox_url) as (url, asked):
        through = newcomer.model_copy(update={"sandbox_url": url})
        run_assets(through, ["reconstructed/open_meteo", "forecasts/open_meteo"], cycles(0, DAYS))
        run_assets(through, ["history/open_meteo_archive"], days(0, DAYS))
        spans = len(asked)
        kept = fingerprints(newcomer.data_dir / "objects")
        run_assets(through, ["reconstructed/open_meteo"], cycles(3, 1))
        run_assets(through, ["history/open_meteo_archive"], days(3, 1))
    assert spans == len(asked) == len(kept) <= 8
    run_assets(
        newcomer,
        ["observations", "forecast_errors", "truth_agreement", "forecast_error_sums"],
        days(0, DAYS),
    )
    run_job(newcomer, "build_features", cycles(0, DAYS))
    until = FIRST + timedelta(days=TRAIN_DAYS)
    run_job(newcomer, "train", config={"train_until": until.isoformat()})
    later = (until, FIRST + timedelta(days=DAYS))
    run_job(newcomer, "predict", CYCLE.keys(*later))
    run_job(newcomer, "verify", DAY.keys(*later))
    warehouse = Platform(newcomer).warehouse
    rows = warehouse.read("forecasts/open_meteo", FORECAST)
    assert set(rows["reconstructed_from"]) == {"open_meteo_previous_runs"}
    assert set(rows["lead_hours"]) == {24.0, 48.0}
    truth = warehouse.read("observations", RECONCILED)
    assert set(truth["source"]) == {"open_meteo_archive"}
    assert len(truth) == DAYS * 24 * 3
    features = warehouse.read("features", FEATURES, cycles(12, 1))
    assert (features["feeds_present"] > 0).any()
    scores = warehouse.read("verification", SCORE)
    assert {"ours", "open_meteo/gfs_seamless", "equal_weight"} <= set(scores["method"])
    assert scores.loc[scores["method"] == "ours", "n"].sum() > 100
