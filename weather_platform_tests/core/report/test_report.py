"""The report holds what it should, labelled, and opens without a network."""

import re
from datetime import timedelta

import pytest

from weather_platform.core.contracts.learned import SCORE
from weather_platform.core.predictions import predict
from weather_platform.core.report.page import render
from weather_platform.core.report.plots import evidence_plot
from weather_platform.core.report.tables import markdown_table, png_markdown
from weather_platform.core.schema import empty
from weather_platform.core.verification.leaderboard import leaderboard
from weather_platform.core.verification.score import scores
from weather_platform_tests.core.synthetic import long_lived, trained


@pytest.fixture(scope="module")
def made() -> dict[str, object]:
    world = long_lived()
    until = trained("temperature_c").trained_until
    late = world.features[world.features["cycle"] >= until]
    predictions = predict(late, {"temperature_c": trained("temperature_c")}, {"temperature_c": "3"})
    found = scores(predictions, late, world.world.observations, start=until, end=until + timedelta(days=20))
    return {
        "scores": found,
        "predictions": predictions,
        "features": late,
        "observations": world.world.observations,
    }


def test_the_page_is_whole_and_says_what_is_simulated(made: dict[str, object]) -> None:
    page = render(**made, simulated=True, attributions=["Data <by> Alpha", "Data <by> Alpha"])  # type: ignore[arg-type]
    assert "Simulated." in page
    assert page.count("Data &lt;by&gt; Alpha") == 1
    assert len(re.findall(r'src="data:image/png;base64,', page)) == 5
    assert not re.findall(r'(?:src|href)="(?!data:)', page)
    assert re.search(r"Temperature, °C: our CRPS is 0\.\d+", page)
    assert "alpha/fine" in page


def test_what_is_real_is_not_called_simulated(made: dict[str, object]) -> None:
    page = render(**made, simulated=False)  # type: ignore[arg-type]
    assert not re.search(r"[Ss]imulated", page.split("</style>")[1])


def test_nothing_verified_is_a_page_that_says_so(made: dict[str, object]) -> None:
    nothing = {name: frame[:0] for name, frame in made.items() if name != "scores"}  # type: ignore[index]
    assert "Nothing is verified yet" in render(empty(SCORE), **nothing, simulated=False)


def test_markdown_has_a_line_per_method_with_ours_in_bold(made: dict[str, object]) -> None:
    board = leaderboard(made["scores"])  # type: ignore[arg-type]
    table = markdown_table(board, "temperature_c")
    methods = board[(board["variable"] == "temperature_c") & (board["lead_bucket"] == "all")]
    assert len(table.splitlines()) == 2 + len(methods)
    assert "| **ours** |" in table
    assert "****" not in table


def test_pictures_are_png_and_the_same_every_time() -> None:
    evidence = trained("temperature_c").evidence
    image = evidence_plot(evidence, "temperature_c")
    assert image.startswith(b"\x89PNG")
    assert image == evidence_plot(evidence, "temperature_c")
    assert png_markdown(image, "a").startswith("![a](data:image/png;base64,iVBOR")
