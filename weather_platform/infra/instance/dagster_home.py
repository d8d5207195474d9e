"""Where Dagster keeps runs and events: on a laptop a folder below the data folder, with telemetry off.

Belongs here: the instance's folder and settings. Does not: what is run.
"""

import math
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import yaml

from weather_platform.infra.configuration.settings import Settings
from weather_platform.infra.configuration.wrong_settings import SettingsError
from weather_platform.infra.objects.half_written import replace

if TYPE_CHECKING:
    import dagster as dg

_CONFIG = """\
telemetry:
  enabled: false
nux:
  enabled: false
retention:
  schedule:
    purge_after_days: 90
  sensor:
    purge_after_days:
      skipped: 3
      success: 30
      failure: 90
  auto_materialize:
    purge_after_days:
      skipped: 3
      success: 30
      failure: 90
event_log_storage:
  module: weather_platform.infra.event_log
  class: PooledSqliteEventLogStorage
  config:
    base_dir: {runs}
concurrency:
  runs:
    # Each run of a backfill holds a range in memory and fills a core; the hourly work must not wait for it.
    tag_concurrency_limits:
      - key: dagster/backfill
        limit: 3
run_coordinator:
  module: dagster._core.run_coordinator
  class: QueuedRunCoordinator
  config:
    # A start lasts until the run's process has imported what it needs, some seconds. One after the other, as
    # is Dagster's way, runs of a second or two would seldom be at work at the same time.
    dequeue_use_threads: true
    dequeue_num_workers: 4
"""
# Events of many partitions are stored in one transaction (see event_log) instead of one each.
EVENT_BATCH = "DAGSTER_EVENT_BATCH_SIZE", "250"
# Not by default: Dagster warns of it, as a beta, once in every run.
_JSON_LOGS = """\
python_logs:
  dagster_handler_config:
    handlers:
      json:
        class: weather_platform.infra.json_logs.JsonHandler
"""
_NOTHING_PRINTED = {
    "module": "dagster._core.storage.noop_compute_log_manager",
    "class": "NoOpComputeLogManager",
}


def dagster_home(data_dir: Path, json_logs: bool = False) -> Path:
    """The absolute folder for DAGSTER_HOME with its configuration; a file that someone wrote is kept."""
    home = (data_dir / "dagster").resolve()
    if "?" in str(home):
        raise SettingsError(
            f"WEATHER_DATA_DIR: {home} has a ? in it, where SQLite's addresses end: name another folder"
        )
    home.mkdir(parents=True, exist_ok=True)
    # In quotes where YAML needs them: ` #` in the name of a folder would begin a comment.
    runs = yaml.safe_dump(str(home / "history/runs"), allow_unicode=True, width=math.inf).splitlines()[0]
    config, plain = home / "dagster.yaml", _CONFIG.format(runs=runs)
    # As it was written before runs were started together, and before backfills were limited.
    earlier = [plain.partition(newer)[0] for newer in ("run_coordinator:", "concurrency:")]
    ours = {text + logs for text in (plain, *earlier) for logs in ("", _JSON_LOGS)}
    wanted, there = plain + _JSON_LOGS * json_logs, config.read_text("utf-8") if config.exists() else None
    if there is None or there in ours - {wanted}:
        replace(config, wanted.encode())  # at once: runs that start meanwhile read it
    return home


@contextmanager
def instance(settings: Settings, *, keep_printed: bool = True) -> "Iterator[dg.DagsterInstance]":
    """What DAGSTER_HOME names where the history is in Postgres, else the data folder's, as the UI shows it.

    Without Postgres DAGSTER_HOME is somebody's for work of their own: nothing of ours belongs into its
    history, and nothing of it may be pruned. Sets EVENT_BATCH for this process and what it starts, where the
    environment does not say otherwise. Without `keep_printed`, what steps print goes where this process
    prints and nowhere else, and no process is started beside each step to copy it.
    """
    import dagster as dg
    from dagster._core.instance.ref import InstanceRef

    named = os.environ.get("DAGSTER_HOME") if settings.postgres_url is not None else None
    home = named or str(dagster_home(settings.data_dir, settings.log_format == "json"))
    os.environ.setdefault(*EVENT_BATCH)
    overrides = {} if keep_printed else {"compute_logs": _NOTHING_PRINTED}
    with dg.DagsterInstance.from_ref(InstanceRef.from_dir(home, overrides=overrides)) as opened:
        yield opened
