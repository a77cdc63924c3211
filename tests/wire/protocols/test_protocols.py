"""AWS's protocol conformance cases, mirrored: we read what a client must send, and a client reads what we write."""

import base64
import gzip
import json
import math
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from botocore.awsrequest import HeadersDict
from botocore.parsers import create_parser

from fakeaws.core.model.models import Shape
from fakeaws.core.tools.errors import AwsError
from fakeaws.core.tools.http import Headers, Request, Response
from fakeaws.wire.messages.faults import Fault
from fakeaws.wire.protocols import protocol
from tests.wire.suites import SuiteService, botocore_model

CASES = Path(__file__).with_name("protocol_cases.jsonl.gz")
SUITES = [json.loads(line) for line in gzip.decompress(CASES.read_bytes()).splitlines()]


def _cases(side: str) -> list[Any]:
    return [
        pytest.param(suite, case, id=f"{suite['protocol']}-{case['id']}")
        for suite in SUITES
        if suite["side"] == side
        for case in suite["cases"]
    ]


@pytest.mark.parametrize(("suite", "case"), _cases("input"))
def test_what_a_client_sends_gives_back_its_parameters(suite: Any, case: Any) -> None:
    service = SuiteService(suite["metadata"], suite["shapes"], case["given"])
    operation = service.operation(case["given"]["name"])
    sent = case["serialized"]
    found = protocol(service.protocol).parse(operation, _request(sent, service.protocol))
    assert _plain(operation.input, found) == _without_filled_in(operation.input, case["params"], found)


def _request(sent: Any, protocol_name: str) -> Request:
    path, _, query = sent["uri"].partition("?")
    text = sent.get("body", "")
    body = base64.b64decode(text) if "cbor" in protocol_name else text.encode()
    headers = Headers(sent.get("headers", {}).items())
    if body:
        headers.add("Content-Length", str(len(body)))
    return Request(sent["method"], path, query, headers, body)


def _without_filled_in(shape: Shape | None, params: Any, found: Any) -> Any:
    """The parameters as far as they leave a trace, and the idempotency token that the client made up itself."""
    expected: Any = _traceable(shape, _plain(shape, params)) if shape else {}
    tokens = [n for n, m in shape.members.items() if m.get("idempotencyToken")] if shape else []
    return {**expected, **{name: found[name] for name in tokens if name in found}}


def _traceable(shape: Shape, params: Any) -> Any:
    """Nothing is sent for nulls, nor for empty lists and maps outside of JSON, XML and CBOR documents.

    What a map of the query string repeats of other members cannot be told from these.
    """
    named = {m.get("locationName") for m in shape.members.values() if m.get("location") == "querystring"}
    out = {}
    for name, value in params.items():
        member = shape.at(name)
        location = member.get("location")
        if location == "querystring" and member.type == "map":
            value = {key: item for key, item in value.items() if key not in named}
        formless = location is not None or (shape.service.protocol, member.type) in (("ec2", "list"), ("query", "map"))
        if value is not None and not (formless and value in ([], {})):
            out[name] = value
    return out


def _plain(shape: Shape | None, value: Any) -> Any:
    """A value with moments as seconds, blobs as text and special floats by name."""
    if isinstance(value, datetime):
        return value.timestamp()
    if isinstance(value, bytes):
        return value.decode()
    if hasattr(value, "read"):
        return value.read().decode()
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    if isinstance(value, dict):
        return {key: _plain(shape, item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(shape, item) for item in value]
    return value


@pytest.mark.parametrize(("suite", "case"), _cases("output"))
def test_what_we_answer_is_read_by_a_client_as_it_was_meant(suite: Any, case: Any) -> None:
    service = SuiteService(suite["metadata"], suite["shapes"], case["given"])
    operation = service.operation(case["given"]["name"])
    model = botocore_model(suite["metadata"], suite["shapes"], case["given"])
    if "error" in case:
        _check_error(service, operation, model, case)
        return
    document = _values(operation.output, case["result"])
    response = protocol(service.protocol).answer(operation, document, "request-1")
    parsed = create_parser(service.protocol).parse(_seen(response), model.output_shape)
    metadata = parsed.pop("ResponseMetadata", None)
    assert response.status == case["response"]["status_code"]
    assert model.output_shape is None or metadata["RequestId"] == "request-1"
    assert _plain(None, _without_server_headers(parsed)) == _plain(None, case["result"])


def _check_error(service: Any, operation: Any, model: Any, case: Any) -> None:
    shape = service.shape(case["errorCode"]) if case["errorCode"] in service.shape_names else None
    fields = {n: v for n, v in case["error"].items() if n.lower() != "message"}
    error = AwsError(case["errorCode"], case.get("errorMessage", ""), case["response"]["status_code"], **fields)
    response = protocol(service.protocol).refuse(Fault(service, operation, error), "request-1")
    parser = create_parser(service.protocol)
    parsed = parser.parse(_seen(response), model.output_shape)
    assert parsed["Error"]["Code"] == case["errorCode"]
    assert parsed["Error"]["Message"] == case.get("errorMessage", "")
    if shape is not None:
        modelled = parser.parse(_seen(response), botocore_shape(model, case["errorCode"]))
        modelled.pop("ResponseMetadata", None)
        expected = {n: v for n, v in case["error"].items() if n in shape.member_names}
        assert {n: v for n, v in modelled.items() if n in case["error"]} == expected


def botocore_shape(model: Any, code: str) -> Any:
    return model.service_model.shape_for(code)


def _values(shape: Shape | None, value: Any) -> Any:
    """Special floats as floats, as the cloud has them."""
    if shape is None or shape.get("document"):
        return value
    if isinstance(value, dict):
        if shape.type == "map":
            return {key: _values(shape.value, item) for key, item in value.items()}
        return {key: _values(shape.at(key), item) for key, item in value.items()}
    if isinstance(value, list):
        return [_values(shape.member, item) for item in value]
    return float(value) if shape.type in ("float", "double") and isinstance(value, str) else value


def _seen(response: Response) -> Any:
    return {
        "status_code": response.status,
        "headers": HeadersDict(response.headers.items()),
        "body": response.content,
        "context": {"operation_name": ""},
    }


def _without_server_headers(parsed: Any) -> Any:
    """Where an operation asks for all headers, it is also given those that every answer has."""
    ours = ("x-amzn-requestid", "content-type")
    return {
        name: {k: v for k, v in value.items() if k.lower() not in ours}
        if isinstance(value, dict) and any(k.lower() in ours for k in value)
        else value
        for name, value in parsed.items()
    }
