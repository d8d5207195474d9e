"""Starts bqemulator with what it wrongly refuses permitted, and load jobs under the ids that they are given,
each once; run by the interpreter of its own environment.

What it gets wrong and a test must know: partition filters are not required, parameters do not reach scripts,
num_bytes and bytes billed are always 0, a transaction that is rolled back may lose rows,
NULL in REQUIRED columns passes, and Storage Read serves tables but not results of queries.
"""

from typing import Any

from bqemulator.api.routes import upload
from bqemulator.cli import main
from bqemulator.domain.errors import AlreadyExistsError
from bqemulator.storage.engine import DuckDBEngine

# google-cloud-bigquery sends */* as the media type of a file.
upload._is_permitted_media_type = lambda _media_type: True
# Only for GEOGRAPHY, of which we have none, and it would be fetched from the network.
DuckDBEngine._load_spatial = lambda _self: None

_configuration, _run = upload._load_configuration_from_envelope, upload._run_load


def _with_the_id(envelope: dict[str, Any]) -> dict[str, Any]:
    return _configuration(envelope) | {"id": envelope["jobReference"]["jobId"]}


async def _once(*, project_id: str, configuration: dict[str, Any], media_path: str, ctx: Any) -> Any:
    job = configuration.pop("id")
    if ctx.catalog.get_job(project_id, job) is not None:
        raise AlreadyExistsError(f"Already Exists: Job {project_id}:{job}")
    upload._new_job_id = lambda: job  # which is asked for before anything is waited for
    return await _run(project_id=project_id, configuration=configuration, media_path=media_path, ctx=ctx)


upload._load_configuration_from_envelope, upload._run_load = _with_the_id, _once

if __name__ == "__main__":
    main()
