"""What copies the truth is neither scored nor heard by any method, in any unit; an unknown unit is told."""

import numpy as np
import pandas as pd
import pytest

from weather_platform.core.evaluate.archive import ArchiveError, checked, wide
from weather_platform.core.evaluate.kinds import UNBOUNDED
from weather_platform.core.evaluate.score import evaluate
from weather_platform.core.evaluate.truth import refused_truth
from weather_platform.core.evaluate.unit import told_of
from weather_platform_tests.core.evaluate.archives import daily_archive


def _copied(unit: str, places: tuple[str, ...] = ("p0", "p1", "p2")) -> pd.DataFrame:
    """Source b is the truth at `places`; in °F, as whoever writes `unit` means it."""
    archive = daily_archive().assign(unit=unit)
    copies = (archive["source"] == "b") & archive["location_id"].isin(places)
    archive["forecast"] = archive["forecast"].where(~copies, archive["observation"])
    return archive.assign(**{c: archive[c] * 1.8 + 32 for c in ("forecast", "observation")})


@pytest.mark.parametrize("unit", ["degF", "grade"])
def test_what_copies_the_truth_is_an_input_of_no_method(unit: str) -> None:
    copied = evaluate(checked(_copied(unit)), "t2m", None, None).scores
    honest = _copied(unit)
    alone = evaluate(checked(honest[honest["source"] == "a"]), "t2m", None, None).scores
    assert {(row["source"], row["location_id"]) for row in copied["truth_refused"]} == {
        ("b", place) for place in ("p0", "p1", "p2")
    }
    assert copied["methods"].pop("b")["n"] == 0
    assert copied["methods"] == alone["methods"]


def test_a_source_is_heard_where_it_is_honest() -> None:
    archive = checked(_copied("degF", ("p1",)))
    rows, sources = wide(archive, "t2m", refused_truth(archive, "t2m", "temperature_c"))
    assert sources == ["a", "b"]
    assert rows.groupby("location_id")["b"].count().to_dict() == {"p0": 150, "p1": 0, "p2": 150}
    assert rows["observed"].notna().all()
    scores = evaluate(archive, "t2m", pd.Timestamp("2025-05-20", tz="UTC"), None).scores
    assert [scores["methods"][name]["n"] for name in ("a", "b")] == [scores["n"], scores["n"] * 2 // 3]


def test_the_truth_is_kept_that_only_the_source_it_came_from_has_beside_it() -> None:
    archive = _copied("degF")
    archive["observation"] = archive["observation"].where(archive["source"] == "b")
    rows, _ = wide(checked(archive), "t2m", pd.DataFrame({"source": ["b"], "location_id": ["p1"]}))
    assert rows["observed"].notna().all()


def test_an_archive_of_copies_alone_is_refused() -> None:
    archive = _copied("degF")
    with pytest.raises(
        ArchiveError, match="all truth seems to be the sources' own output; give measurements"
    ):
        evaluate(checked(archive[archive["source"] == "b"]), "t2m", None, None)


def test_agreement_at_the_ends_of_a_scale_proves_nothing() -> None:
    archive = daily_archive().assign(variable="cloud", unit="%")
    archive["observation"] = archive["forecast"] = np.where(archive["observation"] > 10, 100.0, 0.0)
    assert refused_truth(checked(archive), "cloud", "cloud_cover").empty


def test_a_unit_that_is_unknown_is_told_with_what_it_means() -> None:
    assert told_of("t2m", "deg F", "temperature_c") == told_of("x7", "mm", UNBOUNDED) == []
    (said,) = told_of("t2m", "grade", "temperature_c")
    assert said.startswith(
        "t2m: the unit 'grade' is unknown: its values are taken for °C, scores are in the "
    )
    (said,) = told_of("ghi", "W m-2", UNBOUNDED)
    assert said.startswith("ghi: the unit 'W m-2' is unknown: scores are in the values' own unit, and ")
    (said,) = told_of("rain", " ", "precipitation_mm")
    assert said.startswith("rain: no unit is given: its values are taken for mm, ")
    found = evaluate(checked(daily_archive(60).assign(unit="grade")), "t2m", None, None).scores
    assert (found["unit"], found["unit_known"], len(found["notes"])) == ("grade", False, 1)
