"""A backfill of the whole sandbox as its users launch it: over GraphQL as the UI does, run by the daemon.

    python -m weather_platform_tests.bench.year [--days 365] [--keep FOLDER]

Not part of `make bench`: it takes minutes. One asset backfill holds every partitioned asset, each over all of
its partitions of the period; the wall time is from the request to the backfill's end, as Dagster reports it.
The processor time is that of everything started up to then, runs, daemon and webserver with their starts, and
the sandbox that answers: on a machine that has other things to do it says what the wall time does not.
"""

import argparse
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from weather_platform.core.partitions import CYCLE, DAY
from weather_platform_tests.bench.processor import seconds_of_all

_ASSETS = """{ assetNodes { assetKey { path } isMaterializable partitionDefinition { type name } } }"""
_LAUNCH = """mutation($params: LaunchBackfillParams!) { launchPartitionBackfill(backfillParams: $params) {
  __typename ... on LaunchBackfillSuccess { backfillId } ... on PythonError { message }
  ... on InvalidSubsetError { message } } }"""
_STATUS = """query($id: String!) { partitionBackfillOrError(backfillId: $id) {
  ... on PartitionBackfill { status numPartitions error { message }
    runs(limit: 500) { id status startTime endTime assetSelection { path }
      tags { key value } } } } }"""
_DONE = {"COMPLETED", "COMPLETED_SUCCESS", "COMPLETED_FAILED", "FAILED", "CANCELED"}


def main() -> None:
    """Run it and print what it took, as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--days", type=int, default=365)
    parser.add_argument("--keep", type=Path, help="a folder for the data; a temporary one where absent")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        print(json.dumps(measure(given.days, given.keep or Path(folder)), indent=2))  # noqa: T201


def measure(days: int, folder: Path) -> dict[str, Any]:
    """Seconds of wall time of a backfill of `days` days up to today, and where they went."""
    end = DAY.floor(datetime.now(UTC))
    start = end - timedelta(days=days)
    with _ui(folder, start) as (url, server):
        began = time.monotonic()
        backfill = _launch(url, start, end)
        state = _finished(url, backfill)
        seconds, used = time.monotonic() - began, seconds_of_all(server)
    return {
        "backfill": backfill,
        "days": days,
        "status": state["status"],
        "seconds": round(seconds, 1),
        "processor_seconds": used and round(used, 1),
        "runs": _of_runs(state["runs"]),
    }


@contextmanager
def _ui(folder: Path, start: datetime) -> Iterator[tuple[str, int]]:
    """Its address and the number of its process."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    environment = os.environ | {
        "WEATHER_DATA_DIR": str(folder / "data"),
        "WEATHER_FIRST_DAY": DAY.key(start),
        "OMP_NUM_THREADS": "1",
    }
    command = [sys.executable, "-c", "from weather_platform.cli.main import main; main()", "ui"]
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "ui.log").open("w") as log:
        server = subprocess.Popen(  # noqa: S603 - our own command
            [*command, "--port", str(port)], env=environment, stdout=log, stderr=log
        )
        try:
            yield _when_up(f"http://127.0.0.1:{port}/graphql", server), server.pid
        finally:
            server.send_signal(signal.SIGINT)
            server.wait(60)


def _when_up(url: str, server: "subprocess.Popen[bytes]") -> str:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline and server.poll() is None:
        try:
            if _ask(url, _ASSETS)["assetNodes"]:
                return url
        except (urllib.error.URLError, ConnectionError):
            pass
        time.sleep(0.5)
    raise RuntimeError(f"the UI at {url} did not come up; see ui.log")


def _launch(url: str, start: datetime, end: datetime) -> str:
    """Every partitioned asset over its partitions of the period; those without partitions once."""
    keys = {"cycle": CYCLE.keys(start, end), "day": DAY.keys(start, end)}
    by_asset = []
    for node in _ask(url, _ASSETS)["assetNodes"]:
        path, definition = node["assetKey"]["path"], node["partitionDefinition"]
        if not node["isMaterializable"] or (definition and definition["type"] == "DYNAMIC"):
            continue
        # Models are trained from what the backfill makes, in a backfill of their own; and every cycle of the
        # sandbox can be fetched, so that none has to be reconstructed.
        if path[0] in ("model", "reconstructed"):
            continue
        grain = "cycle" if path[0] in _BY_CYCLE else "day"
        span = {"start": keys[grain][0], "end": keys[grain][-1]}
        by_asset.append(
            {"assetKey": {"path": path}, "partitions": {"ranges": [span]} if definition else None}
        )
    found = _ask(url, _LAUNCH, {"params": {"partitionsByAssets": by_asset}})["launchPartitionBackfill"]
    if "backfillId" not in found:
        raise RuntimeError(f"no backfill: {found}")
    return str(found["backfillId"])


_BY_CYCLE = {"payloads", "forecasts", "feed_health", "features", "predictions", "daily_predictions"}


def _finished(url: str, backfill: str) -> dict[str, Any]:
    while True:
        state: dict[str, Any] = _ask(url, _STATUS, {"id": backfill})["partitionBackfillOrError"]
        if state["status"] in _DONE:
            return state
        done = sum(run["status"] == "SUCCESS" for run in state["runs"])
        print(f"{state['status']}: {done} of {len(state['runs'])} runs so far", file=sys.stderr)  # noqa: T201
        time.sleep(5)


def _of_runs(runs: list[dict[str, Any]]) -> list[str]:
    """One line a run in order of their starts: seconds from the first, how long, what."""
    begun = sorted((run for run in runs if run["startTime"]), key=lambda run: run["startTime"])
    return [
        f"{run['startTime'] - begun[0]['startTime']:6.0f} s "
        f"{(run['endTime'] or 0) - run['startTime']:6.0f} s {run['status']:8} "
        + ", ".join("/".join(key["path"]) for key in run["assetSelection"] or [])
        for run in begun
    ]


def _ask(url: str, query: str, variables: dict[str, Any] | None = None) -> dict[str, Any]:
    body = json.dumps({"query": query, "variables": variables or {}}).encode()
    request = urllib.request.Request(url, body, {"content-type": "application/json"})  # noqa: S310 - loopback
    with urllib.request.urlopen(request, timeout=60) as reply:  # noqa: S310
        answer: dict[str, Any] = json.load(reply)
    if "errors" in answer:
        raise RuntimeError(str(answer["errors"])[:2000])
    found: dict[str, Any] = answer["data"]
    return found


if __name__ == "__main__":
    main()
