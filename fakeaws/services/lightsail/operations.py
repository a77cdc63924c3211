"""Operations: what every change answers with, and what can be asked for afterwards."""

from __future__ import annotations

from typing import Any

from fakeaws.core.pipeline.call import Call
from fakeaws.core.store.tables import Resource
from fakeaws.core.tools.errors import AwsError

Document = dict[str, Any]


def missing(kind: str, name: str) -> AwsError:
    """Lightsail's refusal of a name that it does not know."""
    return AwsError("NotFoundException", f"The {kind} does not exist: {name}")


def read(call: Call, kind: str, name: str) -> Resource:
    found = call.find(kind, name)
    if found is None:
        raise missing(kind, name)
    return found


def refuse_twin(call: Call, *names: str) -> None:
    """Names are unique among all kinds of resources of an account and region."""
    for kind in ("Instance", "Disk", "StaticIp", "InstanceSnapshot", "DiskSnapshot"):
        for name in names:
            if call.find(kind, name) is not None:
                raise AwsError("InvalidInputException", f"Some names are already in use: {name}")


def location(call: Call, zone: str = "all") -> Document:
    return {"availabilityZone": zone, "regionName": call.region}


def operation(call: Call, kind: str, resource: Document, details: str = "") -> Document:
    """A record of what the call did to a resource."""
    name = call.operation.name
    made = {
        "id": call.make("{uuid}"),
        "resourceName": resource["name"],
        "resourceType": kind,
        "createdAt": call.now,
        "location": resource["location"],
        "isTerminal": True,
        "operationType": "CreateInstance" if name == "CreateInstances" else name,
        "status": "Succeeded",
        "statusChangedAt": call.now,
        **({"operationDetails": details} if details else {}),
    }
    return call.keep("Operation", made)


def get_operations_for_resource(call: Call) -> Document:
    """The newest first."""
    rows = [row for row in call.list("Operation") if row["resourceName"] == call["resourceName"]]
    return {"operations": sorted(rows, key=lambda row: -row["createdAt"])}


def get_operation(call: Call) -> Document:
    found = call.find("Operation", call["operationId"])
    if found is None:
        raise AwsError("NotFoundException", f"The Operation does not exist: {call['operationId']}")
    return {"operation": found}
