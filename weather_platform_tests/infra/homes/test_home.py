"""Where a deployment keeps its things is decided once, and everyone who tells it tells the same."""

from pathlib import Path
from typing import get_args

import pandas as pd
import pytest
from click.testing import CliRunner

from weather_platform.cli.main import cli
from weather_platform.core.contracts.truth import LOCATIONS
from weather_platform.core.tables.schema import conform
from weather_platform.infra.configuration.settings import Settings
from weather_platform.infra.google.clients import storage_client
from weather_platform.infra.homes.home import HOMES, home_of
from weather_platform.infra.objects.local import LocalObjects
from weather_platform.infra.platform import Platform
from weather_platform_tests.stand_ins.servers import PROJECT, BigQuery


def on_google_cloud(**given: str) -> Settings:
    return Settings.model_validate({"profile": "gcp", "gcp_project": PROJECT, "bucket": "weather"} | given)


def test_every_profile_has_its_home() -> None:
    assert set(get_args(Settings.model_fields["profile"].annotation)) == set(HOMES)


def test_replies_are_told_where_they_are_kept() -> None:
    """Those of a deployment with a bucket for replies alone were said to be in the other."""
    assert home_of(on_google_cloud()).places["Payloads"] == "gs://weather/payloads"
    apart = home_of(on_google_cloud(raw_bucket="weather-raw"))
    assert apart.places["Payloads"] == "gs://weather-raw/payloads"
    assert apart.places["Report"] == "gs://weather/report/index.html"


def test_what_a_deployment_keeps_is_in_its_buckets_and_its_dataset(
    gcs_url: str, bqemulator: BigQuery
) -> None:
    client = storage_client(PROJECT, gcs_url)
    for name in ("published-here", "replies-there"):
        client.create_bucket(name)
    settings = on_google_cloud(
        bucket="published-here",
        raw_bucket="replies-there",
        storage_endpoint=gcs_url,
        dataset="all_of_it",
        bigquery_endpoint=bqemulator.endpoint,
        bigquery_storage_endpoint=bqemulator.storage,
    )
    platform, home = Platform(settings), home_of(settings)
    assert platform.publish("report/index.html", b"<p>") == home.places["Report"]
    assert platform.published("report/index.html") == b"<p>"
    platform.raw.create("payloads/a", b"")
    platform.objects.create("uploads/a", b"")
    held = {
        name: [blob.name for blob in client.list_blobs(name)] for name in ("published-here", "replies-there")
    }
    assert held == {
        "published-here": ["report/index.html", "uploads/a"],
        "replies-there": ["payloads/a"],
    }
    place = pd.DataFrame({"location_id": ["a"], "latitude": [1.0], "longitude": [2.0]})
    platform.warehouse.replace("locations", LOCATIONS, conform(place, LOCATIONS), None)
    again = Platform(settings).warehouse
    assert again.read("locations", LOCATIONS)["location_id"].tolist() == ["a"]
    assert home.where == "gs://published-here and BigQuery's stand-in.all_of_it"


def test_a_folder_is_home_to_everything_below_it(tmp_path: Path) -> None:
    platform = Platform(Settings(data_dir=tmp_path))
    home = home_of(platform.settings)
    assert home.folder == tmp_path
    assert home.artifacts == (tmp_path / "mlflow" / "artifacts").as_uri()
    assert home_of(Settings(data_dir=tmp_path, mlflow_tracking_uri="http://127.0.0.1:9")).artifacts is None
    assert isinstance(platform.objects, LocalObjects)
    assert platform.raw is platform.objects
    assert platform.publish("report/index.html", b"<p>") == home.places["Report"]
    assert all(where.startswith(str(tmp_path)) for where in (home.where, *home.places.values()))


def test_a_command_that_finds_no_reply_names_the_bucket_and_not_a_folder_of_this_machine(
    gcs_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    storage_client(PROJECT, gcs_url).create_bucket("replies-of-nobody")
    for name, value in {
        "PROFILE": "gcp",
        "GCP_PROJECT": PROJECT,
        "BUCKET": "replies-of-nobody",
        "STORAGE_ENDPOINT": gcs_url,
        "DATA_DIR": str(tmp_path),
    }.items():
        monkeypatch.setenv(f"WEATHER_{name}", value)
    told = CliRunner().invoke(cli, ["replay", "open_meteo", "--diff"])
    assert told.exit_code == 1
    assert "no reply of open_meteo is kept in gs://replies-of-nobody/payloads" in told.stderr
    assert str(tmp_path) not in told.stderr
