"""The skill report: one HTML file with its pictures inside, readable with no network.

Belongs here: what stands on the page, in order. Does not: numbers (core.verification) or drawing (see
plots).
"""

import base64
from collections.abc import Sequence
from functools import cache
from importlib import resources

import jinja2
import pandas as pd

from weather_platform.core.features.target import with_target
from weather_platform.core.grid import Table
from weather_platform.core.report import cases, plots
from weather_platform.core.report.style import LABELS
from weather_platform.core.report.tables import readable
from weather_platform.core.verification.leaderboard import leaderboard, ranked
from weather_platform.core.verification.methods import IDEAL, OURS, OURS_WITHOUT_FEEDS

_KEY = ["variable", "location_id", "cycle", "valid_time"]


def render(
    scores: pd.DataFrame,
    predictions: pd.DataFrame,
    features: pd.DataFrame,
    observations: Table,
    *,
    simulated: bool,
    attributions: Sequence[str] = (),
) -> str:
    """The report as HTML.

    `scores` (SCORE) of all days to rank; `predictions`, `features` and `observations` of the cycles to
    draw: a few weeks are enough. `simulated` labels every picture's page as made up. `attributions`:
    texts that providers require.
    """
    board = leaderboard(scores)
    variables = [name for name in LABELS if name in set(board["variable"])]
    seen = _with_truth(predictions, features, observations)
    days = ranked(scores)["day"]
    first, last = (days.min(), days.max()) if len(days) else (None, None)
    return _template().render(
        simulated=simulated,
        first=first,
        last=last,
        headlines=[_headline(board, variable) for variable in variables],
        tables=[(LABELS[variable], readable(board, variable)) for variable in variables],
        by_lead=_inline(plots.crps_by_lead(board, variables)) if variables else None,
        reliability=_inline(cases.reliability(seen, variables)) if variables else None,
        fans=[_inline(image) for variable in variables if (image := _example(seen, variable)) is not None],
        attributions=sorted(set(attributions)),
    )


@cache
def _template() -> jinja2.Template:
    source = resources.files(__package__).joinpath("report.html").read_text(encoding="utf-8")
    return jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined).from_string(source)


def _with_truth(predictions: pd.DataFrame, features: pd.DataFrame, observations: Table) -> pd.DataFrame:
    values = [name for name in features.columns if name.startswith("value__")]
    return with_target(predictions, observations).merge(features[_KEY + values], on=_KEY, how="left")


def _headline(board: pd.DataFrame, variable: str) -> str:
    """What a hurried reader should take away of one variable."""
    rows = board[(board["variable"] == variable) & (board["lead_bucket"] == "all")].set_index("method")
    if OURS not in rows.index:
        return f"{LABELS[variable]}: nothing verified yet."
    others = rows.drop(index=[OURS, OURS_WITHOUT_FEEDS, IDEAL], errors="ignore")
    better = others[others["crps"] <= rows.loc[OURS, "crps"]].index
    place = "best of all" if better.empty else "behind " + ", ".join(map(str, better))
    gain, crps = rows["ours_gain"].to_dict(), rows["crps"].to_dict()
    named = [name for name in ("equal_weight", "bias_corrected", "emos") if name in gain]
    gains = ", ".join(f"{_percent(gain[name])} {name.replace('_', ' ')}" for name in named)
    return f"{LABELS[variable]}: our CRPS is {crps[OURS]:.3f}, {place}; {gains}."


def _percent(gain: float) -> str:
    percent = f"{100 * abs(gain):.0f}"
    return "level with" if percent == "0" else f"{percent} % {'lower' if gain > 0 else 'higher'} than"


def _example(seen: pd.DataFrame, variable: str) -> bytes | None:
    """The newest cycle that is mostly verified, at the place where it is the most, and where most happened: a
    dry week shows little. None without any."""
    rows = seen[(seen["variable"] == variable) & (seen["feeds_present"] > 0)]
    known = (
        rows.groupby(["cycle", "location_id"], sort=True)["observed"]
        .agg(["count", "size", "sum"])
        .reset_index()
    )
    known = known[known["count"] >= 0.75 * known["size"]]
    if known.empty:
        return None
    pick = known.sort_values(["cycle", "count", "sum", "location_id"]).iloc[-1]
    chosen = rows[(rows["cycle"] == pick["cycle"]) & (rows["location_id"] == pick["location_id"])]
    version = chosen["model_version"].iloc[0]
    start = pd.Timestamp(pick["cycle"]).strftime("%Y-%m-%d %H")
    title = f"{pick['location_id']}, forecast of {start} UTC, model version {version}"
    return cases.fan(chosen, title, LABELS[variable])


def _inline(image: bytes) -> str:
    return "data:image/png;base64," + base64.b64encode(image).decode("ascii")
