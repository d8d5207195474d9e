"""What archives say of their stations: lists, and inventories of what each reported."""

import pandas as pd
import pytest

from weather_platform.core.contracts.archives import LISTING
from weather_platform.core.history.matching import alive
from weather_platform.core.history.station_lists import (
    dwd_stations,
    ghcn_stations,
    ghcnd_stations,
    gsod_stations,
    isd_stations,
)
from weather_platform.core.observations.table import ObservationFileError
from weather_platform.core.tables.schema import empty

ISD_LIST = b""""USAF","WBAN","STATION NAME","CTRY","STATE","ICAO","LAT","LON","ELEV(M)","BEGIN","END"
"071690","99999","TROYES","FR","","LFQB","+48.322","+004.017","+0118.0","19730101","20241231"
"999999","03030","NOWHERE","US","","","","","","19730101","19751231"
"999999","03031","NULL ISLAND","US","","","+00.000","+000.000","-0999.0","19730101","19751231"
"""


def test_lists_of_stations() -> None:
    isd, gsod = isd_stations(ISD_LIST, "isd_lite"), gsod_stations(ISD_LIST, "gsod")
    assert (isd.rows["station_id"].tolist(), isd.left_out) == (["071690-99999"], 2)
    assert gsod.rows["station_id"].tolist() == ["07169099999"]
    assert isd.rows["last_day"].iloc[0] == pd.Timestamp("2024-12-31", tz="UTC")
    header = b"GHCN_ID,LATITUDE,LONGITUDE,ELEVATION,STATE,NAME\n"
    found = ghcn_stations(header + b"USW00094728,40.779,-73.969,42.7,NY,NYC\n", "ghcn_hourly")
    assert found.rows["elevation_m"].tolist() == [42.7]


def test_lists_of_fixed_width() -> None:
    sharjah = "AE000041196  25.3330   55.5170   34.0    SHARJAH\n"
    line = "USW00094728  40.7789  -73.9692   42.7 NY NEW YORK CNTRL PK TWR              HCN 72506\n"
    inventory = inventoried(("AE000041196", "TMAX", 1944, 2026), ("USW00094728", "PRCP", 1869, 2026))
    found = ghcnd_stations((sharjah + line).encode(), "ghcn_daily", inventory)
    assert found.rows["station_id"].tolist() == ["AE000041196", "USW00094728"]
    assert found.rows["name"].tolist() == ["SHARJAH", "NEW YORK CNTRL PK TWR"]
    text = (
        "Stations_id von_datum bis_datum Stationshoehe geoBreite geoLaenge Stationsname Bundesland Abgabe\n"
        "----------- --------- --------- ------------- --------- --------- ------------ ---------- ------\n"
        "01766 19891001 20260301             48     52.1344    7.6969 Münster/Osnabrück    Nordrhein Frei\n"
    )
    dwd = dwd_stations(text.encode("latin-1"), "dwd").rows
    assert (dwd["station_id"].tolist(), dwd["name"].tolist()) == (["01766"], ["Münster/Osnabrück"])
    assert dwd[["latitude", "elevation_m"]].to_numpy().tolist() == [[52.1344, 48.0]]
    with pytest.raises(ObservationFileError, match="no line describes a station"):
        dwd_stations(b"busy", "dwd")


def inventoried(*rows: tuple[str, str, int, int]) -> bytes:
    """A station, an element and its first and last year a line."""
    lines = (
        f"{station}  50.0000    8.0000 {element} {first} {last}\n" for station, element, first, last in rows
    )
    return "".join(lines).encode()


def test_stations_of_days_end_with_the_last_year_of_what_is_read_of_them() -> None:
    """Found by reading: the list names no days, and who had closed in the sixties took a place's turn."""
    names = ["GM000000001", "GM000000002", "GM000000003", "GM000000004", "GM000000005"]
    listed = "".join(f"{name}  50.0000    8.0000  100.0    TOWN\n" for name in names).encode()
    closed, snows, alone, lasts, late = names
    inventory = inventoried(
        (closed, "TMAX", 1931, 1961),
        (snows, "PRCP", 1931, 2025),
        (snows, "SNOW", 1931, 2026),  # which is not read
        (alone, "WT01", 1931, 2026),
        (lasts, "TMIN", 1931, 2026),
        (lasts, "TMAX", 1931, 2011),
        (late, "PRCP", 2026, 2026),
    )
    found = ghcnd_stations(listed, "ghcn_daily", inventory)
    assert found.rows["station_id"].tolist() == [closed, snows, lasts, late] and found.left_out == 1
    assert found.rows["first_day"].dt.year.tolist() == [1931, 1931, 1931, 2026]
    assert found.rows["last_day"].dt.strftime("%Y-%m-%d").tolist() == [
        f"{year}-12-31" for year in (1961, 2025, 2026, 2026)
    ]
    first = pd.Timestamp("2026-08-01", tz="UTC")
    assert alive(found.rows, first, empty(LISTING))["station_id"].tolist() == [lasts, late]
    assert len(alive(found.rows, pd.Timestamp("2025-06-01", tz="UTC"), empty(LISTING))) == 3
    with pytest.raises(ObservationFileError, match=r"not ghcnd-inventory\.txt"):
        ghcnd_stations(listed, "ghcn_daily", b"busy")


def test_in_january_who_has_not_reported_yet_is_no_station_that_closed() -> None:
    names = [f"GM{number:09}" for number in range(9)]
    listed = "".join(f"{name}  50.0000    8.0000  100.0    TOWN\n" for name in names).encode()
    years = [1990, *[2027] * 3, *[2026] * 5]
    inventory = inventoried(*((name, "TMAX", 1931, year) for name, year in zip(names, years, strict=True)))
    rows = ghcnd_stations(listed, "ghcn_daily", inventory).rows
    living = alive(rows, pd.Timestamp("2027-01-10", tz="UTC"), empty(LISTING))
    assert living["station_id"].tolist() == names[1:]
