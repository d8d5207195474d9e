"""Pictures, sounds and reports become the features that they are known to have, within bounds."""

import csv
import io
import struct
import zlib
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from weather_platform.core.file_names import place_of, stamp_of
from weather_platform.core.preprocess import audio, image, text
from weather_platform.core.preprocess.registry import PREPROCESSORS
from weather_platform.core.preprocess.spec import PreprocessError

RATE = 16_000


def picture(red: int, green: int, blue: int, size: tuple[int, int] = (600, 300), kind: str = "PNG") -> bytes:
    sink = io.BytesIO()
    Image.new("RGB", size, (red, green, blue)).save(sink, kind)
    return sink.getvalue()


def sound(samples: np.ndarray, kind: str = "WAV", rate: int = RATE, subtype: str | None = None) -> bytes:
    sink = io.BytesIO()
    soundfile.write(sink, samples, rate, format=kind, subtype=subtype)
    return sink.getvalue()


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "TIFF"])
def test_a_grey_sky_is_cloud_and_a_blue_one_is_none(kind: str) -> None:
    for colour, cloud in (((60, 100, 200), 0.0), ((180, 180, 185), 1.0)):
        assert image.takes("x", picture(*colour, kind=kind))
        found = image.features("sky_20260720T090040Z.png", picture(*colour, kind=kind))
        row = found.rows.iloc[0]
        assert row["cloud_fraction_red_over_blue"] == row["cloud_fraction_red_minus_blue"] == cloud
        assert row["red_mean"] == pytest.approx(colour[0] / 255, abs=0.01)
        assert row["time"] == datetime(2026, 7, 20, 9, 0, 40, tzinfo=UTC)
        assert found.form is not None
        small = Image.open(io.BytesIO(found.form))
        assert small.size == (512, 256) and small.mode == "RGB"


def test_half_a_cloud_is_half() -> None:
    pixels = np.zeros((300, 300, 3), np.uint8)
    pixels[:150], pixels[150:] = (60, 100, 200), (190, 190, 190)
    sink = io.BytesIO()
    Image.fromarray(pixels).save(sink, "PNG")
    row = image.features("a.png", sink.getvalue()).rows.iloc[0]
    assert row["cloud_fraction_red_over_blue"] == pytest.approx(0.5, abs=0.02)
    assert row["time"] is None


def test_statistics_are_those_of_the_pixels() -> None:
    """Above, red is 30 below blue, which is no cloud any more, and 0.7 of it, which is one; below, 12."""
    pixels = np.zeros((256, 300, 3), np.uint8)
    pixels[:128], pixels[128:] = (70, 140, 100), (28, 140, 40)
    sink = io.BytesIO()
    Image.fromarray(pixels).save(sink, "PNG")
    row = image.features("a.png", sink.getvalue()).rows.drop(columns=["position", "time"]).iloc[0]
    luma = 0.299 * np.array([70, 28]) + 0.587 * 140 + 0.114 * np.array([100, 40])
    assert row.to_dict() == pytest.approx(
        {
            "red_mean": 49 / 255,
            "green_mean": 140 / 255,
            "blue_mean": 70 / 255,
            "luma_mean": luma.mean() / 255,
            "luma_std": luma.std() / 255,
            "red_over_blue_mean": 0.7,
            "cloud_fraction_red_over_blue": 1.0,
            "cloud_fraction_red_minus_blue": 0.5,
            "width_px": 300,
            "height_px": 256,
        }
    )


def test_a_picture_that_was_taken_on_its_side_is_turned_upright() -> None:
    exif, sink = Image.Exif(), io.BytesIO()
    exif[0x0112] = 6
    Image.new("RGB", (600, 300)).save(sink, "JPEG", exif=exif)
    assert Image.open(io.BytesIO(image.features("a.jpg", sink.getvalue()).form or b"")).size == (256, 512)


def claimed_png(width: int, height: int) -> bytes:
    """A PNG of a few bytes that claims to be of some size."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(b"\0" * 1000)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(d)) + k + d + struct.pack(">I", zlib.crc32(k + d)) for k, d in chunks
    )


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (claimed_png(100_000, 100_000), "pixels"),
        (claimed_png(20_000, 20_000), "400000000 pixels"),
        (claimed_png(10_000, 8_001), "at most 80,000,000"),
        (claimed_png(10_000, 10), "times as long"),
        (picture(1, 2, 3)[:200], "damaged or cut short"),
        (b"\xff\xd8\xff", "cannot be read as a picture"),
    ],
)
def test_a_picture_that_is_none_or_too_much_is_refused(data: bytes, says: str) -> None:
    with pytest.raises(PreprocessError, match=says):
        image.features("a.png", data)


@pytest.mark.parametrize("kind", ["WAV", "FLAC", "OGG", "AIFF"])
def test_a_tone_stands_in_its_band(kind: str) -> None:
    time = np.arange(int(2.5 * RATE)) / RATE
    tone = 0.5 * np.sin(2 * np.pi * 1000 * time)
    data = sound(np.column_stack([1.5 * tone, 0.5 * tone]), kind)
    assert audio.takes("x", data)
    rows = audio.features("rec_20260720T090040Z.wav", data).rows
    assert rows["position"].tolist() == [0, 1, 2]
    assert rows["time"].iloc[1] == datetime(2026, 7, 20, 9, 0, 41, tzinfo=UTC)
    bands = rows.filter(regex="^mel_db_").to_numpy()
    centre = np.argmax(audio.filters(RATE) @ (np.fft.rfftfreq(audio.WINDOW, 1 / RATE) == 1000.0))
    assert (bands.argmax(axis=1) == centre).all()
    assert (np.sort(bands, axis=1)[:, -6] < bands.max(axis=1) - 20).all()
    assert rows["level_dbfs"].to_numpy() == pytest.approx([-9.03] * 3, abs=0.2)
    assert bands.max(axis=1) == pytest.approx([-12.0] * 3, abs=2), (
        "of half of full scale, less what lies beside"
    )


def test_every_band_sees_something_and_silence_is_silent() -> None:
    for rate in (8_000, 44_100, 176_400, 192_000):
        assert (audio.filters(rate).sum(axis=1) > 0).all()
    rows = audio.features("a.wav", sound(np.zeros(RATE))).rows
    assert rows["level_dbfs"].tolist() == [-120] and rows["mel_db_00"].tolist() == [-120]


def test_sound_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audio, "MAX_SECONDS", 1)
    with pytest.raises(PreprocessError, match="2 s long, more than the 1"):
        audio.features("a.wav", sound(np.zeros(2 * RATE)))
    with pytest.raises(PreprocessError, match="9 channels"):
        audio.features("a.wav", sound(np.zeros((RATE, 9))))
    for rate in (3_999, 192_001):
        with pytest.raises(PreprocessError, match="4000 to 192000 Hz"):
            audio.features("a.wav", sound(np.zeros(9), rate=rate))
    with pytest.raises(PreprocessError, match="holds no sound"):
        audio.features("a.wav", sound(np.zeros(0)))
    with pytest.raises(PreprocessError, match="cannot be read as sound"):
        audio.features("a.wav", b"RIFF\0\0\0\0WAVEfmt ")


def test_samples_that_are_no_numbers_are_silent() -> None:
    samples = np.array([np.inf, -np.inf, np.nan] + [0.5] * 900)
    row = audio.features("a.wav", sound(samples, subtype="FLOAT")).rows.iloc[0]
    assert row["level_dbfs"] == pytest.approx(-6.02, abs=0.1)


BULLETIN = """SAFR31 LFPW 170830
METAR LFPG 170830Z 24015G25KT 9999 -RA FEW012 BKN030
 10/M02 Q1015 NOSIG=
LFPO 170830Z AUTO /////KT CAVOK 11/08 Q1016=
TAF LFPG 170500Z 1706/1812 17005MPS 6000 SCT012
  TEMPO 1706/1709 3000 BR BKN006=
"""


def test_reports_are_told_apart_and_decoded() -> None:
    rows = text.features("fr_20260717T0900Z.txt", BULLETIN.encode()).rows
    assert rows["location_id"].tolist() == ["LFPG", "LFPO", "LFPG"]
    first, second, taf = (rows.iloc[i] for i in range(3))
    assert first["time"] == datetime(2026, 7, 17, 8, 30, tzinfo=UTC)
    assert first["wind_speed_m_s"] == pytest.approx(7.7167, abs=1e-4)
    assert first["wind_gust_m_s"] == pytest.approx(12.861, abs=1e-3)
    assert first["dew_point_c"] == -2 and first["altimeter_hpa"] == 1015
    assert first["cloud_cover"] == 0.75 and first["ceiling_m"] == pytest.approx(914.4)
    assert second["visibility_m"] == 10_000 and np.isnan(second["wind_speed_m_s"])
    assert taf["wind_speed_m_s"] == 5 and taf["visibility_m"] == 6000
    assert "TEMPO" in taf["text"]


def test_lines_are_reports_where_nothing_ends_them_and_other_text_is_words() -> None:
    lines = (
        "KDEN 121853Z 24015KT 1 1/2SM OVC030 05/02 A2992\n"
        "TAF KDEN 121720Z 1218/1324 24010KT P6SM\n  FM122200 30015KT\n"
    )
    rows = text.features("x.metar", lines.encode()).rows
    assert len(rows) == 2 and "FM122200" in rows["text"].iloc[1]
    assert rows["visibility_m"].tolist() == pytest.approx([2414.016, 6 * 1609.344])
    words = text.features("x.txt", "Schnee, bis 800 m; -5 °C".encode()).rows["text"].tolist()
    assert words[:3] == ["schnee", ",", "bis"] and "800" in words


@pytest.mark.parametrize("visibility", ["9" * 3_000 + "/1SM", "1/0SM"])
def test_a_visibility_that_is_no_length_is_none(visibility: str) -> None:
    report = f"METAR KDEN 121853Z 24015KT {visibility} 05/02"
    (row,) = text.features("a.txt", report.encode()).rows.to_dict("records")
    assert "visibility_m" not in row and row["location_id"] == "KDEN"


def test_clouds_and_fog_are_what_their_code_says() -> None:
    lines = (
        b"METAR COR KDEN 121853Z 24015KT M1/4SM FG SCT002 05/02 A2992\n"
        b"METAR KAPA 121853Z 24015KT 6SM BKN030 OVC002 05/02 A2992\n"
        b"METAR KBJC 121853Z 24015KT 6SM OVC008 05/02 A2992"
    )
    rows = text.features("a.txt", lines).rows
    assert rows["location_id"].tolist() == ["KDEN", "KAPA", "KBJC"]
    assert rows["cloud_cover"].tolist() == [3.5 / 8, 1.0, 1.0]
    assert rows["ceiling_m"].tolist() == pytest.approx([np.nan, 60.96, 243.84], nan_ok=True)
    assert rows["visibility_m"].iloc[0] == pytest.approx(1609.344 / 4)


def test_texts_are_read_whoever_wrote_them() -> None:
    assert text.takes("REPORTS.TXT", b"")
    changes = "TAF KDEN 121720Z 1218/1324 P6SM\nTEMPO 1218/1220 1SM\nPROB30 1220/1222 2SM\nRMK x\n"
    (report,) = text.features("x.taf", changes.encode()).rows["text"]
    assert report == " ".join(changes.split())
    for encoding in ("utf-8", "utf-8-sig", "latin-1"):
        words = text.features("x.txt", "Böe 1,5 m/s, it's".encode(encoding)).rows["text"].tolist()
        assert words == ["böe", "1,5", "m", "/", "s", ",", "it's"]


@pytest.mark.parametrize(
    ("written", "month", "day"),
    [("20260801T0010Z", 7, 31), ("20260201T0010Z", 1, 31), ("20260731T2340Z", 7, 31)],
)
def test_a_report_is_of_the_month_that_puts_it_near_its_file(written: str, month: int, day: int) -> None:
    """The last day of a month before, too, and what is dated a little after the file."""
    rows = text.features(f"a_{written}.txt", b"KDEN 312353Z 24015KT 10SM CLR 05/02 A2992").rows
    assert rows["time"].iloc[0] == datetime(2026, month, day, 23, 53, tzinfo=UTC)


@pytest.mark.parametrize("written", ["20261231T2358Z", "20270101T0010Z", "20270131T2340Z"])
def test_a_report_that_is_dated_after_its_file_may_be_of_the_next_month(written: str) -> None:
    rows = text.features(f"a_{written}.txt", b"KDEN 010000Z 24015KT 10SM CLR 05/02 Q1013").rows
    assert rows["time"].iloc[0] == datetime(2027, 2 if "0131" in written else 1, 1, tzinfo=UTC)


def test_hundredths_of_an_inch_are_not_cut_to_whole_hectopascals() -> None:
    lines = b"KDEN 121853Z 24015KT 10SM 05/02 A3012 RMK A2992\nKAPA 121853Z 10SM 05/02 Q1013 RMK A2992"
    found = text.features("a.txt", lines).rows["altimeter_hpa"].tolist()
    assert found == pytest.approx([1019.98, 1013], abs=0.01)


@pytest.mark.recorded
def test_recorded_reports_say_what_others_read_in_them(recorded_data: Path) -> None:
    path = recorded_data / "forecast_archives/klas_nws_metar_cli_nbm/observations_metar.csv"
    with path.open(newline="") as file:
        lines = [line for line in csv.DictReader(file) if line["raw_metar"]]
    rows = text.features("a_20260430T0000Z.txt", "\n".join(line["raw_metar"] for line in lines).encode()).rows
    assert len(rows) == len(lines)
    said = np.array([float(line["temp_c"] or "nan") for line in lines])
    assert np.nanmax(np.abs(rows["temperature_c"] - said)) <= 0.61  # whole degrees against tenths
    knots = np.array([float(line["wind_speed_kt"] or "nan") for line in lines])
    assert np.nanmax(np.abs(rows["wind_speed_m_s"] * 3600 / 1852 - knots)) < 0.01


def test_stamps_are_read_where_they_are_whole() -> None:
    assert stamp_of("d_20260101T0000Z/a.png") is None
    assert stamp_of("a_2026-07-20T090040Z.png") == datetime(2026, 7, 20, 9, 0, 40, tzinfo=UTC)
    assert stamp_of("a_20261332T000000Z.png") is None
    assert place_of("x/20260720T090040Z_pier-2.json.gz") == "pier-2"
    assert place_of("pier.png") is place_of("20260720T090040Z.png") is None


seeds = st.sampled_from(
    [
        picture(9, 9, 9, (20, 20)),
        picture(9, 9, 9, (20, 20), "JPEG"),
        sound(np.zeros(900)),
        sound(np.zeros(900), "FLAC"),
        BULLETIN.encode(),
    ]
)


@given(
    seeds | st.binary(max_size=200),
    st.lists(st.tuples(st.integers(0, 2_000), st.binary(max_size=3)), max_size=5),
)
def test_whatever_is_done_to_a_file_it_has_features_or_is_refused(
    data: bytes, changes: list[tuple[int, bytes]]
) -> None:
    damaged = bytearray(data)
    for at, new in changes:
        start = at % (len(damaged) + 1)
        damaged[start : start + len(new)] = new
    for preprocessor in PREPROCESSORS:
        try:
            found = preprocessor.features("x.txt", bytes(damaged))
        except PreprocessError as error:
            assert str(error)
        else:
            assert found.rows["position"].tolist() == list(range(len(found.rows)))
