"""The skill report: one HTML file with its pictures inside, for a phone, a screen and print.

Belongs here: what stands on the page, in order. Does not: numbers (core.verification) or drawing (see plots,
calibration_plots, cases).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pandas as pd

from weather_platform.core.export import neutralised
from weather_platform.core.grid import Table
from weather_platform.core.report import calibration_plots, cases, plots
from weather_platform.core.report.compass import newest_direction
from weather_platform.core.report.feeds import FeedsTold
from weather_platform.core.report.headline import headline
from weather_platform.core.report.style import LABELS
from weather_platform.core.report.tables import STAR, markdown_table, readable, whom_to_trust
from weather_platform.core.report.templates import inline, template
from weather_platform.core.trust.unsound import FeedsNow
from weather_platform.core.verification.gathered import (
    by_lead,
    calibration_of_ranked,
    of_all_leads,
    ranked,
    span,
)
from weather_platform.core.verification.leaderboard import board
from weather_platform.core.verification.verdict import verdicts

# Headings, the same on the page and in the Dagster UI.
BY_LEAD, BY_REGION = "Whom to trust at what lead", "Whom to trust where"
EVERY_METHOD = "Every method, all leads, ranked by gain in CRPS"
_HEADINGS = {
    "by_lead": BY_LEAD,
    "by_region": BY_REGION,
    "every_method": EVERY_METHOD,
    "days": "Whole days, all leads",
}
# Pictures that the report alone shows.
_LONG = ("CRPS by lead", "PIT")


@dataclass(frozen=True)
class Section:
    """What the page says of one variable. `pictures` as (data URL, what it shows); `skill` is the
    one beside the tables."""

    variable: str
    name: str
    headline: str
    by_lead: pd.DataFrame
    by_region: pd.DataFrame
    skill: tuple[str, str]
    pictures: list[tuple[str, str]]
    table: pd.DataFrame


def sections(
    scores: Table, calibration: pd.DataFrame, seen: pd.DataFrame, now: FeedsNow | None = None
) -> list[Section]:
    """What there is to say, by variable. `scores` (SCORE) and `calibration` (CALIBRATION) of all days to
    judge by; `seen` (cases.with_truth) of the newest cycles; `now` the newest verdicts on feeds."""
    stands = ranked(scores)
    leads, whole = by_lead(stands), of_all_leads(stands, by=["region"])
    lines, regional = board(pd.concat([leads, whole], ignore_index=True)), board(whole, by=["region"])
    counted = calibration_of_ranked(calibration, whole)
    variables = [name for name in LABELS if name in set(lines["variable"])]
    said = {name: headline(lines, regional, name, now) for name in variables}
    return [_section(lines, regional, counted, seen, name, said=said[name]) for name in variables]


def render(
    said: Sequence[Section],
    scores: Table,
    *,
    simulated: bool,
    attributions: Sequence[str] = (),
    made_by: Sequence[str] = (),
    days: pd.DataFrame | None = None,
    bought: pd.DataFrame | None = None,
    feeds: FeedsTold | None = None,
) -> str:
    """The report as HTML. `scores` as given to `sections`. `simulated` labels the page as made up.
    `attributions`: texts that providers require; `made_by`: who simulated what is. `days`: how good forecasts
    of whole days were (see days_skill); `bought`: what quotas were spent on (see quota_yield). `feeds`: which
    cannot be believed now.
    """
    return template("report.html").render(
        simulated=simulated,
        span=span(ranked(scores)),
        sections=said,
        star=STAR,
        headings=_HEADINGS,
        feeds=feeds,
        days=days if days is not None and len(days) else None,
        bought=bought if bought is not None and len(bought) else None,
        attributions=sorted(set(attributions)),
        made_by=sorted(set(made_by)),
    )


def _section(
    lines: pd.DataFrame,
    regional: pd.DataFrame,
    calibration: pd.DataFrame,
    seen: pd.DataFrame,
    variable: str,
    *,
    said: str,
) -> Section:
    best, of_regions = verdicts(lines), verdicts(regional, by=["region"])
    draw: list[tuple[Callable[[], bytes | None], str]] = [
        (lambda: plots.by_lead(lines, variable, "mae"), "Mean absolute error by lead and method"),
        (lambda: plots.by_lead(lines, variable, "crps"), "CRPS by lead and method"),
        (lambda: calibration_plots.reliability(calibration, variable), "Reliability"),
        (lambda: calibration_plots.pit_histogram(calibration, variable), "PIT histogram"),
        (lambda: cases.newest_fan(seen, variable), "A forecast with its intervals, the feeds and the truth"),
        (
            lambda: newest_direction(seen, variable),
            "Where the wind comes from, the feeds and the truth",
        ),
    ]
    return Section(
        variable,
        LABELS[variable],
        said,
        neutralised(whom_to_trust(best, variable, "lead_bucket")),
        neutralised(whom_to_trust(of_regions, variable, "region")),
        (
            inline(plots.skill_over_best(best, variable)),
            "Our errors beside the best feed's",
        ),
        [(inline(image), shows) for make, shows in draw if (image := make()) is not None],
        neutralised(readable(lines, variable)),
    )


def markdown(section: Section) -> str:
    """The same for the Dagster UI, with a few of the pictures: every event is kept for ever."""
    shown = [f"![{shows}]({image})" for image, shows in section.pictures if not shows.startswith(_LONG)]
    tables = {BY_LEAD: section.by_lead, BY_REGION: section.by_region, EVERY_METHOD: section.table}
    parts = [f"### {heading}\n\n{markdown_table(table)}" for heading, table in tables.items()]
    return "\n\n".join([section.headline, *parts, STAR.replace("*", r"\*"), *shown])
