"""Which events a trail delivers: its event selectors, of the older form and of the newer one.

https://docs.aws.amazon.com/awscloudtrail/latest/userguide/logging-data-events-with-cloudtrail.html
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from fakeaws.core.pipeline import history
from fakeaws.services.cloudtrail.records import DATA_TYPES, GLOBAL

Document = dict[str, Any]
ANY = {
    "Equals": False,
    "StartsWith": False,
    "EndsWith": False,
    "NotEquals": True,
    "NotStartsWith": True,
    "NotEndsWith": True,
}
"""The operators, and whether all of their values have to fit instead of one."""


def is_data(event: Document) -> bool:
    """Whether a recorded call is a data event."""
    return history.is_data(event["service"], event["operation"])


def wants_data(trail: Document) -> bool:
    """Whether a trail delivers any data events."""
    if any(selector.get("DataResources") for selector in trail.get("EventSelectors", ())):
        return True
    fields = [f for s in trail.get("AdvancedEventSelectors", ()) for f in s["FieldSelectors"]]
    return any(f["Field"] == "eventCategory" and "Data" in f.get("Equals", ()) for f in fields)


def is_wanted(trail: Document, record: Document, event: Document) -> bool:
    """Whether a trail delivers an event, given as its record and as the recorded call."""
    if not trail["IsMultiRegionTrail"] and record["awsRegion"] != trail["HomeRegion"]:
        return False
    if not trail["IncludeGlobalServiceEvents"] and event["service"] in GLOBAL:
        return False
    if "AdvancedEventSelectors" in trail:
        return any(_fits(selector, record, event) for selector in trail["AdvancedEventSelectors"])
    if "EventSelectors" in trail:
        return any(_selects(selector, record, event) for selector in trail["EventSelectors"])
    return not is_data(event)


def _selects(selector: Document, record: Document, event: Document) -> bool:
    if selector["ReadWriteType"] != "All" and record["readOnly"] is not (selector["ReadWriteType"] == "ReadOnly"):
        return False
    if not is_data(event):
        excluded = record["eventSource"] in selector.get("ExcludeManagementEventSources", ())
        return bool(selector["IncludeManagementEvents"]) and not excluded
    kind = DATA_TYPES.get(event["service"])
    wanted = [v for r in selector.get("DataResources", ()) if r.get("Type") == kind for v in r.get("Values", ())]
    return any(arn.startswith(value) for value in wanted for arn in event["on"])


def _fits(selector: Document, record: Document, event: Document) -> bool:
    held = {
        "eventCategory": [record["eventCategory"]],
        "readOnly": [str(record["readOnly"]).lower()],
        "eventSource": [record["eventSource"]],
        "eventName": [record["eventName"]],
        "resources.type": [DATA_TYPES.get(event["service"], "")] if is_data(event) else [],
        "resources.ARN": event.get("on", []),
        "userIdentity.arn": [record["userIdentity"].get("arn", "")],
    }
    return all(_is_field(field, held.get(field["Field"], [])) for field in selector["FieldSelectors"])


def _is_field(field: Document, values: Iterable[str]) -> bool:
    for operator, is_negated in ANY.items():
        if field.get(operator):
            found = any(_is(operator.removeprefix("Not"), wanted, v) for wanted in field[operator] for v in values)
            if found is is_negated:
                return False
    return True


def _is(operator: str, wanted: str, value: str) -> bool:
    if operator == "Equals":
        return value == wanted
    return value.startswith(wanted) if operator == "StartsWith" else value.endswith(wanted)
