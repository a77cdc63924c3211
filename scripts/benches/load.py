"""A hundred connections with a mixed load beside commands of the shell: what went wrong, what was lost, what it took.

Messages, objects and users are made and listed for `SECONDS`; SIGTERM then comes in the middle of the load. Every write
that was acknowledged has to be there when the cloud is served again.
"""

from __future__ import annotations

import http.client
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from typing import Any

from _servers import Server, free_port

CONNECTIONS, COMMANDS, SECONDS = 100, 2, int(os.environ.get("SECONDS", "60"))
KEY = "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/{}/aws4_request, SignedHeaders=host, Signature=0"


class Load:
    """What many clients do, until the server goes; `kept` has the writes that were acknowledged."""

    def __init__(self, server: Server, queue: str) -> None:
        self.server, self.queue = server, queue
        self.statuses: Counter[int] = Counter()
        self.kept: dict[str, set[str]] = {"messages": set(), "objects": set(), "users": set()}
        self.is_over = False

    def client(self, number: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=60)
        turn = 0
        while not self.is_over:
            turn += 1
            try:
                self._call(connection, f"{number}-{turn}", turn % 5)
            except (http.client.HTTPException, OSError):
                connection.close()

    def _call(self, connection: http.client.HTTPConnection, name: str, kind: int) -> None:
        if kind == 0:
            body = json.dumps({"QueueUrl": self.queue, "MessageBody": name})
            self._ask(connection, "POST", "/", "sqs", body, "messages", name, "AmazonSQS.SendMessage")
        elif kind == 1:
            self._ask(connection, "PUT", f"/load/{name}", "s3", name * 300, "objects", name)
        elif kind == 2:
            self._ask(connection, "POST", "/", "iam", f"Action=CreateUser&UserName={name}", "users", name)
        elif kind == 3:
            self._ask(connection, "GET", "/load?list-type=2&max-keys=20", "s3")
        else:
            self._ask(connection, "POST", "/", "ec2", "Action=DescribeVpcs&Version=2016-11-15")

    def _ask(
        self,
        connection: http.client.HTTPConnection,
        method: str,
        path: str,
        service: str,
        body: str = "",
        kind: str = "",
        name: str = "",
        target: str = "",
    ) -> None:
        form = "application/x-amz-json-1.0" if target else "application/x-www-form-urlencoded"
        headers = {"Authorization": KEY.format(service), "Content-Type": form}
        connection.request(method, path, body, {**headers, **({"X-Amz-Target": target} if target else {})})
        response = connection.getresponse()
        response.read()
        self.statuses[response.status] += 1
        if kind and response.status == 200:
            self.kept[kind].add(name)

    def shell(self, number: int, home: str) -> None:
        """Commands that write to the same cloud without the server."""
        turn = 0
        while not self.is_over:
            name = f"shell-{number}-{turn}"
            command = [sys.executable, "-m", "fakeaws", "iam", "create-user", "--user-name", name]
            done = subprocess.run(command, env={**os.environ, "FAKEAWS_HOME": home}, capture_output=True, check=False)
            self.statuses[done.returncode] += 1
            if done.returncode == 0:
                self.kept["users"].add(name)
            turn += 1


def missing(server: Server, load: Load) -> dict[str, int]:
    """How many acknowledged writes are not there."""
    sqs, s3, iam = server.client("sqs"), server.client("s3"), server.client("iam")
    names = {"QueueUrl": load.queue, "AttributeNames": ["ApproximateNumberOfMessages"]}
    messages = int(sqs.get_queue_attributes(**names)["Attributes"]["ApproximateNumberOfMessages"])
    objects = {o["Key"] for p in s3.get_paginator("list_objects_v2").paginate(Bucket="load") for o in p["Contents"]}
    users = {u["UserName"] for p in iam.get_paginator("list_users").paginate() for u in p["Users"]}
    return {
        "messages": max(0, len(load.kept["messages"]) - messages),
        "objects": len(load.kept["objects"] - objects),
        "users": len(load.kept["users"] - users),
    }


def started(home: str, port: int) -> Server:
    return Server(
        "fakeaws", [sys.executable, "-m", "fakeaws", "serve", "--port", str(port)], port, {"FAKEAWS_HOME": home}
    )


def main() -> None:
    home, port = tempfile.mkdtemp(prefix="fakeaws-load-"), free_port()
    server = started(home, port)
    queue: Any = server.client("sqs").create_queue(QueueName="load")["QueueUrl"]
    server.client("s3").create_bucket(Bucket="load")
    load = Load(server, queue)
    threads = [threading.Thread(target=load.client, args=(n,), daemon=True) for n in range(CONNECTIONS)]
    threads += [threading.Thread(target=load.shell, args=(n, home), daemon=True) for n in range(COMMANDS)]
    for thread in threads:
        thread.start()
    for part in range(4):
        time.sleep(SECONDS / 4)
        print(f"{(part + 1) * SECONDS / 4:5.0f} s: {sum(load.statuses.values()):7} calls, {server.memory():.0f} MB")
    server.stop()
    load.is_over = True
    for thread in threads:
        thread.join(60)
    print(f"statuses {dict(load.statuses)}")
    again = started(home, port)
    print(f"acknowledged { ({kind: len(names) for kind, names in load.kept.items()}) }, missing {missing(again, load)}")
    again.stop()


main()
