"""Who may call the service, over real HTTP: tokens of Google's, forged ones, and those that Cloud Run has
checked.
"""

import asyncio
import base64
import json
import time
from typing import Any

import httpx
import pytest
import zstandard
from google.auth import jwt

from weather_platform.service.settings import ServiceSettings
from weather_platform.service.tokens import CertificatesError, TokenError, Tokens
from weather_platform_tests.loopback import Answer, Seen, serve
from weather_platform_tests.service.conftest import AUDIENCE, PUSH, SCHEDULER, Caller
from weather_platform_tests.service.events import a_time, pushed
from weather_platform_tests.service.google import Google, identity

_REMOVED = "SIGNATURE_REMOVED_BY_GOOGLE"


def test_who_may_not_call_is_told_so_and_starts_nothing(service: Caller) -> None:
    at, before, google = a_time(), len(service.google.started), service.google
    other_signer, _ = identity()
    now = int(time.time())
    genuine = google.token(SCHEDULER, AUDIENCE)
    head, payload, signature = genuine.split(".")
    unsigned = base64.urlsafe_b64encode(b'{"alg":"none","kid":"key-1"}').decode().rstrip("=")
    forged, google.signer = google.signer, other_signer
    other_key = google.token(SCHEDULER, AUDIENCE)
    google.signer = forged
    bad = {
        "another key": other_key,
        "another audience": google.token(SCHEDULER, "https://else.example.org"),
        "expired": google.token(SCHEDULER, AUDIENCE, iat=now - 7200, exp=now - 3600),
        "another issuer": google.token(SCHEDULER, AUDIENCE, iss="https://evil.example.org"),
        "unverified": google.token(SCHEDULER, AUDIENCE, email_verified=False),
        "unsigned": f"{unsigned}.{payload}.",
        "cut": f"{head}.{payload}",
        "payload changed": f"{head}.{payload[:-4]}AAAA.{signature}",
        "not base64": "a.b.c",
        "nested deep": f"{head}.{base64.urlsafe_b64encode(b'[' * 3_000).decode()}.{signature}",
        "nested deep, no signature": f"{head}.{base64.urlsafe_b64encode(b'[' * 3_000).decode()}.{_REMOVED}",
        "far too long": google.token(SCHEDULER, AUDIENCE, more="x" * 8_192),
    }
    for what, token in bad.items():
        assert service.tick("fetch_cycle", at, token).status_code == 401, what
    as_another_kind = {"Authorization": f"Basic {genuine}", "X-CloudScheduler-ScheduleTime": at}
    for headers in ({}, as_another_kind):
        answer = service.http.post("/ticks/fetch_cycle", headers=headers)
        assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
    assert service.tick("fetch_cycle", at, google.token(PUSH, AUDIENCE)).status_code == 403
    assert service.push(pushed("observations/a.csv", "m0"), genuine).status_code == 403
    assert len(google.started) == before


CLAIMS_THAT_PROVE_NOTHING: dict[str, dict[str, Any]] = {
    "another audience": {"aud": "https://else.example.org"},
    "no audience": {"aud": None},
    "another issuer": {"iss": "https://evil.example.org"},
    "an issuer that is no text": {"iss": []},
    "unverified": {"email_verified": "true"},
    "expired": {"iat": 1_700_000_000, "exp": 1_700_003_600},
    "for all time": {"exp": None},
    "no number": {"exp": "9999999999"},
}


@pytest.mark.parametrize("what", CLAIMS_THAT_PROVE_NOTHING)
def test_of_a_token_whose_signature_cloud_run_removed_every_claim_is_still_checked(
    service: Caller, what: str
) -> None:
    before, genuine = len(service.google.started), service.google.token(SCHEDULER, AUDIENCE)
    changed = jwt.decode(genuine, verify=False) | CLAIMS_THAT_PROVE_NOTHING[what]
    assert service.tick("fetch_cycle", a_time(), unsigned(changed)).status_code == 401
    assert len(service.google.started) == before


def test_of_two_tokens_the_one_that_cloud_run_has_checked_counts(service: Caller) -> None:
    """It passes the other on as it came: whoever may call as one account could write another's."""
    forged = service.google.forwarded(service.google.token(SCHEDULER, AUDIENCE))
    checked = service.google.forwarded(service.google.token(PUSH, AUDIENCE))
    headers = {
        "Authorization": f"Bearer {forged}",
        "X-Serverless-Authorization": f"Bearer {checked}",
        "X-CloudScheduler-ScheduleTime": a_time(),
    }
    assert service.http.post("/ticks/fetch_cycle", headers=headers).status_code == 403


def test_where_cloud_run_does_not_stand_before_it_a_token_without_signature_proves_nothing(
    quiet_google: Google,
) -> None:
    genuine = quiet_google.token(SCHEDULER, AUDIENCE)
    certificates = f"{quiet_google.url}/certs"

    async def account(token: str, **settings: Any) -> str:
        async with httpx.AsyncClient() as http:
            tokens = Tokens(http, certificates, AUDIENCE, **settings)
            return await tokens.account({"authorization": f"Bearer {token}"})

    assert asyncio.run(account(genuine)) == SCHEDULER
    assert asyncio.run(account(quiet_google.forwarded(genuine), behind_iam=True)) == SCHEDULER
    with pytest.raises(TokenError, match="the token is not valid for this service"):
        asyncio.run(account(quiet_google.forwarded(genuine)))
    assert ServiceSettings.model_fields["ticks_behind_iam"].default is False


def unsigned(claims: dict[str, Any]) -> str:
    """A token as anyone can write it."""
    parts = ({"alg": "RS256", "kid": "key-1", "typ": "JWT"}, claims)
    encoded = [base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts]
    return ".".join([*encoded, _REMOVED])


def test_certificates_are_kept_and_strangers_cannot_have_them_fetched_at_will(service: Caller) -> None:
    service.tick("fetch_cycle", a_time(), service.google.token(SCHEDULER, AUDIENCE))
    before = service.google.certificate_requests
    for number in range(20):
        head = base64.urlsafe_b64encode(f'{{"alg":"RS256","kid":"k{number}"}}'.encode()).decode().rstrip("=")
        assert service.tick("fetch_cycle", a_time(), f"{head}.e30.AA").status_code == 401
    assert service.google.certificate_requests - before <= 1


async def test_certificates_are_fetched_anew_when_they_are_old_and_for_a_key_that_is_new(
    quiet_google: Google,
) -> None:
    now, lifetime = [1_000.0], 600.0
    seen: list[float] = []

    def answer(_request: Seen) -> Answer:
        seen.append(now[0])
        known = json.dumps({"key-1": quiet_google.certificate}).encode()
        return Answer(known, headers={"cache-control": f"public, max-age={lifetime:.0f}"})

    genuine = {"authorization": f"Bearer {quiet_google.token(SCHEDULER, AUDIENCE)}"}
    head = base64.urlsafe_b64encode(b'{"alg":"RS256","kid":"new"}').decode().rstrip("=")
    stranger = {"authorization": f"Bearer {head}.e30.AA"}
    async with serve(answer) as url, httpx.AsyncClient() as http:
        tokens = Tokens(http, url, AUDIENCE, clock=lambda: now[0])
        assert await tokens.account(genuine) == SCHEDULER
        now[0] += lifetime - 1
        assert await tokens.account(genuine) == SCHEDULER
        assert seen == [1_000.0]
        now[0] += 1
        assert await tokens.account(genuine) == SCHEDULER
        assert seen == [1_000.0, 1_600.0]
        for waited, requests in ((59.0, 2), (1.0, 3), (59.0, 3)):
            now[0] += waited
            with pytest.raises(TokenError):
                await tokens.account(stranger)
            assert len(seen) == requests


@pytest.mark.parametrize(
    ("cache_control", "kept_seconds"),
    [("private", 60.0), ("max-age=0", 60.0), ("public, max-age=999999999", 86_400.0)],
)
async def test_certificates_are_kept_for_a_minute_at_least_and_a_day_at_most(
    quiet_google: Google, cache_control: str, kept_seconds: float
) -> None:
    now, seen = [1_000.0], []

    def answer(_request: Seen) -> Answer:
        seen.append(now[0])
        known = json.dumps({"key-1": quiet_google.certificate}).encode()
        return Answer(known, headers={"cache-control": cache_control})

    genuine = {"authorization": f"Bearer {quiet_google.token(SCHEDULER, AUDIENCE)}"}
    async with serve(answer) as url, httpx.AsyncClient() as http:
        tokens = Tokens(http, url, AUDIENCE, clock=lambda: now[0])
        for passed, requests in ((0.0, 1), (kept_seconds - 1, 1), (1.0, 2)):
            now[0] += passed
            assert await tokens.account(genuine) == SCHEDULER
            assert len(seen) == requests


async def test_of_certificates_no_more_is_read_than_there_can_be(quiet_google: Google) -> None:
    """Found by reading: an answer was read whole before it was found too large."""
    endless = Answer(b"x" * 600_000, cut=True)  # whose end never comes
    genuine = {"authorization": f"Bearer {quiet_google.token(SCHEDULER, AUDIENCE)}"}
    async with serve(lambda _: endless) as url, httpx.AsyncClient() as http:
        with pytest.raises(CertificatesError, match="larger than"):
            await Tokens(http, url, AUDIENCE).account(genuine)


async def test_certificates_encoded_as_nobody_asked_for_are_not_decoded(quiet_google: Google) -> None:
    """A chunk of them may decode to more than the memory holds."""
    known = zstandard.compress(json.dumps({"key-1": quiet_google.certificate}).encode())
    genuine = {"authorization": f"Bearer {quiet_google.token(SCHEDULER, AUDIENCE)}"}
    answer = Answer(known, headers={"content-encoding": "zstd"})
    async with serve(lambda _: answer) as url, httpx.AsyncClient() as http:
        with pytest.raises(CertificatesError, match="not asked for"):
            await Tokens(http, url, AUDIENCE).account(genuine)


@pytest.mark.parametrize(
    "none",
    [Answer(b"[]"), Answer(b'{"key-1": 1}'), Answer(b"not JSON"), Answer(b'{"error": "away"}', status=503)],
)
async def test_certificates_that_are_none_are_asked_for_again(quiet_google: Google, none: Answer) -> None:
    answers = [none, Answer(json.dumps({"key-1": quiet_google.certificate}).encode())]
    genuine = {"authorization": f"Bearer {quiet_google.token(SCHEDULER, AUDIENCE)}"}
    async with serve(lambda _: answers.pop(0)) as url, httpx.AsyncClient() as http:
        tokens = Tokens(http, url, AUDIENCE)
        with pytest.raises(CertificatesError):
            await tokens.account(genuine)
        assert await tokens.account(genuine) == SCHEDULER
