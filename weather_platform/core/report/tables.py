"""The leaderboard as tables of text: rows fit for reading, and Markdown for the Dagster UI.

Belongs here: choosing and formatting columns. Does not: any number of its own, or sentences (see headline).
"""

import pandas as pd

from weather_platform.core.scoring.slices import ALL_LEADS, lead_label
from weather_platform.core.verification.methods import OURS, OURS_WITHOUT_FEEDS

COLUMNS = {
    "method": "method",
    "ours_gain": "gain in CRPS",
    "crps": "CRPS",
    "mae": "MAE",
    "rmse": "RMSE",
    "bias": "bias",
    "coverage_80": "in 80 %",
    "coverage_90": "in 90 %",
    "brier": "Brier",
    "ours_crps": "ours CRPS",
    "ours_mae": "ours MAE",
    "n": "rows",
    "share": "of ours",
    "days": "days",
}
STAR = (
    "* beyond chance, by the difference in CRPS from day to day; at most 5 % of all stars are by chance, and "
    "with fewer than six days there are none"
)
_PERCENT = ("ours_gain", "coverage_80", "coverage_90", "share")


def readable(leaderboard: pd.DataFrame, variable: str) -> pd.DataFrame:
    """One variable's lines of all leads as text, best first, and ours without feeds last, being of other
    rows; empty where a method has no such number.

    `gain in CRPS` carries a star where the difference is beyond chance (STAR).
    """
    chosen = (leaderboard["variable"] == variable) & (leaderboard["lead_bucket"] == ALL_LEADS)
    rows = leaderboard[chosen]
    apart = rows["method"] == OURS_WITHOUT_FEEDS
    rows = pd.concat([rows[~apart], rows[apart]])
    ours = rows["method"].isin([OURS, OURS_WITHOUT_FEEDS])
    sure = rows["sure"] != 0
    shown = {}
    for name, heading in COLUMNS.items():
        if name in _PERCENT:
            shown[heading] = rows[name].map(lambda value: "" if pd.isna(value) else f"{100 * value:z.1f} %")
        elif name in ("n", "days"):
            shown[heading] = rows[name].map(lambda value: f"{value:,.0f}")
        elif name == "method":
            shown[heading] = rows[name].astype(str)
        else:
            shown[heading] = rows[name].map(lambda value: "" if pd.isna(value) else f"{value:z.3f}")
    table = pd.DataFrame(shown)
    gain = COLUMNS["ours_gain"]
    table[gain] = (table[gain] + sure.map({True: " *", False: ""})).where(~ours, "")
    return table.loc[:, (table != "").any()].reset_index(drop=True)


def whom_to_trust(verdicts: pd.DataFrame, variable: str, what: str) -> pd.DataFrame:
    """The best feed of each `what` (lead_bucket or region) and how much better ours is, as text.

    The star is of the gain in CRPS (STAR): of the MAE no interval is known, and it may tell another story.
    """
    rows = verdicts[verdicts["variable"] == variable]
    heading = {"lead_bucket": "lead", "region": "region"}[what]
    crps = rows["crps_gain"].map(percent) + rows["sure"].map({1: " *", 0: "", -1: " *"})
    return pd.DataFrame(
        {
            heading: rows[what].map(lead_label if what == "lead_bucket" else str),
            "best feed": rows["feed"].astype(str),
            "its MAE": rows["mae"].map("{:.3f}".format),
            "ours": rows["ours_mae"].map("{:.3f}".format),
            "gain in MAE": rows["mae_gain"].map(percent),
            "gain in CRPS": crps,
            "of ours": rows["share"].map(percent),
            "rows": rows["n"].map("{:,.0f}".format),
        }
    ).reset_index(drop=True)


def percent(share: float) -> str:
    return "–" if pd.isna(share) else f"{100 * share:z.0f} %"


def markdown_table(table: pd.DataFrame) -> str:
    """Text cells as a Markdown table, the line of ours in bold; a share and its star stay on one line."""
    table = table.replace(r" ([%*])", "\u00a0\\1", regex=True)
    bold = table.iloc[:, 0] == OURS
    table = table.mask((table != "").mul(bold, axis=0), "**" + table + "**")
    head = ["| " + " | ".join(table.columns) + " |", "|" + "---|" * len(table.columns)]
    lines = ("| " + table.agg(" | ".join, axis=1) + " |").tolist() if len(table) else []
    return "\n".join(head + lines)
