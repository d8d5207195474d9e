"""What every store of write-once objects must do; a store's test class gives the fixture `store` and inherits
this.
"""

from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from weather_platform.infra.objects.base import ObjectExistsError, ObjectStore

segment = st.text("abzAZ09._=+@-", min_size=1, max_size=8).filter(lambda text: text not in (".", ".."))
contents = st.dictionaries(
    st.lists(segment, min_size=2, max_size=2).map("/".join), st.binary(max_size=50), max_size=6
)


class ObjectsContract:
    """Inherit, and give the fixture `store`, empty at the start of each test."""

    def test_an_object_is_written_once(self, store: ObjectStore) -> None:
        assert not store.exists("a/b")
        assert store.create("a/b", b"one") is True
        assert store.create("a/b", b"one") is False
        with pytest.raises(ObjectExistsError, match="'a/b' exists with other content"):
            store.create("a/b", b"two")
        with pytest.raises(ObjectExistsError, match="'a/b' exists with other content"):
            store.create("a/b", b"longer")
        assert store.read("a/b", max_bytes=3) == b"one"
        assert store.exists("a/b")
        assert not store.exists("a")

    def test_an_empty_body_is_an_object(self, store: ObjectStore) -> None:
        assert store.create("empty", b"")
        assert store.read("empty", max_bytes=0) == b""
        assert not store.create("empty", b"")

    def test_reading_is_bounded_and_says_what_is_missing(self, store: ObjectStore) -> None:
        store.create("a", b"1234")
        with pytest.raises(ValueError, match="'a' has 4 bytes, more than the 3 allowed"):
            store.read("a", max_bytes=3)
        with pytest.raises(FileNotFoundError, match="b'"):
            store.read("b", max_bytes=3)
        store.create("large", bytes(300_000))  # more than comes at once
        with pytest.raises(ValueError, match="'large' has 300000 bytes, more than the 299999 allowed"):
            store.read("large", max_bytes=299_999)

    def test_the_beginning_of_an_object_is_had_without_the_rest(self, store: ObjectStore) -> None:
        store.create("a", b"1234")
        store.create("empty", b"")
        assert store.beginning("a", 3) == b"123"
        assert store.beginning("a", 9) == b"1234"
        assert store.beginning("empty", 3) == b""
        with pytest.raises(FileNotFoundError, match="b'"):
            store.beginning("b", 3)

    def test_names_are_sorted_as_whole_names(self, store: ObjectStore) -> None:
        for name in ("p/b/1", "p/a", "p/b-1", "p/b.1", "p2/a", "q/a"):
            store.create(name, b"")
        assert list(store.names("p/")) == ["p/a", "p/b-1", "p/b.1", "p/b/1"]
        assert list(store.names("")) == ["p/a", "p/b-1", "p/b.1", "p/b/1", "p2/a", "q/a"]
        assert list(store.names("none/")) == []
        assert list(store.names("p/", "p/b.0")) == ["p/b.1", "p/b/1"]
        assert list(store.names("p/", "p/b/1")) == ["p/b/1"]
        assert list(store.names("p/", "p/b/2")) == []
        assert list(store.names("", "p/b/2")) == ["p2/a", "q/a"]
        with pytest.raises(ValueError, match="must end in a slash"):
            store.names("p")

    @pytest.mark.parametrize(
        "name", ["", "/a", "a//b", "../a", "a/..", "./a", "a\\b", "a~b", "a b", "ä", "a/", "x" * 201]
    )
    def test_other_names_are_refused_everywhere(self, store: ObjectStore, name: str) -> None:
        for use in (
            lambda: store.create(name, b""),
            lambda: store.read(name, 1),
            lambda: store.exists(name),
        ):
            with pytest.raises(ValueError, match="no valid part"):
                use()
        assert list(store.names("")) == []

    def test_of_racing_writers_exactly_one_wins(self, store: ObjectStore) -> None:
        def create(writer: int) -> bool:
            try:
                return store.create("race", b"%d" % writer * 1000)
            except ObjectExistsError:
                return False

        with ThreadPoolExecutor(8) as threads:
            won = list(threads.map(create, range(8)))
        assert won.count(True) == 1
        assert store.read("race", 1000) == b"%d" % won.index(True) * 1000


class ObjectsRoundTrip:
    """Any contents at all survive. Apart, since hypothesis reuses one fixture for all its examples."""

    @settings(
        max_examples=30,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.differing_executors],
    )
    @given(contents, st.integers(0, 10**12))
    def test_what_was_created_is_listed_and_read_back(
        self, store: ObjectStore, contents: dict[str, bytes], folder: int
    ) -> None:
        if any(name.startswith(f"{folder}/") for name in store.names("")):
            return  # an example that comes twice
        named = {f"{folder}/{name}": data for name, data in contents.items()}
        for name, data in named.items():
            assert store.create(name, data)
        assert list(store.names(f"{folder}/")) == sorted(named)
        assert {name: store.read(name, 50) for name in named} == named
