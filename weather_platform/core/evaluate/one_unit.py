"""A variable that an archive gives in several units, in one of them.

Belongs here: which unit is taken, and when to refuse. Does not: the table of units (core.quantities.units),
or what a unit says of a variable (see unit and kinds).
"""

import pandas as pd

from weather_platform.core.evaluate.archive import ArchiveError, is_auxiliary
from weather_platform.core.quantities.units import Affine, UnitError, between, known_as

_VALUES = ["forecast", "observation"]
_POINT = ["location_id", "valid_time"]
_TEMPERATURES_C = (-95.0, 65.0)


def in_one_unit(archive: pd.DataFrame, variable: str) -> tuple[pd.DataFrame, list[str]]:
    """The rows of a variable of a checked archive in the unit that most of its forecasts have, and what to
    tell of it: nothing where they have one in several spellings.

    Raises ArchiveError where they do not surely measure the same, and where a unit seems not to be that of
    the row's values.
    """
    rows = archive[archive["variable"] == variable]
    if rows["unit"].nunique() < 2:
        return rows, []
    rows = rows[rows["forecast"].notna()].reset_index(drop=True)
    spread = is_auxiliary(rows["source"])
    spellings = rows["unit"][~spread].value_counts(sort=False).sort_index()
    if spellings.empty:
        return rows, []
    units = spellings.groupby(known_as, sort=False).sum()
    wanted = str(spellings[spellings.index.map(known_as) == units.idxmax()].idxmax())
    parts = {str(written): part for written, part in rows[~spread].groupby("unit", sort=False)}
    affines = {written: _between(written, wanted, variable, spellings.index) for written in parts}
    if any(affine.offset for affine in affines.values()):
        for written, part in parts.items():
            _must_be_temperatures(part, written, variable)
    converted = [_converted(part, affines[written]) for written, part in parts.items()]
    out = pd.concat([*converted, _spreads(rows[spread], wanted)]).sort_index()
    if len(units) == 1:
        return out.assign(unit=wanted), []
    _must_agree(rows[~spread], out, variable)
    others = ", ".join(name for name in spellings.index if known_as(name) != known_as(wanted))
    return out.assign(unit=wanted), [f"{variable}: what is given in {others} was converted to {wanted}"]


def _between(written: str, wanted: str, variable: str, spellings: pd.Index) -> Affine:
    try:
        return between(written, wanted)
    except UnitError:
        raise ArchiveError(f"{variable}: given in {_list(spellings)}; convert it to one unit") from None


def _must_be_temperatures(part: pd.DataFrame, written: str, variable: str) -> None:
    """Between units with other zeros: an anomaly has none."""
    factor, offset = between(written, "°C")
    usual = part[_VALUES].median().dropna() * factor + offset
    if not usual.between(*_TEMPERATURES_C).all():
        raise ArchiveError(
            f"{variable}: some is given in other units than {written!r}, in which its values are no "
            "temperatures; convert it to one unit"
        )


def _converted(part: pd.DataFrame, affine: Affine) -> pd.DataFrame:
    return part.assign(**{name: part[name] * affine.factor + affine.offset for name in _VALUES})


def _spreads(part: pd.DataFrame, wanted: str) -> pd.DataFrame:
    """A standard deviation in K is one in °C; of a unit that is unknown it is taken for the wanted one."""
    factors = {}
    for written in part["unit"].unique():
        try:
            factors[written] = between(written, wanted).factor
        except UnitError:
            factors[written] = 1.0
    return part.assign(forecast=part["forecast"] * part["unit"].map(factors).astype("float64"))


def _must_agree(written: pd.DataFrame, converted: pd.DataFrame, variable: str) -> None:
    """One observation stands beside the forecasts of several sources: where it is the same number in two
    units, the unit is the forecasts' alone, and nothing says which the observation has.
    """
    units = written["unit"].map(known_as)
    before, after = (_apart(rows.assign(unit=units)) for rows in (written, converted.loc[written.index]))
    # What is alone says nothing, nor does a dry day: 0 is the same in both.
    told = ((before - after).abs() > 0).any(axis=1)
    if (before[told].median() < after[told].median()).any():
        raise ArchiveError(
            f"{variable}: given in {_list(sorted(written['unit'].unique()))}, but its observations in one of "
            "them; convert it to one unit"
        )


def _apart(rows: pd.DataFrame) -> pd.DataFrame:
    """Distance of each unit's observation from the mean of all units', by point."""
    observed = rows.groupby([*_POINT, "unit"])["observation"].mean().unstack("unit")
    return observed.sub(observed.mean(axis=1), axis=0).abs()


def _list(names: "pd.Index | list[str]") -> str:
    return ", ".join(name or "no unit" for name in names)
