"""Requests of real clients, damaged at random: each gets an answer, and never the fault of the server."""

import random
from typing import Any

import pytest

from fakeaws.core.model import models
from fakeaws.core.pipeline.cloud import Cloud
from fakeaws.core.tools.http import Headers, Request
from fakeaws.wire.server.endpoint import Endpoint
from tests.wire import clients

SCOPE = "AKID/20260101/us-east-1/{}/aws4_request"
RECORDED: list[tuple[str, str, str, dict[str, Any]]] = [
    ("sqs", "SendMessage", "json", {"QueueUrl": "http://x/1/q", "MessageBody": "hi", "DelaySeconds": 1}),
    ("sqs", "CreateQueue", "json", {"QueueName": "q", "Attributes": {"DelaySeconds": "1"}, "tags": {"a": "b"}}),
    ("iam", "CreateUser", "query", {"UserName": "ann", "Tags": [{"Key": "a", "Value": "b"}]}),
    ("iam", "ListUsers", "query", {"MaxItems": 3, "PathPrefix": "/"}),
    ("ec2", "DescribeInstances", "ec2", {"Filters": [{"Name": "instance-state-name", "Values": ["running"]}]}),
    ("ec2", "CreateVpc", "ec2", {"CidrBlock": "10.0.0.0/16", "DryRun": False}),
    ("lambda", "CreateAlias", "rest-json", {"FunctionName": "f", "Name": "a", "FunctionVersion": "1"}),
    ("s3", "PutBucketTagging", "rest-xml", {"Bucket": "b", "Tagging": {"TagSet": [{"Key": "a", "Value": "b"}]}}),
    ("s3", "PutObject", "rest-xml", {"Bucket": "b", "Key": "k", "Body": b"hello", "Metadata": {"a": "b"}}),
    ("s3", "ListObjectsV2", "rest-xml", {"Bucket": "b", "MaxKeys": 5, "Prefix": "x"}),
    ("cloudwatch", "PutMetricData", "smithy-rpc-v2-cbor", {"Namespace": "n", "MetricData": [{"MetricName": "m"}]}),
    ("cloudwatch", "ListMetrics", "query", {"Namespace": "n", "Dimensions": [{"Name": "d"}]}),
    ("dynamodb", "PutItem", "json", {"TableName": "t", "Item": {"a": {"S": "x"}, "b": {"L": [{"N": "1"}]}}}),
    ("route53", "ListHostedZones", "rest-xml", {"MaxItems": "3"}),
]
NASTY = [
    "%",
    "%00",
    "%zz",
    "\x00",
    "\r\n",
    "é",
    "..",
    "//",
    "{",
    "}",
    "[",
    "]]",
    "<",
    "&",
    "=",
    ";",
    "+",
    "-1",
    "9" * 30,
]
BYTES = [b"\x00", b"\xff", b"\x9f", b"\xbf", b"[" * 5000, b"<a>" * 300, b"{", b'"', b"1e999", b"NaN", b"null", b"&x=y"]


class Behaving(Cloud):
    """A cloud that does what it has behaviour for; of the rest only the endpoint is tried."""

    def perform(self, service: str, operation: str, params: Any, caller: Any = None, limit: Any = None) -> Any:
        if models.service(service).handler(operation) is None:
            return {}
        return super().perform(service, operation, params, caller, limit)


def _recorded() -> list[Request]:
    out = []
    for service, operation, spoken, params in RECORDED:
        sent = clients.sent(service, operation, params, spoken)
        signing = clients.model(service).signing_name
        header = f"AWS4-HMAC-SHA256 Credential={SCOPE.format(signing)}, SignedHeaders=host, Signature=0"
        sent.headers.add("Authorization", header)
        out.append(Request(sent.method, sent.path, sent.query, sent.headers, sent.content))
        out[-1].content  # noqa: B018 - read now, so that it can be read again
    return out


def _damaged(request: Request, chance: random.Random) -> Request:
    method, path, query, body = request.method, request.path, request.query, request.content
    pairs = list(request.headers.pairs)
    for _ in range(chance.randint(1, 3)):
        what = chance.randrange(6)
        if what == 0:
            method = chance.choice(["GET", "PUT", "POST", "DELETE", "HEAD", "PATCH", "OPTIONS", "X"])
        elif what == 1:
            path = "/" + _cut(path[1:], chance, NASTY, "")
        elif what == 2:
            query = _cut(query, chance, NASTY, "")
        elif what == 3:
            at = chance.randrange(len(pairs))
            pairs[at] = (pairs[at][0], _cut(pairs[at][1], chance, NASTY, ""))
        elif what == 4:
            del pairs[chance.randrange(len(pairs))]
        else:
            body = _cut(body, chance, BYTES, b"")
        if not pairs:
            break
    if chance.random() < 0.1:
        pairs.append(
            chance.choice(
                [
                    ("Content-Encoding", "gzip"),
                    ("x-amz-content-sha256", "STREAMING-X"),
                    ("smithy-protocol", "rpc-v2-cbor"),
                ]
            )
        )
    return Request(method, path, query, Headers(pairs), body)


def _cut(text: Any, chance: random.Random, nasty: list[Any], nothing: Any) -> Any:
    """Something put in, taken out or doubled."""
    at, until = sorted((chance.randint(0, len(text)), chance.randint(0, len(text))))
    return chance.choice(
        [text[:at] + chance.choice(nasty) + text[at:], text[:at] + text[until:], text + text[at:], nothing]
    )


def _check(count: int, seed: int) -> None:
    chance = random.Random(seed)
    recorded = _recorded()
    endpoint = Endpoint(Behaving(None))
    for turn in range(count):
        request = _damaged(chance.choice(recorded), chance)
        told = (
            f"{turn} {request.method} {request.path}?{request.query} {request.headers.pairs} {request.content[:200]!r}"
        )
        try:
            response = endpoint.answer(request)
        except Exception as problem:
            raise AssertionError(told) from problem
        assert 200 <= response.status < 500 or response.status == 501, told
        response.content  # noqa: B018 - a streamed answer is made while it is read


def test_damaged_requests_are_refused() -> None:
    _check(1_500, 1)


@pytest.mark.full
@pytest.mark.parametrize("seed", range(10, 20))
def test_twenty_thousand_damaged_requests_are_refused(seed: int) -> None:
    _check(2_000, seed)
