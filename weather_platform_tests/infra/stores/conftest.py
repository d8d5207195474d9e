"""The store that tests of uploads look into."""

from pathlib import Path

import pytest

from weather_platform.infra.objects.local import LocalObjects


@pytest.fixture
def objects(tmp_path: Path) -> LocalObjects:
    return LocalObjects(tmp_path / "objects")
