"""Python's search for garbage in cycles, made rarer where masses of values come and go.

Belongs here: that alone. A reply becomes a hundred thousand lists and dicts without a cycle among them, and
Python walks all that are alive every few hundred it makes: a fifth of the time of parsing and of fetching.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

_MADE_BEFORE_A_LOOK = 100_000


@contextmanager
def rarely_looked_for() -> Iterator[None]:
    """Within it Python looks at its newest objects a hundred times less often; what has no cycle is freed at
    once, as ever. The setting is the process's, so it is for one thread at a time."""
    before = gc.get_threshold()
    gc.set_threshold(max(before[0], _MADE_BEFORE_A_LOOK), *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)
