"""Bodies in chunks, signed or not, with trailers; checksums; gzip."""

import base64
import gzip
import hashlib
import hmac
import zlib

import pytest

from fakeaws.core.tools.checksums import checksum
from fakeaws.core.tools.errors import AwsError
from fakeaws.core.tools.http import Headers, Request
from fakeaws.wire.signatures import bodies
from fakeaws.wire.signatures.bodies import check_sums, decompressed, is_chunked, unpacked
from fakeaws.wire.signatures.signature import credential_of, signing_key

SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
SEED = "4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9"
SCOPE = "20130524/us-east-1/s3/aws4_request"


def _request(body: bytes, form: str, *more: tuple[str, str]) -> Request:
    authorization = f"AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/{SCOPE}, SignedHeaders=host, Signature={SEED}"
    fields = [
        ("Authorization", authorization),
        ("X-Amz-Date", "20130524T000000Z"),
        ("X-Amz-Content-SHA256", form),
        ("Content-Encoding", "aws-chunked"),
        *more,
    ]
    return Request("PUT", "/examplebucket/chunkObject.txt", headers=Headers(fields), body=body)


def _documented(tamper: bytes = b"a") -> Request:
    """The example of the AWS documentation: 66,560 times `a`, in two chunks and an empty one, with its signatures."""
    first = b"ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648"
    second = b"0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497"
    last = b"b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9"
    body = b"10000;chunk-signature=" + first + b"\r\n" + b"a" * 65535 + tamper + b"\r\n"
    body += b"400;chunk-signature=" + second + b"\r\n" + b"a" * 1024 + b"\r\n"
    body += b"0;chunk-signature=" + last + b"\r\n\r\n"
    return _request(body, "STREAMING-AWS4-HMAC-SHA256-PAYLOAD", ("X-Amz-Decoded-Content-Length", "66560"))


def test_signed_chunks_are_checked_and_put_together() -> None:
    request = _documented()
    assert is_chunked(request)
    plain = unpacked(request, credential_of(request), SECRET)
    assert plain.content == b"a" * 66560
    assert plain.headers.get("content-length") == "66560"
    assert "content-encoding" not in plain.headers


def test_a_changed_chunk_is_refused_where_signatures_count() -> None:
    request = _documented(tamper=b"b")
    with pytest.raises(AwsError, match="SignatureDoesNotMatch"):
        unpacked(request, credential_of(request), SECRET)
    assert unpacked(_documented(tamper=b"b"), credential_of(request), None).content.endswith(b"b" + b"a" * 1024)


def test_unsigned_chunks_bring_a_checksum_after_them() -> None:
    total = base64.b64encode(zlib.crc32(b"hello world").to_bytes(4, "big"))
    body = b"5\r\nhello\r\n6\r\n world\r\n0\r\nx-amz-checksum-crc32:" + total + b"\r\n\r\n"
    announced = ("X-Amz-Trailer", "x-amz-checksum-crc32")
    request = _request(body, "STREAMING-UNSIGNED-PAYLOAD-TRAILER", announced)
    plain = unpacked(request, credential_of(request), SECRET)
    assert plain.headers.get("x-amz-checksum-crc32") == total.decode()
    assert check_sums(plain, True, True).content == b"hello world"


def test_a_signed_trailer_is_checked() -> None:
    def sign(kind: str, previous: str, hashes: str) -> str:
        text = f"AWS4-HMAC-SHA256-{kind}\n20130524T000000Z\n{SCOPE}\n{previous}\n{hashes}"
        key = signing_key(SECRET, "20130524", "us-east-1", "s3")
        return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()

    empty = hashlib.sha256(b"").hexdigest()
    one = sign("PAYLOAD", SEED, empty + "\n" + hashlib.sha256(b"hello").hexdigest())
    two = sign("PAYLOAD", one, empty + "\n" + empty)
    trailer = "x-amz-checksum-crc32c:mnG7TA=="
    three = sign("TRAILER", two, hashlib.sha256(f"{trailer}\n".encode()).hexdigest())
    for signature, is_right in ((three, True), (three[::-1], False)):
        lines = (
            f"5;chunk-signature={one}\r\nhello\r\n0;chunk-signature={two}\r\n"
            f"{trailer}\r\nx-amz-trailer-signature:{signature}\r\n\r\n"
        )
        announced = ("X-Amz-Trailer", "x-amz-checksum-crc32c")
        request = _request(lines.encode(), "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER", announced)
        if is_right:
            assert check_sums(unpacked(request, credential_of(request), SECRET), True, True).content == b"hello"
        else:
            with pytest.raises(AwsError, match="SignatureDoesNotMatch"):
                unpacked(request, credential_of(request), SECRET)


@pytest.mark.parametrize("body", [b"", b"zz\r\n", b"5\r\nhel", b"5\r\nhello!!", b"-1\r\n\r\n", b"x" * 9000])
def test_what_is_cut_or_garbled_is_incomplete(body: bytes) -> None:
    request = _request(body, "STREAMING-UNSIGNED-PAYLOAD-TRAILER")
    with pytest.raises(AwsError, match="IncompleteBody"):
        unpacked(request, credential_of(request), None)


@pytest.mark.parametrize(
    ("algorithm", "digest"),
    [
        ("crc32", "cbf43926"),
        ("crc32c", "e3069283"),
        ("crc64nvme", "ae8b14860a799888"),
        ("sha1", hashlib.sha1(b"123456789").hexdigest()),
        ("sha256", hashlib.sha256(b"123456789").hexdigest()),
    ],
)
def test_checksums_are_those_of_their_catalogues(algorithm: str, digest: str) -> None:
    found = checksum(algorithm)
    assert found is not None
    found.update(b"1234")
    found.update(b"56789")
    assert found.digest().hex() == digest


def test_a_body_that_is_not_what_its_checksum_says_is_refused() -> None:
    right = base64.b64encode(hashlib.md5(b"x").digest()).decode()
    assert (
        check_sums(Request("PUT", "/b/k", headers=Headers([("Content-MD5", right)]), body=b"x"), True, True).content
        == b"x"
    )
    with pytest.raises(AwsError, match="BadDigest"):
        check_sums(Request("PUT", "/b/k", headers=Headers([("Content-MD5", right)]), body=b"y"), True, True)


def test_gzip_is_unpacked_within_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    headers = Headers([("Content-Encoding", "gzip")])
    packed = gzip.compress(b"x" * 1000)
    plain = decompressed(Request("POST", "/", headers=headers, body=packed))
    assert (plain.content, plain.headers.get("content-length")) == (b"x" * 1000, "1000")
    monkeypatch.setattr(bodies, "MAX_UNPACKED", 100)
    with pytest.raises(AwsError, match="RequestEntityTooLarge"):
        decompressed(Request("POST", "/", headers=headers, body=packed))
    with pytest.raises(AwsError, match="SerializationException"):
        decompressed(Request("POST", "/", headers=headers, body=b"nothing"))
