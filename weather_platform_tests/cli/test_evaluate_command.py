"""`weather-platform evaluate`: what goes in, what comes out, and what is said of an archive that fails."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner, Result

from weather_platform.cli.main import cli
from weather_platform_tests.core.evaluate.archives import daily_archive

BASELINES = {"climatology", "persistence", "equal_weight", "bias_corrected", "emos"}
SCORES = {"crps", "mae", "rmse", "bias", "coverage_80", "coverage_90", "width_80"}


def _evaluate(path: Path, *options: str) -> Result:
    return CliRunner().invoke(cli, ["evaluate", str(path), *options])


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("archive") / "daily.parquet"
    daily_archive().to_parquet(path)
    return path


def test_scores_of_every_method_and_our_quantiles(archive: Path, tmp_path: Path) -> None:
    out = tmp_path / "predictions.parquet"
    result = _evaluate(archive, "--json", "--test-from", "2025-04-10", "--out", str(out))
    assert result.exit_code == 0, result.output
    scores = json.loads(result.stdout)
    assert set(scores["methods"]) == BASELINES | {"ours", "a", "b"}
    assert all(set(line) >= SCORES for line in scores["methods"].values())
    assert set(scores["differences"]) == set(scores["methods"]) - {"ours"}
    made = pd.read_parquet(out)
    keys = ["location_id", "variable", "init_time", "valid_time", "lead_hours"]
    assert list(made.columns) == [*keys, *(f"q{index}" for index in range(20))]
    assert len(made) == scores["n"]
    assert made["valid_time"].min() >= pd.Timestamp("2025-04-10", tz="UTC")
    quantiles = made[[f"q{index}" for index in range(20)]].to_numpy()
    assert (quantiles[:, 1:] >= quantiles[:, :-1]).all()
    # As somebody would who has the archive and the file alone: equal to what the help allows.
    truth = daily_archive().drop_duplicates(keys[:4])[[*keys[:4], "observation"]]
    truth[["init_time", "valid_time"]] = truth[["init_time", "valid_time"]].apply(pd.to_datetime, utc=True)
    observed = made.merge(truth, on=keys[:4], validate="one_to_one")["observation"].to_numpy()
    below, level = observed[:, None] - quantiles, np.arange(0.025, 1, 0.05)
    crps = 2 * np.maximum(level * below, (level - 1) * below).mean()
    assert 0.99 < crps / scores["methods"]["ours"]["crps"] <= 1.0
    middle = quantiles[:, 9:11].mean(axis=1) - observed
    assert abs(middle).mean() == pytest.approx(scores["methods"]["ours"]["mae"], rel=2e-3)


def _tables(result: Result) -> dict[str, dict[str, list[str]]]:
    """By title, the cells by method in the order printed; tables stand apart by an empty line."""
    lines = [line.rstrip() for line in result.stdout.splitlines()]
    found = {}
    for block in "\n".join(lines).split("\n\n")[:-1]:
        rule = block.index("───")
        rows = block[rule:].splitlines()[1:]
        found[block.splitlines()[0]] = {row.split()[0]: row.split()[1:] for row in rows}
    return found


def test_people_get_a_line_per_method_with_coverage_as_a_share_of_a_hundred(archive: Path) -> None:
    result = _evaluate(archive)
    ((title, lines),) = _tables(result).items()
    assert title.startswith("t2m (degC), ")
    assert len(lines) == len(BASELINES) + 3
    crps, _, _, in_80, in_90, *_, ours_crps = lines["ours"]
    assert crps == ours_crps
    assert 50 < float(in_80) < float(in_90) <= 100
    assert lines["climatology"][-1].endswith("*")
    assert "on the very rows that the method has" in " ".join(result.stdout.split())


@pytest.mark.parametrize(("size", "bias"), [(1e-4, r"0\.000\d{3}"), (1e9, r"\d\.\d{2}e\+09")])
def test_errors_of_any_size_are_told_apart(size: float, bias: str, tmp_path: Path) -> None:
    """Of a humidity in kg/kg every figure was 0.000."""
    frame = daily_archive(40).assign(variable="q", unit="kg/kg")
    frame[["forecast", "observation"]] *= size
    frame.to_parquet(tmp_path / "q.parquet")
    (table,) = _tables(_evaluate(tmp_path / "q.parquet")).values()
    assert re.fullmatch(bias, table["a"][2])
    assert len({cells[1] for cells in table.values()}) > 4


def test_variables_stand_apart_and_a_method_without_any_error_stands_first(tmp_path: Path) -> None:
    path, archive = tmp_path / "constant.parquet", daily_archive(30).assign(observation=10.0)
    rain = archive.assign(variable="precipitation", unit="mm", forecast=archive["forecast"].clip(0))
    pd.concat([archive, rain]).to_parquet(path)
    tables = _tables(_evaluate(path))
    assert [title.partition(",")[0] for title in tables] == [
        "t2m (degC)",
        "precipitation (mm)",
        "precipitation: 0.1 mm or more",
    ]
    assert set(list(tables[next(iter(tables))])[:2]) == {"climatology", "persistence"}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda frame: frame.drop(columns="observation"), "columns missing: observation"),
        (lambda frame: frame.assign(forecast="warm"), "forecast: "),
        (lambda frame: frame.assign(valid_time="soon"), "valid_time: "),
    ],
)
def test_an_archive_that_will_not_do_is_named_with_the_reason(
    change: Callable[[pd.DataFrame], pd.DataFrame], message: str, tmp_path: Path
) -> None:
    path = tmp_path / "bad.parquet"
    change(daily_archive(20)).to_parquet(path)
    result = _evaluate(path)
    assert result.exit_code == 1
    assert str(path) in result.output
    assert message in result.output


@pytest.mark.parametrize("options", [(), ("--json",), ("--out", "made.parquet")], ids=str)
def test_an_archive_without_rows_is_one_clear_error(options: tuple[str, ...], tmp_path: Path) -> None:
    path = tmp_path / "empty.parquet"
    daily_archive(20).iloc[:0].to_parquet(path)
    result = _evaluate(path, *options)
    assert result.exit_code == 1
    assert (
        result.output
        == f"Error: {path}: there are no rows in it; write the pairs of forecast and observation\n"
    )


def test_a_variable_that_will_not_do_keeps_no_other_from_its_scores(tmp_path: Path) -> None:
    archive, path = daily_archive(60), tmp_path / "several.parquet"
    unseen = archive.assign(variable="wind_speed", unit="m/s", observation=float("nan"))
    turning = archive.assign(variable="wind_direction", unit="deg")
    pd.concat([archive, unseen, turning]).to_parquet(path)
    result = _evaluate(path, "--json", "--out", str(tmp_path / "made.parquet"))
    assert result.exit_code == 0, result.output
    scores = json.loads(result.stdout)
    assert scores["variables"].keys() == {"t2m"}
    assert scores["not_scored"].keys() == {"wind_speed", "wind_direction"}
    told = result.stderr.splitlines()
    assert told[0].startswith("not scored: wind_speed: no row with an observation is valid from ")
    assert told[1] == (
        "not scored: wind_direction: a direction is a circle; give its u and v components instead "
        "(name the others with --variable to leave it out)"
    )
    assert set(pd.read_parquet(tmp_path / "made.parquet")["variable"]) == {"t2m"}
    alone = _evaluate(path, "--variable", "wind_direction")
    assert alone.exit_code == 1
    assert alone.output == (
        f"Error: {path}: wind_direction: a direction is a circle; give its u and v components instead\n"
    )


def test_an_unknown_unit_and_a_copied_truth_are_told_beside_the_scores(tmp_path: Path) -> None:
    archive, path = daily_archive().assign(unit="grade"), tmp_path / "copied.parquet"
    archive["forecast"] = archive["forecast"].where(archive["source"] == "a", archive["observation"])
    archive.to_parquet(path)
    result = _evaluate(path)
    assert result.exit_code == 0, result.output
    told = result.stderr.splitlines()
    assert told[0].startswith("t2m: the unit 'grade' is unknown: ")
    assert told[1].startswith("not scored, and no input of any method: b at p0: ")
    assert len(told) == 4


def test_times_may_be_written_as_the_scores_have_them_and_places_come_back_as_they_were(
    tmp_path: Path,
) -> None:
    path, out = tmp_path / "short.parquet", tmp_path / "made.parquet"
    archive = daily_archive(12)
    places = archive["location_id"].str.removeprefix("p").astype(int)
    # As an index of pandas, which it is again when it is read, an archive has all of its columns too.
    archive.assign(location_id=places).set_index(["location_id", "init_time"]).to_parquet(path)
    result = _evaluate(path, "--json", "--test-from", "2025-01-11T00:00:00Z", "--out", str(out))
    assert result.exit_code == 0, result.output
    assert pd.read_parquet(out)["location_id"].tolist() == [0, 1, 2, 0, 1, 2]
    assert json.loads(result.stdout)["test_from"] == "2025-01-11T00:00:00Z"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--truth-delay", "nan"), "nan is no number of hours"),
        (("--truth-delay", "inf"), "inf is not in the range 0<=x<=87840"),
        (("--test-from", "2100-01-01"), "from 2100-01-01 00:00 on; the last is valid at 2025-05-30 00:00"),
        (("--out", "{folder}/none/made.parquet"), "there is no folder {folder}/none; make it, or name"),
        (("--out", "{archive}"), "{archive}: is the archive itself; name another file"),
    ],
    ids=str,
)
def test_an_option_that_cannot_be_is_said_before_the_walk(
    options: tuple[str, ...], message: str, archive: Path, tmp_path: Path
) -> None:
    before, place = archive.read_bytes(), {"folder": tmp_path, "archive": archive}
    result = _evaluate(archive, *(option.format_map(place) for option in options))
    assert result.exit_code in (1, 2)
    assert message.format_map(place) in " ".join(result.output.split())
    assert archive.read_bytes() == before


def test_what_is_no_parquet_and_a_variable_that_is_not_there_are_said(archive: Path, tmp_path: Path) -> None:
    path = tmp_path / "text.parquet"
    path.write_text("hello")
    said = " ".join(_evaluate(path).output.split())
    assert "not a Parquet file" in said and "to_parquet('a.parquet')" in said
    assert "no variable snow; the archive has t2m" in _evaluate(archive, "--variable", "snow").output
