"""The sign of life comes back as it was left, and one that cannot be read is none."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from weather_platform.infra.configuration.settings import Settings
from weather_platform.infra.platform import Platform
from weather_platform.infra.watch.heartbeat import Beat, Untold, beat, last_beat

NOW = datetime(2026, 8, 10, 12, 10, tzinfo=UTC)


def test_it_tells_when_and_how_often_whoever_reads_it_elsewhere(tmp_path: Path) -> None:
    hourly = Settings(data_dir=tmp_path, watch_interval=timedelta(hours=1))
    assert last_beat(Platform(hourly)) is None
    untold = Untold("mail", 2, NOW - timedelta(days=1), "the mail server did not take it: OSError")
    beat(Platform(hourly), NOW, [untold])
    assert last_beat(Platform(Settings(data_dir=tmp_path))) == Beat(NOW, timedelta(hours=1), (untold,))


@pytest.mark.parametrize(
    "left",
    [
        "",
        "null",
        "[]",
        "{}",
        '{"alive_at": 5}',
        '{"alive_at": "now"}',
        '{"alive_at": "2026-08-10T12:10:00+00:00", "interval_seconds": 1e30}',
        '{"alive_at": "2026-08-10T12:10:00+00:00", "interval_seconds": null}',
        '{"alive_at": "2026-08-10T12:10:00+00:00", "untold": [{"since": "2026-08-10T12:10:00+00:00"}]}',
    ],
)
def test_what_cannot_be_read_is_no_sign_of_life_and_no_end_of_doctor(left: str, tmp_path: Path) -> None:
    """Found by trying: after a power cut `doctor`, which one calls then, ended in a traceback."""
    (tmp_path / "heartbeat.json").write_text(left)
    assert last_beat(Platform(Settings(data_dir=tmp_path))) is None


def test_one_of_an_earlier_release_has_the_interval_that_is_set(tmp_path: Path) -> None:
    (tmp_path / "heartbeat.json").write_text('{"alive_at": "2026-08-10T12:10:00+00:00"}')
    assert last_beat(Platform(Settings(data_dir=tmp_path))) == Beat(NOW, timedelta(minutes=10))
