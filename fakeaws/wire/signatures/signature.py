"""Signature Version 4: who signed a request, and whether what was signed is what came.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
"""

from __future__ import annotations

import hashlib
import hmac
import re
from datetime import UTC
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import quote, unquote

from fakeaws.core.tools.errors import AwsError
from fakeaws.core.tools.http import Request
from fakeaws.wire.messages.traits import SIGNATURE_V2
from fakeaws.wire.signatures import signature_v4a

UNSIGNED_PAYLOAD = "UNSIGNED-PAYLOAD"
STREAMING = "STREAMING-"
ASYMMETRIC = signature_v4a.ALGORITHM
ALGORITHMS = ("AWS4-HMAC-SHA256", ASYMMETRIC)
TERMINATOR = "aws4_request"


class Credential(NamedTuple):
    """What a signature says of itself. All empty for an unsigned request."""

    access_key: str = ""
    date: str = ""
    region: str = ""
    service: str = ""
    algorithm: str = ""
    signed_headers: str = ""
    signature: str = ""
    is_presigned: bool = False
    token: str = ""
    """The session token that came with it."""
    terminator: str = ""
    """What its scope ends with."""

    @property
    def scope(self) -> str:
        place = () if self.algorithm == ASYMMETRIC else (self.region,)
        return "/".join((self.date, *place, self.service, TERMINATOR))

    @property
    def is_claimed(self) -> bool:
        """Whether the request says that it is signed, if not by whom."""
        return bool(self.algorithm or self.signature)


_FIELD = re.compile(r"(Credential|SignedHeaders|Signature)=([^,\s]+)")


def credential_of(request: Request) -> Credential:
    """The credential of a request, from its Authorization header or its query string."""
    header = request.headers.get("authorization")
    token = request.headers.get("x-amz-security-token") or request.headers.get("x-amz-s3session-token")
    if header.startswith("AWS4-"):
        fields = dict(_FIELD.findall(header))
        algorithm = header.partition(" ")[0]
        regions = request.headers.get("x-amz-region-set")
        return _scoped(fields.get("Credential", ""), algorithm, regions)._replace(
            signed_headers=fields.get("SignedHeaders", ""), signature=fields.get("Signature", ""), token=token
        )
    if header.startswith("AWS "):
        return Credential(header[4:].partition(":")[0], algorithm="AWS", service=SIGNATURE_V2, token=token)
    argument = request.argument if "=" in request.query else {}
    if not argument.keys().isdisjoint(("X-Amz-Credential", "X-Amz-Signature", "X-Amz-Algorithm")):
        return _scoped(
            argument.get("X-Amz-Credential", ""),
            argument.get("X-Amz-Algorithm", ""),
            argument.get("X-Amz-Region-Set", ""),
        )._replace(
            signed_headers=argument.get("X-Amz-SignedHeaders", ""),
            signature=argument.get("X-Amz-Signature", ""),
            is_presigned=True,
            token=argument.get("X-Amz-Security-Token", ""),
        )
    if "AWSAccessKeyId" in argument:
        is_query = "SignatureVersion" in argument
        token = argument.get("SecurityToken", "") or argument.get("x-amz-security-token", "")
        service = "" if is_query else SIGNATURE_V2
        return Credential(argument["AWSAccessKeyId"], service=service, algorithm="AWS", is_presigned=True, token=token)
    return _in_form(request)


def _in_form(request: Request) -> Credential:
    """The credential of a Version 2 signature in the body of a form, which query APIs take there too."""
    is_form = request.method == "POST" and "x-www-form-urlencoded" in request.headers.get("content-type")
    if not is_form or b"AWSAccessKeyId=" not in request.content:
        return Credential()
    try:
        form = request.form
    except ValueError:
        return Credential()
    return Credential(form.get("AWSAccessKeyId", ""), algorithm="AWS", token=form.get("SecurityToken", ""))


def _scoped(text: str, algorithm: str, regions: str) -> Credential:
    """A credential's text is KEY/DATE/REGION/SERVICE/aws4_request; SigV4A's has no region, it names a set of them."""
    parts = unquote(text).split("/")
    if algorithm == ASYMMETRIC and len(parts) == 4:
        region = regions.partition(",")[0].strip().replace("*", "")
        return Credential(parts[0], parts[1], region, parts[2], algorithm, terminator=parts[3])
    if len(parts) < 5:
        return Credential(parts[0], algorithm=algorithm)
    return Credential("/".join(parts[:-4]), parts[-4], parts[-3], parts[-2], algorithm, terminator=parts[-1])


@lru_cache(maxsize=256)
def signing_key(secret: str, date: str, region: str, service: str) -> bytes:
    key = ("AWS4" + secret).encode()
    for part in (date, region, service, "aws4_request"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    return key


def canonical_request(request: Request, credential: Credential, payload_hash: str, path: str | None = None) -> str:
    """The text whose hash is signed. `path` replaces the request's, where the service takes it as it is."""
    names = credential.signed_headers.split(";")
    headers = "".join(f"{name}:{_header(request, name)}\n" for name in names)
    return "\n".join(
        (
            request.method,
            canonical_path(request.path) if path is None else path,
            canonical_query(request),
            headers,
            credential.signed_headers,
            payload_hash,
        )
    )


def _header(request: Request, name: str) -> str:
    """All values of a header, in the order sent, each with its runs of blanks made one."""
    values = [value for key, value in request.headers.pairs if key.lower() == name]
    return ",".join(" ".join(value.split()) for value in values)


def canonical_path(path: str) -> str:
    """The path normalised (RFC 3986, 5.2.4, and no empty segments) and encoded once more."""
    out: list[str] = []
    for segment in path.split("/"):
        if segment == "..":
            out = out[:-1]
        elif segment not in ("", "."):
            out.append(segment)
    slash = "/" if out and path.endswith(("/", "/.", "/..")) else ""
    return quote("/" + "/".join(out) + slash, safe="/-_.~")


def canonical_query(request: Request) -> str:
    pairs = [
        (quote(key, safe="-_.~"), quote(value, safe="-_.~"))
        for key, value in _raw_arguments(request)
        if key != "X-Amz-Signature"
    ]
    return "&".join(f"{key}={value}" for key, value in sorted(pairs))


def _raw_arguments(request: Request) -> list[tuple[str, str]]:
    """The decoded pairs of the query string; a plus is a plus, unlike in forms."""
    parts = [part.partition("=") for part in request.query.split("&") if part]
    return [(unquote(key), unquote(value)) for key, _, value in parts]


def string_to_sign(canonical: str, credential: Credential, moment: str) -> str:
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    return f"{credential.algorithm}\n{moment}\n{credential.scope}\n{digest}"


def signature_of(text: str, secret: str, credential: Credential) -> str:
    key = signing_key(secret, credential.date, credential.region, credential.service)
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


def is_signature(signature: str, text: str, secret: str, credential: Credential) -> bool:
    """Whether this is what the owner of the credential signs a text with."""
    if credential.algorithm == ASYMMETRIC:
        return signature_v4a.is_signature(text, signature, credential.access_key, secret)
    return hmac.compare_digest(signature_of(text, secret, credential).encode(), signature.encode())


class Mismatch(AwsError):
    """A signature that is not that of the request; it carries what was expected to be signed."""


def verify(request: Request, credential: Credential, secret: str, raw_path: bool) -> None:
    """Refuse a request whose signature is wrong. `raw_path`: its path is not normalised (S3)."""
    payload = _payload_hash(request, credential, raw_path)
    path = _encoded(request.path) if raw_path else None
    canonical = canonical_request(request, credential, payload, path)
    text = string_to_sign(canonical, credential, moment_of(request, credential))
    if not is_signature(credential.signature, text, secret, credential):
        raise mismatch(canonical, text, credential, raw_path)


def mismatch(canonical: str, text: str, credential: Credential, is_s3: bool) -> AwsError:
    """AWS's refusal of a wrong signature, with what it would have signed."""
    message = "The request signature we calculated does not match the signature you provided. Check your "
    if is_s3:
        return Mismatch(
            "SignatureDoesNotMatch",
            message + "key and signing method.",
            status=403,
            AWSAccessKeyId=credential.access_key,
            StringToSign=text,
            SignatureProvided=credential.signature,
            CanonicalRequest=canonical,
        )
    return Mismatch(
        "SignatureDoesNotMatch",
        message + "AWS Secret Access Key and signing method. Consult the service documentation for details.",
        status=403,
    )


def _encoded(path: str) -> str:
    """The path with its encoding made canonical, nothing else."""
    return quote(unquote(path), safe="/-_.~")


def moment_of(request: Request, credential: Credential) -> str:
    """When a request was signed, as it says: 20150830T123600Z."""
    if credential.is_presigned:
        return request.argument.get("X-Amz-Date", "")
    return request.headers.get("x-amz-date") or _from_date(request.headers.get("date"))


def _from_date(text: str) -> str:
    """The Date header in the form of X-Amz-Date, which it may stand for."""
    from email.utils import parsedate_to_datetime

    try:
        return parsedate_to_datetime(text).astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    except (ValueError, TypeError):
        return text


def _payload_hash(request: Request, credential: Credential, is_s3: bool) -> str:
    """What was signed for the body. S3, and whoever says that the body is signed in chunks or not at all, takes the
    client's word, which `bodies.check_sums` compares with the body; else it is the hash of the body."""
    given = request.headers.get("x-amz-content-sha256")
    if given and (is_s3 or given == UNSIGNED_PAYLOAD or given.startswith(STREAMING)):
        return given
    if credential.is_presigned and is_s3:
        return UNSIGNED_PAYLOAD
    return hashlib.sha256(request.content).hexdigest()
