"""Work under `fakeaws serve`: done by the server, soon after the call that left it, and whoever left it."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

from fakeaws.cli.calls.local import initialise
from fakeaws.core.pipeline import work
from fakeaws.core.pipeline.cloud import Cloud
from fakeaws.core.pipeline.functions import place_of
from fakeaws.core.pipeline.work import Task
from fakeaws.core.tools.errors import CloudError
from fakeaws.wire.server.app import App
from tests.conftest import Terminal
from tests.core.pipeline import test_work
from tests.parity.conftest import Server

ROOT = Path(__file__).resolve().parents[3]
held, begun = threading.Event(), threading.Event()


@pytest.fixture
def cloud(home: Path, monkeypatch: pytest.MonkeyPatch) -> Cloud:
    """The cloud of the servers' folder; they know the functions of these tests."""
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    initialise({"FAKEAWS_HOME": str(home)})
    return Cloud(home)


@pytest.fixture
def serve(cloud: Cloud, home: Path) -> Iterator[Callable[[], Server]]:
    servers: list[Server] = []

    def started() -> Server:
        servers.append(Server(home))
        return servers[-1]

    yield started
    for server in servers:
        server.stop()


def _client(server: Server, service: str) -> Any:
    return boto3.client(
        service,
        endpoint_url=server.url,
        region_name="us-east-1",
        aws_access_key_id="123456789012",
        aws_secret_access_key="x",
    )


def _leave(cloud: Cloud, function: Callable[[Task], None], **payload: Any) -> None:
    place = {"service": "sqs", "account": "123456789012", "region": "us-east-1", **place_of(function)}
    with cloud.database.transaction(write=True):
        cloud.database.add_work(0.0, {**place, "payload": payload})


def _wait(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not is_so() and time.monotonic() < deadline:
        threading.Event().wait(0.02)
    assert is_so()


def test_the_next_request_sees_what_a_call_has_left_to_be_done(serve: Callable[[], Server]) -> None:
    server = serve()
    sqs, events = _client(server, "sqs"), _client(server, "events")
    queue = sqs.create_queue(QueueName="jobs")["QueueUrl"]
    events.put_rule(Name="all", EventPattern='{"source": ["shop"]}')
    events.put_targets(Rule="all", Targets=[{"Id": "1", "Arn": "arn:aws:sqs:us-east-1:123456789012:jobs"}])
    for number in range(5):
        events.put_events(Entries=[{"Source": "shop", "DetailType": "order", "Detail": json.dumps({"n": number})}])
        [message] = sqs.receive_message(QueueUrl=queue)["Messages"]
        assert json.loads(message["Body"])["detail"] == {"n": number}


def test_a_server_does_what_others_left(serve: Callable[[], Server], cloud: Cloud) -> None:
    server = serve()
    queue = str(cloud.perform("sqs", "CreateQueue", {"QueueName": "jobs"})["QueueUrl"])
    _leave(cloud, test_work._send, queue=queue, number=7)
    _wait(lambda: cloud.database.works() == [])
    assert [m["Body"] for m in _client(server, "sqs").receive_message(QueueUrl=queue)["Messages"]] == ["7"]


def test_a_piece_that_fails_stops_no_server_and_is_shown(
    serve: Callable[[], Server], cloud: Cloud, terminal: Terminal
) -> None:
    server = serve()
    _leave(cloud, test_work._break)
    _wait(lambda: [piece.due for piece in cloud.database.works()] == [work.NEVER])
    [shown] = terminal("cloud work --output json").json
    assert (shown["State"], shown["Error"]) == ("failed", "ZeroDivisionError: a mistake")
    queue = str(cloud.perform("sqs", "CreateQueue", {"QueueName": "jobs"})["QueueUrl"])
    _leave(cloud, test_work._send, queue=queue, number=8)
    _wait(lambda: len(cloud.database.works()) == 1)
    assert _client(server, "sqs").receive_message(QueueUrl=queue)["Messages"][0]["Body"] == "8"


def test_two_servers_never_do_one_piece_twice(serve: Callable[[], Server], cloud: Cloud, tmp_path: Path) -> None:
    serve(), serve()
    queue = str(cloud.perform("sqs", "CreateQueue", {"QueueName": "jobs"})["QueueUrl"])
    for number in range(40):
        _leave(cloud, test_work._send, queue=queue, number=number, log=str(tmp_path / "log"))
    _wait(lambda: cloud.database.works() == [])
    done = [number for what, number, _ in test_work._log(tmp_path / "log") if what == "begin"]
    assert sorted(done) == list(range(40))


def _hold(task: Task) -> None:
    begun.set()
    assert held.wait(30)


def test_nobody_waits_long_for_work(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(work, "WAIT", 0.01)
    begun.clear()
    held.clear()
    served = Cloud(None)
    served.is_served = True
    _leave(served, _hold)
    served.finish_work()
    assert begun.wait(30)
    assert [piece.attempts for piece in served.database.works()] == [1]
    held.set()
    _wait(lambda: served.database.works() == [])


def test_what_fails_aside_is_said_once_and_the_server_goes_on(capsys: pytest.CaptureFixture[str]) -> None:
    def fail() -> None:
        raise CloudError("The disk is full.")

    app = App(Cloud(None))
    for function in (fail, fail, dict, fail):
        app._always(function)
    said = capsys.readouterr().err.splitlines()
    assert said == ["fakeaws: what is scheduled, or work that is left, could not be done: The disk is full."] * 2
