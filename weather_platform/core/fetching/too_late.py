"""What can no longer be asked for: the places of which cycles that are over have no reply.

Belongs here: telling it from the manifest. Does not: which cycles are over, or asking (core.fetching.fetch).
A reply counts under whatever name it is kept: one that was imported is named as nobody asks.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from weather_platform.core.fetching.fetch import Failure
from weather_platform.core.places import Place

if TYPE_CHECKING:
    import pandas as pd

_REASON = "no reply of a place is kept, and the cycle is over"


def too_late(manifest: "pd.DataFrame", places: Sequence[Place], cycles: Sequence[datetime]) -> list[Failure]:
    """A failure for each of `places` and `cycles` without a forecast among the rows of `manifest`
    (MANIFEST).
    """
    replies = manifest[manifest["role"] == "forecast"]
    found = []
    for cycle in cycles:
        kept = replies.loc[replies["cycle"] == cycle, "location_ids"].str.split(",").explode()
        lacking = {place.location_id for place in places} - set(kept)
        found += [Failure(cycle, place, _REASON) for place in sorted(lacking)]
    return found
