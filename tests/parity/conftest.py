"""Servers for real clients: each a process of its own on a free port, stopped at the end."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from configparser import ConfigParser
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config

from fakeaws.cli.calls.local import initialise
from fakeaws.core.pipeline.cloud import Cloud

POLICY = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}'
TRUST = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"sts:AssumeRole"}]}'


@dataclass(frozen=True)
class Keys:
    """An access key, its secret and, of a session, its token."""

    key: str
    secret: str
    token: str | None = None


ANYONE = Keys("test", "test")


def issued(home: Path) -> dict[str, Keys]:
    """Keys of a new cloud: of its root user, of a user and of a role's session that may do anything, of an account."""
    initialise({"FAKEAWS_HOME": str(home)})
    cloud = Cloud(home)
    perform: Callable[..., Any] = cloud.perform
    perform("iam", "CreateUser", {"UserName": "ann"})
    perform("iam", "PutUserPolicy", {"UserName": "ann", "PolicyName": "all", "PolicyDocument": POLICY})
    user = perform("iam", "CreateAccessKey", {"UserName": "ann"})["AccessKey"]
    role = perform("iam", "CreateRole", {"RoleName": "all", "AssumeRolePolicyDocument": TRUST})["Role"]
    perform("iam", "PutRolePolicy", {"RoleName": "all", "PolicyName": "all", "PolicyDocument": POLICY})
    caller = cloud.caller(user["AccessKeyId"], "us-east-1")
    session = perform("sts", "AssumeRole", {"RoleArn": role["Arn"], "RoleSessionName": "tests"}, caller)["Credentials"]
    cloud.close()
    file = ConfigParser()
    file.read(home / "credentials")
    return {
        "root": Keys(file["default"]["aws_access_key_id"], file["default"]["aws_secret_access_key"]),
        "user": Keys(user["AccessKeyId"], user["SecretAccessKey"]),
        "session": Keys(session["AccessKeyId"], session["SecretAccessKey"], session["SessionToken"]),
        "account": Keys("111122223333", "anything"),
    }


class Server:
    """`fakeaws serve` as a process, and the keys that its clients use."""

    def __init__(self, home: Path, *options: str, keys: Keys = ANYONE, port: int = 0) -> None:
        self.keys = keys
        self.is_verified = "--verify-signatures" in options
        self.port = port or _free_port()
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

    def peak_memory(self) -> float:
        """The largest resident size of the server so far, in MB."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(status.partition("VmHWM:")[2].split()[0]) / 1024

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
            "AWS_ACCESS_KEY_ID": self.keys.key,
            "AWS_SECRET_ACCESS_KEY": self.keys.secret,
            **({"AWS_SESSION_TOKEN": self.keys.token} if self.keys.token else {}),
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_REGION": "us-east-1",
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_PAGER": "",
        }

    def session(self) -> boto3.Session:
        return boto3.Session(self.keys.key, self.keys.secret, self.keys.token, region_name="us-east-1")

    def client(self, service: str, **config: Any) -> Any:
        settings = Config(retries={"total_max_attempts": 1}, s3={"addressing_style": "path"}, **config)
        return self.session().client(service, endpoint_url=self.url, config=settings)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


OTHERS = [pytest.param(name, marks=pytest.mark.full) for name in ("user", "session", "root verified", "user verified")]


@pytest.fixture(scope="module", params=["any", *OTHERS])
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that is called with keys it never saw; in the full run also with keys it issued, verified and not."""
    home = tmp_path_factory.mktemp("served") / "cloud"
    who, _, verified = request.param.partition(" ")
    keys = ANYONE if who == "any" else issued(home)[who]
    started = Server(home, *(["--verify-signatures"] if verified else []), keys=keys)
    yield started
    started.stop()
    assert "Traceback" not in started.errors.read_text()
