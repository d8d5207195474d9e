"""Versions come back as they went in, serve no cycle from before they were made, and refuse changed
files."""

import hashlib
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pandas as pd
import pytest
import skops.io

from weather_platform.core.predictions import predict
from weather_platform.infra.model_files import ModelFileError, read, write
from weather_platform.infra.model_registry import ModelRegistry
from weather_platform.infra.settings import Settings
from weather_platform_tests.core.synthetic import long_lived, trained

VARIABLE = "wind_speed_m_s"


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return Settings(data_dir=tmp_path_factory.mktemp("data"))


@pytest.fixture(scope="module")
def registry(settings: Settings) -> ModelRegistry:
    return ModelRegistry(settings)


def test_a_version_comes_back_as_it_went_in(registry: ModelRegistry, settings: Settings) -> None:
    model = trained(VARIABLE)
    version = registry.register(model)
    again = ModelRegistry(settings).load(VARIABLE, version)
    features = long_lived().features.tail(500)
    features = features[features["variable"] == VARIABLE]
    expected = predict(features, {VARIABLE: model}, {VARIABLE: version})
    pd.testing.assert_frame_equal(predict(features, {VARIABLE: again}, {VARIABLE: version}), expected)
    pd.testing.assert_frame_equal(again.evidence, model.evidence, rtol=1e-9)
    assert again.metrics == model.metrics
    assert (again.trained_until, again.data_hash) == (model.trained_until, model.data_hash)


def test_the_same_model_is_registered_once_and_found(registry: ModelRegistry) -> None:
    model = trained(VARIABLE)
    version = registry.register(model)
    assert registry.register(model) == version
    assert registry.find(VARIABLE, model.data_hash, model.code_version, model.trained_until) == version
    assert registry.find(VARIABLE, "0" * 64, model.code_version, model.trained_until) is None


def test_a_cycle_is_served_by_the_newest_promoted_version_that_is_older(tmp_path: Path) -> None:
    registry = ModelRegistry(Settings(data_dir=tmp_path))
    start = trained(VARIABLE).trained_until
    made = [
        replace(trained(VARIABLE), trained_until=start + timedelta(days=days), promote=promote)
        for days, promote in ((0, True), (4, True), (2, True), (6, False))
    ]
    first, second, between, _ = (registry.register(model) for model in made)
    cycles = [start + timedelta(days=days) for days in (-1, 0, 1, 3, 5, 7)]
    assert registry.champions_for(VARIABLE, cycles) == [None, first, first, between, second, second]
    assert registry.champion_for(VARIABLE, cycles[1]) == first
    assert registry.champion_for("temperature_c", cycles[-1]) is None


def test_a_changed_file_is_refused(tmp_path: Path) -> None:
    registry = ModelRegistry(Settings(data_dir=tmp_path))
    version = registry.register(trained(VARIABLE))
    (path,) = tmp_path.rglob("model.json")
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


def _hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_mlflow_keeps_to_itself(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    ModelRegistry(Settings(data_dir=tmp_path / "data")).register(trained(VARIABLE))
    out, err = capfd.readouterr()
    assert (out, err) == ("", "")
    assert {path.name for path in tmp_path.iterdir()} == {"data"}
