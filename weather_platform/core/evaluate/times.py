"""A column of an archive as instants in UTC, or the reason why nobody can tell which they are.

Belongs here: what is taken for a time. Does not: which columns hold times (see archive).
"""

from datetime import UTC, datetime

import pandas as pd

# A number is a time from 1973 to 2200: seconds and milliseconds of these years do not overlap.
_FIRST, _LAST = 1e8, 7.26e9
_MILLISECONDS = 1000.0
_YEARS = (1678, 2261)  # nanoseconds since 1970 reach so far
_FORMS = "write timestamps, text in ISO 8601 (2024-01-31T06:00Z), or seconds or milliseconds since 1970"


class TimeError(ValueError):
    """What cannot be read as times; says why and what to write."""


def instants(column: pd.Series) -> pd.Series:
    """Aware instants in UTC, microseconds; what has no zone is UTC. Raises TimeError where a row has no time,
    or one that would have to be guessed."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        column = column.astype(column.cat.categories.dtype)
    if column.isna().any():
        raise TimeError(f"{int(column.isna().sum())} rows have no time; remove or mend them")
    if pd.api.types.is_bool_dtype(column):
        raise TimeError(f"holds no times; {_FORMS}")
    if pd.api.types.is_numeric_dtype(column):
        times = _since_1970(column.astype("float64"))
    elif _has_text(column):
        times = _texts(column.astype(str).str.strip())
    else:
        try:
            times = pd.to_datetime(column, utc=True)
        except (TypeError, ValueError) as error:
            raise TimeError(f"holds no times ({error}); {_FORMS}") from error
    beyond = ~times.dt.year.between(*_YEARS)
    if beyond.any():
        raise TimeError(
            f"{times[beyond].iloc[0]} is before {_YEARS[0]} or after {_YEARS[1]}; remove or mend it"
        )
    return times.dt.as_unit("us")


def _has_text(column: pd.Series) -> bool:
    # To ask every value of a column of times is slower than all else that is done with it.
    if pd.api.types.is_datetime64_any_dtype(column):
        return False
    return bool(column.map(lambda value: isinstance(value, str)).any())


def _since_1970(numbers: pd.Series) -> pd.Series:
    in_milliseconds = numbers.min() >= _FIRST * _MILLISECONDS
    seconds = numbers / _MILLISECONDS if in_milliseconds else numbers
    if not seconds.between(_FIRST, _LAST).all() or _written_as_digits(numbers):
        raise TimeError(f"numbers such as {numbers.iloc[0]:.15g} are no times that are certain; {_FORMS}")
    return pd.to_datetime((seconds * 1e6).round().astype("int64"), unit="us", utc=True)


def _written_as_digits(numbers: pd.Series) -> bool:
    """Whether all would be a date and an hour, or a minute, too: 2024013106 is also a second of 2034."""
    text = numbers.drop_duplicates().map("{:.0f}".format)
    return bool(
        any(
            pd.to_datetime(text, format=layout, errors="coerce").notna().all()
            for digits, layout in ((10, "%Y%m%d%H"), (12, "%Y%m%d%H%M"))
            if text.str.len().eq(digits).all()
        )
    )


def _texts(written: pd.Series) -> pd.Series:
    """03/04/2024 is in March to some and in April to others: only ISO 8601 is taken, any of its forms."""
    texts = pd.Series(written.unique())
    plain = texts.str.upper()
    plain = plain.where(~plain.str.endswith(("UTC", "GMT")), plain.str[:-3].str.rstrip() + "Z")
    # In capitals: pandas would take "now" as well.
    read = pd.to_datetime(plain, format="ISO8601", utc=True, errors="coerce")
    read = read.fillna(pd.to_datetime(plain[read.isna()].map(_by_week), utc=True))
    if read.isna().any():
        raise TimeError(f"{texts[read.isna()].iloc[0]!r:.100} is not ISO 8601; {_FORMS}")
    return written.map(dict(zip(texts, read, strict=True))).astype("datetime64[ns, UTC]")


def _by_week(text: str) -> datetime | None:
    """What Python reads and pandas does not: weeks (2024-W05-1) and fractions behind a comma."""
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        return None
    return read if read.tzinfo else read.replace(tzinfo=UTC)
