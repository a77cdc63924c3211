"""The ASGI application on a stand-in cloud: streams, errors in each protocol's form, limits, CORS, what is ours."""

import asyncio
import io
import json
from collections.abc import Iterator
from typing import Any

import pytest

from fakeaws.core.pipeline.cloud import Cloud
from fakeaws.core.resources.caller import Caller, root
from fakeaws.core.store.failures import DiskFull
from fakeaws.core.tools.errors import AwsError
from fakeaws.wire.messages.eventstream import frames
from fakeaws.wire.server import app as app_module
from fakeaws.wire.server.app import App


class Stand(Cloud):
    """A cloud in memory whose answer is what the test says; it remembers what it was asked."""

    def __init__(self, answer: Any) -> None:
        super().__init__(None)
        self.answer_with = answer
        self.asked: list[Any] = []

    def perform(self, service: str, operation: str, params: Any, caller: Any = None, limit: Any = None) -> Any:
        self.asked.append((service, operation, params, caller))
        if isinstance(self.answer_with, Exception):
            raise self.answer_with
        return self.answer_with

    def caller(self, access_key: str, region: str, token: str | None = None) -> Caller:
        return root(region=region, access_key=access_key)


class Answer:
    def __init__(self, messages: list[Any]) -> None:
        self.status: int = messages[0]["status"]
        self.headers = {k.decode(): v.decode("latin-1") for k, v in messages[0]["headers"]}
        self.pieces = [m["body"] for m in messages[1:] if m["body"]]
        self.body = b"".join(self.pieces)
        self.is_complete = not messages[-1].get("more_body")


def call(
    app: App, method: str, target: str, headers: dict[str, str], body: list[bytes] | bytes = b"", stays: bool = True
) -> Answer:
    """What the application sends for a request whose body comes in pieces, and whose client `stays` for the answer."""
    path, _, query = target.partition("?")
    scope = {
        "type": "http",
        "method": method,
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "headers": [(k.lower().encode(), v.encode()) for k, v in headers.items()],
    }
    pieces = [body] if isinstance(body, bytes) else body
    incoming = [{"type": "http.request", "body": p, "more_body": True} for p in pieces] + [{"type": "http.request"}]
    sent: list[Any] = []

    async def receive() -> Any:
        if not incoming and stays:
            await asyncio.sleep(3600)
        return incoming.pop(0) if incoming else {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        sent.append(message)

    asyncio.run(app(scope, receive, send))
    return Answer(sent)


def signed(service: str, **more: str) -> dict[str, str]:
    scope = f"AKID/20260101/eu-west-1/{service}/aws4_request"
    value = f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0"
    return {"Host": "localhost:4566", "Authorization": value, **{k.replace("_", "-"): v for k, v in more.items()}}


def test_an_upload_is_read_from_a_stream_and_a_download_is_sent_in_pieces() -> None:
    stand = Stand({"ETag": '"1"'})
    answer = call(App(stand), "PUT", "/b/k%20ey", signed("s3", Content_Length="3000000"), [b"x" * 1_000_000] * 3)
    assert (answer.status, answer.headers["etag"], answer.body) == (200, '"1"', b"")
    service, operation, params, caller = stand.asked[0]
    assert (service, operation, params["Bucket"], params["Key"]) == ("s3", "PutObject", "b", "k ey")
    assert len(params["Body"].read()) == 3_000_000
    assert (caller.region, caller.access_key) == ("eu-west-1", "AKID")

    stand.answer_with = {"Body": io.BytesIO(b"y" * 9_000_000), "ContentLength": 9_000_000, "Metadata": {"a": "b"}}
    answer = call(App(stand), "GET", "/b/k", signed("s3"))
    assert answer.body == b"y" * 9_000_000
    assert len(answer.pieces) > 1
    assert (answer.headers["content-length"], answer.headers["x-amz-meta-a"]) == ("9000000", "b")


def test_a_bucket_in_the_host_is_part_of_the_path() -> None:
    stand = Stand({})
    call(App(stand), "GET", "/k?versionId=1", signed("s3", Host="bucket.s3.localhost:4566"))
    assert stand.asked[0][:3] == ("s3", "GetObject", {"Bucket": "bucket", "Key": "k", "VersionId": "1"})


def test_chunks_and_gzip_are_unpacked_on_the_way() -> None:
    stand = Stand({})
    headers = signed("s3", X_Amz_Content_SHA256="STREAMING-UNSIGNED-PAYLOAD-TRAILER", Content_Encoding="aws-chunked,x")
    headers["X-Amz-Trailer"] = "x-amz-checksum-crc32"
    call(App(stand), "PUT", "/b/k", headers, b"5\r\nhello\r\n0\r\nx-amz-checksum-crc32:NhCmhg==\r\n\r\n")
    params = stand.asked[0][2]
    assert (params["Body"].read(), params["ContentEncoding"], params["ChecksumCRC32"]) == (b"hello", "x", "NhCmhg==")


def test_events_are_sent_as_they_come() -> None:
    def events() -> Iterator[Any]:
        yield {"PayloadChunk": {"Payload": b"one"}}
        yield {"InvokeComplete": {"LogResult": "done"}}
        raise AwsError("InternalStreamFailure", "Broken")

    stand = Stand({"StatusCode": 200, "ExecutedVersion": "1", "EventStream": events()})
    path = "/2021-11-15/functions/f/response-streaming-invocations"
    answer = call(App(stand), "POST", path, signed("lambda"))
    assert answer.headers["content-type"] == "application/vnd.amazon.eventstream"
    assert answer.headers["x-amz-executed-version"] == "1"
    first, second, last = (next(frames(io.BytesIO(piece))) for piece in answer.pieces)
    assert (first.headers[":event-type"], first.payload) == ("PayloadChunk", b"one")
    assert json.loads(second.payload) == {"LogResult": "done"}
    assert last.headers[":error-code"] == "InternalStreamFailure"


def test_a_stream_without_an_end_ends_with_its_client() -> None:
    closed = []

    def events() -> Iterator[Any]:
        try:
            while True:
                yield {"PayloadChunk": {"Payload": b"on and on"}}
        finally:
            closed.append(True)

    stand = Stand({"StatusCode": 200, "EventStream": events()})
    path = "/2021-11-15/functions/f/response-streaming-invocations"
    answer = call(App(stand), "POST", path, signed("lambda"), stays=False)
    assert answer.status == 200
    assert closed == [True]


def test_answers_to_head_have_no_body() -> None:
    answer = call(App(Stand(AwsError("404", "Not Found", status=404))), "HEAD", "/b/k", signed("s3"))
    assert (answer.status, answer.body) == (404, b"")


REFUSAL = AwsError("NoSuchThing", "There is <none>", status=404, BucketName="b")


@pytest.mark.parametrize(
    ("target", "headers", "body", "expected"),
    [
        ("/", signed("sqs", X_Amz_Target="AmazonSQS.ListQueues"), b"{}", b'{"__type":"NoSuchThing"'),
        (
            "/?Action=ListUsers&Version=2010-05-08",
            signed("iam"),
            b"",
            b"<Code>NoSuchThing</Code><Message>There is &lt;",
        ),
        ("/?Action=DescribeVpcs&Version=2016-11-15", signed("ec2"), b"", b"<Response><Errors><Error><Code>NoSuch"),
        ("/2015-03-31/functions", signed("lambda"), b"", b'{"message":"There is <none>","BucketName":"b"}'),
        (
            "/b",
            signed("s3"),
            b"",
            b"<Error><Code>NoSuchThing</Code><Message>There is &lt;none&gt;</Message><BucketName>b",
        ),
        ("/2013-04-01/hostedzone", signed("route53"), b"", b"<Error><Type>Sender</Type><Code>NoSuchThing</Code>"),
    ],
)
def test_errors_are_in_the_form_of_the_protocol(target: str, headers: Any, body: bytes, expected: bytes) -> None:
    answer = call(App(Stand(REFUSAL)), "POST" if body else "GET", target, headers, body)
    assert answer.status == 404
    assert expected in answer.body
    assert answer.headers.get("x-amzn-requestid") or answer.headers["x-amz-request-id"]


@pytest.mark.parametrize(
    ("method", "target", "headers", "body", "status", "expected"),
    [
        ("POST", "/", signed("sqs", X_Amz_Target="AmazonSQS.Nothing"), b"{}", 400, "UnknownOperationException"),
        ("POST", "/", signed("sqs", X_Amz_Target="AmazonSQS.SendMessage"), b"{", 400, "SerializationException"),
        ("POST", "/", signed("sqs", X_Amz_Target="AmazonSQS.SendMessage"), b"[" * 99999, 400, "SerializationException"),
        ("GET", "/?Action=Nothing&Version=2010-05-08", signed("iam"), b"", 400, "InvalidAction"),
        ("PATCH", "/b", signed("s3"), b"", 405, "MethodNotAllowed"),
        ("PUT", "/b?tagging", signed("s3"), b"<Tagging>", 400, "MalformedXML"),
        ("PUT", "/b?tagging", signed("s3"), b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>', 400, "MalformedXML"),
        ("PUT", "/b?tagging", signed("s3"), b"<a>" * 200 + b"</a>" * 200, 400, "MalformedXML"),
        ("POST", "/", {"Smithy-Protocol": "rpc-v2-cbor"}, b"\x81" * 9999, 404, "UnknownOperation"),
    ],
)
def test_what_cannot_be_read_is_the_senders_fault(
    method: str, target: str, headers: Any, body: bytes, status: int, expected: str
) -> None:
    if "Smithy-Protocol" in headers:
        target = "/service/GraniteServiceVersion20100801/operation/Nothing"
    answer = call(App(Stand({})), method, target, headers, body)
    assert (answer.status, expected in answer.body.decode("latin-1")) == (status, True)


def test_addresses_are_those_of_the_host_for_clients_that_call_them() -> None:
    app = App(Stand({"QueueUrls": ["https://sqs.eu-west-1.amazonaws.com/123456789012/q"]}))
    for agent, host in (
        ("aws-sdk-js/3.1", "http://localhost:4566"),
        ("Boto3/1.44", "https://sqs.eu-west-1.amazonaws.com"),
    ):
        headers = signed("sqs", X_Amz_Target="AmazonSQS.ListQueues", User_Agent=agent)
        assert json.loads(call(app, "POST", "/", headers, b"{}").body) == {"QueueUrls": [f"{host}/123456789012/q"]}


def test_a_cloud_that_cannot_go_on_says_so() -> None:
    answer = call(App(Stand(DiskFull("full"))), "GET", "/?Action=ListUsers&Version=2010-05-08", signed("iam"))
    assert answer.status == 503
    assert b"<Code>ServiceUnavailable</Code>" in answer.body


def test_deep_cbor_is_refused() -> None:
    target = "/service/GraniteServiceVersion20100801/operation/PutMetricData"
    answer = call(App(Stand({})), "POST", target, {"Smithy-Protocol": "rpc-v2-cbor"}, b"\x81" * 9999)
    assert answer.status == 400
    assert b"SerializationException" in answer.body


@pytest.mark.parametrize("depth", [30, 150, 200, 320, 400, 1000, 100_000])
def test_no_depth_of_a_body_is_the_servers_fault(depth: int) -> None:
    app = App(Cloud(None))
    values = [start * depth + "1" + end * depth for start, end in (('{"L":[', "]}"), ('{"M":{"a":', "}}"), ("[", "]"))]
    for value in values:
        target = signed("dynamodb", X_Amz_Target="DynamoDB_20120810.PutItem", Content_Type="application/x-amz-json-1.0")
        answer = call(app, "POST", "/", target, f'{{"TableName":"table","Item":{{"a":{value}}}}}'.encode())
        assert answer.status == 400
        assert b"Exception" in answer.body
    tree = b"<a>" * depth + b"</a>" * depth
    assert call(app, "PUT", "/bucket", signed("s3"), tree).status in (200, 400)
    members = "Action=CreateUser&Version=2010-05-08&UserName=u&Tags" + ".member.1" * depth + "=x"
    form = signed("iam", Content_Type="application/x-www-form-urlencoded")
    assert call(app, "POST", "/", form, members.encode()).status == 400


def test_too_much_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app_module, "MAX_BODY", 10)
    app = App(Stand({}))
    assert call(app, "PUT", "/b/k", signed("s3"), [b"x" * 6, b"x" * 6]).status == 413
    assert call(app, "PUT", "/b/k", signed("s3", Content_Length="11")).status == 413
    assert call(app, "GET", "/b/k", signed("s3", X_Long="x" * 70_000)).status == 413


def test_the_servers_own_addresses() -> None:
    app = App(cloud := Cloud(None))
    assert json.loads(call(app, "GET", "/_fakeaws/health", {}).body)["status"] == "ok"
    cloud.perform("sqs", "CreateQueue", {"QueueName": "jobs"})
    assert call(app, "POST", "/_fakeaws/reset", {}).status == 200
    assert not cloud.perform("sqs", "ListQueues", {}).get("QueueUrls")
    frozen = json.loads(call(app, "POST", "/_fakeaws/clock", {}, b'{"freeze": 1000}').body)
    assert frozen == {"now": 1000.0, "frozen": True}
    assert json.loads(call(app, "POST", "/_fakeaws/clock", {}, b'{"advance": 5}').body)["now"] == 1005.0
    for wrong in (
        b'{"advance": "x"}',
        b'{"freeze": 1e400}',
        b'{"advance": NaN}',
        b'{"advance": 1e20}',
        b'{"freeze": -1}',
    ):
        assert call(app, "POST", "/_fakeaws/clock", {}, wrong).status == 400
    assert json.loads(call(app, "GET", "/_fakeaws/clock", {}).body)["now"] == 1005.0
    assert call(app, "GET", "/_fakeaws/nothing", {}).status == 404


def test_each_request_is_a_line_of_the_log() -> None:
    log = io.StringIO()
    call(App(Stand({}), log=log), "GET", "/b/k", signed("s3", User_Agent="me"))
    line = json.loads(log.getvalue())
    assert (line["method"], line["path"], line["status"], line["user_agent"]) == ("GET", "/b/k", 200, "me")
    assert line["request_id"]


def test_names_that_are_no_text_do_not_become_one() -> None:
    cloud = Cloud(None)
    place = {"LocationConstraint": "eu-west-1"}
    cloud.perform(
        "s3", "CreateBucket", {"Bucket": "jobs", "CreateBucketConfiguration": place}, root(region="eu-west-1")
    )
    app = App(cloud)
    for path in ("/jobs/%ff", "/jobs/%fe", "/jobs/k?versionId=%ff"):
        refused = call(app, "PUT", path, signed("s3"), b"hello")
        assert refused.status == 400
        assert b"<Code>InvalidURI</Code>" in refused.body
    for header in ("x-amz-copy-source", "x-amz-tagging"):
        refused = call(app, "PUT", "/jobs/k", {**signed("s3"), header: "/jobs/%ff"}, b"")
        assert b"<Code>InvalidArgument</Code>" in refused.body
    form = b"Action=CreateUser&Version=2010-05-08&UserName=%ff"
    headers = {**signed("iam"), "content-type": "application/x-www-form-urlencoded"}
    assert call(app, "POST", "/", headers, form).status == 400
    assert "Contents" not in cloud.perform("s3", "ListObjectsV2", {"Bucket": "jobs"}, root(region="eu-west-1"))
