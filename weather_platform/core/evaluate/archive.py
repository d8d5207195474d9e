"""An archive in the long format, checked, and one variable of it as wide rows.

Belongs here: what an archive must look like, and one column per source. Does not: history or models.
"""

import numpy as np
import pandas as pd

from weather_platform.core.evaluate.sources import apart, earlier
from weather_platform.core.evaluate.times import TimeError, instants

KEY = ["location_id", "init_time", "valid_time"]
COLUMNS = (
    "location_id", "lat", "lon", "elevation_m", "init_time", "valid_time", "lead_hours", "source", "member",
    "variable", "unit", "forecast", "observation",
)  # fmt: skip
_PLACE = ["lat", "lon", "elevation_m"]
_EARLIER, _FEWEST_EARLIER = pd.Timedelta(hours=24), 0.02  # older was no help; share of rows
_AUXILIARY = ("_sd", "_std", "_spread")
DETERMINISTIC = -1  # of `member`
_BEYOND_ALL = 1e15  # no quantity of weather: 1e20 and 9.97e36 fill what is missing


class ArchiveError(ValueError):
    """An archive that cannot be evaluated; says what is wrong and what to do."""


def checked(frame: pd.DataFrame) -> pd.DataFrame:
    """The archive's columns with plain types and times in UTC; a lead that is not given is the time between,
    and a source whose name is taken has another (see sources). Raises ArchiveError."""
    missing = [name for name in COLUMNS if name not in frame.columns]
    if missing:
        raise ArchiveError(f"columns missing: {', '.join(missing)}; an archive has {', '.join(COLUMNS)}")
    if frame.empty:
        raise ArchiveError("there are no rows in it; write the pairs of forecast and observation")
    out = frame[list(COLUMNS)].copy()
    for name in ("location_id", "source", "variable", "unit"):
        out[name] = out[name].astype(object).where(out[name].notna(), "").astype(str)
    for name in ("init_time", "valid_time"):
        try:
            out[name] = instants(out[name])
        except TimeError as error:
            raise ArchiveError(f"{name}: {error}") from error
    out["source"] = out["source"].map(apart(out["source"].unique()))
    between = (out["valid_time"] - out["init_time"]).dt.total_seconds() / 3600
    if pd.api.types.is_timedelta64_dtype(out["lead_hours"]):
        out["lead_hours"] = out["lead_hours"].dt.total_seconds() / 3600
    for name in (*_PLACE, "lead_hours", "forecast", "observation", "member"):
        try:
            values = pd.to_numeric(out[name]).astype(np.float64)
            out[name] = values.where(values.abs() < _BEYOND_ALL)
        except (ValueError, TypeError) as error:
            raise ArchiveError(f"{name}: {error}; it must hold numbers") from error
    return out.assign(lead_hours=out["lead_hours"].fillna(between))


def said_of(frame: pd.DataFrame, variable: str) -> pd.DataFrame:
    """Its rows with a value in `forecast`, also of sources that say standard deviations."""
    return frame[(frame["variable"] == variable) & frame["forecast"].notna()]


def forecasts_of(frame: pd.DataFrame, variable: str) -> pd.DataFrame:
    """Its rows with a forecast, without standard deviations. Raises ArchiveError where there is none."""
    said = said_of(frame, variable)
    rows = said[~is_auxiliary(said["source"])]
    if rows.empty:
        raise ArchiveError(f"{variable}: there is no forecast in the archive")
    return rows


def wide(
    frame: pd.DataFrame, variable: str, refused: pd.DataFrame | None = None
) -> tuple[pd.DataFrame, list[str]]:
    """One row per place, init and valid time: `observed`, place, `lead_hours`, `member_sd` and a column per
    source (the mean of its members); and the sources. The variable has one unit (see one_unit). A source of
    standard deviations is no forecast: it only tells `member_sd`, which is otherwise that among members, by
    root mean square over sources.

    What is `refused` (`source` and `location_id`: its truth seems to be its own output) is left out: what
    copies the truth must not tell it to anyone. Raises ArchiveError where no forecast is left.
    """
    rows, said = forecasts_of(frame, variable), said_of(frame, variable)
    told = said[is_auxiliary(said["source"])]
    truth = rows.groupby(["location_id", "valid_time"])["observation"].mean().rename("observed")
    rows = _without(rows, refused)
    if rows.empty:
        raise ArchiveError(f"{variable}: all truth seems to be the sources' own output; give measurements")
    values = rows.groupby([*KEY, "source"], sort=True)["forecast"].mean().unstack("source")
    grouped = rows.groupby(KEY, sort=True)
    base = grouped[[*_PLACE, "lead_hours"]].mean()
    base["member_sd"] = _member_sd(rows, told)
    out = values.join(base).reset_index().merge(truth.reset_index(), on=["location_id", "valid_time"])
    return out.sort_values(["init_time", "location_id", "valid_time"], ignore_index=True), list(
        values.columns
    )


def with_earlier(
    rows: pd.DataFrame, sources: list[str], begin: pd.Timestamp
) -> tuple[pd.DataFrame, list[str]]:
    """The rows of `wide` and the names of `sources`, with more of both for those issued at other times
    than the rows are: what such a source said last of the valid time, up to 24 hours before, where it says
    nothing at the init time itself.

    It is a source of its own, since what is older errs otherwise; none where hardly a row that was issued by
    `begin` would have it.
    """
    ordered = rows.sort_values("init_time", kind="stable")
    by, own = [ordered["location_id"], ordered["valid_time"]], ordered[sources]
    said_last = own.groupby(by).ffill()
    columns, past = {}, ordered["init_time"] <= begin
    for source in sources:
        issued = ordered["init_time"].where(own[source].notna()).groupby(by).ffill()
        young = ordered["init_time"] - issued <= _EARLIER
        said_before = said_last[source].where(own[source].isna() & young)
        if said_before[past].notna().mean() >= _FEWEST_EARLIER:
            columns[earlier(source)] = said_before
    return rows.assign(**columns), [*sources, *columns]


def is_auxiliary(sources: pd.Series) -> pd.Series:
    """Whether a source is of standard deviations, and no forecast."""
    return sources.isin([name for name in sources.unique() if name.lower().endswith(_AUXILIARY)])


def _without(rows: pd.DataFrame, refused: pd.DataFrame | None) -> pd.DataFrame:
    if refused is None or refused.empty:
        return rows
    pair = ["source", "location_id"]
    return rows[~pd.MultiIndex.from_frame(rows[pair]).isin(pd.MultiIndex.from_frame(refused[pair]))]


def _member_sd(rows: pd.DataFrame, told: pd.DataFrame) -> pd.Series:
    """Standard deviation among members by KEY, for the rows that have any."""
    if len(told):
        squares = told["forecast"] ** 2
    else:
        rows = rows[rows["member"] != DETERMINISTIC]
        among = rows.groupby([*KEY, "source"], sort=False)["forecast"].var().dropna()
        told = among.reset_index()
        squares = told["forecast"]
    return squares.groupby([told[name] for name in KEY]).mean() ** 0.5


def usual_delay_hours(rows: pd.DataFrame) -> float:
    """30 h where a place's valid times are a day apart (a daily value stamped 00:00 would leak its own
    day), else 2 h."""
    steps = rows.drop_duplicates(["location_id", "valid_time"]).sort_values("valid_time")
    gap = steps.groupby("location_id")["valid_time"].diff().dt.total_seconds().median() / 3600
    return 30.0 if np.isnan(gap) or gap >= 20 else 2.0
