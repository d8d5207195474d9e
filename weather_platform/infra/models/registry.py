"""Model versions in MLflow: runs, registered versions `weather_<variable>`, and which one may serve which
cycle.

Belongs here: versions in MLflow. Does not: opening it (see mlflow_store), training, or what the files hold
(see files).

The alias `challenger` is the newest version; `champion` is whoever reigns now (core.model.champions), and is
gone where nobody does. A past cycle is never served by a version that learned from, or was judged on, later
truth, whatever the aliases say.
"""

import json
import tempfile
from collections.abc import Sequence
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from weather_platform.infra.configuration.settings import Settings
from weather_platform.infra.instance.run_lock import run_lock
from weather_platform.infra.models import files as model_files
from weather_platform.infra.models.files import REMEDY, ModelFileError
from weather_platform.infra.models.mlflow_store import opened
from weather_platform.infra.models.tags import Identity, is_withdrawn, promoted_of, tags_of, withdrawal

if TYPE_CHECKING:
    from mlflow.entities.model_registry import ModelVersion

    from weather_platform.core.model.champions import Promoted
    from weather_platform.core.model.promotion import Decision
    from weather_platform.core.model.trained import Trained

_HASH_TAG = "sha256."


class ModelRegistry:
    """Opens the store on construction (see mlflow_store)."""

    def __init__(self, settings: Settings) -> None:
        """Raises what `mlflow_store.opened` raises."""
        self._settings = settings
        self._store = opened(settings)
        self._client = self._store.client
        self._loaded: dict[tuple[str, str], Trained] = {}

    def find(self, trained: Identity) -> str | None:
        """The version that the same data, code and times made, if there is one: it need not be trained and
        judged again. One that was withdrawn comes first, since it is known to be bad; one whose files are
        lost is none."""
        wanted = trained.tags()
        same = [v for v in self._versions(trained.variable) if wanted.items() <= v.tags.items()]
        for found in sorted(same, key=lambda one: not is_withdrawn(one.tags)):
            if is_withdrawn(found.tags) or self._reads(trained.variable, str(found.version)):
                return str(found.version)
        return None

    def register(self, trained: "Trained", decision: "Decision") -> str:
        """Log and register a model with the decision on it, and move the aliases. Returns its version: the
        existing one for the same model and decision, of two trainings at once too."""
        with self._alone(trained.variable):
            known = self.find(Identity.of(trained, decision))
            return self._registered(trained, decision) if known is None else known

    def _registered(self, trained: "Trained", decision: "Decision") -> str:
        name, tags = _name(trained.variable), tags_of(trained, decision)
        with tempfile.TemporaryDirectory() as temporary:
            run, hashes = self._log(trained, decision, Path(temporary))
        if not self._client.search_registered_models(f"name = '{name}'"):
            self._client.create_registered_model(name)
        tags |= {_HASH_TAG + file: digest for file, digest in hashes.items()}
        source = f"{self._client.get_run(run).info.artifact_uri}/model"
        version = self._client.create_model_version(name, source=source, run_id=run, tags=tags)
        self._client.set_registered_model_alias(name, "challenger", version.version)
        self._enthrone(trained.variable)
        return str(version.version)

    def withdraw(self, variable: str, version: str, at: datetime, why: str) -> str | None:
        """Mark a version, and any other that is the same model, so that it serves no cycle again, and move
        the alias. Returns who reigns now, None where nobody is left."""
        with self._alone(variable):
            promoted = self.promoted(variable)
            same = {one.made_of for one in promoted if str(one.version) == version}
            also = {str(one.version) for one in promoted if one.made_of in same and one.withdrawn_at is None}
            for each in sorted({version, *also}, key=int):
                for tag, value in withdrawal(at, why).items():
                    self._client.set_model_version_tag(_name(variable), each, tag, value)
            return self._enthrone(variable)

    def _alone(self, variable: str) -> AbstractContextManager[bool]:
        """Nobody else registers or withdraws a version of the variable meanwhile."""
        return run_lock(self._settings, f"versions of {variable}", wait=True)

    def promoted(self, variable: str) -> "list[Promoted]":
        """Every version that was ever promoted, oldest first."""
        versions = reversed(self._versions(variable))
        found = [promoted_of(variable, int(version.version), version.tags) for version in versions]
        return [one for one in found if one is not None]

    def champion_for(self, variable: str, cycle: datetime) -> str | None:
        """The version that may serve the cycle that began at `cycle` (see core.model.champions)."""
        return self.champions_for(variable, [cycle])[0]

    def champions_for(self, variable: str, cycles: Sequence[datetime]) -> list[str | None]:
        """`champion_for` each of many cycles, with one query."""
        from weather_platform.core.model.champions import champion_at

        promoted = self.promoted(variable)
        found = [champion_at(promoted, cycle) for cycle in cycles]
        return [None if one is None else str(one.version) for one in found]

    def load(self, variable: str, version: str) -> "Trained":
        """A registered model. Raises ModelFileError where its files are not what was registered."""
        if (variable, version) not in self._loaded:
            from mlflow.artifacts import download_artifacts
            from mlflow.exceptions import MlflowException

            entry = self._client.get_model_version(_name(variable), version)
            try:
                folder = Path(download_artifacts(artifact_uri=entry.source, tracking_uri=self._store.uri))
            except MlflowException as error:
                if error.error_code != "RESOURCE_DOES_NOT_EXIST":  # a server that does not answer, say
                    raise
                raise ModelFileError(f"{entry.source}: registered but missing; {REMEDY}") from error
            prefix = len(_HASH_TAG)
            hashes = {tag[prefix:]: value for tag, value in entry.tags.items() if tag.startswith(_HASH_TAG)}
            self._loaded[variable, version] = model_files.read(folder, hashes)
        return self._loaded[variable, version]

    def _reads(self, variable: str, version: str) -> bool:
        try:
            self.load(variable, version)
        except ModelFileError:
            return False
        return True

    def _enthrone(self, variable: str) -> str | None:
        """Point the alias `champion` at whoever reigns now; it goes where nobody does."""
        from weather_platform.core.model.champions import champion_at

        name, reigning = (
            _name(variable),
            champion_at(self.promoted(variable), datetime.max.replace(tzinfo=UTC)),
        )
        if reigning is not None:
            self._client.set_registered_model_alias(name, "champion", str(reigning.version))
            return str(reigning.version)
        if "champion" in self._client.get_registered_model(name).aliases:
            self._client.delete_registered_model_alias(name, "champion")
        return None

    def _versions(self, variable: str) -> "list[ModelVersion]":
        """All versions of a variable, newest first."""
        found: list[ModelVersion] = []
        token: str | None = None
        while True:
            page = self._client.search_model_versions(
                f"name = '{_name(variable)}'", max_results=1000, page_token=token
            )
            found += page
            if not (token := page.token):
                return sorted(found, key=lambda version: -int(version.version))

    def _log(self, trained: "Trained", decision: "Decision", folder: Path) -> tuple[str, dict[str, str]]:
        """A run with parameters, metrics, evidence, a plot and the model's files; its id and the files'
        hashes."""
        from weather_platform.core.export import neutralised
        from weather_platform.core.report.plots import evidence_plot

        model, evidence = folder / "model", folder / "evidence"
        model.mkdir()
        evidence.mkdir()
        hashes = model_files.write(trained, model)
        neutralised(trained.evidence).to_csv(evidence / "baselines.csv", index=False)
        neutralised(decision.evidence).to_csv(evidence / "slices.csv", index=False)
        (evidence / "decision.json").write_text(json.dumps(tags_of(trained, decision), indent=1))
        (evidence / "baselines.png").write_bytes(evidence_plot(trained.evidence, trained.variable))
        run = self._client.create_run(
            self._store.experiment, run_name=f"{trained.variable} {trained.trained_until:%Y-%m-%dT%HZ}"
        )
        for name, value in {"variable": trained.variable, **Identity.of(trained, decision).tags()}.items():
            self._client.log_param(run.info.run_id, name, value)
        for name, number in trained.metrics.items():
            self._client.log_metric(run.info.run_id, name, number)
        self._client.log_artifacts(run.info.run_id, str(folder))
        self._client.set_terminated(run.info.run_id)
        return run.info.run_id, hashes


def _name(variable: str) -> str:
    return f"weather_{variable}"
