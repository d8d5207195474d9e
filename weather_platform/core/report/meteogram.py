"""One place's forecast as a picture: a panel a variable over one axis of time.

Belongs here: drawing it. Does not: which forecast it is, or forecasts beside their truth (see cases).
"""

from collections.abc import Callable, Sequence
from datetime import timedelta, tzinfo

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.dates import DateFormatter, DayLocator
from matplotlib.figure import Figure

from weather_platform.core.quantities.shown import System, shown
from weather_platform.core.quantities.variables import ACCUMULATED, STEP_HOURS
from weather_platform.core.report.cases import naive
from weather_platform.core.report.style import FEED_COLOR, INTERVALS, OURS_COLOR, SMALL, plain, png

_Draw = Callable[[Axes, pd.Series, pd.DataFrame, str, System], None]
_BAR_DAYS = 0.85 * STEP_HOURS / 24
_LEGEND = "median, and what holds 50, 80 and 90 % of cases; bars of amounts 80 %"
_HALF = timedelta(hours=STEP_HOURS) / 2
_LEAST_SHOWN_MM = 1.0  # or a drop would fill the panel
_WIDTH_INCHES, _PANEL_INCHES, _REST_INCHES = 5.8, 1.4, 1.1  # as a phone can show without shrinking text away
_MOST_DATES = 6


def meteogram(
    rows: pd.DataFrame, variables: Sequence[str], title: str, zone: tzinfo, system: System = "si"
) -> bytes:
    """PNG of one place and cycle. `rows`: PREDICTION of at least one of `variables`, which stand below each
    other in their order: medians with intervals of 50, 80 and 90 %; of an amount the chance of at least
    0.1 mm, and bars of 80 %, as wide as their three hours. Times are those of `zone`; hours on a grey ground
    stand on no feed."""
    frames = {name: rows[rows["variable"] == name].sort_values("valid_time") for name in variables}
    drawn = [(draw, name) for name, of_one in frames.items() if len(of_one) for draw in _panels(name)]
    height = _PANEL_INCHES * len(drawn) + _REST_INCHES
    # Margins are given: a layout that is found takes half of the time.
    figure = Figure(figsize=(_WIDTH_INCHES, height))
    figure.subplots_adjust(0.13, 0.75 / height, 0.99, 1 - 0.35 / height, hspace=0.12)
    figure.suptitle(title, x=0.01, y=1 - 0.08 / height, ha="left", va="top", fontsize=11, parse_math=False)
    panels = figure.subplots(len(drawn), sharex=True, squeeze=False)[:, 0]
    for axes, (draw, name) in zip(panels, drawn, strict=True):
        of_one = frames[name]
        time = naive(of_one["valid_time"], zone)
        plain(axes)
        draw(axes, time, of_one, name, system)
        for alone in time[of_one["degraded"].to_numpy(bool)]:
            axes.axvspan(alone - _HALF, alone + _HALF, color=FEED_COLOR, alpha=0.3, linewidth=0)
        axes.margins(x=0.01)
    days = (rows["valid_time"].max() - rows["valid_time"].min()).days + 1
    figure.align_ylabels(panels)
    lowest = panels[-1]
    lowest.xaxis.set_major_locator(DayLocator(interval=-(-days // _MOST_DATES)))
    lowest.xaxis.set_major_formatter(DateFormatter("%a %d %b"))
    lowest.set_xlabel(f"valid time, {zone}\n{_LEGEND}", fontsize=SMALL)
    return png(figure)


def _panels(variable: str) -> tuple[_Draw, ...]:
    return (_chance, _amount) if variable in ACCUMULATED else (_fan,)


def _fan(axes: Axes, time: pd.Series, rows: pd.DataFrame, variable: str, system: System) -> None:
    one = shown(variable, system)
    for low, high, shade in INTERVALS:
        low_values, high_values = one.of(rows[low]), one.of(rows[high])
        axes.fill_between(time, low_values, high_values, color=OURS_COLOR, alpha=shade, linewidth=0)
    axes.plot(time, one.of(rows["q50"]), color=OURS_COLOR, linewidth=2)
    axes.set_ylabel(f"{one.name}\n{one.unit}", fontsize=SMALL)


def _chance(axes: Axes, time: pd.Series, rows: pd.DataFrame, _variable: str, _system: System) -> None:
    axes.bar(time - _HALF, 100 * rows["probability"], width=_BAR_DAYS, color=OURS_COLOR)
    axes.set_ylim(0, 100)
    axes.set_ylabel("Chance of\n≥ 0.1 mm, %", fontsize=SMALL)


def _amount(axes: Axes, time: pd.Series, rows: pd.DataFrame, variable: str, system: System) -> None:
    one = shown(variable, system)
    low, middle, high = (one.of(rows[name]) for name in ("q10", "q50", "q90"))
    axes.bar(time - _HALF, high - low, width=_BAR_DAYS, bottom=low, color=OURS_COLOR, alpha=0.4)
    half = timedelta(days=_BAR_DAYS / 2)
    axes.hlines(middle, time - _HALF - half, time - _HALF + half, color=OURS_COLOR, linewidth=2)
    axes.set_ylim(0, max(1.05 * float(high.max()), float(one.of(_LEAST_SHOWN_MM))))
    axes.set_ylabel(f"{one.name}\n{one.unit}", fontsize=SMALL)
