"""Facts are looked for where they are."""

from pathlib import Path

from weather_platform.infra.configuration.settings import Settings
from weather_platform.infra.platform import Platform
from weather_platform.infra.watch.vitals import disk


def test_the_disk_is_the_data_folders_where_there_is_one(tmp_path: Path) -> None:
    """Found by reading: on Google Cloud a container's memory was taken for it, which is never 5 GB free."""
    (found,) = disk(Platform(Settings(data_dir=tmp_path)))
    assert (found.area, found.subject) == ("disk", str(tmp_path))
    assert list(disk(Platform(Settings(data_dir=tmp_path / "none")))) == []
    cloud = Settings(profile="gcp", gcp_project="p", bucket="b", data_dir=tmp_path)
    assert list(disk(Platform(cloud))) == []
