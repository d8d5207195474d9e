"""Connections to Postgres by a URL that has a password in it, and whose failures never have.

Belongs here: which URLs can be read one way only, and the one way to connect. Does not: what is asked of the
database. Imports no driver by itself, since settings are read where none is installed.

A driver that cannot read a URL quotes it whole, and one that reads it otherwise than was meant takes part of
the password for a host's name, which it then names. Dagster reads the same variable by a reader of its own.
"""

import logging
import re
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import SplitResult, parse_qs, urlsplit

from pydantic import SecretStr

_SHAPE = "postgresql://user:password@host:5432/database"
_TIMEOUT_SECONDS = 10
# A restart of Cloud SQL's takes a minute or two, Dagster's patience at the opening of its store 13 s.
_LOOKS, _BETWEEN_LOOKS_SECONDS = 20, 15.0
# The driver tells no code, but what the server says; one that says it in another language counts as away.
_UNKNOWN = re.compile(
    r"authentication failed for user|no password supplied|(role|database) \".*\" does not exist"
)
_UNESCAPED = re.compile(r"%(?![0-9A-Fa-f]{2})")

_LOG = logging.getLogger(__name__)


class PostgresError(Exception):
    """No connection was made; the text names host and port, and the kind of failure."""


class UnknownToPostgresError(PostgresError):
    """The server answers, and refuses the user, the password or the database: it will do so again."""


def readable(url: SecretStr) -> SecretStr:
    """The URL itself. Raises ValueError, without any part of it, where it is not plainly one of Postgres."""
    text = url.get_secret_value()
    try:
        parts = urlsplit(text)
        hosts = _hosts(parts)
        _ = parts.port
    except ValueError:  # its text may quote the password, as what a slash in it made a port
        raise ValueError(_wrong("its host or port cannot be read")) from None
    if not text.isprintable() or " " in text or parts.scheme != "postgresql":
        raise ValueError(_wrong("it must begin with postgresql:// and have no white space"))
    if _UNESCAPED.search(text) or text.count("@") > 1 or "@" in parts.path + parts.query or parts.fragment:
        raise ValueError(_wrong("it has a special character that is not percent-encoded"))
    if not hosts:
        raise ValueError(_wrong("it names no host"))
    return url


def connect(url: SecretStr, **options: int) -> Any:
    """A connection. Raises PostgresError where none is made, ValueError where the URL is not readable."""
    import psycopg2

    parts = urlsplit(readable(url).get_secret_value())
    try:
        return psycopg2.connect(url.get_secret_value(), connect_timeout=_TIMEOUT_SECONDS, **options)
    except psycopg2.Error as error:
        kind, unknown = type(error).__name__, _UNKNOWN.search(str(error))
    # Not while the driver's error is handled: it would be kept as this one's context, with its text.
    server = f"Postgres at {_hosts(parts)[0]}:{parts.port or 5432}"
    if unknown:
        raise UnknownToPostgresError(f"{server} refuses the user, password or database")
    raise PostgresError(f"no connection to {server}: {kind}")


def wait_for(url: SecretStr, pause: Callable[[float], object] = time.sleep) -> None:
    """Return once it answers: at once, most often. Raises PostgresError where it has not within some five
    minutes, or at once where it answers with a refusal, ValueError where the URL is not readable.
    """
    for _ in range(_LOOKS):
        try:
            connect(url).close()
        except UnknownToPostgresError:
            raise
        except PostgresError as error:
            _LOG.warning("%s; it is asked again in %g s", error, _BETWEEN_LOOKS_SECONDS)
            pause(_BETWEEN_LOOKS_SECONDS)
        else:
            return
    connect(url).close()


def _hosts(parts: SplitResult) -> list[str]:
    """The host, or the folder of the socket, which stands in the query."""
    return [host for host in (parts.hostname, *parse_qs(parts.query).get("host", ())) if host]


def _wrong(reason: str) -> str:
    return f"{reason}; should be like {_SHAPE}, with special characters of the password percent-encoded"
