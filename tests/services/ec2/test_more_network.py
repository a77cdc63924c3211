"""Networks beyond the usual: mirrored traffic, several addresses of a NAT gateway, addresses that move over."""

from __future__ import annotations

from tests.conftest import Terminal


def test_traffic_is_mirrored_by_rules(aws: Terminal) -> None:
    [subnet] = aws("ec2 describe-subnets --query Subnets[:1].SubnetId").json
    make = f"ec2 create-network-interface --subnet-id {subnet} --query NetworkInterface.NetworkInterfaceId"
    source, sink = aws(make).json, aws(make).json
    made = aws("ec2 create-traffic-mirror-filter --description web").json["TrafficMirrorFilter"]
    assert (made["IngressFilterRules"], made["NetworkServices"], made["Tags"]) == ([], [], [])
    key = made["TrafficMirrorFilterId"]
    rule = f"ec2 create-traffic-mirror-filter-rule --traffic-mirror-filter-id {key} --traffic-direction ingress"
    where = "--source-cidr-block 0.0.0.0/0 --destination-cidr-block 10.0.0.0/8 --rule-action accept --protocol 6"
    first = aws(f"{rule} {where} --rule-number 1").json["TrafficMirrorFilterRule"]
    aws.refused(f"{rule} {where} --rule-number 1", "TrafficMirrorFilterRuleAlreadyExists")
    shown = aws("ec2 describe-traffic-mirror-filters").json["TrafficMirrorFilters"][0]
    assert shown["IngressFilterRules"] == [first]
    target = f"ec2 create-traffic-mirror-target --network-interface-id {sink}"
    to = aws(target).json["TrafficMirrorTarget"]
    assert to["Type"] == "network-interface"
    session = f"ec2 create-traffic-mirror-session --traffic-mirror-filter-id {key} --session-number 1"
    session += f" --traffic-mirror-target-id {to['TrafficMirrorTargetId']} --network-interface-id"
    aws.refused(f"{session} {sink}", "InvalidParameterValue")
    running = aws(f"{session} {source} --packet-length 64").json["TrafficMirrorSession"]
    aws.refused(f"{session} {source}", "InvalidParameterValue")
    aws.refused(f"ec2 delete-traffic-mirror-filter --traffic-mirror-filter-id {key}", "TrafficMirrorFilterInUse")
    change = f"--traffic-mirror-session-id {running['TrafficMirrorSessionId']}"
    changed = aws(f"ec2 modify-traffic-mirror-session {change} --remove-fields packet-length").json
    assert "PacketLength" not in changed["TrafficMirrorSession"]
    aws(f"ec2 delete-traffic-mirror-session {change}")
    aws(f"ec2 delete-traffic-mirror-filter --traffic-mirror-filter-id {key}")
    assert aws("ec2 describe-traffic-mirror-filter-rules").json["TrafficMirrorFilterRules"] == []


def test_a_nat_gateway_has_more_addresses(aws: Terminal) -> None:
    [subnet] = aws("ec2 describe-subnets --query Subnets[:1].SubnetId").json
    one, two = (aws("ec2 allocate-address").json["AllocationId"] for _ in range(2))
    create = f"ec2 create-nat-gateway --subnet-id {subnet} --allocation-id {one}"
    key = aws(create).json["NatGateway"]["NatGatewayId"]
    gateway = f"--nat-gateway-id {key}"
    [place] = aws(f"ec2 associate-nat-gateway-address {gateway} --allocation-ids {two}").json["NatGatewayAddresses"]
    assert (place["AllocationId"], place["IsPrimary"], place["Status"]) == (two, False, "associating")
    shown = aws(f"ec2 describe-nat-gateways --nat-gateway-ids {key}").json["NatGateways"][0]["NatGatewayAddresses"]
    assert [(a["AllocationId"], a["IsPrimary"]) for a in shown] == [(one, True), (two, False)]
    aws.refused(f"ec2 release-address --allocation-id {two}", "InvalidIPAddress.InUse")
    leave = f"ec2 disassociate-nat-gateway-address {gateway} --association-ids"
    aws.refused(f"{leave} {shown[0]['AssociationId']}", "InvalidParameterValue")
    aws(f"{leave} {place['AssociationId']}")
    aws(f"ec2 release-address --allocation-id {two}")
    private = aws(f"ec2 create-nat-gateway --subnet-id {subnet} --connectivity-type private").json["NatGateway"]
    more = f"--nat-gateway-id {private['NatGatewayId']} --private-ip-address-count 2"
    assigned = aws(f"ec2 assign-private-nat-gateway-address {more}").json["NatGatewayAddresses"]
    assert len(assigned) == 2
    aws.refused(
        f"ec2 assign-private-nat-gateway-address {gateway} --private-ip-address-count 1", "InvalidParameterValue"
    )


def test_an_address_goes_over_to_another_account(aws: Terminal) -> None:
    made = aws("ec2 allocate-address").json
    offer = f"ec2 enable-address-transfer --allocation-id {made['AllocationId']} --transfer-account-id"
    aws.refused(f"{offer} 123456789012", "InvalidParameterValue")
    transfer = aws(f"{offer} 210987654321").json["AddressTransfer"]
    assert transfer["AddressTransferStatus"] == "pending"
    aws.refused(f"ec2 release-address --allocation-id {made['AllocationId']}", "AddressTransferPending")
    them = aws.with_env(AWS_ACCESS_KEY_ID="210987654321", AWS_SECRET_ACCESS_KEY="x")
    them.refused("ec2 accept-address-transfer --address 1.2.3.4", "InvalidTransfer.AddressNotFound")
    them(f"ec2 accept-address-transfer --address {made['PublicIp']}")
    assert [a["PublicIp"] for a in them("ec2 describe-addresses").json["Addresses"]] == [made["PublicIp"]]
    assert aws("ec2 describe-addresses").json["Addresses"] == []
    [told] = aws("ec2 describe-address-transfers").json["AddressTransfers"]
    assert told["AddressTransferStatus"] == "accepted"


def test_a_vpn_connection_is_changed(aws: Terminal) -> None:
    customers = [
        aws(f"ec2 create-customer-gateway --type ipsec.1 --public-ip 1.2.3.{n}").json["CustomerGateway"] for n in (4, 5)
    ]
    gateway = aws("ec2 create-vpn-gateway --type ipsec.1").json["VpnGateway"]["VpnGatewayId"]
    create = f"ec2 create-vpn-connection --type ipsec.1 --vpn-gateway-id {gateway} --customer-gateway-id"
    key = aws(f"{create} {customers[0]['CustomerGatewayId']}").json["VpnConnection"]["VpnConnectionId"]
    vpn = f"--vpn-connection-id {key}"
    aws(f"ec2 modify-vpn-connection-options {vpn} --local-ipv4-network-cidr 10.0.0.0/8")
    [tunnel, _] = aws("ec2 describe-vpn-connections").json["VpnConnections"][0]["Options"]["TunnelOptions"]
    change = f"{vpn} --vpn-tunnel-outside-ip-address {tunnel['OutsideIpAddress']}"
    aws(f"ec2 modify-vpn-tunnel-options {change} --tunnel-options PreSharedKey=verysecret,DPDTimeoutSeconds=40")
    aws(f"ec2 modify-vpn-connection {vpn} --customer-gateway-id {customers[1]['CustomerGatewayId']}")
    [shown] = aws("ec2 describe-vpn-connections").json["VpnConnections"]
    assert shown["Options"]["LocalIpv4NetworkCidr"] == "10.0.0.0/8"
    assert shown["Options"]["TunnelOptions"][0]["DpdTimeoutSeconds"] == 40
    assert "verysecret" in shown["CustomerGatewayConfiguration"]
    assert "1.2.3.5" in shown["CustomerGatewayConfiguration"]
    aws.refused(
        f"ec2 modify-vpn-tunnel-options {vpn} --vpn-tunnel-outside-ip-address 9.9.9.9 --tunnel-options PreSharedKey=x",
        "InvalidParameterValue",
    )


def test_a_connect_endpoint_stands_in_a_subnet(aws: Terminal) -> None:
    vpc = aws("ec2 create-vpc --cidr-block 10.0.0.0/16").json["Vpc"]["VpcId"]
    subnet = aws(f"ec2 create-subnet --vpc-id {vpc} --cidr-block 10.0.0.0/24").json["Subnet"]["SubnetId"]
    create = f"ec2 create-instance-connect-endpoint --subnet-id {subnet}"
    made = aws(create).json["InstanceConnectEndpoint"]
    assert (made["State"], made["VpcId"], made["PreserveClientIp"]) == ("create-in-progress", vpc, False)
    aws.refused(create, "VpcConnectEndpointLimitExceeded")
    aws.refused(f"ec2 delete-subnet --subnet-id {subnet}", "DependencyViolation")
    [shown] = aws("ec2 describe-instance-connect-endpoints").json["InstanceConnectEndpoints"]
    assert shown["State"] == "create-complete"
    key = made["InstanceConnectEndpointId"]
    aws(f"ec2 delete-instance-connect-endpoint --instance-connect-endpoint-id {key}")
    aws(f"ec2 delete-subnet --subnet-id {subnet}")


def test_public_access_is_blocked_but_for_what_is_excluded(aws: Terminal, instance: str) -> None:
    gateway = aws("ec2 describe-internet-gateways --query InternetGateways[0].InternetGatewayId").json
    subnet = aws("ec2 describe-instances --query Reservations[0].Instances[0].SubnetId").json
    group = aws("ec2 describe-security-groups --query SecurityGroups[0].GroupId").json
    aws(f"ec2 authorize-security-group-ingress --group-id {group} --protocol tcp --port 22 --cidr 0.0.0.0/0")
    ends = f"--source {gateway} --destination {instance} --protocol tcp --destination-port 22"
    path = aws(f"ec2 create-network-insights-path {ends} --query NetworkInsightsPath.NetworkInsightsPathId").json

    def blocked() -> list[str]:
        aws(f"ec2 start-network-insights-analysis --network-insights-path-id {path}")
        found = aws("ec2 describe-network-insights-analyses").json["NetworkInsightsAnalyses"]
        codes = [e["ExplanationCode"] for analysis in found for e in analysis.get("Explanations", ())]
        for analysis in found:
            key = analysis["NetworkInsightsAnalysisId"]
            aws(f"ec2 delete-network-insights-analysis --network-insights-analysis-id {key}")
        return codes

    def mode() -> str:
        query = "--query Subnets[0].BlockPublicAccessStates.InternetGatewayBlockMode"
        return str(aws(f"ec2 describe-subnets --subnet-ids {subnet} {query}").json)

    assert (mode(), blocked()) == ("off", [])
    modify = "ec2 modify-vpc-block-public-access-options --internet-gateway-block-mode block-bidirectional"
    assert aws(modify).json["VpcBlockPublicAccessOptions"]["State"] == "update-in-progress"
    assert (mode(), blocked()) == ("block-bidirectional", ["VPC_BLOCK_PUBLIC_ACCESS_ENABLED"])
    exclude = f"ec2 create-vpc-block-public-access-exclusion --subnet-id {subnet} --internet-gateway-exclusion-mode"
    made = aws(f"{exclude} allow-bidirectional").json["VpcBlockPublicAccessExclusion"]
    assert (mode(), blocked()) == ("off", [])
    key = made["ExclusionId"]
    change = f"ec2 modify-vpc-block-public-access-exclusion --exclusion-id {key} --internet-gateway-exclusion-mode"
    aws(f"{change} allow-egress")
    assert (mode(), blocked()) == ("block-ingress", ["VPC_BLOCK_PUBLIC_ACCESS_ENABLED"])
    aws(f"ec2 delete-vpc-block-public-access-exclusion --exclusion-id {key}")
    assert mode() == "block-bidirectional"
