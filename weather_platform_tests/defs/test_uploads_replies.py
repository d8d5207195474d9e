"""Replies that are dropped are kept with those that were fetched, and parsed in their cycles."""

import gzip
from dataclasses import replace

import dagster as dg
import pandas as pd
import pytest

from weather_platform.core.contracts.forecast import FORECAST, MANIFEST
from weather_platform.core.contracts.uploads import REJECTED
from weather_platform.core.providers.registry import PROVIDERS
from weather_platform.infra.platform import Platform
from weather_platform_tests.defs.dropped import Deployment
from weather_platform_tests.platform_fixtures import checks, fingerprints, run_job
from weather_platform_tests.replies import encoded, open_meteo, openweathermap

CYCLE_KEY = "2026-08-01T00Z"
FOLDER = "replies/open_meteo"


def body(seed: int = 0, latitude: float = 39.7392) -> bytes:
    return encoded(open_meteo(latitude, -104.9847, hours=12, seed=seed))


def test_dropped_replies_are_kept_and_parsed_in_their_cycles(deployment: Deployment) -> None:
    deployment.put(f"{FOLDER}/20260801T010000Z_denver.json.gz", gzip.compress(body()))
    deployment.put(f"{FOLDER}/20260801T070000Z_denver.json", body(1))
    deployment.put("replies/nobody/20260801T070000Z_denver.json", body(1))
    (read,) = deployment.settle()
    assert checks(read)["uploads:readable"] is False
    platform = Platform(deployment.settings)
    assert platform.payloads.cycles("open_meteo") == [CYCLE_KEY, "2026-08-01T06Z"]
    rows = platform.warehouse.read("forecasts/open_meteo", FORECAST)
    assert set(rows["location_id"]) == {"denver"} and len(rows) == 11 + 5
    assert rows["fetched_at"].dt.hour.drop_duplicates().tolist() == [1, 7]
    manifest = platform.warehouse.read("payloads/open_meteo", MANIFEST)
    assert manifest["request"].tolist() == ["20260801T010000Z_denver", "20260801T070000Z_denver"]
    for table in ("payloads", "forecasts"):
        made = deployment.instance.get_materialized_partitions(dg.AssetKey([table, "open_meteo"]))
        assert made == {CYCLE_KEY, "2026-08-01T06Z"}
    kept = fingerprints(deployment.settings.data_dir / "objects" / "payloads")
    deployment.put(f"{FOLDER}/again/20260801T010000Z_denver.json", body())
    deployment.settle()
    run_job(deployment.settings, "parse", [CYCLE_KEY], deployment.instance)
    assert fingerprints(deployment.settings.data_dir / "objects" / "payloads") == kept
    assert len(platform.warehouse.read("forecasts/open_meteo", FORECAST, [CYCLE_KEY])) == 11


def test_a_dropped_reply_of_a_keyed_provider_is_parsed_by_runs_that_hold_no_key(
    deployment: Deployment,
) -> None:
    """As those of the role `truth` do on Google Cloud: it names the providers in use, fetchers hold keys."""
    update = {"profile": "live", "providers": ("openweathermap",), "openweathermap_key": None}
    deployment.settings = deployment.settings.model_copy(update=update)
    reply = openweathermap(39.7392, -104.9847, steps=8)
    first = pd.Timestamp(reply["list"][0]["dt"], unit="s", tz="UTC").floor("6h")
    name = f"{first:%Y%m%dT%H%M%SZ}_denver.json"
    deployment.put(f"replies/openweathermap/{name}", encoded(reply))
    (read,) = deployment.settle()
    assert checks(read)["uploads:readable"] is True
    rows = Platform(deployment.settings).warehouse.read("forecasts/openweathermap", FORECAST)
    assert set(rows["location_id"]) == {"denver"} and len(rows) == 8


def test_a_dropped_reply_is_not_kept_whose_terms_forbid_it(
    deployment: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    provider = PROVIDERS["open_meteo"]
    forbidden = replace(provider, terms=replace(provider.terms, storage="forbidden"))
    monkeypatch.setitem(PROVIDERS, "open_meteo", forbidden)
    deployment.settings = deployment.settings.model_copy(update={"profile": "live"})
    deployment.put(f"{FOLDER}/20260801T010000Z_denver.json", body())
    deployment.settle()
    platform = Platform(deployment.settings)
    (reason,) = platform.warehouse.read("quarantine/uploads", REJECTED)["reason"]
    assert "forbid keeping what it says" in reason
    assert list(platform.objects.names("payloads/")) == []


def test_another_reply_of_one_time_and_place_is_refused_and_a_spoilt_one_keeps_nothing(
    deployment: Deployment,
) -> None:
    name = f"{FOLDER}/20260801T010000Z_denver.json"
    deployment.put(name, body())
    deployment.settle()
    deployment.put(name, body(2))
    deployment.put(f"{FOLDER}/20260801T020000Z_denver.json", body(latitude=10))
    deployment.settle()
    platform = Platform(deployment.settings)
    reasons = platform.warehouse.read("quarantine/uploads", REJECTED)["reason"]
    assert any("another reply of that time and place is kept" in text for text in reasons)
    assert any("wrong place" in text for text in reasons)
    assert len(list(platform.objects.names("payloads/open_meteo/"))) == 1
