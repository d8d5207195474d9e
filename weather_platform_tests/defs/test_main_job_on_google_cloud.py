"""The main job under the profile gcp, on the stand-ins: what it says is what it says on a laptop."""

from pathlib import Path

import pandas as pd
import pytest
from rich.console import Console

from weather_platform.cli.flow import run_flow
from weather_platform.core.contracts.scores import SCORE
from weather_platform.core.verification.leaderboard import leaderboard
from weather_platform.infra.configuration.settings import Settings
from weather_platform.infra.google.clients import storage_client
from weather_platform.infra.platform import Platform
from weather_platform_tests.platform_fixtures import PERIOD, Lived
from weather_platform_tests.stand_ins.servers import PROJECT
from weather_platform_tests.stand_ins.servers import BigQuery as StandIn


@pytest.mark.soak
def test_the_leaderboard_on_google_cloud_is_the_local_one(
    lived: Lived, gcs_url: str, local_bigquery: StandIn, tmp_path: Path
) -> None:
    for bucket in ("weather", "weather-raw"):
        storage_client(PROJECT, gcs_url).create_bucket(bucket)
    on_google_cloud = Settings.model_validate(
        lived.settings.model_dump()
        | {
            "profile": "gcp",
            "data_dir": tmp_path / "data",
            "gcp_project": PROJECT,
            "bucket": "weather",
            "raw_bucket": "weather-raw",
            "storage_endpoint": gcs_url,
            "mlflow_tracking_uri": f"sqlite:///{tmp_path}/mlflow.db",
            "bigquery_endpoint": local_bigquery.endpoint,
            "bigquery_storage_endpoint": local_bigquery.storage,
        }
    )
    run_flow(on_google_cloud, PERIOD, Console(quiet=True))
    local, cloud = (
        Platform(settings).warehouse.read("verification", SCORE)
        for settings in (lived.settings, on_google_cloud)
    )
    pd.testing.assert_frame_equal(local, cloud, rtol=0, atol=1e-6)
    pd.testing.assert_frame_equal(leaderboard(local), leaderboard(cloud), rtol=0, atol=1e-6)
    platform = Platform(on_google_cloud)
    assert platform.settings.simulated
    assert b"<html" in (platform.published("report/index.html") or b"")[:200]
    assert not (tmp_path / "data" / "warehouse").exists()
    assert not (tmp_path / "data" / "objects").exists()
    first = {
        bucket: {blob.name.split("/")[0] for blob in storage_client(PROJECT, gcs_url).list_blobs(bucket)}
        for bucket in ("weather", "weather-raw")
    }
    assert first == {"weather": {"mlflow", "report"}, "weather-raw": {"payloads"}}
    artifacts = storage_client(PROJECT, gcs_url).list_blobs("weather", prefix="mlflow/")
    assert any("/model/" in blob.name for blob in artifacts)
