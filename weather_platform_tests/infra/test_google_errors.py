"""A refusal of Google's names who is refused what, and the role that lets it; one that is no question of
roles keeps Google's own words.
"""

import itertools

import pytest
import requests
from google.api_core import exceptions
from google.api_core.exceptions import Forbidden
from google.auth.exceptions import TransportError
from google.resumable_media import InvalidResponse

from weather_platform.infra.google.errors import MissingRoleError, is_passing, naming_role, retry

WORDS = "weather-truth@p.iam.gserviceaccount.com does not have storage.objects.get access"


def refused(reason: str) -> None:
    with naming_role("read gs://b/o", "roles/storage.objectViewer on the bucket"):
        raise Forbidden(f"{WORDS}\nand a trace", errors=[{"reason": reason}])


def test_a_missing_role_is_named_with_the_account() -> None:
    expected = rf"^read gs://b/o: .* \(403: {WORDS}\); grant it roles/storage.objectViewer on the bucket$"
    with pytest.raises(MissingRoleError, match=expected):
        refused("forbidden")


@pytest.mark.parametrize("reason", ["accessNotConfigured", "accountDisabled", "billingNotEnabled"])
def test_an_api_that_is_off_or_a_bill_that_is_unpaid_is_no_missing_role(reason: str) -> None:
    """Found by reading: a role was asked for that the account had."""
    with pytest.raises(Forbidden, match=WORDS):
        refused(reason)


def forbidden_for(reason: str) -> Forbidden:
    return Forbidden(WORDS, errors=[{"reason": reason}])


def of_an_upload(status: int) -> InvalidResponse:
    """As GCS' uploads and downloads fail."""
    answer = requests.Response()
    answer.status_code = status
    return InvalidResponse(answer)


PASSING = [
    *(exceptions.from_http_status(status, "") for status in (408, 429, 500, 502, 503, 504)),
    *(of_an_upload(status) for status in (408, 429, 500, 503)),
    *map(
        forbidden_for, ("rateLimitExceeded", "userRateLimitExceeded", "backendError", "jobRateLimitExceeded")
    ),
    exceptions.BadRequest("Transaction is aborted due to concurrent update against table p.d.t"),
    requests.ConnectionError(),
    requests.Timeout(),
    requests.exceptions.ChunkedEncodingError(),
    ConnectionResetError(),
    TransportError(),
]
LASTING = [
    *(exceptions.from_http_status(status, "") for status in (400, 401, 404, 409, 412, 416)),
    *(of_an_upload(status) for status in (400, 404, 412)),
    *map(forbidden_for, ("forbidden", "quotaExceeded", "accessDenied", "billingNotEnabled")),
    ValueError(),
    OSError(),
]


@pytest.mark.parametrize("error", PASSING, ids=repr)
def test_what_may_succeed_later_is_asked_again(error: Exception) -> None:
    answers = itertools.chain([error], itertools.repeat(None))

    def ask() -> str:
        if (failed := next(answers)) is not None:
            raise failed
        return "answer"

    assert is_passing(error) is True
    assert retry(first_wait_seconds=0.001)(ask)() == "answer"


@pytest.mark.parametrize("error", LASTING, ids=repr)
def test_what_will_fail_again_is_not_asked_again(error: Exception) -> None:
    assert is_passing(error) is False


def test_what_goes_on_failing_is_given_up_in_time() -> None:
    def ask() -> None:
        raise ConnectionResetError

    with pytest.raises(exceptions.RetryError):
        retry(first_wait_seconds=0.001, for_seconds=0.05)(ask)()


def test_a_role_is_asked_for_where_google_knows_no_account_in_few_words() -> None:
    with pytest.raises(MissingRoleError) as told, naming_role("read", "roles/x"):
        raise exceptions.Unauthorized("y" * 10_000 + "\nand a trace")
    assert len(str(told.value)) < 500
    with pytest.raises(Forbidden), naming_role("read", "roles/x"):
        raise forbidden_for("quotaExceeded")
