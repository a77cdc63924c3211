"""Listeners and their rules, the last of which is the default one."""

from __future__ import annotations

from typing import Any

from fakeaws.core.pipeline.call import Call
from fakeaws.core.store.tables import Resource
from fakeaws.core.tools.errors import AwsError
from fakeaws.services.elbv2.balancers import balancer_of

Document = dict[str, Any]
SECURE = ("HTTPS", "TLS")


def _listener(call: Call, arn: str) -> Resource:
    found = call.find("Listener", arn)
    if found is None:
        raise AwsError("ListenerNotFound", "One or more listeners not found")
    return found


def _actions(call: Call, actions: list[Document]) -> list[Document]:
    """Actions whose target groups are there; one that forwards shows its groups with their weights."""
    shown = []
    for action in actions:
        arns = [one["TargetGroupArn"] for one in action.get("ForwardConfig", {}).get("TargetGroups", ())]
        for arn in [*arns, *([action["TargetGroupArn"]] if "TargetGroupArn" in action else [])]:
            if call.find("TargetGroup", arn) is None:
                raise AwsError("TargetGroupNotFound", "One or more target groups not found")
        if action["Type"] == "forward" and "ForwardConfig" not in action and "TargetGroupArn" in action:
            groups = [{"TargetGroupArn": action["TargetGroupArn"], "Weight": 1}]
            stickiness = {"Enabled": False}
            action = {**action, "ForwardConfig": {"TargetGroups": groups, "TargetGroupStickinessConfig": stickiness}}
        shown.append(action)
    return shown


def groups_in(actions: list[Document]) -> set[str]:
    """The target groups that actions forward to."""
    found = {action["TargetGroupArn"] for action in actions if "TargetGroupArn" in action}
    configs = [action["ForwardConfig"].get("TargetGroups", []) for action in actions if "ForwardConfig" in action]
    return found | {one["TargetGroupArn"] for config in configs for one in config}


def create_listener(call: Call) -> Document:
    balancer = balancer_of(call)
    if any(
        row["LoadBalancerArn"] == balancer.key and row.get("Port") == call.get("Port") for row in call.list("Listener")
    ):
        raise AwsError("DuplicateListener", "A listener already exists on this port for this load balancer")
    if call.get("Protocol") in SECURE and not call.get("Certificates"):
        raise AwsError("ValidationError", "A certificate must be specified for HTTPS listeners")
    names = ("LoadBalancerArn", "Protocol", "Port", "Certificates", "SslPolicy", "AlpnPolicy", "MutualAuthentication")
    made = {name: call[name] for name in names if name in call}
    if call.get("Protocol") in SECURE:
        made.setdefault("SslPolicy", "ELBSecurityPolicy-2016-08")
    stem = balancer.key.replace(":loadbalancer/", ":listener/")
    made["ListenerArn"] = f"{stem}/{call.make('{hex16}')}"
    made["DefaultActions"] = _actions(call, call["DefaultActions"])
    made["_tags"] = call.get("Tags", [])
    listener = call.keep("Listener", made)
    rule = {"RuleArn": _rule_arn(call, listener), "Priority": "default", "Conditions": [], "IsDefault": True}
    call.keep("Rule", {**rule, "Actions": made["DefaultActions"], "listener": listener.key, "_tags": []})
    return {"Listeners": [listener]}


def _rule_arn(call: Call, listener: Resource) -> str:
    return f"{listener.key.replace(':listener/', ':listener-rule/')}/{call.make('{hex16}')}"


def modify_listener(call: Call) -> Document:
    row = _listener(call, call["ListenerArn"])
    names = ("Protocol", "Port", "Certificates", "SslPolicy", "AlpnPolicy", "MutualAuthentication")
    row |= {name: call[name] for name in names if name in call}
    if "DefaultActions" in call:
        row["DefaultActions"] = _actions(call, call["DefaultActions"])
        for rule in _rules(call, row.key):
            if rule["IsDefault"]:
                call.keep("Rule", _with(rule, row["DefaultActions"]))
    return {"Listeners": [call.keep("Listener", row)]}


def _with(rule: Resource, actions: list[Document]) -> Resource:
    rule["Actions"] = actions
    return rule


def describe_listeners(call: Call) -> Document:
    """Of a balancer, or those that are named."""
    if "ListenerArns" in call:
        return {"Listeners": [_listener(call, arn) for arn in call["ListenerArns"]]}
    if "LoadBalancerArn" not in call:
        raise AwsError("ValidationError", "You must specify either listener ARNs or a load balancer ARN")
    key = balancer_of(call).key
    return {"Listeners": call.page(row for row in call.list("Listener") if row["LoadBalancerArn"] == key)}


def delete_listener(call: Call) -> Document:
    row = _listener(call, call["ListenerArn"])
    for rule in _rules(call, row.key):
        call.drop("Rule", rule)
    call.drop("Listener", row)
    return {}


# Rules


def _rules(call: Call, listener: str) -> list[Resource]:
    """The rules of a listener in the order in which they are tried."""
    rows = [row for row in call.list("Rule") if row["listener"] == listener]
    return sorted(rows, key=lambda row: (row["IsDefault"], int(row["Priority"]) if not row["IsDefault"] else 0))


def _rule(call: Call, arn: str) -> Resource:
    found = call.find("Rule", arn)
    if found is None:
        raise AwsError("RuleNotFound", "One or more rules not found")
    return found


def create_rule(call: Call) -> Document:
    listener = _listener(call, call["ListenerArn"])
    priority = str(call["Priority"])
    if any(row["Priority"] == priority for row in _rules(call, listener.key)):
        raise AwsError("PriorityInUse", f"Priority '{priority}' is currently in use")
    made = {
        "RuleArn": _rule_arn(call, listener),
        "Priority": priority,
        "Conditions": [_condition(one) for one in call["Conditions"]],
        "Actions": _actions(call, call["Actions"]),
        "IsDefault": False,
        "listener": listener.key,
        "_tags": call.get("Tags", []),
    }
    return {"Rules": [call.keep("Rule", made)]}


def _condition(given: Document) -> Document:
    """A condition with plain values also has them where its field's own configuration is."""
    configs = {"path-pattern": "PathPatternConfig", "host-header": "HostHeaderConfig"}
    name = configs.get(given.get("Field", ""))
    if name and "Values" in given and name not in given:
        return {**given, name: {"Values": given["Values"]}}
    if name and name in given and "Values" not in given:
        return {**given, "Values": given[name].get("Values", [])}
    return given


def modify_rule(call: Call) -> Document:
    row = _rule(call, call["RuleArn"])
    if row["IsDefault"]:
        raise AwsError("OperationNotPermitted", "Default rule '" + row.key + "' cannot be modified")
    if "Conditions" in call:
        row["Conditions"] = [_condition(one) for one in call["Conditions"]]
    if "Actions" in call:
        row["Actions"] = _actions(call, call["Actions"])
    return {"Rules": [call.keep("Rule", row)]}


def describe_rules(call: Call) -> Document:
    if "RuleArns" in call:
        return {"Rules": [_rule(call, arn) for arn in call["RuleArns"]]}
    if "ListenerArn" not in call:
        raise AwsError("ValidationError", "You must specify either listener ARNs or rule ARNs")
    return {"Rules": _rules(call, _listener(call, call["ListenerArn"]).key)}


def delete_rule(call: Call) -> Document:
    row = _rule(call, call["RuleArn"])
    if row["IsDefault"]:
        raise AwsError("OperationNotPermitted", f"Default rule '{row.key}' cannot be deleted")
    call.drop("Rule", row)
    return {}


def set_rule_priorities(call: Call) -> Document:
    """All at once, so that rules can change places."""
    if any("RuleArn" not in one or "Priority" not in one for one in call["RulePriorities"]):
        raise AwsError("ValidationError", "You must specify both the rule ARN and the priority")
    rows = [_rule(call, one["RuleArn"]) for one in call["RulePriorities"]]
    wanted = [str(one["Priority"]) for one in call["RulePriorities"]]
    keys = {row.key for row in rows}
    others = {row["Priority"] for row in _rules(call, rows[0]["listener"]) if row.key not in keys} if rows else set()
    if len(set(wanted)) < len(wanted) or others & set(wanted):
        raise AwsError("PriorityInUse", "The specified priority is in use")
    for row, priority in zip(rows, wanted, strict=True):
        row["Priority"] = priority
        call.keep("Rule", row)
    return {"Rules": rows}
