"""What a channel did not take is kept for it, and no channel waits for another."""

import asyncio
import json
from datetime import timedelta

import dagster as dg
import pytest
from pydantic import SecretStr

from weather_platform.infra.configuration.settings import Settings
from weather_platform.infra.watch.alerts import Alert
from weather_platform.infra.watch.heartbeat import Untold
from weather_platform.infra.watch.outbox import tell as tell_from
from weather_platform.infra.watch.outbox import untold
from weather_platform_tests.infra.watch.channels import ALERTS, AT, Mailbox, tell, webhook

pytestmark = pytest.mark.usefixtures("own_folder")


async def test_one_dead_channel_does_not_silence_the_other(mail: tuple[Mailbox, Settings]) -> None:
    mailbox, settings = mail
    both = settings.model_copy(update={"alert_webhook": SecretStr("http://127.0.0.1:9/")})
    assert await asyncio.to_thread(tell, both, ALERTS) == ["the webhook was not reached: ConnectError"]
    assert len(mailbox.messages) == 1


def test_nobody_is_told_where_nobody_wants_to_be() -> None:
    assert tell(Settings(), ALERTS) == []
    assert tell(Settings(alert_webhook=SecretStr("http://127.0.0.1:9/")), []) == []


async def test_what_a_channel_did_not_take_goes_with_the_next_once(mail: tuple[Mailbox, Settings]) -> None:
    mailbox, settings = mail
    first, second = ALERTS
    async with webhook(500, 500, 200, 200) as (url, seen):
        both = settings.model_copy(update={"alert_webhook": SecretStr(url)})
        with dg.DagsterInstance.ephemeral() as instance:
            told = [
                await asyncio.to_thread(tell_from, both, instance, each)
                for each in ([first], [second], [], [])
            ]
    assert told == [["the webhook answered with HTTP status 500"]] * 2 + [[], []]
    titles = [[one["title"] for one in json.loads(request.body)["alerts"]] for request in seen]
    assert titles == [[first.title], [second.title, first.title], [second.title, first.title]]
    assert json.loads(seen[2].body)["alerts"][1]["at"] == "2026-08-10T12:10:00+00:00"
    assert len(mailbox.messages) == 2  # which took each at once


def failed_run(number: int) -> Alert:
    return Alert("runs", "error", f"run {number} failed", "ValueError", AT + timedelta(minutes=number))


@pytest.mark.parametrize("left", ["", "{", "[]", "{}", '{"alerts": [{"at": "soon"}]}', '{"alerts": []}'])
async def test_what_was_kept_and_cannot_be_read_keeps_nothing_from_being_told(left: str) -> None:
    async with webhook() as (url, seen):
        settings = Settings(alert_webhook=SecretStr(url))
        with dg.DagsterInstance.ephemeral() as instance:
            instance.run_storage.set_cursor_values({"weather_platform/unsent/webhook": left})
            assert untold(settings, instance) == []
            assert await asyncio.to_thread(tell_from, settings, instance, ALERTS) == []
    assert len(json.loads(seen[0].body)["alerts"]) == len(ALERTS)


async def test_of_what_a_dead_channel_did_not_take_the_newest_are_kept() -> None:
    settings = Settings(alert_webhook=SecretStr("http://127.0.0.1:9/"))
    with dg.DagsterInstance.ephemeral() as instance:
        for number in range(0, 60, 2):
            both = [failed_run(number + 1), failed_run(number)]
            assert await asyncio.to_thread(tell_from, settings, instance, both)
        problem = "the webhook was not reached: ConnectError"
        assert untold(settings, instance) == [Untold("webhook", 50, AT, problem)]
        async with webhook() as (url, seen):
            alive = Settings(alert_webhook=SecretStr(url))
            assert await asyncio.to_thread(tell_from, alive, instance, []) == []
        assert untold(settings, instance) == []
    sent = [one["title"] for one in json.loads(seen[0].body)["alerts"]]
    assert sent == [f"run {number} failed" for number in reversed(range(10, 60))]
