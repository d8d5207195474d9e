"""Opening MLflow: a server, or a local database and folder that are made where there are none.

Belongs here: where MLflow keeps things, and a client that answers or a clear error. Does not: versions of
models (see model_registry).

An address may hold a user and a password, and MLflow's errors quote it, at any later call as well. So a
server is given them beside its address, by the variables that MLflow has for that, and of what fails at the
opening (an address that is none, a database) nothing is passed on but host and port.
"""

import logging
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit, urlunsplit

from weather_platform.infra.settings import Settings

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities import Experiment

_EXPERIMENT = "weather_platform"


class RegistryDownError(Exception):
    """MLflow does not answer; the text says where it should and what to do, and shows no password."""


@dataclass(frozen=True)
class Store:
    """An MLflow that answered: its address, a client of it, and the id of our experiment."""

    uri: str = field(repr=False)
    client: "MlflowClient"
    experiment: str


def opened(settings: Settings) -> Store:
    """`settings.mlflow_tracking_uri` names a server or a database; without it a database below `data_dir` is
    used. Without a server, files are below `data_dir` too, or in the bucket on Google Cloud. A new local
    store takes seconds, once. Raises RegistryDownError where a server does not answer."""
    folder = settings.data_dir.resolve() / "mlflow"
    database = folder / "mlflow.db"
    given = settings.mlflow_tracking_uri
    uri = f"sqlite:///{database}" if given is None else _without_credentials(given.get_secret_value())
    artifacts = _artifacts(settings, uri, folder)
    folder.mkdir(parents=True, exist_ok=True)
    with _alone(folder / "lock"):
        if given is None:
            _made(database)
        client, experiment = _answered(uri)
        if experiment is not None:
            return Store(uri, client, experiment.experiment_id)
        return Store(uri, client, client.create_experiment(_EXPERIMENT, artifact_location=artifacts))


def _without_credentials(uri: str) -> str:
    """A server's address without user and password, which MLflow is told beside it; others as they are."""
    parts = urlsplit(uri)
    credentials, at, host = parts.netloc.rpartition("@")
    if not at or parts.scheme not in ("http", "https"):
        return uri
    user, _, password = credentials.partition(":")
    os.environ["MLFLOW_TRACKING_USERNAME"] = unquote(user)
    os.environ["MLFLOW_TRACKING_PASSWORD"] = unquote(password)
    return urlunsplit(parts._replace(netloc=host))


def _answered(uri: str) -> "tuple[MlflowClient, Experiment | None]":
    """A client, and our experiment, if there is one: the first thing that is asked of MLflow."""
    _prepare()
    from mlflow.exceptions import MlflowException
    from sqlalchemy.exc import SQLAlchemyError

    try:
        client = _client(uri)
        return client, client.get_experiment_by_name(_EXPERIMENT)
    except (MlflowException, SQLAlchemyError) as error:
        # Without the error itself, whose text quotes the address: Dagster stores a failed step's whole chain.
        raise RegistryDownError(
            f"MLflow does not answer at {_where(uri)} ({type(error).__name__}): start its server or see that "
            "WEATHER_MLFLOW_TRACKING_URI is right, then materialize models and predictions again; forecasts "
            "and features are there"
        ) from None


def _where(uri: str) -> str:
    """Host and port of an address. What stands before its last @ is never shown, be it written as no address
    may be: a password with a slash in it.
    """
    if uri.startswith("sqlite:"):
        return "its local database"
    after = uri.partition("://")[2].rpartition("@")[2]
    return re.split(r"[/?#]", after)[0] or "an address without a host"


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


def _prepare() -> None:
    """Before MLflow is imported: it reports to nobody, unpickles nothing, and gives up in time."""
    os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
    # Not a default: whatever the environment says, no model of this platform is ever a pickle.
    os.environ["MLFLOW_ALLOW_PICKLE_DESERIALIZATION"] = "false"
    # A server that is down is known to be so within half a minute; MLflow's own patience is of many minutes.
    os.environ.setdefault("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "3")
    os.environ.setdefault("MLFLOW_HTTP_REQUEST_TIMEOUT", "30")


def _client(uri: str) -> "MlflowClient":
    """A client that says nothing of its own. Raises what MLflow or its database raise."""
    _prepare()
    from mlflow import MlflowClient

    for noisy in ("mlflow", "alembic"):  # after the import, which sets levels of its own
        logging.getLogger(noisy).setLevel(logging.WARNING)
    return MlflowClient(tracking_uri=uri, registry_uri=uri)


def _artifacts(settings: Settings, uri: str, folder: Path) -> str | None:
    """Where a new experiment keeps its files; None where a server decides that."""
    if uri.startswith("http"):
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
