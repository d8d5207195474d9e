"""The leaderboard is legible where people read it: 80 columns of a terminal, or a pipe."""

import io
import re
from datetime import timedelta
from importlib import resources
from pathlib import Path

import pandas as pd
import pytest
from rich.console import Console

from weather_platform.cli.errors import CommandError
from weather_platform.cli.evaluate import evaluate
from weather_platform.cli.leaderboard import leaderboard, print_leaderboard
from weather_platform.cli.ranking import EXPLANATION
from weather_platform.core.contracts.health import FEED_HEALTH
from weather_platform.core.contracts.scores import SCORE
from weather_platform.core.evaluate.features import LOOK
from weather_platform.core.features.lookback import PLATFORM
from weather_platform.core.model.predictions import predict
from weather_platform.core.partitions import CYCLE
from weather_platform.core.quantities.targets import DEFAULT_TARGETS
from weather_platform.core.report.tables import STAR
from weather_platform.core.scoring.differences import FEWEST_DAYS
from weather_platform.core.tables.schema import conform
from weather_platform.core.verification.score import scores
from weather_platform.infra.configuration.settings import Settings
from weather_platform.infra.platform import Platform
from weather_platform_tests.core.synthetic import long_lived

_LONGEST = "open_meteo/icon_seamless"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    made = long_lived()
    late = made.features[made.features["cycle"] >= made.world.cycles[-40]]
    late = late.rename(columns={"value__alpha__fine": "value__" + _LONGEST.replace("/", "__")})
    start = made.world.cycles[0]
    found = scores(
        predict(late, {}, {}),
        late,
        made.world.observations,
        start=start,
        end=start + timedelta(days=40),
        variables=DEFAULT_TARGETS,
    )
    settings = Settings(data_dir=tmp_path)
    Platform(settings).warehouse.replace("verification", SCORE, found, None)
    return settings


def test_no_cell_is_cut_or_wrapped_in_80_columns(settings: Settings) -> None:
    shown = io.StringIO()
    print_leaderboard(settings, Console(file=shown, width=80), as_json=False)
    lines = shown.getvalue().splitlines()
    assert max(map(len, lines)) <= 80
    assert "…" not in shown.getvalue()
    feeds = [line.split() for line in lines if line.startswith(_LONGEST)]
    assert [len(cells) for cells in feeds] == [
        8,
        8,
        8,
    ]  # no intervals: name, 3 scores, rows, ours twice, gain
    for _, crps, mae, *_ in feeds:
        assert crps == mae
    assert sum(line.startswith("temperature_c, all leads") and "(simulated)" in line for line in lines) == 1


def test_a_narrow_terminal_wraps_lines_and_breaks_no_name(settings: Settings) -> None:
    narrow, usual = io.StringIO(), io.StringIO()
    for shown, width in ((narrow, 50), (usual, 80)):
        print_leaderboard(settings, Console(file=shown, width=width), as_json=False)
    rows = [line.split() for line in usual.getvalue().splitlines() if line.startswith(_LONGEST)]
    assert [line.split() for line in narrow.getvalue().splitlines() if line.startswith(_LONGEST)] == rows


def test_variables_come_in_the_order_of_the_report(settings: Settings) -> None:
    shown = io.StringIO()
    print_leaderboard(settings, Console(file=shown, width=80), as_json=False)
    titles = re.findall(r"^(\w+), all leads", shown.getvalue(), re.M)
    assert titles == list(DEFAULT_TARGETS)


def test_a_title_tells_the_days_that_its_numbers_are_of(settings: Settings) -> None:
    """Days before there was a model count for nothing, and a lead is scored on days that have all of them."""
    warehouse = Platform(settings).warehouse
    found = warehouse.read("verification", SCORE)
    found = found[found["variable"] == "temperature_c"]
    first, *_, last = sorted(found["day"].unique())
    served = first + timedelta(days=2)
    found["model_version"] = found["model_version"].mask(found["day"] >= served, "1")
    warehouse.replace("verification", SCORE, found, None)
    ours = found[(found["method"] == "ours") & (found["day"] >= served)]
    common = ours.groupby("day")["lead_bucket"].nunique().loc[lambda count: count == count.max()].index
    shown = io.StringIO()
    print_leaderboard(settings, Console(file=shown, width=80), as_json=False, by=["lead"])
    titles = dict(re.findall(r"^temperature_c, (all leads|0–24 h), (.*) \(", shown.getvalue(), re.M))
    assert titles == {
        "all leads": f"{served:%Y-%m-%d} to {last:%Y-%m-%d}",
        "0–24 h": f"{common.min():%Y-%m-%d} to {common.max():%Y-%m-%d}",
    }
    assert common.max() < last


def test_a_feed_that_is_not_believed_now_is_named_below_its_rank(settings: Settings) -> None:
    key = "2026-09-03T06Z"
    row = {"cycle": CYCLE.start(key), "variable": "temperature_c", "n": 9, "providers": 3, "reason": "why"}
    rows = [row | {"feed": "a/well", "verdict": "sound"}, row | {"feed": _LONGEST, "verdict": "stale"}]
    shown = []
    for judged in (rows[:1], rows):
        frame = conform(pd.DataFrame(judged), FEED_HEALTH)
        Platform(settings).warehouse.replace("feed_health", FEED_HEALTH, frame, [key])
        shown.append(io.StringIO())
        print_leaderboard(settings, Console(file=shown[-1], width=80), as_json=False)
    assert "not to be believed" not in shown[0].getvalue()
    told = " ".join(shown[1].getvalue().split())
    assert f"Silent or not to be believed in cycle {key}: {_LONGEST}; `weather-platform doctor`" in told


def test_who_misses_stars_is_told_how_many_days_they_take() -> None:
    assert FEWEST_DAYS == 6
    assert "six days" in EXPLANATION and "six days" in STAR


def test_what_is_called_climatology_is_said_where_its_scores_are() -> None:
    page = resources.files("weather_platform.core.report").joinpath("report.html").read_text(encoding="utf-8")
    for text in (page, str(leaderboard.help)):
        assert f"truth known of the last {PLATFORM.days} days" in " ".join(text.split())
    said = " ".join(str(evaluate.help).split())
    assert (
        f"last {LOOK.days} days at the same hour, one of {LOOK.observation_half_life:g} days before" in said
    )


def test_a_variable_that_is_not_scored_is_told_with_those_that_are_and_the_setting(
    settings: Settings,
) -> None:
    told = r"^nothing was scored of cloud_cover, only of temperature_c, wind_speed_m_s, .*WEATHER_TARGETS"
    quiet = Console(quiet=True)
    with pytest.raises(CommandError, match=told):
        print_leaderboard(settings, quiet, as_json=False, variables=["temperature_c", "cloud_cover"])
    others = settings.model_copy(update={"targets": ("cloud_cover",)})
    with pytest.raises(CommandError, match=told):
        print_leaderboard(others, quiet, as_json=False)
    some = settings.model_copy(update={"targets": ("temperature_c", "cloud_cover")})
    print_leaderboard(some, quiet, as_json=False)
