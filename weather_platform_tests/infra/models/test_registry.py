"""Versions come back as they went in, serve no cycle from before they were made, and refuse changed
files."""

import hashlib
import json
import pickle
import shutil
import zipfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pandas as pd
import pytest
import skops.io
from sklearn.linear_model import LinearRegression

from weather_platform.core.model.predictions import predict
from weather_platform.core.model.promotion import first
from weather_platform.core.model.trained import FORMAT
from weather_platform.core.quantities.targets import DEFAULT_TARGETS
from weather_platform.infra.configuration.settings import Settings
from weather_platform.infra.models import files as model_files
from weather_platform.infra.models.files import ModelFileError, read, write
from weather_platform.infra.models.registry import ModelRegistry
from weather_platform.infra.models.tags import Identity
from weather_platform_tests.core.synthetic import long_lived, trained
from weather_platform_tests.registry_fixtures import RegistryIn

VARIABLE = "wind_speed_m_s"


@pytest.fixture
def new(tmp_path: Path, registry_in: RegistryIn) -> Settings:
    """A deployment whose registry has no version yet."""
    return Settings(data_dir=registry_in(tmp_path))


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return Settings(data_dir=tmp_path_factory.mktemp("data"))


@pytest.fixture(scope="module")
def registry(settings: Settings) -> ModelRegistry:
    return ModelRegistry(settings)


def test_a_version_comes_back_as_it_went_in(registry: ModelRegistry, settings: Settings) -> None:
    model, decision = first(trained(VARIABLE))
    version = registry.register(model, decision)
    again = ModelRegistry(settings).load(VARIABLE, version)
    features = long_lived().features.tail(500)
    features = features[features["variable"] == VARIABLE]
    expected = predict(features, {VARIABLE: model}, {VARIABLE: version})
    pd.testing.assert_frame_equal(predict(features, {VARIABLE: again}, {VARIABLE: version}), expected)
    pd.testing.assert_frame_equal(again.evidence, model.evidence, rtol=1e-9)
    assert again.metrics == model.metrics
    assert (again.trained_until, again.data_hash) == (model.trained_until, model.data_hash)


def test_the_same_model_is_registered_once_and_found(registry: ModelRegistry) -> None:
    model, decision = first(trained(VARIABLE))
    version = registry.register(model, decision)
    assert registry.register(model, decision) == version
    assert registry.find(Identity.of(model, decision)) == version
    assert registry.find(replace(Identity.of(model, decision), data_hash="0" * 64)) is None


def register(registry: ModelRegistry, days: int, promote: bool = True) -> str:
    """A version decided some days after the first one's training."""
    model = trained(VARIABLE)
    model = replace(model, trained_until=model.trained_until + timedelta(days=days), promote=promote)
    return registry.register(*first(model))


def test_a_cycle_is_served_by_the_newest_promoted_version_that_is_older(new: Settings) -> None:
    registry = ModelRegistry(new)
    start = trained(VARIABLE).trained_until
    one, two, between, _ = (
        register(registry, *made) for made in ((0, True), (4, True), (2, True), (6, False))
    )
    cycles = [start + timedelta(days=days) for days in (-1, 0, 1, 3, 5, 7)]
    assert registry.champions_for(VARIABLE, cycles) == [None, one, one, between, two, two]
    assert registry.champion_for(VARIABLE, cycles[1]) == one
    assert registry.champion_for("temperature_c", cycles[-1]) is None


def test_a_version_serves_from_its_decision_on_and_not_from_its_training(new: Settings) -> None:
    registry = ModelRegistry(new)
    model, decision = first(replace(trained(VARIABLE), promote=True))
    later = replace(
        decision, decided_at=decision.decided_at + timedelta(days=7), against="1", window_hash="w"
    )
    version = registry.register(model, later)
    cycles = [model.trained_until, model.trained_until + timedelta(days=6), later.decided_at]
    assert registry.champions_for(VARIABLE, cycles) == [None, None, version]
    assert registry.promoted(VARIABLE)[0].trained_until == model.trained_until


def test_the_alias_is_of_who_reigns_and_a_withdrawn_version_never_comes_back(new: Settings) -> None:
    registry = ModelRegistry(new)
    one, two, refused = register(registry, 0), register(registry, 4), register(registry, 6, promote=False)
    now = trained(VARIABLE).trained_until + timedelta(days=9)
    assert aliases(new.data_dir) == {"champion": two, "challenger": refused}
    assert registry.withdraw(VARIABLE, two, now, "it ran hot") == one
    assert aliases(new.data_dir)["champion"] == one
    assert register(registry, 4) == two  # trained again from the same, it is the same, and stays withdrawn
    assert registry.champions_for(VARIABLE, [now, now - timedelta(days=4)]) == [one, one]
    assert registry.withdraw(VARIABLE, one, now, "this too") is None
    assert "champion" not in aliases(new.data_dir)
    assert registry.champion_for(VARIABLE, now) is None


def test_two_trainings_at_once_register_one_version(new: Settings) -> None:
    registries = [ModelRegistry(new) for _ in range(2)]
    with ThreadPoolExecutor(2) as pool:
        versions = list(pool.map(lambda one: register(one, 0), registries))
    assert versions == ["1", "1"]
    assert len(registries[0].promoted(VARIABLE)) == 1


def test_a_model_is_withdrawn_in_all_versions_of_it(new: Settings) -> None:
    """As they were registered twice before registering was done by one at a time."""
    registry = ModelRegistry(new)
    good = register(registry, 0)
    model, decision = first(replace(trained(VARIABLE), promote=True))
    later = replace(decision, decided_at=decision.decided_at + timedelta(days=4))
    twice = [registry._registered(model, later) for _ in range(2)]
    now = later.decided_at + timedelta(days=1)
    assert registry.champion_for(VARIABLE, now) == twice[1]
    assert registry.withdraw(VARIABLE, twice[1], now, "it ran hot") == good
    assert [one.withdrawn_at for one in registry.promoted(VARIABLE)] == [None, now, now]


def test_a_version_whose_files_are_lost_is_made_again_and_one_withdrawn_is_not(new: Settings) -> None:
    registry = ModelRegistry(new)
    lost = register(registry, 0)
    (path,) = new.data_dir.rglob("model.json")
    shutil.rmtree(path.parent)
    with pytest.raises(ModelFileError, match=r"registered but missing; .* train the model again"):
        registry.load(VARIABLE, lost)
    again = register(registry, 0)
    now = trained(VARIABLE).trained_until + timedelta(days=1)
    assert (lost, again, registry.champion_for(VARIABLE, now)) == ("1", "2", "2")
    registry.withdraw(VARIABLE, again, now, "it ran hot")
    assert register(registry, 0) in (lost, again)
    assert registry.champion_for(VARIABLE, now) is None


def aliases(folder: Path) -> dict[str, str]:
    """Aliases as any other client of MLflow sees them."""
    from mlflow import MlflowClient

    uri = f"sqlite:///{folder.resolve() / 'mlflow' / 'mlflow.db'}"
    client = MlflowClient(tracking_uri=uri, registry_uri=uri)
    found = client.get_registered_model(f"weather_{VARIABLE}").aliases
    return {name: str(version) for name, version in found.items()}


def test_the_decision_lies_beside_the_version(new: Settings) -> None:
    registry = ModelRegistry(new)
    register(registry, 0)
    (decision,) = new.data_dir.rglob("decision.json")
    told = json.loads(decision.read_text())
    assert told["promoted"] == "true"
    assert told["judged_against"] == "baselines"
    assert told["reason"].startswith("first model")
    assert {"data_hash", "code_version", "trained_until", "decided_at"} <= set(told)
    assert len(pd.read_csv(decision.with_name("slices.csv"))) == len(trained(VARIABLE).evidence)


def test_a_changed_file_is_refused(new: Settings) -> None:
    registry = ModelRegistry(new)
    version = register(registry, 0)
    (path,) = new.data_dir.rglob("model.json")
    path.write_text(path.read_text().replace('"promote": ', '"promote":  '))
    with pytest.raises(ModelFileError, match="SHA-256 differs"):
        registry.load(VARIABLE, version)
    path.unlink()
    with pytest.raises(ModelFileError, match="registered but missing"):
        registry.load(VARIABLE, version)


def test_types_that_are_none_of_ours_are_refused(tmp_path: Path) -> None:
    hashes = write(trained(VARIABLE), tmp_path)
    (tmp_path / "trees.skops").write_bytes(skops.io.dumps({"center": Path}))
    hashes = {name: _hash(tmp_path / name) for name in hashes}
    with pytest.raises(ModelFileError, match="holds types that no model of ours has"):
        read(tmp_path, hashes)


def test_what_skops_trusts_by_itself_is_refused_too(tmp_path: Path) -> None:
    """A linear regression is harmless and no model of ours: the list is ours, not the library's."""
    hashes = write(trained(VARIABLE), tmp_path)
    (tmp_path / "trees.skops").write_bytes(
        skops.io.dumps({"center": LinearRegression().fit([[0], [1]], [0, 1])})
    )
    hashes = {name: _hash(tmp_path / name) for name in hashes}
    with pytest.raises(ModelFileError, match=r"no model of ours has: .*\.LinearRegression"):
        read(tmp_path, hashes)


def test_a_model_that_could_not_be_read_again_is_not_written(tmp_path: Path) -> None:
    foreign = replace(trained(VARIABLE), trees={"center": LinearRegression().fit([[0], [1]], [0, 1])})
    with pytest.raises(ModelFileError, match=r"no model of ours has: .*\.LinearRegression"):
        write(foreign, tmp_path)


def test_every_kind_of_model_that_is_trained_is_on_the_list(tmp_path: Path) -> None:
    for variable in DEFAULT_TARGETS:
        folder = tmp_path / variable
        folder.mkdir()
        model = trained(variable)
        assert set(read(folder, write(model, folder)).trees) == set(model.trees)


class _Tell:
    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, ...]:
        return Path.touch, (self.path,)


def test_a_pickle_in_place_of_the_trees_is_refused_and_never_run(tmp_path: Path) -> None:
    hashes = write(trained(VARIABLE), tmp_path)
    (tmp_path / "trees.skops").write_bytes(pickle.dumps(_Tell(tmp_path / "ran")))
    hashes = {name: _hash(tmp_path / name) for name in hashes}
    with pytest.raises(ModelFileError, match="not a skops file"):
        read(tmp_path, hashes)
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("body", ["", "[1]", '{"format": "now"}', '{"format": "now", "variable": 1}', "\x80"])
def test_numbers_that_are_no_model_are_refused(tmp_path: Path, body: str) -> None:
    (tmp_path / "model.json").write_text(body.replace("now", FORMAT))
    with pytest.raises(ModelFileError, match="not the numbers of a model of ours"):
        read(tmp_path, {"model.json": _hash(tmp_path / "model.json")})


def test_a_model_of_another_release_serves_nothing_and_is_refused_with_the_reason(new: Settings) -> None:
    registry = ModelRegistry(new)
    one, two = register(registry, 0), register(registry, 4)
    now = trained(VARIABLE).trained_until + timedelta(days=9)
    registry._client.delete_model_version_tag(f"weather_{VARIABLE}", two, "format")
    assert registry.champion_for(VARIABLE, now) == one
    assert [promoted.readable for promoted in registry.promoted(VARIABLE)] == [True, False]
    folder = new.data_dir / "old"
    folder.mkdir()
    write(trained(VARIABLE), folder)
    numbers = json.loads((folder / "model.json").read_text())
    del numbers["format"]
    (folder / "model.json").write_text(json.dumps(numbers))
    with pytest.raises(ModelFileError, match="of format 1, stored by another release"):
        read(folder, {"model.json": _hash(folder / "model.json")})


def test_a_version_that_someone_else_registered_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelFileError, match=r"no hash of model\.json is registered"):
        read(tmp_path, {})
    with pytest.raises(ModelFileError, match="which no model of ours has"):
        read(tmp_path, {"../../secret": "0" * 64})


def test_a_file_that_unpacks_to_too_much_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hashes = write(trained(VARIABLE), tmp_path)
    with zipfile.ZipFile(tmp_path / "trees.skops", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("schema.json", "{}")
        archive.writestr("0.npy", bytes(30_000_000))
    assert (tmp_path / "trees.skops").stat().st_size < 100_000
    monkeypatch.setattr(model_files, "_MAX_BYTES", 20_000_000)
    with pytest.raises(ModelFileError, match="unpacks to more than"):
        read(tmp_path, {name: _hash(tmp_path / name) for name in hashes})


def test_mlflow_is_told_to_unpickle_nothing(new: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    from mlflow.environment_variables import MLFLOW_ALLOW_PICKLE_DESERIALIZATION

    monkeypatch.setenv("MLFLOW_ALLOW_PICKLE_DESERIALIZATION", "true")
    ModelRegistry(new)
    assert MLFLOW_ALLOW_PICKLE_DESERIALIZATION.get() is False


def _hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_mlflow_keeps_to_itself(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    register(ModelRegistry(Settings(data_dir=tmp_path / "data")), 0)
    out, err = capfd.readouterr()
    assert (out, err) == ("", "")
    assert {path.name for path in tmp_path.iterdir()} == {"data"}
