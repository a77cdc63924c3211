"""Spot instances: requests that are filled at once, and prices that are a part of what the machine is."""

from __future__ import annotations

import math
from typing import Any

from fakeaws.core.pipeline.call import Call
from fakeaws.core.pipeline.validation import numeric
from fakeaws.core.resources import kinds
from fakeaws.core.store.tables import Resource
from fakeaws.core.tools.errors import AwsError
from fakeaws.services.ec2.compute.instance_types import all_names, facts_of
from fakeaws.services.ec2.regions import zones_of
from fakeaws.services.ec2.resources import check_page_size, listed, matched, new_id, read_all, tags_for

Document = dict[str, Any]
PRICE = kinds.Kind("ec2", "SpotPrice", {"shape": "SpotPrice"})
FILLED = {"Code": "fulfilled", "Message": "Your spot request is fulfilled."}


def request_spot_instances(call: Call) -> Document:
    """There is always capacity: each request gets its instance, unless it would not pay the price."""
    specification = call.get("LaunchSpecification")
    if specification is None:
        raise AwsError("MissingParameter", "The request must contain the parameter LaunchSpecification")
    options = {"SpotInstanceType": call.get("Type", "one-time")}
    if "SpotPrice" in call:
        options["MaxPrice"] = call["SpotPrice"]
    options |= {name: call[name] for name in ("ValidUntil", "InstanceInterruptionBehavior") if name in call}
    params = {name: value for name, value in specification.items() if name not in ("AddressingType",)}
    tags = tags_for(call, "spot-instances-request")
    rows = []
    least = numeric(call.operation, "SpotPrice", call["SpotPrice"]) if "SpotPrice" in call else math.inf
    low = least < float(price(specification.get("InstanceType", "m1.small")))
    for _ in range(call.get("InstanceCount", 1)):
        if low:
            rows.append(_waiting(call, specification, tags))
            continue
        market = {"MarketType": "spot", "SpotOptions": options}
        launch = {**params, "MinCount": 1, "MaxCount": 1, "InstanceMarketOptions": market}
        instance = call.perform("ec2", "RunInstances", launch)["Instances"][0]
        request = call.read("SpotInstanceRequest", instance["SpotInstanceRequestId"])
        request |= {"Tags": tags} if tags else {}
        rows.append(call.keep("SpotInstanceRequest", request))
    return {"SpotInstanceRequests": rows}


def _waiting(call: Call, specification: Document, tags: list[Document]) -> Resource:
    """A request that stays open because the price is too high for it."""
    text = "Your Spot request price is lower than the minimum required Spot request fulfillment price."
    request = {
        "CreateTime": call.now,
        "LaunchSpecification": specification,
        "ProductDescription": "Linux/UNIX",
        "SpotInstanceRequestId": new_id(call, "SpotInstanceRequest"),
        "SpotPrice": call["SpotPrice"],
        "State": "open",
        "Status": {"Code": "price-too-low", "Message": text, "UpdateTime": call.now},
        "Type": call.get("Type", "one-time"),
        "InstanceInterruptionBehavior": call.get("InstanceInterruptionBehavior", "terminate"),
        "Tags": tags,
    }
    return call.keep("SpotInstanceRequest", request)


def check_price(call: Call, instance_type: str, market: Document) -> None:
    """A launch that would not pay the price is refused: RunInstances does not wait."""
    most = market.get("SpotOptions", {}).get("MaxPrice")
    if most is not None and numeric(call.operation, "InstanceMarketOptions.SpotOptions.MaxPrice", most) < float(
        price(instance_type)
    ):
        raise AwsError(
            "SpotMaxPriceTooLow",
            f"Your Spot request price of {most} is lower than the minimum required Spot request fulfillment price of"
            f" {float(price(instance_type)):.4f}.",
        )


def keep_request(call: Call, instance: Document, market: Document, params: Document) -> str:
    """Record the request behind a spot instance that is being launched; answers with its id."""
    options = market.get("SpotOptions", {})
    shared = ("ImageId", "InstanceType", "KeyName", "SubnetId", "Placement", "UserData", "EbsOptimized", "Monitoring")
    zone = instance["Placement"]["AvailabilityZone"]
    launch = {name: params[name] for name in shared if name in params}
    launch |= {"SecurityGroups": instance["SecurityGroups"], "Placement": {"AvailabilityZone": zone}}
    request = {
        "CreateTime": call.now,
        "InstanceId": instance["InstanceId"],
        "LaunchSpecification": {**launch, "Monitoring": {"Enabled": instance["Monitoring"]["State"] == "enabled"}},
        "LaunchedAvailabilityZone": zone,
        "ProductDescription": "Linux/UNIX",
        "SpotInstanceRequestId": new_id(call, "SpotInstanceRequest"),
        "SpotPrice": str(options.get("MaxPrice") or f"{on_demand(instance['InstanceType']):.6f}"),
        "State": "active",
        "Status": {**FILLED, "UpdateTime": call.now},
        "Type": options.get("SpotInstanceType", "one-time"),
        "InstanceInterruptionBehavior": options.get("InstanceInterruptionBehavior", "terminate"),
    }
    if "ValidUntil" in options:
        request["ValidUntil"] = options["ValidUntil"]
    call.keep("SpotInstanceRequest", request)
    return str(request["SpotInstanceRequestId"])


def describe_spot_instance_requests(call: Call) -> Document:
    return listed(call, "SpotInstanceRequest", "SpotInstanceRequestIds", "SpotInstanceRequests")


def cancel_spot_instance_requests(call: Call) -> Document:
    """The instance goes on."""
    found = read_all(call, "SpotInstanceRequest", call["SpotInstanceRequestIds"])
    for request in found:
        code = (
            "request-canceled-and-instance-running" if request["State"] == "active" else "canceled-before-fulfillment"
        )
        request |= {"State": "cancelled", "Status": {"Code": code, "Message": "Your spot request is canceled."}}
        call.keep("SpotInstanceRequest", request)
    rows = [{"SpotInstanceRequestId": request.key, "State": "cancelled"} for request in found]
    return {"CancelledSpotInstanceRequests": rows}


def close(call: Call, instance: Resource) -> None:
    """The user terminated the instance: its request is done with."""
    request = call.find("SpotInstanceRequest", instance["SpotInstanceRequestId"])
    if request is not None and request["State"] == "active":
        message = {
            "Code": "instance-terminated-by-user",
            "Message": "Spot Instance terminated due to user-initiated termination.",
        }
        request |= {"State": "closed", "Status": {**message, "UpdateTime": call.now}}
        call.keep("SpotInstanceRequest", request)


def on_demand(name: str) -> float:
    """About what AWS asks for an hour on demand in us-east-1, in US dollars: by memory for types that save up credits,
    else by processors, memory and accelerators."""
    facts = facts_of(name) or {"cpus": 1, "memory": 1024}
    gib = facts["memory"] / 1024
    if facts.get("burstable"):
        return float(0.0104 * gib)
    count = facts.get("accelerators", {}).get(name.partition(".")[2], 0)
    return float(0.037 * facts["cpus"] + 0.003 * gib + 0.4 * count)


def price(name: str) -> str:
    """US dollars an hour: a third of the price on demand, the same at all times."""
    return f"{on_demand(name) / 3:.6f}"


def describe_spot_price_history(call: Call) -> Document:
    """One price for each type and zone, since it never changes."""
    check_page_size(call, least=0)
    names = call.get("InstanceTypes") or all_names()
    products = call.get("ProductDescriptions") or ["Linux/UNIX"]
    at = call.get("StartTime", call.now)
    rows = [
        {
            "AvailabilityZone": zone["ZoneName"],
            "AvailabilityZoneId": zone["ZoneId"],
            "InstanceType": name,
            "ProductDescription": product,
            "SpotPrice": price(name),
            "Timestamp": at,
        }
        for name in names
        for product in products
        for zone in zones_of(call.region)
        if zone["ZoneName"] == call.get("AvailabilityZone", zone["ZoneName"])
    ]
    return {"SpotPriceHistory": matched(call, PRICE, rows)}


def get_spot_placement_scores(call: Call) -> Document:
    """Everywhere is as good: the score is 9 of 10."""
    regions = call.get("RegionNames") or [call.region]
    rows: list[Document] = [{"Region": region, "Score": 9} for region in regions]
    if call.get("SingleAvailabilityZone"):
        rows = [
            {"Region": region, "AvailabilityZoneId": zone["ZoneId"], "Score": 9}
            for region in regions
            for zone in zones_of(region)
        ]
    return {"SpotPlacementScores": rows}
