"""What EC2 refuses of networks: see error_table.py."""

from __future__ import annotations

from tests.services.ec2.error_table import LONG

RULE = "authorize-security-group-ingress --group-id {group}"
ENTRY = "create-network-acl-entry --network-acl-id {acl} --ingress --rule-action allow"
ROUTE = "create-route --route-table-id {table} --destination-cidr-block"
POOL = "--ipam-pool-id {pool}"

COMMANDS: list[tuple[str, ...]] = [
    # VPCs and subnets
    ("create-vpc", "MissingParameter"),
    ("create-vpc --cidr-block 10.0.0.0/8", "InvalidVpc.Range", "The CIDR '10.0.0.0/8' is invalid."),
    ("create-vpc --cidr-block ten", "InvalidParameterValue"),
    ("create-default-vpc", "DefaultVpcAlreadyExists", "A Default VPC already exists for this account in this region."),
    ("delete-vpc --vpc-id {vpc}", "DependencyViolation", "The vpc '{vpc}' has dependencies and cannot be deleted."),
    ("associate-vpc-cidr-block --vpc-id {vpc} --cidr-block 10.0.0.0/20", "InvalidVpc.Conflict"),
    ("disassociate-vpc-cidr-block --association-id vpc-cidr-assoc-0", "InvalidVpcCidrBlockAssociationID.NotFound"),
    ("disassociate-vpc-cidr-block --association-id {association}", "OperationNotPermitted"),
    ("modify-vpc-attribute --vpc-id {vpc}", "InvalidParameterCombination"),
    ("create-subnet --vpc-id {vpc}", "MissingParameter"),
    (
        "create-subnet --vpc-id {vpc} --cidr-block 10.1.0.0/24",
        "InvalidSubnet.Range",
        "The CIDR '10.1.0.0/24' is invalid.",
    ),
    (
        "create-subnet --vpc-id {vpc} --cidr-block 10.0.1.0/25",
        "InvalidSubnet.Conflict",
        "The CIDR '10.0.1.0/25' conflicts with another subnet",
    ),
    ("create-subnet --vpc-id {vpc} --cidr-block 10.0.5.0/29", "InvalidSubnet.Range"),
    ("create-default-subnet --availability-zone us-east-1a", "DefaultSubnetAlreadyExistsInAvailabilityZone"),
    ("delete-subnet --subnet-id {subnet}", "DependencyViolation"),
    ("modify-subnet-attribute --subnet-id {subnet}", "InvalidParameterCombination"),
    ("associate-subnet-cidr-block --subnet-id {subnet} --ipv6-cidr-block 2600::/64", "InvalidSubnet.Range"),
    (
        "disassociate-subnet-cidr-block --association-id subnet-cidr-assoc-0",
        "InvalidSubnetCidrBlockAssociationID.NotFound",
    ),
    (
        "create-subnet-cidr-reservation --subnet-id {subnet} --cidr 10.9.0.0/28 --reservation-type prefix",
        "InvalidParameterValue",
    ),
    # Routes and gateways
    (f"{ROUTE} 10.9.0.0/16 --gateway-id igw-{LONG}", "InvalidGatewayID.NotFound"),
    (f"{ROUTE} 10.9.0.0/16", "MissingParameter"),
    (f"{ROUTE} nonsense --gateway-id {{gateway}}", "InvalidParameterValue"),
    (
        f"{ROUTE} 0.0.0.0/0 --gateway-id {{gateway}}",
        "RouteAlreadyExists",
        "The route identified by 0.0.0.0/0 already exists.",
    ),
    (f"{ROUTE} 10.9.0.0/16 --gateway-id {{gateway}} --instance-id {{instance}}", "InvalidParameterCombination"),
    (f"{ROUTE} 10.9.0.0/16 --gateway-id {{loose_gateway}}", "InvalidParameterValue"),
    (f"{ROUTE} 10.9.0.0/16 --vpc-peering-connection-id {{pending}}", "InvalidParameterValue"),
    (f"{ROUTE} 10.9.0.0/16 --transit-gateway-id {{hub}}", "InvalidTransitGatewayID.NotFound"),
    ("create-route --route-table-id {table} --gateway-id {gateway}", "MissingParameter"),
    ("delete-route --route-table-id {table} --destination-cidr-block 10.9.0.0/16", "InvalidRoute.NotFound"),
    (
        "delete-route --route-table-id {table} --destination-cidr-block 10.0.0.0/16",
        "InvalidParameterValue",
        "cannot remove local route 10.0.0.0/16 in route table {table}",
    ),
    (
        "replace-route --route-table-id {table} --destination-cidr-block 10.9.0.0/16 --gateway-id {gateway}",
        "InvalidRoute.NotFound",
    ),
    ("delete-route-table --route-table-id {table}", "DependencyViolation"),
    ("disassociate-route-table --association-id rtbassoc-0", "InvalidAssociationID.NotFound"),
    ("disassociate-route-table --association-id {main}", "InvalidParameterValue"),
    ("associate-route-table --route-table-id {table} --subnet-id {default_subnet}", "InvalidParameterValue"),
    ("associate-route-table --route-table-id {table}", "MissingParameter"),
    ("attach-internet-gateway --internet-gateway-id {gateway} --vpc-id {default_vpc}", "Resource.AlreadyAssociated"),
    ("attach-internet-gateway --internet-gateway-id {loose_gateway} --vpc-id {vpc}", "InvalidParameterValue"),
    ("detach-internet-gateway --internet-gateway-id {loose_gateway} --vpc-id {vpc}", "Gateway.NotAttached"),
    (
        "delete-internet-gateway --internet-gateway-id {gateway}",
        "DependencyViolation",
        "The internetGateway '{gateway}' has dependencies and cannot be deleted.",
    ),
    ("create-nat-gateway --subnet-id {subnet}", "MissingParameter"),
    (
        "create-nat-gateway --subnet-id {subnet} --connectivity-type private --allocation-id {address}",
        "InvalidParameterCombination",
    ),
    ("create-nat-gateway --subnet-id {subnet} --allocation-id {used_address}", "Resource.AlreadyAssociated"),
    # Addresses
    ("allocate-address --domain standard", "InvalidParameterValue"),
    ("release-address --allocation-id {used_address}", "InvalidIPAddress.InUse"),
    ("release-address", "MissingParameter"),
    ("release-address --public-ip 1.2.3.4", "InvalidAddress.NotFound", "Address '1.2.3.4' not found."),
    ("associate-address --allocation-id {address}", "MissingParameter"),
    (
        "associate-address --allocation-id {used_address} --network-interface-id {interface} --no-allow-reassociation",
        "Resource.AlreadyAssociated",
    ),
    ("associate-address --allocation-id {address} --network-interface-id {far_interface}", "Gateway.NotAttached"),
    (
        "associate-address --allocation-id {address} --network-interface-id {interface} --private-ip-address"
        " 10.0.1.200",
        "InvalidParameterValue",
    ),
    ("disassociate-address --association-id eipassoc-0", "InvalidAssociationID.NotFound"),
    # Interfaces
    ("create-network-interface --subnet-id {subnet} --groups {other_group}", "InvalidParameterValue"),
    ("create-network-interface --subnet-id {subnet} --private-ip-address 10.0.1.77", "InvalidIPAddress.InUse"),
    (
        "delete-network-interface --network-interface-id {interface_used}",
        "InvalidParameterValue",
        "Network interface '{interface_used}' is currently in use.",
    ),
    ("delete-network-interface --network-interface-id {managed_interface}", "OperationNotPermitted"),
    (
        "attach-network-interface --network-interface-id {interface_used} --instance-id {instance} --device-index 1",
        "InvalidNetworkInterface.InUse",
    ),
    (
        "attach-network-interface --network-interface-id {interface} --instance-id {instance} --device-index 0",
        "InvalidParameterValue",
    ),
    ("detach-network-interface --attachment-id eni-attach-0", "InvalidAttachmentID.NotFound"),
    ("detach-network-interface --attachment-id {attachment}", "OperationNotPermitted"),
    ("modify-network-interface-attribute --network-interface-id {interface}", "MissingParameter"),
    (
        "assign-private-ip-addresses --network-interface-id {interface} --private-ip-addresses 10.0.1.77",
        "InvalidIPAddress.InUse",
    ),
    ("assign-private-ip-addresses --network-interface-id {interface}", "MissingParameter"),
    (
        "unassign-private-ip-addresses --network-interface-id {interface} --private-ip-addresses 10.0.1.201",
        "InvalidParameterValue",
    ),
    ("assign-ipv6-addresses --network-interface-id {interface} --ipv6-address-count 1", "InvalidParameterValue"),
    # Security groups
    (
        "create-security-group --group-name web --description x --vpc-id {vpc}",
        "InvalidGroup.Duplicate",
        "The security group 'web' already exists for VPC '{vpc}'",
    ),
    ("create-security-group --group-name sg-web --description x", "InvalidParameterValue"),
    ("delete-security-group --group-id {group}", "DependencyViolation", "resource {group} has a dependent object"),
    ("delete-security-group --group-id {default_group}", "CannotDelete"),
    ("delete-security-group --group-name nobody", "InvalidGroup.NotFound"),
    ("describe-security-groups --group-names nobody", "InvalidGroup.NotFound"),
    (RULE, "MissingParameter"),
    (
        f"{RULE} --protocol tcp --port 22 --cidr 10.0.0.0/33",
        "InvalidParameterValue",
        "CIDR block 10.0.0.0/33 is malformed",
    ),
    (f"{RULE} --protocol tcp --cidr 10.0.0.0/8", "InvalidParameterValue"),
    (
        f"{RULE} --protocol tcp --port 90-80 --cidr 10.0.0.0/8",
        "InvalidParameterValue",
        "Invalid TCP/UDP port range (90:80)",
    ),
    (
        f"{RULE} --ip-permissions IpProtocol=300,FromPort=1,ToPort=1,IpRanges=[{{{{CidrIp=10.0.0.0/8}}}}]",
        "InvalidParameterValue",
    ),
    (f"{RULE} --protocol tcp --port 22 --cidr 10.0.0.0/8", "InvalidPermission.Duplicate"),
    (f"{RULE} --protocol tcp --port 22 --source-group sg-{LONG}", "InvalidGroup.NotFound"),
    (
        f"{RULE} --protocol tcp --port 22 --source-group {{other_group}}",
        "InvalidGroup.NotFound",
        "You have specified two resources that belong to different networks.",
    ),
    (
        "revoke-security-group-ingress --group-id {group} --protocol tcp --port 1 --cidr 10.0.0.0/8",
        "InvalidPermission.NotFound",
    ),
    (
        "revoke-security-group-ingress --group-id {group} --security-group-rule-ids sgr-0",
        "InvalidSecurityGroupRuleId.NotFound",
    ),
    ("describe-security-group-rules --security-group-rule-ids sgr-0", "InvalidSecurityGroupRuleId.NotFound"),
    (
        "modify-security-group-rules --group-id {group} --security-group-rules SecurityGroupRuleId=sgr-0",
        "InvalidSecurityGroupRuleId.NotFound",
    ),
    ("associate-security-group-vpc --group-id {default_group} --vpc-id {vpc}", "InvalidParameterValue"),
    (
        "disassociate-security-group-vpc --group-id {group} --vpc-id {default_vpc}",
        "InvalidSecurityGroupVpcAssociation.NotFound",
    ),
    # Network ACLs
    (
        f"{ENTRY} --rule-number 100 --protocol -1 --cidr-block 0.0.0.0/0",
        "NetworkAclEntryAlreadyExists",
        "The network acl entry identified by 100 already exists.",
    ),
    (f"{ENTRY} --rule-number 40000 --protocol -1 --cidr-block 0.0.0.0/0", "InvalidParameterValue"),
    (f"{ENTRY} --rule-number 7 --protocol tcp --cidr-block 0.0.0.0/0", "InvalidParameterValue"),
    (f"{ENTRY} --rule-number 7 --protocol -1", "MissingParameter"),
    ("delete-network-acl-entry --network-acl-id {acl} --ingress --rule-number 7", "InvalidNetworkAclEntry.NotFound"),
    (
        "replace-network-acl-entry --network-acl-id {acl} --ingress --rule-number 7 --rule-action allow"
        " --protocol -1 --cidr-block 0.0.0.0/0",
        "InvalidNetworkAclEntry.NotFound",
    ),
    ("delete-network-acl --network-acl-id {acl}", "InvalidParameterValue", "cannot delete default network ACL {acl}"),
    (
        "replace-network-acl-association --association-id aclassoc-0 --network-acl-id {acl}",
        "InvalidAssociationID.NotFound",
    ),
    # DHCP, peering, endpoints, prefix lists, flow logs
    ("create-dhcp-options --dhcp-configurations Key=colour,Values=red", "InvalidParameterValue"),
    ("delete-dhcp-options --dhcp-options-id {options}", "DependencyViolation"),
    ("create-vpc-peering-connection --vpc-id {vpc}", "MissingParameter"),
    ("create-vpc-peering-connection --vpc-id {vpc} --peer-vpc-id {vpc}", "InvalidParameterValue"),
    ("create-vpc-peering-connection --vpc-id {vpc} --peer-vpc-id {default_vpc}", "VpcPeeringConnectionAlreadyExists"),
    (f"create-vpc-peering-connection --vpc-id {{vpc}} --peer-vpc-id vpc-{LONG}", "InvalidVpcID.NotFound"),
    ("accept-vpc-peering-connection --vpc-peering-connection-id {failed}", "InvalidStateTransition"),
    ("delete-vpc-peering-connection --vpc-peering-connection-id {failed}", "InvalidStateTransition"),
    (
        "modify-vpc-peering-connection-options --vpc-peering-connection-id {pending}"
        " --requester-peering-connection-options AllowDnsResolutionFromRemoteVpc=true",
        "OperationNotPermitted",
    ),
    (
        "create-vpc-endpoint --vpc-id {vpc} --service-name com.amazonaws.us-east-1.nothing",
        "InvalidServiceName",
        "The Vpc Endpoint Service 'com.amazonaws.us-east-1.nothing' does not exist",
    ),
    ("create-vpc-endpoint --vpc-id {vpc} --service-name com.amazonaws.us-east-1.sqs", "InvalidParameter"),
    (
        "create-vpc-endpoint --vpc-id {vpc} --service-name com.amazonaws.us-east-1.s3 --subnet-ids {subnet}",
        "InvalidParameter",
    ),
    (
        "create-vpc-endpoint --vpc-id {vpc} --service-name com.amazonaws.us-east-1.s3 --route-table-ids {table}",
        "RouteAlreadyExists",
    ),
    (
        "create-vpc-endpoint --vpc-id {vpc} --service-name com.amazonaws.us-east-1.sqs --vpc-endpoint-type"
        " Interface --private-dns-enabled",
        "InvalidParameter",
    ),
    (
        "create-vpc-endpoint --vpc-id {vpc} --service-name com.amazonaws.us-east-1.s3 --policy-document x",
        "InvalidPolicyDocument",
    ),
    ("describe-vpc-endpoint-services --service-names nothing", "InvalidServiceName"),
    (
        "create-managed-prefix-list --prefix-list-name com.amazonaws.x --max-entries 1 --address-family IPv4",
        "InvalidParameterValue",
    ),
    ("create-managed-prefix-list --prefix-list-name x --max-entries 1 --address-family IPv5", "InvalidParameterValue"),
    (
        "create-managed-prefix-list --prefix-list-name x --max-entries 1 --address-family IPv4 --entries Cidr=::/0",
        "InvalidParameterValue",
    ),
    (
        "modify-managed-prefix-list --prefix-list-id {list} --current-version 9 --add-entries Cidr=10.0.0.0/8",
        "PrefixListVersionMismatch",
    ),
    (
        "modify-managed-prefix-list --prefix-list-id {list} --current-version 1 --remove-entries Cidr=10.9.0.0/16",
        "InvalidParameterValue",
    ),
    ("modify-managed-prefix-list --prefix-list-id pl-63a5400a --max-entries 9", "OperationNotPermitted"),
    ("create-flow-logs --resource-ids {vpc} --resource-type VPC", "MissingParameter"),
    (
        "create-flow-logs --resource-ids {vpc} --resource-type VPC --traffic-type ALL --log-group-name x",
        "InvalidParameter",
    ),
    # VPN
    ("create-customer-gateway --type ipsec.1", "MissingParameter"),
    ("create-customer-gateway --type ipsec.1 --public-ip nonsense", "InvalidParameterValue"),
    ("delete-vpn-gateway --vpn-gateway-id {vpn_gateway}", "IncorrectState"),
    ("attach-vpn-gateway --vpn-gateway-id {vpn_gateway} --vpc-id {default_vpc}", "Resource.AlreadyAssociated"),
    (
        "detach-vpn-gateway --vpn-gateway-id {vpn_gateway} --vpc-id {default_vpc}",
        "InvalidVpnGatewayAttachment.NotFound",
    ),
    ("delete-customer-gateway --customer-gateway-id {customer_gateway}", "IncorrectState"),
    (
        "create-vpn-connection-route --vpn-connection-id {vpn} --destination-cidr-block 10.7.0.0/16",
        "InvalidParameterValue",
    ),
    ("enable-vgw-route-propagation --gateway-id {vpn_gateway} --route-table-id {default_table}", "Gateway.NotAttached"),
    # Transit gateways, addresses, analyses
    ("create-transit-gateway --options AmazonSideAsn=1", "InvalidParameterValue"),
    ("delete-transit-gateway --transit-gateway-id {hub}", "IncorrectState"),
    (
        "create-transit-gateway-vpc-attachment --transit-gateway-id {hub} --vpc-id {default_vpc} --subnet-ids"
        " {default_subnet}",
        "DuplicateTransitGatewayAttachment",
    ),
    (
        "create-transit-gateway-vpc-attachment --transit-gateway-id {hub} --vpc-id {vpc} --subnet-ids {default_subnet}",
        "InvalidSubnetID.NotFound",
    ),
    ("delete-transit-gateway-route-table --transit-gateway-route-table-id {hub_table}", "IncorrectState"),
    (
        "associate-transit-gateway-route-table --transit-gateway-route-table-id {hub_table}"
        " --transit-gateway-attachment-id {hub_attachment}",
        "Resource.AlreadyAssociated",
    ),
    (
        "enable-transit-gateway-route-table-propagation --transit-gateway-route-table-id {hub_table}"
        " --transit-gateway-attachment-id {hub_attachment}",
        "TransitGatewayRouteTablePropagation.Duplicate",
    ),
    (
        "create-transit-gateway-route --transit-gateway-route-table-id {hub_table} --destination-cidr-block"
        " nonsense --blackhole",
        "InvalidParameterValue",
    ),
    (
        "create-transit-gateway-route --transit-gateway-route-table-id {hub_table} --destination-cidr-block"
        " 10.8.0.0/16",
        "MissingParameter",
    ),
    (
        "delete-transit-gateway-route --transit-gateway-route-table-id {hub_table} --destination-cidr-block"
        " 10.8.0.0/16",
        "InvalidRoute.NotFound",
    ),
    ("create-ipam", "ResourceLimitExceeded"),
    ("delete-ipam --ipam-id {ipam}", "DependencyViolation"),
    ("delete-ipam-scope --ipam-scope-id {scope}", "InvalidParameterValue"),
    (f"provision-ipam-pool-cidr {POOL}", "InvalidParameterCombination"),
    (f"provision-ipam-pool-cidr {POOL} --cidr 10.40.0.0/14", "InvalidParameterValue"),
    (f"allocate-ipam-pool-cidr {POOL}", "MissingParameter"),
    (f"allocate-ipam-pool-cidr {POOL} --cidr 172.16.0.0/24", "InvalidParameterValue"),
    (f"allocate-ipam-pool-cidr {POOL} --netmask-length 4", "InsufficientCidrBlocks"),
    (
        f"release-ipam-pool-allocation {POOL} --cidr 10.0.0.0/8 --ipam-pool-allocation-id x",
        "InvalidIpamPoolAllocationId.NotFound",
    ),
    ("create-vpc --ipv4-ipam-pool-id {pool} --ipv4-netmask-length 16", "InvalidParameterValue"),
    ("create-network-insights-path --source {instance} --protocol tcp", "MissingParameter"),
    ("create-network-insights-path --source nonsense --destination {instance} --protocol tcp", "InvalidParameterValue"),
    ("delete-network-insights-path --network-insights-path-id {path}", "AnalysisExistsForNetworkInsightsPath"),
    # Tags, and what is no more
    ("create-tags --resources nothing --tags Key=a,Value=b", "InvalidID", "The ID 'nothing' is not valid"),
    ("create-tags --resources {vpc} --tags Key=aws:x,Value=b", "InvalidParameterValue"),
    ("create-tags --resources {vpc} --tags Key=a,Value=b Key=a,Value=c", "InvalidParameterValue"),
    ("enable-vpc-classic-link --vpc-id {vpc}", "UnsupportedOperation"),
    ("move-address-to-vpc --public-ip 1.2.3.4", "UnsupportedOperation"),
]
