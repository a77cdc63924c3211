"""Many shells and connections put, get and delete objects at once, some killed at any moment: nothing that was
acknowledged is lost, nothing fails but what was killed, and the folder holds what the database names."""

import hashlib
import http.client
import os
import random
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import closing, suppress
from pathlib import Path

import pytest

from fakeaws.cli.calls.local import initialise
from fakeaws.core.pipeline.cloud import Cloud
from tests.parity.conftest import Server

pytestmark = pytest.mark.sqlite

BUCKET = "busy"
KEYS = 8
"""How many objects each has, so that most uploads replace one."""
KILLED = 0.25


class Worker(threading.Thread):
    """One shell or connection: what it knows of each of its objects, and what failed. A set of digests holds what an
    object may be: more than one after a kill, None for no object."""

    def __init__(self, name: str, seed: int, until: float) -> None:
        super().__init__(name=name)
        self.chance = random.Random(seed)
        self.until = until
        self.known: dict[str, set[str | None]] = {f"{name}/{number}": {None} for number in range(KEYS)}
        self.failures: list[str] = []
        self.done = 0

    def run(self) -> None:
        while time.monotonic() < self.until and not self.failures:
            key = self.chance.choice(list(self.known))
            if self.chance.random() < 0.8:
                body = self.chance.randbytes(int(10 ** self.chance.uniform(0, 6)))
                self._change(key, body, hashlib.sha256(body).hexdigest())
            elif self.chance.random() < 0.5:
                self._change(key, None, None)
            else:
                self._look(key)
            self.done += 1

    def _change(self, key: str, body: bytes | None, digest: str | None) -> None:
        if self.put(key, body):
            self.known[key] = {digest}
        else:
            self.known[key] = self.known[key] | {digest}

    def _look(self, key: str) -> None:
        found = self.get(key)
        if found is not None:
            self.check(key, found)

    def check(self, key: str, body: bytes) -> None:
        digest = hashlib.sha256(body).hexdigest() if body else None
        if digest not in self.known[key]:
            self.failures.append(f"{key} has {len(body)} bytes that are not those that were put")

    def put(self, key: str, body: bytes | None) -> bool:
        """Put an object, or delete it (None); whether that was acknowledged, as it is unless somebody was killed."""
        raise NotImplementedError

    def get(self, key: str) -> bytes | None:
        """The content, b"" for no object, None where somebody was killed."""
        raise NotImplementedError


class Shell(Worker):
    """Runs commands, and kills some of them."""

    def __init__(self, name: str, seed: int, until: float, home: Path, folder: Path) -> None:
        super().__init__(name, seed, until)
        self.environment = {**os.environ, "FAKEAWS_HOME": str(home), "AWS_PAGER": ""}
        self.file = folder / name

    def put(self, key: str, body: bytes | None) -> bool:
        if body is None:
            return self._command("delete-object", key) is not None
        self.file.write_bytes(body)
        return self._command("put-object", key, "--body", str(self.file)) is not None

    def get(self, key: str) -> bytes | None:
        self.file.write_bytes(b"")
        return self.file.read_bytes() if self._command("get-object", key, str(self.file)) is not None else None

    def _command(self, operation: str, key: str, *more: str) -> bytes | None:
        """What a command printed, None where it was killed first."""
        command = [sys.executable, "-m", "fakeaws", "s3api", operation, "--bucket", BUCKET, "--key", key, *more]
        process = subprocess.Popen(command, env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        if self.chance.random() < KILLED:
            with suppress(subprocess.TimeoutExpired):
                process.wait(self.chance.uniform(0.05, 1.0))
            process.kill()
        out, errors = process.communicate()
        if process.returncode == -signal.SIGKILL:
            return None
        if process.returncode and b"NoSuchKey" not in errors:
            self.failures.append(errors.decode())
        return out


class Connection(Worker):
    """Sends requests to a server, over one connection for as long as it lasts."""

    def __init__(self, name: str, seed: int, until: float, served: "Served") -> None:
        super().__init__(name, seed, until)
        self.served = served
        self.http: http.client.HTTPConnection | None = None
        self.deaths = 0
        """How often the server had been killed before the connection was made."""

    def put(self, key: str, body: bytes | None) -> bool:
        return self._request("DELETE" if body is None else "PUT", key, body) is not None

    def get(self, key: str) -> bytes | None:
        return self._request("GET", key, None)

    def run(self) -> None:
        super().run()
        if self.http is not None:
            self.http.close()

    def _request(self, method: str, key: str, body: bytes | None) -> bytes | None:
        """What a request was answered with, None where the server was killed first."""
        if self.http is None:
            self.deaths = self.served.deaths
            self.served.is_up.wait(60)
            self.http = http.client.HTTPConnection("127.0.0.1", self.served.port, timeout=60)
        try:
            self.http.request(method, f"/{BUCKET}/{key}", body, {"Authorization": "AWS4-HMAC-SHA256 " + SIGNED})
            answer = self.http.getresponse()
            content = answer.read()
        except (OSError, http.client.HTTPException) as error:
            self.http.close()
            self.http = None
            if not self.served.is_killed_again(self.deaths):
                self.failures.append(f"{method} {key}: {error!r}")
            return None
        if answer.status == 404:
            return b""
        if answer.status >= 300:
            self.failures.append(f"{method} {key}: {answer.status} {content[:300]!r}")
        return content


SIGNED = "Credential=test/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0"


class Served:
    """A server on one port, which is killed and started again."""

    def __init__(self, home: Path) -> None:
        self.home = home
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]
        self.deaths = 0
        self.is_up = threading.Event()
        self._start()

    def _start(self) -> None:
        self.server = Server(self.home, port=self.port)
        self.is_up.set()

    def kill(self) -> None:
        self.is_up.clear()
        self.server.process.kill()
        self.server.process.wait()
        self.deaths += 1
        self._start()

    def is_killed_again(self, deaths: int) -> bool:
        """Whether the server was killed since it had been so many times; waits until it is up."""
        self.is_up.wait(60)
        return self.deaths > deaths


def _run(home: Path, folder: Path, shells: int, connections: int, seconds: float) -> list[Worker]:
    initialise({"FAKEAWS_HOME": str(home)})
    cloud = Cloud(home)
    cloud.perform("s3", "CreateBucket", {"Bucket": BUCKET})
    cloud.close()
    served = Served(home)
    until = time.monotonic() + seconds
    workers: list[Worker] = [Shell(f"shell-{n}", n, until, home, folder) for n in range(shells)]
    workers += [Connection(f"http-{n}", 100 + n, until, served) for n in range(connections)]
    for worker in workers:
        worker.start()
    while time.monotonic() < until - seconds / 3:
        time.sleep(seconds / 6)
        served.kill()
    for worker in workers:
        worker.join()
    served.server.stop()
    assert "Traceback" not in served.server.errors.read_text()
    return workers


def _must_be_whole(home: Path, workers: list[Worker]) -> None:
    cloud = Cloud(home)
    for worker in workers:
        if worker.failures:
            pytest.fail("\n".join(worker.failures[:3]))
        for key, known in worker.known.items():
            listed = cloud.perform("s3", "ListObjectsV2", {"Bucket": BUCKET, "Prefix": key})
            if listed["KeyCount"] == 0:
                assert None in known, key
                continue
            with closing(cloud.perform("s3", "GetObject", {"Bucket": BUCKET, "Key": key})["Body"]) as body:
                worker.check(key, body.read())
            assert not worker.failures
    cloud.perform("s3", "PutObject", {"Bucket": BUCKET, "Key": "last", "Body": bytes(20_000)})
    cloud.perform("s3", "DeleteObject", {"Bucket": BUCKET, "Key": "last"})
    cloud.close()
    with closing(sqlite3.connect(home / "cloud.db")) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        files = {row[0] for row in connection.execute("SELECT key FROM blob WHERE content IS NULL")}
        uses = dict(connection.execute("SELECT key, uses FROM blob"))
        named = [row[0] for row in connection.execute("SELECT json_extract(document, '$.blob') FROM \"s3.Object\"")]
    assert {path.name for path in (home / "blobs").rglob("*") if path.is_file()} == files
    assert uses == {key: named.count(key) for key in set(named)}


@pytest.mark.parametrize(
    ("shells", "connections", "seconds"), [(4, 2, 6.0), pytest.param(16, 8, 300.0, marks=pytest.mark.full)]
)
def test_shells_and_connections_at_once(
    home: Path, tmp_path: Path, shells: int, connections: int, seconds: float
) -> None:
    workers = _run(home, tmp_path, shells, connections, seconds)
    print(sum(worker.done for worker in workers), "operations")
    assert all(worker.done for worker in workers)
    _must_be_whole(home, workers)
