"""A trained model as files, and back: JSON for numbers, skops for trees, a SHA-256 for each before
anything is read.

Belongs here: the two files and what may be in them. Does not: where they are kept (see model_registry).
"""

import hashlib
import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd

from weather_platform.core.model.trained import Trained

# All that skops must be told to trust in histogram gradient boosting; its own list covers the rest. Found
# by reading what get_untrusted_types() says of such a model on scikit-learn 1.9.1.
_TRUSTED = ["sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor"]
_NUMBERS, _TREES = "model.json", "trees.skops"
_MAX_BYTES = 200_000_000


class ModelFileError(ValueError):
    """A model file that is not the one that was registered, or holds what no model of ours holds."""


def write(trained: Trained, folder: Path) -> dict[str, str]:
    """Write a model's files into a folder that exists. Returns the SHA-256 of each by name."""
    import skops.io

    (folder / _NUMBERS).write_text(json.dumps(_numbers(trained), indent=1), encoding="utf-8")
    if trained.trees:
        (folder / _TREES).write_bytes(skops.io.dumps(dict(trained.trees)))
    return {path.name: _sha256(path.read_bytes()) for path in sorted(folder.iterdir())}


def read(folder: Path, hashes: dict[str, str]) -> Trained:
    """Read a model whose files have these hashes. Raises ModelFileError otherwise, before anything is
    decoded."""
    bodies = {name: _checked(folder / name, expected) for name, expected in sorted(hashes.items())}
    if _NUMBERS not in bodies:
        raise ModelFileError(f"{folder}: no hash of {_NUMBERS} is registered; train the model again")
    numbers = json.loads(bodies[_NUMBERS])
    return Trained(
        **{
            name: numbers[name] for name in ("variable", "data_hash", "code_version", "parameters", "metrics")
        },
        trained_until=datetime.fromisoformat(numbers["trained_until"]),
        trees=_trees(bodies[_TREES], folder) if _TREES in bodies else {},
        evidence=pd.DataFrame(numbers["evidence"]),
        promote=numbers["promote"],
        reason=numbers["reason"],
    )


def _numbers(trained: Trained) -> dict[str, Any]:
    return {
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


def _trees(body: bytes, folder: Path) -> dict[str, Any]:
    import skops.io
    from skops.io.exceptions import UntrustedTypesFoundException

    try:
        return skops.io.loads(body, trusted=_TRUSTED)
    except UntrustedTypesFoundException as error:
        raise ModelFileError(f"{folder / _TREES}: holds types that no model of ours has: {error}") from error


def _checked(path: Path, expected: str) -> bytes:
    if not path.is_file():
        raise ModelFileError(f"{path}: registered but missing; train the model again")
    if path.stat().st_size > _MAX_BYTES:
        raise ModelFileError(f"{path}: larger than {_MAX_BYTES} bytes, as no model of ours is")
    body = path.read_bytes()
    if _sha256(body) != expected:
        raise ModelFileError(
            f"{path}: not the file that was registered (SHA-256 differs); train the model again"
        )
    return body


def _sha256(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()
