"""Endpoint services: what an account offers behind its load balancers, who may connect, and who has."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fakeaws.core.pipeline.call import Call
from fakeaws.core.resources import filters, kinds
from fakeaws.core.resources.naming import refusal
from fakeaws.core.store.tables import Resource
from fakeaws.core.tools.errors import AwsError
from fakeaws.services.ec2.resources import check_id, check_page_size, listed, new_id, read, tags_for

Document = dict[str, Any]
SERVICE = "VpcEndpointServiceConfiguration"
EVERYONE = "*"
BALANCERS = {
    "NetworkLoadBalancerArns": ("network", "Interface"),
    "GatewayLoadBalancerArns": ("gateway", "GatewayLoadBalancer"),
}
CONNECTION = kinds.Kind("ec2", "Connection", {"shape": "VpcEndpointConnection"})
PERMISSION = kinds.Kind("ec2", "Permission", {"shape": "AllowedPrincipal"})
WORDS = {"root": "Account", "user": "User", "role": "Role"}


def create_vpc_endpoint_service_configuration(call: Call) -> Document:
    """Behind load balancers of one kind, in the zones that they are in."""
    given = [name for name in BALANCERS if call.get(name)]
    if len(given) != 1:
        raise AwsError(
            "InvalidParameterCombination" if given else "MissingParameter",
            "Either network load balancers or gateway load balancers must be specified",
        )
    key = new_id(call, SERVICE)
    service: Document = {
        "ServiceId": key,
        "ServiceType": [{"ServiceType": BALANCERS[given[0]][1]}],
        "ServiceName": f"com.amazonaws.vpce.{call.region}.{key}",
        "ServiceState": "Available",
        "AcceptanceRequired": call.get("AcceptanceRequired", True),
        "ManagesVpcEndpoints": False,
        "SupportedIpAddressTypes": call.get("SupportedIpAddressTypes", ["ipv4"]),
        "BaseEndpointDnsNames": [f"{key}.{call.region}.vpce.amazonaws.com"],
        "Tags": tags_for(call, "vpc-endpoint-service"),
        given[0]: call[given[0]],
        "principals": [],
        "owner": call.account,
    }
    _place(call, service)
    _name(call, service)
    call.of(account=call.account).keep("OfferedService", {"ServiceId": key, "owner": call.account})
    return {"ServiceConfiguration": call.keep(SERVICE, service), "ClientToken": call.get("ClientToken")}


def _place(call: Call, service: Document) -> None:
    """The zones are those of the load balancers, which must be there and of the right kind."""
    zones = set()
    for member, (kind, _) in BALANCERS.items():
        for arn in service.get(member, ()):
            balancer = _balancer(call, arn)
            if balancer.get("Type") != kind:
                raise AwsError("InvalidParameter", f"Load balancer {arn} is not of type {kind}.")
            zones |= {zone["ZoneName"] for zone in balancer.get("AvailabilityZones", ()) if "ZoneName" in zone}
    service["AvailabilityZones"] = sorted(zones)


def _balancer(call: Call, arn: str) -> Document:
    try:
        found = call.perform("elbv2", "DescribeLoadBalancers", {"LoadBalancerArns": [arn]})["LoadBalancers"]
    except AwsError as error:
        raise AwsError("InvalidParameter", f"The load balancer '{arn}' does not exist") from error
    return dict(found[0]) if found else {}


def _name(call: Call, service: Document) -> None:
    """A private name holds once its domain is proved by a TXT record."""
    if call.get("RemovePrivateDnsName"):
        service.pop("PrivateDnsName", None)
        service.pop("PrivateDnsNameConfiguration", None)
    if "PrivateDnsName" in call:
        record = {"Name": f"_{call.make('{alnum20}')}", "Value": f"vpce:{call.make('{mixed20}')}", "Type": "TXT"}
        service["PrivateDnsName"] = call["PrivateDnsName"]
        service["PrivateDnsNameConfiguration"] = {"State": "pendingVerification", **record}


def describe_vpc_endpoint_service_configurations(call: Call) -> Document:
    return listed(call, SERVICE, "ServiceIds", "ServiceConfigurations")


def modify_vpc_endpoint_service_configuration(call: Call) -> Document:
    service = read(call, SERVICE, call["ServiceId"])
    for member in (*BALANCERS, "SupportedIpAddressTypes"):
        kept = [value for value in service.get(member, ()) if value not in call.get(f"Remove{member}", ())]
        service[member] = [*kept, *(value for value in call.get(f"Add{member}", ()) if value not in kept)]
    if not any(service[member] for member in BALANCERS):
        raise AwsError("InvalidParameter", "An endpoint service must have at least one load balancer.")
    service |= {name: call[name] for name in ("AcceptanceRequired",) if name in call}
    _place(call, service)
    _name(call, service)
    for member in BALANCERS:
        if not service[member]:
            del service[member]
    call.keep(SERVICE, service)
    return {"Return": True}


def delete_vpc_endpoint_service_configurations(call: Call) -> Document:
    """One that endpoints are connected to stays, and is listed apart."""
    failed = []
    for key in call["ServiceIds"]:
        check_id(call, SERVICE, key)
        service = call.find(SERVICE, key)
        if service is None:
            error = refusal(call, SERVICE, "missing", key)
            failed.append({"Error": {"Code": error.code, "Message": error.message}, "ResourceId": key})
        elif any(True for _ in _connected(call, key)):
            text = f"Existing VpcEndpoint connections exist for service {key}"
            failed.append({"Error": {"Code": "ExistingVpcEndpointConnections", "Message": text}, "ResourceId": key})
        else:
            _offer(call, service, [])
            call.drop("OfferedService", call.read("OfferedService", key))
            call.drop(SERVICE, service)
    return {"Unsuccessful": failed}


# Who may connect


def modify_vpc_endpoint_service_permissions(call: Call) -> Document:
    """Principals are accounts, users and roles by ARN, or everyone (`*`)."""
    service = read(call, SERVICE, call["ServiceId"])
    held = {row["Principal"]: row for row in service["principals"]}
    for principal in call.get("RemoveAllowedPrincipals", ()):
        held.pop(principal, None)
    added = []
    for principal in call.get("AddAllowedPrincipals", ()):
        if principal not in held:
            held[principal] = _permission(call, principal)
            added.append(held[principal])
    _offer(call, service, list(held.values()))
    return {"AddedPrincipals": added, "ReturnValue": True}


def _permission(call: Call, principal: str) -> Document:
    word = principal.rpartition(":")[2].partition("/")[0]
    if principal != EVERYONE and not (principal.startswith("arn:") and word in WORDS and principal.count(":") == 5):
        raise AwsError("InvalidPrincipal", f"Principal {principal} is not valid")
    return {
        "PrincipalType": "All" if principal == EVERYONE else WORDS[word],
        "Principal": principal,
        "ServicePermissionId": call.make("vpce-svc-perm-0{hex16}"),
        "ServiceId": call["ServiceId"],
    }


def _offer(call: Call, service: Resource, principals: list[Document]) -> None:
    """Let the accounts of these principals find the service; all others, but the owner, no longer."""
    for row in service["principals"]:
        elsewhere = call.of(account=_account(row["Principal"]))
        shared = elsewhere.find("OfferedService", service.key)
        if shared is not None and elsewhere.account != call.account:
            elsewhere.drop("OfferedService", shared)
    for row in principals:
        elsewhere = call.of(account=_account(row["Principal"]))
        elsewhere.keep("OfferedService", {"ServiceId": service.key, "owner": call.account})
    service["principals"] = principals
    call.keep(SERVICE, service)


def _account(principal: str) -> str:
    return principal if principal == EVERYONE else principal.split(":")[4]


def describe_vpc_endpoint_service_permissions(call: Call) -> Document:
    check_page_size(call)
    service = read(call, SERVICE, call["ServiceId"])
    rows = [row for row in service["principals"] if filters.matching(PERMISSION, call.get("Filters"), row)]
    return {"AllowedPrincipals": rows}


def offered(call: Call) -> Iterator[Resource]:
    """The endpoint services that the caller may connect to, the caller's own among them."""
    seen = set()
    for whom in (call.account, EVERYONE):
        for share in call.of(account=whom).list("OfferedService"):
            service = call.of(account=share["owner"]).find(SERVICE, share.key)
            if service is not None and service.key not in seen:
                seen.add(service.key)
                yield service


# Who has


def connect(call: Call, endpoint: Document, service: Document) -> None:
    """Tell the owner of a service of an endpoint, which waits where the owner wants to accept it."""
    if service["AcceptanceRequired"]:
        endpoint["State"] = "pendingAcceptance"
        endpoint.pop("passing", None)
    connection = {
        "ServiceId": service["ServiceId"],
        "VpcEndpointId": endpoint["VpcEndpointId"],
        "VpcEndpointConnectionId": call.make("vpce-con-0{hex16}"),
        "VpcEndpointRegion": call.region,
        "VpcEndpointOwner": call.account,
        "CreationTimestamp": call.now,
        "IpAddressType": "ipv4",
        "Tags": [],
    }
    call.of(account=service["Owner"]).keep("VpcEndpointConnection", connection)


def disconnect(call: Call, endpoint: Document) -> None:
    """The endpoint goes: its connection goes too."""
    for service in offered(call):
        elsewhere = call.of(account=service["owner"])
        connection = elsewhere.find("VpcEndpointConnection", endpoint["VpcEndpointId"])
        if connection is not None:
            elsewhere.drop("VpcEndpointConnection", connection)


def _connected(call: Call, key: str) -> Iterator[tuple[Resource, Resource]]:
    """The connections of a service, each with its endpoint."""
    for connection in call.list("VpcEndpointConnection", ServiceId=key):
        endpoint = call.of(account=connection["VpcEndpointOwner"]).find("VpcEndpoint", connection.key)
        if endpoint is not None and endpoint["State"] != "rejected":
            yield connection, endpoint


def describe_vpc_endpoint_connections(call: Call) -> Document:
    check_page_size(call)
    rows = []
    for service in call.list(SERVICE):
        balancers = {member: service[member] for member in BALANCERS if member in service}
        for connection in call.list("VpcEndpointConnection", ServiceId=service.key):
            endpoint = call.of(account=connection["VpcEndpointOwner"]).find("VpcEndpoint", connection.key)
            if endpoint is not None:
                seen = {"VpcEndpointState": endpoint["State"], "DnsEntries": endpoint["DnsEntries"]}
                rows.append({**connection, **seen, **balancers})
    return {"VpcEndpointConnections": [r for r in rows if filters.matching(CONNECTION, call.get("Filters"), r)]}


def accept_vpc_endpoint_connections(call: Call) -> Document:
    """Those that wait, and those that were rejected."""
    return _answered(call, ("pendingAcceptance", "rejected"), "available")


def reject_vpc_endpoint_connections(call: Call) -> Document:
    """Also those that are in use."""
    return _answered(call, ("pendingAcceptance", "pending", "available"), "rejected")


def _answered(call: Call, states: tuple[str, ...], state: str) -> Document:
    service = read(call, SERVICE, call["ServiceId"])
    failed = []
    for key in call["VpcEndpointIds"]:
        check_id(call, "VpcEndpoint", key)
        connection = call.find("VpcEndpointConnection", key)
        if connection is None or connection["ServiceId"] != service.key:
            text = f"The Vpc Endpoint Id '{key}' does not exist"
            failed.append({"Error": {"Code": "InvalidVpcEndpoint.NotFound", "Message": text}, "ResourceId": key})
            continue
        elsewhere = call.of(account=connection["VpcEndpointOwner"])
        endpoint = elsewhere.read("VpcEndpoint", key)
        if endpoint["State"] not in states:
            text = f"The Vpc Endpoint {key} is in state {endpoint['State']}"
            failed.append({"Error": {"Code": "InvalidState", "Message": text}, "ResourceId": key})
            continue
        endpoint["State"] = state
        endpoint.pop("passing", None)
        elsewhere.keep("VpcEndpoint", endpoint)
    return {"Unsuccessful": failed}
