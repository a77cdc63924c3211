"""Server access logs: a line for each request to a bucket, delivered to another bucket within the hour.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/LogFormat.html
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from fakeaws.core.model.models import Operation
from fakeaws.core.pipeline import history
from fakeaws.core.pipeline.call import Call
from fakeaws.core.resources.caller import canonical_user, service_caller
from fakeaws.core.resources.places import counted
from fakeaws.core.store.tables import Resource
from fakeaws.core.tools.errors import AwsError
from fakeaws.core.tools.pace import pace
from fakeaws.services.s3.base import stored
from fakeaws.services.s3.buckets import settings

if TYPE_CHECKING:
    pass

Document = dict[str, Any]
DELIVERY = 3600
"""Seconds after which what was noted is delivered."""
RESOURCES = {
    "policy": "BUCKETPOLICY",
    "policyStatus": "POLICY_STATUS",
    "versions": "BUCKETVERSIONS",
    "logging": "LOGGING_STATUS",
    "requestPayment": "REQUEST_PAYMENT",
    "publicAccessBlock": "PUBLIC_ACCESS_BLOCK",
    "ownershipControls": "OWNERSHIP_CONTROLS",
    "delete": "MULTI_OBJECT_DELETE",
    "intelligent-tiering": "INTELLIGENT_TIERING",
    "object-lock": "OBJECT_LOCK_CONFIGURATION",
    "legal-hold": "OBJECT_LOCK_LEGALHOLD",
    "retention": "OBJECT_LOCK_RETENTION",
}
"""What the operation's name ends with, by the query parameter that names what it is about; else that in capitals."""
NAMES = {
    "CopyObject": "REST.COPY.OBJECT",
    "UploadPart": "REST.PUT.PART",
    "UploadPartCopy": "REST.COPY.PART",
    "ListParts": "REST.GET.UPLOAD",
    "CompleteMultipartUpload": "REST.POST.UPLOAD",
    "AbortMultipartUpload": "REST.DELETE.UPLOAD",
    "SelectObjectContent": "REST.SELECT.OBJECT",
}


def get_bucket_logging(call: Call) -> Document:
    found = stored.bucket(call)["settings"].get("Logging")
    return {"LoggingEnabled": found} if found else {}


def put_bucket_logging(call: Call) -> Document:
    """An empty status turns logging off; the target must be one's own bucket in the same region."""
    wanted = call["BucketLoggingStatus"].get("LoggingEnabled")
    if wanted is None:
        return settings.drop(call, "Logging")
    bucket = stored.bucket(call)
    _check_target(call, bucket, wanted)
    settings.put(call, "Logging", wanted)
    history.watch(call, watch)
    return {}


def _check_target(call: Call, bucket: Resource, wanted: Document) -> None:
    name = wanted["TargetBucket"]
    target = stored.find_bucket(call, name)
    if target is None or target.scope != bucket.scope:
        text = "The target bucket for logging does not exist"
        raise AwsError("InvalidTargetBucketForLogging", text, status=400, TargetBucket=name)
    if target["BucketRegion"] != bucket["BucketRegion"]:
        raise AwsError(
            "CrossLocationLoggingProhibitted",
            "Cross S3 location logging not allowed. ",
            status=403,
            TargetBucketLocation=target["BucketRegion"],
        )
    if wanted.get("TargetGrants") and target["ownership"] == "BucketOwnerEnforced":
        text = "The bucket that you are trying to set as target has ACLs disabled, target grants are not supported"
        raise AwsError("InvalidArgument", text, status=400)


# Noting


def watch(call: Call, answer: Document | None, error: AwsError | None) -> None:
    """Note a request to a bucket that has its requests logged."""
    bucket = stored.find_bucket(call, call["Bucket"]) if isinstance(call.get("Bucket"), str) else None
    if bucket is not None and "Logging" in bucket["settings"]:
        note(call, bucket, *_events(call, answer or {}, error))


def note(call: Call, bucket: Resource, *events: Document) -> None:
    """Keep the lines of what happened, if the bucket has that logged: `operation`, `key`, `status` and so on."""
    if "Logging" not in bucket["settings"]:
        return
    lines = stored.table(call, "LogLine")
    if next(lines.list(bucket.scope, bucket.key), None) is None:
        owner = call.of(account=bucket.scope[0], region=bucket["BucketRegion"])
        owner.at(call.now + DELIVERY * pace(), deliver, Bucket=bucket.key)
    for event in events:
        number = f"{counted(call, f's3 log {bucket.key}'):015d}"
        document = {"number": number, "at": call.now, "line": _line(call, bucket, event)}
        lines.keep(bucket.scope, bucket.key, number, document)


def _events(call: Call, answer: Document, error: AwsError | None) -> list[Document]:
    """What a request did, and for each key of a batch what became of it."""
    body = call.get("Body")
    sent = answer.get("ContentLength", 0) if call.operation.name == "GetObject" else 0
    whole = str(answer.get("ContentRange", "")).rpartition("/")[2]
    size = int(whole) if whole.isdecimal() else answer.get("ContentLength") or getattr(body, "size", None)
    status = (206 if whole else call.operation.http.get("responseCode", 200)) if error is None else error.status or 400
    event = {"operation": _name(call.operation), "key": call.get("Key"), "uri": _uri(call), "status": status}
    event |= {"error": error.code if error is not None else None, "sent": sent or None, "size": size}
    event["version"] = answer.get("VersionId") or call.get("VersionId")
    batch = {"operation": "BATCH.DELETE.OBJECT", "uri": event["uri"], "status": 204}
    deleted = [{**batch, "key": each["Key"], "version": each.get("VersionId")} for each in answer.get("Deleted", ())]
    return [event, *deleted]


def _name(operation: Operation) -> str:
    """`REST.GET.OBJECT`: method, and what the request is about."""
    if operation.name in NAMES:
        return NAMES[operation.name]
    path, _, query = str(operation.http["requestUri"]).partition("?")
    about = query.partition("&")[0]
    is_object = "{Key" in path
    if about and "=" not in about:
        what = RESOURCES.get(about, about.upper().replace("-", "_"))
        what = f"OBJECT_{what}" if is_object and about in ("tagging", "attributes") else what
    else:
        what = "OBJECT" if is_object else "BUCKET"
    return f"REST.{operation.http['method']}.{what}"


def _uri(call: Call) -> str:
    path, _, query = str(call.operation.http["requestUri"]).partition("?")
    key = f"/{quote(call['Key'])}" if "{Key" in path and call.get("Key") else ""
    about = query.partition("&")[0]
    shown = f"?{about}" if about and "=" not in about else ""
    return f"{call.operation.http['method']} /{call['Bucket']}{key}{shown} HTTP/1.1"


def _line(call: Call, bucket: Resource, event: Document) -> str:
    """One request as the log has it; what only a network connection would tell is a dash."""
    caller = call.caller
    is_root = caller.kind == "Root"
    requester = "-" if caller.unsigned else canonical_user(caller.account) if is_root else caller.arn
    moment = datetime.fromtimestamp(call.now, UTC).strftime("[%d/%b/%Y:%H:%M:%S +0000]")
    request, host = call.make("{hex16}").upper(), call.make("{mixed56}") + "="
    key = quote(event["key"], safe="/*!'()") if event.get("key") else "-"
    uri = f'"{event["uri"]}"' if "uri" in event else "-"
    figures = [event.get(name) for name in ("status", "error", "sent", "size")]
    shown = ["-" if value is None else str(value) for value in figures]
    fields = [canonical_user(bucket.scope[0]), bucket.key, moment, "127.0.0.1", requester, request, event["operation"]]
    fields += [key, uri, *shown, "1", "1", '"-"', '"-"', event.get("version") or "-", host]
    signed = ["-", "-"] if caller.unsigned or "uri" not in event else ["SigV4", "-"]
    auth = "-" if caller.unsigned else "AuthHeader"
    return " ".join([*fields, *signed, auth, f"s3.{bucket['BucketRegion']}.amazonaws.com", "-", "-", "-"])


# Delivering


def deliver(call: Call) -> None:
    """Put what was noted of a bucket's requests into its target bucket, in one object, or one for each day."""
    bucket = stored.find_bucket(call, call["Bucket"])
    if bucket is None:
        return
    table = stored.table(call, "LogLine")
    rows = list(table.list(bucket.scope, bucket.key))
    for row in rows:
        table.drop(row)
    wanted = bucket["settings"].get("Logging")
    if wanted is None or stored.find_bucket(call, wanted["TargetBucket"]) is None:
        return
    files: dict[str, list[str]] = {}
    for row in rows:
        files.setdefault(_folder(call, bucket, wanted, row["at"]), []).append(row["line"])
    caller = service_caller("logging.s3.amazonaws.com", bucket.scope[0], bucket["BucketRegion"])
    for folder, lines in files.items():
        body = "".join(f"{line}\n" for line in lines).encode()
        target = {"Bucket": wanted["TargetBucket"], "Key": folder + call.make("{hex16}").upper()}
        call.perform("s3", "PutObject", {**target, "Body": body, "ContentType": "text/plain"}, caller)


def _folder(call: Call, bucket: Resource, wanted: Document, at: float) -> str:
    """What the key of a log begins with: prefix and moment, with folders for source and date where that is wanted."""
    now = datetime.fromtimestamp(call.now, UTC)
    prefix = wanted.get("TargetPrefix") or ""
    parts = wanted.get("TargetObjectKeyFormat", {}).get("PartitionedPrefix")
    if parts is None:
        return prefix + now.strftime("%Y-%m-%d-%H-%M-%S-")
    if parts.get("PartitionDateSource") == "EventTime":
        now = datetime.fromtimestamp(at, UTC).replace(hour=0, minute=0, second=0)
    source = f"{bucket.scope[0]}/{bucket['BucketRegion']}/{bucket.key}/"
    return prefix + source + now.strftime("%Y/%m/%d/%Y-%m-%d-%H-%M-%S-")
