"""Every operation of every service: a client's request gives us its parameters, and our answer gives it our result."""

import random
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from fakeaws.core.model import models
from fakeaws.core.model.models import Operation
from fakeaws.core.tools.errors import AwsError
from fakeaws.wire.messages.faults import Fault
from fakeaws.wire.messages.traits import UNWRAPPED_OUTPUTS
from fakeaws.wire.protocols import protocol
from fakeaws.wire.protocols.base import event_member
from tests.wire import clients
from tests.wire.generated import NOTHING, Maker

SAMPLE = ("cloudwatch", "dynamodb", "iam", "kinesis", "lambda", "lexv2-runtime", "route53", "s3", "s3control", "sqs")
TWINS = {("s3", "GetBucketNotification"), ("s3", "PutBucketNotification")}
"""Two members, an old and a new form of the same, share an element."""
UNREADABLE = UNWRAPPED_OUTPUTS | TWINS
"""Answers that botocore's parser alone cannot read: a hook of its client does."""
examples = settings(
    max_examples=3,
    database=None,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
    derandomize=True,
)


def _rest(services: tuple[str, ...]) -> list[str]:
    return [name for name in services if name not in SAMPLE]


def _protocols(service: models.Service) -> list[str]:
    return service.metadata.get("protocols") or [service.protocol]


@pytest.mark.parametrize("name", SAMPLE)
def test_a_sample_of_operations_makes_the_round_trip(name: str) -> None:
    service = models.service(name)
    for index, operation in enumerate(service.operation_names):
        if index % 8 == 0 or len(service.operation_names) < 30:
            _check(service.operation(operation))


@pytest.mark.full
@pytest.mark.parametrize("name", [*SAMPLE, *_rest(models.services())])
def test_every_operation_makes_the_round_trip(name: str) -> None:
    service = models.service(name)
    for operation in service.operation_names:
        _check(service.operation(operation))


def _check(operation: Operation) -> None:
    for spoken in _protocols(operation.service):
        _round_trip(operation, spoken)


def _round_trip(operation: Operation, spoken: str) -> None:
    @examples
    @given(st.randoms(use_true_random=True))
    def check(chance: random.Random) -> None:
        _check_request(operation, spoken, chance)
        _check_answer(operation, spoken, chance)
        _check_errors(operation, spoken, chance)

    check()


def _check_request(operation: Operation, spoken: str, chance: random.Random) -> None:
    """The length and type of a body are sent by every client, asked to or not."""
    if (operation.service.name, operation.name) in TWINS:
        return
    stream = event_member(operation.input)
    skip = (stream,) if stream else ()
    params = Maker(chance, spoken).structure(operation.input, skip=skip) if operation.input else {}
    _measure(operation.input, params)
    request = clients.sent(operation.service.name, operation.name, params, spoken)
    found = protocol(spoken).parse(operation, request)
    found.pop(stream, None)
    for name in [n for n in found if n not in params]:
        if operation.input.at(name).get("locationName", "").lower() in ("content-length", "content-type"):
            del found[name]
    payload = operation.input.get("payload", "") if operation.input else ""
    expected = {n: v for n, v in params.items() if not (v in (b"", "", {}) and _may_be_absent(operation.input, n, v))}
    if payload not in expected and found.get(payload) == {}:
        del found[payload]
    assert _drained(found) == _drained(expected), f"{operation.service.name} {operation.name}"


def _check_answer(operation: Operation, spoken: str, chance: random.Random) -> None:
    shape = operation.output
    if (operation.service.name, operation.name) in UNREADABLE:
        return
    maker = Maker(chance, spoken, answer=True)
    stream = event_member(shape)
    document = maker.structure(shape, skip=(stream,) if stream else ()) if shape else {}
    if shape is not None and stream is not None:
        document[stream] = _events(maker, shape.at(stream))
    for name, member in shape.members.items() if shape else ():
        if member.get("location") == "statusCode":
            document[name] = operation.http.get("responseCode", 200)
    _measure(shape, document)
    response = protocol(spoken).answer(operation, dict(document), "request-1")
    found = clients.received(operation.service.name, operation.name, response, spoken)
    where = f"{operation.service.name} {operation.name} {response.content[:300]!r}"
    assert _told(operation, found) == _told(operation, document), where


def _may_be_absent(shape: Any, name: str, value: Any) -> bool:
    """An empty body is the same as none, but for a structure that has to be there."""
    return bool(name == shape.get("payload") and not (value == {} and name in shape.required))


def _measure(shape: Any, document: Any) -> None:
    """A member that says how long the body is has to be true, or no client would read it."""
    for name, member in shape.members.items() if shape else ():
        if name in document and member.get("locationName") == "Content-Length":
            document[name] = len(document.get(shape.get("payload"), b""))


def _events(maker: Maker, stream: Any) -> list[Any]:
    """An event of each kind; the exceptions of a stream end it and are none."""
    out = []
    for name, event in stream.members.items():
        value = NOTHING if event.get("exception") else maker.structure(event)
        if value is not NOTHING:
            payloads = {n: _EMPTY[m.type] for n, m in event.members.items() if m.get("eventpayload")}
            out.append({name: {**payloads, **value}})
    return out


_EMPTY: dict[str, Any] = {"blob": b"", "string": "", "structure": {}}


def _told(operation: Operation, document: Any) -> Any:
    """A result without what every REST answer has, asked for or not: a body, a type of it, a map of headers."""
    shape = operation.output
    if shape is None:
        return {}
    types = [n for n, m in shape.members.items() if m.get("locationName", "").lower() == "content-type"]
    bags = [n for n, m in shape.members.items() if m.get("location") == "headers" or n == shape.get("payload")]
    empty = (b"", "", {}, [], None)
    told = {n: v for n, v in _drained(document).items() if n not in types}
    for name in bags:
        if isinstance(told.get(name), dict) and shape.at(name).get("location") == "headers":
            told[name] = {key: item for key, item in told[name].items() if key.startswith("zz")}
    return {n: v for n, v in told.items() if not (n in bags and v in empty)}


def _check_errors(operation: Operation, spoken: str, chance: random.Random) -> None:
    for shape in operation.errors[:4]:
        fields = Maker(chance, spoken, answer=True).structure(shape)
        fields = {n: v for n, v in fields.items() if not n.lower().endswith(("message", "code", "type", "status"))}
        error = AwsError(shape.name, "No <such> thing", **fields)
        fault = Fault(operation.service, operation, error)
        response = protocol(spoken).refuse(fault, "request-1")
        read = clients.received(operation.service.name, operation.name, response, spoken)["Error"]
        where = f"{operation.service.name} {operation.name} {shape.name} {response.content[:300]!r}"
        assert read["Code"] in (fault.code, fault.name), where
        assert read["Message"] == "No <such> thing", where
        error_model = clients.model(operation.service.name).shape_for(shape.name)
        modelled = clients.received(operation.service.name, operation.name, response, spoken, error_model)
        assert {n: v for n, v in modelled.items() if n in fields} == fields, where


def _drained(value: Any) -> Any:
    """A document with streams read to their end."""
    return {n: v.read() if hasattr(v, "read") else v for n, v in value.items()}
