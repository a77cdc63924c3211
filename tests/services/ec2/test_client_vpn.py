"""Client VPN: an endpoint from its making to the file that a client is given."""

from __future__ import annotations

import pytest

from tests.conftest import Terminal

CHAIN = "MutualAuthentication={{ClientRootCertificateChainArn={arn}}}"
AUTHENTICATION = f"--authentication-options Type=certificate-authentication,{CHAIN}"


@pytest.fixture
def certificate(aws: Terminal) -> str:
    return str(aws("acm request-certificate --domain-name vpn.example.com").json["CertificateArn"])


def _create(aws: Terminal, certificate: str, cidr: str = "10.200.0.0/22") -> str:
    command = f"ec2 create-client-vpn-endpoint --client-cidr-block {cidr} --connection-log-options Enabled=false"
    return f"{command} --server-certificate-arn {certificate} {AUTHENTICATION.format(arn=certificate)}"


def test_an_endpoint_leads_into_a_network(aws: Terminal, certificate: str) -> None:
    aws.refused(_create(aws, certificate, "10.200.0.0/24"), "InvalidParameterValue")
    aws.refused(_create(aws, f"{certificate}0"), "InvalidParameterValue")
    made = aws(_create(aws, certificate)).json
    assert made["Status"] == {"Code": "pending-associate"}
    endpoint = f"--client-vpn-endpoint-id {made['ClientVpnEndpointId']}"
    vpc, subnet, free = aws("ec2 describe-subnets --query Subnets[0].[VpcId,SubnetId,AvailableIpAddressCount]").json
    associated = aws(f"ec2 associate-client-vpn-target-network {endpoint} --subnet-id {subnet}").json
    again = f"ec2 associate-client-vpn-target-network {endpoint} --subnet-id {subnet}"
    aws.refused(again, "InvalidClientVpnDuplicateAssociation")
    [shown] = aws("ec2 describe-client-vpn-endpoints").json["ClientVpnEndpoints"]
    assert (shown["Status"]["Code"], shown["VpcId"], shown["VpnPort"]) == ("available", vpc, 443)
    left = aws(f"ec2 describe-subnets --subnet-ids {subnet} --query Subnets[0].AvailableIpAddressCount").json
    assert left == free - 1
    route = f"{endpoint} --destination-cidr-block 0.0.0.0/0 --target-vpc-subnet-id {subnet}"
    assert aws(f"ec2 create-client-vpn-route {route}").json == {"Status": {"Code": "creating"}}
    aws.refused(f"ec2 create-client-vpn-route {route}", "InvalidClientVpnDuplicateRoute")
    routes = aws(f"ec2 describe-client-vpn-routes {endpoint}").json["Routes"]
    assert [(r["DestinationCidr"], r["Origin"]) for r in routes] == [
        ("172.31.0.0/16", "associate"),
        ("0.0.0.0/0", "add-route"),
    ]
    rule = f"{endpoint} --target-network-cidr 172.31.0.0/16"
    aws(f"ec2 authorize-client-vpn-ingress {rule} --authorize-all-groups")
    [allowed] = aws(f"ec2 describe-client-vpn-authorization-rules {endpoint}").json["AuthorizationRules"]
    assert (allowed["AccessAll"], allowed["GroupId"]) == (True, "")
    aws(f"ec2 revoke-client-vpn-ingress {rule} --revoke-all-groups")
    aws.refused(
        f"ec2 revoke-client-vpn-ingress {rule} --revoke-all-groups",
        "InvalidClientVpnEndpointAuthorizationRuleNotFound",
    )
    aws.refused(f"ec2 delete-client-vpn-endpoint {endpoint}", "OperationNotPermitted")
    gone = f"{endpoint} --association-id {associated['AssociationId']}"
    aws(f"ec2 disassociate-client-vpn-target-network {gone}")
    aws.refused(f"ec2 disassociate-client-vpn-target-network {gone}", "InvalidClientVpnAssociationId.NotFound")
    assert aws(f"ec2 describe-client-vpn-routes {endpoint}").json["Routes"] == []
    aws(f"ec2 delete-client-vpn-endpoint {endpoint}")
    aws.refused(f"ec2 describe-client-vpn-routes {endpoint}", "InvalidClientVpnEndpointId.NotFound")


def test_a_client_is_given_its_configuration(aws: Terminal, certificate: str) -> None:
    key = aws(_create(aws, certificate)).json["ClientVpnEndpointId"]
    export = f"ec2 export-client-vpn-client-configuration --client-vpn-endpoint-id {key} --output text"
    lines = aws(export).splitlines()
    assert f"remote {key}.prod.clientvpn.us-east-1.amazonaws.com 443" in lines
    assert {"client", "<ca>", "</ca>"} <= set(lines)
    revoke = f"--client-vpn-endpoint-id {key}"
    aws(f"ec2 import-client-vpn-client-certificate-revocation-list {revoke} --certificate-revocation-list list")
    shown = aws(f"ec2 export-client-vpn-client-certificate-revocation-list {revoke}").json
    assert shown == {"CertificateRevocationList": "list", "Status": {"Code": "active"}}
