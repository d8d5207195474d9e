"""The leaderboard as text: rows fit for reading, and Markdown for the Dagster UI.

Belongs here: choosing and formatting columns. Does not: any number of its own.
"""

import base64

import pandas as pd

from weather_platform.core.verification.leaderboard import ALL_LEADS
from weather_platform.core.verification.methods import OURS, OURS_WITHOUT_FEEDS

COLUMNS = {
    "method": "method",
    "crps": "CRPS",
    "mae": "MAE",
    "rmse": "RMSE",
    "bias": "bias",
    "skill": "over equal weight",
    "coverage_80": "in 80 %",
    "coverage_90": "in 90 %",
    "brier": "Brier",
    "ours_crps": "ours CRPS",
    "ours_mae": "ours MAE",
    "ours_gain": "ours better by",
    "n": "rows",
    "days": "days",
}
_PERCENT = ("skill", "ours_gain", "coverage_80", "coverage_90")


def readable(leaderboard: pd.DataFrame, variable: str, lead_bucket: str = ALL_LEADS) -> pd.DataFrame:
    """One variable's lines as text, best first, and ours without feeds last, being of other rows; empty where
    a method has no such number.

    `ours better by` carries a star where the 95 % interval of the difference leaves no doubt.
    """
    chosen = (leaderboard["variable"] == variable) & (leaderboard["lead_bucket"] == lead_bucket)
    rows = leaderboard[chosen].sort_values(["crps", "method"])
    apart = rows["method"] == OURS_WITHOUT_FEEDS
    rows = pd.concat([rows[~apart], rows[apart]])
    ours = rows["method"].isin([OURS, OURS_WITHOUT_FEEDS])
    sure = (rows["high"] < 0) | (rows["low"] > 0)
    shown = {}
    for name, heading in COLUMNS.items():
        if name in _PERCENT:
            shown[heading] = rows[name].map(lambda value: "" if pd.isna(value) else f"{100 * value:.1f} %")
        elif name in ("n", "days"):
            shown[heading] = rows[name].map(lambda value: f"{value:,.0f}")
        elif name == "method":
            shown[heading] = rows[name].astype(str)
        else:
            shown[heading] = rows[name].map(lambda value: "" if pd.isna(value) else f"{value:.3f}")
    table = pd.DataFrame(shown)
    gain = COLUMNS["ours_gain"]
    table[gain] = (table[gain] + sure.map({True: " *", False: ""})).where(~ours, "")
    return table.loc[:, (table != "").any()].reset_index(drop=True)


def markdown_table(leaderboard: pd.DataFrame, variable: str, lead_bucket: str = ALL_LEADS) -> str:
    """The same lines as a Markdown table, ours in bold."""
    table = readable(leaderboard, variable, lead_bucket)
    bold = table["method"] == "ours"
    table = table.mask((table != "").mul(bold, axis=0), "**" + table + "**")
    head = ["| " + " | ".join(table.columns) + " |", "|" + "---|" * len(table.columns)]
    lines = ("| " + table.agg(" | ".join, axis=1) + " |").tolist() if len(table) else []
    return "\n".join(head + lines)


def png_markdown(image: bytes, alt: str) -> str:
    """A picture as Markdown that carries its own bytes."""
    return f"![{alt}](data:image/png;base64,{base64.b64encode(image).decode('ascii')})"
