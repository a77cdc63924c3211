"""Requests a second over HTTP beside moto's server and ministack, with one boto3 client, in turns.

Installs both into a folder of their own when first run. A figure is the best of three rounds: what else the machine
does only slows. Also: CPU seconds until the port is open, and memory when idle.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config

ROUNDS = 3
SECONDS = 1.0
OTHERS = Path(tempfile.gettempdir()) / "fakeaws-bench-http"
TICKS = os.sysconf("SC_CLK_TCK")


class Server:
    def __init__(self, name: str, command: list[str], port: int, env: dict[str, str]) -> None:
        self.name = name
        self.url = f"http://127.0.0.1:{port}"
        errors = subprocess.DEVNULL
        self.process = subprocess.Popen(command, env={**os.environ, **env}, stdout=errors, stderr=errors)
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            try:
                socket.create_connection(("127.0.0.1", port)).close()
                break
            except OSError:
                time.sleep(0.005)
        self.start_cpu = self.cpu()

    def cpu(self) -> float:
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def memory(self) -> float:
        """Resident memory in MB."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(status.partition("VmRSS:")[2].split()[0]) / 1024

    def client(self, service: str) -> Any:
        keys = {"aws_access_key_id": "test", "aws_secret_access_key": "test", "region_name": "us-east-1"}
        return boto3.client(service, endpoint_url=self.url, config=Config(retries={"total_max_attempts": 1}), **keys)

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(30)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def others() -> Path:
    """The folder with the programs of moto and ministack."""
    if not (OTHERS / "bin" / "ministack").exists():
        venv.create(OTHERS, with_pip=True)
        subprocess.run([OTHERS / "bin" / "pip", "install", "-q", "moto[server]", "ministack"], check=True)
    return OTHERS / "bin"


@contextmanager
def servers() -> Iterator[list[Server]]:
    folder = others()
    ports = [free_port() for _ in range(3)]
    home = tempfile.mkdtemp(prefix="fakeaws-bench-")
    serve = [sys.executable, "-m", "fakeaws", "serve", "--port", str(ports[0])]
    Server("warm", serve, ports[0], {"FAKEAWS_HOME": home}).stop()
    started = [
        Server("fakeaws", serve, ports[0], {"FAKEAWS_HOME": home}),
        Server("moto", [str(folder / "moto_server"), "-p", str(ports[1])], ports[1], {}),
        Server("ministack", [str(folder / "ministack")], ports[2], {"GATEWAY_PORT": str(ports[2])}),
    ]
    try:
        time.sleep(2)
        yield started
    finally:
        for server in started:
            server.stop()


def calls(server: Server) -> dict[str, Callable[[], Any]]:
    """What is measured, prepared on a server."""
    sqs, ec2 = server.client("sqs"), server.client("ec2")
    queue = sqs.create_queue(QueueName="bench")["QueueUrl"]
    image = ec2.describe_images(Owners=["amazon"])["Images"][0]["ImageId"]
    ec2.run_instances(ImageId=image, MinCount=10, MaxCount=10, InstanceType="t3.micro")

    def send_and_receive() -> None:
        sqs.send_message(QueueUrl=queue, MessageBody="hello")
        sqs.receive_message(QueueUrl=queue)

    return {
        "sts GetCallerIdentity": server.client("sts").get_caller_identity,
        "sqs send + receive": send_and_receive,
        "ec2 DescribeInstances": ec2.describe_instances,
        "iam ListUsers": server.client("iam").list_users,
    }


def rate(call: Callable[[], Any], server: Server) -> tuple[float, float]:
    """Calls a second, and the server's CPU milliseconds for each."""
    call()
    began, spent, count = time.perf_counter(), server.cpu(), 0
    while time.perf_counter() - began < SECONDS:
        call()
        count += 1
    return count / (time.perf_counter() - began), (server.cpu() - spent) / count * 1000


def main() -> None:
    with servers() as started:
        for server in started:
            print(f"{server.name:10} port open after {server.start_cpu:.2f} s of CPU, {server.memory():.0f} MB idle")
        prepared = {server.name: calls(server) for server in started}
        print(f"\n{'calls a second (ms of server CPU)':34}" + "".join(f"{s.name:>18}" for s in started))
        for name in prepared["fakeaws"]:
            best = {server.name: (0.0, 0.0) for server in started}
            for _ in range(ROUNDS):
                for server in started:
                    best[server.name] = max(best[server.name], rate(prepared[server.name][name], server))
            row = "".join(f"{per_second:>10.0f} ({cpu:.2f})" for per_second, cpu in best.values())
            ours, moto, mini = (best[s.name][0] for s in started)
            print(f"{name:34}{row}   {ours / moto:.1f} times moto, {ours / mini:.2f} times ministack")


main()
