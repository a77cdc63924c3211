"""Spot Fleet: the elder way to launch several instances from one request."""

from __future__ import annotations

from typing import Any

from fakeaws.core.pipeline.call import Call
from fakeaws.core.store.tables import Resource
from fakeaws.core.tools.errors import AwsError
from fakeaws.services.ec2.fleets import pools
from fakeaws.services.ec2.fleets.fleets import fleet_history
from fakeaws.services.ec2.resources import check_page_size, check_tags

Document = dict[str, Any]
KIND = "SpotFleetRequest"
USUAL = {
    "AllocationStrategy": "lowestPrice",
    "OnDemandAllocationStrategy": "lowestPrice",
    "ExcessCapacityTerminationPolicy": "default",
    "OnDemandTargetCapacity": 0,
    "TerminateInstancesWithExpiration": False,
    "Type": "maintain",
    "ReplaceUnhealthyInstances": False,
    "InstanceInterruptionBehavior": "terminate",
}
RENAMED = {"SecurityGroups", "AddressingType", "WeightedCapacity", "SpotPrice", "InstanceRequirements", "SubnetId"}


def request_spot_fleet(call: Call) -> Document:
    """Filled at once from its launch specifications or templates; an error if nothing could be launched."""
    config = {**USUAL, **call["SpotFleetRequestConfig"]}
    if ("LaunchSpecifications" in config) == ("LaunchTemplateConfigs" in config):
        raise AwsError(
            "InvalidSpotFleetRequestConfig",
            "Exactly one of LaunchSpecifications and LaunchTemplateConfigs must be specified.",
        )
    if config["TargetCapacity"] < config["OnDemandTargetCapacity"]:
        raise AwsError("InvalidSpotFleetRequestConfig", "The OnDemandTargetCapacity cannot exceed the TargetCapacity.")
    tags = [tag for one in config.pop("TagSpecifications", ()) for tag in one.get("Tags", ())]
    check_tags(tags)
    fleet = {
        "SpotFleetRequestId": call.make("sfr-{uuid}"),
        "SpotFleetRequestState": "active",
        "CreateTime": call.now,
        "SpotFleetRequestConfig": config,
        "Tags": tags,
        "launched": [],
    }
    rows, errors = _launch(call, config, config["OnDemandTargetCapacity"], _spot_capacity(config))
    fleet["launched"], fleet["history"] = rows, fleet_history(call.now, rows, errors)
    _count(fleet)
    return {"SpotFleetRequestId": call.keep(KIND, fleet).key}


def _spot_capacity(config: Document) -> int:
    return int(config["TargetCapacity"] - config["OnDemandTargetCapacity"])


def _launch(call: Call, config: Document, demand: float, spot: float) -> tuple[list[Document], list[Document]]:
    found = _pools(call, config)
    options: Document = {"MaxPrice": config["SpotPrice"]} if "SpotPrice" in config else {}
    market = {"InstanceMarketOptions": {"MarketType": "spot", **({"SpotOptions": options} if options else {})}}
    rows, errors = pools.fill(call, found, demand, config["OnDemandAllocationStrategy"], {})
    more, others = pools.fill(call, found, spot, config["AllocationStrategy"], market)
    return [*({**r, "lifecycle": "on-demand"} for r in rows), *({**r, "lifecycle": "spot"} for r in more)], [
        *errors,
        *others,
    ]


def _pools(call: Call, config: Document) -> list[pools.Pool]:
    if "LaunchTemplateConfigs" in config:
        return pools.of_templates(call, config["LaunchTemplateConfigs"])
    return [pool for one in config["LaunchSpecifications"] for pool in _of_specification(one)]


def _of_specification(one: Document) -> list[pools.Pool]:
    """A pool for each of the subnets that a launch specification lists."""
    params = {name: value for name, value in one.items() if name not in RENAMED}
    groups = [group["GroupId"] for group in one.get("SecurityGroups", ()) if "GroupId" in group]
    if groups:
        params["SecurityGroupIds"] = groups
    subnets = str(one.get("SubnetId", "")).replace(" ", "").split(",")
    return [
        pools.Pool({**params, **({"SubnetId": s} if s else {})}, one.get("WeightedCapacity", 1), 0, {}) for s in subnets
    ]


def _count(fleet: Document) -> None:
    """Show how much of its capacity the fleet has."""
    config = fleet["SpotFleetRequestConfig"]
    on_demand = [row for row in fleet["launched"] if row["lifecycle"] == "on-demand"]
    config["FulfilledCapacity"] = pools.capacity_of(fleet["launched"])
    config["OnDemandFulfilledCapacity"] = pools.capacity_of(on_demand)
    is_full = config["FulfilledCapacity"] >= config["TargetCapacity"]
    fleet["ActivityStatus"] = "fulfilled" if is_full else "pending_fulfillment" if fleet["launched"] else "error"


def describe_spot_fleet_requests(call: Call) -> Document:
    check_page_size(call, least=1)
    keys = call.get("SpotFleetRequestIds")
    found = [call.read(KIND, key) for key in keys] if keys else call.page(call.list(KIND))
    return {"SpotFleetRequestConfigs": found}


def describe_spot_fleet_instances(call: Call) -> Document:
    fleet = call.read(KIND, call["SpotFleetRequestId"])
    rows = []
    for key in (key for row in fleet["launched"] for key in row["InstanceIds"]):
        instance = call.find("Instance", key)
        if instance is not None and instance["State"]["Name"] in ("running", "pending"):
            row = {"InstanceId": key, "InstanceType": instance["InstanceType"], "InstanceHealth": "healthy"}
            rows.append(row | {n: instance[n] for n in ("SpotInstanceRequestId",) if n in instance})
    return {"ActiveInstances": rows, "SpotFleetRequestId": fleet.key}


def describe_spot_fleet_request_history(call: Call) -> Document:
    """Since a time, of one kind of event or all."""
    fleet = call.read(KIND, call["SpotFleetRequestId"])
    rows = [row for row in fleet["history"] if row["Timestamp"] >= int(call["StartTime"])]
    rows = [row for row in rows if row["EventType"] == call.get("EventType", row["EventType"])]
    fields = {"SpotFleetRequestId": fleet.key, "StartTime": call["StartTime"], "LastEvaluatedTime": call.now}
    return {"HistoryRecords": rows, **fields}


def modify_spot_fleet_request(call: Call) -> Document:
    """More capacity is launched; with less, the newest instances go, unless the fleet keeps them."""
    fleet = call.read(KIND, call["SpotFleetRequestId"])
    if fleet["SpotFleetRequestState"] != "active":
        raise AwsError(
            "fleetRequestNotInModifiableState",
            f"The Spot Fleet request '{fleet.key}' is in state {fleet['SpotFleetRequestState']}.",
        )
    config = fleet["SpotFleetRequestConfig"]
    names = ("TargetCapacity", "OnDemandTargetCapacity", "ExcessCapacityTerminationPolicy", "LaunchTemplateConfigs")
    config |= {name: call[name] for name in names if name in call}
    for lifecycle, wanted in (("on-demand", config["OnDemandTargetCapacity"]), ("spot", _spot_capacity(config))):
        held = [row for row in fleet["launched"] if row["lifecycle"] == lifecycle]
        more = wanted - pools.capacity_of(held)
        if more > 0:
            rows, errors = _launch(call, config, *((more, 0) if lifecycle == "on-demand" else (0, more)))
            fleet["launched"] += rows
            fleet["history"] += fleet_history(call.now, rows, errors)[2:]
        elif more < 0 and config["ExcessCapacityTerminationPolicy"] == "default":
            pools.shrink(call, held, -more)
    _count(fleet)
    call.keep(KIND, fleet)
    return {"Return": True}


def cancel_spot_fleet_requests(call: Call) -> Document:
    done, failed = [], []
    for key in call["SpotFleetRequestIds"]:
        fleet = call.find(KIND, key)
        if fleet is None:
            text = f"The specified Spot Fleet request ID '{key}' does not exist."
            failed.append({"Error": {"Code": "fleetRequestIdDoesNotExist", "Message": text}, "SpotFleetRequestId": key})
            continue
        done.append(_cancel(call, fleet, call["TerminateInstances"]))
    return {"SuccessfulFleetRequests": done, "UnsuccessfulFleetRequests": failed}


def _cancel(call: Call, fleet: Resource, ends: bool) -> Document:
    state = "cancelled_terminating" if ends else "cancelled_running"
    before = fleet["SpotFleetRequestState"]
    if ends:
        pools.terminate(call, [key for row in fleet["launched"] for key in row["InstanceIds"]])
    fleet["SpotFleetRequestState"] = state
    call.keep(KIND, fleet)
    return {
        "CurrentSpotFleetRequestState": state,
        "PreviousSpotFleetRequestState": before,
        "SpotFleetRequestId": fleet.key,
    }
