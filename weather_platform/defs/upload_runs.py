"""Runs of the job that reads uploads: which are at work, and which failed with what.

Belongs here: what Dagster's own store says of them. Does not: what is to be read next (defs.drop_box).
"""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import dagster as dg
from dagster import DagsterRunStatus as Status

# Not the name of the asset: Dagster wants names of jobs and of assets' ops to differ.
JOB = "read_uploads"
FIRST = "dagster/asset_partition_range_start"
LAST = "dagster/asset_partition_range_end"
_UNFINISHED = [Status.QUEUED, Status.NOT_STARTED, Status.STARTING, Status.STARTED, Status.CANCELING]


class UploadRuns:
    """The job's runs that are not finished: how many, and what they are about to read."""

    def __init__(self, instance: dg.DagsterInstance, order: Sequence[str], silence: timedelta) -> None:
        self._instance = instance
        self._place = {key: place for place, key in enumerate(order)}
        self._order = order
        records = instance.get_run_records(dg.RunsFilter(job_name=JOB, statuses=_UNFINISHED))
        living = [record.dagster_run for record in records if not self._ended_if_silent(record, silence)]
        self.count = len(living)
        self.reading = {key for run in living for key in self._keys(run)}

    def failures(self) -> Counter[str]:
        """How many runs failed with each upload."""
        ended = dg.RunsFilter(job_name=JOB, statuses=[Status.FAILURE, Status.CANCELED])
        return Counter(
            key
            for record in self._instance.get_run_records(ended, limit=500)
            for key in self._keys(record.dagster_run)
        )

    def _keys(self, run: dg.DagsterRun) -> Sequence[str]:
        single = run.tags.get("dagster/partition", "")
        first, last = run.tags.get(FIRST, single), run.tags.get(LAST, single)
        if first not in self._place or last not in self._place:
            return []
        return self._order[self._place[first] : self._place[last] + 1]

    def _ended_if_silent(self, record: dg.RunRecord, silence: timedelta) -> bool:
        """Report a run as failed whose process says nothing any more; one that is queued has none yet."""
        run = record.dagster_run
        if run.status == Status.QUEUED:
            return False
        last = self._instance.get_records_for_run(run.run_id, limit=1, ascending=False).records
        spoke = last[0].timestamp if last else record.create_timestamp.replace(tzinfo=UTC).timestamp()
        if datetime.now(UTC).timestamp() - spoke < silence.total_seconds():
            return False
        self._instance.report_run_failed(run, f"silent for {silence}: its process is taken for dead")
        return True
