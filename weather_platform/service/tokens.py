"""OIDC tokens that Google's Scheduler and Pub/Sub send: who calls, proven by a signature.

Belongs here: verifying a token and keeping Google's certificates at hand. Does not: what a caller may do
(app).

Format and checks: RFC 7519, and "Authenticating service-to-service" of Cloud Run. google-auth checks
signature, algorithm, audience and times; issuer and the account are checked here.

Of a service that nobody may call without IAM, Cloud Run verifies the token itself and puts a constant in the
place of its signature. Nothing of it is left to verify but the claims, and anyone could write such a token:
only where Cloud Run is known to stand before the service (`behind_iam`) does it prove an account.
"""

import asyncio
import json
import re
import time
from collections.abc import Callable, Mapping
from typing import Any

import httpx
from google.auth import exceptions, jwt

from weather_platform.core.fetching.decoding import BodyError, read

_ISSUERS = ("https://accounts.google.com", "accounts.google.com")  # no set: what is no text may have no hash
_MAX_CERTIFICATE_BYTES = 256_000
_MAX_TOKEN_CHARACTERS = 8_192
_SHORTEST_SECONDS, _LONGEST_SECONDS = 60.0, 86_400.0
_CLOCK_SKEW_SECONDS = 30
# RecursionError: a few kilobytes of brackets are nested deeper than JSON is read.
_NO_TOKEN = (exceptions.GoogleAuthError, ValueError, RecursionError)
_REMOVED = "SIGNATURE_REMOVED_BY_GOOGLE"
# The second where both are sent: Cloud Run checks that one, and passes the other on as it came.
_HEADER, _HEADER_CHECKED_FIRST = "authorization", "x-serverless-authorization"


class TokenError(Exception):
    """The request's token does not prove a Google account; the message is safe to answer with."""


class CertificatesError(Exception):
    """Google's certificates cannot be had right now: the caller should try again."""


class Tokens:
    """Verifies tokens for one audience. Certificates are kept as long as their Cache-Control says."""

    def __init__(
        self,
        http: httpx.AsyncClient,
        url: str,
        audience: str,
        *,
        behind_iam: bool = False,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._http, self._url, self._audience, self._clock = http, url, audience, clock
        self._behind_iam = behind_iam
        self._certificates: Mapping[str, str] = {}
        self._fetched, self._expires = -_LONGEST_SECONDS, 0.0
        self._lock = asyncio.Lock()

    async def account(self, headers: Mapping[str, str]) -> str:
        """The e-mail of the account that a request's headers (by lower-case name) prove.

        Raises TokenError where they prove none, CertificatesError where that cannot be known.
        """
        checked_first = headers.get(_HEADER_CHECKED_FIRST) if self._behind_iam else None
        scheme, _, token = (checked_first or headers.get(_HEADER, "")).partition(" ")
        if scheme.lower() != "bearer" or not 0 < len(token) <= _MAX_TOKEN_CHARACTERS:
            raise TokenError("an OIDC token is needed: Authorization: Bearer ...")
        removed = self._behind_iam and token.rpartition(".")[2] == _REMOVED
        try:
            claims = self._claims(token) if removed else await self._verified(token)
        except _NO_TOKEN as error:
            raise TokenError("the token is not valid for this service") from error
        if claims.get("iss") not in _ISSUERS or claims.get("email_verified") is not True:
            raise TokenError("the token is not of a Google account")
        return str(claims.get("email"))

    async def _verified(self, token: str) -> Mapping[str, Any]:
        """The claims of a token that has its signature. Raises GoogleAuthError or ValueError."""
        certificates = await self._known(_key_id(token))
        claims: Mapping[str, Any] = jwt.decode(
            token, certs=certificates, audience=self._audience, clock_skew_in_seconds=_CLOCK_SKEW_SECONDS
        )
        return claims

    def _claims(self, token: str) -> Mapping[str, Any]:
        """The claims of a token that Cloud Run has verified. Raises GoogleAuthError or ValueError."""
        claims: Mapping[str, Any] = jwt.decode(token, verify=False)
        expires = claims.get("exp")
        if claims.get("aud") != self._audience or type(expires) is not int:
            raise ValueError("the token is for another audience, or for all time")
        if expires + _CLOCK_SKEW_SECONDS < time.time():
            raise ValueError("the token is over")
        return claims

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
            async with self._http.stream("GET", self._url) as reply:
                reply.raise_for_status()
                found = json.loads(await read(reply, _MAX_CERTIFICATE_BYTES))
        except BodyError as error:
            raise CertificatesError(f"cannot read Google's certificates: {error}") from None
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
    except _NO_TOKEN as error:
        raise TokenError("the token is not a JSON web token") from error
    return str(header.get("kid"))
