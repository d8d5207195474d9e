"""How much of a long history a model learns from: all of it, or an even share where memory would not hold it.

Belongs here: choosing rows where they lie. Does not: which history (defs.model), or how fits thin what they
get (core.model.standardise).
"""

import ibis

# A training of so many rows takes half a minute and 4 GB (bench.model); parts of it learn from fewer still.
MOST_ROWS = 1_000_000


def sampled(features: ibis.Table, most: int = MOST_ROWS) -> ibis.Table:
    """`features` (FEATURES) as they are where they are at most about `most` rows, else those of an even share
    of each place's valid times, with all their cycles: the same share whenever it is asked."""
    rows = int(features.aggregate(rows=features.count()).to_pyarrow()["rows"][0].as_py())
    if rows <= most:
        return features
    hour = features.location_id.concat(features.valid_time.epoch_seconds().cast("string"))
    return features.filter(hour.hash().abs() % -(-rows // most) == 0)
