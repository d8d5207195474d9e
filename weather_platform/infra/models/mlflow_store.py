"""Opening MLflow: a server, or a local database and folder that are made where there are none.

Belongs here: where MLflow keeps things. Does not: asking MLflow (see mlflow_client), or versions of models
(see model_registry).
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from weather_platform.infra.configuration.settings import Settings
from weather_platform.infra.configuration.wrong_settings import SettingsError
from weather_platform.infra.homes.home import home_of
from weather_platform.infra.models.mlflow_client import EXPERIMENT, answered, client_of, without_credentials

if TYPE_CHECKING:
    from mlflow import MlflowClient


@dataclass(frozen=True)
class Store:
    """An MLflow that answered: its address, a client of it, and the id of our experiment."""

    uri: str = field(repr=False)
    client: "MlflowClient"
    experiment: str


def opened(settings: Settings) -> Store:
    """`settings.mlflow_tracking_uri` names a server or a database; without it a database below `data_dir` is
    used. Without a server, files are below `data_dir` too, or in the bucket on Google Cloud. A new local
    store takes seconds, once.

    Raises RegistryDownError where a server does not answer, RegistryOutdatedError where its database is of
    another release, and SettingsError on Google Cloud without an address: what is kept within a container is
    gone with it, and until then has no model.
    """
    folder = settings.data_dir.resolve() / "mlflow"
    database = folder / "mlflow.db"
    given = settings.mlflow_tracking_uri
    home = home_of(settings)
    if given is None and home.folder is None:
        raise SettingsError(
            "WEATHER_MLFLOW_TRACKING_URI is not set, and on Google Cloud models are nowhere else: give this "
            "job that secret, as Terraform gives it to those that use models"
        )
    uri = f"sqlite:///{database}" if given is None else without_credentials(given.get_secret_value())
    artifacts = None if uri.startswith("http") else home.artifacts  # a server decides that itself
    folder.mkdir(parents=True, exist_ok=True)
    if given is None:
        with _alone(folder / "lock"):
            _made(database)
    # Without the lock: where nobody answers, each would wait for all before it as well.
    client, experiment = answered(uri)
    if experiment is not None:
        return Store(uri, client, experiment.experiment_id)
    with _alone(folder / "lock"):
        return Store(uri, client, _created(client, artifacts))


def _created(client: "MlflowClient", artifacts: str | None) -> str:
    """The id of our experiment, which whoever comes first makes. The caller holds the lock."""
    known = client.get_experiment_by_name(EXPERIMENT)
    if known is not None:
        return str(known.experiment_id)
    return client.create_experiment(EXPERIMENT, artifact_location=artifacts)


def _made(database: Path) -> None:
    """Make the local database where there is none, whole or not at all: MLflow makes its schema in some forty
    steps and cannot go on with one that was left half-made. The caller holds the lock.
    """
    if database.exists():
        return
    for left in database.parent.glob(f"{database.name}~*"):
        left.unlink()
    unfinished = database.with_name(f"{database.name}~{os.getpid()}")
    client_of(f"sqlite:///{unfinished}").get_experiment_by_name(EXPERIMENT)
    unfinished.rename(database)


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    """Hold a lock between processes: two that create the database or the experiment at once would fail."""
    import fcntl

    with lock.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
