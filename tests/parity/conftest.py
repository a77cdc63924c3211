"""Servers for real clients: each a process of its own on a free port, stopped at the end."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config


class Server:
    """`fakeaws serve` as a process."""

    def __init__(self, home: Path, *options: str) -> None:
        self.port = _free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.home = home
        self.errors = home.parent / f"serve-{self.port}.log"
        self.environment = {**os.environ, "FAKEAWS_HOME": str(home)}
        with self.errors.open("wb") as errors:
            command = [sys.executable, "-m", "fakeaws", "serve", "--port", str(self.port), *options]
            self.process = subprocess.Popen(command, env=self.environment, stderr=errors)
        self._wait()

    def _wait(self) -> None:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                urllib.request.urlopen(f"{self.url}/_fakeaws/health").close()
                return
            except OSError:
                time.sleep(0.02)
        raise AssertionError(self.errors.read_text())

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(60)

    @property
    def client_environment(self) -> dict[str, str]:
        """The environment in which a client finds the server."""
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(self.home.parent),
            "AWS_ENDPOINT_URL": self.url,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_REGION": "us-east-1",
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_PAGER": "",
        }

    def session(self) -> boto3.Session:
        return boto3.Session("test", "test", region_name="us-east-1")

    def client(self, service: str, **config: Any) -> Any:
        settings = Config(retries={"total_max_attempts": 1}, s3={"addressing_style": "path"}, **config)
        return self.session().client(service, endpoint_url=self.url, config=settings)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    started = Server(tmp_path_factory.mktemp("served") / "cloud")
    yield started
    started.stop()
    assert "Traceback" not in started.errors.read_text()
