"""OIDC tokens that Google's Scheduler and Pub/Sub send: who calls, proven by a signature.

Belongs here: verifying a token and keeping Google's certificates at hand. Does not: what a caller may do
(app).

Format and checks: RFC 7519, and "Authenticating service-to-service" of Cloud Run. google-auth checks
signature, algorithm, audience and times; issuer and the account are checked here.
"""

import asyncio
import re
import time
from collections.abc import Callable, Mapping

import httpx
from google.auth import exceptions, jwt

_ISSUERS = {"https://accounts.google.com", "accounts.google.com"}
_MAX_CERTIFICATE_BYTES = 256_000
_MAX_TOKEN_CHARACTERS = 8_192
_SHORTEST_SECONDS, _LONGEST_SECONDS = 60.0, 86_400.0
_CLOCK_SKEW_SECONDS = 30


class TokenError(Exception):
    """The request's token does not prove a Google account; the message is safe to answer with."""


class CertificatesError(Exception):
    """Google's certificates cannot be had right now: the caller should try again."""


class Tokens:
    """Verifies tokens for one audience. Certificates are kept as long as their Cache-Control says."""

    def __init__(
        self, http: httpx.AsyncClient, url: str, audience: str, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._http, self._url, self._audience, self._clock = http, url, audience, clock
        self._certificates: Mapping[str, str] = {}
        self._fetched, self._expires = -_LONGEST_SECONDS, 0.0
        self._lock = asyncio.Lock()

    async def account(self, authorization: str | None) -> str:
        """The e-mail of the account that an `Authorization` header proves.

        Raises TokenError where it proves none, CertificatesError where that cannot be known.
        """
        scheme, _, token = (authorization or "").partition(" ")
        if scheme.lower() != "bearer" or not 0 < len(token) <= _MAX_TOKEN_CHARACTERS:
            raise TokenError("an OIDC token is needed: Authorization: Bearer ...")
        certificates = await self._known(_key_id(token))
        try:
            claims = jwt.decode(
                token, certs=certificates, audience=self._audience, clock_skew_in_seconds=_CLOCK_SKEW_SECONDS
            )
        except (exceptions.GoogleAuthError, ValueError) as error:
            raise TokenError("the token is not valid for this service") from error
        if claims.get("iss") not in _ISSUERS or claims.get("email_verified") is not True:
            raise TokenError("the token is not of a Google account")
        return str(claims.get("email"))

    async def _known(self, key_id: str) -> Mapping[str, str]:
        """Certificates, fetched where they are old or lack that key; at most once a minute for a key that
        nobody has, since anyone may send one.
        """
        async with self._lock:
            now = self._clock()
            missing = key_id not in self._certificates and now - self._fetched >= _SHORTEST_SECONDS
            if now >= self._expires or missing:
                await self._fetch(now)
            return self._certificates

    async def _fetch(self, now: float) -> None:
        try:
            reply = await self._http.get(self._url)
            reply.raise_for_status()
            if len(reply.content) > _MAX_CERTIFICATE_BYTES:
                raise CertificatesError("the answer with certificates is too large")
            found = reply.json()
        except (httpx.HTTPError, ValueError) as error:
            raise CertificatesError("cannot fetch Google's certificates") from error
        if not isinstance(found, dict) or not all(isinstance(value, str) for value in found.values()):
            raise CertificatesError("the answer with certificates is not a map of key ids")
        self._certificates, self._fetched = found, now
        self._expires = now + _lifetime(reply.headers.get("cache-control", ""))


def _lifetime(cache_control: str) -> float:
    """Seconds to keep a reply, within bounds."""
    found = re.search(r"max-age=(\d{1,9})", cache_control)
    return min(max(float(found[1]) if found else _SHORTEST_SECONDS, _SHORTEST_SECONDS), _LONGEST_SECONDS)


def _key_id(token: str) -> str:
    try:
        header = jwt.decode_header(token)
    except (exceptions.GoogleAuthError, ValueError) as error:
        raise TokenError("the token is not a JSON web token") from error
    return str(header.get("kid"))
