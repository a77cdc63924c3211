"""EC2 Fleet: several launches from one request."""

from __future__ import annotations

from typing import Any

from fakeaws.core import filters, shapes
from fakeaws.core.call import Call
from fakeaws.core.errors import AwsError
from fakeaws.core.store.tables import Resource
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
    """Filled from the first configuration and override, at once; what refuses to launch is told in the answer."""
    target = call["TargetCapacitySpecification"]
    kind = call.get("Type", "maintain")
    rows, errors = [], []
    shares = _shares(target)
    for lifecycle, count in shares.items():
        if count:
            try:
                rows.append(_launch(call, lifecycle, count))
            except AwsError as error:
                errors.append({"Lifecycle": lifecycle, "ErrorCode": error.code, "ErrorMessage": error.message})
    spelled = {"OnDemandTargetCapacity": shares["on-demand"], "SpotTargetCapacity": shares["spot"]}
    fleet = _document(call, kind, rows) | {"TargetCapacitySpecification": {**target, **spelled}}
    fleet["ActivityStatus"] = "error" if errors else "fulfilled"
    answer = {"FleetId": fleet["FleetId"]}
    if kind == "instant":
        fleet |= {"Instances": rows, "Errors": errors}
        answer |= {"Errors": errors, "Instances": rows}
    call.keep("Fleet", fleet)
    return answer


def _document(call: Call, kind: str, rows: list[Document]) -> Document:
    """The fleet with what AWS sets where nothing is said."""
    demand = sum(len(row["InstanceIds"]) for row in rows if row["Lifecycle"] == "on-demand")
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
        "FulfilledCapacity": float(sum(len(row["InstanceIds"]) for row in rows)),
        "FulfilledOnDemandCapacity": float(demand),
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


def _launch(call: Call, lifecycle: str, count: int) -> Document:
    configuration = call["LaunchTemplateConfigs"][0]
    specification = configuration.get("LaunchTemplateSpecification", {})
    override: Document = next(iter(configuration.get("Overrides", ())), {})
    params: Document = {"LaunchTemplate": specification, "MinCount": count, "MaxCount": count}
    params |= {name: override[name] for name in ("InstanceType", "SubnetId", "ImageId") if name in override}
    if "AvailabilityZone" in override:
        params["Placement"] = {"AvailabilityZone": override["AvailabilityZone"]}
    given = [s for s in call.get("TagSpecifications", ()) if s.get("ResourceType") != "fleet"]
    if given:
        params["TagSpecifications"] = given
    if lifecycle == "spot":
        params["InstanceMarketOptions"] = {"MarketType": "spot"}
    instances = call.perform("ec2", "RunInstances", params)["Instances"]
    return {
        "LaunchTemplateAndOverrides": {"LaunchTemplateSpecification": specification, "Overrides": override},
        "Lifecycle": lifecycle,
        "InstanceIds": [instance["InstanceId"] for instance in instances],
        "InstanceType": instances[0]["InstanceType"],
    }


def describe_fleets(call: Call) -> Document:
    """Instant fleets are only shown by id."""
    check_page_size(call, least=0)
    declared = shapes.kind("ec2", "Fleet")
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
            _terminate(call, fleet)
        done.append({"CurrentFleetState": state, "PreviousFleetState": fleet["FleetState"], "FleetId": key})
        fleet |= {"FleetState": state}
        call.keep("Fleet", fleet)
    return {"SuccessfulFleetDeletions": done, "UnsuccessfulFleetDeletions": failed}


def _terminate(call: Call, fleet: Resource) -> None:
    keys = [key for row in fleet["launched"] for key in row["InstanceIds"] if call.find("Instance", key) is not None]
    if keys:
        call.perform("ec2", "TerminateInstances", {"InstanceIds": keys})
