"""How good whole days were: a line each, the best feed beside ours, and nothing where nothing was scored."""

import re

from weather_platform.core.contracts.days import DAILY_SCORE
from weather_platform.core.contracts.scores import SCORE
from weather_platform.core.report.days_skill import days_skill
from weather_platform.core.report.page import render
from weather_platform.core.tables.schema import empty
from weather_platform_tests.core.verification.test_daily_scores import scored


def test_a_line_is_the_best_feed_beside_ours_and_what_our_intervals_held() -> None:
    table = days_skill(scored())
    assert table["of the day"].tolist() == [
        "Temperature, lowest, °C",
        "Temperature, highest, °C",
        "Temperature, mean, °C",
        "Wind speed, highest, m/s",
        "Wind speed, mean, m/s",
        "Precipitation, total, mm",
    ]
    sums = scored().query("variable == 'temperature_c_max'").groupby("method").sum(numeric_only=True)
    feeds = sums[sums.index.str.contains("/")]
    best = (feeds["crps_sum"] / feeds["ours_crps_sum"]).idxmin()
    line = table.set_index("of the day").loc["Temperature, highest, °C"]
    assert line["best feed"] == best
    assert line["its MAE"] == f"{sums.loc[best, 'absolute_error_sum'] / sums.loc[best, 'n']:.3f}"
    assert line["ours"] == f"{sums.loc[best, 'ours_absolute_error_sum'] / sums.loc[best, 'n']:.3f}"
    assert line["in 80 %"] == f"{100 * sums.loc['ours', 'covered80_sum'] / sums.loc['ours', 'n']:.0f} %"
    assert line["rows"] == f"{sums.loc[best, 'n']:,.0f}"


def test_the_report_has_them_where_there_are_any() -> None:
    page = render([], empty(SCORE), simulated=False, days=days_skill(scored()))
    assert '<h2 id="days">Whole days, all leads</h2>' in page
    assert len(re.findall(r"<tr><td>[A-Z][a-z ]*, (?:lowest|highest|mean|total), ", page)) == 6
    nothing = days_skill(empty(DAILY_SCORE))
    assert nothing.empty and "Whole days" not in render([], empty(SCORE), simulated=False, days=nothing)
