"""Signature Version 4: who signed a request, and whether what was signed is what came.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
"""

from __future__ import annotations

import hashlib
import hmac
import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import quote, unquote

from fakeaws.core.errors import AwsError
from fakeaws.wire.http import Request

UNSIGNED_PAYLOAD = "UNSIGNED-PAYLOAD"
STREAMING = "STREAMING-"
SKEW = timedelta(minutes=5)
"""How far a signature's time may be off; a presigned request says itself how long it holds."""
S3_SKEW = timedelta(minutes=15)


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

    @property
    def scope(self) -> str:
        return f"{self.date}/{self.region}/{self.service}/aws4_request"


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
        return Credential(header[4:].partition(":")[0], algorithm="AWS", service="s3", token=token)
    argument = request.argument if "=" in request.query else {}
    if "X-Amz-Credential" in argument:
        return _scoped(
            argument["X-Amz-Credential"], argument.get("X-Amz-Algorithm", ""), argument.get("X-Amz-Region-Set", "")
        )._replace(
            signed_headers=argument.get("X-Amz-SignedHeaders", ""),
            signature=argument.get("X-Amz-Signature", ""),
            is_presigned=True,
            token=argument.get("X-Amz-Security-Token", ""),
        )
    if "AWSAccessKeyId" in argument:
        service = "s3" if "Expires" in argument else ""
        return Credential(argument["AWSAccessKeyId"], service=service, algorithm="AWS", is_presigned=True)
    return Credential()


def _scoped(text: str, algorithm: str, regions: str) -> Credential:
    """A credential's text is KEY/DATE/REGION/SERVICE/aws4_request; SigV4A's has no region, it names a set of them."""
    parts = unquote(text).split("/")
    if algorithm == "AWS4-ECDSA-P256-SHA256" and len(parts) == 4:
        region = regions.partition(",")[0].strip().replace("*", "")
        return Credential(parts[0], parts[1], region, parts[2], algorithm)
    if len(parts) < 5:
        return Credential(parts[0], algorithm=algorithm)
    return Credential("/".join(parts[:-4]), parts[-4], parts[-3], parts[-2], algorithm)


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


class Mismatch(AwsError):
    """A signature that is not that of the request; it carries what was expected to be signed."""


def verify(request: Request, credential: Credential, secret: str, now: datetime, raw_path: bool) -> None:
    """Refuse a request whose signature is missing, too old or wrong. `raw_path`: its path is not normalised (S3).

    SigV4A is taken on trust: its public keys cannot be derived from a stored secret alone without a curve.
    """
    if credential.algorithm == "AWS4-ECDSA-P256-SHA256":
        return
    moment = _moment(request, credential)
    _check_time(request, credential, moment, now, raw_path)
    payload = _payload_hash(request, credential, raw_path)
    path = _encoded(request.path) if raw_path else None
    canonical = canonical_request(request, credential, payload, path)
    text = string_to_sign(canonical, credential, moment)
    if not hmac.compare_digest(signature_of(text, secret, credential), credential.signature):
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


def _moment(request: Request, credential: Credential) -> str:
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


def _check_time(request: Request, credential: Credential, moment: str, now: datetime, is_s3: bool) -> None:
    try:
        signed = datetime.strptime(moment, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError:
        raise AwsError(
            "IncompleteSignature",
            f"Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date: {moment}",
            status=403,
        ) from None
    if credential.is_presigned:
        _check_expiry(request, signed, now, is_s3)
        return
    skew = S3_SKEW if is_s3 else SKEW
    if abs(now - signed) <= skew:
        return
    if is_s3:
        raise AwsError(
            "RequestTimeTooSkewed",
            "The difference between the request time and the current time is too large.",
            status=403,
            RequestTime=moment,
            ServerTime=f"{now:%Y-%m-%dT%H:%M:%SZ}",
            MaxAllowedSkewMilliseconds=str(int(skew.total_seconds() * 1000)),
        )
    raise _expired(moment, signed, now)


def _expired(moment: str, signed: datetime, now: datetime) -> AwsError:
    if signed < now:
        bound, words, minutes = now - SKEW, "expired", f"{now:%Y%m%dT%H%M%SZ} - 5 min."
        return AwsError(
            "SignatureDoesNotMatch",
            f"Signature {words}: {moment} is now earlier than {bound:%Y%m%dT%H%M%SZ} ({minutes})",
            status=403,
        )
    bound, minutes = now + SKEW, f"{now:%Y%m%dT%H%M%SZ} + 5 min."
    return AwsError(
        "SignatureDoesNotMatch",
        f"Signature not yet current: {moment} is still later than {bound:%Y%m%dT%H%M%SZ} ({minutes})",
        status=403,
    )


def _check_expiry(request: Request, signed: datetime, now: datetime, is_s3: bool) -> None:
    text = request.argument.get("X-Amz-Expires", "300")
    seconds = int(text) if text.isdecimal() else 0
    if now > signed + timedelta(seconds=seconds):
        if is_s3:
            raise AwsError(
                "AccessDenied",
                "Request has expired",
                status=403,
                **{"X-Amz-Expires": text},
                Expires=f"{signed + timedelta(seconds=seconds):%Y-%m-%dT%H:%M:%SZ}",
                ServerTime=f"{now:%Y-%m-%dT%H:%M:%SZ}",
            )
        raise _expired(f"{signed:%Y%m%dT%H%M%SZ}", signed, now)


def _payload_hash(request: Request, credential: Credential, is_s3: bool) -> str:
    """What was signed for the body. S3, and whoever says that the body is signed in chunks or not at all, takes the
    client's word, which `bodies.check_sums` compares with the body; else it is the hash of the body."""
    given = request.headers.get("x-amz-content-sha256")
    if given and (is_s3 or given == UNSIGNED_PAYLOAD or given.startswith(STREAMING)):
        return given
    if credential.is_presigned and is_s3:
        return UNSIGNED_PAYLOAD
    return hashlib.sha256(request.content).hexdigest()
