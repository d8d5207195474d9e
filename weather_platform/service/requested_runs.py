"""What becomes of a run that a schedule or sensor asks for: it is run here, on record, or left as it is.

Belongs here: whether past runs make it needless, and running it. Does not: who asks for what (worker), or
which runs ended by no fault of their own (lost).

A request with a run key is run until it has ended once, well or by its own fault: such a run would fail
again, and cost quota again.
"""

from dataclasses import dataclass
from enum import Enum

import dagster as dg
from dagster._core.storage.tags import PARENT_RUN_ID_TAG, REPOSITORY_LABEL_TAG, ROOT_RUN_ID_TAG

from weather_platform.service import lost

MAX_WORKERS_LOST = 3
# What the UI lists the runs of a code location by; the name is that of deploy/dagster/workspace.yaml.
_REPOSITORY = "__repository__@weather_platform"


class Outcome(Enum):
    """What became of one request."""

    DONE = "done"
    DONE_BEFORE = "done before"
    FAILED = "failed"
    FAILED_BEFORE = "failed before"
    UNDER_WAY = "left to another worker"
    GIVEN_UP = "given up"

    @property
    def good(self) -> bool:
        """Whether nobody has to look at it."""
        return self in {Outcome.DONE, Outcome.DONE_BEFORE, Outcome.UNDER_WAY}


@dataclass(frozen=True)
class RequestedRuns:
    """Runs requests on an instance. `again` also runs what ended before."""

    instance: dg.DagsterInstance
    again: bool = False

    def settle(self, job: dg.JobDefinition, request: dg.RunRequest, wanted: dict[str, str]) -> Outcome:
        """Run a request unless its past runs make that needless; the caller holds its lock."""
        past = self.instance.get_runs(dg.RunsFilter(tags=wanted))  # newest first
        if not all(run.is_finished for run in past):
            return Outcome.UNDER_WAY  # somebody makes it again in the UI, which holds no lock
        killed = [run for run in past if lost.is_lost(run)]
        if not self.again:
            if any(run.is_success for run in past):
                return Outcome.DONE_BEFORE
            if len(past) > len(killed):
                return Outcome.FAILED_BEFORE
            if len(killed) >= MAX_WORKERS_LOST:
                return Outcome.GIVEN_UP
        lineage = {PARENT_RUN_ID_TAG: past[0].run_id, ROOT_RUN_ID_TAG: past[-1].run_id} if past else {}
        return self.execute(job, request, wanted | lineage)

    def execute(self, job: dg.JobDefinition, request: dg.RunRequest, tags: dict[str, str]) -> Outcome:
        """Run a request in this process, on record."""
        result = job.execute_in_process(
            instance=self.instance,
            run_config=dict(request.run_config),
            partition_key=request.partition_key,
            asset_selection=request.asset_selection,
            tags={**request.tags, **tags, REPOSITORY_LABEL_TAG: _REPOSITORY},
            raise_on_error=False,
        )
        if result.success:
            return Outcome.DONE
        lost.note_if_storage_was_away(self.instance, result)
        return Outcome.FAILED
