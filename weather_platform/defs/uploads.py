"""Observation rows of files that users gave, one partition per file version.

Belongs here: which partition a file version is, and when it is read. Does not: reading files
(core.observations.upload). A file and its mapping are kept in the object store as they came; the rows can
be made again from them at any time.
"""

import re
from collections.abc import Iterator

import dagster as dg

from weather_platform.core.contracts.forecast import QUARANTINE
from weather_platform.core.contracts.truth import UPLOADED_OBSERVATION
from weather_platform.defs import locations
from weather_platform.defs.common import contract_check, contract_check_spec, described
from weather_platform.defs.partitions import keys_of
from weather_platform.defs.partitions import uploads as upload_partitions
from weather_platform.infra.lazy_types import DataFrame
from weather_platform.infra.platform import Platform
from weather_platform.infra.settings import Settings

KEY = dg.AssetKey("uploads")
# Not the name of the asset: Dagster wants names of jobs and of assets' ops to differ.
JOB = "read_uploads"


def build(settings: Settings) -> dg.Definitions:
    """The `uploads` asset, its job, and the sensor that finds files which were taken in and not yet read."""

    @dg.asset(
        key=KEY,
        description=__doc__,
        ins={"locations": dg.AssetIn(locations.KEY)},
        partitions_def=upload_partitions(),
        check_specs=[contract_check_spec(KEY)],
        **described(UPLOADED_OBSERVATION, settings, group="truth", kinds={"csv", "parquet"}),
    )
    def uploads(
        context: dg.AssetExecutionContext, platform: dg.ResourceParam[Platform], locations: DataFrame
    ) -> Iterator[dg.Output[DataFrame] | dg.AssetCheckResult]:
        from weather_platform.core.observations.mapping_file import read_mapping
        from weather_platform.core.observations.upload import parse_upload

        (upload,) = keys_of(context)
        data, mapping_text = platform.uploads.load(upload)
        parsed = parse_upload(data, read_mapping(mapping_text, f"{upload}/mapping.yaml"), upload, locations)
        table = re.sub(r"[^A-Za-z0-9_-]", "_", upload)  # what a table may be named
        platform.warehouse.replace(f"quarantine/uploads/{table}", QUARANTINE, parsed.quarantine, None)
        yield dg.Output(
            parsed.rows,
            metadata={
                "rows_read": parsed.summary.rows_read,
                "rows_set_aside": parsed.summary.rows_quarantined,
            },
        )
        yield contract_check(KEY, parsed.rows, UPLOADED_OBSERVATION)

    @dg.sensor(
        name="new_uploads",
        job_name=JOB,
        minimum_interval_seconds=60,
        description="Registers files that `weather-platform import observations` took in, and has them read.",
    )
    def new_uploads(
        context: dg.SensorEvaluationContext, platform: dg.ResourceParam[Platform]
    ) -> dg.SensorResult:
        partitions = upload_partitions()
        known = set(context.instance.get_dynamic_partitions(str(partitions.name)))
        kept = platform.uploads.keys()
        new = [name for name in kept if name not in known]
        return dg.SensorResult(
            run_requests=[dg.RunRequest(run_key=name, partition_key=name) for name in new],
            dynamic_partitions_requests=[partitions.build_add_request(new)] if new else [],
        )

    job = dg.define_asset_job(JOB, dg.AssetSelection.assets(KEY))
    return dg.Definitions(assets=[uploads], sensors=[new_uploads], jobs=[job])
