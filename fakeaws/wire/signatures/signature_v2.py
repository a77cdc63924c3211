"""Signature Version 2: as S3 has it (presigned addresses and forms of older clients, `Authorization: AWS …`), and as
the query APIs of its time had it.

https://docs.aws.amazon.com/AmazonS3/latest/API/RESTAuthentication.html and
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/Query-Requests.html
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import quote, unquote

from fakeaws.core.tools.errors import AwsError
from fakeaws.core.tools.http import Request
from fakeaws.wire.signatures.validity import S3_SKEW, expired, too_skewed

_SUBRESOURCES = frozenset((
    "accelerate", "acl", "analytics", "cors", "delete", "inventory", "lifecycle", "location", "logging", "metrics",
    "notification", "object-lock", "partNumber", "policy", "replication", "requestPayment", "response-cache-control",
    "response-content-disposition", "response-content-encoding", "response-content-language", "response-content-type",
    "response-expires", "restore", "select", "select-type", "tagging", "torrent", "uploadId", "uploads", "versionId",
    "versioning", "versions", "website",
))  # fmt: skip
_SIGNED = ("content-md5", "content-type")
_METHODS = {"HmacSHA1": hashlib.sha1, "HmacSHA256": hashlib.sha256}


def sign(text: str, secret: str) -> str:
    return base64.b64encode(hmac.new(secret.encode(), text.encode(), hashlib.sha1).digest()).decode()


def verify(request: Request, path: str, secret: str, now: datetime) -> None:
    """Refuse a request whose signature is wrong or over. `path` names the bucket, whatever the host says."""
    given = request.argument.get("Signature")
    expires = ""
    if given is None:
        given = request.headers.get("authorization").rpartition(":")[2]
        _check_date(request, now)
    else:
        expires = _expiry(request, now)
    text = string_to_sign(request, path, expires)
    if not hmac.compare_digest(sign(text, secret).encode(), given.encode()):
        raise AwsError(
            "SignatureDoesNotMatch",
            "The request signature we calculated does not match the signature you provided. "
            "Check your key and signing method.",
            status=403,
            StringToSign=text,
            SignatureProvided=given,
        )


def _check_date(request: Request, now: datetime) -> None:
    """A request with a header says when it was signed, and holds for a quarter of an hour."""
    moment = request.headers.get("x-amz-date") or request.headers.get("date")
    signed = _read_date(moment)
    if signed is None:
        text = "AWS authentication requires a valid Date or x-amz-date header"
        raise AwsError("AccessDenied", text, status=403)
    if abs(now - signed) > S3_SKEW:
        raise too_skewed(moment, now)


def _read_date(text: str) -> datetime | None:
    """A date of HTTP, or, as some clients send it, of ISO 8601."""
    for read in (parsedate_to_datetime, datetime.fromisoformat):
        try:
            found = read(text)
        except (ValueError, TypeError):
            continue
        return found if found.tzinfo else found.replace(tzinfo=UTC)
    return None


def _expiry(request: Request, now: datetime) -> str:
    """Until when a presigned request says that it holds, in seconds since 1970."""
    expires = request.argument.get("Expires", "")
    if not expires:
        text = "Query-string authentication requires the Signature, Expires and AWSAccessKeyId parameters"
        raise AwsError("AccessDenied", text, status=403)
    if not (expires.isascii() and expires.isdecimal()) or len(expires) > 11:
        text = f"Invalid date (should be seconds since epoch): {expires}"
        raise AwsError("AccessDenied", text, status=403)
    end = datetime.fromtimestamp(int(expires), UTC)
    if end < now:
        raise expired(now, end)
    return expires


def string_to_sign(request: Request, path: str, expires: str) -> str:
    """What S3 signs. A presigned request may have what are headers else in its query string."""
    headers = {name: value for name, value in request.headers.items() if name in _SIGNED or name.startswith("x-amz-")}
    if expires:
        hoisted = ((name.lower(), value) for name, value in request.argument.items())
        headers |= {name: value for name, value in hoisted if name in _SIGNED or name.startswith("x-amz-")}
    amazon = sorted((name, value) for name, value in headers.items() if name.startswith("x-amz-"))
    date = expires or ("" if "x-amz-date" in headers else request.headers.get("date"))
    lines = [request.method, headers.get("content-md5", ""), headers.get("content-type", ""), date]
    lines += [f"{name}:{value}" for name, value in amazon]
    return "\n".join([*lines, _resource(request, path)])


def verify_query(request: Request, path: str, secret: str, now: datetime) -> None:
    """Refuse a request of a query API whose signature is wrong or over."""
    given = request.form
    method = _METHODS.get(given.get("SignatureMethod", ""))
    if given.get("SignatureVersion") != "2" or method is None:
        text = "The request signature does not conform to AWS standards."
        raise AwsError("IncompleteSignature", text, status=400)
    _check_query_time(given, now)
    signed = sorted((name, value) for name, value in given.items() if name != "Signature")
    query = "&".join(f"{quote(name, safe='-_.~')}={quote(value, safe='-_.~')}" for name, value in signed)
    text = "\n".join((request.method, request.host, path or "/", query))
    found = base64.b64encode(hmac.new(secret.encode(), text.encode(), method).digest())
    if not hmac.compare_digest(found, given.get("Signature", "").encode()):
        raise AwsError(
            "SignatureDoesNotMatch",
            "The request signature we calculated does not match the signature you provided. Check your AWS Secret"
            " Access Key and signing method. Consult the service documentation for details.",
            status=403,
        )


def _check_query_time(given: dict[str, str], now: datetime) -> None:
    """A request has the time when it was signed, which holds for a quarter of an hour, or the time when it ends."""
    end, signed = _read_date(given.get("Expires", "")), _read_date(given.get("Timestamp", ""))
    if signed is None and end is None:
        text = "The request must contain either a valid (registered) Timestamp or an Expires parameter"
        raise AwsError("IncompleteSignature", text, status=400)
    is_over = now > end if end is not None else signed is not None and abs(now - signed) > S3_SKEW
    if is_over:
        raise AwsError("RequestExpired", "Request has expired.", status=400)


def _resource(request: Request, path: str) -> str:
    parts = [part.partition("=") for part in request.query.split("&") if part]
    kept = sorted((key, unquote(value), sign) for key, sign, value in parts if key in _SUBRESOURCES)
    query = "&".join(f"{key}={value}" if sign else key for key, value, sign in kept)
    return f"{path}?{query}" if query else path
