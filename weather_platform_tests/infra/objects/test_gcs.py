"""Objects in a bucket, against a real server: the contracts of every store, and what only a network does."""

import uuid
from collections.abc import Iterator

import pytest
from google.cloud.storage import Bucket

from weather_platform.infra.google.clients import storage_client
from weather_platform.infra.google.errors import MissingRoleError, retry
from weather_platform.infra.objects.base import ObjectExistsError
from weather_platform.infra.objects.gcs import GcsObjects
from weather_platform_tests.infra.objects.objects_contract import ObjectsContract, ObjectsRoundTrip
from weather_platform_tests.infra.objects.versions_contract import VersionsContract
from weather_platform_tests.stand_ins.faulty import Faults, faulty
from weather_platform_tests.stand_ins.servers import PROJECT


@pytest.fixture
def bucket(gcs_url: str) -> Bucket:
    return storage_client(PROJECT, gcs_url).create_bucket(uuid.uuid4().hex)


@pytest.fixture
def store(bucket: Bucket) -> GcsObjects:
    return GcsObjects(bucket)


class TestGcsObjects(ObjectsContract):
    """All of it."""


class TestGcsObjectsRoundTrip(ObjectsRoundTrip):
    """All of it."""


class TestGcsVersions(VersionsContract):
    """All of it, over objects that others put into the bucket."""

    @pytest.fixture(autouse=True)
    def _bucket(self, bucket: Bucket) -> None:
        self.bucket = bucket

    def put(self, name: str, data: bytes) -> None:
        self.bucket.blob(name).upload_from_string(data)

    def delete(self, name: str) -> None:
        self.bucket.blob(name).delete()

    def test_folders_that_the_console_makes_are_no_objects(self, store: GcsObjects) -> None:
        self.put("inbox/", b"")
        self.put("inbox/sub/", b"")
        self.put("inbox/sub/a", b"")
        assert [version.name for version in store.versions("inbox/")] == ["inbox/sub/a"]
        assert list(store.names("inbox/")) == ["inbox/sub/a"]

    def test_a_version_replaced_while_it_is_read_says_so(self, store: GcsObjects) -> None:
        data = bytes(9 << 20)
        self.put("inbox/a", data)
        with store.open_version(self.only(store)) as stream:
            assert len(stream.read(1)) == 1
            self.put("inbox/a", b"two")
            with pytest.raises(FileNotFoundError, match="no object 'inbox/a' "):
                stream.read()


def test_a_listing_of_many_pages_is_whole_and_in_order(bucket: Bucket) -> None:
    store = GcsObjects(bucket)
    names = [f"p/{i:05d}" for i in range(1_100)]
    for name in names:
        bucket.blob(name).upload_from_string(b"")
    assert list(store.names("p/")) == names
    assert [version.name for version in store.versions("p/", names[1_050])] == names[1_051:]


def test_a_listing_begins_where_it_is_asked_to(behind: GcsObjects, faults: Faults) -> None:
    behind.create("p/a/1", b"")
    faults.asked.clear()
    assert list(behind.names("p/", "p/b/")) == []
    assert any("startOffset=p%2Fb%2F" in path for path in faults.asked)


@pytest.fixture
def faults(gcs_url: str) -> Iterator[Faults]:
    with faulty(gcs_url) as proxy:
        yield proxy


@pytest.fixture
def behind(faults: Faults, bucket: Bucket) -> GcsObjects:
    """The bucket behind the proxy, with quick retries."""
    far = storage_client(PROJECT, faults.url).bucket(bucket.name)
    return GcsObjects(far, retry(first_wait_seconds=0.001, for_seconds=5))


@pytest.mark.parametrize(
    "fault", [(429, "rateLimitExceeded"), (503, "backendError"), (500, "internalError"), "lost"], ids=str
)
def test_what_passes_is_asked_again(behind: GcsObjects, faults: Faults, fault: tuple[int, str] | str) -> None:
    faults.first(2, fault, "POST", "upload")
    behind.create("a", b"one")
    faults.first(2, fault, "GET", "/o/a")
    assert behind.read("a", 3) == b"one"
    faults.first(2, fault, "GET", "prefix")
    assert list(behind.names("")) == ["a"]


def test_an_answer_that_is_lost_spoils_no_object(
    behind: GcsObjects, faults: Faults, store: GcsObjects
) -> None:
    faults.first(1, "lost", "POST", "upload")
    assert behind.create("a", b"one") is False, "the repeated request finds the object of the first"
    with pytest.raises(ObjectExistsError, match="object 'a' exists with other content"):
        behind.create("a", b"two")
    assert store.read("a", 3) == b"one"


def test_a_missing_role_is_named_and_not_asked_again(behind: GcsObjects, faults: Faults) -> None:
    faults.say = lambda _method, _path: (403, "forbidden")
    for use, role, requests in (
        # Looks whether the object is there: then GCS refused to replace it, which nobody asked for.
        (lambda: behind.create("a", b""), "storage.objectCreator", 2),
        (lambda: behind.read("a", 1), "storage.objectViewer", 1),
        (lambda: behind.exists("a"), "storage.objectViewer", 1),
        (lambda: list(behind.names("")), "storage.objectViewer", 1),
    ):
        faults.asked.clear()
        with pytest.raises(MissingRoleError, match=rf"gs://.*{role}"):
            use()
        # Beside the request itself the client looks up the bucket, for its traces.
        assert len([path for path in faults.asked if "/o" in path]) == requests


def test_a_refusal_to_replace_what_is_there_means_that_it_is_there(
    behind: GcsObjects, faults: Faults, store: GcsObjects
) -> None:
    """As GCS may answer an account that creates and never deletes, where a write is made again."""
    store.create("a", b"one")
    faults.say = lambda method, _path: (403, "forbidden") if method == "POST" else None
    assert behind.create("a", b"one") is False
    with pytest.raises(ObjectExistsError, match="object 'a' exists with other content"):
        behind.create("a", b"two")
    with pytest.raises(MissingRoleError, match=r"storage\.objectCreator"):
        behind.create("b", b"one")
