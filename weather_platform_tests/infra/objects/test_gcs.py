"""Objects in a bucket, against a real server: the contracts of every store, and what only a network does."""

import json
import re
import uuid
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from google.cloud.storage import Bucket

from weather_platform.infra.google.clients import storage_client
from weather_platform.infra.google.errors import MissingRoleError, retry
from weather_platform.infra.objects import gcs_shelf
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


@pytest.fixture
def faults(gcs_url: str) -> Iterator[Faults]:
    with faulty(gcs_url) as proxy:
        yield proxy


@pytest.fixture
def behind(faults: Faults, bucket: Bucket) -> GcsObjects:
    """The bucket behind the proxy, with quick retries."""
    far = storage_client(PROJECT, faults.url).bucket(bucket.name)
    return GcsObjects(far, retry(first_wait_seconds=0.001, for_seconds=5))


def as_gcs_lists(path: str, body: bytes) -> bytes:
    """A listing's answer as GCS gives it, and the stand-in does not: a page, of what `fields` names. Theirs
    has 1 000 objects, ours three.
    """
    asked = parse_qs(urlsplit(path).query)
    if "prefix" not in asked:
        return body
    answer, named = json.loads(body), set(re.split(r"[(),]", asked["fields"][0]))
    left = [item for item in answer["items"] if item["name"] > asked.get("pageToken", [""])[0]]
    answer["items"] = [{name: item[name] for name in item if name in named} for item in left[:3]]
    more = {"nextPageToken": left[2]["name"]} if len(left) > 3 else {}
    return json.dumps({name: value for name, value in (answer | more).items() if name in named}).encode()


def test_a_listing_of_many_pages_is_whole_and_in_order(
    bucket: Bucket, store: GcsObjects, behind: GcsObjects, faults: Faults
) -> None:
    names = [f"p/{i}" for i in range(8)]
    for name in names:
        bucket.blob(name).upload_from_string(name)
    faults.edit = as_gcs_lists
    assert list(behind.names("p/")) == names
    found = list(behind.versions("p/", names[3]))
    assert [version.name for version in found] == names[4:]
    assert found == list(store.versions("p/", names[3])), "generation, size and time were asked for"
    listings = [path for path in faults.asked if "prefix" in path]
    assert len(listings) == 3 + 2


def test_a_listing_begins_where_it_is_asked_to(behind: GcsObjects, faults: Faults) -> None:
    behind.create("p/a/1", b"")
    faults.asked.clear()
    assert list(behind.names("p/", "p/b/")) == []
    assert any("startOffset=p%2Fb%2F" in path for path in faults.asked)


def test_a_large_object_is_copied_in_as_many_calls_as_it_takes(
    bucket: Bucket, behind: GcsObjects, faults: Faults
) -> None:
    bucket.blob("inbox/a").upload_from_string(b"one")
    (version,) = behind.versions("inbox/")
    begun = [b'{"done": false, "rewriteToken": "goes-on", "totalBytesRewritten": 1, "objectSize": 3}']
    faults.say = lambda _method, path: begun.pop() if begun and "/rewriteTo/" in path else None
    assert behind.copy_version(version, "kept/a") is True
    assert behind.read("kept/a", 3) == b"one"
    calls = [path for path in faults.asked if "/rewriteTo/" in path]
    assert ["rewriteToken=goes-on" in path for path in calls] == [False, True]


def test_a_copy_that_another_made_meanwhile_stands(
    bucket: Bucket, store: GcsObjects, behind: GcsObjects, faults: Faults
) -> None:
    """That it is not there yet may be true no longer: GCS decides, by the condition."""
    bucket.blob("inbox/a").upload_from_string(b"ours")
    (version,) = store.versions("inbox/")
    store.create("kept/a", b"theirs")

    def say(method: str, path: str) -> tuple[int, str] | None:
        if method == "GET":
            return 404, "notFound"
        return (412, "conditionNotMet") if "ifGenerationMatch=0" in path else None

    faults.say = say
    assert behind.copy_version(version, "kept/a") is False
    assert store.read("kept/a", 6) == b"theirs"


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


def test_what_is_published_replaces_what_was(
    bucket: Bucket, faults: Faults, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gcs_shelf, "retry", lambda: retry(first_wait_seconds=0.001, for_seconds=5))
    shelf = gcs_shelf.GcsShelf(storage_client(PROJECT, faults.url).bucket(bucket.name))
    assert shelf.get("report/index.html") is None
    for data in (b"one", b"two"):
        faults.first(1, (503, "backendError"), "POST", "/upload/")
        assert shelf.put("report/index.html", data) == f"gs://{bucket.name}/report/index.html"
        faults.first(1, (503, "backendError"), "GET", "index.html")
        assert shelf.get("report/index.html") == data
    blob = bucket.get_blob("report/index.html")
    assert (blob.content_type, blob.cache_control) == ("text/html", "no-cache"), "a browser shows the newest"
