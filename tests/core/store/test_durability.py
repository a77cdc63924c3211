"""Many processes at once, kill -9 at any moment, a full disk: all of a call or nothing, and nothing lost."""

from __future__ import annotations

import os
import random
import resource
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from fakeaws.core.pipeline.cloud import Cloud
from fakeaws.core.store.failures import DiskFull
from tests.conftest import Terminal

pytestmark = pytest.mark.sqlite

WORKER = """
import sys
from pathlib import Path
from tests.conftest import Terminal
home, name, count = sys.argv[1:]
aws = Terminal({"FAKEAWS_HOME": home, "HOME": home, "AWS_PAGER": ""})
for number in range(int(count)):
    aws(f"sqs create-queue --queue-name {name}-{number}")
    group = aws(f"ec2 create-security-group --group-name {name}-{number} --description x --query GroupId").json
    print(f"{name}-{number} {group}", flush=True)
"""

ROOT = Path(__file__).resolve().parents[3]


def _start(home: Path, name: str, count: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", WORKER, str(home), name, str(count)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_eight_processes_at_once_lose_nothing(home: Path, terminal: Terminal) -> None:
    workers = [_start(home, f"w{number}", 25) for number in range(8)]
    printed = [worker.communicate() for worker in workers]
    assert [worker.returncode for worker in workers] == [0] * 8, printed
    acknowledged = [line.split() for out, _ in printed for line in out.splitlines()]
    assert len(acknowledged) == 200
    urls = terminal("sqs list-queues --query QueueUrls[]").json
    assert {url.rpartition("/")[2] for url in urls} == {name for name, _ in acknowledged}
    groups = terminal("ec2 describe-security-groups --query SecurityGroups[].[GroupName,GroupId]").json
    assert {tuple(pair) for pair in groups if pair[0] != "default"} == {tuple(pair) for pair in acknowledged}
    assert len({key for _, key in groups}) == 201


def test_killed_processes_leave_all_of_a_call_or_nothing(home: Path, terminal: Terminal) -> None:
    terminal("ec2 describe-vpcs")
    chance = random.Random(7)
    acknowledged: list[list[str]] = []
    for round_ in range(4):
        workers = [_start(home, f"k{round_}{number}", 1000) for number in range(4)]
        for worker in workers:
            assert worker.stdout is not None
            for _ in range(chance.randrange(1, 12)):
                acknowledged.append(worker.stdout.readline().split())
            worker.send_signal(signal.SIGKILL)
        for worker in workers:
            acknowledged += [line.split() for line in worker.communicate()[0].splitlines()]
    with sqlite3.connect(home / "cloud.db") as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    groups = dict(terminal("ec2 describe-security-groups --query SecurityGroups[].[GroupName,GroupId]").json)
    for name, key in (pair for pair in acknowledged if len(pair) == 2):
        assert groups[name] == key
    rules = terminal("ec2 describe-security-group-rules --query SecurityGroupRules[].GroupId").json
    assert set(rules) == set(groups.values())


def test_a_full_database_is_a_clear_error_and_loses_nothing(tmp_path: Path) -> None:
    cloud = Cloud(tmp_path / "cloud")
    cloud.perform("sqs", "CreateQueue", {"QueueName": "first"})
    [pages] = cloud.database.connection.execute("PRAGMA page_count").fetchone()
    cloud.database.connection.execute(f"PRAGMA max_page_count = {pages + 4}")
    made = ["first"]
    with pytest.raises(DiskFull):  # noqa: PT012
        for number in range(1000):
            cloud.perform("sqs", "CreateQueue", {"QueueName": f"queue-{number}"})
            made.append(f"queue-{number}")
    cloud.close()
    urls = Cloud(tmp_path / "cloud").perform("sqs", "ListQueues", {})["QueueUrls"]
    assert {url.rpartition("/")[2] for url in urls} == set(made)


def test_a_full_disk_ends_a_command_with_255_and_words(home: Path, terminal: Terminal) -> None:
    terminal("sqs create-queue --queue-name jobs")
    size = max(path.stat().st_size for path in home.iterdir() if path.is_file())
    body = "x" * 200_000
    command = [sys.executable, "-m", "fakeaws", "sqs", "send-message", "--queue-url", "http://q/123456789012/jobs"]
    ended = subprocess.run(
        [*command, "--message-body", body[:120_000], "--message-attributes", "{}"],
        env={**os.environ, **terminal.env, "PYTHONDONTWRITEBYTECODE": "1"},
        cwd=ROOT,
        capture_output=True,
        text=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size + 8192, size + 8192)),
    )
    assert ended.returncode == 255, ended.stderr
    assert "No space is left for the cloud" in ended.stderr
    url = terminal("sqs list-queues --query QueueUrls[0]").json
    assert terminal("sqs receive-message", QueueUrl=url) == ""
