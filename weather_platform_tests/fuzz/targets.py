"""What is fed with hostile inputs: every reader of foreign bytes, with good inputs to start from.

Belongs here: how each reader is called, and which errors are its clear answers. Does not: mutation, counting.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from weather_platform.core.fetching.payloads import DamagedPayloadError, Meta, digest, pack, unpack
from weather_platform.core.history.format import File
from weather_platform.core.history.formats import FORMATS
from weather_platform.core.history.station_archive import parse as parse_stations
from weather_platform.core.observations.mapping_file import MappingError, read_mapping
from weather_platform.core.observations.table import ObservationFileError
from weather_platform.core.observations.upload import parse_upload
from weather_platform.core.parsing.parse import Source, assemble, read
from weather_platform.core.places import Place
from weather_platform.core.providers.nws import follow
from weather_platform.core.providers.registry import PROVIDERS
from weather_platform.core.providers.spec import Asked, PayloadError, Request
from weather_platform_tests import replies
from weather_platform_tests.core.observations.texts import LONG, WIDE
from weather_platform_tests.fuzz.seeds import ARCHIVE_FILES, LONG_CSV, STATIONS_CSV, WIDE_CSV

Inputs = Sequence[bytes]


@dataclass(frozen=True)
class Target:
    """A reader. `feed` reads a batch of inputs and raises for nothing that they hold, but for `clear` errors.

    `share` is its part of all inputs.
    """

    seeds: tuple[bytes, ...]
    feed: Callable[[Inputs], None]
    share: float


def _each(read: Callable[[bytes], object], *clear: type[Exception]) -> Callable[[Inputs], None]:
    def feed(inputs: Inputs) -> None:
        for data in inputs:
            try:
                read(data)
            except clear:
                continue

    return feed


PLACES = (Place("here", 46.5, 7.0), Place("there", 47.5, 8.0))
_META = Meta("p", replies.START, "r", "forecast", PLACES, "https://x/y?z=1", 200, replies.START, "", 0, 1.0)


ASKED = Asked((), replies.START)


def _rows(provider: str, inputs: Inputs) -> None:
    """All the way to rows and quarantine, which takes nothing amiss."""
    sources = [Source(f"o{i}", replies.START, ASKED, data) for i, data in enumerate(inputs)]
    parsed = assemble(PROVIDERS[provider], sources)
    assert parsed.rows["lead_hours"].ge(0).all()


def _packed(body: bytes) -> bytes:
    return pack(Meta(**{**vars(_META), **digest(body)}), body)


def _as_archive(name: str, file: str, data: bytes) -> object:
    return FORMATS[name].read(File(data, file, "1"))


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")


_ONE, _TWO = replies.encoded(replies.weatherapi(days=2)), replies.encoded(replies.met_norway())
SEEDS = {
    **{name: (replies.encoded(example.reply),) for name, example in replies.EXAMPLES.items()},
    "open_meteo": (
        replies.encoded(replies.open_meteo(hours=48)),
        replies.encoded([replies.open_meteo(hours=24), replies.open_meteo(hours=24)]),
    ),
    "openweathermap": (replies.encoded(replies.openweathermap()),),
    "weatherapi": (_ONE,),
    "met_norway": (_TWO,),
    "nws": (replies.encoded(replies.nws_gridpoint(hours=48)), replies.encoded(replies.nws_points())),
}
_LOOKUP = Request("x.points", "/points/1,2", {}, PLACES[:1], role="lookup", leads_to="x")

TARGETS: dict[str, Target] = {
    **{
        name: Target(SEEDS[name], _each(partial(read, PROVIDERS[name], asked=ASKED), PayloadError), 0.12)
        for name in SEEDS
    },
    **{f"{name}, to rows": Target(SEEDS[name], partial(_rows, name), 0.006) for name in SEEDS},
    "nws look-up": Target(
        (replies.encoded(replies.nws_points()),), _each(partial(follow, _LOOKUP), PayloadError), 0.1
    ),
    "payload object": Target(
        (_packed(b"a body" * 20), _packed(_ONE)),
        _each(lambda d: unpack(d, 1_000_000), DamagedPayloadError),
        0.1,
    ),
    "mapping file": Target(
        (WIDE.encode(), LONG.encode()), _each(lambda d: read_mapping(_text(d), "m"), MappingError), 0.06
    ),
    "observations, wide": Target(
        (WIDE_CSV,),
        _each(lambda d: parse_upload(d, read_mapping(WIDE, "m"), "u", None), ObservationFileError),
        0.002,
    ),
    "observations, long": Target(
        (LONG_CSV,),
        _each(lambda d: parse_upload(d, read_mapping(LONG, "m"), "u", None), ObservationFileError),
        0.002,
    ),
    "station archive": Target((STATIONS_CSV,), _each(partial(parse_stations, _META)), 0.002),
    **{
        f"archive {name}": Target(
            (data,),
            _each(partial(_as_archive, name, file), ObservationFileError),
            0.002,
        )
        for name, (file, data) in ARCHIVE_FILES.items()
    },
}
