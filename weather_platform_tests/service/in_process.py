"""The service in a test's own process, asked once."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
from pydantic import SecretStr

from weather_platform.service.app import app
from weather_platform.service.settings import ServiceSettings
from weather_platform_tests.service.conftest import AUDIENCE, BUCKET, JOBS, PUSH, SCHEDULER
from weather_platform_tests.service.events import a_time
from weather_platform_tests.service.google import Google


async def ticked(known: Google, database: str, token: str | None = None, **changed: Any) -> httpx.Response:
    """What a service on that database, with these settings, answers Cloud Scheduler."""
    headers = {"X-CloudScheduler-ScheduleTime": a_time()}
    token = token or known.token(SCHEDULER, AUDIENCE)
    return await _posted(known, database, "/ticks/fetch_cycle", token, headers, changed)


async def pushed_to(known: Google, database: str, content: bytes | AsyncIterator[bytes]) -> httpx.Response:
    """What a service on that database answers Pub/Sub."""
    return await _posted(known, database, "/uploads", known.token(PUSH, AUDIENCE), {}, {}, content)


async def _posted(
    known: Google,
    database: str,
    path: str,
    token: str,
    headers: dict[str, str],
    changed: dict[str, Any],
    content: bytes | AsyncIterator[bytes] = b"",
) -> httpx.Response:
    usual: dict[str, Any] = {
        "postgres_url": SecretStr(database),
        "run_endpoint": known.url,
        "ticks_audience": AUDIENCE,
        "ticks_scheduler": SCHEDULER,
        "ticks_push": PUSH,
        "ticks_uploads_bucket": BUCKET,
        "ticks_jobs": JOBS,
        "ticks_certificates_url": f"{known.url}/certs",
    }
    service = app(ServiceSettings(**(usual | changed)))
    transport = httpx.ASGITransport(service)
    async with (
        service.router.lifespan_context(service),
        httpx.AsyncClient(transport=transport, base_url=AUDIENCE) as client,
    ):
        return await client.post(
            path, headers=headers | {"Authorization": f"Bearer {token}"}, content=content
        )
