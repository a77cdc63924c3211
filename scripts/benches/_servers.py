"""Servers to measure beside each other: fakeaws, moto and ministack, which get a folder of their own when first run."""

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

SECONDS = 1.0
OTHERS = Path(tempfile.gettempdir()) / "fakeaws-bench-http"
TICKS = os.sysconf("SC_CLK_TCK")


class Server:
    def __init__(self, name: str, command: list[str], port: int, env: dict[str, str]) -> None:
        self.name = name
        self.port = port
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


def rate(call: Callable[[], Any], server: Server) -> tuple[float, float]:
    """Calls a second, and the server's CPU milliseconds for each."""
    call()
    began, spent, count = time.perf_counter(), server.cpu(), 0
    while time.perf_counter() - began < SECONDS:
        call()
        count += 1
    return count / (time.perf_counter() - began), (server.cpu() - spent) / count * 1000
