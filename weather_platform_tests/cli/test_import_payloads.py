"""`weather-platform import PROVIDER FILES…` as a user calls it."""

import gzip
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from weather_platform.cli.main import cli
from weather_platform.core.parsing.parse import parse_payloads
from weather_platform.core.partitions import CYCLE
from weather_platform.core.providers.registry import PROVIDERS
from weather_platform.infra.configuration.settings import Settings
from weather_platform.infra.platform import Platform
from weather_platform_tests.replies import encoded, open_meteo

BODY = encoded(open_meteo(hours=6))
CYCLE_START = datetime(2026, 8, 1, tzinfo=UTC)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path / "data")


def call(settings: Settings, *arguments: object) -> Result:
    return CliRunner().invoke(cli, ["import", *map(str, arguments)], obj=settings)


def written(path: Path, body: bytes = BODY) -> Path:
    path.write_bytes(gzip.compress(body) if path.suffix == ".gz" else body)
    return path


def everything(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_stamps_place_and_bytes_are_kept_and_a_repeat_changes_nothing(
    settings: Settings, tmp_path: Path
) -> None:
    files = [written(tmp_path / f"20260801T0{h}0000Z_la-molina_17.json.gz") for h in (1, 2, 7)]
    result = call(settings, "open_meteo", *files, "--json")
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout)["stored"] == 3
    before = everything(settings.data_dir)
    store = Platform(settings).payloads
    assert store.cycles("open_meteo") == ["2026-08-01T00Z", "2026-08-01T06Z"]
    kept = list(store.read("open_meteo", [CYCLE_START], []))
    assert [(meta.fetched_at.hour, body) for meta, body in kept] == [(1, BODY), (2, BODY)]
    assert {place.location_id for meta, _ in kept for place in meta.places} == {"la-molina_17"}
    again = call(settings, "open_meteo", *files, "--json")
    assert json.loads(again.stdout) == {"stored": 0, "there_already": 3, "files_not_used": []}
    assert everything(settings.data_dir) == before


def test_imported_replies_parse_like_fetched_ones(settings: Settings, tmp_path: Path) -> None:
    call(settings, "open_meteo", written(tmp_path / "20260801T010000Z_pier.json"))
    parsed = parse_payloads(
        PROVIDERS["open_meteo"], Platform(settings).payloads.read("open_meteo", [CYCLE_START], [])
    )
    assert set(parsed.rows["location_id"]) == {"pier"}
    assert parsed.rows["cycle"].unique().tolist() == [CYCLE_START]
    assert parsed.rows["lead_hours"].tolist() == [0, 1, 2, 3, 4]


def test_a_manifest_gives_times_and_places(settings: Settings, tmp_path: Path) -> None:
    file = written(tmp_path / "whatever.json")
    lines = "file,fetched_at,location_id\nwhatever.json,2026-08-01T03:00:00+02:00,quay\n"
    manifest = written(tmp_path / "m.csv", lines.encode("utf-8-sig"))  # as spreadsheets write it
    locations = written(tmp_path / "l.csv", b"location_id,latitude,longitude\nquay,46.51,7.02\n")
    result = call(settings, "open_meteo", file, "--manifest", manifest, "--locations", locations)
    assert result.exit_code == 0, result.output
    ((meta, _),) = Platform(settings).payloads.read("open_meteo", [CYCLE_START], [])
    assert meta.fetched_at == datetime(2026, 8, 1, 1, tzinfo=UTC)
    assert (meta.places[0].location_id, meta.places[0].latitude) == ("quay", 46.51)
    assert meta.cycle == CYCLE.floor(meta.fetched_at)


@pytest.mark.parametrize(
    ("name", "body", "extra", "cause"),
    [
        ("pier.json", BODY, [], "give --fetched-at, or --manifest"),
        ("20260801T010000Z_pier.json", b"", [], "empty"),
        ("20260801T010000Z_pier.json", BODY[:100], [], "cut short"),
        ("20260801T010000Z_pier.json", BODY, ["--locations", "L"], "'pier' is not in the file of locations"),
        ("20260801T010000Z_far.json", BODY, ["--locations", "L"], "wrong place"),
        ("20260801T010000Z_pier.json", BODY, ["--manifest", "M"], "the manifest has no line for it"),
        ("20260801T010000Z_pier.json", BODY, ["--manifest", "N"], "line 2: fetched_at"),
        ("20260801T010000Z_pier.json", BODY, ["--manifest", "L"], "no column fetched_at, file"),
        ("20260801T010000Z_pier.json", BODY, ["--manifest", "W"], "save it as CSV in UTF-8"),
        ("20260801T010000Z_pier.json", BODY, ["--manifest", "P"], "line 2: nothing in location_id"),
        ("20260801T010000Z_pier.json", BODY, ["--manifest", "E"], "the manifest has no line for it"),
        ("20260801T010000Z_pier.json", BODY, ["--manifest", "F"], "line 2: no CSV"),
        ("20260801T010000Z_pier.json", BODY, ["--manifest", "Z"], "'quay\\x00' is no place's id"),
    ],
)
def test_what_cannot_be_imported_is_named_and_not_stored(
    settings: Settings, tmp_path: Path, name: str, body: bytes, extra: list[str], cause: str
) -> None:
    tables = {
        "L": b"location_id,latitude,longitude\nfar,-33.9,18.4\n",
        "M": b"file,fetched_at,location_id\nother.json,2026-08-01T03:00:00Z,quay\n",
        "N": b"file,fetched_at,location_id\nx.json,2026-08-01T03:00:00,quay\n",
        "W": "file,fetched_at,location_id\nx.json,2026-08-01T03:00:00Z,Zürich\n".encode("cp1252"),
        "P": b"file,fetched_at,location_id\nx.json,2026-08-01T03:00:00Z\n",
        "E": b"file,fetched_at,location_id\n",
        "F": b"file,fetched_at,location_id\n" + b"x" * 200_000 + b",,\n",
        "Z": f"file,fetched_at,location_id\n{name},2026-08-01T03:00:00Z,quay\0\n".encode(),
    }
    paths = {key: str(written(tmp_path / f"{key}.csv", text)) for key, text in tables.items()}
    result = call(
        settings, "open_meteo", written(tmp_path / name, body), *(paths.get(word, word) for word in extra)
    )
    assert result.exit_code == 1
    assert cause in result.stderr
    assert "Traceback" not in result.output
    assert not list(settings.data_dir.rglob("*_*"))


def test_help_and_errors_speak_of_the_command_as_it_is_documented(settings: Settings) -> None:
    listed = call(settings, "--help").stdout
    for name in ("observations", *PROVIDERS):
        assert f"\n  {name} " in listed
    assert "\n  payloads " not in listed
    assert call(settings, "open_meteo", "--help").stdout.startswith(
        "Usage: weather-platform import open_meteo [OPTIONS] FILE"
    )
    none = call(settings, "open_meteo")
    assert none.exit_code == 2
    assert none.stderr.startswith("Usage: weather-platform import open_meteo ")
    wrong = call(settings, "tarot", "a.json")
    assert wrong.exit_code == 2
    assert "'tarot' cannot be imported; choose from observations, open_meteo, " in wrong.stderr
