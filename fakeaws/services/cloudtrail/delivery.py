"""What a trail delivers to its bucket: log files every five minutes, and each hour a signed digest of them.

https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-examples.html
https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-validation-digest-file-structure.html
"""

from __future__ import annotations

import gzip
import hashlib
import json
from datetime import UTC, datetime
from typing import Any

from fakeaws.core.pipeline import clock
from fakeaws.core.pipeline.call import Call
from fakeaws.core.resources.caller import service_caller
from fakeaws.core.resources.places import store_of
from fakeaws.core.store.tables import Resource
from fakeaws.core.tools.errors import AwsError
from fakeaws.core.tools.pace import pace
from fakeaws.policies import advice, targets
from fakeaws.services.cloudtrail import keys, selection
from fakeaws.services.cloudtrail.records import record, stamp

Document = dict[str, Any]
EVERY = 300
DIGEST_EVERY = 3600
SOON = 0.001
"""The least until the next delivery, so that there is an end to those that are due."""
wants_data = selection.wants_data


def plan(call: Call, trail: Resource) -> None:
    """Have the trail deliver by and by, for as long as it logs."""
    now = max(call.now, clock.now(store_of(call)))
    call.of(account=trail.scope[0], region=trail.scope[1]).at(
        now + max(EVERY * pace(), SOON), deliver, Name=trail["Name"]
    )


def last(call: Call) -> int:
    """The number of the last call that was recorded in the account."""
    return next((number for number, *_ in store_of(call).recorded(call.account)), 0)


def deliver(call: Call) -> None:
    """The planned delivery of the trail that the payload names."""
    trail = call.find("Trail")
    if trail is not None and trail.get("logging"):
        deliver_now(call, trail)
        call.keep("Trail", trail)
        plan(call, trail)


def deliver_now(call: Call, trail: Resource) -> None:
    """Write what the trail has not delivered yet; what goes wrong is the trail's error, and tried again."""
    elsewhere = call.of(account=trail.scope[0], region=trail.scope[1])
    numbered = _new(elsewhere, trail)
    try:
        for region, events in sorted(_by_region(numbered).items()):
            _write_log(elsewhere, trail, region, events)
        if trail["LogFileValidationEnabled"] and int(call.now) >= int(trail["digested"] + DIGEST_EVERY * pace()):
            _write_digests(elsewhere, trail)
    except AwsError as refused:
        trail["error"] = refused.code
        return
    trail.pop("error", None)
    if numbered:
        trail["delivered"] = numbered[-1][0]


def _new(call: Call, trail: Resource) -> list[tuple[int, Document]]:
    """The records that the trail has to deliver, with their numbers, the oldest first."""
    found = []
    database, after = store_of(call), trail.get("delivered", 0)
    for number, at, event, _, region in database.recorded(call.account, after=after, until=call.now):
        again = advice.again_for(call, event, call.account, region)
        if selection.is_data(event):
            event["on"] = [target.resource for target in targets.targets(again)]
        shown = record(call.account, number, at, event, region)
        if selection.is_wanted(trail, shown, event):
            found.append((number, shown))
    return found[::-1]


def _by_region(numbered: list[tuple[int, Document]]) -> dict[str, list[Document]]:
    found: dict[str, list[Document]] = {}
    for _, event in numbered:
        found.setdefault(event["awsRegion"], []).append(event)
    return found


def folder(prefix: str, account: str, what: str) -> str:
    """Where a trail's files of a sort stand in its bucket."""
    return f"{prefix}/AWSLogs/{account}/{what}".lstrip("/")


def _key(call: Call, trail: Resource, what: str, region: str, name: str) -> str:
    day = datetime.fromtimestamp(call.now, UTC).strftime("%Y/%m/%d")
    place = folder(trail.get("S3KeyPrefix", ""), call.account, what)
    return f"{place}/{region}/{day}/{call.account}_{what}_{region}_{name}"


def _write_log(call: Call, trail: Resource, region: str, events: list[Document]) -> None:
    minute = datetime.fromtimestamp(call.now, UTC).strftime("%Y%m%dT%H%MZ")
    key = _key(call, trail, "CloudTrail", region, f"{minute}_{call.make('{mixed16}')}.json.gz")
    text = json.dumps({"Records": events}, separators=(",", ":")).encode()
    _put(call, trail, key, text, {})
    trail["latest"] = call.now
    entry = {
        "s3Bucket": trail["S3BucketName"],
        "s3Object": key,
        "hashValue": hashlib.sha256(text).hexdigest(),
        "hashAlgorithm": "SHA-256",
        "newestEventTime": max(event["eventTime"] for event in events),
        "oldestEventTime": min(event["eventTime"] for event in events),
    }
    trail.setdefault("undigested", {}).setdefault(region, []).append(entry)


def _write_digests(call: Call, trail: Resource) -> None:
    """A digest a region, each of which has the hash and the signature of the one before it."""
    files = trail.pop("undigested", {})
    chains = trail.setdefault("chains", {})
    for region in sorted({*files, *chains, trail["HomeRegion"]}):
        chains[region] = _write_digest(call, trail, region, files.get(region, []), chains.get(region))
    trail.update(digested=call.now, digest=call.now)


def _write_digest(call: Call, trail: Resource, region: str, files: list[Document], before: Document | None) -> Document:
    end = stamp(call.now)
    name = f"{trail['Name']}_{trail['HomeRegion']}_{end.replace('-', '').replace(':', '')}.json.gz"
    key, bucket = _key(call, trail, "CloudTrail-Digest", region, name), trail["S3BucketName"]
    times = [(entry["newestEventTime"], entry["oldestEventTime"]) for entry in files]
    before = before or {}
    digest = {
        "awsAccountId": call.account,
        "digestStartTime": stamp(trail["digested"]),
        "digestEndTime": end,
        "digestS3Bucket": bucket,
        "digestS3Object": key,
        "digestPublicKeyFingerprint": keys.fingerprint(call, region),
        "digestSignatureAlgorithm": "SHA256withRSA",
        "newestEventTime": max((newest for newest, _ in times), default=None),
        "oldestEventTime": min((oldest for _, oldest in times), default=None),
        "previousDigestS3Bucket": before.get("bucket"),
        "previousDigestS3Object": before.get("key"),
        "previousDigestHashValue": before.get("hash"),
        "previousDigestHashAlgorithm": "SHA-256" if before else None,
        "previousDigestSignature": before.get("signature"),
        "logFiles": files,
    }
    text = json.dumps(digest, separators=(",", ":")).encode()
    digested = hashlib.sha256(text).hexdigest()
    signed = "\n".join([end, f"{bucket}/{key}", digested, before.get("signature") or "null"])
    signature = keys.signature(call, region, signed.encode())
    _put(call, trail, key, text, {"signature": signature, "signature-algorithm": "SHA256withRSA"})
    return {"bucket": bucket, "key": key, "hash": digested, "signature": signature}


def _put(call: Call, trail: Resource, key: str, text: bytes, metadata: dict[str, str]) -> None:
    service = service_caller("cloudtrail.amazonaws.com", call.account, trail["HomeRegion"])
    packed = gzip.compress(text, mtime=int(call.now))
    given = {"Bucket": trail["S3BucketName"], "Key": key, "Body": packed, "Metadata": metadata}
    types = {"ContentType": "application/json", "ContentEncoding": "gzip", "ACL": "bucket-owner-full-control"}
    call.perform("s3", "PutObject", {**given, **types}, service)
