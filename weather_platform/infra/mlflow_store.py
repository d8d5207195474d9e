"""Opening MLflow: a server, or a local database and folder that are made where there are none.

Belongs here: where MLflow keeps things, and a client that answers or a clear error. Does not: versions of
models (see model_registry).
"""

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from weather_platform.infra.settings import Settings

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities import Experiment

_EXPERIMENT = "weather_platform"


class RegistryDownError(Exception):
    """MLflow does not answer; the text says what to do."""


@dataclass(frozen=True)
class Store:
    """An MLflow that answered: its address, a client of it, and the id of our experiment."""

    uri: str
    client: "MlflowClient"
    experiment: str


def opened(settings: Settings) -> Store:
    """`settings.mlflow_tracking_uri` names a server or a database; without it a database below `data_dir` is
    used. Without a server, files are below `data_dir` too, or in the bucket on Google Cloud. A new local
    store takes seconds, once. Raises RegistryDownError where a server does not answer."""
    folder = settings.data_dir.resolve() / "mlflow"
    database = folder / "mlflow.db"
    uri = settings.mlflow_tracking_uri or f"sqlite:///{database}"
    artifacts = _artifacts(settings, folder)
    folder.mkdir(parents=True, exist_ok=True)
    with _alone(folder / "lock"):
        if uri == f"sqlite:///{database}":
            _made(database)
        client = _client(uri)
        experiment = _answered(client)
        if experiment is not None:
            return Store(uri, client, experiment.experiment_id)
        return Store(uri, client, client.create_experiment(_EXPERIMENT, artifact_location=artifacts))


def _answered(client: "MlflowClient") -> "Experiment | None":
    """Our experiment, if there is one: the first thing that is asked of MLflow."""
    from mlflow.exceptions import MlflowException

    try:
        return client.get_experiment_by_name(_EXPERIMENT)
    except MlflowException as error:
        raise RegistryDownError(
            f"MLflow does not answer ({type(error).__name__}): start its server or see that "
            "WEATHER_MLFLOW_TRACKING_URI is right, then materialize models and predictions again; forecasts "
            "and features are there"
        ) from error


def _made(database: Path) -> None:
    """Make the local database where there is none, whole or not at all: MLflow makes its schema in some forty
    steps and cannot go on with one that was left half-made. The caller holds the lock.
    """
    if database.exists():
        return
    for left in database.parent.glob(f"{database.name}~*"):
        left.unlink()
    unfinished = database.with_name(f"{database.name}~{os.getpid()}")
    _client(f"sqlite:///{unfinished}").get_experiment_by_name(_EXPERIMENT)
    unfinished.rename(database)


def _client(uri: str) -> "MlflowClient":
    """A client that says nothing of its own, reports to nobody and unpickles nothing."""
    os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
    # Not a default: whatever the environment says, no model of this platform is ever a pickle.
    os.environ["MLFLOW_ALLOW_PICKLE_DESERIALIZATION"] = "false"
    # A server that is down is known to be so within half a minute; MLflow's own patience is of many minutes.
    os.environ.setdefault("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "3")
    os.environ.setdefault("MLFLOW_HTTP_REQUEST_TIMEOUT", "30")
    from mlflow import MlflowClient

    for noisy in ("mlflow", "alembic"):  # after the import, which sets levels of its own
        logging.getLogger(noisy).setLevel(logging.WARNING)
    return MlflowClient(tracking_uri=uri, registry_uri=uri)


def _artifacts(settings: Settings, folder: Path) -> str | None:
    """Where a new experiment keeps its files; None where a server decides that."""
    if (settings.mlflow_tracking_uri or "").startswith("http"):
        return None
    if settings.profile == "gcp":
        if settings.storage_endpoint is not None:
            # MLflow makes its own client of GCS, which looks for another address there.
            os.environ["STORAGE_EMULATOR_HOST"] = settings.storage_endpoint
        return f"gs://{settings.bucket}/mlflow"
    return (folder / "artifacts").as_uri() if settings.mlflow_tracking_uri is None else None


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    """Hold a lock between processes: two that create the database at once would both fail."""
    import fcntl

    with lock.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
