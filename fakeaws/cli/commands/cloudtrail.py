"""`cloudtrail validate-logs`: whether the log files of a trail are as delivered."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from fakeaws.cli.arguments.parser import Option, parse_command
from fakeaws.cli.arguments.validation import moment
from fakeaws.cli.calls.client import Client, client_for
from fakeaws.cli.commands._s3.places import contents
from fakeaws.cli.errors import CliError, GeneralError, ServiceError
from fakeaws.cli.profile.signing import now

if TYPE_CHECKING:
    from fakeaws.cli.invocation import Globals, Perform, Streams

Document = dict[str, Any]

OPTIONS = (
    Option("--trail-arn", required=True),
    Option("--start-time", required=True),
    Option("--end-time"),
    Option("--s3-bucket"),
    Option("--s3-prefix"),
    Option("--account-id"),
    Option("--verbose", nargs=0, default=False),
)
ARN = re.compile(r"arn:.+:cloudtrail:.+:\d{12}:trail/.+")


class _Invalid(Exception):
    """An invalid digest file; the message says why."""


def validate_logs(argv: list[str], options: Globals, streams: Streams, perform: Perform) -> int:
    """Validates CloudTrail log files against the signed digests that were delivered with them."""
    given = parse_command(OPTIONS, argv)
    if not ARN.fullmatch(given["trail_arn"]):
        raise GeneralError(f"Invalid trail ARN provided: {given['trail_arn']}")
    start = _moment(given["start_time"])
    end = _moment(given["end_time"]) if given["end_time"] else now()
    if start > end:
        raise CliError("Invalid time range specified: start-time must occur before end-time")
    check = _Check(given, client_for(perform, options, streams), streams)
    check.run(start, end)
    return 1 if check.invalid["digest"] or check.invalid["log"] else 0


def _moment(text: str) -> datetime:
    found = moment(text)
    if found is None:
        raise GeneralError(f"Unable to parse date value: {text}")
    return found


def _shown(time: datetime) -> str:
    return time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class _Check:
    """Goes back from the last digest to the first, each of which signs the one before it."""

    def __init__(self, given: Document, client: Client, streams: Streams) -> None:
        self._given = given
        self._client = client
        self._out = streams.stdout
        self.valid = {"digest": 0, "log": 0}
        self.invalid = {"digest": 0, "log": 0}
        self._found: list[datetime] = []

    def run(self, start: datetime, end: datetime) -> None:
        arn = self._given["trail_arn"]
        self._out.write(f"Validating log files for trail {arn} between {_shown(start)} and {_shown(end)}\n\n")
        bucket, prefix = self._place(arn)
        keys = self._public_keys(start, end)
        for key in reversed([key for key in self._digests(bucket, prefix) if _within(key, start, end)]):
            try:
                digest = self._digest(bucket, key, keys)
            except _Invalid as error:
                self._report("digest", False, f"Digest file\ts3://{bucket}/{key}\tINVALID: {error}")
                continue
            self._report("digest", True, f"Digest file\ts3://{bucket}/{key}\tvalid")
            self._found += [_moment(digest["digestStartTime"]), _moment(digest["digestEndTime"])]
            for log in digest.get("logFiles", ()):
                self._check_log(log)
        self._summarize(start, end)

    def _place(self, arn: str) -> tuple[str, str]:
        """The bucket, and the prefix of the digests' keys."""
        bucket, prefix = self._given["s3_bucket"], self._given["s3_prefix"]
        if not bucket:
            trails = self._client("cloudtrail", "DescribeTrails", {"trailNameList": [arn]}).get("trailList", [])
            trail = next((trail for trail in trails if trail.get("TrailARN") == arn), None)
            if trail is None:
                raise GeneralError(f"A trail could not be found for {arn}")
            bucket, prefix = trail["S3BucketName"], trail.get("S3KeyPrefix")
        account = self._given["account_id"] or arn.split(":")[4]
        region = self._client.profile.need_region()
        before = f"{prefix}/" if prefix else ""
        return bucket, f"{before}AWSLogs/{account}/CloudTrail-Digest/{region}/"

    def _digests(self, bucket: str, prefix: str) -> Iterator[str]:
        name = self._given["trail_arn"].rpartition("/")[2]
        found = (entry["Key"] for entry in contents(self._client, bucket, prefix))
        return (key for key in found if f"_{name}_" in key and key.endswith(".json.gz"))

    def _public_keys(self, start: datetime, end: datetime) -> Document:
        params = {"StartTime": start, "EndTime": end}
        answer = self._client("cloudtrail", "ListPublicKeys", params)
        return {key["Fingerprint"]: key["Value"] for key in answer.get("PublicKeyList", ())}

    def _digest(self, bucket: str, key: str, keys: Document) -> Document:
        try:
            answer = self._client("s3", "GetObject", {"Bucket": bucket, "Key": key})
        except ServiceError as error:
            raise _Invalid("not found") from error
        try:
            text = zlib.decompress(answer["Body"].read(), zlib.MAX_WBITS | 16)
            digest: Document = json.loads(text)
        except (ValueError, zlib.error) as error:
            raise _Invalid("invalid format") from error
        if (digest.get("digestS3Bucket"), digest.get("digestS3Object")) != (bucket, key):
            raise _Invalid("has been moved from its original location")
        signature = answer.get("Metadata", {}).get("signature", "")
        fingerprint = digest.get("digestPublicKeyFingerprint")
        if fingerprint not in keys:
            region = self._client.profile.region
            raise _Invalid(f"public key not found in region {region} for fingerprint {fingerprint}")
        _verify(keys[fingerprint], signature, _signed_text(digest, text))
        return digest

    def _check_log(self, log: Document) -> None:
        name = f"Log file\ts3://{log['s3Bucket']}/{log['s3Object']}"
        try:
            body = self._client("s3", "GetObject", {"Bucket": log["s3Bucket"], "Key": log["s3Object"]})["Body"]
            text = zlib.decompress(body.read(), zlib.MAX_WBITS | 16)
        except ServiceError:
            self._report("log", False, f"{name}\tINVALID: not found")
        except zlib.error:
            self._report("log", False, f"{name}\tINVALID: invalid format")
        else:
            same = hashlib.sha256(text).hexdigest() == log["hashValue"]
            self._report("log", same, f"{name}\t" + ("valid" if same else "INVALID: hash value doesn't match"))

    def _report(self, kind: str, is_valid: bool, text: str) -> None:
        (self.valid if is_valid else self.invalid)[kind] += 1
        if not is_valid or self._given["verbose"]:
            self._out.write(text + ("\n" if is_valid else "\n\n"))

    def _summarize(self, start: datetime, end: datetime) -> None:
        self._out.write(f"Results requested for {_shown(start)} to {_shown(end)}\n")
        if not any(self.valid.values()) and not any(self.invalid.values()):
            self._out.write("No digests found\n")
            return
        if self._found:
            self._out.write(f"Results found for {_shown(min(self._found))} to {_shown(max(self._found))}:\n")
        else:
            self._out.write("No valid digests found in range\n")
        for kind in ("digest", "log"):
            total = self.valid[kind] + self.invalid[kind]
            if total:
                self._out.write(f"\n{self.valid[kind]}/{total} {kind} files valid")
            if self.invalid[kind]:
                self._out.write(f", {self.invalid[kind]}/{total} {kind} files INVALID")
        self._out.write("\n")


def _within(key: str, start: datetime, end: datetime) -> bool:
    found = re.search(r"(\d{8}T\d{6})Z\.json\.gz$", key)
    return found is not None and f"{start:%Y%m%dT%H%M%S}" <= found[1] <= f"{end:%Y%m%dT%H%M%S}"


def _signed_text(digest: Document, text: bytes) -> bytes:
    """What a digest's signature is of: its end, its place, its hash and the signature of the one before."""
    lines = (
        digest["digestEndTime"],
        f"{digest['digestS3Bucket']}/{digest['digestS3Object']}",
        hashlib.sha256(text).hexdigest(),
        digest.get("previousDigestSignature") or "null",
    )
    return "\n".join(lines).encode()


def _verify(key: bytes | str, signature: str, text: bytes) -> None:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import padding, rsa

    der = base64.b64decode(key) if isinstance(key, str) else key
    try:
        public = serialization.load_der_public_key(der)
        assert isinstance(public, rsa.RSAPublicKey)
        public.verify(bytes.fromhex(signature), text, padding.PKCS1v15(), hashes.SHA256())
    except (ValueError, InvalidSignature) as error:
        raise _Invalid("signature verification failed") from error


SUBCOMMANDS = {"validate-logs": validate_logs}
