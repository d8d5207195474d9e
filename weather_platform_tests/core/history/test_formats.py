"""File formats of archives: nothing lost without a count, whatever a file holds."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from weather_platform.core.history.format import File
from weather_platform.core.history.formats import FORMATS
from weather_platform.core.observations.table import ObservationFileError
from weather_platform_tests.core.history.archive_files import (
    HOUR,
    ISD_CONTROL,
    PSV,
    dly,
    isd_lite,
    product,
    psv,
    read,
)
from weather_platform_tests.core.history.test_gsod import ncei

_GOOD = {
    "isd_lite": isd_lite(HOUR, HOUR),
    "isd": f"{ISD_CONTROL}ADDAA106012091\n{ISD_CONTROL}\n".encode(),
    "ghcn_hourly": psv(PSV, PSV),
    "ghcn_daily": dly("TMAX", [(123, "  7"), (95, "H 7")]).encode(),
    "dwd": product("1766;2024030506;3;-1.5;88.0;eor", "1766;2024030507;3;-1.5;88.0;eor"),
    "meteostat": b"2024-03-05,6,3.1,1.0,86,0.2,,250,18,36,1009.1,,3\n" * 2,
}


@pytest.mark.parametrize("form", _GOOD)
@settings(max_examples=40)
@given(data=st.data())
def test_no_damage_makes_a_traceback_or_loses_a_row(form: str, data: st.DataObject) -> None:
    good = _GOOD[form]
    at = data.draw(st.integers(0, len(good)))
    length = data.draw(st.integers(0, 12))
    damaged = good[:at] + data.draw(st.binary(max_size=8)) + good[at + length :]
    try:
        read(form, damaged, {"meteostat": "10637.csv"}.get(form, "071690-99999-2024"))
    except ObservationFileError as error:
        assert str(error)


@pytest.mark.parametrize("form", _GOOD)
def test_what_programs_write_before_the_first_line_and_behind_each_changes_no_row(form: str) -> None:
    name = {"meteostat": "10637.csv"}.get(form, "071690-99999-2024")
    good = read(form, _GOOD[form], name)
    for written in (b"\xef\xbb\xbf\r\n" + _GOOD[form], _GOOD[form].replace(b"\n", b"\r\n")):
        found = read(form, written, name)
        pd.testing.assert_frame_equal(found.rows, good.rows)
        assert found.read == good.read


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize(
    "data", [b"", b"\n\n", b"<html>busy</html>", b"a,b\n1,2\n", b"\x1f\x8b\x08torn", b"\x00" * 99]
)
def test_what_is_not_of_the_format_is_refused_with_a_reason(form: str, data: bytes) -> None:
    with pytest.raises(ObservationFileError, match=r"\w{3}"):
        FORMATS[form].read(File(data, "USW00094728-071690-99999"))


def test_a_file_of_repeats_is_read_as_fast_as_any() -> None:
    found = read("isd_lite", isd_lite(HOUR) * 50_000)
    assert (found.kept, sum(found.left_out.values())) == (1, 49_999)


def test_a_header_without_any_known_column_and_one_name_twice_is_refused() -> None:
    with pytest.raises(ObservationFileError, match="not GHCN-Hourly"):
        FORMATS["ghcn_hourly"].read(File(b"STATIO|6.1|6.1\na|b|c\n", "x.psv", "1"))


@pytest.mark.parametrize("form", ["gsod", "ghcn_daily", "ghcn_hourly", "dwd", "meteostat"])
@pytest.mark.parametrize("quotes", ['"', '"""', 'a"'])
def test_a_quote_that_does_not_close_spoils_its_own_line_only(form: str, quotes: str) -> None:
    days = [{"DATE": f"2024-03-0{day}"} for day in range(1, 7)]
    files = {
        "gsod": ncei(*days),
        "ghcn_daily": "".join(f"USW00094728,2024030{d},TMAX,123,,,S,\n" for d in range(1, 8)).encode(),
        "ghcn_hourly": psv(*(PSV | {"DATE": f"2024-03-0{day}T06:00:00"} for day in range(1, 7))),
        "dwd": product(*(f"1766;202403050{hour};3;-1.5;88.0;eor" for hour in range(6))),
        "meteostat": "".join(
            f"2024-03-05,{h},3.1,1.0,86,0.2,,250,18,36,1009.1,,3\n" for h in range(7)
        ).encode(),
    }
    lines = files[form].decode().splitlines()
    middle = lines[3].rsplit({"ghcn_hourly": "|", "dwd": ";"}.get(form, ","), 1)
    lines[3] = quotes.join([middle[0] + lines[3][len(middle[0])], middle[1].lstrip('"')])
    found = read(form, "\n".join([*lines, ""]).encode(), {"meteostat": "10637.csv"}.get(form, "f"))
    header = form in ("gsod", "ghcn_hourly", "dwd")
    assert found.read == len(lines) - header
    assert len(found.rows) >= len(lines) - header - 1
