"""Calls made up from the models, sent raw over every protocol: each gets an answer, and never a fault of the server.

Not every seed can be run by everybody: a slice runs always, a hundred thousand requests in the full run.
"""

import resource
import sys
from collections.abc import Iterator
from itertools import islice
from time import perf_counter
from typing import Any

import pytest

from fakeaws.core.model import models
from fakeaws.core.model.models import Operation
from fakeaws.core.pipeline.cloud import Cloud
from fakeaws.core.tools.http import Response
from fakeaws.wire.server.endpoint import Endpoint
from tests.wire import raw
from tests.wire.fuzzing import MAKING, Caller

SLOWEST = 20.0
"""Seconds that one request may take on a loaded machine: twenty times what it may take on a quiet one."""
GROWTH = 100
"""Megabytes that the process may grow by when services are called again, whose models it has read: the cloud in memory
fills all the while."""
PIECES = 50
"""How many pieces are read of an answer that may have no end."""


class Learning(Cloud):
    """A cloud whose answers tell the caller what is there."""

    def __init__(self, caller: Caller) -> None:
        super().__init__(None)
        self.strict = False  # as users have it: members that an answer has no place for are left out
        self.fuzz = caller

    def perform(self, service: str, operation: str, params: Any, caller: Any = None, limit: Any = None) -> Any:
        answer = super().perform(service, operation, params, caller, limit)
        self.fuzz.learn(params)
        self.fuzz.learn(answer)
        return answer


class Run:
    """Requests to one cloud, counted; the first that is answered with a fault ends the run."""

    def __init__(self, seed: str) -> None:
        self.caller = Caller(seed)
        self.cloud = Learning(self.caller)
        self.endpoint = Endpoint(self.cloud)
        self.count = 0

    def send(self, operation: Operation, params: dict[str, Any], protocol: str) -> None:
        request = raw.sent(operation, params, protocol)
        about = f"{operation.service.name} {operation.name} {protocol} {params!r:.2000}"
        started = perf_counter()
        try:
            response = self.endpoint.answer(request)
            content = _content(response)
        except Exception as problem:
            raise AssertionError(about) from problem
        assert response.status < 500 or _is_modelled(operation, response), f"{response.status} {about} {content!r}"
        assert perf_counter() - started < SLOWEST, about
        self.count += 1

    def send_all(self, service: str, odd: int, odd_of_handlers: int) -> None:
        """What makes things first, as well-formed as can be; then, of each operation, some calls with something odd."""
        model = models.service(service)
        protocols = [name for name in model.metadata.get("protocols", ()) if name in raw.PROTOCOLS] or [model.protocol]
        names = sorted(model.operation_names, key=lambda name: not name.startswith(MAKING))
        operations = [model.operation(name) for name in names]
        handled = {*model.handler_names}
        for operation in operations:
            for fullness in (0.0, 0.9):
                self.send(operation, self.caller.params(operation, fullness), model.protocol)
        for operation in operations:
            for _ in range(odd_of_handlers if operation.name in handled else odd):
                params = self.caller.params(operation, self.caller.chance.choice((0.0, 0.5, 1.0)))
                self.send(operation, self.caller.odd(params), self.caller.chance.choice(protocols))


def _content(response: Response) -> bytes:
    body = response.body
    return body if isinstance(body, bytes) else b"".join(islice(body, PIECES))


def _is_modelled(operation: Operation, response: Response) -> bool:
    """Whether a fault is one that AWS documents of the operation (a conflict that is the service's own), or the honest
    answer for what is not emulated."""
    faults = {one.name for one in operation.errors if one.get("fault") and not one.name.startswith("Internal")}
    return response.status == 501 or any(name.encode() in _named(response) for name in faults)


def _named(response: Response) -> bytes:
    return _content(response) + response.headers.get("x-amzn-errortype").encode()


def _memory() -> int:
    """The most megabytes that the process has had."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most // (1 << 20 if sys.platform == "darwin" else 1 << 10)


def _slice(seed: str, count: int) -> Iterator[str]:
    yield from Caller(seed).chance.sample(models.services(), count)


EMULATED = ("cloudcontrol", "cloudwatch", "dynamodb", "events", "kms", "resource-explorer-2", "s3", "sns", "sqs", "ssm")


@pytest.mark.parametrize("service", EMULATED)
def test_odd_calls_are_refused(service: str) -> None:
    Run(f"slice {service}").send_all(service, odd=1, odd_of_handlers=2)


def test_odd_calls_of_any_service_are_refused() -> None:
    run = Run("slice")
    for service in _slice("services", 12):
        run.send_all(service, odd=1, odd_of_handlers=1)


@pytest.mark.full
@pytest.mark.parametrize("seed", ["one", "two", "three"])
def test_a_hundred_thousand_odd_calls_are_refused(seed: str) -> None:
    run = Run(seed)
    services = models.services()
    for service in services:
        run.send_all(service, odd=3, odd_of_handlers=12)
    assert run.count >= 100_000
    before = _memory()
    for service in services[::4]:
        run.send_all(service, odd=3, odd_of_handlers=12)
    assert _memory() - before < GROWTH
