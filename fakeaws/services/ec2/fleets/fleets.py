"""EC2 Fleet: several launches from one request."""

from __future__ import annotations

from typing import Any

from fakeaws.core.pipeline.call import Call
from fakeaws.core.resources import filters, kinds
from fakeaws.core.store.tables import Resource
from fakeaws.core.tools.errors import AwsError
from fakeaws.services.ec2.fleets import pools
from fakeaws.services.ec2.resources import check_page_size, new_id, read, tags_for

Document = dict[str, Any]
KEPT = (
    "ClientToken",
    "ExcessCapacityTerminationPolicy",
    "LaunchTemplateConfigs",
    "TargetCapacitySpecification",
    "TerminateInstancesWithExpiration",
    "ValidFrom",
    "ValidUntil",
    "ReplaceUnhealthyInstances",
    "SpotOptions",
    "OnDemandOptions",
    "Context",
)


def create_fleet(call: Call) -> Document:
    """Filled at once from its pools; what refuses to launch is in the answer of an instant fleet."""
    target = call["TargetCapacitySpecification"]
    kind = call.get("Type", "maintain")
    shares = _shares(target)
    rows, errors = [], []
    for lifecycle, capacity in shares.items():
        launched, failed = _launch(call, lifecycle, capacity)
        rows += launched
        errors += failed
    spelled = {"OnDemandTargetCapacity": shares["on-demand"], "SpotTargetCapacity": shares["spot"]}
    fleet = _document(call, kind, rows) | {"TargetCapacitySpecification": {**target, **spelled}}
    fleet["ActivityStatus"] = "error" if errors and not rows else "fulfilled"
    fleet["history"] = fleet_history(call.now, rows, errors)
    answer = {"FleetId": fleet["FleetId"]}
    if kind == "instant":
        shown = {"Instances": [{n: v for n, v in row.items() if n[0].isupper()} for row in rows], "Errors": errors}
        fleet |= shown
        answer |= shown
    call.keep("Fleet", fleet)
    return answer


def fleet_history(now: float, rows: list[Document], errors: list[Document]) -> list[Document]:
    """What has happened to a fleet: submitted, active, and each instance or error."""
    text = [("fleetRequestChange", {"EventSubType": name}) for name in ("submitted", "active")]
    for row in rows:
        text += [("instanceChange", {"EventSubType": "launched", "InstanceId": key}) for key in row["InstanceIds"]]
    for row in errors:
        text.append(("error", {"EventSubType": row["ErrorCode"], "EventDescription": row["ErrorMessage"]}))
    return [{"Timestamp": now, "EventType": kind, "EventInformation": what} for kind, what in text]


def _document(call: Call, kind: str, rows: list[Document]) -> Document:
    """The fleet with what AWS sets where nothing is said."""
    demand = pools.capacity_of([row for row in rows if row["Lifecycle"] == "on-demand"])
    return {
        "ExcessCapacityTerminationPolicy": "termination",
        "TerminateInstancesWithExpiration": False,
        "ReplaceUnhealthyInstances": False,
        "SpotOptions": {"AllocationStrategy": "lowest-price", "InstanceInterruptionBehavior": "terminate"},
        "OnDemandOptions": {"AllocationStrategy": "lowest-price"},
        **{name: call[name] for name in KEPT if name in call},
        "FleetId": new_id(call, "Fleet"),
        "CreateTime": call.now,
        "FleetState": "active",
        "FulfilledCapacity": pools.capacity_of(rows),
        "FulfilledOnDemandCapacity": demand,
        "Type": kind,
        "Tags": tags_for(call, "fleet", ("fleet", "instance", "volume", "network-interface")),
        "launched": rows,
    }


def _shares(target: Document) -> dict[str, int]:
    """How many instances of each way to pay."""
    demand, spot = target.get("OnDemandTargetCapacity", 0), target.get("SpotTargetCapacity", 0)
    rest = target["TotalTargetCapacity"] - demand - spot
    if target.get("DefaultTargetCapacityType") == "spot":
        spot += rest
    else:
        demand += rest
    return {"on-demand": demand, "spot": spot}


def _launch(call: Call, lifecycle: str, capacity: int) -> tuple[list[Document], list[Document]]:
    options = call.get("SpotOptions" if lifecycle == "spot" else "OnDemandOptions", {})
    params: Document = {}
    given = [s for s in call.get("TagSpecifications", ()) if s.get("ResourceType") != "fleet"]
    if given:
        params["TagSpecifications"] = given
    if lifecycle == "spot":
        params["InstanceMarketOptions"] = {"MarketType": "spot"}
    found = pools.of_templates(call, call["LaunchTemplateConfigs"])
    rows, failed = pools.fill(call, found, capacity, options.get("AllocationStrategy", ""), params)
    errors = [
        {"LaunchTemplateAndOverrides": pool.shown, "Lifecycle": lifecycle, "ErrorCode": code, "ErrorMessage": message}
        for pool, code, message in ((e["pool"], e["ErrorCode"], e["ErrorMessage"]) for e in failed)
    ]
    return [{**row, "Lifecycle": lifecycle} for row in rows], errors


def modify_fleet(call: Call) -> Document:
    """More capacity is launched; with less, the newest instances go, unless the fleet keeps them."""
    fleet = _named(call, call["FleetId"])
    if fleet["Type"] != "maintain" or fleet["FleetState"] != "active":
        raise AwsError("InvalidParameterCombination", "Only active fleets of type maintain can be modified.")
    if "LaunchTemplateConfigs" in call:
        fleet["LaunchTemplateConfigs"] = call["LaunchTemplateConfigs"]
    target = call.get("TargetCapacitySpecification")
    if target is not None:
        _resize(call, fleet, {**fleet["TargetCapacitySpecification"], **target})
    if "ExcessCapacityTerminationPolicy" in call:
        fleet["ExcessCapacityTerminationPolicy"] = call["ExcessCapacityTerminationPolicy"]
    call.keep("Fleet", fleet)
    return {"Return": True}


def _resize(call: Call, fleet: Resource, target: Document) -> None:
    kept = {name: fleet[name] for name in KEPT if name in fleet}
    call.params = {**kept, **call.params, "LaunchTemplateConfigs": fleet["LaunchTemplateConfigs"]}
    shares = _shares({k: v for k, v in target.items() if not k.startswith(("OnDemand", "Spot"))} | _asked(call))
    for lifecycle, capacity in shares.items():
        held = [row for row in fleet["launched"] if row["Lifecycle"] == lifecycle]
        more = capacity - pools.capacity_of(held)
        if more > 0:
            fleet["launched"] += _launch(call, lifecycle, int(more))[0]
        elif more < 0 and call.get("ExcessCapacityTerminationPolicy", "termination") == "termination":
            pools.shrink(call, held, -more)
    spelled = {"OnDemandTargetCapacity": shares["on-demand"], "SpotTargetCapacity": shares["spot"]}
    fleet["TargetCapacitySpecification"] = {**target, **spelled}
    fleet["FulfilledCapacity"] = pools.capacity_of(fleet["launched"])
    on_demand = [row for row in fleet["launched"] if row["Lifecycle"] == "on-demand"]
    fleet["FulfilledOnDemandCapacity"] = pools.capacity_of(on_demand)


def _asked(call: Call) -> Document:
    given: Document = call.get("TargetCapacitySpecification", {})
    return {name: value for name, value in given.items() if name.startswith(("OnDemand", "Spot"))}


def describe_fleet_history(call: Call) -> Document:
    """Since a time, of one kind of event or all."""
    fleet = _named(call, call["FleetId"])
    rows = [row for row in fleet.get("history", ()) if row["Timestamp"] >= int(call["StartTime"])]
    wanted = {"fleet-change": "fleetRequestChange", "instance-change": "instanceChange", "service-error": "error"}
    kind = wanted.get(call.get("EventType", ""))
    rows = [row for row in rows if row["EventType"] == (kind or row["EventType"])]
    fields = {"FleetId": fleet.key, "StartTime": call["StartTime"], "LastEvaluatedTime": call.now}
    return {"HistoryRecords": rows, **fields}


def describe_fleets(call: Call) -> Document:
    """Instant fleets are only shown by id."""
    check_page_size(call, least=0)
    declared = kinds.kind("ec2", "Fleet")
    keys = call.get("FleetIds")
    found = [_named(call, key) for key in keys] if keys else call.list("Fleet")
    rows = [f for f in found if (keys or f["Type"] != "instant") and filters.matching(declared, call.get("Filters"), f)]
    return {"Fleets": rows}


def _named(call: Call, key: str) -> Resource:
    return read(call, "Fleet", key)


def describe_fleet_instances(call: Call) -> Document:
    fleet = _named(call, call["FleetId"])
    rows = []
    for key in (key for row in fleet["launched"] for key in row["InstanceIds"]):
        instance = call.find("Instance", key)
        if instance is not None and instance["State"]["Name"] in ("running", "pending"):
            row = {"InstanceId": key, "InstanceType": instance["InstanceType"], "InstanceHealth": "healthy"}
            rows.append(row | {n: instance[n] for n in ("SpotInstanceRequestId",) if n in instance})
    return {"ActiveInstances": rows, "FleetId": fleet.key}


def delete_fleets(call: Call) -> Document:
    """Instances of an instant fleet go with it in any case."""
    done, failed = [], []
    for key in call["FleetIds"]:
        fleet = call.find("Fleet", key)
        if fleet is None:
            error = {"Code": "fleetIdDoesNotExist", "Message": f"The fleet ID '{key}' does not exist."}
            failed.append({"Error": error, "FleetId": key})
            continue
        state = "deleted_terminating" if call["TerminateInstances"] else "deleted_running"
        if call["TerminateInstances"]:
            pools.terminate(call, [key for row in fleet["launched"] for key in row["InstanceIds"]])
        done.append({"CurrentFleetState": state, "PreviousFleetState": fleet["FleetState"], "FleetId": key})
        fleet |= {"FleetState": state}
        call.keep("Fleet", fleet)
    return {"SuccessfulFleetDeletions": done, "UnsuccessfulFleetDeletions": failed}
