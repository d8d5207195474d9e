"""A refusal of Google's names who is refused what, and the role that lets it; one that is no question of
roles keeps Google's own words.
"""

import pytest
from google.api_core.exceptions import Forbidden

from weather_platform.infra.google.errors import MissingRoleError, naming_role

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
