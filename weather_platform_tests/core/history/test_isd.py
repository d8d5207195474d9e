"""ISD in full: mandatory and additional parts, and what its marks mean."""

import pytest

from weather_platform_tests.core.history.archive_files import ISD_CONTROL, one, read


def test_isd_mandatory_and_additional_parts() -> None:
    line = (
        ISD_CONTROL
        + "ADDAA106012091AA201000391GF106991041051012501051001MA1102311101421OC101821REMAA101999991"
    )
    row = one("isd", line.encode())
    assert (row["station_id"], row["report"], row["quality"]) == ("011490-99999", "FM-12", "good")
    assert (row["temperature_c"], row["wind_speed_m_s"], row["visibility_m"]) == (-7.8, 6.7, 28000)
    assert (row["precipitation_mm"], row["interval_hours"]) == (0.3, 1)  # AA2 is of one hour, AA1 of six
    assert (row["cloud_cover"], row["surface_pressure_hpa"], row["wind_gust_m_s"]) == (0.75, 1014.2, 18.2)


def test_a_value_that_isd_marks_as_wrong_is_refused_and_a_suspect_one_marks_its_row() -> None:
    wrong = ISD_CONTROL.replace("-00781", "-00783")
    suspect = ISD_CONTROL.replace("-00781", "-00786").replace("10106004", "10107004")
    found = read("isd", f"{wrong}\n{suspect}\n".encode())
    assert found.refused == {"temperature_c": 1}
    assert found.rows["quality"].tolist() == ["good", "suspect"]
    assert found.rows["temperature_c"].isna().tolist() == [True, False]


@pytest.mark.parametrize(("conditions", "whole"), [("92E", True), ("1345678IJ", False)])
def test_an_amount_that_isd_calls_no_whole_one_is_refused(conditions: str, whole: bool) -> None:
    lines = [f"{ISD_CONTROL[:25]}{i:02d}{ISD_CONTROL[27:]}ADDAA1010003{c}1" for i, c in enumerate(conditions)]
    found = read("isd", "\n".join(lines).encode())
    assert found.rows["precipitation_mm"].notna().tolist() == [whole] * len(conditions)
    assert found.refused == ({} if whole else {"precipitation_mm": len(conditions)})


def test_call_letters_that_contain_the_mark_of_remarks_hide_nothing() -> None:
    control = ISD_CONTROL[:51] + "UREM " + ISD_CONTROL[56:]
    row = one("isd", (control + "ADDAA101000391MA1102311101421REMAA101999991").encode())
    assert (row["precipitation_mm"], row["surface_pressure_hpa"]) == (0.3, 1014.2)
