"""A terminal for tests: `aws("sqs create-queue --queue-name jobs")` answers with what the command prints."""

from __future__ import annotations

import io
import json
import os
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import pytest
from hypothesis import HealthCheck, settings

from fakeaws import sdk
from fakeaws.cli.calls import remote
from fakeaws.cli.invocation import Globals, Perform, Streams
from fakeaws.cli.main import run
from fakeaws.cli.profile.settings import Profile
from fakeaws.core.model import models
from fakeaws.core.pipeline import clock as clocks
from fakeaws.core.pipeline.cloud import Cloud
from fakeaws.core.store.folders import make_private
from fakeaws.core.store.memory.store import MemoryStore
from fakeaws.wire.server import failures
from fakeaws.wire.server.endpoint import Endpoint

if TYPE_CHECKING:
    from fakeaws.cli.main import PerformFor

settings.register_profile("fakeaws", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("fakeaws")  # how fast the machine is says nothing of what is tested

Cloud.strict = True  # what a handler answers and AWS's model lacks is a mistake of the handler


class Printed(str):
    """What a command printed to stdout, with its stderr and exit code."""

    stderr: str
    code: int

    @property
    def json(self) -> Any:
        return json.loads(self)


class Terminal:
    """Runs commands on one cloud, in this process; they must succeed unless told otherwise. `perform_for` is how their
    calls reach the cloud: None as the command line does it."""

    def __init__(self, env: dict[str, str], perform_for: PerformFor | None = None) -> None:
        self.env = env
        self.perform_for = perform_for

    def with_env(self, **env: str) -> Terminal:
        """The same terminal with more in its environment."""
        return Terminal({**self.env, **env}, self.perform_for)

    def __call__(self, command: str, code: int = 0, **options: str) -> Printed:
        argv = shlex.split(command)
        for name, value in options.items():
            argv += [_option(name), value]
        stdout = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True)
        stderr = io.StringIO()
        streams = Streams(io.StringIO(), stdout, stderr, self.env, "aws")
        exit_code = run(argv, streams, self.perform_for)
        printed = Printed(stdout.buffer.getvalue().decode())  # type: ignore[attr-defined]
        printed.stderr, printed.code = stderr.getvalue(), exit_code
        assert exit_code == code, f"{command}\n{printed}{printed.stderr}"
        return printed

    def refused(self, command: str, code: str, message: str | None = None, **options: str) -> Printed:
        """The command must be refused by the service with this error code (and text)."""
        printed = self(command, code=254, **options)
        found = re.search(
            r"An error occurred \(([^)]+)\) when calling the \w+ operation(?: \([^)]*\))?: ?(.*)",
            printed.stderr,
            re.DOTALL,
        )
        assert found is not None, printed.stderr
        assert found.group(1) == code, printed.stderr
        if message is not None:
            assert found.group(2).strip() == message
        return printed


def _option(name: str) -> str:
    return "--" + re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", name).lower()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--store", choices=["sqlite", "memory"], default="sqlite", help="what clouds with a folder keep their rows in"
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--store") != "sqlite":
        for item in items:
            if item.get_closest_marker("sqlite") is not None:
                item.add_marker(pytest.mark.skip(reason="looks into the file of SQLite"))


@pytest.fixture(autouse=True, scope="session")
def stores(request: pytest.FixtureRequest) -> Iterator[None]:
    """With `--store memory`, all clouds of a folder share one store in the memory of the tests' process."""
    if request.config.getoption("--store") == "sqlite":
        yield
        return
    opened: dict[str, MemoryStore] = {}

    def open_store(path: str | None) -> MemoryStore:
        if path is None:
            return MemoryStore()
        make_private(os.path.dirname(path))
        return opened.setdefault(path, MemoryStore(path))

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("fakeaws.core.pipeline.cloud.open_store", open_store)
        yield


@pytest.fixture(autouse=True)
def faults(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[tuple[BaseException, str]]]:
    """What the server answered with a fault of its own, and the request's id: a test that does not expect it fails."""
    found: list[tuple[BaseException, str]] = []
    monkeypatch.setattr(failures, "report", lambda problem, request_id="": found.append((problem, request_id)))
    yield found
    assert found == []


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """The folder of a new cloud."""
    return tmp_path / "cloud"


class HttpEndpoint:
    """The other way into the cloud: the real client's requests, answered in this process. Clients are made once."""

    clients: ClassVar[dict[tuple[str | None, ...], Any]] = {}
    endpoint: ClassVar[Endpoint | None] = None

    def __init__(self, cloud: Cloud) -> None:
        HttpEndpoint.endpoint = Endpoint(cloud)

    def __call__(self, options: Globals, streams: Streams) -> Perform:
        profile = Profile(options, streams)
        keys = profile.credentials()

        def perform(service: str, operation: str, params: dict[str, Any]) -> dict[str, Any]:
            place = (service, profile.region, keys.access_key if keys and options.sign_request else None)
            if place not in self.clients:
                self.clients[place] = client = remote.client_for(service, "http://localhost:4566", options, profile)
                client.meta.events.register_last("before-send", _answered)
            return remote.called(self.clients[place], models.service(service).operation(operation), params)

        return perform


def _answered(request: Any, **_: Any) -> Any:
    assert HttpEndpoint.endpoint is not None
    return sdk.carried(HttpEndpoint.endpoint, request)


KEYS = """\
[default]
aws_access_key_id = AKIA0000000000000001
aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY
"""


@pytest.fixture(params=["command line", "http"])
def aws(request: pytest.FixtureRequest, home: Path) -> Terminal:
    """A terminal at a new cloud, in us-east-1: once as the command line is, once as a client of the cloud over HTTP."""
    env = {"FAKEAWS_HOME": str(home), "HOME": str(home.parent), "AWS_PAGER": "", "COLUMNS": "80"}
    home.mkdir()
    for name in ("root-key", "credentials"):
        (home / name).write_text(KEYS)  # the same in all tests, so that they share their HTTP clients
    (home / "config").write_text("[default]\nregion = us-east-1\n")
    return Terminal(env, HttpEndpoint(Cloud(home)) if request.param == "http" else None)


@pytest.fixture
def terminal(home: Path) -> Terminal:
    """A terminal at a new cloud, for tests of the command line alone."""
    return Terminal({"FAKEAWS_HOME": str(home), "HOME": str(home.parent), "AWS_PAGER": "", "COLUMNS": "80"})


class Clock:
    """The clock of the cloud, frozen: it moves when the test says so."""

    def __init__(self, cloud: Cloud) -> None:
        self._database = cloud.database
        with self._database.transaction(write=True):
            clocks.freeze(self._database, 1_800_000_000.0)

    def advance(self, seconds: float) -> None:
        with self._database.transaction(write=True):
            clocks.advance(self._database, seconds)


@pytest.fixture
def clock(home: Path) -> Clock:
    return Clock(Cloud(home))


@pytest.fixture
def cloud() -> Cloud:
    """A cloud in memory, for tests that call operations without a command line."""
    return Cloud(None)
