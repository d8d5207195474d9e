"""Days that are left out together, to ask a fit of what it has not seen.

Belongs here: which those are. Does not: forward folds, by which a model is judged (see folds): this is
within what a part is fitted to.
"""

import numpy as np

BLOCKS, RUN_DAYS = 5, 10


def day_blocks(day: np.ndarray) -> np.ndarray:
    """By row, the number of the block that its day (an integer, counted from anywhere) belongs to: every
    fifth run of ten days that rows are of. Days beside each other are alike, so that single ones would be
    seen in their neighbours."""
    return np.unique(day, return_inverse=True)[1] // RUN_DAYS % BLOCKS
