"""AWS's Signature Version 4 suite: what was signed is accepted, what was changed afterwards is refused."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from botocore.auth import S3SigV4QueryAuth, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.crt.auth import CrtS3SigV4AsymAuth

from fakeaws.core.tools.errors import AwsError
from fakeaws.core.tools.http import Headers, Request
from fakeaws.wire.signatures import signature_v4a
from fakeaws.wire.signatures.signature import canonical_request, credential_of, string_to_sign, verify
from fakeaws.wire.signatures.validity import check_time
from tests.wire.clients import from_prepared

CASES = [json.loads(line) for line in Path(__file__).with_name("sigv4_cases.jsonl").read_text().splitlines()]
SECRET = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
SIGNED_AT = datetime(2015, 8, 30, 12, 36, tzinfo=UTC)
each_case = pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])


def _request(text: str) -> Request:
    """A request as the suite writes it: a header goes on in lines that begin with a blank."""
    head, _, body = text.partition("\n\n")
    first, *lines = head.rstrip("\n").split("\n")
    target = first.removesuffix(" HTTP/1.1").partition(" ")
    path, _, query = target[2].partition("?")
    pairs: list[tuple[str, str]] = []
    for line in lines:
        if line.startswith(" "):
            pairs[-1] = (pairs[-1][0], pairs[-1][1] + " " + line.strip())
        else:
            name, _, value = line.partition(":")
            pairs.append((name, value.strip()))
    return Request(target[0], path, query, Headers(pairs), body.encode())


@each_case
def test_what_was_signed_is_accepted(case: Any) -> None:
    request = _request(case["sreq"])
    credential = credential_of(request)
    canonical = canonical_request(request, credential, case["creq"].rpartition("\n")[2])
    assert canonical == case["creq"]
    assert string_to_sign(canonical, credential, "20150830T123600Z") == case["sts"]
    verify(request, credential, SECRET, raw_path=False)


@each_case
def test_what_was_changed_after_signing_is_refused(case: Any) -> None:
    signed = _request(case["sreq"])
    changed = [
        Request("PUT", signed.path, signed.query, signed.headers, signed.content),
        Request(signed.method, signed.path + "x", signed.query, signed.headers, signed.content),
        Request(signed.method, signed.path, signed.query + "&x=y", signed.headers, signed.content),
        Request(signed.method, signed.path, signed.query, signed.headers, signed.content + b"x"),
    ]
    for request in changed:
        with pytest.raises(AwsError, match="The request signature we calculated does not match"):
            verify(request, credential_of(request), SECRET, raw_path=False)
    with pytest.raises(AwsError, match="does not match"):
        verify(signed, credential_of(signed), SECRET + "x", raw_path=False)


def test_a_signature_expires() -> None:
    request = _request(CASES[0]["sreq"])
    credential = credential_of(request)
    with pytest.raises(AwsError, match="Signature expired: 20150830T123600Z is now earlier than 20150830T123700Z"):
        check_time(request, credential, SIGNED_AT + timedelta(minutes=6), is_s3=False)
    with pytest.raises(AwsError, match="Signature not yet current"):
        check_time(request, credential, SIGNED_AT - timedelta(minutes=6), is_s3=False)
    with pytest.raises(AwsError) as refused:
        check_time(request, credential, SIGNED_AT + timedelta(minutes=16), is_s3=True)
    assert refused.value.code == "RequestTimeTooSkewed"


def test_a_presigned_address_holds_until_it_expires() -> None:
    asked = AWSRequest("GET", "http://b.s3.localhost:4566/a%20key//x?versionId=1")
    S3SigV4QueryAuth(Credentials("AKID", SECRET), "s3", "eu-west-1", expires=60).add_auth(asked)
    request = from_prepared(asked.prepare())
    credential = credential_of(request)
    assert (credential.access_key, credential.region, credential.is_presigned) == ("AKID", "eu-west-1", True)
    verify(request, credential, SECRET, raw_path=True)
    now = datetime.now(UTC)
    check_time(request, credential, now, is_s3=True)
    with pytest.raises(AwsError, match="Request has expired"):
        check_time(request, credential, now + timedelta(seconds=62), is_s3=True)


def test_paths_are_encoded_twice_but_for_s3() -> None:
    asked = AWSRequest("GET", "http://localhost:4566/2015-03-31/functions/arn%3Aaws%20x", headers={})
    SigV4Auth(Credentials("AKID", SECRET), "lambda", "eu-west-1").add_auth(asked)
    request = from_prepared(asked.prepare())
    verify(request, credential_of(request), SECRET, raw_path=False)


def test_sigv4a_names_a_key_and_a_set_of_regions() -> None:
    header = "AWS4-ECDSA-P256-SHA256 Credential=AKID/20150830/s3/aws4_request, SignedHeaders=host, Signature=30"
    request = Request("GET", "/", headers=Headers([("Authorization", header), ("X-Amz-Region-Set", "us-west-2,*")]))
    credential = credential_of(request)
    assert (credential.access_key, credential.service, credential.region) == ("AKID", "s3", "us-west-2")


def test_sigv4a_is_verified_with_the_key_that_is_derived_from_the_secret() -> None:
    asked = AWSRequest("PUT", "http://b.s3.localhost:4566/a%20key", headers={"Content-Length": "5"}, data=b"hello")
    asked.context["payload_signing_enabled"] = True
    CrtS3SigV4AsymAuth(Credentials("AKIDEXAMPLE", SECRET), "s3", "*").add_auth(asked)
    request = from_prepared(asked.prepare())
    verify(request, credential_of(request), SECRET, raw_path=True)
    for changed in (
        Request("PUT", "/other", request.query, request.headers, b"hello"),
        Request("GET", request.path, request.query, request.headers, b"hello"),
    ):
        with pytest.raises(AwsError, match="does not match"):
            verify(changed, credential_of(changed), SECRET, raw_path=True)
    with pytest.raises(AwsError, match="does not match"):
        verify(request, credential_of(request), SECRET + "x", raw_path=True)
    with pytest.raises(AwsError, match="does not match"):
        verify(request, credential_of(request)._replace(signature="not hexadecimal"), SECRET, raw_path=True)


def test_the_key_of_sigv4a_is_that_of_aws_own_implementation() -> None:
    """The example of aws-c-auth's tests (tests/aws-signing-test-suite/v4a)."""
    public = signature_v4a.key_of("AKIDEXAMPLE", SECRET).public_key().public_numbers()
    assert f"{public.x:064x}" == "b6618f6a65740a99e650b33b6b4b5bd0d43b176d721a3edfea7e7d2d56d936b1"
    assert f"{public.y:064x}" == "865ed22a7eadc9c5cb9d2cbaca1b3699139fedc5043dc6661864218330c8e518"
