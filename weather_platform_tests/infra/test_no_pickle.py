"""Nothing is unpickled, and nothing that the platform stores could be."""

import io
import pickle
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from weather_platform.core.contracts.forecast import FORECAST
from weather_platform.core.partitions import CYCLE
from weather_platform.core.quantities.targets import DEFAULT_TARGETS
from weather_platform.infra.platform import Platform
from weather_platform_tests.platform_fixtures import PERIOD, Lived, run_job

_SUFFIXES = (".pkl", ".pickle", ".joblib", ".dill", ".cloudpickle")
_seen: list[str] = []
_hooked: list[bool] = []


@pytest.fixture
def unpickled() -> list[str]:
    """What is unpickled from here on: the interpreter itself tells of every class that a pickle names."""
    if not _hooked:
        sys.addaudithook(
            lambda event, args: _seen.append(f"{args}") if event == "pickle.find_class" else None
        )
        _hooked.append(True)
    _seen.clear()
    return _seen


def members(path: Path) -> Iterator[tuple[str, bytes]]:
    """A file and, where it is an archive, what is in it."""
    data = path.read_bytes()
    yield path.name, data
    if zipfile.is_zipfile(io.BytesIO(data)):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            yield from ((name, archive.read(name)) for name in archive.namelist())


def pickles(folder: Path) -> list[str]:
    """Files, and members of archives, that are pickles or would be read as such."""
    return [
        name
        for path in folder.rglob("*")
        if path.is_file()
        for name, data in members(path)
        if name.endswith(_SUFFIXES) or _starts_a_pickle(data) or _holds_objects(data)
    ]


def _starts_a_pickle(data: bytes) -> bool:
    return len(data) > 2 and data[0] == 0x80 and data[1] in range(2, 6) and data[-1:] == b"."


def _holds_objects(data: bytes) -> bool:
    """A NumPy file of objects, which NumPy stores as a pickle."""
    return data.startswith(b"\x93NUMPY") and b"'descr': '|O'" in data[:256]


def test_the_search_finds_pickles(tmp_path: Path, unpickled: list[str]) -> None:
    (tmp_path / "a.bin").write_bytes(pickle.dumps(Path("x")))
    np.save(tmp_path / "b.npy", np.array([Path("x")]), allow_pickle=True)
    with zipfile.ZipFile(tmp_path / "c.zip", "w") as archive:
        archive.writestr("inside.pkl", b"x")
    assert sorted(pickles(tmp_path)) == ["a.bin", "b.npy", "inside.pkl"]
    pickle.loads((tmp_path / "a.bin").read_bytes())  # noqa: S301 - our own, to see that it is noticed
    assert len(unpickled) == 1


def test_a_deployment_holds_no_pickle_and_unpickles_nothing(
    lived: Lived, tmp_path: Path, unpickled: list[str]
) -> None:
    assert pickles(lived.settings.data_dir) == []
    settings = lived.copied_to(tmp_path)
    platform = Platform(settings)
    for variable in DEFAULT_TARGETS:
        assert platform.models.load(variable, "1") is not None
    assert len(platform.warehouse.read("forecasts/open_meteo", FORECAST))
    last = CYCLE.key(PERIOD.end - CYCLE.length)
    for job in ("parse", "build_features", "predict"):
        assert run_job(settings, job, [last]).success
    assert unpickled == []
