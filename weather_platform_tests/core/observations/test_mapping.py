"""A mapping that is wrong says which field, and what to write."""

from datetime import timedelta

import pytest

from weather_platform.core.observations.mapping_file import MappingError, read_mapping
from weather_platform_tests.core.observations.texts import LONG, WIDE


def test_scalars_stay_text_so_that_codes_and_marks_survive() -> None:
    mapping = read_mapping(LONG.replace("V: good", "no: good"), "m.yaml")
    assert mapping.variables["temperature_c"].source == "032"
    assert mapping.quality is not None and set(mapping.quality.map) == {"no", "S", "N"}
    assert mapping.interval == timedelta(minutes=30)


def test_hours_are_made_by_the_kind_of_variable_where_the_mapping_does_not_say() -> None:
    mapping = read_mapping(LONG, "m.yaml")
    assert mapping.hourly("wind_gust_m_s") == "max"
    assert mapping.hourly("precipitation_mm") == "sum"
    assert mapping.hourly("temperature_c") == "around"
    assert read_mapping(WIDE, "m.yaml").hourly("temperature_c") == "last"


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("unit: °F", "unit: mm", "temperature_c cannot be given in 'mm'; write one of: °c, °f, k"),
        ("temperature_c:", "temperature:", "'temperature' is no weather variable"),
        ("zone: UTC", "zone: Madrid", "time.zone: .*'Madrid' is no IANA time zone"),
        ("source: mine", "source: My Net", "source: "),
        ("source: mine", "source: mine\nlable: start", "lable: Extra inputs"),
        ("source: mine", "source: mine\nsource: yours", "line 2: source comes twice"),
        ("source: mine", "source: mine\ninterval: hourly", "interval: .*write minutes or hours"),
        ("source: mine", "source: mine\ninterval: 7min", "interval: write minutes that divide an hour"),
        ("source: mine", "source: mine\nsnap: 30min", "snap: must be less than half"),
        ("source: mine", "source: mine\ncode_column: x", "format wide has no code_column"),
        ("format: wide", "format: long", "format long needs code_column and value_column"),
        ("format: wide", "format: tall", "format: Input should be 'wide' or 'long'"),
        ("{column: place}", "{}", "the file is one station"),
        ("{column: place}", "{column: p, table: {A: {locations: []}}}", "stations.table.A.locations"),
        (
            "{column: place}",
            "{column: p, table: {A: {locations: [x]}, B: {locations: [x]}}}",
            "x: a place has one",
        ),
        (
            "{column: place}",
            "{column: p, table: {A: {latitude: 1, locations: [x]}}}",
            "latitude and longitude",
        ),
        ("unit: in", "unit: in, hourly: mean", "precipitation_mm.hourly: an amount is summed"),
        ("unit: km/h", "unit: km/h, hourly: sum", "wind_speed_m_s.hourly: sum is for amounts"),
        ("unit: km/h", "unit: km/h, hourly: around", "around needs readings more frequent"),
        (
            "wind_speed_m_s: {from: wind, unit: km/h}",
            "wind_direction_deg: {from: w, unit: °, hourly: mean}",
            "angles",
        ),
        ("variables:", "variables: [", "not YAML"),
        (WIDE, "- a list", "holds no fields"),
    ],
)
def test_a_fault_names_file_field_and_remedy(old: str, new: str, says: str) -> None:
    assert old in WIDE
    with pytest.raises(MappingError, match=says) as failure:
        read_mapping(WIDE.replace(old, new), "m.yaml")
    assert str(failure.value).startswith("m.yaml: ")


def test_a_mapping_that_is_nested_without_end_is_refused() -> None:
    with pytest.raises(MappingError, match="nested too deeply"):
        read_mapping("a: " + "[" * 5000, "m.yaml")


def test_aliases_are_refused_for_what_they_can_grow_to() -> None:
    """Fifty levels of ten each: nobody would live to see the list."""
    laugh = "z0: &a0 [x]\n" + "".join(
        f"z{i}: &a{i} [{','.join([f'*a{i - 1}'] * 10)}]\n" for i in range(1, 50)
    )
    with pytest.raises(MappingError, match=r"m.yaml: line 2: \*a0 is an alias; write out what it stands for"):
        read_mapping(laugh + WIDE, "m.yaml")
    assert read_mapping(WIDE.replace("source: mine", "source: &name mine"), "m.yaml").source == "mine"


def test_a_message_about_many_faults_is_a_page_of_text() -> None:
    keys = "".join(f"k{i}:\n" for i in range(1_000))
    with pytest.raises(MappingError, match="k0: Extra inputs") as failure:
        read_mapping(WIDE + keys, "m.yaml")
    assert len(str(failure.value)) < 5_000
    with pytest.raises(MappingError, match="k1 comes twice"):
        read_mapping("k1:\nk2:\nk1:\n", "m.yaml")
