"""How a feed is spelled in the columns of FEATURES: `value__provider__model` is what `provider/model` says.

Belongs here: both directions, and which feeds cannot be spelled so. Does not: what the columns hold.

A model remembers feeds by what stands behind the kind; that may be given wherever a feed may.
"""

from collections.abc import Iterable

VALUE = "value"
KINDS = (VALUE, "bias", "rmse")  # what is said, the recent bias to subtract, the recent RMSE
_JOINT = "__"
# Of all columns that any feed may have.
PATTERN = rf"({'|'.join(KINDS)}){_JOINT}[A-Za-z0-9_.\-]+"


def column_of(kind: str, feed: str) -> str:
    """The column of one of KINDS."""
    return f"{kind}{_JOINT}{feed.replace('/', _JOINT)}"


def feed_of(column: str) -> str:
    """The feed, `provider/model`, that a column is of."""
    return column.partition(_JOINT)[2].replace(_JOINT, "/", 1)


def comes_back(feed: str) -> bool:
    """Whether its columns are taken for its own: of a provider `a__b` or `a_` they would be another's."""
    return feed_of(column_of(VALUE, feed)) == feed


def value_columns(columns: Iterable[str]) -> list[str]:
    """Those of what feeds say."""
    return [column for column in columns if column.startswith(VALUE + _JOINT)]
