"""What transit gateways do besides routing between networks: multicast, Connect peers, prefix lists."""

from __future__ import annotations

import pytest

from tests.conftest import Terminal


class Hub:
    """A transit gateway with one attached network."""

    def __init__(self, aws: Terminal) -> None:
        options = "--options MulticastSupport=enable,TransitGatewayCidrBlocks=10.99.0.0/24"
        self.key = aws(f"ec2 create-transit-gateway {options}").json["TransitGateway"]["TransitGatewayId"]
        self.vpc, self.subnet = aws("ec2 describe-subnets --query Subnets[0].[VpcId,SubnetId]").json
        attach = f"--transit-gateway-id {self.key} --vpc-id {self.vpc} --subnet-ids {self.subnet}"
        made = aws(f"ec2 create-transit-gateway-vpc-attachment {attach}").json["TransitGatewayVpcAttachment"]
        self.attachment = made["TransitGatewayAttachmentId"]


@pytest.fixture
def hub(aws: Terminal) -> Hub:
    return Hub(aws)


def test_interfaces_join_a_multicast_group(aws: Terminal, hub: Hub) -> None:
    create = f"ec2 create-transit-gateway-multicast-domain --transit-gateway-id {hub.key}"
    made = aws(f"{create} --options StaticSourcesSupport=enable").json["TransitGatewayMulticastDomain"]
    assert made["State"] == "pending"
    domain = f"--transit-gateway-multicast-domain-id {made['TransitGatewayMulticastDomainId']}"
    interface = aws(f"ec2 create-network-interface --subnet-id {hub.subnet}").json["NetworkInterface"]
    eni = interface["NetworkInterfaceId"]
    group = f"{domain} --group-ip-address 224.0.1.0 --network-interface-ids {eni}"
    aws.refused(f"ec2 register-transit-gateway-multicast-group-members {group}", "InvalidParameterValue")
    place = f"{domain} --transit-gateway-attachment-id {hub.attachment} --subnet-ids {hub.subnet}"
    aws(f"ec2 associate-transit-gateway-multicast-domain {place}")
    aws.refused(f"ec2 associate-transit-gateway-multicast-domain {place}", "Resource.AlreadyAssociated")
    aws(f"ec2 register-transit-gateway-multicast-group-members {group}")
    aws(f"ec2 register-transit-gateway-multicast-group-sources {group}")
    [row] = aws(f"ec2 search-transit-gateway-multicast-groups {domain}").json["MulticastGroups"]
    assert (row["NetworkInterfaceId"], row["GroupMember"], row["SourceType"]) == (eni, True, "static")
    aws(f"ec2 deregister-transit-gateway-multicast-group-sources {group}")
    filters = "--filters Name=is-group-source,Values=true"
    assert aws(f"ec2 search-transit-gateway-multicast-groups {domain} {filters}").json["MulticastGroups"] == []
    aws.refused(f"ec2 delete-transit-gateway-multicast-domain {domain}", "IncorrectState")
    aws(f"ec2 disassociate-transit-gateway-multicast-domain {place}")
    assert aws(f"ec2 search-transit-gateway-multicast-groups {domain}").json["MulticastGroups"] == []
    aws(f"ec2 delete-transit-gateway-multicast-domain {domain}")


def test_a_connect_peer_has_its_addresses(aws: Terminal, hub: Hub) -> None:
    create = f"ec2 create-transit-gateway-connect --transport-transit-gateway-attachment-id {hub.attachment}"
    made = aws(f"{create} --options Protocol=gre").json["TransitGatewayConnect"]
    connect = f"--transit-gateway-attachment-id {made['TransitGatewayAttachmentId']}"
    peer = f"ec2 create-transit-gateway-connect-peer {connect} --peer-address 172.31.1.11 --inside-cidr-blocks"
    aws.refused(f"{peer} 169.254.6.0/28", "InvalidParameterValue")
    first = aws(f"{peer} 169.254.6.0/29 --bgp-options PeerAsn=65001").json["TransitGatewayConnectPeer"]
    shown = first["ConnectPeerConfiguration"]
    assert shown["TransitGatewayAddress"] == "10.99.0.1"
    pairs = [(b["TransitGatewayAddress"], b["PeerAddress"], b["PeerAsn"]) for b in shown["BgpConfigurations"]]
    assert pairs == [("169.254.6.2", "169.254.6.1", 65001), ("169.254.6.3", "169.254.6.1", 65001)]
    aws.refused(f"{peer} 169.254.6.0/29", "InvalidParameterValue")
    aws.refused(f"ec2 delete-transit-gateway-connect {connect}", "IncorrectState")
    key = first["TransitGatewayConnectPeerId"]
    aws(f"ec2 delete-transit-gateway-connect-peer --transit-gateway-connect-peer-id {key}")
    aws(f"ec2 delete-transit-gateway-connect {connect}")


def test_a_prefix_list_is_routed_range_by_range(aws: Terminal, hub: Hub) -> None:
    entries = "--entries Cidr=10.40.0.0/16 Cidr=10.41.0.0/16"
    create = "ec2 create-managed-prefix-list --prefix-list-name far --max-entries 3 --address-family IPv4"
    key = aws(f"{create} {entries}").json["PrefixList"]["PrefixListId"]
    table = aws("ec2 describe-transit-gateway-route-tables").json["TransitGatewayRouteTables"][0]
    where = f"--transit-gateway-route-table-id {table['TransitGatewayRouteTableId']}"
    refer = f"{where} --prefix-list-id {key}"
    to = f"--transit-gateway-attachment-id {hub.attachment}"
    aws(f"ec2 create-transit-gateway-prefix-list-reference {refer} {to}")
    aws.refused(f"ec2 create-transit-gateway-prefix-list-reference {refer} {to}", "PrefixListReferenceAlreadyExists")
    search = f"ec2 search-transit-gateway-routes {where} --filters Name=prefix-list-id,Values={key}"
    routes = aws(search).json["Routes"]
    assert [r["DestinationCidrBlock"] for r in routes] == ["10.40.0.0/16", "10.41.0.0/16"]
    aws(f"ec2 modify-transit-gateway-prefix-list-reference {refer} --blackhole")
    assert {r["State"] for r in aws(search).json["Routes"]} == {"blackhole"}
    shown = aws(f"ec2 get-transit-gateway-prefix-list-references {where}").json
    [reference] = shown["TransitGatewayPrefixListReferences"]
    assert (reference["PrefixListId"], reference["Blackhole"]) == (key, True)
    aws(f"ec2 delete-transit-gateway-prefix-list-reference {refer}")
    assert aws(search).json["Routes"] == []
