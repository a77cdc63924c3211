"""Event notifications: what happens to objects, sent to queues, topics, functions and EventBridge.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from itertools import combinations
from typing import Any
from urllib.parse import quote_plus

from fakeaws.core.pipeline.call import Call
from fakeaws.core.resources.caller import Caller, canonical_user
from fakeaws.core.store.tables import Resource
from fakeaws.core.tools import arns
from fakeaws.core.tools.errors import AwsError
from fakeaws.services.s3.base import stored

Document = dict[str, Any]
KINDS = {
    "TopicConfigurations": ("TopicArn", "sns"),
    "QueueConfigurations": ("QueueArn", "sqs"),
    "LambdaFunctionConfigurations": ("LambdaFunctionArn", "lambda"),
}
UNHEARD = {
    "sqs": "The destination queue does not exist",
    "sns": "The destination topic does not exist",
    "lambda": "Not authorized to invoke function [{arn}]",
}
"""What is said of a destination that takes no test event."""
DETAIL_TYPES = {
    "ObjectCreated": "Object Created",
    "ObjectRemoved": "Object Deleted",
    "ObjectRestore:Post": "Object Restore Initiated",
    "ObjectRestore:Completed": "Object Restore Completed",
    "ObjectRestore:Delete": "Object Restore Expired",
    "ObjectTagging:Put": "Object Tags Added",
    "ObjectTagging:Delete": "Object Tags Deleted",
    "ObjectAcl:Put": "Object ACL Updated",
    "LifecycleExpiration": "Object Deleted",
    "LifecycleTransition": "Object Storage Class Changed",
}
REASONS = {
    "ObjectCreated:Put": "PutObject",
    "ObjectCreated:Post": "POST Object",
    "ObjectCreated:Copy": "CopyObject",
    "ObjectCreated:CompleteMultipartUpload": "CompleteMultipartUpload",
    "ObjectRemoved:Delete": "DeleteObject",
    "ObjectRemoved:DeleteMarkerCreated": "DeleteObject",
    "LifecycleExpiration:Delete": "Lifecycle Expiration",
    "LifecycleExpiration:DeleteMarkerCreated": "Lifecycle Expiration",
}


def get_bucket_notification_configuration(call: Call) -> Document:
    found: Document = stored.bucket(call)["settings"].get("Notification", {})
    return found


def put_bucket_notification_configuration(call: Call) -> Document:
    """Queues and topics are sent a test event, so a destination that is not there is refused."""
    bucket = stored.bucket(call)
    wanted: Document = {}
    for member, (arn, _) in KINDS.items():
        configurations = call["NotificationConfiguration"].get(member)
        if configurations:
            wanted[member] = [_checked(call, each, arn) for each in configurations]
    _check_overlap([each for configurations in wanted.values() for each in configurations])
    if "EventBridgeConfiguration" in call["NotificationConfiguration"]:
        wanted["EventBridgeConfiguration"] = {}
    if not call.get("SkipDestinationValidation"):
        for member, (arn, service) in KINDS.items():
            for each in wanted.get(member, ()):
                _test(call, bucket, each[arn], service)
    bucket["settings"]["Notification"] = wanted
    stored.save_bucket(call, bucket)
    return {}


def _checked(call: Call, given: Document, arn: str) -> Document:
    if arns.parsed(given.get(arn, "")) is None:
        name = {"LambdaFunctionArn": "CloudFunction", "QueueArn": "Queue", "TopicArn": "Topic"}[arn]
        raise stored.invalid("The ARN could not be parsed", name, given.get(arn))
    rules = given.get("Filter", {}).get("Key", {}).get("FilterRules", [])
    for rule in rules:
        if rule.get("Name", "").lower() not in ("prefix", "suffix") or "Value" not in rule:
            raise stored.invalid(
                "filter rule name must be either prefix or suffix", "FilterRule.Name", rule.get("Name")
            )
    for event in given["Events"]:
        if not event.startswith("s3:"):
            raise stored.malformed()
    found = {"Id": given.get("Id") or call.make("{uuid}"), arn: given[arn], "Events": given["Events"]}
    if rules:
        shown = [{"Name": rule["Name"].capitalize(), "Value": rule["Value"]} for rule in rules]
        found["Filter"] = {"Key": {"FilterRules": shown}}
    return found


def _check_overlap(configurations: list[Document]) -> None:
    """One event of one object is sent to one destination."""
    for one, other in combinations(configurations, 2):
        (prefix, suffix), (begin, end) = _affixes(one), _affixes(other)
        events = [(a, b) for a in one["Events"] for b in other["Events"]]
        shares = any(a.startswith(b.rstrip("*")) or b.startswith(a.rstrip("*")) for a, b in events)
        begins = prefix.startswith(begin) or begin.startswith(prefix)
        if shares and begins and (suffix.endswith(end) or end.endswith(suffix)):
            text = (
                "Configuration is ambiguously defined. Cannot have overlapping suffixes in two rules if the prefixes"
                " are overlapping for the same event type."
            )
            raise AwsError("InvalidArgument", text, status=400)


def _affixes(configuration: Document) -> tuple[str, str]:
    rules = configuration.get("Filter", {}).get("Key", {}).get("FilterRules", ())
    found = {rule["Name"]: rule["Value"] for rule in rules}
    return found.get("Prefix", ""), found.get("Suffix", "")


def _test(call: Call, bucket: Resource, arn: str, service: str) -> None:
    event = {
        "Service": "Amazon S3",
        "Event": "s3:TestEvent",
        "Time": _moment(call.now),
        "Bucket": bucket.key,
        "RequestId": call.make("{hex16}").upper(),
        "HostId": call.make("{mixed56}"),
    }
    if service == "lambda":
        is_there = _is_told(call, "lambda", "GetFunction", {"FunctionName": arn}, arn)
    else:
        is_there = _deliver(call, service, arn, event)
    if not is_there:
        raise AwsError(
            "InvalidArgument",
            "Unable to validate the following destination configurations",
            status=400,
            ArgumentName1=f"{arn}, null",
            ArgumentValue1=UNHEARD[service].format(arn=arn),
        )


def send(call: Call, bucket: Resource, event: str, found: Document) -> None:
    """Tell of an event (`ObjectCreated:Put`) those whom the configuration names; it is no error if none hears."""
    from fakeaws.services.s3.rules import replication

    replication.carry_out(call, bucket, event, found)
    wanted = bucket["settings"].get("Notification")
    if not wanted:
        return
    for member, (arn, service) in KINDS.items():
        for each in wanted.get(member, ()):
            if _is_meant(each, f"s3:{event}", found["Key"]):
                records = {"Records": [_record(call, bucket, event, found, each["Id"])]}
                _deliver(call, service, each[arn], records)
    if "EventBridgeConfiguration" in wanted:
        _put_event(call, bucket, event, found)


def _is_meant(configuration: Document, event: str, key: str) -> bool:
    if not any(
        event == each or (each.endswith("*") and event.startswith(each[:-1])) for each in configuration["Events"]
    ):
        return False
    for rule in configuration.get("Filter", {}).get("Key", {}).get("FilterRules", ()):
        fits = key.startswith(rule["Value"]) if rule["Name"] == "Prefix" else key.endswith(rule["Value"])
        if not fits:
            return False
    return True


def _record(call: Call, bucket: Resource, event: str, found: Document, identity: str) -> Document:
    what: Document = {"key": quote_plus(found["Key"], safe="/")}
    if "Size" in found:
        what |= {"size": found["Size"], "eTag": found["ETag"].strip('"')}
    what |= {f"{name[0].lower()}{name[1:]}": value for name, value in stored.shown_version(bucket, found).items()}
    what["sequencer"] = f"{int(call.now * 1_000_000):016X}"
    owner = {"principalId": canonical_user(bucket.scope[0])[:14].upper()}
    return {
        "eventVersion": "2.1",
        "eventSource": "aws:s3",
        "awsRegion": bucket["BucketRegion"],
        "eventTime": _moment(call.now),
        "eventName": event,
        "userIdentity": {"principalId": f"AWS:{call.caller.user_id}"},
        "requestParameters": {"sourceIPAddress": "127.0.0.1"},
        "responseElements": {"x-amz-request-id": call.make("{hex16}").upper(), "x-amz-id-2": call.make("{mixed56}")},
        "s3": {
            "s3SchemaVersion": "1.0",
            "configurationId": identity,
            "bucket": {"name": bucket.key, "ownerIdentity": owner, "arn": f"arn:aws:s3:::{bucket.key}"},
            "object": what,
        },
    }


def _put_event(call: Call, bucket: Resource, event: str, found: Document) -> None:
    what = {"key": found["Key"], "sequencer": f"{int(call.now * 1_000_000):016X}"}
    if "Size" in found:
        what |= {"size": found["Size"], "etag": found["ETag"].strip('"')}
    if stored.is_versioned(bucket):
        what["version-id"] = found["VersionId"]
    detail: Document = {
        "version": "0",
        "bucket": {"name": bucket.key},
        "object": what,
        "request-id": call.make("{hex16}").upper(),
        "requester": bucket.scope[0],
        "source-ip-address": "127.0.0.1",
    }
    if event in REASONS:
        detail["reason"] = REASONS[event]
    kind = DETAIL_TYPES.get(event) or DETAIL_TYPES.get(event.partition(":")[0], event)
    if kind == "Object Deleted":
        made_marker = event.endswith("DeleteMarkerCreated")
        detail["deletion-type"] = "Delete Marker Created" if made_marker else "Permanently Deleted"
    entry = {
        "Source": "aws.s3",
        "DetailType": kind,
        "Detail": json.dumps(detail),
        "Resources": [f"arn:aws:s3:::{bucket.key}"],
        "Time": call.now,
    }
    where = f"arn:aws:events:{bucket['BucketRegion']}:{bucket.scope[0]}:event-bus/default"
    _is_told(call, "events", "PutEvents", {"Entries": [entry]}, where)


def _deliver(call: Call, service: str, arn: str, event: Document) -> bool:
    """Hand an event over; False where nobody takes it."""
    text = json.dumps(event)
    parts = arns.parsed(arn)
    if parts is not None and service == "sqs":
        url = f"https://sqs.{parts.region}.amazonaws.com/{parts.account}/{parts.resource}"
        return _is_told(call, "sqs", "SendMessage", {"QueueUrl": url, "MessageBody": text}, arn)
    if service == "sns":
        subject = "Amazon S3 Notification"
        return _is_told(call, "sns", "Publish", {"TopicArn": arn, "Message": text, "Subject": subject}, arn)
    params = {"FunctionName": arn, "InvocationType": "Event", "Payload": text.encode()}
    return _is_told(call, "lambda", "Invoke", params, arn)


def _is_told(call: Call, service: str, operation: str, params: Document, arn: str) -> bool:
    parts = arns.parsed(arn)
    if parts is None:
        return False
    caller = Caller(parts.account, parts.region, "AWSService", "s3.amazonaws.com", "s3.amazonaws.com")
    try:
        call.perform(service, operation, params, caller)
    except AwsError:
        return False
    return True


def _moment(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
