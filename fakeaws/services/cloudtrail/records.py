"""A recorded call in the form of CloudTrail's log files.

https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from fakeaws.core.model import models
from fakeaws.core.pipeline.history import is_data
from fakeaws.core.resources import kinds
from fakeaws.core.tools import ids

Document = dict[str, Any]
HOME = "us-east-1"
GLOBAL = ("iam", "organizations", "route53", "cloudfront", "globalaccelerator", "shield", "waf", "account")
"""Services whose events happen in one region, wherever they are called from."""
DATA_TYPES = {
    "s3": "AWS::S3::Object",
    "lambda": "AWS::Lambda::Function",
    "dynamodb": "AWS::DynamoDB::Table",
    "sqs": "AWS::SQS::Queue",
    "sns": "AWS::SNS::Topic",
    "kinesis": "AWS::Kinesis::Stream",
}
CAPITALS = {"Vpc": "VPC", "Dhcp": "DHCP"}


def region_of(event: Document, region: str) -> str:
    """Where a call counts as made."""
    return HOME if event["service"] in GLOBAL else region


def record(account: str, number: int, at: float, event: Document, region: str) -> Document:
    """The record of a call."""
    service, operation = event["service"], event["operation"]
    kind = is_data(service, operation)
    found: Document = {
        "eventVersion": "1.11",
        "userIdentity": _identity(account, event),
        "eventTime": stamp(at),
        "eventSource": f"{models.service(service).metadata['endpointPrefix'].rpartition('.')[2]}.amazonaws.com",
        "eventName": operation,
        "awsRegion": region_of(event, region),
        "sourceIPAddress": "127.0.0.1",
        "userAgent": "fakeaws",
    }
    if "errorCode" in event:
        found |= {"errorCode": event["errorCode"], "errorMessage": event["message"]}
    found |= {
        "requestParameters": {_camel(service, name): value for name, value in event["params"].items()} or None,
        "responseElements": {_camel(service, name): value for name, value in event.get("answer", {}).items()} or None,
        "requestID": _uuid(f"request {account} {number}"),
        "eventID": _uuid(f"event {account} {number}"),
        "readOnly": models.service(event["service"]).operation(operation).is_reading,
    }
    if kind and service in DATA_TYPES:
        found["resources"] = [{"accountId": account, "type": DATA_TYPES[service], "ARN": arn} for arn in event["on"]]
    return found | {
        "eventType": "AwsApiCall",
        "managementEvent": not kind,
        "recipientAccountId": account,
        "eventCategory": "Data" if kind else "Management",
    }


def stamp(at: float) -> str:
    """A time as records have it."""
    return datetime.fromtimestamp(int(at), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _identity(account: str, event: Document) -> Document:
    kind, arn, user_id, key = event["caller"]
    if kind == "AWSService":
        return {"type": kind, "invokedBy": arn}
    found = {"type": kind, "principalId": user_id, "arn": arn, "accountId": account}
    if key:
        found["accessKeyId"] = key
    if kind == "IAMUser":
        found["userName"] = arn.rpartition("/")[2]
    if "role" in event:
        role, issued = event["role"]
        issuer = {"type": "Role", "principalId": user_id.partition(":")[0], "arn": role, "accountId": account}
        issuer["userName"] = role.rpartition("/")[2]
        attributes = {"creationDate": stamp(issued or 0), "mfaAuthenticated": "false"}
        found["sessionContext"] = {"sessionIssuer": issuer, "attributes": attributes}
    return found


def _camel(service: str, name: str) -> str:
    return "bucketName" if (service, name) == ("s3", "Bucket") else name[:1].lower() + name[1:]


def _uuid(text: str) -> str:
    """An id that is the same whenever the event is looked at."""
    return ids.uuid(lambda count: hashlib.blake2b(text.encode()).digest()[:count])


def resources(event: Document) -> Iterator[Document]:
    """The resources that the parameters of a call name, with their types as far as the service's shapes tell them."""
    service = event["service"]
    types = {kind.name for kind in kinds.of(service)}
    title = models.service(service).metadata["serviceId"].replace(" ", "")
    for name, value in event["params"].items():
        kind = next((name.removesuffix(end) for end in ("Name", "Arn", "Id") if name.endswith(end)), name)
        if not isinstance(value, str) or (kind == name and kind not in types):
            continue
        typed = {"ResourceType": f"AWS::{title}::{CAPITALS.get(kind, kind)}"} if kind in types else {}
        yield {**typed, "ResourceName": value}
