"""Bodies as they come: kept small in memory and else in a file, unpacked from gzip and from aws-chunked.

https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html (and -trailers.html)
"""

from __future__ import annotations

import base64
import hashlib
import zlib
from collections.abc import Iterator
from io import BytesIO

from fakeaws.core.tools.checksums import checksum
from fakeaws.core.tools.errors import AwsError
from fakeaws.core.tools.http import PIECE, Headers, Readable, Request
from fakeaws.core.tools.spool import Spool
from fakeaws.wire.signatures.signature import STREAMING, Credential, is_signature, mismatch

MAX_UNPACKED = 64 * 1024 * 1024
"""How large a compressed request may become."""
_LONGEST_LINE = 8192
_CHECKSUM = "x-amz-checksum-"
_HASH = "x-amz-content-sha256"
_MD5 = "content-md5"


def is_chunked(request: Request) -> bool:
    return request.headers.get("x-amz-content-sha256").startswith(STREAMING) or "aws-chunked" in request.headers.get(
        "content-encoding"
    )


def unpacked(request: Request, credential: Credential, secret: str | None) -> Request:
    """The request with its plain body: chunks put together, trailers among the headers.

    The signatures of the chunks are checked where `secret` is given. AwsError where they are wrong, or the body is
    not what its checksums say.
    """
    chunks = _Chunks(request, credential, secret)
    out = Spool()
    size = 0
    for chunk in chunks:
        out.write(chunk)
        size += len(chunk)
    said = request.headers.get("x-amz-decoded-content-length")
    if said and said != str(size):
        raise _incomplete("You did not provide the number of bytes specified by the Content-Length HTTP header")
    out.seek(0)
    return Request(request.method, request.path, request.query, _plain_headers(request, size, chunks.trailers), out)


def _plain_headers(request: Request, size: int, trailers: list[tuple[str, str]]) -> Headers:
    headers = Headers()
    for name, value in request.headers.pairs:
        lowered = name.lower()
        if lowered == "content-encoding":
            value = ",".join(part for part in value.split(",") if part.strip() != "aws-chunked")
        if lowered not in ("content-length", "transfer-encoding") and (value or lowered != "content-encoding"):
            headers.add(name, value)
    headers.add("Content-Length", str(size))
    for name, value in trailers:
        headers.add(name, value)
    return headers


class _Chunks:
    """What an aws-chunked body holds, a piece at a time; `trailers` are there after the last. A chunk's signature is
    checked when its last piece has been handed out, so nothing may be kept of the body before the end is reached."""

    def __init__(self, request: Request, credential: Credential, secret: str | None) -> None:
        self.source = _Lines(request.body)
        self.request = request
        self.credential = credential
        self.trailers: list[tuple[str, str]] = []
        form = request.headers.get("x-amz-content-sha256")
        self.secret = secret if form.startswith(STREAMING + "AWS4-") else None
        self.is_trailing = form.endswith("-TRAILER")
        self.previous = credential.signature

    def __iter__(self) -> Iterator[bytes]:
        while True:
            size, signature = _chunk_head(self.source.line())
            digest = hashlib.sha256()
            for piece in self.source.exactly(size):
                if self.secret is not None:
                    digest.update(piece)
                yield piece
            if self.secret is not None:
                self._check("PAYLOAD", hashlib.sha256(b"").hexdigest() + "\n" + digest.hexdigest(), signature)
            if not size:
                break
            if self.source.line():
                raise _incomplete()
        self._read_trailers()

    def _check(self, kind: str, hashes: str, signature: str) -> None:
        credential = self.credential
        moment = self.request.headers.get("x-amz-date")
        text = f"{credential.algorithm}-{kind}\n{moment}\n{credential.scope}\n{self.previous}\n{hashes}"
        if not is_signature(signature, text, self.secret or "", credential):
            raise mismatch("", text, credential._replace(signature=signature), is_s3=True)
        self.previous = signature

    def _read_trailers(self) -> None:
        """The trailers: those that the headers announce, which alone are signed with them, and where all are signed
        their own signature."""
        signed, signature = "", None
        announced = {name.strip().lower() for name in self.request.headers.get("x-amz-trailer").split(",")}
        while line := self.source.line():
            name, _, value = line.decode("latin-1").partition(":")
            if name.lower() == "x-amz-trailer-signature":
                signature = value.strip()
                continue
            if name.lower() not in announced:
                raise _malformed_trailer()
            self.trailers.append((name, value.strip()))
            signed += f"{name.lower()}:{value.strip()}\n"
        if self.secret is not None and self.is_trailing:
            if signature is None:
                raise _malformed_trailer()
            self._check("TRAILER", hashlib.sha256(signed.encode()).hexdigest(), signature)


def _chunk_head(line: bytes) -> tuple[int, str]:
    size, _, extension = line.partition(b";")
    try:
        number = int(size, 16)
    except ValueError:
        raise _incomplete() from None
    if number < 0 or number > 1 << 33:
        raise _incomplete()
    return number, extension.decode("latin-1").partition("chunk-signature=")[2].strip()


class _Lines:
    """A body read by lines and by counts."""

    def __init__(self, source: Readable) -> None:
        self.source = source
        self.held = b""

    def line(self) -> bytes:
        """The next line without its end; b"" at the end of the body too."""
        while b"\r\n" not in self.held:
            if len(self.held) > _LONGEST_LINE:
                raise _incomplete()
            piece = self.source.read(_LONGEST_LINE)
            if not piece:
                rest, self.held = self.held, b""
                return rest
            self.held += piece
        found, _, self.held = self.held.partition(b"\r\n")
        return found

    def exactly(self, size: int) -> Iterator[bytes]:
        """The next `size` bytes, a piece at a time."""
        while size:
            piece = self.held[:size] or self.source.read(min(size, PIECE))
            if not piece:
                raise _incomplete()
            self.held = self.held[len(piece) :]
            size -= len(piece)
            yield piece


def _incomplete(text: str = "The request body terminated unexpectedly") -> AwsError:
    return AwsError("IncompleteBody", text, status=400)


def _malformed_trailer() -> AwsError:
    text = "The request contained trailing data that was not well-formed or did not conform to our published schema."
    return AwsError("MalformedTrailerError", text, status=400)


def decompressed(request: Request) -> Request:
    """The request with its gzip body unpacked, within bounds."""
    engine = zlib.decompressobj(wbits=31)
    try:
        content = engine.decompress(request.content, MAX_UNPACKED)
    except zlib.error:
        raise AwsError("SerializationException", "The body is no gzip", status=400) from None
    if engine.unconsumed_tail:
        raise too_large()
    pairs = [(k, v) for k, v in request.headers.pairs if k.lower() not in ("content-encoding", "content-length")]
    headers = Headers([*pairs, ("Content-Length", str(len(content)))])
    return Request(request.method, request.path, request.query, headers, content)


def too_large() -> AwsError:
    return AwsError("RequestEntityTooLarge", "Request size is larger than the allowed limit.", status=413)


def check_sums(request: Request, is_hashed: bool, is_summed: bool) -> Request:
    """Refuse a body that is not what the headers say of it; the request, to be read again.

    `is_hashed`: x-amz-content-sha256 is compared, where it is a hash; `is_summed`: x-amz-checksum-* and Content-MD5.
    The body is read once, a piece at a time.
    """
    given = [*(_payload_hash(request) if is_hashed else ()), *(_checksums(request) if is_summed else ())]
    sums = {name: found for name, algorithm, _ in given if (found := checksum(algorithm)) is not None}
    if not sums:
        return request
    body = request.body if isinstance(request.body, (Spool, BytesIO)) else _spooled(request.body)
    while piece := body.read(PIECE):
        for each in sums.values():
            each.update(piece)
    for name, _, value in given:
        _compare(name, value, sums[name].digest())
    body.seek(0)
    return Request(request.method, request.path, request.query, request.headers, body)


Given = tuple[str, str, str]
"""What a header says of a body: the header's name, the algorithm, the value."""


def _payload_hash(request: Request) -> list[Given]:
    given = request.headers.get(_HASH)
    return [(_HASH, "sha256", given)] if len(given) == 64 else []


def _checksums(request: Request) -> list[Given]:
    named = [(name, name[len(_CHECKSUM) :], value) for name, value in request.headers.items()]
    found = [each for each in named if each[0].startswith(_CHECKSUM) and checksum(each[1]) is not None]
    return [*found, *([(_MD5, "md5", request.headers.get(_MD5))] if _MD5 in request.headers else [])]


def _compare(name: str, value: str, digest: bytes) -> None:
    """AwsError where a header's value is not the digest of the body."""
    if name == _HASH:
        if digest.hex() != value:
            raise AwsError(
                "XAmzContentSHA256Mismatch",
                "The provided 'x-amz-content-sha256' header does not match what was computed.",
                status=400,
                ClientComputedContentSHA256=value,
                S3ComputedContentSHA256=digest.hex(),
            )
    elif base64.b64encode(digest).decode() != value:
        raise _bad_digest(name.removeprefix(_CHECKSUM))


def _spooled(source: Readable) -> Spool:
    kept = Spool()
    while piece := source.read(PIECE):
        kept.write(piece)
    kept.seek(0)
    return kept


def _bad_digest(name: str) -> AwsError:
    if name == _MD5:
        return AwsError("BadDigest", "The Content-MD5 you specified did not match what we received.", status=400)
    return AwsError("BadDigest", f"The {name.upper()} you specified did not match the calculated checksum.", status=400)
