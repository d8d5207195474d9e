"""Prices as published, read from one dated table beside this file.

Belongs here: reading it, and what an amount costs. Does not: amounts (core.cost.amounts). They are list
prices in US dollars for the EU multi-region (BigQuery, GCS) and a tier 1 region (Cloud Run), without tax, as
known to us for the day on their line, and not looked up since. They change without notice: look at the
source of a line before you rely on it.
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from importlib import resources


@dataclass(frozen=True)
class Price:
    """What a unit costs beyond those that are free each month. Free ones are per billing account."""

    item: str
    unit: str
    usd_per_unit: float
    free_units: float
    as_of: date
    source: str

    def usd(self, units: float) -> float:
        """For that many units in a month, those that are free left out."""
        return max(0.0, units - self.free_units) * self.usd_per_unit


def prices() -> dict[str, Price]:
    """The table by item."""
    text = (resources.files("weather_platform.core.cost") / "prices.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(text.splitlines())
    return {
        row["item"]: Price(
            row["item"],
            row["unit"],
            float(row["usd_per_unit"]),
            float(row["free_units"]),
            date.fromisoformat(row["as_of"]),
            row["source"],
        )
        for row in rows
    }


def bill(amounts: Mapping[str, float], known: Mapping[str, Price]) -> dict[str, float]:
    """US dollars a month by item. Raises KeyError for an item without a price."""
    return {item: known[item].usd(units) for item, units in amounts.items()}
