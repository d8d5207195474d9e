"""Mappings and files of observations that several tests read."""

from weather_platform.core.observations.mapping_file import read_mapping
from weather_platform.core.observations.upload import ParsedUpload, parse_upload
from weather_platform.core.panel.places_file import read_panel

WIDE = """
source: mine
format: wide
time: {column: time, zone: UTC}
stations: {column: place}
variables:
  temperature_c: {from: temp, unit: °F, missing: ["999"]}
  wind_speed_m_s: {from: wind, unit: km/h}
  precipitation_mm: {from: rain, unit: in}
missing: ["-9999", n/a]
"""

LONG = """
source: net
format: long
code_column: code
value_column: value
time: {column: stamp, zone: UTC}
label: start
interval: 30min
stations:
  column: station
  table:
    A1: {latitude: 52.5, longitude: 13.4, locations: [berlin, cape-town]}
    B2: {locations: [lima]}
variables:
  temperature_c: {from: "032", unit: °C, hourly: around}
  wind_speed_m_s: {from: 30, unit: m/s, hourly: mean}
  wind_gust_m_s: {from: 50, unit: m/s}
  precipitation_mm: {from: 35, unit: mm}
quality: {column: flag, map: {V: good, S: suspect, N: reject}}
delay_hours: 3
"""


def read(text: str | bytes, mapping: str, *, with_panel: bool = False) -> ParsedUpload:
    """A file by a mapping, as upload `u`."""
    data = text.encode() if isinstance(text, str) else text
    return parse_upload(data, read_mapping(mapping, "m.yaml"), "u", read_panel() if with_panel else None)


def long_file(*rows: str) -> str:
    """A file that LONG describes."""
    return "\n".join(["station,stamp,code,value,flag", *rows, ""])
