"""The main job: every stage of the asset graph over one period, in order, in this process.

Belongs here: which job runs over which partitions, and how that is shown. Does not: what the jobs do
(defs, core).
"""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

import dagster as dg
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
)

from weather_platform.cli.errors import CommandError, store_faults
from weather_platform.cli.stopping import Stoppable
from weather_platform.core.partitions import CYCLE, DAY, Grain
from weather_platform.definitions import build
from weather_platform.defs.partitions import uploads
from weather_platform.infra.configuration.settings import Settings
from weather_platform.infra.instance.dagster_home import instance
from weather_platform.infra.platform import Platform


@dataclass(frozen=True)
class Period:
    """Cycles from `start` up to `end` (exclusive); models learn from what was known at `train_until`."""

    start: datetime
    train_until: datetime
    end: datetime


@dataclass(frozen=True)
class Step:
    """One job over one range of partitions; `grain` None for a job without partitions in time (`span` then
    names the first and the last, if there are any).

    `only_new` leaves out assets whose partitions were all materialized before: what a provider did not
    answer then is not asked again by running the main job again. `assets` are those of the job to make, all
    where None.
    """

    job: str
    grain: Grain | None = None
    start: datetime | None = None
    end: datetime | None = None
    config: dict[str, object] | None = None
    span: tuple[str, str] | None = None
    only_new: bool = False
    assets: list[dg.AssetKey] | None = None

    @property
    def keys(self) -> list[str]:
        """Partition keys of the range, in time order."""
        return self.grain.keys(self.start, self.end) if self.grain and self.start and self.end else []

    @property
    def tags(self) -> dict[str, str]:
        """Dagster's tags for one partition or a range of them."""
        span = self.span or ((self.keys[0], self.keys[-1]) if self.keys else None)
        if span is None:
            return {}
        return {
            "dagster/asset_partition_range_start": span[0],
            "dagster/asset_partition_range_end": span[1],
        }


def steps(period: Period, given: Sequence[str], *, past: bool = False) -> list[Step]:
    """The stages in the order of the flow. Only cycles after training are predicted, so that every score
    is out of sample. With `past`, forecasts come from archives of previous runs, and no provider is asked for
    its newest.
    """
    return [
        Step("read_locations"),
        *([Step("read_uploads", span=(given[0], given[-1]))] if given else []),
        Step("reconstruct" if past else "fetch", CYCLE, period.start, period.end, only_new=not past),
        Step("parse", CYCLE, period.start, period.end),
        Step("truth", DAY, period.start, period.end),
        Step("build_features", CYCLE, period.start, period.end),
        Step("train", config={"train_until": period.train_until.isoformat()}),
        Step("predict", CYCLE, period.train_until, period.end),
        Step("verify", DAY, period.train_until, period.end),
    ]


def run_flow(
    settings: Settings,
    period: Period,
    console: Console,
    *,
    past: bool = False,
    after: Callable[[Step, dg.ExecuteInProcessResult], None] = lambda _step, _result: None,
) -> timedelta:
    """Run every step, showing progress; `after` sees each that was run, and may raise CommandError. Raises
    CommandError naming the steps that failed, Stopped after Ctrl-C. Returns the time it took.
    """
    began = time.monotonic()
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description:34}"),
        BarColumn(28),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with (
        Stoppable() as stopping,
        store_faults(),
        Progress(*columns, console=console, disable=not console.is_terminal) as bar,
        # What steps print is on the terminal; processes that keep it would answer Ctrl-C with a traceback.
        instance(settings, keep_printed=False) as dagster_instance,
    ):
        tasks: dict[str, object] = {}

        def show(what: str, done: int, total: int) -> None:
            stopping.check()
            if what not in tasks:
                tasks[what] = bar.add_task(f"  {what}", total=total)
            bar.update(tasks[what], completed=done, total=total)  # type: ignore[arg-type]

        definitions = build(settings, Platform(settings, progress=show))
        for step in steps(period, _registered_uploads(settings, dagster_instance), past=past):
            task = bar.add_task(_title(step), total=1)
            with _told(step, console):
                result = execute(definitions, dagster_instance, step)
                stopping.check()
                if result is not None:
                    after(step, result)
            bar.update(task, completed=1)
    return timedelta(seconds=time.monotonic() - began)


def _registered_uploads(settings: Settings, dagster_instance: dg.DagsterInstance) -> list[str]:
    """Files that were taken in become partitions here as they do by the sensor; all of them in order."""
    dagster_instance.add_dynamic_partitions(
        str(uploads().name), list(Platform(settings).uploads.ledger().uploads)
    )
    return list(dagster_instance.get_dynamic_partitions(str(uploads().name)))


@contextmanager
def _told(step: Step, console: Console) -> Iterator[None]:
    """A line as a step begins and one as it ends, where no bar moves: in a pipe, a log, a terminal of CI."""
    began = time.monotonic()
    if not console.is_terminal:
        console.print(f"{_title(step)}: begun", highlight=False)
    yield
    if not console.is_terminal:
        console.print(f"{_title(step)}: done in {time.monotonic() - began:.0f} s", highlight=False)


def _title(step: Step) -> str:
    return f"{step.job}: {len(step.keys)} {step.grain.name}s" if step.grain else step.job


def execute(
    definitions: dg.Definitions, dagster_instance: dg.DagsterInstance, step: Step
) -> dg.ExecuteInProcessResult | None:
    """Run one step in this process; None where there was nothing to do. Raises CommandError naming what
    failed in it.
    """
    job = definitions.resolve_job_def(step.job)
    selection = _not_done(job, dagster_instance, step) if step.only_new else step.assets
    if selection == []:
        return None
    run_config: dict[str, object] = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
    if step.config is not None:
        run_config["ops"] = {name: {"config": step.config} for name in _op_names(job)}
    result = job.execute_in_process(
        instance=dagster_instance,
        tags=step.tags,
        run_config=run_config,
        raise_on_error=False,
        asset_selection=selection,
    )
    if not result.success:
        raise CommandError(f"the step {step.job!r} failed:\n" + "\n".join(_failures(result)))
    return result


def _not_done(job: dg.JobDefinition, dagster_instance: dg.DagsterInstance, step: Step) -> list[dg.AssetKey]:
    """Assets of the job that lack a partition of the step."""
    wanted = set(step.keys)
    return [
        key
        for key in sorted(job.asset_layer.executable_asset_keys)
        if not wanted <= dagster_instance.get_materialized_partitions(key)
    ]


def _op_names(job: dg.JobDefinition) -> list[str]:
    return [node.name for node in job.nodes]


def _failures(result: dg.ExecuteInProcessResult) -> Iterator[str]:
    for event in result.all_events:
        if event.is_step_failure:
            error = event.step_failure_data.error
            cause = error.cause if error and error.cause else error
            yield f"  {event.step_key}: {cause.message.strip() if cause else 'no reason recorded'}"
            if cause and "No space left on device" in cause.message:
                yield "  make room, then run again: what was finished is kept"
