"""What is published is whole, whoever else publishes, and a killed writer's rest is pruned."""

import os
from datetime import UTC, datetime
from pathlib import Path

import dagster as dg
import pytest

from weather_platform.infra.configuration.settings import Settings
from weather_platform.infra.homes.upkeep import prune_all
from weather_platform.infra.objects.shelf import LocalShelf

NAMES = ["heartbeat.json", "report/index.html"]


def killed(self: Path, target: Path) -> Path:
    """In the place of the renaming: nothing after it happens."""
    del target
    os.utime(self, (0, 0))
    raise KeyboardInterrupt


def test_what_is_published_replaces_what_was(tmp_path: Path) -> None:
    shelf = LocalShelf(tmp_path)
    assert shelf.get("report/index.html") is None
    for data in (b"one", b"two"):
        assert shelf.put("report/index.html", data) == str((tmp_path / "report/index.html").resolve())
        assert shelf.get("report/index.html") == data
    assert len(list(tmp_path.rglob("*"))) == 2


def test_two_containers_with_one_process_id_do_not_write_to_one_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, shelf = Path.replace, LocalShelf(tmp_path)
    renamed: list[Path] = []

    def overtaken(self: Path, target: Path) -> Path:
        renamed.append(self)
        if len(renamed) == 1:
            LocalShelf(tmp_path).put("heartbeat.json", b"theirs")
        return real(self, target)

    monkeypatch.setattr(Path, "replace", overtaken)
    shelf.put("heartbeat.json", b"ours")
    assert len(set(renamed)) == 2
    assert shelf.get("heartbeat.json") == b"ours"


def test_what_a_killed_writer_left_goes_and_what_is_published_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf = LocalShelf(tmp_path)
    for name in NAMES:
        shelf.put(name, b"x")
        os.utime(tmp_path / name, (0, 0))
    with monkeypatch.context() as patched:
        patched.setattr(Path, "replace", killed)
        patched.setattr(Path, "unlink", lambda _self, **_: None)  # a killed process tidies nothing up
        for name in NAMES:
            with pytest.raises(KeyboardInterrupt):
                shelf.put(name, b"half")
    with dg.instance_for_test() as opened:
        assert prune_all(Settings(data_dir=tmp_path), opened, datetime.now(UTC))["half_written_files"] == 2
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert sorted(files) == sorted(tmp_path / name for name in NAMES)
