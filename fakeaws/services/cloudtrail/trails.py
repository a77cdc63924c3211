"""Trails: where events are delivered to, which of them, and whether a trail logs at all."""

from __future__ import annotations

import re
from typing import Any

from fakeaws.core.pipeline import history
from fakeaws.core.pipeline.call import Call
from fakeaws.core.resources import kinds
from fakeaws.core.resources.caller import service_caller
from fakeaws.core.resources.naming import refusal
from fakeaws.core.resources.places import scope, store_of, table
from fakeaws.core.resources.request import everywhere
from fakeaws.core.store.tables import Resource
from fakeaws.core.tools import tags
from fakeaws.core.tools.errors import AwsError
from fakeaws.policies import gathering
from fakeaws.policies.authorisation import principal_of
from fakeaws.policies.context import Given
from fakeaws.policies.evaluation import Request, decide
from fakeaws.services.cloudtrail import delivery
from fakeaws.services.cloudtrail.records import stamp

Document = dict[str, Any]
MOST = 5
USUAL = {
    "ReadWriteType": "All",
    "IncludeManagementEvents": True,
    "DataResources": [],
    "ExcludeManagementEventSources": [],
}
NAME_RULES = (
    (r".+", "Trail name cannot be blank!"),
    (
        r"[\w.\-]+",
        "Trail name or ARN can have uppercase letters, lowercase letters, numbers, periods (.), hyphens (-), and"
        " underscores (_).",
    ),
    (
        r".{3,}",
        "Trail name too short. Minimum allowed length: 3 characters. Specified name length: {length} characters.",
    ),
    (
        r".{,128}",
        "Trail name too long. Maximum allowed length: 128 characters. Specified name length: {length} characters.",
    ),
    (r"[A-Za-z0-9].*", "Trail name must starts with a letter or number."),
    (r".*[A-Za-z0-9]", "Trail name must ends with a letter or number."),
)


def create_trail(call: Call) -> Document:
    """The bucket's policy must let CloudTrail write before there is a trail."""
    name = call["Name"]
    for pattern, text in NAME_RULES:
        if not re.fullmatch(pattern, name, re.ASCII):
            raise AwsError("InvalidTrailNameException", text.format(length=len(name)))
    if sum(1 for _ in call.list("Trail")) >= MOST and call.find("Trail") is None:
        text = f"User: {call.account} already has {MOST} trails in {call.region}."
        raise AwsError("MaximumNumberOfTrailsExceededException", text)
    _check(call, call["S3BucketName"], call.get("S3KeyPrefix", ""), call.make(ARN, name=name))
    _set_validation(call)
    return call.declared()


ARN = "arn:{partition}:cloudtrail:{region}:{account}:trail/{name}"


def update_trail(call: Call) -> Document:
    trail = read(call, call["Name"])
    bucket, prefix = (call.get(name, trail.get(name)) for name in ("S3BucketName", "S3KeyPrefix"))
    _check(call, bucket, prefix or "", trail["TrailARN"])
    _set_validation(call)
    call.params["Name"] = trail["Name"]
    return call.declared()


def _set_validation(call: Call) -> None:
    if "EnableLogFileValidation" in call:
        call.params["LogFileValidationEnabled"] = call.params.pop("EnableLogFileValidation")


def _check(call: Call, bucket: str, prefix: str, trail: str) -> None:
    """AwsError where the events could not be delivered."""
    service = service_caller("cloudtrail.amazonaws.com", call.account, call.region)
    try:
        call.perform("s3", "HeadBucket", {"Bucket": bucket}, service)
    except AwsError as missing:
        raise AwsError("S3BucketDoesNotExistException", f"S3 bucket {bucket} does not exist!") from missing
    folder = delivery.folder(prefix, call.account, "CloudTrail")
    keys = {"aws:SourceArn": [trail], "aws:SourceAccount": [call.account]}
    keys["s3:x-amz-acl"] = ["bucket-owner-full-control"]
    for action, resource in (("s3:GetBucketAcl", bucket), ("s3:PutObject", f"{bucket}/{folder}/")):
        arn = call.make("arn:{partition}:s3:::{resource}", resource=resource)
        layers = gathering.layers(store_of(call), service, action, arn)
        if not decide(Request(action, arn, principal_of(service), Given(keys)), layers).allowed:
            text = f"Incorrect S3 bucket policy is detected for bucket: {bucket}"
            raise AwsError("InsufficientS3BucketPolicyException", text)


def read(call: Call, name: str) -> Resource:
    """A trail by its name or ARN."""
    if name.startswith("arn:") and not re.fullmatch(r"arn:[\w-]+:cloudtrail:[\w-]+:\d{12}:trail/.+", name):
        text = f"The trail ARN {name} is not valid."
        raise AwsError("CloudTrailARNInvalidException", text)
    parts = name.split(":")
    elsewhere = call.of(account=parts[4], region=parts[3]) if name.startswith("arn:") else call
    found = elsewhere.find("Trail", name.rpartition("/")[2])
    if found is None:
        raise refusal(elsewhere, "Trail", "missing", name.rpartition("/")[2])
    return found


def get_trail(call: Call) -> Document:
    return {"Trail": _shown(read(call, call["Name"]))}


def describe_trails(call: Call) -> Document:
    """Those that are not there are left out; a trail for all regions shows in each of them."""
    wanted = call.get("trailNameList") or []
    shadows = call.get("includeShadowTrails", True)
    found = [
        row
        for row in everywhere(call, "Trail")
        if row.scope[0] == call.account
        and (row.scope[1] == call.region or (shadows and row["IsMultiRegionTrail"]) or row["TrailARN"] in wanted)
        and (not wanted or row["Name"] in wanted or row["TrailARN"] in wanted)
    ]
    return {"trailList": [_shown(row) for row in found]}


def list_trails(call: Call) -> Document:
    rows = everywhere(call, "Trail")
    names = ("TrailARN", "Name", "HomeRegion")
    return {"Trails": [{name: row[name] for name in names} for row in rows if row.scope[0] == call.account]}


def _shown(trail: Document) -> Document:
    hidden = ("EventSelectors", "AdvancedEventSelectors", "Tags", "TagsList")
    return {name: value for name, value in trail.items() if name not in hidden}


def delete_trail(call: Call) -> Document:
    call.drop("Trail", read(call, call["Name"]))
    _want_data(call)
    return {}


# Which events


def get_event_selectors(call: Call) -> Document:
    trail = read(call, call["TrailName"])
    found = {"TrailARN": trail["TrailARN"]}
    if "AdvancedEventSelectors" in trail:
        return {**found, "AdvancedEventSelectors": trail["AdvancedEventSelectors"]}
    return {**found, "EventSelectors": trail.get("EventSelectors", [USUAL])}


def put_event_selectors(call: Call) -> Document:
    """Selectors of one form take the place of those of the other."""
    trail = read(call, call["TrailName"])
    plain, advanced = call.get("EventSelectors"), call.get("AdvancedEventSelectors")
    if bool(plain) == bool(advanced):
        text = "You must specify either event selectors or advanced event selectors, and not both."
        raise AwsError("InvalidEventSelectorsException", text)
    for selector in plain or ():
        _check_selector(selector)
    for name in ("EventSelectors", "AdvancedEventSelectors"):
        trail.pop(name, None)
    if plain:
        trail["EventSelectors"] = [{**USUAL, **selector} for selector in plain]
    else:
        trail["AdvancedEventSelectors"] = advanced
    trail["HasCustomEventSelectors"] = True
    call.keep("Trail", trail)
    _want_data(call)
    return get_event_selectors(call)


def _check_selector(selector: Document) -> None:
    for resource in selector.get("DataResources", ()):
        kinds = ("AWS::S3::Object", "AWS::Lambda::Function", "AWS::DynamoDB::Table")
        if resource.get("Type") not in kinds:
            text = f"The value {resource.get('Type')} is not valid for data resource type."
            raise AwsError("InvalidEventSelectorsException", text)
        if not all(value.startswith("arn:") for value in resource.get("Values", ())):
            text = "Value is not a valid ARN for the data resource type."
            raise AwsError("InvalidEventSelectorsException", text)


def _want_data(call: Call) -> None:
    """Have data events recorded as long as a trail wants any."""
    rows = everywhere(call, "Trail")
    if any(delivery.wants_data(row) for row in rows):
        store_of(call).keep_note(history.DATA, {"at": call.now})
    else:
        store_of(call).drop_note(history.DATA)


# Whether it logs


def start_logging(call: Call) -> Document:
    trail = read(call, call["Name"])
    if not trail.get("logging"):
        trail.update(logging=True, started=call.now, delivered=delivery.last(call), digested=call.now)
        call.keep("Trail", trail)
        delivery.plan(call, trail)
    return {}


def stop_logging(call: Call) -> Document:
    trail = read(call, call["Name"])
    if trail.get("logging"):
        delivery.deliver_now(call, trail)
        trail.update(logging=False, stopped=call.now)
        call.keep("Trail", trail)
    return {}


def get_trail_status(call: Call) -> Document:
    trail = read(call, call["Name"])
    found: Document = {"IsLogging": trail.get("logging", False)}
    times = {
        "LatestDeliveryTime": "latest",
        "StartLoggingTime": "started",
        "StopLoggingTime": "stopped",
        "LatestDigestDeliveryTime": "digest",
    }
    found |= {member: trail[kept] for member, kept in times.items() if kept in trail}
    if "error" in trail:
        found["LatestDeliveryError"] = trail["error"]
    latest = stamp(trail["latest"]) if "latest" in trail else ""
    return found | {
        "LatestDeliveryAttemptTime": latest,
        "LatestNotificationAttemptTime": "",
        "LatestNotificationAttemptSucceeded": "",
        "LatestDeliveryAttemptSucceeded": latest,
        "TimeLoggingStarted": stamp(trail["started"]) if "started" in trail else "",
        "TimeLoggingStopped": stamp(trail["stopped"]) if "stopped" in trail else "",
    }


# Tags


def list_tags(call: Call) -> Document:
    """Of trails and of what else has tags, by ARN."""
    return {"ResourceTagList": [_tagged(call, arn) for arn in call["ResourceIdList"]]}


def _tagged(call: Call, arn: str) -> Document:
    for name in ("Trail", "EventDataStore", "Channel"):
        kind = kinds.kind("cloudtrail", name)
        rows = table(call, kind).list(scope(call, kind))
        found = next((row for row in rows if row.get(kind.arn_member or "") == arn), None)
        if found is not None:
            return {"ResourceId": arn, "TagsList": tags.as_list(tags.read(kind, found), ("Key", "Value"))}
    raise AwsError("ResourceNotFoundException", f"Resource not found: {arn}")
