"""Traffic mirroring: which packets of an interface are copied, and where to. No packet flows here, so none is."""

from __future__ import annotations

from ipaddress import ip_network
from typing import Any

from fakeaws.core.pipeline.call import Call
from fakeaws.core.resources.places import drawn
from fakeaws.core.store.tables import Resource
from fakeaws.core.tools.errors import AwsError
from fakeaws.services.ec2.resources import check_page_size, described, listed, new_id, read, tags_for

Document = dict[str, Any]
FILTER, RULE = "TrafficMirrorFilter", "TrafficMirrorFilterRule"
SESSION, TARGET = "TrafficMirrorSession", "TrafficMirrorTarget"
RULE_NAMES = (
    "TrafficDirection",
    "RuleNumber",
    "RuleAction",
    "DestinationPortRange",
    "SourcePortRange",
    "Protocol",
    "DestinationCidrBlock",
    "SourceCidrBlock",
    "Description",
)
SESSION_NAMES = (
    "TrafficMirrorTargetId",
    "TrafficMirrorFilterId",
    "PacketLength",
    "SessionNumber",
    "VirtualNetworkId",
    "Description",
)


def _made(call: Call, kind: str, document: Document, tagged: str) -> Document:
    made = {**document, f"{kind}Id": new_id(call, kind), "Tags": tags_for(call, tagged)}
    return {kind: call.keep(kind, made), "ClientToken": call.get("ClientToken")}


def _given(call: Call, names: tuple[str, ...]) -> Document:
    return {name: call[name] for name in names if name in call}


def _without(call: Call, document: Document) -> None:
    """RemoveFields names members in kebab-case."""
    for name in call.get("RemoveFields", ()):
        document.pop("".join(word.capitalize() for word in name.split("-")), None)


# Filters and their rules


def create_traffic_mirror_filter(call: Call) -> Document:
    answer = _made(call, FILTER, {"NetworkServices": [], **_given(call, ("Description",))}, "traffic-mirror-filter")
    return {**answer, FILTER: _with_rules(call, answer[FILTER])}


def _with_rules(call: Call, row: Resource) -> Document:
    rules = sorted(call.list(RULE, TrafficMirrorFilterId=row.key), key=lambda rule: rule["RuleNumber"])
    return {
        **row,
        "IngressFilterRules": [rule for rule in rules if rule["TrafficDirection"] == "ingress"],
        "EgressFilterRules": [rule for rule in rules if rule["TrafficDirection"] == "egress"],
    }


def describe_traffic_mirror_filters(call: Call) -> Document:
    check_page_size(call)
    rows = call.page(described(call, FILTER, "TrafficMirrorFilterIds"))
    return {"TrafficMirrorFilters": [_with_rules(call, row) for row in rows]}


def modify_traffic_mirror_filter_network_services(call: Call) -> Document:
    row = read(call, FILTER, call["TrafficMirrorFilterId"])
    kept = [name for name in row["NetworkServices"] if name not in call.get("RemoveNetworkServices", ())]
    row["NetworkServices"] = [*kept, *(n for n in call.get("AddNetworkServices", ()) if n not in kept)]
    return {FILTER: _with_rules(call, call.keep(FILTER, row))}


def delete_traffic_mirror_filter(call: Call) -> Document:
    """Not while a session uses it; its rules go with it."""
    row = read(call, FILTER, call["TrafficMirrorFilterId"])
    _refuse_used(call, "TrafficMirrorFilterId", row, "TrafficMirrorFilterInUse")
    for rule in list(call.list(RULE, TrafficMirrorFilterId=row.key)):
        call.drop(RULE, rule)
    call.drop(FILTER, row)
    return {"TrafficMirrorFilterId": row.key}


def _refuse_used(call: Call, member: str, row: Resource, code: str) -> None:
    if any(session[member] == row.key for session in call.list(SESSION)):
        raise AwsError(code, f"{row.key} is used by a traffic mirror session.")


def create_traffic_mirror_filter_rule(call: Call) -> Document:
    """A number once in each direction."""
    row = read(call, FILTER, call["TrafficMirrorFilterId"])
    rule = _given(call, RULE_NAMES) | {"TrafficMirrorFilterId": row.key}
    _check_rule(call, rule)
    return _made(call, RULE, rule, "traffic-mirror-filter-rule")


def _check_rule(call: Call, rule: Document) -> None:
    for name in ("DestinationCidrBlock", "SourceCidrBlock"):
        try:
            ip_network(rule[name], strict=False)
        except ValueError as error:
            raise AwsError("InvalidParameterValue", f"{rule[name]} is not a valid CIDR block.") from error
    if not 1 <= rule["RuleNumber"] <= 32766:
        raise AwsError("InvalidParameterValue", "The rule number must be between 1 and 32766.")
    place = (rule["TrafficDirection"], rule["RuleNumber"])
    for other in call.list(RULE, TrafficMirrorFilterId=rule["TrafficMirrorFilterId"]):
        same = (other["TrafficDirection"], other["RuleNumber"]) == place
        if same and other.key != rule.get("TrafficMirrorFilterRuleId"):
            raise AwsError("TrafficMirrorFilterRuleAlreadyExists", f"Rule {place[1]} ({place[0]}) already exists.")


def describe_traffic_mirror_filter_rules(call: Call) -> Document:
    check_page_size(call)
    rows: Any = described(call, RULE, "TrafficMirrorFilterRuleIds")
    if "TrafficMirrorFilterId" in call:
        key = read(call, FILTER, call["TrafficMirrorFilterId"]).key
        rows = (row for row in rows if row["TrafficMirrorFilterId"] == key)
    return {"TrafficMirrorFilterRules": call.page(rows)}


def modify_traffic_mirror_filter_rule(call: Call) -> Document:
    rule = read(call, RULE, call["TrafficMirrorFilterRuleId"])
    rule |= _given(call, RULE_NAMES)
    _without(call, rule)
    _check_rule(call, rule)
    return {RULE: call.keep(RULE, rule)}


def delete_traffic_mirror_filter_rule(call: Call) -> Document:
    rule = read(call, RULE, call["TrafficMirrorFilterRuleId"])
    call.drop(RULE, rule)
    return {"TrafficMirrorFilterRuleId": rule.key}


# Targets


def create_traffic_mirror_target(call: Call) -> Document:
    """An interface, a network load balancer, or an endpoint of gateway load balancers."""
    kinds = {
        "NetworkInterfaceId": "network-interface",
        "NetworkLoadBalancerArn": "network-load-balancer",
        "GatewayLoadBalancerEndpointId": "gateway-load-balancer-endpoint",
    }
    given = [name for name in kinds if name in call]
    if len(given) != 1:
        raise AwsError(
            "InvalidParameterCombination" if given else "MissingParameter",
            "Exactly one of a network interface, a network load balancer and an endpoint must be specified.",
        )
    if given[0] == "NetworkInterfaceId":
        _refuse_target(call, read(call, "NetworkInterface", call["NetworkInterfaceId"]))
    elif given[0] == "GatewayLoadBalancerEndpointId":
        read(call, "VpcEndpoint", call["GatewayLoadBalancerEndpointId"])
    target = {**_given(call, (given[0], "Description")), "Type": kinds[given[0]], "OwnerId": call.account}
    return _made(call, TARGET, target, "traffic-mirror-target")


def _refuse_target(call: Call, interface: Resource) -> None:
    if any(target.get("NetworkInterfaceId") == interface.key for target in call.list(TARGET)):
        raise AwsError("InvalidParameterValue", f"{interface.key} is already a traffic mirror target.")


def describe_traffic_mirror_targets(call: Call) -> Document:
    return listed(call, TARGET, "TrafficMirrorTargetIds", "TrafficMirrorTargets")


def delete_traffic_mirror_target(call: Call) -> Document:
    row = read(call, TARGET, call["TrafficMirrorTargetId"])
    _refuse_used(call, "TrafficMirrorTargetId", row, "TrafficMirrorTargetInUse")
    call.drop(TARGET, row)
    return {"TrafficMirrorTargetId": row.key}


# Sessions


def create_traffic_mirror_session(call: Call) -> Document:
    """An interface has each session number once, and is not its own target."""
    interface = read(call, "NetworkInterface", call["NetworkInterfaceId"])
    session = {"NetworkInterfaceId": interface.key, "OwnerId": call.account, **_given(call, SESSION_NAMES)}
    session.setdefault("VirtualNetworkId", 1 + int.from_bytes(drawn(call, 3), "big") % 0xFFFFFE)
    _check_session(call, session)
    return _made(call, SESSION, session, "traffic-mirror-session")


def _check_session(call: Call, session: Document) -> None:
    read(call, FILTER, session["TrafficMirrorFilterId"])
    target = read(call, TARGET, session["TrafficMirrorTargetId"])
    if target.get("NetworkInterfaceId") == session["NetworkInterfaceId"]:
        raise AwsError("InvalidParameterValue", "The source and the target cannot be the same network interface.")
    if not 1 <= session["SessionNumber"] <= 32766:
        raise AwsError("InvalidParameterValue", "The session number must be between 1 and 32766.")
    for other in call.list(SESSION, NetworkInterfaceId=session["NetworkInterfaceId"]):
        same = other["SessionNumber"] == session["SessionNumber"]
        if same and other.key != session.get("TrafficMirrorSessionId"):
            raise AwsError(
                "InvalidParameterValue", f"Session number {session['SessionNumber']} is in use on this interface."
            )


def describe_traffic_mirror_sessions(call: Call) -> Document:
    return listed(call, SESSION, "TrafficMirrorSessionIds", "TrafficMirrorSessions")


def modify_traffic_mirror_session(call: Call) -> Document:
    session = read(call, SESSION, call["TrafficMirrorSessionId"])
    session |= _given(call, SESSION_NAMES)
    _without(call, session)
    _check_session(call, session)
    return {SESSION: call.keep(SESSION, session)}


def delete_traffic_mirror_session(call: Call) -> Document:
    session = read(call, SESSION, call["TrafficMirrorSessionId"])
    call.drop(SESSION, session)
    return {"TrafficMirrorSessionId": session.key}
