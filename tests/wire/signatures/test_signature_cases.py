"""What AWS refuses of signatures, and in which words: each case with its source, against servers that verify.

The sources are pages of docs.aws.amazon.com, named by their last part, and, for words that these do not give, what AWS
is known to have answered (issues of clients).
"""

import json
import re
from collections.abc import Callable
from datetime import timedelta
from functools import cache
from typing import NamedTuple

import pytest

from fakeaws.wire.signatures import signature_v4a
from tests.wire.signing import (
    SQS,
    Key,
    Sent,
    Signer,
    World,
    by_header,
    chunked,
    get,
    old,
    old_query,
    presigned,
    presigned_put,
    presigned_sts,
    put,
    soon,
    sqs,
    sts,
    without,
)

IAM = "IAM/latest/UserGuide/reference_sigv-troubleshooting.html"
CREATE = "IAM/latest/UserGuide/reference_sigv-create-signed-request.html"
ERRORS = "STS/latest/APIReference/CommonErrors.html"
HEADER = "AmazonS3/latest/API/sigv4-auth-using-authorization-header.html"
QUERY = "AmazonS3/latest/API/sigv4-query-string-auth.html"
S3 = "AmazonS3/latest/API/ErrorResponses.html"
CHUNKS = "AmazonS3/latest/API/sigv4-streaming.html"
TRAILERS = "AmazonS3/latest/API/sigv4-streaming-trailers.html"
V2 = "AmazonS3/latest/API/RESTAuthentication.html"
V4A = "IAM/latest/UserGuide/reference_sigv.html"
SESSIONS = "IAM/latest/UserGuide/id_credentials_temp_use-resources.html"
NOT_SIGNED = "There were headers present in the request which were not signed"
REQUIRED = (
    "Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, X-Amz-Signature, X-Amz-Date,"
    " X-Amz-SignedHeaders, and X-Amz-Expires parameters."
)
WEEK = (
    "X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less than 604800"
    " seconds"
)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return World(tmp_path_factory.mktemp("cases") / "cloud")


class Case(NamedTuple):
    """What is sent, and what AWS answers: a code and (a part of) its message."""

    source: str
    send: Callable[[Key], Sent]
    code: str
    text: str
    keys: tuple[str, ...] = ("root", "user", "session")


minutes = lambda number: timedelta(minutes=number)
REFUSED = {
    # What must be signed.
    "host": Case(HEADER, lambda k: put(k, ("host",)), "AccessDenied", NOT_SIGNED),
    "x-amz-acl": Case(HEADER, lambda k: put(k, ("x-amz-acl",), x_amz_acl="public-read"), "AccessDenied", NOT_SIGNED),
    "x-amz-meta": Case(HEADER, lambda k: put(k, ("x-amz-meta-a",), x_amz_meta_a="b"), "AccessDenied", NOT_SIGNED),
    "x-amz-date": Case(HEADER, lambda k: put(k, ("x-amz-date",)), "AccessDenied", NOT_SIGNED),
    "presigned copy": Case(
        QUERY, lambda k: presigned_put(k, x_amz_copy_source="/private/secret.txt"), "AccessDenied", NOT_SIGNED
    ),
    "presigned acl": Case(QUERY, lambda k: presigned_put(k, x_amz_acl="public-read"), "AccessDenied", NOT_SIGNED),
    "token after signing": Case(
        HEADER, lambda k: put(k, ("x-amz-security-token",)), "AccessDenied", NOT_SIGNED, ("session",)
    ),
    "host elsewhere": Case(
        CREATE,
        lambda k: sqs(k, ("host",)),
        "InvalidSignatureException",
        "'Host' or ':authority' must be a 'SignedHeader'",
    ),
    "target": Case(
        CREATE,
        lambda k: sqs(k, ("x-amz-target",)),
        "InvalidSignatureException",
        "'x-amz-target' must be a 'SignedHeader' in the AWS Authorization.",
    ),
    "signed, not sent": Case(
        CREATE,
        lambda k: without(sqs(k), "host;", "accept;host;"),
        "IncompleteSignatureException",
        "'accept' is named as a SignedHeader, but it does not exist in the HTTP request.",
    ),
    # The scope.
    "date": Case(
        IAM,
        lambda k: sts(k, date="20150830"),
        "SignatureDoesNotMatch",
        "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP",
    ),
    "region": Case(
        IAM,
        lambda k: sts(k, region="us-east-1a"),
        "SignatureDoesNotMatch",
        "Credential should be scoped to a valid region, not 'us-east-1a'.",
    ),
    "no region": Case(IAM, lambda k: sqs(k, region="local"), "InvalidSignatureException", "scoped to a valid region"),
    "service": Case(
        IAM,
        lambda k: sqs(k, service="iam"),
        "InvalidSignatureException",
        "Credential should be scoped to correct service: 'sqs'.",
    ),
    "terminator": Case(
        IAM,
        lambda k: sts(k, terminator="aws5_request"),
        "SignatureDoesNotMatch",
        "Credential should be scoped with a valid terminator: 'aws4_request'",
    ),
    "date of S3": Case(
        S3,
        lambda k: get(k, date="20150830"),
        "AuthorizationHeaderMalformed",
        "The authorization header is malformed; Invalid credential date",
    ),
    "terminator of S3": Case(
        S3,
        lambda k: get(k, terminator="aws5_request"),
        "AuthorizationHeaderMalformed",
        'incorrect terminal "aws5_request". This endpoint uses "aws4_request".',
    ),
    "region of S3": Case(
        S3,
        lambda k: get(k, region="aws-global"),
        "AuthorizationHeaderMalformed",
        "The authorization header is malformed; the region 'aws-global' is wrong; expecting 'us-east-1'",
        ("root",),
    ),
    "presigned date": Case(
        QUERY,
        lambda k: presigned(k, date="20150830"),
        "AuthorizationQueryParametersError",
        "Error parsing the X-Amz-Credential parameter; Invalid credential date",
    ),
    "presigned terminator": Case(
        QUERY,
        lambda k: presigned(k, terminator="aws4_reque"),
        "AuthorizationQueryParametersError",
        'incorrect terminal "aws4_reque". This endpoint uses "aws4_request".',
    ),
    # The form.
    "no credential": Case(
        IAM,
        lambda k: without(sts(k), "Credential=[^,]*, "),
        "IncompleteSignature",
        "Authorization header requires 'Credential' parameter.",
    ),
    "no signature": Case(
        IAM,
        lambda k: without(sqs(k), ", Signature=.*"),
        "IncompleteSignatureException",
        "Authorization header requires 'Signature' parameter.",
    ),
    "no signed headers": Case(
        IAM,
        lambda k: without(sts(k), "SignedHeaders=[^,]*, "),
        "IncompleteSignature",
        "Authorization header requires 'SignedHeaders' parameter.",
    ),
    "no date": Case(
        IAM,
        lambda k: without(sts(k), ".*", header="x-amz-date"),
        "IncompleteSignature",
        "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.",
    ),
    "no signature for S3": Case(
        S3,
        lambda k: without(get(k), ", Signature=.*"),
        "AuthorizationHeaderMalformed",
        "the authorization header requires three components: Credential, SignedHeaders, and Signature.",
    ),
    "no date for S3": Case(
        V2,
        lambda k: without(get(k), ".*", header="x-amz-date"),
        "AccessDenied",
        "AWS authentication requires a valid Date or x-amz-date header",
    ),
    "credential of three parts": Case(
        S3,
        lambda k: without(get(k), "/us-east-1/s3"),
        "AuthorizationHeaderMalformed",
        'the Credential is mal-formed; expecting "<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request".',
    ),
    "algorithm": Case(
        CREATE,
        lambda k: sts(k, algorithm="AWS4-HMAC-SHA1"),
        "IncompleteSignature",
        "Unsupported AWS 'algorithm': 'AWS4-HMAC-SHA1'.",
    ),
    "algorithm for S3": Case(
        S3,
        lambda k: get(k, algorithm="AWS4-HMAC-SHA1"),
        "InvalidRequest",
        "The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256.",
    ),
    "presigned algorithm": Case(
        QUERY,
        lambda k: presigned(k, algorithm="AWS4-HMAC-SHA1"),
        "AuthorizationQueryParametersError",
        "X-Amz-Algorithm only supports",
    ),
    **{
        f"presigned without {name}": Case(
            QUERY, lambda k, n=name: presigned(k, without=n), "AuthorizationQueryParametersError", REQUIRED
        )
        for name in ("X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Date", "X-Amz-Expires", "X-Amz-Signature")
    },
    "presigned elsewhere without date": Case(
        IAM,
        lambda k: presigned_sts(k, without="X-Amz-Date"),
        "IncompleteSignature",
        "AWS query-string parameters must include 'X-Amz-Date'.",
    ),
    # Time.
    "old": Case(IAM, lambda k: sts(k, later=minutes(-16)), "SignatureDoesNotMatch", "Signature expired: "),
    "early": Case(IAM, lambda k: sqs(k, later=minutes(16)), "InvalidSignatureException", "Signature not yet current: "),
    "old for S3": Case(
        S3,
        lambda k: get(k, later=minutes(-16)),
        "RequestTimeTooSkewed",
        "The difference between the request time and the current time is too large.",
    ),
    "early for S3": Case(S3, lambda k: get(k, later=minutes(16)), "RequestTimeTooSkewed", "too large."),
    "presigned and over": Case(
        QUERY, lambda k: presigned(k, "60", later=minutes(-2)), "AccessDenied", "Request has expired"
    ),
    "presigned early": Case(
        QUERY, lambda k: presigned(k, later=minutes(16)), "AccessDenied", "Request is not yet valid"
    ),
    "presigned early elsewhere": Case(
        IAM, lambda k: presigned_sts(k, later=minutes(16)), "SignatureDoesNotMatch", "Signature not yet current: "
    ),
    "presigned and over elsewhere": Case(
        IAM, lambda k: presigned_sts(k, later=minutes(-2)), "SignatureDoesNotMatch", "Signature expired: "
    ),
    "more than a week": Case(QUERY, lambda k: presigned(k, "604801"), "AuthorizationQueryParametersError", WEEK),
    "for ever": Case(QUERY, lambda k: presigned(k, "9" * 30), "AuthorizationQueryParametersError", WEEK),
    "negative": Case(
        QUERY, lambda k: presigned(k, "-1"), "AuthorizationQueryParametersError", "X-Amz-Expires must be non-negative"
    ),
    "no number": Case(
        QUERY, lambda k: presigned(k, "soon"), "AuthorizationQueryParametersError", "X-Amz-Expires should be a number"
    ),
    "no date at all": Case(
        QUERY, lambda k: presigned(k, moment="today"), "AuthorizationQueryParametersError", "X-Amz-Date must be in the"
    ),
    # Whose it is.
    "wrong secret": Case(
        S3,
        lambda k: get(k._replace(secret="x")),
        "SignatureDoesNotMatch",
        "The request signature we calculated does not",
    ),
    "unknown key": Case(
        S3, lambda k: get(k._replace(access_key="AKIAX")), "InvalidAccessKeyId", "does not exist in our"
    ),
    "no token": Case(
        SESSIONS, lambda k: sts(k._replace(token="")), "InvalidClientTokenId", "security token", ("session",)
    ),
    "no token for S3": Case(
        SESSIONS, lambda k: get(k._replace(token="")), "InvalidAccessKeyId", "does not exist", ("session",)
    ),
    "presigned without token": Case(
        SESSIONS, lambda k: presigned(k._replace(token="")), "InvalidAccessKeyId", "does not exist", ("session",)
    ),
    "wrong token": Case(ERRORS, lambda k: sqs(k._replace(token="x")), "UnrecognizedClientException", "security token"),
    "wrong token for S3": Case(
        S3, lambda k: get(k._replace(token="x")), "InvalidToken", "The provided token is malformed"
    ),
    # Chunks.
    "chunk": Case(
        CHUNKS, lambda k: chunked(k, lambda b: b.replace(b"hello", b"hallo")), "SignatureDoesNotMatch", "does not match"
    ),
    "chunk's signature": Case(
        CHUNKS, lambda k: chunked(k, lambda b: b.replace(b"signature=", b"signature=0", 1)), "SignatureDoesNotMatch", ""
    ),
    "chunk without signature": Case(
        CHUNKS,
        lambda k: chunked(k, lambda b: re.sub(rb";chunk-signature=\w+", b"", b)),
        "SignatureDoesNotMatch",
        "does not match",
    ),
    "trailer": Case(
        TRAILERS, lambda k: chunked(k, lambda b: b.replace(b"NhCmhg", b"AAAAAA")), "SignatureDoesNotMatch", ""
    ),
    "trailer without signature": Case(
        TRAILERS,
        lambda k: chunked(k, lambda b: re.sub(rb"x-amz-trailer-signature:\w+\r\n", b"", b)),
        "MalformedTrailerError",
        "trailing data that was not well-formed",
    ),
    "trailer that was not announced": Case(
        TRAILERS,
        lambda k: chunked(
            k, lambda b: b.replace(b"x-amz-checksum-crc32:", b"x-amz-acl:public-read\r\nx-amz-checksum-crc32:")
        ),
        "MalformedTrailerError",
        "trailing data",
    ),
    "length": Case(CHUNKS, lambda k: chunked(k, said="4"), "IncompleteBody", "You did not provide the number of bytes"),
    "cut": Case(CHUNKS, lambda k: chunked(k, lambda b: b[:90]), "IncompleteBody", ""),
    # Version 4A.
    "4A": Case(
        V4A,
        lambda k: get(k._replace(secret="x"), algorithm=signature_v4a.ALGORITHM),
        "SignatureDoesNotMatch",
        "does not match",
    ),
    "4A of another service": Case(
        V4A,
        lambda k: sqs(k, service="iam", algorithm=signature_v4a.ALGORITHM),
        "InvalidSignatureException",
        "Credential should be scoped to correct service: 'sqs'.",
    ),
    "4A chunk": Case(
        CHUNKS,
        lambda k: chunked(k, lambda b: b.replace(b"hello", b"hallo"), algorithm=signature_v4a.ALGORITHM),
        "SignatureDoesNotMatch",
        "does not match",
    ),
    # Version 2.
    "2 and over": Case(V2, lambda k: old(k, soon(-10)), "AccessDenied", "Request has expired"),
    "2 without end": Case(
        V2, lambda k: old(k, ""), "AccessDenied", "Query-string authentication requires the Signature"
    ),
    "2 with no number": Case(
        V2, lambda k: old(k, "soon"), "AccessDenied", "Invalid date (should be seconds since epoch): soon"
    ),
    "2 of another object": Case(
        V2, lambda k: old(k, soon(60), resource="/x"), "SignatureDoesNotMatch", "does not match"
    ),
    "2 without date": Case(V2, lambda k: old(k, date=""), "AccessDenied", "requires a valid Date or x-amz-date header"),
    "2 of yesterday": Case(
        V2, lambda k: old(k, date="Tue, 27 Mar 2007 19:36:42 +0000"), "RequestTimeTooSkewed", "too large."
    ),
    "2 of a query API": Case(
        ERRORS, lambda k: old_query(k._replace(secret="x")), "SignatureDoesNotMatch", "does not match"
    ),
    "2 of a query API, changed": Case(
        ERRORS, lambda k: old_query(k, tamper="&MaxNumberOfDomains=1"), "SignatureDoesNotMatch", "does not match"
    ),
    "2 of a query API, old": Case(
        ERRORS, lambda k: old_query(k, later=minutes(-16)), "RequestExpired", "Request has expired."
    ),
    "2 of a query API, by MD5": Case(ERRORS, lambda k: old_query(k, "HmacMD5"), "IncompleteSignature", "AWS standards"),
}

ACCEPTED: dict[str, tuple[str, Callable[[Key], Sent]]] = {
    "header": (HEADER, get),
    "upload": (HEADER, lambda k: put(k, x_amz_meta_a="b")),
    "hash not among the signed": (HEADER, lambda k: put(k, ("x-amz-content-sha256",))),
    "another service": (CREATE, sqs),
    "token after signing": (SESSIONS, lambda k: sqs(k, ("x-amz-security-token",))),
    "query API": (CREATE, sts),
    "four minutes early": (IAM, lambda k: sts(k, later=minutes(4))),
    "fourteen minutes early for S3": (S3, lambda k: get(k, later=minutes(14))),
    "presigned": (QUERY, presigned),
    "presigned for a week": (QUERY, lambda k: presigned(k, "604800", later=minutes(-6 * 24 * 60))),
    "presigned a little early": (QUERY, lambda k: presigned(k, later=minutes(10))),
    "presigned elsewhere": (CREATE, presigned_sts),
    "chunks": (TRAILERS, chunked),
    "4A": (V4A, lambda k: get(k, algorithm=signature_v4a.ALGORITHM)),
    "4A in chunks": (TRAILERS, lambda k: chunked(k, algorithm=signature_v4a.ALGORITHM)),
    "2 in the query string": (V2, lambda k: old(k, soon(60))),
    "2 in a header": (V2, old),
    "2 of a query API": (ERRORS, old_query),
    "2 of a query API by SHA-1": (ERRORS, lambda k: old_query(k, "HmacSHA1")),
}


@cache
def _fields(body: bytes) -> tuple[str, str]:
    """The code and message of an error, in XML or JSON."""
    text = body.decode()
    if text.startswith("{"):
        found = json.loads(text)
        return found["__type"].rpartition("#")[2], found.get("message", found.get("Message", ""))
    code, message = (re.search(f"<{name}>(.*?)</{name}>", text, re.DOTALL) for name in ("Code", "Message"))
    assert code is not None, text
    plain = message[1] if message is not None else ""
    for entity, character in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&#x27;", "'"), ("&amp;", "&")):
        plain = plain.replace(entity, character)
    return code[1], plain


@pytest.mark.parametrize(("name", "key"), [(name, key) for name, case in REFUSED.items() for key in case.keys])
def test_a_signature_is_refused(world: World, name: str, key: str) -> None:
    case = REFUSED[name]
    answer = world.ask(*case.send(world.keys[key]))
    code, message = _fields(answer.body)
    assert (code, case.text in message) == (case.code, True), message
    assert b"the secret" not in answer.body
    assert world.guarded.objects("private") == world.guarded.before["objects"]["private"]


@pytest.mark.parametrize("key", ["root", "user", "session"])
@pytest.mark.parametrize("name", ACCEPTED)
def test_a_signature_is_accepted(world: World, name: str, key: str) -> None:
    answer = world.ask(*ACCEPTED[name][1](world.keys[key]))
    assert answer.status == 200, answer.body
    for name in world.guarded.objects("private").keys() - world.guarded.before["objects"]["private"].keys():
        world.guarded.session.client("s3").delete_object(Bucket="private", Key=name)


def test_there_are_more_than_forty_cases_and_each_has_its_source() -> None:
    assert len(REFUSED) > 40
    assert all(case.source.endswith(".html") for case in REFUSED.values())


def test_the_headers_that_are_not_signed_are_named(world: World) -> None:
    answer = world.ask(*presigned_put(world.keys["root"], x_amz_copy_source="/private/secret.txt", x_amz_acl="private"))
    assert b"<HeadersNotSigned>x-amz-acl, x-amz-copy-source</HeadersNotSigned>" in answer.body


def test_the_token_of_another_session_is_refused(world: World) -> None:
    key = world.keys["session"]._replace(token=world.other_token)
    assert _fields(world.ask(*get(key)).body)[0] == "InvalidToken"
    assert _fields(world.ask(*sts(key)).body)[0] == "InvalidClientTokenId"


def test_the_endpoint_says_its_region(world: World) -> None:
    signer = Signer(world.keys["root"], "sqs")
    for host, status in (("sqs.us-east-1.amazonaws.com", 200), ("sqs.eu-west-1.amazonaws.com", 400)):
        headers = by_header(signer, "POST", "/", b"{}", **{**SQS, "host": host})
        assert world.ask("POST", "/", headers, b"{}").status == status
