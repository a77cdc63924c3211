"""Buckets are in a region: clients are sent there, the command line goes there by itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from fakeaws.core.pipeline.cloud import Cloud
from fakeaws.core.tools.http import Headers, Request, Response
from fakeaws.wire.server.endpoint import Endpoint
from tests.conftest import Terminal
from tests.services.s3.conftest import Files

EUROPE = "--create-bucket-configuration LocationConstraint=eu-west-1"


def _asked(home: Path, method: str, path: str, region: str) -> Response:
    """The answer to a request that was signed for a region, as a client gets it that follows no redirects."""
    credential = f"Credential=AKID/20270115/{region}/s3/aws4_request"
    signature = f"AWS4-HMAC-SHA256 {credential}, SignedHeaders=host, Signature=0"
    headers = Headers([("host", "localhost:4566"), ("authorization", signature)])
    return Endpoint(Cloud(home)).answer(Request(method, path, "", headers))


@pytest.fixture
def abroad(aws: Terminal, files: Files) -> str:
    aws(f"s3api create-bucket --bucket abroad {EUROPE} --region eu-west-1")
    aws(f"s3api put-object --bucket abroad --key a --body {files('a', 'hello')} --region eu-west-1")
    return "abroad"


def test_the_command_line_finds_a_bucket_wherever_it_is(aws: Terminal, abroad: str, files: Files) -> None:
    aws(f"s3api get-object --bucket {abroad} --key a {files('out')}")
    assert files.text("out") == "hello"
    assert aws(f"s3api get-bucket-location --bucket {abroad}").json == {"LocationConstraint": "eu-west-1"}


def test_a_client_is_sent_to_the_bucket_s_region(aws: Terminal, abroad: str, home: Path) -> None:
    refused = _asked(home, "GET", f"/{abroad}/a", "us-east-1")
    assert refused.status == 301
    assert refused.headers.get("x-amz-bucket-region") == "eu-west-1"
    assert isinstance(refused.body, bytes)
    assert b"<Code>PermanentRedirect</Code>" in refused.body
    assert b"<Endpoint>abroad.s3.eu-west-1.amazonaws.com</Endpoint><Bucket>abroad</Bucket>" in refused.body
    head = _asked(home, "HEAD", f"/{abroad}", "us-west-2")
    assert (head.status, head.headers.get("x-amz-bucket-region"), head.body) == (301, "eu-west-1", b"")
    assert _asked(home, "GET", f"/{abroad}/a", "eu-west-1").status == 200


def test_a_region_that_is_none_is_told_the_right_one(aws: Terminal, abroad: str, home: Path) -> None:
    refused = _asked(home, "GET", f"/{abroad}/a", "US")
    assert refused.status == 400
    assert isinstance(refused.body, bytes)
    assert b"<Code>AuthorizationHeaderMalformed</Code>" in refused.body
    assert b"<Region>eu-west-1</Region>" in refused.body


def test_a_bucket_is_made_where_its_endpoint_is(aws: Terminal) -> None:
    make = "s3api create-bucket --bucket far"
    aws.refused(f"{make} --region eu-west-1", "IllegalLocationConstraintException")
    aws.refused(f"{make} {EUROPE} --region us-west-2", "IllegalLocationConstraintException")
    aws.refused(f"{make} --create-bucket-configuration LocationConstraint=moon", "InvalidLocationConstraint")
    assert aws(f"{make} {EUROPE}").json["Location"] == "http://far.s3.amazonaws.com/"
