"""AWS CloudTrail: the recorded calls, as events. Trails and event data stores are declared: shapes/cloudtrail.toml."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from fakeaws.core import ids, models
from fakeaws.core.call import Call
from fakeaws.core.errors import AwsError
from fakeaws.core.history import is_data
from fakeaws.core.store.history import recorded
from fakeaws.core.store.tables import Resource

Document = dict[str, Any]
DAYS_90 = 90 * 86400
MOST = 50
READING = ("Describe", "Get", "List", "Head", "Search", "BatchGet", "Lookup", "Query", "Scan", "Check")
TYPES = {"IAMUser": "IAMUser", "AWSService": "AWSService"}


def lookup_events(call: Call) -> Document:
    """Management events of the last 90 days, the newest first."""
    since, until = call.get("StartTime", call.now - DAYS_90), call.get("EndTime", call.now + 1)
    if since > until:
        text = "The start time is later than the end time."
        raise AwsError("InvalidTimeRangeException", text)
    found = []
    for number, at, event, region in recorded(call.cloud.database, call.account, call.region, since, until):
        if not is_data(event["service"], event["operation"]):
            shown = _shown(_event(call.account, number, at, event, region), at)
            if _is_wanted(shown, call.get("LookupAttributes", ())):
                found.append(shown)
    return {"Events": found}


def _event(account: str, number: int, at: float, event: Document, region: str) -> Document:
    """A recorded call in the form of CloudTrail's log files."""
    model = models.service(event["service"])
    operation = event["operation"]
    record: Document = {
        "eventVersion": "1.11",
        "userIdentity": _identity(account, event),
        "eventTime": datetime.fromtimestamp(int(at), UTC).isoformat().replace("+00:00", "Z"),
        "eventSource": f"{model.metadata['endpointPrefix'].rpartition('.')[2]}.amazonaws.com",
        "eventName": operation,
        "awsRegion": region,
        "sourceIPAddress": "127.0.0.1",
        "userAgent": "fakeaws",
    }
    if "errorCode" in event:
        record |= {"errorCode": event["errorCode"], "errorMessage": event["message"]}
    return record | {
        "requestParameters": {_camel(name): value for name, value in event["params"].items()} or None,
        "responseElements": None,
        "requestID": _uuid(f"request {account} {number}"),
        "eventID": _uuid(f"event {account} {number}"),
        "readOnly": operation.startswith(READING),
        "eventType": "AwsApiCall",
        "managementEvent": not is_data(event["service"], operation),
        "recipientAccountId": account,
        "eventCategory": "Data" if is_data(event["service"], operation) else "Management",
    }


def _identity(account: str, event: Document) -> Document:
    kind, arn, user_id, key = event["caller"]
    found = {"type": kind, "principalId": user_id, "arn": arn, "accountId": account}
    if key:
        found["accessKeyId"] = key
    if kind == "IAMUser":
        found["userName"] = arn.rpartition("/")[2]
    if "role" in event:
        role, issued = event["role"]
        issuer = {"type": "Role", "principalId": user_id.partition(":")[0], "arn": role, "accountId": account}
        issuer["userName"] = role.rpartition("/")[2]
        made = datetime.fromtimestamp(int(issued or 0), UTC).isoformat().replace("+00:00", "Z")
        attributes = {"creationDate": made, "mfaAuthenticated": "false"}
        found["sessionContext"] = {"sessionIssuer": issuer, "attributes": attributes}
    return found


def _camel(name: str) -> str:
    return name[:1].lower() + name[1:]


def _uuid(text: str) -> str:
    """An id that is the same whenever the event is looked at."""
    return ids.uuid(lambda count: hashlib.blake2b(text.encode()).digest()[:count])


def _shown(record: Document, at: float) -> Document:
    identity = record["userIdentity"]
    name = identity.get("userName") or identity["arn"].rpartition("/")[2].rpartition(":")[2]
    found = {
        "EventId": record["eventID"],
        "EventName": record["eventName"],
        "ReadOnly": str(record["readOnly"]).lower(),
        "EventTime": at,
        "EventSource": record["eventSource"],
        "Username": name,
        "Resources": list(_resources(record)),
        "CloudTrailEvent": json.dumps(record, separators=(",", ":")),
    }
    return {**found, "AccessKeyId": identity["accessKeyId"]} if "accessKeyId" in identity else found


def _resources(record: Document) -> Iterator[Document]:
    """The parameters that name something, by their names: CloudTrail knows types for most."""
    for name, value in (record["requestParameters"] or {}).items():
        if isinstance(value, str) and name.lower().endswith(("name", "arn", "id")):
            yield {"ResourceName": value}


def _is_wanted(event: Document, attributes: Any) -> bool:
    for attribute in attributes:
        key, value = attribute["AttributeKey"], attribute["AttributeValue"]
        if key == "ResourceName":
            if not any(each.get("ResourceName") == value for each in event["Resources"]):
                return False
        elif key == "ResourceType" or event.get(key) != value:
            return False
    return True


# Trails that log


def start_logging(call: Call) -> Document:
    trail = _trail(call)
    trail.update(logging=True, started=call.now)
    call.keep("Trail", trail)
    return {}


def stop_logging(call: Call) -> Document:
    trail = _trail(call)
    trail.update(logging=False, stopped=call.now)
    call.keep("Trail", trail)
    return {}


def _trail(call: Call) -> Resource:
    return call.read("Trail", call["Name"].rpartition("/")[2])


def get_trail_status(call: Call) -> Document:
    trail = _trail(call)
    found: Document = {"IsLogging": trail.get("logging", False)}
    for member, kept in (("StartLoggingTime", "started"), ("StopLoggingTime", "stopped")):
        if kept in trail:
            found[member] = trail[kept]
    return found
