"""A breach fails a check and asks for one training, then is quiet for a week."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
import pytest

from weather_platform.core.contracts.errors import ERROR_SUM
from weather_platform.core.contracts.scores import DRIFT, SCORE
from weather_platform.core.partitions import DAY
from weather_platform.core.tables.schema import empty
from weather_platform.defs.drift import retraining
from weather_platform.infra.configuration.settings import Settings
from weather_platform.infra.platform import Platform
from weather_platform_tests.core.verification.drift_tables import FIRST, VARIABLE, error_sums, our_scores
from weather_platform_tests.platform_fixtures import checks, run_assets

LAST = DAY.key(FIRST + timedelta(days=39))
NOW = FIRST + timedelta(days=40, hours=9)


def looked_at(folder: Path, shift: float) -> tuple[Settings, dict[str, bool]]:
    """A deployment whose newest day was looked at, and the outcome of its checks."""
    settings = Settings(data_dir=folder, first_day=FIRST.date())
    warehouse = Platform(settings).warehouse
    keys = DAY.keys(FIRST, FIRST + timedelta(days=40))
    warehouse.replace("verification", SCORE, our_scores(40), keys)
    warehouse.replace("forecast_error_sums", ERROR_SUM, error_sums(40, shift_from=35, shift=shift), keys)
    return settings, checks(run_assets(settings, ["drift"], [LAST]))


def tick(settings: Settings, now: datetime, cursor: str | None) -> dg.SensorResult | dg.SkipReason:
    context = dg.build_sensor_context(cursor=cursor, resources={"platform": Platform(settings)})
    result = retraining(settings, clock=lambda: now)(context)
    assert isinstance(result, dg.SensorResult | dg.SkipReason)
    return result


@pytest.fixture
def drifted(tmp_path: Path) -> Settings:
    settings, found = looked_at(tmp_path, shift=2.0)
    assert found == {"drift:contract": True, "drift:steady": False}
    return settings


def test_a_breach_asks_for_one_training_and_then_waits_a_week(drifted: Settings) -> None:
    first = tick(drifted, NOW, None)
    assert isinstance(first, dg.SensorResult)
    (request,) = first.run_requests or []
    chosen = [key.to_user_string() for key in request.asset_selection or []]
    assert chosen == [f"model/{VARIABLE}", "champions"]
    assert "b/changed" in request.tags["weather/drift"]
    assert json.loads(first.cursor or "{}") == {VARIABLE: NOW.isoformat()}

    assert isinstance(tick(drifted, NOW + timedelta(hours=1), first.cursor), dg.SkipReason)
    # A week on, the same day's breach is old news; only a breach of a new day counts.
    late = NOW + timedelta(days=7)
    assert isinstance(tick(drifted, late, first.cursor), dg.SkipReason)
    warehouse = Platform(drifted).warehouse
    again = warehouse.read("drift", DRIFT, [LAST]).assign(day=DAY.start(LAST) + timedelta(days=7))
    again = again.astype({"day": "datetime64[us, UTC]"})
    warehouse.replace("drift", DRIFT, again, [DAY.key(late - timedelta(days=1))])
    second = tick(drifted, late, first.cursor)
    assert isinstance(second, dg.SensorResult)
    assert len(second.run_requests or []) == 1


def test_what_late_truth_tells_of_a_day_six_days_ago_asks_for_a_training(drifted: Settings) -> None:
    """The days since then were looked at, and had no truth: nothing, or what models are fed alone."""
    warehouse = Platform(drifted).warehouse
    fed = warehouse.read("drift", DRIFT, [LAST]).head(1).assign(signal="feature_psi", breached=False)
    for later in range(1, 7):
        day = DAY.start(LAST) + timedelta(days=later)
        rows = fed.assign(day=day).astype({"day": "datetime64[us, UTC]"})
        warehouse.replace("drift", DRIFT, rows if later % 2 else empty(DRIFT), [DAY.key(day)])
    found = tick(drifted, NOW + timedelta(days=6), None)
    assert isinstance(found, dg.SensorResult)
    assert len(found.run_requests or []) == 1


def test_no_training_is_asked_for_of_what_is_forecast_no_more(drifted: Settings) -> None:
    without = drifted.model_copy(update={"targets": ("cloud_cover",)})
    assert isinstance(tick(without, NOW, None), dg.SkipReason)


def test_steady_weeks_pass_the_check_and_ask_for_nothing(tmp_path: Path) -> None:
    settings, found = looked_at(tmp_path, shift=0.0)
    assert found == {"drift:contract": True, "drift:steady": True}
    assert isinstance(tick(settings, NOW, None), dg.SkipReason)


def test_where_nothing_was_looked_at_nothing_is_asked(tmp_path: Path) -> None:
    skipped = tick(Settings(data_dir=tmp_path), datetime(2026, 9, 1, tzinfo=UTC), None)
    assert isinstance(skipped, dg.SkipReason)
