"""Where Dagster keeps runs and events on a laptop: a folder below the data folder, with telemetry off.

Belongs here: the instance's folder and settings. Does not: what is run.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import dagster as dg

_CONFIG = """\
telemetry:
  enabled: false
nux:
  enabled: false
event_log_storage:
  module: weather_platform.infra.event_log
  class: PooledSqliteEventLogStorage
  config:
    base_dir: {home}/history/runs
"""


def dagster_home(data_dir: Path) -> Path:
    """The absolute folder for DAGSTER_HOME, made with its configuration where it is new; a file there
    already is kept.
    """
    home = (data_dir / "dagster").resolve()
    home.mkdir(parents=True, exist_ok=True)
    config = home / "dagster.yaml"
    if not config.exists():
        config.write_text(_CONFIG.format(home=home))
    return home


@contextmanager
def instance(data_dir: Path) -> "Iterator[dg.DagsterInstance]":
    """The instance of that folder, as the UI shows it."""
    import dagster as dg

    with dg.DagsterInstance.from_config(str(dagster_home(data_dir))) as opened:
        yield opened
