"""What becomes of the flow when a provider is down, a cycle over, a key missing, or truth spoilt later."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import dagster as dg
import httpx
import pandas as pd
import pytest

from weather_platform.core.contracts.forecast import FORECAST
from weather_platform.core.contracts.learned import PREDICTION
from weather_platform.core.contracts.scores import CHAMPION
from weather_platform.core.contracts.truth import RECONCILED
from weather_platform.core.partitions import DAY
from weather_platform.core.providers.registry import PROVIDERS
from weather_platform.core.quantities.targets import DEFAULT_TARGETS
from weather_platform.definitions import build
from weather_platform.infra.configuration.provider_keys import variable_of
from weather_platform.infra.configuration.settings import Settings
from weather_platform.infra.platform import Platform
from weather_platform.sandbox.launch import start
from weather_platform_tests.platform_fixtures import (
    PERIOD,
    Lived,
    checks,
    cycles,
    days,
    fingerprints,
    run_job,
    tables,
)
from weather_platform_tests.recording_proxy import recording

KEYED = [name for name, provider in PROVIDERS.items() if provider.auth is not None]


@pytest.fixture
def own_sandbox(places_file: Path) -> Iterator[str]:
    """A sandbox in which faults may be switched on."""
    with start(places_file) as sandbox:
        yield sandbox.url


def fault(url: str, provider: str, kind: str) -> None:
    httpx.post(f"{url}/faults", json={"provider": provider, "kind": kind}).raise_for_status()


def next_cycle(settings: Settings) -> list[str]:
    """The first cycle after the period that was lived through."""
    return cycles((PERIOD.end - PERIOD.start).days, 1)[:1]


def test_a_provider_that_is_down_holds_up_no_other_and_is_asked_for_the_rest_later(
    lived: Lived, tmp_path: Path, own_sandbox: str
) -> None:
    settings = lived.copied_to(tmp_path).model_copy(update={"sandbox_url": own_sandbox})
    (cycle,) = next_cycle(settings)
    fault(own_sandbox, "met_norway", "down")
    result = run_job(settings, "cycle", [cycle])
    passed = checks(result)
    assert result.success
    assert not passed["payloads/met_norway:complete"]
    assert passed["payloads/open_meteo:complete"]
    assert passed["predictions:contract"]
    platform = Platform(settings)
    assert platform.warehouse.read("forecasts/met_norway", FORECAST, [cycle]).empty
    predicted = platform.warehouse.read("predictions", PREDICTION, [cycle])
    assert predicted.groupby("variable")["location_id"].nunique().to_dict() == dict.fromkeys(
        DEFAULT_TARGETS, 3
    )
    kept = fingerprints(settings.data_dir / "objects")

    fault(own_sandbox, "met_norway", "none")
    with recording(own_sandbox) as (url, asked):
        again = run_job(settings.model_copy(update={"sandbox_url": url}), "fetch", [cycle])
    assert checks(again)["payloads/met_norway:complete"]
    assert len(asked) == 3
    assert {path.split("/")[1] for path in asked} == {"met_norway"}
    assert kept.items() <= fingerprints(settings.data_dir / "objects").items()


@pytest.mark.parametrize("kind", ["truncated", "wrong_place"])
def test_a_bad_reply_goes_to_quarantine_and_the_others_stay(
    fresh: Settings, own_sandbox: str, kind: str
) -> None:
    settings = fresh.model_copy(update={"sandbox_url": own_sandbox, "providers": ("open_meteo", "nws")})
    keys = cycles(0, 1)[:1]
    fault(own_sandbox, "open_meteo", kind)
    run_job(settings, "read_locations")
    run_job(settings, "fetch", keys)
    result = run_job(settings, "parse", keys)
    passed = checks(result)
    assert not passed["forecasts/open_meteo:nothing_set_aside"]
    assert passed["forecasts/nws:nothing_set_aside"]
    assert passed["forecasts/open_meteo:contract"]
    warehouse = Platform(settings).warehouse
    assert warehouse.read("forecasts/open_meteo", FORECAST, keys).empty
    assert warehouse.read("forecasts/nws", FORECAST, keys)["location_id"].nunique() == 2


@pytest.mark.parametrize(("kind", "reason"), [("html", "the body is HTML"), ("empty", "the body is empty")])
def test_what_is_no_reply_at_all_is_not_kept_and_asked_for_by_the_next_run(
    fresh: Settings, own_sandbox: str, kind: str, reason: str
) -> None:
    settings = fresh.model_copy(update={"sandbox_url": own_sandbox, "providers": ("open_meteo",)})
    keys = cycles(0, 1)[:1]
    run_job(settings, "read_locations")
    fault(own_sandbox, "open_meteo", kind)
    result = run_job(settings, "fetch", keys)
    (told,) = [found for found in result.get_asset_check_evaluations() if found.check_name == "complete"]
    assert reason in str(told.metadata["reasons"].value)
    fault(own_sandbox, "open_meteo", "none")
    assert checks(run_job(settings, "fetch", keys))["payloads/open_meteo:complete"]
    run_job(settings, "parse", keys)
    assert not Platform(settings).warehouse.read("forecasts/open_meteo", FORECAST, keys).empty


def test_a_cycle_that_is_over_is_not_fetched_live_and_keeps_what_it_has(
    lived: Lived, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    settings = lived.copied_to(tmp_path).model_copy(update={"profile": "live", "sandbox_url": None})
    kept, before = fingerprints(settings.data_dir / "objects"), tables(settings)
    with dg.DagsterInstance.ephemeral() as instance:
        result = run_job(settings, "fetch", cycles(0, 1), instance)
        logged = [record.user_message for record in instance.all_logs(result.run_id)]
    assert result.success
    assert any("4 of 4 cycles are over" in text and "weather-platform import" in text for text in logged)
    assert fingerprints(settings.data_dir / "objects") == kept
    assert tables(settings) == before


def test_a_cycle_that_was_not_answered_in_time_is_not_complete_for_being_over(
    lived: Lived, tmp_path: Path
) -> None:
    """Found by reading: materialized again a day later, it was asked for nothing, and "all that was asked for
    is there".
    """
    settings = lived.copied_to(tmp_path).model_copy(update={"profile": "live", "sandbox_url": None})
    keys = cycles(0, 1)
    (gone,) = list((settings.data_dir / "objects" / "payloads" / "met_norway" / keys[1]).iterdir())[:1]
    gone.unlink()
    result = run_job(settings, "fetch", keys)
    told = {
        found.asset_key.path[1]: found
        for found in result.get_asset_check_evaluations()
        if found.check_name == "complete"
    }
    assert {name for name, found in told.items() if not found.passed} == {"met_norway"}
    why = f"{keys[1]}: 1 × no reply of a place is kept"
    description = str(told["met_norway"].description)
    assert description.startswith(f"1 of 4 cycles were not answered in whole: {why}")
    assert why in str(told["met_norway"].metadata["reasons"].value)


@pytest.mark.parametrize("keyed", KEYED)
def test_a_provider_with_a_key_joins_when_its_key_is_set(keyed: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WEATHER_PROFILE", "live")
    free = {*PROVIDERS, "uploaded"} - set(KEYED)

    def providers() -> set[str]:
        graph = build(Settings()).resolve_asset_graph()
        return {key.path[1] for key in graph.get_all_asset_keys() if key.path[0] == "forecasts"}

    assert providers() == free
    monkeypatch.setenv(variable_of(keyed), "secret")
    assert providers() == free | {keyed}


def poisoned(settings: Settings, since: pd.Timestamp) -> None:
    """Make every observation known from `since` on absurd."""
    warehouse = Platform(settings).warehouse
    keys = [key for key in warehouse.keys("observations") if DAY.end(key) > since]
    rows = warehouse.read("observations", RECONCILED, keys)
    late = rows["known_at"] >= since
    assert late.any()
    for name in ("temperature_c", "wind_speed_m_s", "precipitation_mm"):
        rows[name] = rows[name].mask(late, 49.0)
    warehouse.replace("observations", RECONCILED, rows, keys)


def test_what_is_observed_after_a_cycle_changes_nothing_of_it(lived: Lived, tmp_path: Path) -> None:
    settings = lived.copied_to(tmp_path)
    keys = cycles(9, 1)
    before = tables(settings)
    poisoned(settings, pd.Timestamp(settings.sandbox_now(PERIOD.start)) + pd.Timedelta(days=9, hours=18))
    run_job(settings, "build_features", keys)
    run_job(settings, "predict", keys)
    assert {name for name, digest in tables(settings).items() if digest != before[name]} <= {
        f"observations/{day}.parquet" for day in days(9, 3)
    }
    run_job(settings, "build_features", cycles(11, 1))  # what is known by then does change later cycles
    assert tables(settings)["features/2026-08-12T18Z.parquet"] != before["features/2026-08-12T18Z.parquet"]


def test_no_cycle_is_served_by_a_model_that_learned_later(lived: Lived, tmp_path: Path) -> None:
    """The versions are promoted by hand, so that there is one that might be used too early."""
    settings = lived.copied_to(tmp_path)
    registry = Platform(settings).models
    from mlflow import MlflowClient

    uri = f"sqlite:///{settings.data_dir.resolve() / 'mlflow' / 'mlflow.db'}"
    client = MlflowClient(tracking_uri=uri, registry_uri=uri)
    for variable in DEFAULT_TARGETS:
        assert registry.load(variable, "1").trained_until == PERIOD.train_until
        client.set_model_version_tag(f"weather_{variable}", "1", "promoted", "true")
    run_job(settings, "predict", cycles(6, 4))
    rows = Platform(settings).warehouse.read("predictions", PREDICTION, cycles(6, 4))
    early = rows["cycle"] < pd.Timestamp(PERIOD.train_until)
    assert set(rows.loc[early, "model_version"]) == {"bias_corrected"}
    assert set(rows.loc[~early, "model_version"]) == {"1"}


def test_a_new_model_meets_the_champion_on_days_that_neither_has_seen(lived: Lived, tmp_path: Path) -> None:
    """Four days after the first model there are too few of them; nine days after it there are enough."""
    from mlflow import MlflowClient

    variable = DEFAULT_TARGETS[0]
    settings = lived.copied_to(tmp_path).model_copy(update={"targets": (variable,)})
    uri = f"sqlite:///{settings.data_dir.resolve() / 'mlflow' / 'mlflow.db'}"
    client = MlflowClient(tracking_uri=uri, registry_uri=uri)
    client.set_model_version_tag(f"weather_{variable}", "1", "promoted", "true")
    for late, too_early in ((PERIOD.end, True), (PERIOD.end + timedelta(days=5), False)):
        result = run_job(settings, "train", config={"train_until": late.isoformat()})
        (event,) = result.asset_materializations_for_node(f"model__{variable}")
        reason = str(event.metadata["reason"].value)
        assert ("days with truth are unseen" in reason) is too_early
        assert not checks(result)[f"model/{variable}:promoted"] or not too_early
        if too_early:
            later = cycles(12, 5)
            for job, keys in (("fetch", later), ("parse", later), ("truth", days(12, 5))):
                run_job(settings, job, keys)
            run_job(settings, "build_features", later)
    tags = client.get_model_version(f"weather_{variable}", "2").tags
    assert tags["judged_against"] == "1"
    assert tags["trained_until"] == (PERIOD.train_until + timedelta(days=1)).isoformat()
    assert tags["decided_at"] == (PERIOD.end + timedelta(days=5)).isoformat()
    assert "first model" not in tags["reason"]
    table = Platform(settings).warehouse.read("champions", CHAMPION)
    reigned = ["1", "2"] if tags["promoted"] == "true" else ["1"]
    assert table.loc[table["variable"] == variable, "version"].tolist() == reigned
