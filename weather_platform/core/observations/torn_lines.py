"""Lines of quoted text in which a quote does not close.

Belongs here: finding them, and making them lines that are seen to be malformed. Does not: reading
(table_csv).
"""

import numpy as np


def opened(text: bytes, delimiter: str) -> bytes:
    """The text, in lines with an odd number of quotes, some at a field's beginning, all quotes and delimiters
    as spaces: Arrow would read from such a quote to the next, over the end of the line, and this way finds a
    line of one field.
    """
    data = np.frombuffer(text, np.uint8)
    quotes = np.flatnonzero(data == ord('"'))
    ends = np.flatnonzero(data == ord("\n"))
    line, before = np.searchsorted(ends, quotes), data[quotes - 1]
    # Within a field, as in 2" of hail, a quote is a sign like any other.
    begins = (quotes == 0) | (before == ord("\n")) | (before == ord(delimiter))
    odd = np.flatnonzero((np.bincount(line) % 2) * np.bincount(line, begins))
    if not len(odd):
        return text
    bounds = np.concatenate([[-1], ends, [len(data)]])
    steps = np.zeros(len(data) + 1, np.int8)
    steps[bounds[odd] + 1] += 1
    steps[bounds[odd + 1]] -= 1
    torn = np.cumsum(steps[:-1]) > 0
    marks = np.array([ord('"'), ord(delimiter)], np.uint8)
    return np.where(torn & np.isin(data, marks), ord(" "), data).astype(np.uint8).tobytes()
