"""Capacity reservations: room for instances in a zone, that launches which match take up."""

from __future__ import annotations

from typing import Any

from fakeaws.core.pipeline.call import Call
from fakeaws.core.resources.naming import arn_for
from fakeaws.core.store.tables import Resource
from fakeaws.core.tools.errors import AwsError
from fakeaws.services.ec2.compute.instance_types import facts_of
from fakeaws.services.ec2.resources import check_page_size, described, first_zone, new_id, read, tags_for

Document = dict[str, Any]
KIND = "CapacityReservation"
COUNTED = ("pending", "running")
PREFERENCE = "CapacityReservationPreference"


def create_capacity_reservation(call: Call) -> Document:
    """Active at once; one with an end date expires then."""
    facts = facts_of(call["InstanceType"])
    if facts is None:
        raise AwsError("InvalidParameterValue", f"Invalid value '{call['InstanceType']}' for InstanceType.")
    if "AvailabilityZone" not in call and "AvailabilityZoneId" not in call:
        raise AwsError("MissingParameter", "The request must contain the parameter availabilityZone")
    if not 1 <= call["InstanceCount"] <= 1000:
        raise AwsError("InvalidParameterValue", f"Invalid instance count {call['InstanceCount']}.")
    zone = first_zone(call, call.get("AvailabilityZone"), call.get("AvailabilityZoneId"))
    key = new_id(call, KIND)
    reservation = {
        "CapacityReservationId": key,
        "OwnerId": call.account,
        "CapacityReservationArn": arn_for(call, "CapacityReservation", CapacityReservationId=key),
        "AvailabilityZoneId": zone["ZoneId"],
        "AvailabilityZone": zone["ZoneName"],
        "InstanceType": call["InstanceType"],
        "InstancePlatform": call["InstancePlatform"],
        "Tenancy": call.get("Tenancy", "default"),
        "TotalInstanceCount": call["InstanceCount"],
        "EbsOptimized": call.get("EbsOptimized", False),
        "EphemeralStorage": call.get("EphemeralStorage", False),
        "State": "active",
        "StartDate": call.now,
        "CreateDate": call.now,
        "EndDateType": "unlimited",
        "InstanceMatchCriteria": call.get("InstanceMatchCriteria", "open"),
        "Tags": tags_for(call, "capacity-reservation"),
        "CapacityAllocations": [],
        "ReservationType": "default",
    }
    _end(call, reservation)
    return {"CapacityReservation": _shown(call, call.keep(KIND, reservation))}


def _end(call: Call, reservation: Document) -> None:
    """An end date and its type go together."""
    kind = call.get("EndDateType", "limited" if "EndDate" in call else reservation["EndDateType"])
    end = call.get("EndDate", reservation.get("EndDate"))
    if (kind == "limited") != ("EndDate" in call or (kind == "limited" and end is not None)):
        raise AwsError(
            "InvalidParameterCombination",
            "The EndDate parameter is required if EndDateType is limited, and not allowed if it is unlimited.",
        )
    reservation["EndDateType"] = kind
    reservation.pop("EndDate", None)
    reservation.pop("passing", None)
    if kind == "limited":
        if end <= call.now:
            raise AwsError("InvalidParameterValue", "The EndDate must be in the future.")
        reservation |= {"EndDate": end, "passing": [[end, "expired"]]}


def _used(call: Call, reservation: Resource) -> int:
    held = call.list("Instance", CapacityReservationId=reservation.key)
    return sum(instance["State"]["Name"] in COUNTED for instance in held)


def _shown(call: Call, reservation: Resource) -> Document:
    free = reservation["TotalInstanceCount"] - _used(call, reservation)
    return {**reservation, "AvailableInstanceCount": max(0, free)}


def describe_capacity_reservations(call: Call) -> Document:
    check_page_size(call, least=1)
    rows = call.page(described(call, KIND, "CapacityReservationIds"))
    return {"CapacityReservations": [_shown(call, row) for row in rows]}


def modify_capacity_reservation(call: Call) -> Document:
    reservation = _active(call)
    if "InstanceCount" in call:
        if call["InstanceCount"] < max(1, _used(call, reservation)):
            raise AwsError(
                "InvalidParameterValue", "The instance count cannot be lower than the number of instances in use."
            )
        reservation["TotalInstanceCount"] = call["InstanceCount"]
    reservation |= {name: call[name] for name in ("InstanceMatchCriteria",) if name in call}
    if "EndDate" in call or "EndDateType" in call:
        _end(call, reservation)
    call.keep(KIND, reservation)
    return {"Return": True}


def cancel_capacity_reservation(call: Call) -> Document:
    """Its instances go on, without a reservation."""
    reservation = _active(call)
    for instance in list(call.list("Instance", CapacityReservationId=reservation.key)):
        del instance["CapacityReservationId"]
        call.keep("Instance", instance)
    reservation["State"] = "cancelled"
    reservation.pop("passing", None)
    call.keep(KIND, reservation)
    return {"Return": True}


def _active(call: Call) -> Resource:
    reservation = read(call, KIND, call["CapacityReservationId"])
    if reservation["State"] != "active":
        raise AwsError(
            "InvalidCapacityReservationState",
            f"Capacity Reservation {reservation.key} is in state {reservation['State']}.",
        )
    return reservation


def get_capacity_reservation_usage(call: Call) -> Document:
    shown = _shown(call, read(call, KIND, call["CapacityReservationId"]))
    used = shown["TotalInstanceCount"] - shown["AvailableInstanceCount"]
    names = ("CapacityReservationId", "InstanceType", "TotalInstanceCount", "AvailableInstanceCount", "State")
    usages = [{"AccountId": call.account, "UsedInstanceCount": used}]
    return {**{name: shown[name] for name in names}, "InstanceUsages": usages}


def taken(call: Call, instance: Document) -> str | None:
    """The reservation whose room a new instance takes: the one that it targets, else an open one that matches."""
    specification = instance["CapacityReservationSpecification"]
    target = specification.get("CapacityReservationTarget", {}).get("CapacityReservationId")
    if target is not None:
        reservation = read(call, KIND, target)
        if not _matches(call, reservation, instance):
            raise AwsError(
                "ReservationCapacityExceeded",
                "The requested reservation does not have sufficient compatible and available capacity for this"
                " request.",
            )
        return reservation.key
    if specification.get(PREFERENCE, "open") == "none":
        return None
    fitting = call.list(KIND, InstanceType=instance["InstanceType"])
    opened = (r for r in fitting if r["InstanceMatchCriteria"] == "open" and _matches(call, r, instance))
    found = next(opened, None)
    if found is None and specification.get(PREFERENCE) == "capacity-reservations-only":
        raise AwsError("ReservationCapacityExceeded", "No open capacity reservation has room for this request.")
    return found.key if found is not None else None


def _matches(call: Call, reservation: Resource, instance: Document) -> bool:
    place = instance["Placement"]
    return (
        bool(reservation["State"] == "active")
        and reservation["InstanceType"] == instance["InstanceType"]
        and reservation["AvailabilityZone"] == place["AvailabilityZone"]
        and reservation["Tenancy"] == place["Tenancy"]
        and reservation["InstancePlatform"] == instance["PlatformDetails"]
        and _used(call, reservation) < reservation["TotalInstanceCount"]
    )
