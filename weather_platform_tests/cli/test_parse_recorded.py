"""Every recorded file of history and forecast archives through every source's reader, as a user calls it."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from weather_platform.cli.main import cli
from weather_platform.cli.options import SOURCE_NAMES

# Which source reads which files; all others refuse them.
READS = {
    "gsod": ("history/noaa_gsod/**/*.csv", "history/bigquery/gsod*.csv"),
    "ghcn_daily": ("history/ghcn_daily/**/*.dly.gz", "history/ghcn_daily/by_year_long/*.csv"),
    "isd_lite": ("history/noaa_isd_lite/**/*.gz",),
    "isd": ("history/noaa_isd_full/*.gz",),
    "dwd_poi": ("history/dwd_cdc/observations_current.csv",),
    "meteostat": ("forecast_archives/meteostat_6cities_2020/history_*.json",),
    "open_meteo": ("forecast_archives/openmeteo_raw_pyrenees/openmeteo_raw/**/*.gz",),
    "weatherapi": ("forecast_archives/weatherapi_columbia_sc/*.json",),
}
# Some 900 replies of two kinds: their own source reads them all, every other refuses each tenth.
_MANY = ("openmeteo_raw", "xema_api_obs")


@pytest.fixture(scope="module")
def every(recorded_data: Path) -> list[Path]:
    found = [
        path
        for folder in ("history", "forecast_archives")
        for path in sorted((recorded_data / folder).rglob("*"))
        if path.is_file()
    ]
    assert len(found) > 900
    return found


def given(every: list[Path], mine: set[Path]) -> list[Path]:
    """All files, but of the many only each tenth that is not `mine`."""
    many = [path for path in every if path not in mine and any(part in path.parts for part in _MANY)]
    return [path for path in every if path not in set(many)] + many[::10]


def outcome(source: str, files: list[Path], out: Path) -> dict:
    arguments = ["parse", source, *map(str, files), "--json", "--out", str(out)]
    result = CliRunner().invoke(cli, arguments)
    assert result.exit_code in (0, 1) and "Traceback" not in result.output, result.output[-2000:]
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return json.loads(result.stdout)


@pytest.mark.recorded
@pytest.mark.parametrize("source", [name for name in SOURCE_NAMES if name != "stations"])
def test_every_recorded_file_is_read_or_refused_and_nothing_is_lost(
    source: str, every: list[Path], recorded_data: Path, tmp_path: Path
) -> None:
    mine = {path for pattern in READS.get(source, ()) for path in recorded_data.glob(pattern)}
    files = given(every, mine)
    found = outcome(source, files, tmp_path / "rows.parquet")
    refused = {text.split(": ")[0] for text in found["files_not_used"]}
    assert {str(path) for path in files} - refused == {str(path) for path in mine}
    for text in found["files_not_used"]:
        assert len(text.split(": ", 1)[1]) > 10, text
    if "kept" in found:
        assert found["read"] == found["kept"] + found["rows_set_aside"] + sum(found["left_out"].values())
    else:
        dropped = ("rows_set_aside", "past_rows_dropped", "rows_without_values", "rows_repeated")
        assert found["rows_read"] == sum(found[name] for name in (*dropped, "rows", "rows_unpaired"))
    assert (found["rows"] > 0) == bool(mine)
    counts = {name: value for name, value in found.items() if name not in ("files_not_used", "feeds")}
    print(source, f"{len(mine)} files read, {len(refused)} refused:", counts)  # noqa: T201 - shown by pytest -s
