"""Model versions in MLflow: runs, registered versions `weather_<variable>`, and which one may serve which
cycle.

Belongs here: everything that speaks to MLflow. Does not: training, or what the files hold (see
model_files).

The alias `challenger` is the newest version; `champion` moves only to a promoted one. A past cycle is
never served by a version that learned from later truth, whatever the aliases say.
"""

import logging
import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from weather_platform.infra import model_files
from weather_platform.infra.settings import Settings

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities.model_registry import ModelVersion

    from weather_platform.core.model.trained import Trained

_EXPERIMENT = "weather_platform"
_HASH_TAG = "sha256."


class ModelRegistry:
    """Opens the store on construction: a new local one takes seconds, once.
    `settings.mlflow_tracking_uri` names a server or a database; without it a database below `data_dir` is
    used. Without a server, files are below `data_dir` too, or in the bucket on Google Cloud."""

    def __init__(self, settings: Settings) -> None:
        self._folder = settings.data_dir.resolve() / "mlflow"
        self._uri = settings.mlflow_tracking_uri or f"sqlite:///{self._folder / 'mlflow.db'}"
        self._artifacts = _artifacts(settings, self._folder)
        self._client, self._experiment = self._open()
        self._loaded: dict[tuple[str, str], Trained] = {}

    def find(self, variable: str, data_hash: str, code_version: str, trained_until: datetime) -> str | None:
        """The version that the same data, code and time made, if there is one: it need not be trained
        again."""
        wanted = {
            "data_hash": data_hash,
            "code_version": code_version,
            "trained_until": trained_until.isoformat(),
        }
        same = [version for version in self._versions(variable) if wanted.items() <= version.tags.items()]
        return str(same[0].version) if same else None

    def register(self, trained: "Trained") -> str:
        """Log and register a model, and move the aliases. Returns its version: the existing one for the
        same model."""
        known = self.find(trained.variable, trained.data_hash, trained.code_version, trained.trained_until)
        if known is not None:
            return known
        name = _name(trained.variable)
        with tempfile.TemporaryDirectory() as temporary:
            run, hashes = self._log(trained, Path(temporary))
        if not self._client.search_registered_models(f"name = '{name}'"):
            self._client.create_registered_model(name)
        tags = {"promoted": str(trained.promote).lower(), "reason": trained.reason[:500], **_tags(trained)}
        tags |= {_HASH_TAG + file: digest for file, digest in hashes.items()}
        source = f"{self._client.get_run(run).info.artifact_uri}/model"
        version = self._client.create_model_version(name, source=source, run_id=run, tags=tags)
        self._client.set_registered_model_alias(name, "challenger", version.version)
        if trained.promote:
            self._client.set_registered_model_alias(name, "champion", version.version)
        return str(version.version)

    def champion_for(self, variable: str, cycle: datetime) -> str | None:
        """The promoted version that learned most recently, of those that used no truth known after
        `cycle` began."""
        return self.champions_for(variable, [cycle])[0]

    def champions_for(self, variable: str, cycles: Sequence[datetime]) -> list[str | None]:
        """`champion_for` each of many cycles, with one query."""
        promoted = sorted(
            (datetime.fromisoformat(version.tags["trained_until"]), int(version.version))
            for version in self._versions(variable)
            if version.tags.get("promoted") == "true"
        )
        usable = [[version for until, version in promoted if until <= cycle] for cycle in cycles]
        return [str(versions[-1]) if versions else None for versions in usable]

    def load(self, variable: str, version: str) -> "Trained":
        """A registered model. Raises ModelFileError where its files are not what was registered."""
        if (variable, version) not in self._loaded:
            from mlflow.artifacts import download_artifacts

            entry = self._client.get_model_version(_name(variable), version)
            folder = Path(download_artifacts(artifact_uri=entry.source, tracking_uri=self._uri))
            prefix = len(_HASH_TAG)
            hashes = {tag[prefix:]: value for tag, value in entry.tags.items() if tag.startswith(_HASH_TAG)}
            self._loaded[variable, version] = model_files.read(folder, hashes)
        return self._loaded[variable, version]

    def _versions(self, variable: str) -> "list[ModelVersion]":
        """All versions of a variable, newest first."""
        return list(self._client.search_model_versions(f"name = '{_name(variable)}'", max_results=1000))

    def _log(self, trained: "Trained", folder: Path) -> tuple[str, dict[str, str]]:
        """A run with parameters, metrics, evidence, a plot and the model's files; its id and the files'
        hashes."""
        from weather_platform.core.report.plots import evidence_plot

        model, evidence = folder / "model", folder / "evidence"
        model.mkdir()
        evidence.mkdir()
        hashes = model_files.write(trained, model)
        trained.evidence.to_csv(evidence / "baselines.csv", index=False)
        (evidence / "baselines.png").write_bytes(evidence_plot(trained.evidence, trained.variable))
        run = self._client.create_run(
            self._experiment, run_name=f"{trained.variable} {trained.trained_until:%Y-%m-%dT%HZ}"
        )
        for name, value in {"variable": trained.variable, **_tags(trained)}.items():
            self._client.log_param(run.info.run_id, name, value)
        for name, number in trained.metrics.items():
            self._client.log_metric(run.info.run_id, name, number)
        self._client.log_artifacts(run.info.run_id, str(folder))
        self._client.set_terminated(run.info.run_id)
        return run.info.run_id, hashes

    def _open(self) -> "tuple[MlflowClient, str]":
        self._folder.mkdir(parents=True, exist_ok=True)
        with _alone(self._folder / "lock"):
            client = _client(self._uri)
            experiment = client.get_experiment_by_name(_EXPERIMENT)
            if experiment is not None:
                return client, experiment.experiment_id
            return client, client.create_experiment(_EXPERIMENT, artifact_location=self._artifacts)


def _client(uri: str) -> "MlflowClient":
    """A client that says nothing of its own, reports to nobody and unpickles nothing."""
    os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
    # Not a default: whatever the environment says, no model of this platform is ever a pickle.
    os.environ["MLFLOW_ALLOW_PICKLE_DESERIALIZATION"] = "false"
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


def _name(variable: str) -> str:
    return f"weather_{variable}"


def _tags(trained: "Trained") -> dict[str, str]:
    return {
        "trained_until": trained.trained_until.isoformat(),
        "data_hash": trained.data_hash,
        "code_version": trained.code_version,
    }
