"""What Google's services answer when they refuse: what is asked again, and what is said where a role is
missing.

Belongs here: the one policy of both the bucket and BigQuery. Does not: any request.

Tried again, with exponential backoff and full jitter: 408, 429, 5xx and connections that break, and
BigQuery's 403 that only mean "slower". A permission that is missing is not: it will be missing next time.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from google.api_core.retry import Retry

RETRY_SECONDS = 300.0
_LONGEST_WAIT_SECONDS = 30.0
# Reasons of a 403 that say nothing about permission.
_NOT_PERMISSION = {
    "rateLimitExceeded",
    "userRateLimitExceeded",
    "quotaExceeded",
    "backendError",
    "billingNotEnabled",
    "accessNotConfigured",
    "accountDisabled",
}
_LONGEST_WORDS = 300
_SLOWER = {"rateLimitExceeded", "userRateLimitExceeded", "backendError", "jobRateLimitExceeded"}
_CONCURRENT = "concurrent update"


class MissingRoleError(Exception):
    """The account may not do what was asked; the message names the role that lets it."""


def retry(first_wait_seconds: float = 1.0, for_seconds: float = RETRY_SECONDS) -> "Retry":
    """The policy, as Google's clients take it. Only for requests that are safe to repeat."""
    from google.api_core.retry import Retry

    return Retry(
        predicate=is_passing,
        initial=first_wait_seconds,
        maximum=_LONGEST_WAIT_SECONDS,
        multiplier=2.0,
        timeout=for_seconds,
    )


def is_passing(error: Exception) -> bool:
    """Whether the same request may succeed later."""
    import requests
    from google.api_core import exceptions
    from google.auth.exceptions import TransportError

    if isinstance(error, exceptions.Forbidden):
        return bool(_reasons(error) & _SLOWER)
    if isinstance(error, exceptions.BadRequest):
        # Two transactions on one table: BigQuery cancels one of them and asks for it again.
        return _CONCURRENT in str(error)
    if isinstance(error, exceptions.GoogleAPICallError):
        return _is_slower(int(error.code or 0))
    if isinstance(answer := getattr(error, "response", None), requests.Response):
        return _is_slower(answer.status_code)  # GCS' uploads and downloads raise a class of their own
    lost = (requests.ConnectionError, requests.Timeout, requests.exceptions.ChunkedEncodingError)
    return isinstance(error, (*lost, ConnectionError, TransportError))


@contextmanager
def naming_role(what: str, role: str) -> Iterator[None]:
    """Turn a refusal for want of permission into MissingRoleError: `what` was tried, `role` allows it."""
    from google.api_core import exceptions

    try:
        yield
    except (exceptions.Forbidden, exceptions.Unauthorized) as error:
        if _reasons(error) & _NOT_PERMISSION:
            raise
        # Which names the account, of which a deployment has eleven.
        words = str(error.message).partition("\n")[0][:_LONGEST_WORDS]
        raise MissingRoleError(
            f"{what}: Google refuses it to this account ({error.code}: {words}); grant it {role}"
        ) from error


def _is_slower(status: int) -> bool:
    return status in (408, 429) or status >= 500


def _reasons(error: Exception) -> set[str]:
    return {str(entry.get("reason")) for entry in getattr(error, "errors", []) if isinstance(entry, dict)}
