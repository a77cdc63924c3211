"""Client VPN: endpoints for people's machines, the subnets they reach, routes and who may go where."""

from __future__ import annotations

from datetime import UTC, datetime
from ipaddress import IPv4Network
from typing import Any

from fakeaws.core.pipeline.call import Call
from fakeaws.core.resources import filters, kinds
from fakeaws.core.store.tables import Resource
from fakeaws.core.tools.errors import AwsError
from fakeaws.core.tools.pace import pace
from fakeaws.services.ec2.compute import interfaces
from fakeaws.services.ec2.compute.network_interfaces import groups_of
from fakeaws.services.ec2.resources import check_page_size, listed, new_id, read, read_all, tags_for

Document = dict[str, Any]
KIND = "ClientVpnEndpoint"
NETWORK = kinds.Kind("ec2", "Network", {"shape": "TargetNetwork"})
ROUTE = kinds.Kind("ec2", "Route", {"shape": "ClientVpnRoute"})
RULE = kinds.Kind("ec2", "Rule", {"shape": "AuthorizationRule"})
NAMES = (
    "Description",
    "VpnPort",
    "SplitTunnel",
    "ServerCertificateArn",
    "ConnectionLogOptions",
    "ClientConnectOptions",
    "SessionTimeoutHours",
    "ClientLoginBannerOptions",
    "ClientRouteEnforcementOptions",
    "DisconnectOnSessionTimeout",
)
USUAL: Document = {
    "SplitTunnel": False,
    "VpnPort": 443,
    "TransportProtocol": "udp",
    "ClientConnectOptions": {"Enabled": False},
    "SessionTimeoutHours": 24,
    "ClientLoginBannerOptions": {"Enabled": False},
    "ClientRouteEnforcementOptions": {"Enforced": False},
    "DisconnectOnSessionTimeout": False,
}


def create_client_vpn_endpoint(call: Call) -> Document:
    """Waits for a subnet to be associated."""
    _check_range(call.get("ClientCidrBlock"))
    _check_certificates(call)
    key = new_id(call, KIND)
    name = f"{key}.prod.clientvpn.{call.region}.amazonaws.com"
    endpoint: Document = {
        **USUAL,
        **{n: call[n] for n in (*NAMES, "ClientCidrBlock", "DnsServers", "TransportProtocol") if n in call},
        "ClientVpnEndpointId": key,
        "Status": {"Code": "pending-associate"},
        "CreationTime": datetime.fromtimestamp(int(call.now), UTC).strftime("%Y-%m-%dT%H:%M:%S"),
        "DnsName": f"*.{name}",
        "VpnProtocol": "openvpn",
        "AuthenticationOptions": [_authentication(option) for option in call["AuthenticationOptions"]],
        "AssociatedTargetNetworks": [],
        "Tags": tags_for(call, "client-vpn-endpoint"),
        "networks": [],
        "routes": [],
        "rules": [],
    }
    _set_vpc(call, endpoint)
    if call.get("SelfServicePortal") == "enabled":
        endpoint["SelfServicePortalUrl"] = f"https://self-service.clientvpn.amazonaws.com/endpoints/{key}"
    call.keep(KIND, endpoint)
    return {"ClientVpnEndpointId": key, "Status": endpoint["Status"], "DnsName": endpoint["DnsName"]}


def _check_range(cidr: str | None) -> None:
    try:
        network = IPv4Network(cidr or "")
    except ValueError as error:
        raise AwsError("InvalidParameterValue", f"ClientCidrBlock {cidr} is not a valid CIDR block.") from error
    if not 12 <= network.prefixlen <= 22:
        raise AwsError(
            "InvalidParameterValue", "The client CIDR range must be at least /22 and must not be greater than /12."
        )


def _check_certificates(call: Call) -> None:
    named = [
        o.get("MutualAuthentication", {}).get("ClientRootCertificateChainArn") for o in call["AuthenticationOptions"]
    ]
    for arn in (call["ServerCertificateArn"], *named):
        if arn is not None:
            _certificate(call, arn)


def _certificate(call: Call, arn: str) -> Document:
    try:
        return dict(call.perform("acm", "GetCertificate", {"CertificateArn": arn}))
    except AwsError as error:
        raise AwsError("InvalidParameterValue", f"Certificate {arn} does not exist") from error


def _authentication(option: Document) -> Document:
    """The option as it is shown: the certificate and the provider under other names."""
    shown: Document = {name: option[name] for name in ("Type", "ActiveDirectory") if name in option}
    if "MutualAuthentication" in option:
        arn = option["MutualAuthentication"]["ClientRootCertificateChainArn"]
        shown["MutualAuthentication"] = {"ClientRootCertificateChain": arn}
    if "FederatedAuthentication" in option:
        given = option["FederatedAuthentication"]
        spelled = (("SAMLProviderArn", "SamlProviderArn"), ("SelfServiceSAMLProviderArn", "SelfServiceSamlProviderArn"))
        shown["FederatedAuthentication"] = {to: given[name] for name, to in spelled if name in given}
    return shown


def _set_vpc(call: Call, endpoint: Document) -> None:
    """The network that the endpoint leads into, and its security groups there."""
    vpc = read(call, "Vpc", call["VpcId"]).key if "VpcId" in call else endpoint.get("VpcId")
    groups = read_all(call, "SecurityGroup", call.get("SecurityGroupIds", []))
    if groups and any(group["VpcId"] != vpc for group in groups):
        raise AwsError("InvalidParameterValue", "The security groups must be those of the VPC of the endpoint.")
    if vpc is not None:
        endpoint["VpcId"] = vpc
    if groups:
        endpoint["SecurityGroupIds"] = [group.key for group in groups]


def describe_client_vpn_endpoints(call: Call) -> Document:
    return listed(call, KIND, "ClientVpnEndpointIds", "ClientVpnEndpoints")


def modify_client_vpn_endpoint(call: Call) -> Document:
    endpoint = _endpoint(call)
    if "ServerCertificateArn" in call:
        _certificate(call, call["ServerCertificateArn"])
    endpoint |= {name: call[name] for name in NAMES if name in call}
    _set_vpc(call, endpoint)
    if "DnsServers" in call:
        servers = call["DnsServers"]
        endpoint["DnsServers"] = servers.get("CustomDnsServers", []) if servers.get("Enabled", True) else []
    call.keep(KIND, endpoint)
    return {"Return": True}


def delete_client_vpn_endpoint(call: Call) -> Document:
    """Its subnets have to be disassociated before."""
    endpoint = _endpoint(call)
    if endpoint["networks"]:
        raise AwsError(
            "OperationNotPermitted", f"Endpoint {endpoint.key} has target networks that are associated with it."
        )
    call.drop(KIND, endpoint)
    return {"Status": {"Code": "deleting"}}


def _endpoint(call: Call) -> Resource:
    return read(call, KIND, call["ClientVpnEndpointId"])


# Subnets


def associate_client_vpn_target_network(call: Call) -> Document:
    """One in each zone, all of one VPC; the VPC's own range is routed there."""
    endpoint = _endpoint(call)
    if "SubnetId" not in call:
        raise AwsError("MissingParameter", "The request must contain the parameter subnetId")
    subnet = read(call, "Subnet", call["SubnetId"])
    _check_subnet(call, endpoint, subnet)
    endpoint["VpcId"] = subnet["VpcId"]
    groups = groups_of(call, subnet, endpoint.get("SecurityGroupIds", []))
    endpoint["SecurityGroupIds"] = [group["GroupId"] for group in groups]
    key = call.make("cvpn-assoc-0{hex16}")
    wanted = {"Description": f"ClientVPN Endpoint resource {endpoint.key}"}
    interface = interfaces.create(call, subnet, groups, wanted, []) | {"RequesterManaged": True}
    call.keep("NetworkInterface", interface)
    endpoint["networks"].append(
        {
            "AssociationId": key,
            "VpcId": subnet["VpcId"],
            "TargetNetworkId": subnet.key,
            "ClientVpnEndpointId": endpoint.key,
            "SecurityGroups": endpoint["SecurityGroupIds"],
            "zone": subnet["AvailabilityZone"],
            "interface": interface["NetworkInterfaceId"],
            "ready": call.now + 300 * pace(),
        }
    )
    endpoint["routes"].append(
        _route(endpoint, call.read("Vpc", subnet["VpcId"])["CidrBlock"], subnet.key, "associate", "Default Route")
    )
    _show_networks(call, endpoint)
    return {"AssociationId": key, "Status": {"Code": "associating"}}


def _check_subnet(call: Call, endpoint: Resource, subnet: Resource) -> None:
    if any(row["TargetNetworkId"] == subnet.key for row in endpoint["networks"]):
        raise AwsError(
            "InvalidClientVpnDuplicateAssociation", f"Subnet {subnet.key} is already associated with {endpoint.key}"
        )
    if endpoint.get("VpcId", subnet["VpcId"]) != subnet["VpcId"]:
        raise AwsError(
            "InvalidClientVpnSubnetId.DifferentVpc", f"Subnet {subnet.key} is not in VPC {endpoint['VpcId']}"
        )
    if any(row["zone"] == subnet["AvailabilityZone"] for row in endpoint["networks"]):
        raise AwsError(
            "InvalidClientVpnSubnetId.DuplicateAz",
            f"A subnet in {subnet['AvailabilityZone']} is already associated with {endpoint.key}",
        )
    vpc = call.read("Vpc", subnet["VpcId"])
    if IPv4Network(vpc["CidrBlock"]).overlaps(IPv4Network(endpoint["ClientCidrBlock"])):
        raise AwsError(
            "InvalidClientVpnSubnetId.OverlappingCidr",
            f"The VPC's range {vpc['CidrBlock']} overlaps with the client range {endpoint['ClientCidrBlock']}",
        )


def _show_networks(call: Call, endpoint: Resource) -> None:
    networks = endpoint["networks"]
    endpoint["Status"] = {"Code": "available" if networks else "pending-associate"}
    endpoint["AssociatedTargetNetworks"] = [
        {"NetworkId": row["TargetNetworkId"], "NetworkType": "vpc"} for row in networks
    ]
    call.keep(KIND, endpoint)


def disassociate_client_vpn_target_network(call: Call) -> Document:
    """Its routes and its interface go with it."""
    endpoint = _endpoint(call)
    key = call["AssociationId"]
    row = next((row for row in endpoint["networks"] if row["AssociationId"] == key), None)
    if row is None:
        raise AwsError("InvalidClientVpnAssociationId.NotFound", f"Association {key} does not exist")
    endpoint["networks"].remove(row)
    endpoint["routes"] = [route for route in endpoint["routes"] if route["TargetSubnet"] != row["TargetNetworkId"]]
    interfaces.release(call, row["interface"])
    _show_networks(call, endpoint)
    return {"AssociationId": key, "Status": {"Code": "disassociating"}}


def describe_client_vpn_target_networks(call: Call) -> Document:
    endpoint = _endpoint(call)
    keys = call.get("AssociationIds")
    rows = [
        {**row, "Status": {"Code": "associated" if row["ready"] <= call.now else "associating"}}
        for row in endpoint["networks"]
        if not keys or row["AssociationId"] in keys
    ]
    return {"ClientVpnTargetNetworks": _matching(call, NETWORK, rows)}


def _matching(call: Call, kind: kinds.Kind, rows: list[Document]) -> list[Document]:
    check_page_size(call)
    return [row for row in rows if filters.matching(kind, call.get("Filters"), row)]


def apply_security_groups_to_client_vpn_target_network(call: Call) -> Document:
    endpoint = _endpoint(call)
    if call["VpcId"] != endpoint.get("VpcId"):
        raise AwsError("InvalidParameterValue", f"VPC {call['VpcId']} is not associated with {endpoint.key}")
    _set_vpc(call, endpoint)
    for row in endpoint["networks"]:
        row["SecurityGroups"] = endpoint["SecurityGroupIds"]
        interface = call.read("NetworkInterface", row["interface"])
        subnet = call.read("Subnet", row["TargetNetworkId"])
        interface["Groups"] = groups_of(call, subnet, endpoint["SecurityGroupIds"])
        call.keep("NetworkInterface", interface)
    call.keep(KIND, endpoint)
    return {"SecurityGroupIds": endpoint["SecurityGroupIds"]}


# Routes and rules


def _route(endpoint: Document, cidr: str, subnet: str, origin: str, text: str) -> Document:
    return {
        "ClientVpnEndpointId": endpoint["ClientVpnEndpointId"],
        "DestinationCidr": cidr,
        "TargetSubnet": subnet,
        "Type": "Nat",
        "Origin": origin,
        "Status": {"Code": "active"},
        "Description": text,
    }


def create_client_vpn_route(call: Call) -> Document:
    endpoint = _endpoint(call)
    subnet = call.get("TargetVpcSubnetId")
    if all(row["TargetNetworkId"] != subnet for row in endpoint["networks"]):
        raise AwsError("InvalidClientVpnSubnetId.NotFound", f"Subnet {subnet} is not associated with {endpoint.key}")
    if _routed(call, endpoint) is not None:
        raise AwsError(
            "InvalidClientVpnDuplicateRoute", f"A route to {call['DestinationCidrBlock']} by {subnet} already exists"
        )
    made = _route(endpoint, call["DestinationCidrBlock"], subnet or "", "add-route", call.get("Description", ""))
    endpoint["routes"].append(made)
    call.keep(KIND, endpoint)
    return {"Status": {"Code": "creating"}}


def _routed(call: Call, endpoint: Resource) -> Document | None:
    wanted = (call["DestinationCidrBlock"], call.get("TargetVpcSubnetId"))
    rows: list[Document] = endpoint["routes"]
    return next((r for r in rows if (r["DestinationCidr"], r["TargetSubnet"]) == wanted), None)


def delete_client_vpn_route(call: Call) -> Document:
    """Those that came with a subnet stay as long as it does."""
    endpoint = _endpoint(call)
    route = _routed(call, endpoint)
    if route is None:
        raise AwsError("InvalidClientVpnRouteNotFound", f"No route to {call['DestinationCidrBlock']} exists")
    if route["Origin"] == "associate":
        raise AwsError("OperationNotPermitted", "Cannot delete a route that was added by an association.")
    endpoint["routes"].remove(route)
    call.keep(KIND, endpoint)
    return {"Status": {"Code": "deleting"}}


def describe_client_vpn_routes(call: Call) -> Document:
    return {"Routes": _matching(call, ROUTE, _endpoint(call)["routes"])}


def authorize_client_vpn_ingress(call: Call) -> Document:
    """For one group of the directory, or for all."""
    endpoint = _endpoint(call)
    if ("AccessGroupId" in call) == bool(call.get("AuthorizeAllGroups")):
        raise AwsError(
            "InvalidParameterCombination", "Exactly one of AccessGroupId and AuthorizeAllGroups must be specified."
        )
    if _allowed(call, endpoint) is not None:
        raise AwsError(
            "InvalidClientVpnDuplicateAuthorizationRule", f"A rule for {call['TargetNetworkCidr']} already exists"
        )
    endpoint["rules"].append(
        {
            "ClientVpnEndpointId": endpoint.key,
            "Description": call.get("Description", ""),
            "GroupId": call.get("AccessGroupId", ""),
            "AccessAll": call.get("AuthorizeAllGroups", False),
            "DestinationCidr": call["TargetNetworkCidr"],
            "Status": {"Code": "active"},
        }
    )
    call.keep(KIND, endpoint)
    return {"Status": {"Code": "authorizing"}}


def _allowed(call: Call, endpoint: Resource) -> Document | None:
    wanted = (call["TargetNetworkCidr"], call.get("AccessGroupId", ""))
    rows: list[Document] = endpoint["rules"]
    return next((r for r in rows if (r["DestinationCidr"], r["GroupId"]) == wanted), None)


def revoke_client_vpn_ingress(call: Call) -> Document:
    endpoint = _endpoint(call)
    rule = _allowed(call, endpoint)
    if rule is None:
        raise AwsError(
            "InvalidClientVpnEndpointAuthorizationRuleNotFound", f"No rule for {call['TargetNetworkCidr']} exists"
        )
    endpoint["rules"].remove(rule)
    call.keep(KIND, endpoint)
    return {"Status": {"Code": "revoking"}}


def describe_client_vpn_authorization_rules(call: Call) -> Document:
    return {"AuthorizationRules": _matching(call, RULE, _endpoint(call)["rules"])}


# Clients


def export_client_vpn_client_configuration(call: Call) -> Document:
    """What an OpenVPN client is given; of certificates only the server's chain."""
    endpoint = _endpoint(call)
    certificate = _certificate(call, endpoint["ServerCertificateArn"])
    chain = certificate.get("CertificateChain") or certificate.get("Certificate", "")
    lines = [
        "client",
        "dev tun",
        f"proto {endpoint['TransportProtocol']}",
        f"remote {endpoint['DnsName'].removeprefix('*.')} {endpoint['VpnPort']}",
        "remote-random-hostname",
        "resolv-retry infinite",
        "nobind",
        "remote-cert-tls server",
        "cipher AES-256-GCM",
        "verb 3",
        f"<ca>\n{chain.strip()}\n</ca>",
        "reneg-sec 0",
    ]
    if any(option["Type"] == "directory-service-authentication" for option in endpoint["AuthenticationOptions"]):
        lines.append("auth-user-pass")
    return {"ClientConfiguration": "\n".join(lines) + "\n"}


def import_client_vpn_client_certificate_revocation_list(call: Call) -> Document:
    endpoint = _endpoint(call)
    endpoint["revoked"] = call["CertificateRevocationList"]
    call.keep(KIND, endpoint)
    return {"Return": True}


def export_client_vpn_client_certificate_revocation_list(call: Call) -> Document:
    endpoint = _endpoint(call)
    if "revoked" not in endpoint:
        return {"Status": {"Code": "pending"}}
    return {"CertificateRevocationList": endpoint["revoked"], "Status": {"Code": "active"}}
