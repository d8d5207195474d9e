"""A model registry that is new, by copying: MLflow takes each that it makes through all its migrations, which
costs one to two seconds of processor time.

Belongs here: the copy. Does not: tests of the making itself, which make their own.
"""

import fcntl
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from weather_platform.infra.models.mlflow_client import client_of

RegistryIn = Callable[[Path], Path]


@pytest.fixture(scope="session")
def registry_in(tmp_path_factory: pytest.TempPathFactory) -> RegistryIn:
    """Puts the database of a registry that nobody opened yet into a data folder, and returns that folder. It
    is made once even where several processes share the tests."""
    base = tmp_path_factory.getbasetemp()
    shared = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "registry"
    shared.mkdir(exist_ok=True)
    new = shared / "mlflow.db"
    with (shared / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (shared / "done").exists():
            client_of(f"sqlite:///{new}")
            (shared / "done").touch()

    def put(data_dir: Path) -> Path:
        (data_dir / "mlflow").mkdir(parents=True)
        shutil.copy(new, data_dir / "mlflow" / "mlflow.db")
        return data_dir

    return put
