"""Fourteen days lived by the real daemon, webserver and code server over the sandbox."""

from pathlib import Path

import pytest

from weather_platform.core.contracts.learned import PREDICTION
from weather_platform.core.contracts.scores import SCORE
from weather_platform.infra.configuration.settings import Settings
from weather_platform.infra.platform import Platform
from weather_platform.infra.watch.heartbeat import last_beat
from weather_platform_tests.bench.year import measure

DAYS = 14


@pytest.mark.soak
def test_fourteen_days_run_by_the_daemon_end_in_scores(tmp_path: Path) -> None:
    lived = measure(DAYS, tmp_path)
    assert lived["status"] == "COMPLETED_SUCCESS", lived["runs"]
    platform = Platform(Settings(data_dir=tmp_path / "data"))
    assert len(platform.warehouse.keys("predictions")) == 4 * DAYS
    assert platform.warehouse.read("predictions", PREDICTION)["cycle"].nunique() == 4 * DAYS
    scores = platform.warehouse.read("verification", SCORE)
    assert scores["day"].nunique() >= DAYS - 2
    assert {"ours", "bias_corrected"} <= set(scores["method"])
    # The sensor `watch` was on all the while, without anyone's doing.
    assert last_beat(platform) is not None
    assert "Traceback" not in (tmp_path / "ui.log").read_text()
    assert (tmp_path / "data" / "report" / "index.html").exists()
