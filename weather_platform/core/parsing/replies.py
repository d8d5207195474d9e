"""A provider's reply that somebody kept, as if it had been fetched when it was.

Belongs here: what is noted of such a reply, whichever way it comes in. Does not: where it is kept
(infra.stores.payload_store), or what tells its time and place (cli.import_payloads, core.uploads.replies).
"""

from datetime import datetime

from weather_platform.core.fetching.payloads import Meta, digest
from weather_platform.core.parsing.parse import read
from weather_platform.core.partitions import CYCLE
from weather_platform.core.places import Place
from weather_platform.core.providers.reading import plain_name
from weather_platform.core.providers.spec import Asked, Block, PayloadError, Provider


def kept_reply(
    provider: Provider,
    name: str,
    body: bytes,
    fetched_at: datetime,
    *,
    asked: tuple[Place, ...],
    location_id: str,
) -> Meta:
    """The header of its payload. `asked` are the places in request order; where nobody knows them, those are
    taken that it answers for, under `location_id`. Raises PayloadError where it is no forecast of its places.
    """
    if not location_id.isprintable():
        raise PayloadError(f"{location_id!r:.120} is no place's id: it holds what nobody can write")
    parts = read(provider, body, Asked(asked, fetched_at, unplaced=location_id))
    answered = tuple(dict.fromkeys(part.place for part in parts if isinstance(part, Block)))
    return Meta(
        provider=provider.name,
        cycle=CYCLE.floor(fetched_at),
        request=plain_name(f"{fetched_at:%Y%m%dT%H%M%SZ}_{location_id}"),
        role="forecast",
        places=asked or answered,
        url=f"import:{plain_name(name)}",
        status=200,
        fetched_at=fetched_at,
        quota_weight=0.0,
        **digest(body),
    )
