"""A trained model as a value: what it needs to predict, where it came from, and why it was promoted or not.

Belongs here: its parts and their JSON. Does not: training (see train) or files (see infra.models.registry).
"""

import hashlib
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from weather_platform.core.model.expert import Expert
from weather_platform.core.model.forecasts import Forecast, joined
from weather_platform.core.model.mixing import forecast, heard_of
from weather_platform.core.model.one_thread import one_thread
from weather_platform.core.model.parts import raw

# Of what a stored model is made of; another number, and this release cannot read it (1 and 2: until November
# 2026). Coefficients stand for columns by position (see matrix), so other columns need another number too.
FORMAT = "5"
_CORE = Path(__file__).resolve().parents[1]
# All of it that features, training and judging are made of: a test follows the imports.
_DECIDES = (
    "contracts/columns.py",
    "contracts/learned.py",
    "feed_columns.py",
    "features",
    "grid.py",
    "model",
    "partitions.py",
    "quantities",
    "scoring",
    "sphere.py",
    "tables",
)
# Rows do not depend on each other, so both of a small machine's cores work, and chunks bound the memory.
_CHUNK_ROWS, _THREADS = 50_000, 2


@dataclass(frozen=True)
class Trained:
    """A model of one variable.

    It uses truth known until `trained_until` and none later. `data_hash` and `code_version` say what made
    it; the same three make the same model. `evidence` has one row per baseline (see core.model.evidence);
    `reason` says in words why it was promoted or not. `trees` holds scikit-learn models by name.
    """

    variable: str
    trained_until: datetime
    data_hash: str
    code_version: str
    parameters: dict[str, Any]
    trees: Mapping[str, Any]
    metrics: dict[str, float]
    evidence: pd.DataFrame
    promote: bool
    reason: str

    @property
    def beyond_emos(self) -> bool:
        """Whether anything but EMOS is heard."""
        return set(self.parameters["calibration"]["weights"]) != {"emos"}

    # Around the pool too: a chunk that was done gave BLAS all cores back while the other worked.
    @one_thread
    def forecast(self, features: pd.DataFrame) -> Forecast:
        """Forecast of rows (at least one) of this variable that have at least one feed."""
        expert, calibration = Expert.of(self.parameters["expert"], self.trees), self.parameters["calibration"]
        heard = heard_of(expert.parts, calibration)

        def made(start: int) -> Forecast:
            chunk = features.iloc[start : start + _CHUNK_ROWS]
            return forecast(raw(expert, chunk, heard), calibration, self.variable)

        starts = range(0, len(features), _CHUNK_ROWS)
        with ThreadPoolExecutor(_THREADS) as pool:
            return joined(list(pool.map(made, starts)))


def code_version() -> str:
    """Hash of the source that makes features and models and judges them, so that a change of it makes a new
    version."""
    digest = hashlib.sha256()
    for part in _DECIDES:
        for path in _sources(part):
            digest.update(path.relative_to(_CORE).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:12]


def _sources(part: str) -> list[Path]:
    """A module of `core`, or all of a package of it, in order."""
    path = _CORE / part
    return sorted(path.rglob("*.py")) if path.is_dir() else [path]


def data_hash(rows: pd.DataFrame) -> str:
    """Hash of a frame's columns and values, the same for the same rows in any order of columns."""
    digest = hashlib.sha256()
    for name in sorted(rows.columns):
        digest.update(name.encode() + b"\0")
        column = rows[name]
        values: np.ndarray
        if column.dtype.kind == "M":
            values = column.to_numpy("datetime64[us]").astype(np.int64)
        elif column.dtype.kind in "fiub":
            values = column.to_numpy()
        else:
            values = pd.util.hash_array(column.to_numpy(object))
        digest.update(np.ascontiguousarray(values).tobytes())
    return digest.hexdigest()
