"""Uploads by HTML forms: a POST of multipart/form-data to a bucket is a PutObject, signed by the policy in it.

https://docs.aws.amazon.com/AmazonS3/latest/API/RESTObjectPOST.html and sigv4-HTTPPOSTConstructPolicy.html
"""

from __future__ import annotations

import base64
import json
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlencode

from fakeaws.core.tools import machine, xml
from fakeaws.core.tools.errors import AwsError, Malformed
from fakeaws.core.tools.http import PIECE, Headers, Readable, Request, Response
from fakeaws.core.tools.spool import Spool

MOST_FIELDS = 20_000
"""Bytes that all fields before the file may have."""
_HEADERS = ("cache-control", "content-type", "content-disposition", "content-encoding", "expires")
_FREE = ("awsaccesskeyid", "file", "policy", "signature", "x-amz-signature")
"""Fields that a policy need not name."""


class Upload:
    """A form that was sent: its fields by lower-case name, and the file."""

    def __init__(self, fields: dict[str, str], content: Spool, size: int) -> None:
        self.fields = fields
        self.content = content
        self.size = size

    def put(self, request: Request) -> Request:
        """The PUT request that the form stands for; the bucket is in the form's path or host."""
        headers = Headers([("Host", request.headers.get("host")), ("Content-Length", str(self.size))])
        for name, value in self.fields.items():
            if name in _HEADERS or (name.startswith("x-amz-") and not name.startswith("x-amz-credential")):
                headers.add(name, value)
        if "acl" in self.fields:
            headers.add("x-amz-acl", self.fields["acl"])
        if "tagging" in self.fields:
            headers.add("x-amz-tagging", _tags(self.fields["tagging"]))
        headers.add("Authorization", self._authorization())
        key = quote(self.fields["key"], safe="/-_.~")
        return Request("PUT", f"{request.path.rstrip('/')}/{key}", "", headers, self.content)

    def _authorization(self) -> str:
        """A header that names the key: a form without one is nobody's, but still S3's."""
        credential = self.fields.get("x-amz-credential")
        if credential is None:
            return "AWS " + self.fields.get("awsaccesskeyid", "") + ":"
        signature = self.fields.get("x-amz-signature", "")
        return f"AWS4-HMAC-SHA256 Credential={credential}, SignedHeaders=, Signature={signature}"

    @property
    def policy(self) -> str | None:
        """The policy as it was signed: base64 of JSON."""
        return self.fields.get("policy")

    @property
    def old_signature(self) -> str | None:
        """The signature of version 2, where the form has one."""
        return self.fields.get("signature")

    def check(self) -> None:
        """AwsError for a form that its policy does not allow."""
        if self.policy is not None:
            self._check_policy(_decoded(self.policy))

    def _check_policy(self, policy: dict[str, Any]) -> None:
        expires = policy.get("expiration", "")
        try:
            is_over = datetime.fromisoformat(expires) < machine.utc_now()
        except (ValueError, TypeError):
            raise _invalid_policy("Invalid 'expiration' value") from None
        if is_over:
            raise AwsError("AccessDenied", "Invalid according to Policy: Policy expired.", status=403)
        named: set[str] = set()
        for condition in policy.get("conditions", ()):
            named.add(self._check_condition(condition))
        for name in self.fields:
            if name not in named and name not in _FREE and not name.startswith("x-ignore-"):
                raise AwsError("AccessDenied", f"Invalid according to Policy: Extra input fields: {name}", status=403)

    def _check_condition(self, condition: Any) -> str:
        """One condition of the policy; the answer is the field that it is about."""
        if isinstance(condition, dict) and len(condition) == 1:
            [(name, wanted)] = condition.items()
            kind = "eq"
        elif isinstance(condition, list) and len(condition) == 3:
            kind, name, wanted = condition
        else:
            raise _invalid_policy("Invalid Condition")
        if kind == "content-length-range":
            self._check_size(int(name), int(wanted))
            return ""
        name = str(name).lstrip("$").lower()
        value = self.fields.get(name, "")
        fits = value.startswith(str(wanted)) if str(kind).lower() == "starts-with" else value == str(wanted)
        if not fits and name != "bucket":
            raise AwsError(
                "AccessDenied",
                f"Invalid according to Policy: Policy Condition failed: {json.dumps(condition)}",
                status=403,
            )
        return name

    def _check_size(self, least: int, most: int) -> None:
        if self.size < least:
            raise AwsError(
                "EntityTooSmall", "Your proposed upload is smaller than the minimum allowed size", status=400
            )
        if self.size > most:
            raise AwsError("EntityTooLarge", "Your proposed upload exceeds the maximum allowed size", status=400)

    def answer(self, stored: Response, request: Request, put: Request, bucket: str) -> Response:
        """What the browser is answered: nothing, a document, or where to go on."""
        if stored.status >= 300:
            return stored
        key, tag = self.fields["key"], stored.headers.get("etag")
        location = f"http://{request.headers.get('host')}{put.path}"
        headers = [(n, v) for n, v in stored.headers.pairs if n.lower() != "content-length"]
        headers.append(("Location", location))
        onward = self.fields.get("success_action_redirect") or self.fields.get("redirect")
        if onward:
            extra = urlencode({"bucket": bucket, "key": key, "etag": tag})
            return Response(303, [*headers[:-1], ("Location", onward + ("&" if "?" in onward else "?") + extra)])
        if self.fields.get("success_action_status") != "201":
            return Response(200 if self.fields.get("success_action_status") == "200" else 204, headers)
        fields = {"Location": location, "Bucket": bucket, "Key": key, "ETag": tag}
        inner = "".join(f"<{name}>{xml.escape(value)}</{name}>" for name, value in fields.items())
        text = f'<?xml version="1.0" encoding="UTF-8"?>\n<PostResponse>{inner}</PostResponse>'
        return Response(201, [*headers, ("Content-Type", "application/xml")], text.encode())


def _decoded(policy: str) -> dict[str, Any]:
    try:
        found = json.loads(base64.b64decode(policy))
    except ValueError:
        raise _invalid_policy("Invalid JSON") from None
    if not isinstance(found, dict):
        raise _invalid_policy("Invalid JSON")
    return found


def _invalid_policy(why: str) -> AwsError:
    return AwsError("InvalidPolicyDocument", f"Invalid Policy: {why}.", status=400)


def _tags(text: str) -> str:
    """A form gives tags as XML, a header as a query string."""
    try:
        sets = xml.parse(text.encode()).by_tag().get("TagSet", [])
    except Malformed as problem:
        raise AwsError("MalformedXML", str(problem), status=400) from problem
    pairs = [{child.tag: child.text for child in tag.children} for each in sets for tag in each.children]
    return urlencode([(pair.get("Key", ""), pair.get("Value", "")) for pair in pairs])


def read(request: Request) -> Upload:
    """The form of a request; AwsError where it is none. Fields after the file are ignored, as S3 does."""
    boundary = request.headers.get("content-type").partition("boundary=")[2].partition(";")[0].strip('"')
    parts = _Parts(request.body, b"\r\n--" + boundary.encode("latin-1"))
    fields: dict[str, str] = {}
    parts.copy(Spool())
    while boundary and parts.more():
        name, filename = parts.head()
        content = Spool()
        size = parts.copy(content)
        if name == "file":
            key = fields.get("key")
            if not key:
                raise _malformed("Bucket POST must contain a field named 'key'.")
            fields["key"] = key.replace("${filename}", filename)
            return Upload(fields, content, size)
        parts.spend(size)
        fields[name] = content.read().decode("utf-8", "replace")
    raise _malformed("POST requires exactly one file upload per request.")


def _malformed(message: str) -> AwsError:
    return AwsError("InvalidArgument", message, status=400)


class _Parts:
    """The parts of a multipart body, one after the other (RFC 7578)."""

    def __init__(self, source: Readable, mark: bytes) -> None:
        self.source = source
        self.mark = mark
        self.held = b"\r\n"
        self.spent = 0

    def more(self) -> bool:
        """Whether a part follows the boundary that was passed: not after the last one."""
        self._fill(2)
        following, self.held = self.held[:2], self.held[2:]
        return following == b"\r\n"

    def head(self) -> tuple[str, str]:
        """The name of a part in lower case, and of its file."""
        while b"\r\n\r\n" not in self.held:
            if len(self.held) > 8192 or not self._fill(len(self.held) + 1):
                raise AwsError(
                    "MalformedPOSTRequest",
                    "The body of your POST request is not well-formed multipart/form-data.",
                    status=400,
                )
        head, _, self.held = self.held.partition(b"\r\n\r\n")
        text = head.decode("utf-8", "replace")
        return _parameter(text, "name").lower(), _parameter(text, "filename")

    def copy(self, out: Spool) -> int:
        """Copy what stands before the next boundary, which is then passed; how much that was."""
        size = 0
        while self.mark not in self.held:
            keep = len(self.mark) - 1
            ready = self.held[:-keep] if len(self.held) > keep else b""
            out.write(ready)
            size += len(ready)
            self.held = self.held[len(ready) :]
            if not self._fill(len(self.held) + 1):
                break
        rest, _, self.held = self.held.partition(self.mark)
        out.write(rest)
        out.seek(0)
        return size + len(rest)

    def spend(self, size: int) -> None:
        self.spent += size
        if self.spent > MOST_FIELDS:
            raise AwsError(
                "MaxPostPreDataLengthExceeded",
                "Your POST request fields preceding the upload file were too large.",
                status=400,
            )

    def _fill(self, size: int) -> bool:
        """Hold at least `size` bytes, if there are so many."""
        while len(self.held) < size:
            piece = self.source.read(PIECE)
            if not piece:
                return False
            self.held += piece
        return True


def _parameter(head: str, name: str) -> str:
    """A parameter of Content-Disposition."""
    for part in head.replace("\r\n", ";").split(";"):
        key, _, value = part.strip().partition("=")
        if key.lower() == name:
            return value.strip().strip('"').rpartition("/")[2] if name == "filename" else value.strip().strip('"')
    return ""
