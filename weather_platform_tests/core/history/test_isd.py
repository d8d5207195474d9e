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


def test_what_isd_has_no_value_for_is_none_and_takes_no_other_with_it() -> None:
    """Each field has its own number for that; taken for a value it would be no weather, and its row aside."""
    missing = {60: "999", 65: "9999", 78: "999999", 87: "+9999", 93: "+9999", 99: "99999"}
    parts = ["GF109991041051012501051001", "MA1999999999999", "OC199999", "AA199999999"]
    columns = [
        *("wind_direction_deg", "wind_speed_m_s", "visibility_m", "temperature_c", "dew_point_c"),
        *("pressure_msl_hpa", "cloud_cover", "surface_pressure_hpa", "wind_gust_m_s", "precipitation_mm"),
    ]
    all_there = ISD_CONTROL + "ADDGF104991041051012501051001MA1102311101421OC101821AA101000391"
    assert one("isd", all_there.encode())[columns].notna().all()
    lines = []
    for number, code in missing.items():
        lines.append(all_there[:number] + code + all_there[number + len(code) :])
    for part in parts:
        start = all_there.index(part[:3])
        lines.append(all_there[:start] + part + all_there[start + len(part) :])
    for column, line in zip(columns, lines, strict=True):
        row = one("isd", line.encode())
        assert row[columns].index[row[columns].isna()].tolist() == [column]


def test_of_amounts_over_one_time_the_first_stands_and_none_is_over_no_hour_or_days() -> None:
    row = one("isd", (ISD_CONTROL + "ADDAA101000391AA201000591").encode())
    assert (row["precipitation_mm"], row["interval_hours"]) == (0.3, 1)
    for hours in ("00", "25", "99"):
        row = one("isd", (ISD_CONTROL + f"ADDAA1{hours}000391").encode())
        assert (row["interval_hours"], row["precipitation_mm"] == row["precipitation_mm"]) == (1, False)


def test_each_of_isds_marks_is_of_its_own_value() -> None:
    marks = {63: "wind_direction_deg", 69: "wind_speed_m_s", 84: "visibility_m", 92: "temperature_c"}
    marks |= {98: "dew_point_c", 104: "pressure_msl_hpa"}
    for at, column in marks.items():
        found = read("isd", (ISD_CONTROL[:at] + "3" + ISD_CONTROL[at + 1 :]).encode())
        assert found.refused == {column: 1}
