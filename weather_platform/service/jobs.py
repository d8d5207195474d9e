"""Cloud Run jobs over their REST API: starting one execution of a role's job with a command.

Belongs here: the request and what its failures mean. Does not: which command. REST by hand rather than
Google's client: importing that takes longer than the whole cold start may.

Format: `POST v2/{name=projects/*/locations/*/jobs/*}:run` with `overrides.containerOverrides[].args`; the
answer is a long-running operation whose metadata names the execution.
"""

import json
from typing import Any

import httpx
from starlette.concurrency import run_in_threadpool

from weather_platform.core.fetching.decoding import BodyError, read

_TRY_AGAIN = {408, 429, 500, 502, 503, 504}
_MAX_REPLY_BYTES = 1_000_000


class BusyError(Exception):
    """The API could not take the job now: try again later."""


class RefusedError(Exception):
    """The API does not want the job, and would not another time."""


class Jobs:
    """Starts executions. `endpoint` other than Google's is a stand-in's, and gets no credentials."""

    def __init__(self, http: httpx.AsyncClient, endpoint: str | None, jobs: str) -> None:
        self._http, self._jobs = http, jobs
        self._endpoint = endpoint or "https://run.googleapis.com"
        self._credentials: Any = None
        self._anonymous = endpoint is not None

    async def start(self, role: str, command: list[str]) -> str:
        """Start the role's job; returns the execution's name. Raises BusyError or RefusedError."""
        body = {"overrides": {"containerOverrides": [{"args": command}]}}
        headers = {} if self._anonymous else await run_in_threadpool(self._authorization)
        url = f"{self._endpoint}/v2/{self._jobs}{role}:run"
        try:
            async with self._http.stream("POST", url, json=body, headers=headers) as reply:
                if reply.status_code in _TRY_AGAIN:
                    raise BusyError(f"the Cloud Run API answered {reply.status_code}")
                if not reply.is_success:
                    raise RefusedError(_refusal(reply.status_code, f"{self._jobs}{role}"))
                return await _execution(reply)
        except httpx.HTTPError as error:
            raise BusyError(f"the Cloud Run API cannot be reached: {type(error).__name__}") from error

    def _authorization(self) -> dict[str, str]:
        """The service's own account, from the metadata server or a developer's login."""
        import google.auth
        from google.auth.exceptions import GoogleAuthError
        from google.auth.transport.requests import Request

        try:
            if self._credentials is None:
                self._credentials, _ = google.auth.default(
                    scopes=["https://www.googleapis.com/auth/cloud-platform"]
                )
            if not self._credentials.valid:
                self._credentials.refresh(Request())
        except GoogleAuthError as error:
            raise BusyError("cannot get a token for the Cloud Run API") from error
        return {"Authorization": f"Bearer {self._credentials.token}"}


async def _execution(reply: httpx.Response) -> str:
    """Its name. It runs: not to know that, or to lose the rest of the answer, must not start another."""
    try:
        return str(json.loads(await read(reply, _MAX_REPLY_BYTES))["metadata"]["name"])
    except (BodyError, httpx.HTTPError, ValueError, KeyError, TypeError):
        return "unnamed"


def _refusal(status: int, job: str) -> str:
    remedy = {
        401: "the service's account has no valid token",
        403: "grant the service's account roles/run.jobsExecutorWithOverrides on it",
        404: "is it deployed? terraform makes one job per role",
    }
    return f"the Cloud Run API answered {status} for {job}: {remedy.get(status, 'see its logs')}"
