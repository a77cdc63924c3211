"""Work: what happens after a call without anybody waiting for it."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from fakeaws.cli.calls import local
from fakeaws.core.pipeline import clock, work
from fakeaws.core.pipeline.call import Call
from fakeaws.core.pipeline.cloud import Cloud
from fakeaws.core.pipeline.functions import place_of
from fakeaws.core.pipeline.work import Task
from fakeaws.core.tools.errors import AwsError
from tests.conftest import Terminal

ROOT = Path(__file__).resolve().parents[3]
WORKER = """
import sys
from fakeaws.core.pipeline import work
from fakeaws.core.pipeline.cloud import Cloud
work.LEASE = float(sys.argv[2])
work.run_all(Cloud(sys.argv[1]))
"""
"""A process that works until nothing is left; who is killed holds up a piece for as long as the lease."""
LEASE = 2.0
"""Seconds that a piece waits whose process was killed."""
tried: list[tuple[int, float]] = []
"""(attempt, cloud's time) of each time that `_fail` was tried in this process."""


def _send(task: Task) -> None:
    """Send a message, between two lines in a log that say which process does so."""
    _write(task, "begin")
    task.perform("sqs", "SendMessage", {"QueueUrl": task["queue"], "MessageBody": str(task["number"])})
    _write(task, "end")


def _write(task: Task, what: str) -> None:
    if task.get("log"):
        with open(task["log"], "a", encoding="utf-8") as log:
            log.write(f"{what} {task['number']} {os.getpid()}\n")


def _fail(task: Task) -> None:
    tried.append((task.attempt, task.now))
    if len(tried) <= task.get("failures", 99):
        raise AwsError("ThrottlingException", "Rate exceeded")


def _break(task: Task) -> None:
    raise ZeroDivisionError("a mistake")


def _half(task: Task) -> None:
    """Send two messages in one transaction, of which the second is refused."""

    def sent(call: Call) -> None:
        for number in (task["number"], call["missing"]):
            call.perform("sqs", "SendMessage", {"QueueUrl": task["queue"], "MessageBody": str(number)})

    task.inside(sent)


def _leave(cloud: Cloud, function: Callable[[Task], None], later: float = 0, **payload: Any) -> int:
    """Leave a piece of work as a call of SQS does."""
    place = {"service": "sqs", "account": "123456789012", "region": "us-east-1", **place_of(function)}
    with cloud.database.transaction(write=True):
        return cloud.database.add_work(clock.now(cloud.database) + later, {**place, "payload": payload})


def _schedule(cloud: Cloud, function: Callable[[Call], None], later: float, **payload: Any) -> None:
    place = {"service": "sqs", "account": "123456789012", "region": "us-east-1", **place_of(function)}
    with cloud.database.transaction(write=True):
        cloud.database.schedule(clock.now(cloud.database) + later, {**place, "payload": payload})


def _queue(cloud: Cloud) -> str:
    return str(cloud.perform("sqs", "CreateQueue", {"QueueName": "jobs"})["QueueUrl"])


def _bodies(cloud: Cloud, queue: str) -> list[str]:
    """What stands in a queue, which is then empty."""
    found: list[str] = []
    while messages := cloud.perform("sqs", "ReceiveMessage", {"QueueUrl": queue, "MaxNumberOfMessages": 10}):
        found += [message["Body"] for message in messages["Messages"]]
    return found


@pytest.fixture(autouse=True)
def none_tried() -> None:
    tried.clear()


@pytest.fixture
def shop(home: Path) -> Cloud:
    """A cloud in a folder, whose clock is frozen."""
    local.initialise({"FAKEAWS_HOME": str(home)})
    cloud = Cloud(home)
    with cloud.database.transaction(write=True):
        clock.freeze(cloud.database, 1_800_000_000.0)
    return cloud


def test_work_is_done_once_and_then_gone(shop: Cloud) -> None:
    queue = _queue(shop)
    for number in range(3):
        _leave(shop, _send, queue=queue, number=number)
    shop.finish_work()
    shop.finish_work()
    assert sorted(_bodies(shop, queue)) == ["0", "1", "2"]
    assert shop.database.works() == []


def test_what_a_refused_call_left_is_not_done(shop: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    def purge_queue(call: Call) -> dict[str, Any]:
        call.work(_fail)
        if call["QueueUrl"] == "refused":
            raise AwsError("QueueDoesNotExist", "gone")
        return {}

    monkeypatch.setattr("fakeaws.core.pipeline.handlers.handler_of", lambda _: purge_queue)
    with pytest.raises(AwsError):
        shop.perform("sqs", "PurgeQueue", {"QueueUrl": "refused"})
    assert shop.database.works() == []
    shop.perform("sqs", "PurgeQueue", {"QueueUrl": "jobs"})
    assert [piece.document["function"] for piece in shop.database.works()] == ["_fail"]


def test_a_transaction_within_work_is_all_or_nothing(shop: Cloud) -> None:
    queue = _queue(shop)
    _leave(shop, _half, queue=queue, number=1)
    shop.finish_work()
    assert _bodies(shop, queue) == []
    assert [piece.due for piece in shop.database.works()] == [work.NEVER]


def test_a_piece_that_fails_is_tried_again_as_its_policy_says(shop: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAKEAWS_PACE", "1")
    _leave(shop, _fail)
    for _ in range(5):
        shop.finish_work()
        with shop.database.transaction(write=True):
            clock.advance(shop.database, 59)
        shop.finish_work()
        with shop.database.transaction(write=True):
            clock.advance(shop.database, 1)
    start = tried[0][1]
    assert [(attempt, at - start) for attempt, at in tried] == [(1, 0), (2, 60), (3, 180)]
    [failed] = shop.database.works()
    assert (failed.due, failed.attempts) == (work.NEVER, 3)


def test_a_policy_of_its_own(shop: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_fail, "policy", work.Policy(2, ()), raising=False)
    _leave(shop, _fail)
    shop.finish_work()
    assert [attempt for attempt, _ in tried] == [1, 2]


def test_a_piece_that_succeeds_at_last_is_gone(shop: Cloud) -> None:
    _leave(shop, _fail, failures=2)
    shop.finish_work()
    assert len(tried) == 3
    assert shop.database.works() == []


def test_a_failed_piece_is_shown_and_can_be_tried_again_or_deleted(shop: Cloud, terminal: Terminal) -> None:
    numbers = [_leave(shop, _fail), _leave(shop, _break)]
    terminal("sqs list-queues")
    shown = terminal("cloud work --output json").json
    rows = [(row["Number"], row["Service"], row["Task"], row["State"], row["Attempts"]) for row in shown]
    assert rows == [(numbers[0], "sqs", "fail", "failed", 3), (numbers[1], "sqs", "break", "failed", 1)]
    assert [row["Error"] for row in shown] == ["ThrottlingException: Rate exceeded", "ZeroDivisionError: a mistake"]
    terminal(f"cloud work --retry {numbers[0]}")
    assert len(tried) == 6
    for number in numbers:
        terminal(f"cloud work --delete {number}")
    assert terminal("cloud work") == "No work is left.\n"
    missing = terminal(f"cloud work --retry {numbers[0]}", code=255)
    assert f"No piece of work {numbers[0]} has failed" in missing.stderr


def test_a_function_that_is_gone_fails_alone(shop: Cloud) -> None:
    queue = _queue(shop)
    gone = {"service": "sqs", "account": "123456789012", "region": "us-east-1", "payload": {}}
    with shop.database.transaction(write=True):
        place = {"module": "fakeaws.services.sqs.messages", "function": "_nobody"}
        shop.database.add_work(0.0, {**gone, **place})
    _leave(shop, _send, queue=queue, number=1)
    shop.finish_work()
    assert _bodies(shop, queue) == ["1"]
    [failed] = shop.database.works()
    assert "_nobody" in (failed.error or "")


def test_a_scheduled_event_that_fails_stops_no_call_and_is_shown(shop: Cloud, terminal: Terminal) -> None:
    queue = _queue(shop)
    _schedule(shop, _refuse, 10, queue=queue)
    _schedule(shop, _mistake, 20, queue=queue)
    _schedule(shop, _note, 30, queue=queue, number="fine")
    terminal("cloud clock advance 60s")
    assert _bodies(shop, queue) == ["fine"]
    shown = terminal("cloud work --output json").json
    assert [(row["Task"], row["State"]) for row in shown] == [("refuse", "failed"), ("mistake", "failed")]
    assert shown[1]["Error"] == "KeyError: 'mistake'"
    assert shop.database.next_due(2e9) is None


def test_a_failed_event_is_tried_again_at_its_own_time(shop: Cloud) -> None:
    _schedule(shop, _late, 10)
    with shop.database.transaction(write=True):
        clock.advance(shop.database, 60)
    shop.perform("sqs", "ListQueues", {})
    [failed] = shop.database.works()
    work.retry(shop, failed.id)
    shop.finish_work()
    assert {at for _, at in tried} == {1_800_000_010.0}


def _late(call: Call) -> None:
    tried.append((0, call.now))
    call.read("Queue", "none")


def _refuse(call: Call) -> None:
    _note(call)
    raise AwsError("QueueDoesNotExist", "gone")


def _mistake(call: Call) -> None:
    _note(call)
    raise KeyError("mistake")


def _note(call: Call) -> None:
    call.perform("sqs", "SendMessage", {"QueueUrl": call["queue"], "MessageBody": str(call.get("number", "undone"))})


def test_a_command_does_what_it_leaves_before_it_ends(terminal: Terminal) -> None:
    queue = terminal("sqs create-queue --queue-name jobs --query QueueUrl --output text").strip()
    arn = "arn:aws:sqs:us-east-1:123456789012:jobs"
    terminal("events put-rule --name all", EventPattern='{"source": ["shop"]}')
    terminal(f"events put-targets --rule all --targets Id=1,Arn={arn}")
    entry = json.dumps([{"Source": "shop", "DetailType": "order", "Detail": "{}"}])
    terminal("events put-events", Entries=entry)
    assert terminal(f"sqs receive-message --queue-url {queue}").json["Messages"]


def test_at_aws_s_pace_a_process_of_its_own_does_the_work(
    shop: Cloud, terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[list[str]] = []
    monkeypatch.setenv("FAKEAWS_PACE", "1")
    monkeypatch.setattr(subprocess, "Popen", lambda command, **_: started.append(command))
    _leave(shop, _fail)
    terminal("sqs list-queues")
    assert [command[1:] for command in started] == [["-m", "fakeaws", "cloud", "work", "--run"]]
    assert tried == []


def _worker(home: Path, lease: float = work.LEASE) -> subprocess.Popen[bytes]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "FAKEAWS_PACE": "0"}
    return subprocess.Popen([sys.executable, "-c", WORKER, str(home), str(lease)], env=environment, cwd=home.parent)


def _log(path: Path) -> list[tuple[str, int, int]]:
    lines = [line.split() for line in path.read_text(encoding="utf-8").splitlines()] if path.exists() else []
    return [(what, int(number), int(pid)) for what, number, pid in lines]


@pytest.mark.sqlite
def test_two_processes_never_do_one_piece_at_once(home: Path, tmp_path: Path) -> None:
    local.initialise({"FAKEAWS_HOME": str(home)})
    cloud, log = Cloud(home), tmp_path / "log"
    queue = _queue(cloud)
    for number in range(60):
        _leave(cloud, _send, queue=queue, number=number, log=str(log))
    workers = [_worker(home) for _ in range(2)]
    assert [worker.wait(timeout=120) for worker in workers] == [0, 0]
    begun = [number for what, number, _ in _log(log) if what == "begin"]
    assert sorted(begun) == list(range(60))
    assert len({pid for _, _, pid in _log(log)}) == 2
    assert sorted(map(int, _bodies(cloud, queue))) == list(range(60))


def _kill_often(home: Path, log: Path, kills: int, pieces: int) -> None:
    """Work is left, processes work on it two at a time, and each is killed at a random moment."""
    local.initialise({"FAKEAWS_HOME": str(home)})
    cloud, chance = Cloud(home), random.Random(kills)
    queue = _queue(cloud)
    for number in range(pieces):
        _leave(cloud, _send, queue=queue, number=number, log=str(log))
    for _ in range(kills // 2):
        workers = [_worker(home, LEASE), _worker(home, LEASE)]
        for worker in workers:
            try:
                worker.wait(timeout=chance.uniform(0.1, 0.5))
            except subprocess.TimeoutExpired:
                worker.send_signal(signal.SIGKILL)
                worker.wait()
    deadline = time.monotonic() + 120
    while cloud.database.works() and time.monotonic() < deadline:
        assert _worker(home, LEASE).wait(timeout=120) == 0
    assert cloud.database.works() == []
    assert set(map(int, _bodies(cloud, queue))) == set(range(pieces))
    _check_turns(_log(log))


def _check_turns(log: list[tuple[str, int, int]]) -> None:
    """Nobody begins a piece that another has ended, and each end is of the last who began."""
    last: dict[int, int] = {}
    for what, number, pid in log:
        if what == "begin":
            last[number] = pid
        else:
            assert last[number] == pid, f"piece {number} was done by two at once"


@pytest.mark.sqlite
def test_killed_processes_lose_no_work(home: Path, tmp_path: Path) -> None:
    _kill_often(home, tmp_path / "log", kills=8, pieces=40)


@pytest.mark.full
@pytest.mark.sqlite
def test_a_hundred_killed_processes_lose_no_work(home: Path, tmp_path: Path) -> None:
    _kill_often(home, tmp_path / "log", kills=100, pieces=1500)
