"""AWS's Signature Version 4 suite: what was signed is accepted, what was changed afterwards is refused."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from botocore.auth import S3SigV4QueryAuth, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from fakeaws.core.errors import AwsError
from fakeaws.wire.http import Headers, Request
from fakeaws.wire.signature import canonical_request, credential_of, string_to_sign, verify
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
    verify(request, credential, SECRET, SIGNED_AT, raw_path=False)


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
            verify(request, credential_of(request), SECRET, SIGNED_AT, raw_path=False)
    with pytest.raises(AwsError, match="does not match"):
        verify(signed, credential_of(signed), SECRET + "x", SIGNED_AT, raw_path=False)


def test_a_signature_expires() -> None:
    request = _request(CASES[0]["sreq"])
    with pytest.raises(AwsError, match="Signature expired: 20150830T123600Z is now earlier than 20150830T123700Z"):
        verify(request, credential_of(request), SECRET, SIGNED_AT + timedelta(minutes=6), raw_path=False)
    with pytest.raises(AwsError, match="Signature not yet current"):
        verify(request, credential_of(request), SECRET, SIGNED_AT - timedelta(minutes=6), raw_path=False)
    with pytest.raises(AwsError) as refused:
        verify(request, credential_of(request), SECRET, SIGNED_AT + timedelta(minutes=16), raw_path=True)
    assert refused.value.code == "RequestTimeTooSkewed"


def test_a_presigned_address_holds_until_it_expires() -> None:
    asked = AWSRequest("GET", "http://b.s3.localhost:4566/a%20key//x?versionId=1")
    S3SigV4QueryAuth(Credentials("AKID", SECRET), "s3", "eu-west-1", expires=60).add_auth(asked)
    request = from_prepared(asked.prepare())
    credential = credential_of(request)
    assert (credential.access_key, credential.region, credential.is_presigned) == ("AKID", "eu-west-1", True)
    now = datetime.now(UTC)
    verify(request, credential, SECRET, now, raw_path=True)
    with pytest.raises(AwsError, match="Request has expired"):
        verify(request, credential, SECRET, now + timedelta(seconds=62), raw_path=True)


def test_paths_are_encoded_twice_but_for_s3() -> None:
    asked = AWSRequest("GET", "http://localhost:4566/2015-03-31/functions/arn%3Aaws%20x", headers={})
    SigV4Auth(Credentials("AKID", SECRET), "lambda", "eu-west-1").add_auth(asked)
    request = from_prepared(asked.prepare())
    verify(request, credential_of(request), SECRET, datetime.now(UTC), raw_path=False)


def test_sigv4a_names_a_key_and_a_set_of_regions() -> None:
    header = "AWS4-ECDSA-P256-SHA256 Credential=AKID/20150830/s3/aws4_request, SignedHeaders=host, Signature=30"
    request = Request("GET", "/", headers=Headers([("Authorization", header), ("X-Amz-Region-Set", "us-west-2,*")]))
    credential = credential_of(request)
    assert (credential.access_key, credential.service, credential.region) == ("AKID", "s3", "us-west-2")
    verify(request, credential, SECRET, SIGNED_AT, raw_path=True)
