"""How a job is started: as whom, and what an answer means that tells little."""

import json
from pathlib import Path

import httpx
import pytest

from weather_platform.service.jobs import BusyError, Jobs
from weather_platform_tests.certificates import self_signed
from weather_platform_tests.loopback import Answer, Seen, serve
from weather_platform_tests.service.conftest import JOBS


@pytest.mark.parametrize(
    "answer",
    [
        Answer(b'{"metadata": {"name": "run-1"}}', cut=True),
        Answer(b"not JSON"),
        Answer(b"{}"),
        Answer(b'{"metadata": null}'),
    ],
)
async def test_a_job_that_was_started_is_not_started_again_where_the_answer_does_not_name_it(
    answer: Answer,
) -> None:
    """Found by reading: it counted as not started, and the next delivery started another."""
    async with serve(lambda _: answer) as url, httpx.AsyncClient() as http:
        assert await Jobs(http, url, JOBS).start("ingest", ["weather-platform"]) == "unnamed"


async def test_google_is_asked_as_the_services_own_account_by_a_token_that_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tokens = [Answer(status=400), Answer(b'{"access_token": "t-1", "expires_in": 3600}')]
    asked: list[httpx.Request] = []

    def google(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(200, stream=httpx.ByteStream(b'{"metadata": {"name": "run-1"}}'))

    def token(_request: Seen) -> Answer:
        return tokens.pop(0)

    async with serve(token) as url, httpx.AsyncClient(transport=httpx.MockTransport(google)) as http:
        key, email = self_signed()[0].decode(), "ticks@p.iam.gserviceaccount.com"
        account = {"type": "service_account", "client_email": email, "private_key": key, "token_uri": url}
        (tmp_path / "account.json").write_text(json.dumps(account))
        monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(tmp_path / "account.json"))
        jobs = Jobs(http, None, JOBS)
        with pytest.raises(BusyError, match="cannot get a token"):
            await jobs.start("ingest", ["weather-platform"])
        assert asked == []
        for _ in range(2):
            assert await jobs.start("ingest", ["weather-platform"]) == "run-1"
    assert tokens == []
    assert {str(one.url) for one in asked} == {f"https://run.googleapis.com/v2/{JOBS}ingest:run"}
    assert {one.headers["authorization"] for one in asked} == {"Bearer t-1"}
