"""A feed's columns are its own, and its name comes back from them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from weather_platform.core.contracts.learned import FEATURES
from weather_platform.core.feed_columns import KINDS, VALUE, column_of, comes_back, feed_of, value_columns
from weather_platform.core.providers.registry import PROVIDERS
from weather_platform.core.uploads.forecast_mapping import check_feed
from weather_platform.core.uploads.spec import UploadError

NAMES = st.from_regex(r"[a-z0-9][a-z0-9_.-]{0,39}", fullmatch=True)


@given(NAMES, NAMES, st.sampled_from(KINDS))
def test_the_name_of_every_feed_that_files_may_have_comes_back(provider: str, model: str, kind: str) -> None:
    feed = f"{provider}/{model}"
    try:
        check_feed(feed)
    except UploadError:
        assert provider in PROVIDERS or "__" in provider or provider.endswith("_")
        return
    column = column_of(kind, feed)
    assert FEATURES.allows_extra(column)
    assert feed_of(column) == feed
    # A model remembers what stands behind the kind, which is as good.
    assert column_of(kind, column.removeprefix(f"{kind}__")) == column


@pytest.mark.parametrize("name", PROVIDERS)
def test_the_feeds_of_every_provider_come_back(name: str) -> None:
    assert [model for model in PROVIDERS[name].models if not comes_back(f"{name}/{model}")] == []


def test_what_feeds_say_is_told_from_all_else() -> None:
    columns = [column_of(kind, "a/b") for kind in KINDS]
    assert value_columns([*columns, "value", "spread"]) == [column_of(VALUE, "a/b")]
