"""An archive that gives a variable in several units is evaluated in one, or refused with what to do."""

import pandas as pd
import pytest

from weather_platform.core.evaluate.archive import ArchiveError, checked
from weather_platform.core.evaluate.one_unit import in_one_unit
from weather_platform.core.evaluate.score import evaluate
from weather_platform_tests.core.evaluate.archives import daily_archive

VALUES = ["forecast", "observation"]


def _of_b(archive: pd.DataFrame, unit: str, factor: float = 1.0, offset: float = 0.0) -> pd.DataFrame:
    """Source b's rows in another unit; a's, of which there are a few more, as they are."""
    b = archive["source"] == "b"
    out = archive.drop(archive.index[b][:5])
    b = out["source"] == "b"
    out.loc[b, VALUES] = out.loc[b, VALUES] * factor + offset
    return out.assign(unit=out["unit"].where(~b, unit))


@pytest.mark.parametrize(
    ("unit", "factor", "offset", "told"),
    [("°C", 1.0, 0.0, 0), ("deg C", 1.0, 0.0, 0), ("K", 1.0, 273.15, 1), ("degF", 1.8, 32.0, 1)],
)
def test_values_are_those_of_one_unit(unit: str, factor: float, offset: float, told: int) -> None:
    plain = checked(_of_b(daily_archive(40), "degC")).reset_index(drop=True)
    found, notes = in_one_unit(checked(_of_b(daily_archive(40), unit, factor, offset)), "t2m")
    pd.testing.assert_frame_equal(found, plain)
    assert notes == told * [f"t2m: what is given in {unit} was converted to degC"]


def test_two_spellings_are_evaluated_and_two_units_told() -> None:
    same = evaluate(checked(_of_b(daily_archive(60), "℃")), "t2m", None, None).scores
    other = evaluate(checked(_of_b(daily_archive(60), "K", 1.0, 273.15)), "t2m", None, None).scores
    assert (same["unit"], same["notes"]) == ("degC", [])
    assert other["methods"]["b"]["mae"] == pytest.approx(same["methods"]["b"]["mae"])
    assert other["notes"] == ["t2m: what is given in K was converted to degC"]


@pytest.mark.parametrize("unit", ["m/s", "", "grade"])
def test_what_is_not_surely_the_same_is_refused(unit: str) -> None:
    with pytest.raises(ArchiveError, match=r"given in .*degC.*; convert it to one unit"):
        evaluate(checked(_of_b(daily_archive(40), unit)), "t2m", None, None)


def test_a_unit_that_is_the_forecasts_alone_is_refused() -> None:
    archive = _of_b(daily_archive(40).assign(variable="wind", unit="m/s"), "km/h")
    archive.loc[archive["source"] == "b", "forecast"] *= 3.6
    with pytest.raises(ArchiveError, match="its observations in one of them"):
        in_one_unit(checked(archive), "wind")


def test_dry_days_and_what_one_source_alone_has_hide_no_wrong_unit() -> None:
    """0 is the same in every unit. Found by a mutant: four days in five were dry, and inches were taken for
    the unit of observations that were in millimetres."""
    archive = daily_archive(40).assign(variable="rain", unit="mm")
    day, of_a = archive["valid_time"].dt.day_of_year, archive["source"] == "a"
    rain = archive["observation"].abs().where(day % 5 == 0, 0.0)
    archive = archive.assign(observation=rain, forecast=rain)[(of_a & (day <= 25)) | (~of_a & (day >= 20))]
    found = checked(_of_b(archive, "inch", 1 / 25.4))
    converted, notes = in_one_unit(found, "rain")
    assert converted["observation"].max() == pytest.approx(rain.max()) and len(notes) == 1
    found.loc[found["unit"] == "inch", "observation"] *= 25.4
    with pytest.raises(ArchiveError, match="its observations in one of them"):
        in_one_unit(found, "rain")


@pytest.mark.parametrize("places_of_b", [["p0"], ["p0", "p1"]], ids=["fewer in K", "more in K"])
def test_an_anomaly_is_given_no_other_zero(places_of_b: list[str]) -> None:
    archive = daily_archive(40)
    archive = archive[archive["location_id"].isin(places_of_b) == (archive["source"] == "b")]
    with pytest.raises(ArchiveError, match="no temperatures; convert it to one unit"):
        in_one_unit(checked(_of_b(archive, "K")), "t2m")


@pytest.mark.parametrize(("unit", "written"), [("K", 1.5), ("degF", 2.7), ("", 1.5)])
def test_a_standard_deviation_has_no_zero(unit: str, written: float) -> None:
    archive = daily_archive(40)
    spread = archive[archive["source"] == "a"].assign(source="a_sd", unit=unit, forecast=written)
    found, notes = in_one_unit(checked(pd.concat([archive, spread], ignore_index=True)), "t2m")
    assert found.loc[found["source"] == "a_sd", "forecast"].unique() == pytest.approx([1.5])
    assert notes == []


def test_standard_deviations_alone_are_no_forecast() -> None:
    of = [daily_archive(9).assign(source=f"{name}_sd", unit=unit) for name, unit in (("a", "K"), ("b", "°F"))]
    with pytest.raises(ArchiveError, match="there is no forecast in the archive"):
        evaluate(checked(pd.concat(of)), "t2m", None, None)
