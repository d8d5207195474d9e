"""DAGSTER_HOME folders made from deploy/'s own files.

Belongs here: what a test must change in them to run without a cloud, and nothing else.
"""

from pathlib import Path
from typing import Any

import yaml

DEPLOY = Path(__file__).parents[2] / "deploy"


def home(folder: Path, config: str, **changed: Any) -> Path:
    """A folder with deploy/<config>/dagster.yaml; whole blocks replaced by `changed`, or left out where
    None.
    """
    loaded = yaml.safe_load((DEPLOY / config / "dagster.yaml").read_text())
    merged = {name: block for name, block in (loaded | changed).items() if block is not None}
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "dagster.yaml").write_text(yaml.safe_dump(merged))
    return folder


def local_logs(folder: Path) -> dict[str, Any]:
    """Compute logs in a folder instead of a bucket."""
    return {
        "module": "dagster._core.storage.local_compute_log_manager",
        "class": "LocalComputeLogManager",
        "config": {"base_dir": str(folder)},
    }
