"""The main job: every stage of the asset graph over one period, in order, in this process.

Belongs here: running jobs, and how that is shown. Does not: which ones over which partitions (see steps), or
what they do (defs, core).
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

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
from weather_platform.cli.steps import Period, Step, parts, steps
from weather_platform.cli.stopping import Stoppable
from weather_platform.definitions import build
from weather_platform.defs.partitions import uploads
from weather_platform.infra.configuration.settings import Settings
from weather_platform.infra.instance.dagster_home import instance
from weather_platform.infra.platform import Platform


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
        whole = steps(period, _registered_uploads(settings, dagster_instance), past=past)
        for step in (part for one in whole for part in parts(one, settings)):
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
    what = step.shown or step.job
    return f"{what}: {len(step.keys)} {step.grain.name}s" if step.grain else what


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
