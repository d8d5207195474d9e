"""A model registry that is new, by copying: MLflow takes each that it makes through all its migrations, which
costs one to two seconds of processor time.

Belongs here: the copy. Does not: tests of the making itself, which make their own.
"""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from weather_platform.infra.models.mlflow_client import client_of

RegistryIn = Callable[[Path], Path]


@pytest.fixture(scope="session")
def registry_in(tmp_path_factory: pytest.TempPathFactory) -> RegistryIn:
    """Puts the database of a registry that nobody opened yet into a data folder, and returns that folder."""
    new = tmp_path_factory.mktemp("registry") / "mlflow.db"
    client_of(f"sqlite:///{new}")

    def put(data_dir: Path) -> Path:
        (data_dir / "mlflow").mkdir(parents=True)
        shutil.copy(new, data_dir / "mlflow" / "mlflow.db")
        return data_dir

    return put
