"""What nobody expected: answered as AWS answers its own faults, in every protocol, and reported once."""

import io
import json
from collections.abc import Iterator
from typing import Any

import pytest

from fakeaws.core.model import models
from fakeaws.core.tools.errors import AwsError
from fakeaws.wire.messages import cbor
from fakeaws.wire.server import app as app_module
from fakeaws.wire.server import failures
from fakeaws.wire.server.app import App
from tests.wire.raw import sent
from tests.wire.server.test_app import Answer, Stand, call, signed

REPORT = failures.report
TEXT = "The request processing has failed because of an unknown error, exception or failure."
CALLS = [
    ("json", "kinesis", "ListStreams", f'{{"__type":"InternalFailure","message":"{TEXT}"}}'),
    ("query", "iam", "ListUsers", f"<Type>Receiver</Type><Code>InternalFailure</Code><Message>{TEXT}</Message>"),
    ("ec2", "ec2", "DescribeVpcs", f"<Errors><Error><Code>InternalFailure</Code><Message>{TEXT}</Message>"),
    ("rest-json", "lambda", "ListFunctions", f'{{"message":"{TEXT}"}}'),
    ("rest-xml", "route53", "ListHostedZones", f"<Code>InternalFailure</Code><Message>{TEXT}</Message>"),
    ("rest-xml", "s3", "ListBuckets", "<Error><Code>InternalError</Code><Message>We encountered an internal error."),
]


def answered(app: App, service: str, operation: str, protocol: str) -> Answer:
    request = sent(models.service(service).operation(operation), {}, protocol)
    target = request.path + ("?" + request.query if request.query else "")
    return call(app, request.method, target, dict(request.headers.items()), request.content)


def request_id(answer: Answer) -> str:
    return answer.headers.get("x-amzn-requestid") or answer.headers["x-amz-request-id"]


@pytest.mark.parametrize(("protocol", "service", "operation", "text"), CALLS)
def test_a_fault_is_the_protocol_s_own(
    protocol: str, service: str, operation: str, text: str, faults: list[Any]
) -> None:
    stand = Stand(RuntimeError("boom"))
    answer = answered(App(stand), service, operation, protocol)
    assert (answer.status, len(request_id(answer))) == (500, 36)
    assert text in answer.body.decode()
    assert [str(problem) for problem, _ in faults] == ["boom"]
    assert [told for _, told in faults] == [request_id(answer)]
    faults.clear()
    stand.answer_with = {}
    assert answered(App(stand), service, operation, protocol).status == 200, "the server goes on"


def test_a_fault_in_cbor(faults: list[Any]) -> None:
    answer = answered(App(Stand(KeyError("x"))), "cloudwatch", "ListMetrics", "smithy-rpc-v2-cbor")
    assert (answer.status, answer.headers["smithy-protocol"]) == (500, "rpc-v2-cbor")
    assert cbor.loads(answer.body) == {"__type": "InternalFailure", "message": TEXT}
    faults.clear()


def test_an_answer_that_cannot_be_laid_out_is_a_fault(faults: list[Any]) -> None:
    answer = answered(App(Stand({"StreamNames": 5})), "kinesis", "ListStreams", "json")
    assert (answer.status, json.loads(answer.body)["__type"]) == (500, "InternalFailure")
    faults.clear()


def test_a_fault_has_no_body_where_only_the_head_was_asked_for(faults: list[Any]) -> None:
    answer = call(App(Stand(RuntimeError())), "HEAD", "/bucket", signed("s3"))
    assert (answer.status, answer.body) == (500, b"")
    faults.clear()


def test_what_is_not_an_operation_fails_alike(faults: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any) -> Any:
        raise ZeroDivisionError

    monkeypatch.setattr(app_module.admin, "answer", fail)
    answer = call(App(Stand({})), "GET", "/_fakeaws/health", {"Host": "localhost:4566"})
    assert (answer.status, b"InternalFailure" in answer.body) == (500, True)
    faults.clear()


def test_a_refusal_is_no_fault() -> None:
    error = AwsError("ThrottlingException", "Rate exceeded", status=400)
    assert answered(App(Stand(error)), "kinesis", "ListStreams", "json").status == 400


def test_a_download_that_breaks_off_is_never_complete(faults: list[Any]) -> None:
    def broken() -> Iterator[bytes]:
        yield b"x" * 1000
        raise OSError("the disk is gone")

    log = io.StringIO()
    app = App(Stand({"Body": broken(), "ContentLength": 2000}), log=log)
    answer = call(app, "GET", "/b/k", signed("s3"))
    assert (answer.status, answer.body, answer.is_complete) == (200, b"x" * 1000, False)
    assert [str(problem) for problem, _ in faults] == ["the disk is gone"]
    faults.clear()


def test_a_report_says_where_and_in_which_request(capsys: pytest.CaptureFixture[str]) -> None:
    try:
        raise RuntimeError("boom")
    except RuntimeError as problem:
        REPORT(problem, "4f0e")
    told = capsys.readouterr().err
    assert told.startswith("fakeaws: a fault of its own in request 4f0e\nTraceback ")
    assert "test_a_report_says_where_and_in_which_request" in told
    assert told.endswith("RuntimeError: boom\n")
