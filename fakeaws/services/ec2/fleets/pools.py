"""Filling a fleet: from which of its pools (an instance type in a place) how many instances are launched."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

from fakeaws.core.pipeline.call import Call
from fakeaws.core.tools.errors import AwsError
from fakeaws.services.ec2.compute.instance_requirements import fitting
from fakeaws.services.ec2.compute.spot import price

Document = dict[str, Any]
SPREAD = ("diversified",)
BY_PRIORITY = ("prioritized", "capacityOptimizedPrioritized", "capacity-optimized-prioritized")


class Pool(NamedTuple):
    """What RunInstances is asked, how much capacity an instance of it counts for, and where it comes from."""

    params: Document
    weight: float
    priority: float
    shown: Document

    @property
    def cost(self) -> float:
        """US dollars an hour for a unit of capacity; nothing where the template says the type."""
        name = self.params.get("InstanceType")
        return float(price(name)) / self.weight if name else 0.0


def of_templates(call: Call, configurations: list[Document]) -> list[Pool]:
    """A pool for each override of each launch template, one for each type where it says what is required of types."""
    found = []
    for configuration in configurations:
        template = configuration.get("LaunchTemplateSpecification", {})
        if not template:
            raise AwsError("InvalidLaunchTemplate", "A launch template must be specified.")
        for override in configuration.get("Overrides") or [{}]:
            for params in _params(override):
                shown = {"LaunchTemplateSpecification": template, "Overrides": override}
                pool = Pool(
                    {"LaunchTemplate": template, **params},
                    override.get("WeightedCapacity", 1),
                    override.get("Priority", math.inf),
                    shown,
                )
                found.append(pool)
    return found


def _params(override: Document) -> list[Document]:
    params: Document = {name: override[name] for name in ("InstanceType", "SubnetId", "ImageId") if name in override}
    if "AvailabilityZone" in override or "Placement" in override:
        zone = {"AvailabilityZone": override["AvailabilityZone"]} if "AvailabilityZone" in override else {}
        params["Placement"] = {**override.get("Placement", {}), **zone}
    if "BlockDeviceMappings" in override:
        params["BlockDeviceMappings"] = override["BlockDeviceMappings"]
    subnets = str(params.pop("SubnetId", "")).replace(" ", "").split(",")
    types = fitting(override["InstanceRequirements"]) if "InstanceRequirements" in override else [""]
    return [
        {**params, **({"SubnetId": s} if s else {}), **({"InstanceType": t} if t else {})}
        for s in subnets
        for t in types
    ]


def fill(
    call: Call, pools: list[Pool], capacity: float, strategy: str, params: Document
) -> tuple[list[Document], list[Document]]:
    """Launch until `capacity` is reached; answers with what was launched and what went wrong, a row for each pool."""
    rows: list[Document] = []
    errors: list[Document] = []
    ordered = sorted(pools, key=(lambda p: p.priority) if strategy in BY_PRIORITY else (lambda p: p.cost))
    left = float(capacity)
    while left > 0 and ordered:
        pool = ordered.pop(0)
        share = left / (len(ordered) + 1) if strategy in SPREAD else left
        count = math.ceil(share / pool.weight)
        try:
            instances = call.perform(
                "ec2", "RunInstances", {**pool.params, **params, "MinCount": count, "MaxCount": count}
            )
        except AwsError as error:
            errors.append({"pool": pool, "ErrorCode": error.code, "ErrorMessage": error.message})
            continue
        launched = instances["Instances"]
        rows.append(
            {
                "LaunchTemplateAndOverrides": pool.shown,
                "InstanceIds": [instance["InstanceId"] for instance in launched],
                "InstanceType": launched[0]["InstanceType"],
                "weight": pool.weight,
            }
        )
        left -= count * pool.weight
    return rows, errors


def capacity_of(rows: list[Document]) -> float:
    """What rows of `fill` count for."""
    return float(sum(len(row["InstanceIds"]) * row["weight"] for row in rows))


def shrink(call: Call, rows: list[Document], excess: float) -> None:
    """Terminate the newest instances of rows of `fill`, as long as not too many go."""
    going = []
    for row in reversed(rows):
        while row["InstanceIds"] and row["weight"] <= excess:
            going.append(row["InstanceIds"].pop())
            excess -= row["weight"]
    terminate(call, going)


def terminate(call: Call, keys: list[str]) -> None:
    """Terminate those of the instances that are still there."""
    existing = [key for key in keys if call.find("Instance", key) is not None]
    if existing:
        call.perform("ec2", "TerminateInstances", {"InstanceIds": existing})
