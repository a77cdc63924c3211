"""Signature Version 2 as S3 has it: presigned addresses and forms of older clients, and `Authorization: AWS …`.

https://docs.aws.amazon.com/AmazonS3/latest/API/RESTAuthentication.html
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import datetime
from urllib.parse import unquote

from fakeaws.core.errors import AwsError
from fakeaws.wire.http import Request

_SUBRESOURCES = frozenset((
    "accelerate", "acl", "analytics", "cors", "delete", "inventory", "lifecycle", "location", "logging", "metrics",
    "notification", "object-lock", "partNumber", "policy", "replication", "requestPayment", "response-cache-control",
    "response-content-disposition", "response-content-encoding", "response-content-language", "response-content-type",
    "response-expires", "restore", "select", "select-type", "tagging", "torrent", "uploadId", "uploads", "versionId",
    "versioning", "versions", "website",
))  # fmt: skip


def sign(text: str, secret: str) -> str:
    return base64.b64encode(hmac.new(secret.encode(), text.encode(), hashlib.sha1).digest()).decode()


def verify(request: Request, path: str, secret: str, now: datetime) -> None:
    """Refuse a request whose signature is wrong or over. `path` names the bucket, whatever the host says."""
    expires = request.argument.get("Expires", "")
    if expires and (not expires.isdecimal() or int(expires) < now.timestamp()):
        raise AwsError("AccessDenied", "Request has expired", status=403, Expires=expires)
    given = request.argument.get("Signature") or request.headers.get("authorization").rpartition(":")[2]
    text = string_to_sign(request, path, expires)
    if not hmac.compare_digest(sign(text, secret), given):
        raise AwsError(
            "SignatureDoesNotMatch",
            "The request signature we calculated does not match the signature you provided. "
            "Check your key and signing method.",
            status=403,
            StringToSign=text,
            SignatureProvided=given,
        )


def string_to_sign(request: Request, path: str, expires: str) -> str:
    headers = request.headers
    amazon = sorted((n, v) for n, v in headers.items() if n.startswith("x-amz-"))
    date = expires or ("" if "x-amz-date" in headers else headers.get("date"))
    lines = [request.method, headers.get("content-md5"), headers.get("content-type"), date]
    lines += [f"{name}:{value}" for name, value in amazon]
    return "\n".join([*lines, _resource(request, path)])


def _resource(request: Request, path: str) -> str:
    parts = [part.partition("=") for part in request.query.split("&") if part]
    kept = sorted((key, unquote(value), sign) for key, sign, value in parts if key in _SUBRESOURCES)
    query = "&".join(f"{key}={value}" if sign else key for key, value, sign in kept)
    return f"{path}?{query}" if query else path
