"""A source may have any name: it takes the place of no method and of no column."""

import pandas as pd
import pytest

from weather_platform.core.evaluate.archive import checked, wide, with_earlier
from weather_platform.core.evaluate.features import features_of
from weather_platform.core.evaluate.score import evaluate
from weather_platform.core.evaluate.sources import BASELINES, METHODS, apart
from weather_platform.core.feed_columns import VALUE, column_of
from weather_platform_tests.core.evaluate.archives import daily_archive


def test_only_names_that_are_taken_change_and_none_become_one() -> None:
    given = ["gfs", "ours", "climatology", "climatology (source)", "gfs, earlier", "Observed"]
    assert apart(given) == {
        "gfs": "gfs",
        "ours": "ours (source)",
        "climatology": "climatology (source) (source)",
        "climatology (source)": "climatology (source)",
        "gfs, earlier": "gfs, earlier (source)",
        "Observed": "Observed",
    }


def test_of_two_that_are_spelled_as_one_column_one_has_another_name() -> None:
    assert apart(["a__b"]) == {"a__b": "a__b"}
    assert apart(["a__b", "a/b"]) == {"a/b": "a/b", "a__b": "a__b (source)"}


def test_two_sources_that_are_spelled_as_one_column_are_both_heard() -> None:
    archive = daily_archive(20)
    plain, _ = _features(archive)
    features, sources = _features(archive.replace({"source": {"a": "x/y", "b": "x__y"}}))
    assert sources == ["x/y", "x__y (source)"]
    for source, was in zip(sources, ("a", "b"), strict=True):
        assert features[column_of(VALUE, source)].tolist() == plain[column_of(VALUE, was)].tolist()


def _features(archive: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    rows, sources = wide(checked(archive), "t2m")
    return features_of(rows, sources, "temperature_c", 30.0), sources


@pytest.mark.parametrize(
    "name",
    [*METHODS, *BASELINES, "location_id", "init_time", "valid_time", "lat", "lon", "elevation_m",
     "lead_hours", "member_sd", "observed", "source", "forecast", "variable", "cycle", "known_at",
     "level_0", "a, earlier"],
)  # fmt: skip
def test_every_name_makes_wide_rows_of_the_same_values(name: str) -> None:
    archive = daily_archive(20)
    plain, _ = wide(checked(archive), "t2m")
    rows, sources = wide(checked(archive.replace({"source": {"b": name}})), "t2m")
    rows, sources = with_earlier(rows, sources, rows["init_time"].max())
    assert len(sources) == len(set(sources)) == 2
    (renamed,) = set(sources) - {"a"}
    assert rows.columns.is_unique
    assert rows[renamed].tolist() == plain["b"].tolist()
    for column in ("location_id", "lead_hours", "observed"):
        assert rows[column].tolist() == plain[column].tolist()


def test_a_source_that_is_called_like_a_method_is_scored_beside_it() -> None:
    archive = daily_archive(60)
    plain = evaluate(checked(archive), "t2m", None, None).scores
    named = evaluate(checked(archive.replace({"source": {"b": "climatology"}})), "t2m", None, None).scores
    for table in ("methods", "differences"):
        expected = {
            "climatology (source)" if name == "b" else name: line for name, line in plain[table].items()
        }
        assert named[table] == expected
