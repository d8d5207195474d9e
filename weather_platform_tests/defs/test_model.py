"""What a training is told: until when truth may be known."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import dagster as dg
import pytest

from weather_platform.defs.model import TrainConfig, _train_until
from weather_platform.infra.configuration.settings import Settings
from weather_platform.infra.platform import Platform


@pytest.fixture
def elsewhere(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A machine in New York."""
    with monkeypatch.context() as patched:
        patched.setenv("TZ", "America/New_York")
        time.tzset()
        yield
    time.tzset()


@pytest.mark.usefixtures("elsewhere")
@pytest.mark.parametrize("text", ["2026-10-20T00:00Z", "2026-10-20T02:00+02:00"])
def test_train_until_is_the_instant_that_it_says(text: str, tmp_path: Path) -> None:
    found = _train_until(Platform(Settings(data_dir=tmp_path)), TrainConfig(train_until=text))
    assert found == datetime(2026, 10, 20, tzinfo=UTC)


@pytest.mark.usefixtures("elsewhere")
@pytest.mark.parametrize("text", ["2026-10-20", "2026-10-20T00:00", "2026-10-20 00:00"])
def test_train_until_without_a_zone_is_refused_with_what_to_write(text: str, tmp_path: Path) -> None:
    with pytest.raises(dg.Failure, match=r"train_until: .* has no zone; write for .* 2026-10-20T00:00:00Z"):
        _train_until(Platform(Settings(data_dir=tmp_path)), TrainConfig(train_until=text))


def test_what_is_no_time_is_refused(tmp_path: Path) -> None:
    with pytest.raises(dg.Failure, match="train_until: Invalid isoformat"):
        _train_until(Platform(Settings(data_dir=tmp_path)), TrainConfig(train_until="yesterday"))
