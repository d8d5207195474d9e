"""A trained model as files, and back: JSON for numbers, skops for trees, a SHA-256 for each before
anything is read.

Belongs here: the two files and what may be in them. Does not: where they are kept (see registry).
"""

import hashlib
import io
import json
import zipfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd

from weather_platform.core.model.trained import FORMAT, Trained

_HGB = "sklearn.ensemble._hist_gradient_boosting"
# All that skops must be told to trust in histogram gradient boosting, by what get_untrusted_types() says of
# such a model on scikit-learn 1.9.1.
_TRUSTED = [f"{_HGB}.predictor.TreePredictor"]
# Every type that a file of ours names. skops by itself trusts all of scikit-learn's estimators and much of
# numpy and scipy: far more than our models hold, so a file is held to this list before skops sees it.
_ALLOWED = frozenset(
    {
        *(f"builtins.{name}" for name in ("dict", "list", "tuple", "str")),
        "numpy.ndarray",
        "numpy.uint64",
        "numpy.random._generator.Generator",
        "sklearn._loss._loss.CyHalfSquaredError",
        "sklearn._loss.link.IdentityLink",
        "sklearn._loss.link.Interval",
        "sklearn._loss.loss.HalfSquaredError",
        f"{_HGB}.binning._BinMapper",
        f"{_HGB}.gradient_boosting.HistGradientBoostingRegressor",
        *_TRUSTED,
    }
)
_NUMBERS, _TREES = "model.json", "trees.skops"
_NAMES = frozenset({_NUMBERS, _TREES})
# What helps where files are not those that were registered.
REMEDY = (
    "put the file back from a backup, train the model again, or let the version before serve with "
    "`weather-platform rollback VARIABLE`"
)
_MAX_BYTES = 200_000_000  # of a file, and of all that a compressed one unpacks to


class ModelFileError(ValueError):
    """A model file that is not the one that was registered, or holds what no model of ours holds."""


def write(trained: Trained, folder: Path) -> dict[str, str]:
    """Write a model's files into a folder that exists. Returns the SHA-256 of each by name.

    Raises ModelFileError for trees that `read` would refuse: better at training than at the next forecast.
    """
    import skops.io

    (folder / _NUMBERS).write_text(json.dumps(_numbers(trained), indent=1), encoding="utf-8")
    if trained.trees:
        body = skops.io.dumps(dict(trained.trees))
        _refuse_foreign(body, folder / _TREES)
        (folder / _TREES).write_bytes(body)
    return {path.name: _sha256(path.read_bytes()) for path in sorted(folder.iterdir())}


def read(folder: Path, hashes: dict[str, str]) -> Trained:
    """Read a model whose files have these hashes. Raises ModelFileError otherwise, before anything is
    decoded."""
    if unknown := sorted(set(hashes) - _NAMES):
        raise ModelFileError(f"{folder}: {unknown[0]!r} is registered, which no model of ours has")
    if _NUMBERS not in hashes:
        raise ModelFileError(
            f"{folder}: no hash of {_NUMBERS} is registered, so it is not a model of ours; train one"
        )
    bodies = {name: _checked(folder / name, expected) for name, expected in sorted(hashes.items())}
    trees = _trees(bodies[_TREES], folder / _TREES) if _TREES in bodies else {}
    return _trained(bodies[_NUMBERS], trees, folder / _NUMBERS)


def _trained(body: bytes, trees: dict[str, Any], path: Path) -> Trained:
    """The model of these numbers and trees."""
    try:
        numbers = json.loads(body)
        if (found := numbers.get("format", "1")) != FORMAT:
            raise ModelFileError(
                f"{path}: a model of format {found}, stored by another release; this one reads {FORMAT}: "
                "train one"
            )
        return Trained(
            **{
                name: numbers[name]
                for name in ("variable", "data_hash", "code_version", "parameters", "metrics")
            },
            trained_until=datetime.fromisoformat(numbers["trained_until"]),
            trees=trees,
            evidence=_evidence(numbers["evidence"]),
            promote=numbers["promote"],
            reason=numbers["reason"],
        )
    except ModelFileError:
        raise
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ModelFileError(f"{path}: not the numbers of a model of ours ({error!r}); train one") from error


def _evidence(lines: list[dict[str, Any]]) -> pd.DataFrame:
    """Evidence from JSON, in which a column of nothing but NaN, as of too few days, has lost its type."""
    found = pd.DataFrame(lines)
    return found.astype({name: "float64" for name in found if found[name].isna().all()})


def _numbers(trained: Trained) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "variable": trained.variable,
        "trained_until": trained.trained_until.isoformat(),
        "data_hash": trained.data_hash,
        "code_version": trained.code_version,
        "parameters": trained.parameters,
        "metrics": trained.metrics,
        "evidence": json.loads(trained.evidence.to_json(orient="records", double_precision=15)),
        "promote": trained.promote,
        "reason": trained.reason,
    }


def _trees(body: bytes, path: Path) -> dict[str, Any]:
    """Trees by name, once every type that the file names was found on the list."""
    import skops.io
    from skops.io.exceptions import UntrustedTypesFoundException

    _refuse_foreign(body, path)
    try:
        trees = skops.io.loads(body, trusted=_TRUSTED)
    except UntrustedTypesFoundException as error:
        raise ModelFileError(f"{path}: holds types that no model of ours has: {error}") from error
    if not isinstance(trees, dict):
        raise ModelFileError(f"{path}: holds no trees by name, as every model of ours does")
    return trees


def _refuse_foreign(body: bytes, path: Path) -> None:
    if foreign := sorted(set(_types(_schema(body, path))) - _ALLOWED):
        raise ModelFileError(f"{path}: holds types that no model of ours has: {', '.join(foreign[:5])}")


def _schema(body: bytes, path: Path) -> Any:
    """What a skops file says it holds; nothing of it is built. Bounds what it unpacks to."""
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > _MAX_BYTES:
                raise ModelFileError(
                    f"{path}: unpacks to more than {_MAX_BYTES} bytes, as no model of ours does"
                )
            return json.loads(archive.read("schema.json"))
    except (zipfile.BadZipFile, KeyError, UnicodeDecodeError, json.JSONDecodeError, RecursionError) as error:
        raise ModelFileError(f"{path}: not a skops file ({error!r}); {REMEDY}") from error


def _types(schema: Any) -> Iterator[str]:
    """Every `module.class` that a schema names, at any depth."""
    waiting = [schema]
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict):
            if "__class__" in node:
                yield f"{node.get('__module__')}.{node['__class__']}"
            waiting.extend(node.values())
        elif isinstance(node, list):
            waiting.extend(node)


def _checked(path: Path, expected: str) -> bytes:
    if not path.is_file():
        raise ModelFileError(f"{path}: registered but missing; {REMEDY}")
    if path.stat().st_size > _MAX_BYTES:
        raise ModelFileError(f"{path}: larger than {_MAX_BYTES} bytes, as no model of ours is")
    body = path.read_bytes()
    if _sha256(body) != expected:
        raise ModelFileError(f"{path}: not the file that was registered (SHA-256 differs); {REMEDY}")
    return body


def _sha256(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()
