"""The object of a reply: exact bytes back, by us and by any zstd tool, and damage found."""

import shutil
import subprocess
from dataclasses import replace

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from weather_platform.core.fetching.payloads import DamagedPayloadError, Meta, digest, pack, read_meta, unpack
from weather_platform.core.places import Place
from weather_platform_tests.replies import START

PLACE = Place("here", 46.5, 7.0, 512.0, "CH", "Hier")


def meta_of(body: bytes) -> Meta:
    return Meta(
        provider="open_meteo",
        cycle=START,
        request="batch-000",
        role="forecast",
        places=(PLACE, Place("there", -33.9, 18.4)),
        url="https://api.open-meteo.com/v1/forecast?models=a%2Cb&latitude=46.5",
        status=200,
        fetched_at=START.replace(minute=15, microsecond=123456),
        quota_weight=2.5,
        **digest(body),
    )


@given(st.binary(max_size=5000))
def test_round_trip(body: bytes) -> None:
    meta = meta_of(body)
    data = pack(meta, body)
    assert unpack(data, 5000) == (meta, body)
    assert read_meta(data) == meta
    assert pack(meta, body) == data


@pytest.mark.skipif(shutil.which("zstd") is None, reason="the zstd command is not installed")
def test_the_zstd_command_gives_the_bytes_as_served() -> None:
    body = b'{"latitude": 46.5}' * 100
    done = subprocess.run(["zstd", "-dc"], input=pack(meta_of(body), body), capture_output=True, check=True)  # noqa: S607
    assert done.stdout == body


def test_the_frames_are_standard() -> None:
    data = pack(meta_of(b"body"), b"body")
    reader = zstandard.ZstdDecompressor().stream_reader(data, read_across_frames=True)
    assert reader.read() == b"body"


def test_row_is_the_manifests_and_asked_is_the_requests() -> None:
    meta = meta_of(b"x")
    assert meta.row()["location_ids"] == "here,there"
    assert meta.row()["object"] == "payloads/open_meteo/2026-08-01T00Z/batch-000"
    assert meta.asked().params == {"models": "a,b", "latitude": "46.5"}
    assert meta.asked().places == meta.places


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        (lambda data: data[:0], "does not begin with a payload header"),
        (lambda data: b"{}" + data, "does not begin with a payload header"),
        (lambda data: data[:20], "the header cannot be read"),
        (lambda data: data[:-3], "its SHA-256 differs"),
        (lambda data: data.replace(b"some body", b"sone body"), "its SHA-256 differs"),
        (lambda data: data[:-3] + b"xyz", "the body cannot be decompressed"),
        (lambda data: data.replace(b'"sha256":"', b'"sha256":"0', 1), "the header cannot be read"),
        (lambda data: data[:4] + b"\xff\xff\xff\xff" + data[8:], "the header claims 4294967295 bytes"),
        (lambda data: data.replace(b'"provider"', b'"provides"'), "the header cannot be read: .*'provides'"),
    ],
)
def test_damage_is_found(damage, told: str) -> None:  # type: ignore[no-untyped-def]
    body = b"some body that compresses to something" * 20
    with pytest.raises(DamagedPayloadError, match=told):
        unpack(damage(pack(meta_of(body), body)), 10_000)


def test_a_body_is_never_decompressed_beyond_its_bound() -> None:
    bomb = b"\0" * 10_000_000
    small = pack(replace(meta_of(bomb), bytes=100), bomb)
    with pytest.raises(DamagedPayloadError, match="its SHA-256 differs from the header's"):
        unpack(small, 1000)
    with pytest.raises(DamagedPayloadError, match="more than the 1000 allowed"):
        unpack(pack(meta_of(bomb), bomb), 1000)
