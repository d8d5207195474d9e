"""A variable stands in every table that it has to stand in; what lacks one is named."""

import pytest

from weather_platform.core.quantities.targets import KNOWN
from weather_platform.core.quantities.units import unit_of
from weather_platform.core.quantities.variables import ACCUMULATED, WEATHER
from weather_platform.core.tables.contract import Column
from weather_platform.core.uploads.synonyms import VARIABLES

NAMES = [column.name for column in WEATHER]


@pytest.mark.parametrize("column", WEATHER, ids=NAMES)
def test_its_name_ends_in_its_unit_or_it_is_a_share(column: Column) -> None:
    assert column.ge is not None and column.le is not None, f"{column.name}: say what cannot be weather"
    if unit_of(column.name) == "1":
        assert 0 <= column.ge < column.le <= 1.05, (
            f"{column.name}: core.quantities.units knows no such ending"
        )
    else:
        assert column.description.partition(",")[2], f"{column.name}: say its unit behind a comma"


def test_what_people_call_it_is_known() -> None:
    assert set(NAMES) - set(VARIABLES) == set(), "add a line to core.uploads.synonyms"
    assert set(VARIABLES) - set(NAMES) == set(), "a column that is in core.quantities.variables no more"


def test_what_is_said_of_some_is_said_of_columns_that_there_are() -> None:
    assert set(NAMES) >= ACCUMULATED
    for target in KNOWN.values():
        assert unit_of(target.name).replace("1", "0-1") in target.label, target.name
