"""What the tests of one folder share."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from weather_platform.infra.configuration.settings import Settings
from weather_platform_tests.infra.watch.channels import Mailbox, mail_server


@pytest.fixture
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Settings that name no folder have one."""
    monkeypatch.setenv("WEATHER_DATA_DIR", str(tmp_path))


@pytest.fixture
def mail() -> Iterator[tuple[Mailbox, Settings]]:
    with mail_server() as found:
        yield found
