"""Requests signed as AWS's documentation says, but for what a case changes, sent to servers that verify."""

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

from fakeaws.wire.server.app import App
from fakeaws.wire.signatures import signature_v4a
from tests.wire.served import Guarded
from tests.wire.server.test_app import Answer, call

HOST = "localhost:4566"
EMPTY = hashlib.sha256(b"").hexdigest()


Sent = tuple[str, str, dict[str, str], bytes]
"""Method, target, headers and body."""


class Key(NamedTuple):
    access_key: str
    secret: str
    token: str = ""


class Signer:
    """Signs as AWS's documentation says, but for what a case changes."""

    def __init__(self, key: Key, service: str = "s3", **changed: Any) -> None:
        self.key = key
        self.service = service
        self.now = datetime.now(UTC) + changed.pop("later", timedelta())
        self.region = changed.pop("region", "us-east-1")
        self.date = changed.pop("date", f"{self.now:%Y%m%d}")
        self.terminator = changed.pop("terminator", "aws4_request")
        self.algorithm = changed.pop("algorithm", "AWS4-HMAC-SHA256")
        self.changed = changed

    @property
    def scope(self) -> str:
        place = () if self.algorithm == signature_v4a.ALGORITHM else (self.region,)
        return "/".join((self.date, *place, self.service, self.terminator))

    def signature(self, text: str) -> str:
        if self.algorithm == signature_v4a.ALGORITHM:
            from cryptography.hazmat.primitives import hashes
            from cryptography.hazmat.primitives.asymmetric import ec

            key = signature_v4a.key_of(self.key.access_key, self.key.secret)
            return key.sign(text.encode(), ec.ECDSA(hashes.SHA256())).hex()
        found = ("AWS4" + self.key.secret).encode()
        for part in (self.date, self.region, self.service, self.terminator):
            found = hmac.new(found, part.encode(), hashlib.sha256).digest()
        return hmac.new(found, text.encode(), hashlib.sha256).hexdigest()

    def sign(self, method: str, path: str, query: str, headers: dict[str, str], names: list[str], payload: str) -> str:
        lines = "".join(f"{name}:{headers[name]}\n" for name in names)
        pairs = sorted(tuple(pair.partition("=")[::2]) for pair in query.split("&") if pair)
        ordered = "&".join(f"{name}={value}" for name, value in pairs)
        canonical = "\n".join((method, path, ordered, lines, ";".join(names), payload))
        digest = hashlib.sha256(canonical.encode()).hexdigest()
        return self.signature(f"{self.algorithm}\n{self.now:%Y%m%dT%H%M%SZ}\n{self.scope}\n{digest}")


def by_header(
    signer: Signer, method: str, path: str, body: bytes = b"", unsigned: tuple[str, ...] = (), **headers: str
) -> dict[str, str]:
    """The headers of a signed request. `unsigned` are left out of the signature."""
    path, _, query = path.partition("?")
    payload = headers.pop("payload", hashlib.sha256(body).hexdigest())
    sent = {"host": HOST, "x-amz-date": f"{signer.now:%Y%m%dT%H%M%SZ}", "x-amz-content-sha256": payload}
    if signer.key.token:
        sent["x-amz-security-token"] = signer.key.token
    if signer.algorithm == signature_v4a.ALGORITHM:
        sent["x-amz-region-set"] = "*"
    sent |= {name.replace("_", "-"): value for name, value in headers.items()}
    names = sorted(name for name in sent if name not in unsigned)
    signature = signer.sign(method, path, query, sent, names, payload)
    sent["authorization"] = (
        f"{signer.algorithm} Credential={signer.key.access_key}/{signer.scope}, "
        f"SignedHeaders={';'.join(names)}, Signature={signature}"
    )
    return {**sent, "content-length": str(len(body))} if body else sent


def by_query(signer: Signer, method: str, path: str, expires: str = "300", without: str = "", payload: str = "") -> str:
    """A presigned target; `without` the parameter of that name."""
    arguments = {
        "X-Amz-Algorithm": signer.algorithm,
        "X-Amz-Credential": f"{signer.key.access_key}/{signer.scope}",
        "X-Amz-Date": signer.changed.get("moment", f"{signer.now:%Y%m%dT%H%M%SZ}"),
        "X-Amz-Expires": expires,
        "X-Amz-SignedHeaders": "host",
    }
    if signer.key.token:
        arguments["X-Amz-Security-Token"] = signer.key.token
    arguments.pop(without, None)
    query = "&".join(f"{name}={quote(value, safe='-_.~')}" for name, value in arguments.items())
    path, _, own = path.partition("?")
    query = f"{own}&{query}" if own else query
    signature = signer.sign(method, path, query, {"host": HOST}, ["host"], payload or "UNSIGNED-PAYLOAD")
    return f"{path}?{query}" if without == "X-Amz-Signature" else f"{path}?{query}&X-Amz-Signature={signature}"


class World:
    """A served cloud with a key of each kind: root's, a user's, a session's."""

    def __init__(self, folder: Path) -> None:
        self.guarded = Guarded(folder, "http://evil.example")
        iam = self.guarded.session.client("iam")
        iam.create_user(UserName="ann")
        made = iam.create_access_key(UserName="ann")["AccessKey"]
        trust = {"Statement": [{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}]}
        role = iam.create_role(RoleName="r", AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", **trust}))
        sts = self.guarded.session.client("sts")
        taken = sts.assume_role(RoleArn=role["Role"]["Arn"], RoleSessionName="one")["Credentials"]
        other = sts.assume_role(RoleArn=role["Role"]["Arn"], RoleSessionName="two")["Credentials"]
        root = self.guarded.session.get_credentials()
        self.keys = {
            "root": Key(root.access_key, root.secret_key),
            "user": Key(made["AccessKeyId"], made["SecretAccessKey"]),
            "session": Key(taken["AccessKeyId"], taken["SecretAccessKey"], taken["SessionToken"]),
        }
        self.other_token = other["SessionToken"]
        self.app = App(self.guarded.cloud, verify=True)

    def ask(self, method: str, target: str, headers: dict[str, str], body: bytes = b"") -> Answer:
        return call(self.app, method, target, {"host": HOST, **headers}, body)


SQS = {"x_amz_target": "AmazonSQS.ListQueues", "content_type": "application/x-amz-json-1.0"}
STS = "/?Action=GetCallerIdentity&Version=2011-06-15"


def get(key: Key, **changed: Any) -> Sent:
    return "GET", "/private/secret.txt", by_header(Signer(key, **changed), "GET", "/private/secret.txt"), b""


def put(key: Key, unsigned: tuple[str, ...] = (), **headers: str) -> Sent:
    signed = by_header(Signer(key), "PUT", "/private/new", b"hello", unsigned, **headers)
    return "PUT", "/private/new", signed, b"hello"


def sqs(key: Key, unsigned: tuple[str, ...] = (), **changed: Any) -> Sent:
    signer = Signer(key, **{"service": "sqs", **changed})
    return "POST", "/", by_header(signer, "POST", "/", b"{}", unsigned, **SQS), b"{}"


def sts(key: Key, **changed: Any) -> Sent:
    return "GET", STS, by_header(Signer(key, **{"service": "sts", **changed}), "GET", STS), b""


def presigned(key: Key, expires: str = "300", without: str = "", **changed: Any) -> Sent:
    signer = Signer(key, **changed)
    return "GET", by_query(signer, "GET", "/private/secret.txt", expires, without), {}, b""


def presigned_sts(key: Key, expires: str = "60", without: str = "", **changed: Any) -> Sent:
    signer = Signer(key, "sts", **changed)
    return "GET", by_query(signer, "GET", STS, expires, without, EMPTY), {}, b""


def presigned_put(key: Key, **headers: str) -> Sent:
    target = by_query(Signer(key), "PUT", "/private/copied")
    return "PUT", target, {name.replace("_", "-"): value for name, value in headers.items()}, b""


def without(sent: Sent, pattern: str, by: str = "", header: str = "authorization") -> Sent:
    """A request whose header (`authorization`) was changed after signing."""
    headers = {**sent[2], header: re.sub(pattern, by, sent[2].get(header, ""))}
    return sent[0], sent[1], {name: value for name, value in headers.items() if value}, sent[3]


def chunked(
    key: Key, change: Callable[[bytes], bytes] = lambda body: body, said: str = "5", algorithm: str = ""
) -> Sent:
    """An upload in signed chunks with a signed trailer; `change` is made to what is sent."""
    signer = Signer(key, algorithm=algorithm or "AWS4-HMAC-SHA256")
    more = {"content_encoding": "aws-chunked", "x_amz_decoded_content_length": said}
    more |= {"x_amz_trailer": "x-amz-checksum-crc32", "payload": f"STREAMING-{signer.algorithm}-PAYLOAD-TRAILER"}
    headers = by_header(signer, "PUT", "/private/chunked", **more)
    before = f"\n{signer.now:%Y%m%dT%H%M%SZ}\n{signer.scope}\n"
    previous = headers["authorization"].rpartition("=")[2]
    body = b""
    for piece in (b"hello", b""):
        hashes = f"{EMPTY}\n{hashlib.sha256(piece).hexdigest()}"
        previous = signer.signature(f"{signer.algorithm}-PAYLOAD{before}{previous}\n{hashes}")
        body += f"{len(piece):x};chunk-signature={previous}\r\n".encode() + piece + (b"\r\n" if piece else b"")
    trailer = "x-amz-checksum-crc32:NhCmhg==\n"
    signature = signer.signature(
        f"{signer.algorithm}-TRAILER{before}{previous}\n{hashlib.sha256(trailer.encode()).hexdigest()}"
    )
    body += trailer.strip().encode() + f"\r\nx-amz-trailer-signature:{signature}\r\n\r\n".encode()
    body = change(body)
    return "PUT", "/private/chunked", {**headers, "content-length": str(len(body))}, body


def old(key: Key, expires: str | None = None, date: str | None = None, resource: str = "/private/secret.txt") -> Sent:
    """Signature Version 2 of S3: in the query string with `expires`, else in a header with `date`."""
    moment = expires if expires is not None else date if date is not None else format_datetime(datetime.now(UTC))
    token = f"x-amz-security-token:{key.token}\n" if key.token else ""
    text = f"GET\n\n\n{moment}\n{token}{resource}"
    signature = base64.b64encode(hmac.new(key.secret.encode(), text.encode(), hashlib.sha1).digest()).decode()
    if expires is None:
        sent = {"date": moment, "authorization": f"AWS {key.access_key}:{signature}"}
        sent |= {"x-amz-security-token": key.token} if key.token else {}
        return "GET", "/private/secret.txt", {name: value for name, value in sent.items() if value}, b""
    query = f"AWSAccessKeyId={key.access_key}&Signature={quote(signature, safe='')}"
    query += f"&Expires={quote(expires)}" if expires else ""
    query += f"&x-amz-security-token={quote(key.token, safe='')}" if key.token else ""
    return "GET", f"/private/secret.txt?{query}", {}, b""


def old_query(key: Key, method: str = "HmacSHA256", later: timedelta = timedelta(), tamper: str = "") -> Sent:
    """Signature Version 2 of the query APIs."""
    arguments = {
        "Action": "ListDomains",
        "Version": "2009-04-15",
        "AWSAccessKeyId": key.access_key,
        "SignatureVersion": "2",
        "SignatureMethod": method,
        "Timestamp": f"{datetime.now(UTC) + later:%Y-%m-%dT%H:%M:%SZ}",
    }
    if key.token:
        arguments["SecurityToken"] = key.token
    query = "&".join(f"{name}={quote(value, safe='-_.~')}" for name, value in sorted(arguments.items()))
    hashing = hashlib.sha1 if method == "HmacSHA1" else hashlib.sha256
    digest = hmac.new(key.secret.encode(), f"POST\n{HOST}\n/\n{query}".encode(), hashing).digest()
    body = f"{query}&Signature={quote(base64.b64encode(digest).decode(), safe='')}{tamper}".encode()
    headers = {"content-type": "application/x-www-form-urlencoded", "content-length": str(len(body))}
    return "POST", "/", headers, body


def soon(seconds: int) -> str:
    return str(int(datetime.now(UTC).timestamp()) + seconds)
