"""The service's three addresses: ticks, uploads, health.

Belongs here: HTTP, who may call which, and in which order things are done. Does not: what calls mean
(events).

An event is claimed in Postgres, then its job is started, then the start is noted; uploads that come before
that job's worker begins to look share it. Whatever fails in between
is answered with 503, and the sender delivers again; what was done already is answered with 200. A message
that cannot be understood is kept aside and acknowledged, since Pub/Sub would deliver it for days.
"""

import hashlib
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import httpx
import psycopg2
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from weather_platform.infra.postgres import PostgresError
from weather_platform.service import events
from weather_platform.service.jobs import BusyError, Jobs, RefusedError
from weather_platform.service.ledger import Claim, Ledger
from weather_platform.service.settings import ServiceSettings
from weather_platform.service.tokens import CertificatesError, TokenError, Tokens

log = logging.getLogger(__name__)
_TIMEOUT_SECONDS = 20.0
_AS_DECODED = {"Accept-Encoding": "gzip, deflate"}  # by core.fetching.decoding, which refuses all else


class Service:
    """What the handlers share."""

    def __init__(self, settings: ServiceSettings, http: httpx.AsyncClient) -> None:
        self.settings = settings
        self.tokens = Tokens(
            http,
            settings.ticks_certificates_url,
            settings.ticks_audience,
            behind_iam=settings.ticks_behind_iam,
        )
        self.jobs = Jobs(http, settings.run_endpoint, settings.ticks_jobs)
        self.ledger = Ledger(settings.postgres_url)

    async def allow(self, request: Request, account: str) -> Response | None:
        """None where the caller is that account; the answer to give otherwise."""
        try:
            caller = await self.tokens.account(request.headers)
        except TokenError as error:
            return JSONResponse({"error": str(error)}, 401, headers={"WWW-Authenticate": "Bearer"})
        if caller != account:
            return JSONResponse({"error": "this account may not call this address"}, 403)
        return None

    async def start(self, event: events.Event) -> Response:
        """Start an event's job once."""
        claim = await run_in_threadpool(self.ledger.claim, event.key, event.sensor)
        if claim is Claim.COVERED:
            return JSONResponse({"event": event.key, "status": "covered"})
        if claim is Claim.STARTED:
            return JSONResponse({"event": event.key, "status": "duplicate"})
        if claim is Claim.UNDER_WAY:
            return _later("this event, or one that it would share a job with, is being started")
        try:
            execution = await self.jobs.start(event.role, event.command)
        except (BusyError, RefusedError) as error:
            await run_in_threadpool(self.ledger.released, event.key)
            log.log(logging.ERROR if isinstance(error, RefusedError) else logging.WARNING, "%s", error)
            return _later(str(error))
        await run_in_threadpool(self.ledger.started, event.key, execution)
        log.info("started %s for %s", execution, event.key)
        return JSONResponse({"event": event.key, "status": "started", "execution": execution})


async def tick(request: Request) -> Response:
    """POST /ticks/{name}: Cloud Scheduler says that a schedule's time has come."""
    service: Service = request.app.state.service
    if denied := await service.allow(request, service.settings.ticks_scheduler):
        return denied
    time = request.headers.get("x-cloudscheduler-scheduletime")
    try:
        event = events.tick(request.path_params["name"], time, datetime.now(UTC))
    except events.Rejected as error:
        log.error("refused a tick: %s", error)
        return JSONResponse({"error": str(error)}, 400)
    return await service.start(event)


async def uploaded(request: Request) -> Response:
    """POST /uploads: Pub/Sub pushes what Cloud Storage says of the uploads bucket."""
    service: Service = request.app.state.service
    settings = service.settings
    if denied := await service.allow(request, settings.ticks_push):
        return denied
    body = await _bounded(request)
    try:
        if len(body) > events.MAX_BODY_BYTES:
            raise events.Poison(f"the body is larger than {events.MAX_BODY_BYTES} bytes")
        event = events.pushed(body, settings.ticks_uploads_bucket, settings.ticks_uploads_prefix)
    except events.Poison as error:
        key = error.key or f"sha256/{hashlib.sha256(body).hexdigest()}"
        await run_in_threadpool(service.ledger.set_aside, key, str(error), body)
        log.error("set a message aside (%s): %s", key, error)
        return JSONResponse({"status": "set aside", "reason": str(error)})
    return JSONResponse({"status": "ignored"}) if event is None else await service.start(event)


async def health(_request: Request) -> Response:
    """GET /health: the process answers. Says nothing of Postgres, which a probe must not wake."""
    return JSONResponse({"status": "ok"})


async def _bounded(request: Request) -> bytes:
    """The body, read no further than one byte past the limit."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > events.MAX_BODY_BYTES:
            break
    return bytes(body[: events.MAX_BODY_BYTES + 1])


def _later(reason: str) -> Response:
    return JSONResponse({"error": reason}, 503, headers={"Retry-After": "30"})


async def _unavailable(_request: Request, error: Exception) -> Response:
    """Postgres or Google's certificates are away: nothing was lost, the sender tries again. Of the driver's
    errors the kind alone is told, since their texts may quote what was sent.
    """
    log.error("%s", f"Postgres: {type(error).__name__}" if isinstance(error, psycopg2.Error) else error)
    return _later("a service that this one needs is away")


def app(settings: ServiceSettings) -> Starlette:
    """The ASGI application."""

    @asynccontextmanager
    async def lifespan(application: Starlette) -> AsyncIterator[None]:
        async with httpx.AsyncClient(timeout=_TIMEOUT_SECONDS, headers=_AS_DECODED) as http:
            application.state.service = Service(settings, http)
            yield

    away: dict[type[Exception], Callable[[Request, Exception], Awaitable[Response]]] = {
        PostgresError: _unavailable,
        psycopg2.Error: _unavailable,  # a session that is ended, or a standby, has others than Operational
        CertificatesError: _unavailable,
    }
    routes = [
        Route("/ticks/{name}", tick, methods=["POST"]),
        Route("/uploads", uploaded, methods=["POST"]),
        Route("/health", health, methods=["GET"]),
    ]
    return Starlette(routes=routes, lifespan=lifespan, exception_handlers=away)
