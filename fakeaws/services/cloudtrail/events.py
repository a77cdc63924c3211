"""Looking events up."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from fakeaws.core.pipeline.call import Call
from fakeaws.core.pipeline.history import is_data
from fakeaws.core.resources.places import store_of
from fakeaws.core.resources.request import resumed
from fakeaws.core.store.tables import Resource
from fakeaws.core.tools.errors import AwsError
from fakeaws.services.cloudtrail.records import record, region_of, resources

Document = dict[str, Any]
DAYS_90 = 90 * 86400


def lookup_events(call: Call) -> Document:
    """Management events of the last 90 days in the region, the newest first. Insights events are none."""
    since, until = call.get("StartTime", call.now - DAYS_90), call.get("EndTime", call.now + 1)
    if since > until:
        text = "The start time is later than the end time."
        raise AwsError("InvalidTimeRangeException", text)
    wanted = call.get("LookupAttributes") or []
    if len(wanted) > 1:
        raise AwsError("InvalidLookupAttributesException", "You can only specify one lookup attribute.")
    if call.get("EventCategory") == "insight":
        return {"Events": []}
    return {"Events": call.page(event for event in _events(call, since, until) if _is_wanted(event, wanted))}


def _events(call: Call, since: float, until: float) -> Iterator[Resource]:
    """The events that are older than those of the page before."""
    last = resumed(call) or ""
    before = int(last) if last.isdecimal() else 1 << 62
    for number, at, event, _, region in store_of(call).recorded(call.account, None, since, until):
        is_here = number < before and region_of(event, region) == call.region
        if is_here and not is_data(event["service"], event["operation"]):
            shown = _shown(event, record(call.account, number, at, event, region), at)
            yield Resource(shown, (call.account, call.region), "", str(number))


def _shown(event: Document, record: Document, at: float) -> Document:
    identity = record["userIdentity"]
    arn = identity.get("arn", identity.get("invokedBy", ""))
    found = {
        "EventId": record["eventID"],
        "EventName": record["eventName"],
        "ReadOnly": str(record["readOnly"]).lower(),
        "EventTime": at,
        "EventSource": record["eventSource"],
        "Username": identity.get("userName") or arn.rpartition("/")[2].rpartition(":")[2],
        "Resources": list(resources(event)),
        "CloudTrailEvent": json.dumps(record, separators=(",", ":")),
    }
    return {**found, "AccessKeyId": identity["accessKeyId"]} if "accessKeyId" in identity else found


def _is_wanted(event: Document, attributes: list[Document]) -> bool:
    for attribute in attributes:
        key, value = attribute["AttributeKey"], attribute["AttributeValue"]
        if key in ("ResourceName", "ResourceType"):
            if not any(each.get(key) == value for each in event["Resources"]):
                return False
        elif event.get(key) != value:
            return False
    return True
