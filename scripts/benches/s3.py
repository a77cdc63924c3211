"""S3: copies beside `cp` and `sha256sum`, many small files beside the real `aws s3 sync` to moto, small objects over
HTTP beside moto and ministack, and pages of a listing with two thousand keys and with a million.

Usage: scripts/bench s3 [copy|sync|http|list …]; all of them without a name.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from _measure import BIN, FAKEAWS
from _servers import Server, rate, servers

from fakeaws.core.pipeline.cloud import Cloud

LARGE = 1 << 30
FILES = 10_000
ROUNDS = 3


def new_home() -> dict[str, str]:
    """The environment of a new cloud with a bucket."""
    env = {**os.environ, "FAKEAWS_HOME": tempfile.mkdtemp(prefix="fakeaws-bench-"), "AWS_PAGER": ""}
    subprocess.run([FAKEAWS, "s3", "mb", "s3://bench"], env=env, check=True, stdout=subprocess.DEVNULL)
    return env


def seconds(command: list[str], env: dict[str, str] | None = None) -> float:
    os.sync()
    started = time.perf_counter()
    subprocess.run(command, env=env, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.perf_counter() - started


def copy() -> None:
    """1 GB into the cloud and back, and a plain copy with its checksum."""
    folder = Path(tempfile.mkdtemp(prefix="fakeaws-bench-"))
    source, target = folder / "source", folder / "target"
    with source.open("wb") as file:
        for _ in range(LARGE >> 20):
            file.write(os.urandom(1 << 20))
    env = new_home()
    up = [FAKEAWS, "s3", "cp", str(source), "s3://bench/large", "--no-progress"]
    down = [FAKEAWS, "s3", "cp", "s3://bench/large", str(target), "--no-progress"]
    plain = ["sh", "-c", f"cp {source} {target} && sha256sum {target}"]
    figures: dict[str, list[float]] = {"plain": [], "up": [], "down": []}
    for _ in range(ROUNDS):
        figures["plain"].append(seconds(plain))
        figures["up"].append(seconds(up, env))
        figures["down"].append(seconds(down, env))
        subprocess.run([FAKEAWS, "s3", "rm", "s3://bench/large"], env=env, check=True, stdout=subprocess.DEVNULL)
    best = {name: min(values) for name, values in figures.items()}
    print(f"s3 cp 1 GB up    {best['up']:6.2f} s   cp + sha256sum {best['plain']:.2f} s", end="   ")
    print(f"{best['plain'] / best['up']:.2f} times its speed (at least 0.5)")
    print(f"s3 cp 1 GB down  {best['down']:6.2f} s")
    shutil.rmtree(folder)
    shutil.rmtree(env["FAKEAWS_HOME"])


def sync() -> None:
    """10,000 files of 1 KB: fakeaws into its cloud, the real AWS CLI into moto's server."""
    folder = Path(tempfile.mkdtemp(prefix="fakeaws-bench-"))
    for number in range(FILES):
        (folder / f"f{number:05d}").write_bytes(os.urandom(1024))
    env = new_home()
    ours = seconds([FAKEAWS, "s3", "sync", str(folder), "s3://bench/", "--quiet"], env)
    with servers() as started:
        moto = next(server for server in started if server.name == "moto")
        moto.client("s3").create_bucket(Bucket="bench")
        keys = {"AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x", "AWS_DEFAULT_REGION": "us-east-1"}
        real = [str(BIN / "aws"), "s3", "sync", str(folder), "s3://bench/", "--quiet", "--endpoint-url", moto.url]
        theirs = seconds(real, {**os.environ, **keys})
    print(
        f"s3 sync 10,000   {ours:6.2f} s   aws to moto {theirs:.2f} s   {theirs / ours:.1f} times as fast (at least 5)"
    )
    shutil.rmtree(folder)


class Sender:
    """A client that costs next to nothing: one connection, requests signed once and sent as they are."""

    def __init__(self, server: Server) -> None:
        client = server.client("s3")
        client.create_bucket(Bucket="bench")
        client.put_object(Bucket="bench", Key="got", Body=b"x" * 1024)
        self.requests: dict[str, bytes] = {}
        client.meta.events.register("before-send.s3", self._note)
        client.put_object(Bucket="bench", Key="put", Body=b"x" * 1024)
        client.get_object(Bucket="bench", Key="got")["Body"].read()
        self.place = ("127.0.0.1", int(server.url.rpartition(":")[2]))
        self.socket = socket.create_connection(self.place)

    def _note(self, request: Any, **_: Any) -> None:
        body = request.body.read() if hasattr(request.body, "read") else request.body or b""
        if hasattr(request.body, "seek"):
            request.body.seek(0)
        lines = [f"{request.method} {urlsplit(request.url).path} HTTP/1.1"]
        for name, value in request.headers.items():
            if name.lower() not in ("expect", "content-length", "host"):
                lines.append(f"{name}: {value.decode() if isinstance(value, bytes) else value}")
        lines += [f"Host: {urlsplit(request.url).netloc}", f"Content-Length: {len(body)}", "", ""]
        self.requests[request.method] = "\r\n".join(lines).encode() + body

    def call(self, method: str) -> None:
        """Send a request and read its answer to the end."""
        self.socket.sendall(self.requests[method])
        answer = b""
        while b"\r\n\r\n" not in answer:
            answer += self.socket.recv(65536)
        head, _, body = answer.partition(b"\r\n\r\n")
        assert head.split()[1] == b"200", head
        length = int(head.lower().partition(b"content-length:")[2].split()[0])
        while len(body) < length:
            body += self.socket.recv(65536)
        if b"connection: close" in head.lower():
            self.socket.close()
            self.socket = socket.create_connection(self.place)


def http() -> None:
    """Puts and gets of 1 KB a second."""
    with servers() as started:
        senders = {server.name: Sender(server) for server in started}
        for method in ("PUT", "GET"):
            best = dict.fromkeys(senders, 0.0)
            for _ in range(ROUNDS):
                for server in started:
                    sender = senders[server.name]
                    best[server.name] = max(best[server.name], rate(lambda: sender.call(method), server)[0])  # noqa: B023
            print(
                f"{method} of 1 KB      " + "   ".join(f"{name} {figure:.0f}/s" for name, figure in best.items()),
                end="   ",
            )
            print(
                f"{best['fakeaws'] / best['moto']:.1f} times moto, {best['fakeaws'] / best['ministack']:.1f} ministack"
            )


def listing() -> None:
    """A page of 1,000 keys from the middle of a bucket with 1,000 of them, and with 1,000,000."""
    figures = {count: page_seconds(count) for count in (2_000, 1_000_000)}
    few, many = figures.values()
    print(f"page of a list   {few * 1000:.1f} ms of 2,000 keys, {many * 1000:.1f} ms of 1,000,000", end="   ")
    print(f"{many / few:.2f} times (at most 1.5)")


def page_seconds(count: int) -> float:
    folder = tempfile.mkdtemp(prefix="fakeaws-bench-")
    cloud = Cloud(folder)
    cloud.perform("s3", "CreateBucket", {"Bucket": "bench"})
    cloud.perform("s3", "PutObject", {"Bucket": "bench", "Key": "0", "Body": b"x"})
    account, region, parent, document = cloud.database.connection.execute(
        'SELECT account, region, parent, document FROM "s3.Object"'
    ).fetchone()
    kept = json.loads(document)
    with cloud.database.transaction(write=True):
        cloud.database.connection.executemany(
            'INSERT INTO "s3.Object" VALUES (?, ?, ?, ?, ?)',
            (
                (account, region, parent, f"k{number:07d}", json.dumps({**kept, "Key": f"k{number:07d}"}))
                for number in range(count)
            ),
        )
    params = {"Bucket": "bench", "StartAfter": f"k{count // 2 - 1:07d}"}
    best = 60.0
    for _ in range(20):
        started = time.perf_counter()
        answer = cloud.perform("s3", "ListObjectsV2", params)
        best = min(best, time.perf_counter() - started)
        assert answer["KeyCount"] == 1000
    cloud.close()
    shutil.rmtree(folder)
    return best


BENCHES = {"copy": copy, "sync": sync, "http": http, "list": listing}

for chosen in sys.argv[1:] or BENCHES:
    BENCHES[chosen]()
