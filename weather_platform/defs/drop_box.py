"""Finds what is new in the drop box, and has it read.

Belongs here: when somebody looks, which uploads wait, and in what runs they are read. Does not: reading
(defs.uploads), or what an upload is (core.uploads.ledger).

What waits is what the ledger has, less what is materialized, less what a living run is about to read. No
other memory decides it, so a daemon that is killed at any moment loses nothing and asks nothing twice, and a
reset cursor means one look more. A run that says nothing for long is reported as failed, and its uploads are
read by others; reading an upload twice leaves the same rows. The uploads of a failed run are read in
ever smaller runs, so that a file that kills its process keeps no other back, and is given up alone.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

import dagster as dg

from weather_platform.core.uploads.ledger import Ledger
from weather_platform.defs.partitions import UPLOADS_PER_RUN
from weather_platform.defs.partitions import uploads as upload_partitions
from weather_platform.defs.upload_runs import FIRST, JOB, LAST, UploadRuns
from weather_platform.defs.uploads import KEY, KEYS
from weather_platform.infra.configuration.settings import Settings
from weather_platform.infra.platform import Platform
from weather_platform.infra.roles import ROLE_TAG, TRUTH

BYTES_PER_RUN = 64_000_000
RUNS_AT_ONCE = 4
# By how many runs failed with an upload; after the last it is given up, until somebody runs it by hand.
# One failure is more often a machine that went away than a file.
_PER_RUN = (UPLOADS_PER_RUN, UPLOADS_PER_RUN, 50, 10, 1, 1)


def build(settings: Settings) -> dg.Definitions:
    """The sensor `new_uploads` and the job that it asks for."""
    silence = settings.upload_run_silence

    @dg.sensor(
        name="new_uploads",
        job_name=JOB,
        minimum_interval_seconds=30,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Takes in what is new in the drop box, and has it read.",
    )
    def new_uploads(
        context: dg.SensorEvaluationContext, platform: dg.ResourceParam[Platform]
    ) -> dg.SensorResult:
        from weather_platform.infra.stores.drop_box import BEFORE_ALL, Budget, look

        looked = look(platform.objects, platform.uploads, context.cursor or "", Budget())
        for damaged in platform.uploads.damaged().values():
            context.log.warning(damaged)
        ledger, instance = platform.uploads.ledger(), context.instance
        materialized = instance.get_materialized_partitions(KEY)
        order, new = _ordered(instance, ledger, materialized)
        runs = UploadRuns(instance, order, silence)
        waiting = [key for key in order if key not in materialized and _is_due(key, ledger, runs)]
        failed = runs.failures() if waiting else Counter()
        asked = list(_ranges(waiting, order, ledger, failed))[: max(0, RUNS_AT_ONCE - runs.count)]
        return dg.SensorResult(
            run_requests=[dg.RunRequest(tags={FIRST: first, LAST: last}) for first, last in asked],
            skip_reason=None if asked else _skipped(looked.taken, len(waiting), runs.count),
            dynamic_partitions_requests=[upload_partitions().build_add_request(new)] if new else [],
            cursor=looked.cursor or BEFORE_ALL,  # for an empty one Dagster keeps the one that it has
        )

    job = dg.define_asset_job(
        JOB,
        dg.AssetSelection.assets(*KEYS),
        description="Reads files that were dropped.",
        tags={ROLE_TAG: TRUTH},
    )
    return dg.Definitions(sensors=[new_uploads], jobs=[job])


def _ordered(
    instance: dg.DagsterInstance, ledger: Ledger, materialized: set[str]
) -> tuple[list[str], list[str]]:
    """Partitions in Dagster's order, and at its end those that are to be added: what is not read yet and was
    not replaced meanwhile.
    """
    there = instance.get_dynamic_partitions(str(upload_partitions().name))
    known = {*there, *materialized}
    newest = ledger.newest
    new = [key for key, upload in ledger.uploads.items() if key not in known and newest[upload.name] == key]
    return [*there, *new], new


def _is_due(key: str, ledger: Ledger, runs: UploadRuns) -> bool:
    """Whether an upload is to be read now: not while a run reads it, or one that it replaces."""
    upload = ledger.uploads.get(key)
    if upload is None or ledger.newest[upload.name] != key:
        return False
    return key not in runs.reading and not any(old in runs.reading for old in ledger.before(key))


def _ranges(
    waiting: Sequence[str], order: Sequence[str], ledger: Ledger, failed: Mapping[str, int]
) -> Iterator[tuple[str, str]]:
    """First and last partition of each run: neighbours in Dagster's order that failed equally often, so many
    and so large at most.
    """
    place = {key: i for i, key in enumerate(order)}
    batch: list[str] = []
    size = 0
    for key in waiting:
        tries = failed.get(key, 0)
        if tries >= len(_PER_RUN):
            continue
        size += ledger.uploads[key].size
        full = len(batch) >= _PER_RUN[tries] or size > BYTES_PER_RUN
        if batch and (full or tries != failed.get(batch[-1], 0) or place[key] != place[batch[-1]] + 1):
            yield batch[0], batch[-1]
            batch, size = [], ledger.uploads[key].size
        batch.append(key)
    if batch:
        yield batch[0], batch[-1]


def _skipped(taken: int, waiting: int, running: int) -> str:
    if waiting:
        return f"{waiting} uploads wait; {running} runs are at work"
    return f"{taken} files taken in, none to be read" if taken else "nothing new"
