"""A client of MLflow that answers in time, or a clear error that shows no password.

Belongs here: addresses, patience and what MLflow is told before it is imported. Does not: what is kept where
(see mlflow_store), or versions of models (see model_registry).

An address may hold a user and a password, and MLflow's errors quote it, at any later call as well. So a
server is given them beside its address, by the variables that MLflow has for that, and of what fails at the
opening (an address that is none, a database) nothing is passed on but host and port.
"""

import logging
import os
import re
import time
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit, urlunsplit

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities import Experiment

EXPERIMENT = "weather_platform"
# Half a minute in all, also where a name has two addresses that both stay silent.
_CONNECT_SECONDS = 4
_PATIENCE_SECONDS = 12.0
_PAUSE_SECONDS = 2.0
# Words of MLflow's own error, which has no class or code of its own.
_OUTDATED = "out-of-date database schema"


class RegistryDownError(Exception):
    """MLflow does not answer; the text says where it should and what to do, and shows no password."""


class RegistryOutdatedError(Exception):
    """MLflow's database is of another release; the text names the remedy and shows no address."""


def without_credentials(uri: str) -> str:
    """A server's address without user and password, which MLflow is told beside it; others as they are."""
    parts = urlsplit(uri)
    credentials, at, host = parts.netloc.rpartition("@")
    if not at or parts.scheme not in ("http", "https"):
        return uri
    user, _, password = credentials.partition(":")
    os.environ["MLFLOW_TRACKING_USERNAME"] = unquote(user)
    os.environ["MLFLOW_TRACKING_PASSWORD"] = unquote(password)
    return urlunsplit(parts._replace(netloc=host))


def answered(uri: str) -> "tuple[MlflowClient, Experiment | None]":
    """A client, and our experiment, if there is one: the first thing that is asked of MLflow. Raises
    RegistryDownError where it does not answer, and RegistryOutdatedError.
    """
    _prepare()
    from mlflow.exceptions import MlflowException
    from sqlalchemy.exc import SQLAlchemyError

    try:
        _await_database(uri)
        client = client_of(uri)
        return client, client.get_experiment_by_name(EXPERIMENT)
    except (MlflowException, SQLAlchemyError) as error:
        # Without the error itself, whose text quotes the address: Dagster stores a failed step's whole chain.
        if _OUTDATED in str(error):
            raise RegistryOutdatedError(
                "MLflow's database has the schema of another release of MLflow: back it up, then run "
                '`mlflow db upgrade "$WEATHER_MLFLOW_TRACKING_URI"` with the release that is installed here; '
                "on a laptop with sqlite:/// and the path of mlflow/mlflow.db in the data folder instead"
            ) from None
        raise RegistryDownError(
            f"MLflow does not answer at {_where(uri)} ({type(error).__name__}): start its server or see that "
            "WEATHER_MLFLOW_TRACKING_URI is right, then materialize models and predictions again; forecasts "
            "and features are there"
        ) from None


def _await_database(uri: str) -> None:
    """Return when a database server takes a connection, which MLflow tries for two minutes and more. Raises
    SQLAlchemyError where it has taken none for long enough that a restart is no reason.
    """
    if not uri.startswith("postgresql"):
        return
    import sqlalchemy as db

    engine = db.create_engine(uri, connect_args={"connect_timeout": _CONNECT_SECONDS}, poolclass=db.NullPool)
    began = time.monotonic()
    while True:
        try:
            engine.connect().close()
        except db.exc.OperationalError:
            if time.monotonic() - began > _PATIENCE_SECONDS:
                raise
            time.sleep(_PAUSE_SECONDS)
        else:
            return


def _where(uri: str) -> str:
    """Host and port of an address. What stands before its last @ is never shown, be it written as no address
    may be: a password with a slash in it.
    """
    if uri.startswith("sqlite:"):
        return "its local database"
    after = uri.partition("://")[2].rpartition("@")[2]
    return re.split(r"[/?#]", after)[0] or "an address without a host"


def _prepare() -> None:
    """Before MLflow is imported: it reports to nobody, unpickles nothing, and gives up in time."""
    os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
    # Not a default: whatever the environment says, no model of this platform is ever a pickle.
    os.environ["MLFLOW_ALLOW_PICKLE_DESERIALIZATION"] = "false"
    # A server that is down or silent is known to be so within half a minute: three times eight seconds, and
    # five between them. MLflow's own patience is of many minutes.
    os.environ.setdefault("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "2")
    os.environ.setdefault("MLFLOW_HTTP_REQUEST_TIMEOUT", "8")


def client_of(uri: str) -> "MlflowClient":
    """A client that says nothing of its own. Raises what MLflow or its database raise."""
    _prepare()
    from mlflow import MlflowClient

    for noisy in ("mlflow", "alembic"):  # after the import, which sets levels of its own
        logging.getLogger(noisy).setLevel(logging.WARNING)
    return MlflowClient(tracking_uri=uri, registry_uri=uri)
