"""Target groups, and the targets in them."""

from __future__ import annotations

from typing import Any

from fakeaws.core.pipeline.call import Call
from fakeaws.core.store.tables import Resource
from fakeaws.core.tools.errors import AwsError
from fakeaws.services.elbv2.balancers import changed, listed
from fakeaws.services.elbv2.listeners import groups_in

Document = dict[str, Any]
USUAL = {
    "stickiness.enabled": "false",
    "deregistration_delay.timeout_seconds": "300",
    "stickiness.type": "lb_cookie",
    "stickiness.lb_cookie.duration_seconds": "86400",
    "stickiness.app_cookie.cookie_name": "",
    "stickiness.app_cookie.duration_seconds": "86400",
    "slow_start.duration_seconds": "0",
    "load_balancing.algorithm.type": "round_robin",
    "load_balancing.algorithm.anomaly_mitigation": "off",
    "load_balancing.cross_zone.enabled": "use_load_balancer_configuration",
    "target_group_health.dns_failover.minimum_healthy_targets.count": "1",
    "target_group_health.dns_failover.minimum_healthy_targets.percentage": "off",
    "target_group_health.unhealthy_state_routing.minimum_healthy_targets.count": "1",
    "target_group_health.unhealthy_state_routing.minimum_healthy_targets.percentage": "off",
}
NOT_IN_USE = "Target group is not configured to receive traffic from the load balancer"


def _group(call: Call, arn: str | None = None) -> Resource:
    return call.read("TargetGroup", arn if arn is not None else call["TargetGroupArn"])


def create_target_group(call: Call) -> Document:
    kind = call.get("TargetType", "instance")
    if kind != "lambda":
        for name in ("Protocol", "Port", "VpcId"):
            if name not in call:
                text = {"Protocol": "A protocol", "Port": "A port", "VpcId": "A VPC ID"}[name]
                raise AwsError("ValidationError", f"{text} must be specified")
    for row in call.list("TargetGroup", TargetGroupName=call["Name"]):
        text = f"A target group with the same name '{row['TargetGroupName']}' exists, but with different settings"
        raise AwsError("DuplicateTargetGroupName", text)
    given = {name: value for name, value in call.params.items() if name not in ("Name", "Tags")}
    http = call.get("Protocol") in ("HTTP", "HTTPS")
    health = {
        "HealthCheckProtocol": "HTTP" if http or kind == "lambda" else "TCP",
        "HealthCheckEnabled": kind != "lambda",
    }
    path = {"HealthCheckPath": "/", "Matcher": {"HttpCode": "200"}} if http or kind == "lambda" else {}
    arn = "arn:{partition}:elasticloadbalancing:{region}:{account}:targetgroup/{name}/{hex16}"
    made = {
        "TargetGroupArn": call.make(arn, name=call["Name"]),
        "TargetGroupName": call["Name"],
        "HealthCheckPort": "traffic-port",
        "HealthCheckIntervalSeconds": 35 if kind == "lambda" else 30,
        "HealthCheckTimeoutSeconds": 30 if kind == "lambda" else 5 if http else 10,
        "HealthyThresholdCount": 5,
        "UnhealthyThresholdCount": 2,
        **health,
        **path,
        "TargetType": kind,
        **({"ProtocolVersion": "HTTP1"} if http else {}),
        "IpAddressType": "ipv4",
        **given,
        "attributes": dict(USUAL),
        "targets": [],
        "_tags": call.get("Tags", []),
    }
    return {"TargetGroups": [_shown(call, call.keep("TargetGroup", made))]}


def _shown(call: Call, group: Resource) -> Document:
    return {**group, "LoadBalancerArns": _balancers(call, group.key)}


def _balancers(call: Call, arn: str) -> list[str]:
    """The balancers that have a rule which forwards to a group."""
    listeners = {row.key: row["LoadBalancerArn"] for row in call.list("Listener")}
    rules = [row for row in call.list("Rule") if arn in groups_in(row["Actions"])]
    return sorted({listeners[row["listener"]] for row in rules if row["listener"] in listeners})


def describe_target_groups(call: Call) -> Document:
    """By name or ARN, or those behind a balancer."""
    if "TargetGroupArns" in call:
        return {"TargetGroups": [_shown(call, _group(call, arn)) for arn in call["TargetGroupArns"]]}
    rows = [_shown(call, row) for row in call.list("TargetGroup")]
    if "LoadBalancerArn" in call:
        rows = [row for row in rows if call["LoadBalancerArn"] in row["LoadBalancerArns"]]
    names = call.get("Names")
    found = [row for row in rows if not names or row["TargetGroupName"] in names]
    if names and len(found) < len(names):
        raise AwsError("TargetGroupNotFound", "One or more target groups not found")
    return {"TargetGroups": found}


def modify_target_group(call: Call) -> Document:
    group = _group(call)
    group |= {name: value for name, value in call.params.items() if name != "TargetGroupArn"}
    return {"TargetGroups": [_shown(call, call.keep("TargetGroup", group))]}


def delete_target_group(call: Call) -> Document:
    """One that a rule forwards to stays."""
    group = call.find("TargetGroup", call["TargetGroupArn"])
    if group is None:
        return {}
    if _balancers(call, group.key):
        raise AwsError("ResourceInUse", f"Target group '{group.key}' is currently in use by a listener or a rule")
    call.drop("TargetGroup", group)
    return {}


def describe_target_group_attributes(call: Call) -> Document:
    return {"Attributes": listed(_group(call)["attributes"])}


def modify_target_group_attributes(call: Call) -> Document:
    group = _group(call)
    group["attributes"] = changed(group["attributes"], call["Attributes"])
    return {"Attributes": listed(call.keep("TargetGroup", group)["attributes"])}


# Targets


def _key(group: Resource, target: Document) -> tuple[str, int]:
    return target["Id"], target.get("Port", group.get("Port", 0))


def register_targets(call: Call) -> Document:
    group = _group(call)
    if group["TargetType"] == "instance":
        _check_running(call, [one["Id"] for one in call["Targets"]])
    held = {_key(group, one): one for one in group["targets"]}
    for one in call["Targets"]:
        port = {} if group["TargetType"] == "lambda" else {"Port": one.get("Port", group["Port"])}
        held[_key(group, one)] = {**one, **port}
    group["targets"] = list(held.values())
    call.keep("TargetGroup", group)
    return {}


def _states(call: Call, ids: list[str]) -> dict[str, str]:
    params = {"Filters": [{"Name": "instance-id", "Values": ids}]}
    found = call.perform("ec2", "DescribeInstances", params)["Reservations"] if ids else []
    return {one["InstanceId"]: one["State"]["Name"] for reservation in found for one in reservation["Instances"]}


def _check_running(call: Call, ids: list[str]) -> None:
    states = _states(call, ids)
    unknown = [one for one in ids if one not in states]
    if unknown:
        raise AwsError("InvalidTarget", f"The following instance IDs are not valid: {', '.join(unknown)}")
    down = [f"'{one}'" for one in ids if states[one] not in ("pending", "running")]
    if down:
        text = "The following targets are not in a running state and cannot be registered: "
        raise AwsError("InvalidTarget", text + ", ".join(down))


def deregister_targets(call: Call) -> Document:
    group = _group(call)
    gone = {_key(group, one) for one in call["Targets"]}
    plain = {one["Id"] for one in call["Targets"] if "Port" not in one}
    group["targets"] = [one for one in group["targets"] if _key(group, one) not in gone and one["Id"] not in plain]
    call.keep("TargetGroup", group)
    return {}


def describe_target_health(call: Call) -> Document:
    """Nothing is asked of targets offline: those of a group in use are well while their instances run."""
    group = _group(call)
    states = _states(call, [one["Id"] for one in group["targets"]]) if group["TargetType"] == "instance" else {}
    in_use, requested = bool(_balancers(call, group.key)), call.get("Targets")
    wanted = {_key(group, one) for one in requested} if requested else None
    rows = [one for one in group["targets"] if wanted is None or _key(group, one) in wanted]
    return {"TargetHealthDescriptions": [_health(group, one, states, in_use) for one in rows]}


def _health(group: Resource, target: Document, states: dict[str, str], in_use: bool) -> Document:
    state = states.get(target["Id"], "terminated") if group["TargetType"] == "instance" else "running"
    health: Document = {"State": "healthy"}
    if not in_use:
        health = {"State": "unused", "Reason": "Target.NotInUse", "Description": NOT_IN_USE}
    elif state not in ("running", "pending"):
        text = f"Target is in the {state} state"
        health = {"State": "unused", "Reason": "Target.InvalidState", "Description": text}
    port = {"HealthCheckPort": str(target["Port"])} if "Port" in target else {}
    return {"Target": target, **port, "TargetHealth": health}


LIMITS = {
    "application-load-balancers": 50,
    "listeners-per-application-load-balancer": 50,
    "network-load-balancers": 50,
    "listeners-per-network-load-balancer": 50,
    "rules-per-application-load-balancer": 100,
    "target-groups": 3000,
    "targets-per-application-load-balancer": 1000,
    "targets-per-availability-zone-per-network-load-balancer": 500,
    "targets-per-network-load-balancer": 3000,
    "certificates-per-application-load-balancer": 25,
}


def describe_account_limits(call: Call) -> Document:
    return {"Limits": [{"Name": name, "Max": str(most)} for name, most in LIMITS.items()]}
