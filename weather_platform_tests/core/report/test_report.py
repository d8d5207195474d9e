"""The report holds what it should, labelled, and opens without a network."""

import re
from dataclasses import dataclass, replace
from datetime import timedelta

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure
from matplotlib.text import Text

from weather_platform.core.contracts.scores import CALIBRATION, SCORE
from weather_platform.core.model.predictions import FALLBACK, predict
from weather_platform.core.quantities.targets import DEFAULT_TARGETS
from weather_platform.core.quantities.wind import EASTWARD
from weather_platform.core.report import calibration_plots, cases, compass, plots
from weather_platform.core.report.cases import with_truth
from weather_platform.core.report.compass import newest_direction
from weather_platform.core.report.page import (
    BY_LEAD,
    BY_REGION,
    EVERY_METHOD,
    Section,
    markdown,
    render,
    sections,
)
from weather_platform.core.report.plots import evidence_plot
from weather_platform.core.report.quota_yield import quota_yield
from weather_platform.core.report.tables import STAR, markdown_table, readable, whom_to_trust
from weather_platform.core.tables.schema import empty
from weather_platform.core.verification.calibration import calibration_sums
from weather_platform.core.verification.leaderboard import leaderboard
from weather_platform.core.verification.score import scores
from weather_platform.core.verification.verdict import verdicts
from weather_platform_tests.core.report.test_cases import winds
from weather_platform_tests.core.synthetic import long_lived, trained


@dataclass(frozen=True)
class Made:
    """Scores, calibration counts and the newest predictions of a world."""

    scores: pd.DataFrame
    calibration: pd.DataFrame
    seen: pd.DataFrame


@pytest.fixture(scope="module")
def made() -> Made:
    world = long_lived()
    until = trained("temperature_c").trained_until
    late = world.features[world.features["cycle"] >= until]
    predictions = predict(late, {"temperature_c": trained("temperature_c")}, {"temperature_c": "3"})
    truth, end = world.world.observations, until + timedelta(days=20)
    return Made(
        scores(predictions, late, truth, start=until, end=end, variables=DEFAULT_TARGETS),
        calibration_sums(predictions, truth, start=until, end=end, variables=DEFAULT_TARGETS),
        with_truth(
            predictions,
            late,
            truth,
            DEFAULT_TARGETS,
            {f"place_{index}": f"Town {index}" for index in range(10)},
        ),
    )


@pytest.fixture(scope="module")
def said(made: Made) -> list[Section]:
    return sections(made.scores, made.calibration, made.seen)


def test_what_a_quota_bought_is_told_by_provider(made: Made, said: list[Section]) -> None:
    feeds = made.scores[made.scores["method"].str.contains("/")]
    provider = str(feeds["method"].iloc[0]).split("/", maxsplit=1)[0]
    rows = int(feeds.loc[feeds["method"].str.startswith(f"{provider}/"), "n"].sum())
    bought = quota_yield(made.scores, {provider: 1000.0, "silent": 50.0, "unasked": 0.0})
    assert bought["provider"].tolist() == [provider, "silent"]
    assert bought.iloc[0].tolist()[1:] == [f"{rows:,}", "1,000", f"{rows / 1000:,.1f}"]
    assert bought["per call"].iloc[1] == "0.0"
    page = render(said, made.scores, simulated=True, bought=bought)
    assert f"<td>{rows / 1000:,.1f}</td>" in page
    assert "What the quotas bought" not in render(said, made.scores, simulated=True)
    nothing = quota_yield(made.scores.iloc[:0], {})
    assert nothing.empty
    assert markdown_table(nothing).count("|") == 10


def test_the_page_is_whole_and_says_what_is_simulated(made: Made, said: list[Section]) -> None:
    page = render(said, made.scores, simulated=True, attributions=["Data <by> Alpha", "Data <by> Alpha"])
    assert "Simulated." in page
    assert page.count("Data &lt;by&gt; Alpha") == 1
    assert len(re.findall(r'src="data:image/png;base64,', page)) == 3 * 6
    assert not re.findall(r'(?:src|href)="(?!data:|#)', page)
    targets = re.findall(r'href="#([^"]+)"', page)
    assert targets == [*(one.variable for one in said), "reading", "sources"]
    assert all(page.count(f'id="{target}"') == 1 for target in targets)
    assert page.count('class="glance"') == 3
    assert "10 places" in page


def test_what_no_model_predicted_is_left_out_where_a_model_predicted_others(
    made: Made, said: list[Section]
) -> None:
    """As the leaderboard leaves it out: no test told when the page did not."""
    temperature = made.scores["variable"] == "temperature_c"
    more = made.scores[temperature].assign(model_version=FALLBACK)
    both = sections(pd.concat([made.scores, more], ignore_index=True), made.calibration, made.seen)
    for one, other in zip(said, both, strict=True):
        pd.testing.assert_frame_equal(one.table, other.table)


def test_the_first_lines_say_whom_to_trust_and_how_much_better_ours_is(said: list[Section]) -> None:
    (temperature,) = [one for one in said if one.variable == "temperature_c"]
    found = re.match(
        r"Of the providers trust (\S+) at every lead\. Over all leads that it has, (\S+) is off by (\S+) °C "
        r"on average, ours by (\S+) °C on the same [\d,]+ rows: (\d+)\u00a0% better\. As a whole "
        r"distribution \(CRPS\) ours is (\d+)\u00a0% better, beyond chance\.",
        temperature.headline,
    )
    assert found, temperature.headline
    best, feed, theirs, ours, better, of_crps = found.groups()
    assert best == feed == temperature.by_lead["best feed"].iloc[-1]
    assert float(better) == pytest.approx(100 * (1 - float(ours) / float(theirs)), abs=1.5)
    whole = temperature.by_lead.iloc[-1]
    assert (whole["gain in MAE"], whole["gain in CRPS"]) == (f"{better} %", f"{of_crps} % *")
    assert temperature.by_lead["lead"].tolist() == ["0–24 h", "24–48 h", "all leads"]
    assert len(temperature.by_region) == 5


def test_the_star_stands_beside_the_score_that_it_is_of_and_is_explained(
    made: Made, said: list[Section]
) -> None:
    """A median may be worse where the distribution is better beyond doubt, as of rain."""
    line = {"variable": "precipitation_mm", "lead_bucket": "024-048", "feed": "p/m", "n": 9, "sure": 1}
    shown = whom_to_trust(
        pd.DataFrame(
            [{**line, "share": 0.4, "mae": 0.4, "ours_mae": 0.42, "mae_gain": -0.05, "crps_gain": 0.22}]
        ),
        "precipitation_mm",
        "lead_bucket",
    )
    assert shown[["gain in MAE", "gain in CRPS"]].iloc[0].tolist() == ["-5 %", "22 % *"]
    assert shown["of ours"].tolist() == ["40 %"]
    assert shown[["its MAE", "ours"]].iloc[0].tolist() == ["0.400", "0.420"]
    page = render(said, made.scores, simulated=True)
    assert page.index(STAR) < page.index("Whom to trust where")
    assert STAR.replace("*", r"\*") in markdown(said[0])


def test_gains_that_may_be_chance_are_grey(made: Made, said: list[Section]) -> None:
    unsure = said[0].by_lead.assign(**{"gain in MAE": "81 %", "gain in CRPS": "74 %"})
    section = replace(said[0], by_lead=unsure, by_region=unsure.assign(**{"gain in CRPS": "74 % *"}))
    page = render([section], made.scores, simulated=True)
    leads, regions = page.split("Whom to trust where")
    assert leads.count('<td class="unsure">81 %</td>') == len(unsure)
    assert leads.count('<td class="unsure">74 %</td>') == len(unsure)
    assert '<td class="unsure">' not in regions.split("Every method")[0]


def test_sources_of_made_up_data_are_not_said_to_have_given_any(made: Made, said: list[Section]) -> None:
    made_by = "Simulated by a sandbox; no real measurements."
    page = render(said, made.scores, simulated=True, attributions=["Data by Alpha"], made_by=[made_by])
    assert page.index(made_by) < page.index("Nothing on this page is theirs") < page.index("Data by Alpha")
    assert "theirs" not in render(said, made.scores, simulated=False, attributions=["Data by Alpha"])


def test_how_a_feed_is_chosen_and_what_a_bias_is_stands_on_the_page(made: Made, said: list[Section]) -> None:
    page = render(said, made.scores, simulated=False)
    assert "half of the places, days and leads" in page
    assert "<em>bias</em> is the mean of forecast less truth" in page


def test_pictures_and_tables_write_leads_alike(made: Made, said: list[Section]) -> None:
    figures: list[Figure] = []
    board = leaderboard(made.scores)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(plots, "png", lambda figure: figures.append(figure) or b"")
        plots.by_lead(board, "temperature_c", "mae")
        plots.skill_over_best(verdicts(board), "temperature_c")
    assert len(figures) == 2
    for figure in figures:
        figure.draw_without_rendering()
        labels = [text.get_text() for text in figure.axes[0].get_xticklabels()]
        assert labels == said[0].by_lead["lead"].tolist()[:-1]


def test_no_text_of_a_picture_is_too_small_for_a_phone(
    made: Made, said: list[Section], monkeypatch: pytest.MonkeyPatch
) -> None:
    """368 px are left of the 390 of a phone: there 9 px are 8.5 points in a picture of 4.8 inches. Axes of
    time say whose it is, and titles what the place is called."""
    figures: list[Figure] = []
    for module in (plots, cases, compass, calibration_plots):
        monkeypatch.setattr(module, "png", lambda figure: figures.append(figure) or b"")
    sections(made.scores, made.calibration, made.seen)
    newest_direction(winds(), EASTWARD)
    assert len(figures) == 3 * 6 + 1
    for figure in figures:
        figure.draw_without_rendering()
        texts = [text for text in figure.findobj(Text) if text.get_visible() and text.get_text()]
        assert min(text.get_fontsize() for text in texts) / 72 * 368 / figure.get_figwidth() >= 9
    titles = {figure.axes[0].get_title(loc="left"): figure.axes[0].get_xlabel() for figure in figures}
    forecasts = {title: label for title, label in titles.items() if "forecast of" in title}
    assert set(forecasts.values()) == {"valid time, UTC"}
    assert all(title.startswith(("Town ", "Here")) for title in forecasts)


def test_where_nothing_was_counted_nothing_is_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """The report may come before the counts do: a line along the bottom is what no forecast is as bad as."""
    figures: list[Figure] = []
    monkeypatch.setattr(calibration_plots, "png", lambda figure: figures.append(figure) or b"")
    calibration_plots.reliability(empty(CALIBRATION), "temperature_c")
    (_, line) = figures[0].axes[0].lines
    assert np.isnan(np.asarray(line.get_ydata(), float)).all()


def test_the_feeds_that_are_named_as_the_best_stand_at_their_lines(
    made: Made, said: list[Section], monkeypatch: pytest.MonkeyPatch
) -> None:
    figures: list[Figure] = []
    monkeypatch.setattr(plots, "png", lambda figure: figures.append(figure) or b"")
    plots.by_lead(leaderboard(made.scores), "temperature_c", "mae")
    written = {text.get_text().replace("\n", "") for text in figures[0].axes[0].texts}
    assert written == set(said[0].by_lead["best feed"])


def test_a_feed_of_few_places_is_no_line_beside_those_of_all(
    made: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of its easy places alone it would stand below whoever is better there."""
    figures: list[Figure] = []
    monkeypatch.setattr(plots, "png", lambda figure: figures.append(figure) or b"")
    board = leaderboard(made.scores)
    lines = board[(board["variable"] == "temperature_c") & (board["lead_bucket"] != "all")]
    few = lines.assign(reach=lines["reach"].mask(lines["method"] == "beta/coarse", 0.2))
    for each in (lines, few):
        plots.by_lead(each, "temperature_c", "mae")
    theirs = lines.loc[lines["method"] == "beta/coarse", "mae"].tolist()
    drawn = [[np.asarray(line.get_ydata()).tolist() for line in figure.axes[0].lines] for figure in figures]
    assert theirs in drawn[0] and theirs not in drawn[1]
    assert len(drawn[1]) == len(drawn[0]) - 1


def test_long_names_may_break_where_a_table_is_wider_than_paper(made: Made, said: list[Section]) -> None:
    page = render(said, made.scores, simulated=True)
    every = page[page.index("Every method, all leads") :]
    feed = next(name for name in said[0].table["method"] if "/" in name)
    shown = feed.replace("/", "/\u200b")
    assert f"<td>{shown}</td>" in every


def test_what_is_real_is_not_called_simulated(made: Made, said: list[Section]) -> None:
    page = render(said, made.scores, simulated=False)
    assert not re.search(r"[Ss]imulated", page.split("</style>")[1])


def test_nothing_verified_is_a_page_that_says_so(made: Made) -> None:
    nothing = sections(empty(SCORE), empty(CALIBRATION), made.seen[:0])
    assert "Nothing is verified yet" in render(nothing, empty(SCORE), simulated=False)


def test_markdown_has_a_line_per_method_with_ours_in_bold(made: Made, said: list[Section]) -> None:
    board = leaderboard(made.scores)
    table = markdown_table(readable(board, "temperature_c"))
    cells = table.split("---|\n")[1]
    assert "\u00a0%\u00a0*" in cells and " %" not in cells, "the UI breaks lines at plain spaces"
    methods = board[(board["variable"] == "temperature_c") & (board["lead_bucket"] == "all")]
    assert len(table.splitlines()) == 2 + len(methods)
    assert "| **ours** |" in table
    assert "****" not in table
    text = markdown(said[0])
    assert text.startswith(said[0].headline)
    assert re.findall(r"^#+ (.*)\n\n\| (?:lead|region|method)", text, re.M) == [
        BY_LEAD,
        BY_REGION,
        EVERY_METHOD,
    ]
    assert table in text
    assert readable(board, "temperature_c").columns[1] == "gain in CRPS"


def test_pictures_are_png_and_the_same_every_time() -> None:
    evidence = trained("temperature_c").evidence
    image = evidence_plot(evidence, "temperature_c")
    assert image.startswith(b"\x89PNG")
    assert image == evidence_plot(evidence, "temperature_c")
