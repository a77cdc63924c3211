"""What EC2 refuses of machines and disks: commands, the error code of each and, where AWS's wording is known, its text.

`{names}` are resources of the world that test_errors.py sets up.
"""

from __future__ import annotations

LONG = "0123456789abcdef0"

CODES = {
    "i": ("InvalidInstanceID.NotFound", "InvalidInstanceID.Malformed"),
    "ami": ("InvalidAMIID.NotFound", "InvalidAMIID.Malformed"),
    "vol": ("InvalidVolume.NotFound", "InvalidVolumeID.Malformed"),
    "snap": ("InvalidSnapshot.NotFound", "InvalidSnapshotID.Malformed"),
    "vpc": ("InvalidVpcID.NotFound", "InvalidVpcID.Malformed"),
    "subnet": ("InvalidSubnetID.NotFound", "InvalidSubnetID.Malformed"),
    "rtb": ("InvalidRouteTableID.NotFound", "InvalidRouteTableId.Malformed"),
    "igw": ("InvalidInternetGatewayID.NotFound", "InvalidInternetGatewayId.Malformed"),
    "acl": ("InvalidNetworkAclID.NotFound", "InvalidNetworkAclID.Malformed"),
    "sg": ("InvalidGroup.NotFound", "InvalidGroupId.Malformed"),
    "eni": ("InvalidNetworkInterfaceID.NotFound", "InvalidNetworkInterfaceId.Malformed"),
    "eipalloc": ("InvalidAllocationID.NotFound", "InvalidAllocationID.Malformed"),
    "nat": ("NatGatewayNotFound", "NatGatewayMalformed"),
    "dopt": ("InvalidDhcpOptionID.NotFound", "InvalidDhcpOptionsId.Malformed"),
    "pcx": ("InvalidVpcPeeringConnectionID.NotFound", "InvalidVpcPeeringConnectionId.Malformed"),
    "vpce": ("InvalidVpcEndpointId.NotFound", "InvalidVpcEndpointId.Malformed"),
    "pl": ("InvalidPrefixListID.NotFound", "InvalidPrefixListId.Malformed"),
    "fl": ("InvalidFlowLogId.NotFound", "InvalidFlowLogId.Malformed"),
    "cgw": ("InvalidCustomerGatewayID.NotFound", "InvalidCustomerGatewayId.Malformed"),
    "vgw": ("InvalidVpnGatewayID.NotFound", "InvalidVpnGatewayId.Malformed"),
    "vpn": ("InvalidVpnConnectionID.NotFound", "InvalidVpnConnectionId.Malformed"),
    "eigw": ("InvalidEgressOnlyInternetGatewayId.NotFound", "InvalidEgressOnlyInternetGatewayId.Malformed"),
    "tgw": ("InvalidTransitGatewayID.NotFound", "InvalidTransitGatewayId.Malformed"),
    "tgw-attach": ("InvalidTransitGatewayAttachmentID.NotFound", "InvalidTransitGatewayAttachmentId.Malformed"),
    "tgw-rtb": ("InvalidRouteTableID.NotFound", "InvalidRouteTableId.Malformed"),
    "ipam": ("InvalidIpamId.NotFound", "InvalidIpamId.Malformed"),
    "ipam-scope": ("InvalidIpamScopeId.NotFound", "InvalidIpamScopeId.Malformed"),
    "ipam-pool": ("InvalidIpamPoolId.NotFound", "InvalidIpamPoolId.Malformed"),
    "nip": ("InvalidNetworkInsightsPathId.NotFound", "InvalidNetworkInsightsPathId.Malformed"),
    "nia": ("InvalidNetworkInsightsAnalysisId.NotFound", "InvalidNetworkInsightsAnalysisId.Malformed"),
    "lt": ("InvalidLaunchTemplateId.NotFound", "InvalidLaunchTemplateId.Malformed"),
    "sir": ("InvalidSpotInstanceRequestID.NotFound", "InvalidSpotInstanceRequestID.Malformed"),
    "fleet": ("InvalidFleetId.NotFound", "InvalidFleetId.Malformed"),
    "scr": ("InvalidSubnetCidrReservationId.NotFound", "InvalidSubnetCidrReservationId.Malformed"),
    "tmf": ("InvalidTrafficMirrorFilterId.NotFound", "InvalidTrafficMirrorFilterId.Malformed"),
    "tmfr": ("InvalidTrafficMirrorFilterRuleId.NotFound", "InvalidTrafficMirrorFilterRuleId.Malformed"),
    "tms": ("InvalidTrafficMirrorSessionId.NotFound", "InvalidTrafficMirrorSessionId.Malformed"),
    "tmt": ("InvalidTrafficMirrorTargetId.NotFound", "InvalidTrafficMirrorTargetId.Malformed"),
    "cvpn-endpoint": ("InvalidClientVpnEndpointId.NotFound", "InvalidClientVpnEndpointId.Malformed"),
    "vpce-svc": ("InvalidVpcEndpointServiceId.NotFound", "InvalidVpcEndpointServiceId.Malformed"),
    "cr": ("InvalidCapacityReservationId.NotFound", "InvalidCapacityReservationId.Malformed"),
    "iew": ("InvalidInstanceEventWindowId.NotFound", "InvalidInstanceEventWindowId.Malformed"),
    "cagw": ("InvalidCarrierGatewayId.NotFound", "InvalidCarrierGatewayId.Malformed"),
    "eice": ("InvalidInstanceConnectEndpointId.NotFound", "InvalidInstanceConnectEndpointId.Malformed"),
    "vai": ("InvalidVerifiedAccessInstanceId.NotFound", "InvalidVerifiedAccessInstanceId.Malformed"),
    "replacevol": ("InvalidReplaceRootVolumeTaskId.NotFound", "InvalidReplaceRootVolumeTaskId.Malformed"),
    "nis": ("InvalidNetworkInsightsAccessScopeId.NotFound", "InvalidNetworkInsightsAccessScopeId.Malformed"),
    "rs": ("InvalidRouteServerId.NotFound", "InvalidRouteServerId.Malformed"),
    "tgw-mcast-domain": (
        "InvalidTransitGatewayMulticastDomainID.NotFound",
        "InvalidTransitGatewayMulticastDomainId.Malformed",
    ),
    "tgw-connect-peer": (
        "InvalidTransitGatewayConnectPeerID.NotFound",
        "InvalidTransitGatewayConnectPeerId.Malformed",
    ),
}
"""By the prefix of an id: the codes of an unknown and of a malformed one."""

BY_ID = """
delete-traffic-mirror-filter --traffic-mirror-filter-id tmf
delete-traffic-mirror-filter-rule --traffic-mirror-filter-rule-id tmfr
delete-traffic-mirror-session --traffic-mirror-session-id tms
delete-traffic-mirror-target --traffic-mirror-target-id tmt
delete-client-vpn-endpoint --client-vpn-endpoint-id cvpn-endpoint
describe-client-vpn-routes --client-vpn-endpoint-id cvpn-endpoint
describe-vpc-endpoint-service-permissions --service-id vpce-svc
modify-vpc-endpoint-service-configuration --service-id vpce-svc
cancel-capacity-reservation --capacity-reservation-id cr
describe-capacity-reservations --capacity-reservation-ids cr
delete-instance-event-window --instance-event-window-id iew
delete-transit-gateway-multicast-domain --transit-gateway-multicast-domain-id tgw-mcast-domain
search-transit-gateway-multicast-groups --transit-gateway-multicast-domain-id tgw-mcast-domain
delete-transit-gateway-connect-peer --transit-gateway-connect-peer-id tgw-connect-peer
create-transit-gateway-connect --options Protocol=gre --transport-transit-gateway-attachment-id tgw-attach
create-replace-root-volume-task --instance-id i
describe-replace-root-volume-tasks --replace-root-volume-task-ids replacevol
associate-nat-gateway-address --allocation-ids eipalloc-0123456789abcdef0 --nat-gateway-id nat
enable-address-transfer --transfer-account-id 210987654321 --allocation-id eipalloc
modify-vpn-connection-options --local-ipv4-network-cidr 10.0.0.0/8 --vpn-connection-id vpn
get-image-ancestry --image-id ami
create-carrier-gateway --vpc-id vpc
delete-carrier-gateway --carrier-gateway-id cagw
create-instance-connect-endpoint --subnet-id subnet
delete-instance-connect-endpoint --instance-connect-endpoint-id eice
delete-verified-access-instance --verified-access-instance-id vai
create-verified-access-group --verified-access-instance-id vai
delete-network-insights-access-scope --network-insights-access-scope-id nis
delete-route-server --route-server-id rs
create-traffic-mirror-target --network-interface-id eni
create-network-interface-permission --permission INSTANCE-ATTACH --network-interface-id eni
create-vpc-block-public-access-exclusion --internet-gateway-exclusion-mode allow-egress --vpc-id vpc
describe-instances --instance-ids i
start-instances --instance-ids i
stop-instances --instance-ids i
reboot-instances --instance-ids i
terminate-instances --instance-ids i
monitor-instances --instance-ids i
get-console-output --instance-id i
describe-images --image-ids ami
deregister-image --image-id ami
describe-volumes --volume-ids vol
delete-volume --volume-id vol
create-snapshot --volume-id vol
modify-volume --size 9 --volume-id vol
describe-snapshots --snapshot-ids snap
delete-snapshot --snapshot-id snap
describe-vpcs --vpc-ids vpc
delete-vpc --vpc-id vpc
describe-subnets --subnet-ids subnet
delete-subnet --subnet-id subnet
describe-route-tables --route-table-ids rtb
delete-route-table --route-table-id rtb
delete-internet-gateway --internet-gateway-id igw
describe-network-acls --network-acl-ids acl
delete-network-acl --network-acl-id acl
describe-security-groups --group-ids sg
delete-security-group --group-id sg
describe-network-interfaces --network-interface-ids eni
delete-network-interface --network-interface-id eni
describe-addresses --allocation-ids eipalloc
release-address --allocation-id eipalloc
describe-nat-gateways --nat-gateway-ids nat
delete-nat-gateway --nat-gateway-id nat
delete-dhcp-options --dhcp-options-id dopt
accept-vpc-peering-connection --vpc-peering-connection-id pcx
reject-vpc-peering-connection --vpc-peering-connection-id pcx
describe-vpc-endpoints --vpc-endpoint-ids vpce
modify-vpc-endpoint --vpc-endpoint-id vpce
get-managed-prefix-list-entries --prefix-list-id pl
delete-managed-prefix-list --prefix-list-id pl
delete-flow-logs --flow-log-ids fl
delete-customer-gateway --customer-gateway-id cgw
delete-vpn-gateway --vpn-gateway-id vgw
delete-vpn-connection --vpn-connection-id vpn
delete-egress-only-internet-gateway --egress-only-internet-gateway-id eigw
delete-transit-gateway --transit-gateway-id tgw
delete-transit-gateway-vpc-attachment --transit-gateway-attachment-id tgw-attach
delete-transit-gateway-route-table --transit-gateway-route-table-id tgw-rtb
delete-ipam --ipam-id ipam
delete-ipam-scope --ipam-scope-id ipam-scope
delete-ipam-pool --ipam-pool-id ipam-pool
start-network-insights-analysis --network-insights-path-id nip
delete-network-insights-analysis --network-insights-analysis-id nia
delete-launch-template --launch-template-id lt
cancel-spot-instance-requests --spot-instance-request-ids sir
describe-fleets --fleet-ids fleet
delete-subnet-cidr-reservation --subnet-cidr-reservation-id scr
"""
"""Commands with the id last, of which only the prefix stands there."""

RUN = "run-instances --instance-type t3.micro --image-id {image}"
VOLUME = "create-volume --availability-zone us-east-1a"
ATTRIBUTE = "modify-instance-attribute --instance-id {instance}"

COMMANDS: list[tuple[str, ...]] = [
    ("create-network-interface --subnet-id {subnet} --ipv4-prefix-count 1", "NotImplemented"),
    ("assign-private-ip-addresses --network-interface-id {interface} --ipv4-prefix-count 1", "NotImplemented"),
    # Instances
    ("run-instances --instance-type t3.micro", "MissingParameter", "The request must contain the parameter ImageId"),
    (f"{RUN} --count 0", "InvalidParameterValue"),
    (f"{RUN} --count 3:2", "InvalidParameterCombination"),
    (f"{RUN} --key-name nobody", "InvalidKeyPair.NotFound", "The key pair 'nobody' does not exist"),
    (f"{RUN} --instance-type t3.enormous", "InvalidParameterValue"),
    (f"{RUN} --instance-type t4g.micro", "InvalidParameterValue"),
    (f"{RUN} --subnet-id subnet-{LONG}", "InvalidSubnetID.NotFound"),
    (f"{RUN} --security-group-ids sg-{LONG}", "InvalidGroup.NotFound"),
    (f"{RUN} --security-groups nobody", "InvalidGroup.NotFound"),
    (f"{RUN} --subnet-id {{subnet}} --security-group-ids {{other_group}}", "InvalidParameter"),
    (f"{RUN} --subnet-id {{subnet}} --private-ip-address 10.9.9.9", "InvalidParameterValue"),
    (f"{RUN} --subnet-id {{subnet}} --private-ip-address 10.0.1.1", "InvalidParameterValue"),
    (
        f"{RUN} --subnet-id {{subnet}} --private-ip-address 10.0.1.77",
        "InvalidIPAddress.InUse",
        "Address 10.0.1.77 is in use.",
    ),
    (f"{RUN} --placement AvailabilityZone=us-east-1z", "InvalidParameterValue"),
    (f"{RUN} --iam-instance-profile Name=nobody", "InvalidParameterValue"),
    (
        f"{RUN} --network-interfaces NetworkInterfaceId={{interface_used}},DeviceIndex=0",
        "InvalidNetworkInterface.InUse",
    ),
    (
        f"{RUN} --subnet-id {{subnet}} --network-interfaces DeviceIndex=0,SubnetId={{subnet}}",
        "InvalidParameterCombination",
    ),
    (f"{RUN} --block-device-mappings DeviceName=/dev/xvda,Ebs={{{{VolumeSize=1}}}}", "InvalidBlockDeviceMapping"),
    (f"{RUN} --block-device-mappings DeviceName=/dev/sdf,Ebs={{{{VolumeType=gp3}}}}", "MissingParameter"),
    (
        f"{RUN} --block-device-mappings DeviceName=/dev/sdf,Ebs={{{{VolumeSize=8,VolumeType=io1}}}}",
        "MissingParameter",
        "The parameter iops must be specified for io1 volumes.",
    ),
    (f"{RUN} --tag-specifications ResourceType=vpc,Tags=[{{{{Key=a,Value=b}}}}]", "InvalidParameterValue"),
    (f"{RUN} --tag-specifications ResourceType=instance,Tags=[{{{{Key=aws:a,Value=b}}}}]", "InvalidParameterValue"),
    (f"{RUN} --launch-template LaunchTemplateName=nobody", "InvalidLaunchTemplateName.NotFoundException"),
    (f"{RUN} --launch-template LaunchTemplateName=web,Version=9", "InvalidLaunchTemplateId.VersionNotFound"),
    (f"{RUN} --dry-run", "DryRunOperation", "Request would have succeeded, but DryRun flag is set."),
    (f"{RUN} --client-token once --count 2", "IdempotentParameterMismatch"),
    ("terminate-instances --instance-ids {protected}", "OperationNotPermitted"),
    ("terminate-instances --instance-ids {instance} {protected}", "OperationNotPermitted"),
    ("stop-instances --instance-ids {protected}", "OperationNotPermitted"),
    ("stop-instances --instance-ids {spot}", "UnsupportedOperation"),
    ("stop-instances --hibernate --instance-ids {instance}", "UnsupportedHibernationConfiguration"),
    ("start-instances --instance-ids {terminated}", "IncorrectInstanceState"),
    ("stop-instances --instance-ids {terminated}", "IncorrectInstanceState"),
    ("reboot-instances --instance-ids {stopped}", "IncorrectInstanceState"),
    (
        f"{ATTRIBUTE} --instance-type t3.large",
        "IncorrectInstanceState",
        "The instance '{instance}' is not in the 'stopped' state.",
    ),
    (f"{ATTRIBUTE} --user-data Value=eA==", "IncorrectInstanceState"),
    (f"{ATTRIBUTE} --ebs-optimized", "IncorrectInstanceState"),
    (f"{ATTRIBUTE} --disable-api-termination --disable-api-stop", "InvalidParameterCombination"),
    (ATTRIBUTE, "MissingParameter"),
    (f"{ATTRIBUTE} --groups sg-{LONG}", "InvalidGroup.NotFound"),
    (f"{ATTRIBUTE} --groups {{other_group}}", "InvalidParameterValue"),
    (
        f"{ATTRIBUTE} --block-device-mappings DeviceName=/dev/sdz,Ebs={{{{DeleteOnTermination=true}}}}",
        "InvalidInstanceAttributeValue",
    ),
    (f"{ATTRIBUTE} --instance-initiated-shutdown-behavior explode", "InvalidParameterValue"),
    ("modify-instance-attribute --instance-id {stopped} --instance-type t9.no", "InvalidInstanceAttributeValue"),
    ("modify-instance-attribute --instance-id {stopped} --instance-type m6g.large", "InvalidParameterCombination"),
    ("reset-instance-attribute --instance-id {instance} --attribute userData", "InvalidParameterValue"),
    ("reset-instance-attribute --instance-id {instance} --attribute kernel", "IncorrectInstanceState"),
    ("modify-instance-placement --instance-id {instance} --tenancy dedicated", "IncorrectInstanceState"),
    ("modify-instance-placement --instance-id {stopped} --group-name nobody", "InvalidPlacementGroup.Unknown"),
    (
        "modify-instance-metadata-options --instance-id {instance} --http-endpoint disabled --http-tokens required",
        "InvalidParameterCombination",
    ),
    (
        "modify-instance-metadata-options --instance-id {instance} --http-put-response-hop-limit 65",
        "InvalidParameterValue",
    ),
    ("modify-instance-cpu-options --instance-id {instance} --core-count 1", "IncorrectInstanceState"),
    ("get-console-screenshot --instance-id {stopped}", "IncorrectInstanceState"),
    ("send-diagnostic-interrupt --instance-id {stopped}", "IncorrectInstanceState"),
    (
        "associate-iam-instance-profile --instance-id {instance} --iam-instance-profile Name=nobody",
        "InvalidParameterValue",
    ),
    ("disassociate-iam-instance-profile --association-id iip-assoc-0", "InvalidAssociationID.NotFound"),
    ("describe-instance-credit-specifications --instance-ids {fixed}", "InstanceCreditSpecification.NotSupported"),
    ("modify-default-credit-specification --instance-family t3 --cpu-credits much", "InvalidParameterValue"),
    ("describe-instances --instance-ids {instance} --max-results 5", "InvalidParameterCombination"),
    ("describe-instances --max-results 4", "InvalidParameterValue"),
    ("describe-instances --filters Name=colour,Values=red", "InvalidParameterValue", "The filter 'colour' is invalid"),
    ("describe-instance-types --instance-types t9.no", "InvalidInstanceType"),
    ("describe-regions --region-names mars-1", "InvalidParameterValue"),
    ("describe-availability-zones --zone-names mars-1a", "InvalidParameterValue"),
    ("describe-account-attributes --attribute-names colour", "InvalidParameterValue"),
    # Keys
    ("create-key-pair --key-name lab", "InvalidKeyPair.Duplicate", "The keypair already exists"),
    ("import-key-pair --key-name new --public-key-material bm9uZQ==", "InvalidKey.Format"),
    ("describe-key-pairs --key-names nobody", "InvalidKeyPair.NotFound"),
    # Launch templates, spot, fleets
    (
        "create-launch-template --launch-template-name web --launch-template-data ImageId={image}",
        "InvalidLaunchTemplateName.AlreadyExistsException",
        "Launch template name already in use.",
    ),
    (
        "create-launch-template --launch-template-name a*b --launch-template-data ImageId={image}",
        "InvalidLaunchTemplateName.MalformedException",
    ),
    ("describe-launch-templates --launch-template-names nobody", "InvalidLaunchTemplateName.NotFoundException"),
    (
        "describe-launch-template-versions --launch-template-name web --versions 7",
        "InvalidLaunchTemplateId.VersionNotFound",
    ),
    ("describe-launch-template-versions --versions 1", "MissingParameter"),
    (
        "modify-launch-template --launch-template-name web --default-version 7",
        "InvalidLaunchTemplateId.VersionNotFound",
    ),
    ("delete-launch-template", "MissingParameter"),
    ("request-spot-instances --spot-price 1", "MissingParameter"),
    ("create-placement-group --group-name here --strategy spread", "InvalidPlacementGroup.Duplicate"),
    (
        "delete-placement-group --group-name nobody",
        "InvalidPlacementGroup.Unknown",
        "The Placement Group 'nobody' is unknown.",
    ),
    # Volumes
    ("create-volume --size 8", "MissingParameter"),
    (
        "create-volume --availability-zone us-east-1z --size 8",
        "InvalidZone.NotFound",
        "The zone 'us-east-1z' does not exist.",
    ),
    (VOLUME, "MissingParameter", "The request must contain the parameter size/snapshot"),
    (
        f"{VOLUME} --size 99 --volume-type st1",
        "InvalidParameterValue",
        "Volume of 99GiB is too small for volume type st1; minimum is 125GiB.",
    ),
    (
        f"{VOLUME} --size 20000 --volume-type gp2",
        "InvalidParameterValue",
        "Volume of 20000GiB is too large for volume type gp2; maximum is 16384GiB.",
    ),
    (
        f"{VOLUME} --size 8 --volume-type gp2 --iops 3000",
        "InvalidParameterCombination",
        "The parameter iops is not supported for gp2 volumes.",
    ),
    (
        f"{VOLUME} --size 10 --volume-type io1",
        "MissingParameter",
        "The parameter iops must be specified for io1 volumes.",
    ),
    (f"{VOLUME} --size 10 --volume-type io1 --iops 99", "InvalidParameterValue"),
    (f"{VOLUME} --size 10 --volume-type io1 --iops 501", "InvalidParameterValue"),
    (f"{VOLUME} --size 10 --volume-type gp3 --iops 2000", "InvalidParameterValue"),
    (f"{VOLUME} --size 10 --volume-type gp3 --throughput 100", "InvalidParameterValue"),
    (f"{VOLUME} --size 10 --volume-type gp3 --throughput 900", "InvalidParameterValue"),
    (f"{VOLUME} --size 10 --volume-type gp2 --throughput 125", "InvalidParameterCombination"),
    (f"{VOLUME} --size 10 --volume-type gp3 --multi-attach-enabled", "InvalidParameterCombination"),
    (f"{VOLUME} --size 1 --snapshot-id {{snapshot}}", "InvalidParameterValue"),
    (f"{VOLUME} --snapshot-id snap-{LONG}", "InvalidSnapshot.NotFound"),
    (f"{VOLUME} --size 8 --kms-key-id alias/nobody", "InvalidParameterDependency"),
    (f"{VOLUME} --size 8 --encrypted --kms-key-id alias/nobody", "InvalidKmsKey.InvalidKeyId"),
    ("attach-volume --volume-id {far_volume} --instance-id {instance} --device /dev/sdf", "InvalidVolume.ZoneMismatch"),
    ("attach-volume --volume-id {attached} --instance-id {instance} --device /dev/sdf", "VolumeInUse"),
    (
        "attach-volume --volume-id {volume} --instance-id {instance} --device /dev/xvda",
        "InvalidParameterValue",
        "Invalid value '/dev/xvda' for unixDevice. Attachment point /dev/xvda is already in use",
    ),
    ("attach-volume --volume-id {volume} --instance-id {terminated} --device /dev/sdf", "IncorrectState"),
    ("detach-volume --volume-id {volume}", "IncorrectState", "Volume '{volume}' is in the 'available' state."),
    ("detach-volume --volume-id {root}", "OperationNotPermitted"),
    ("detach-volume --volume-id {attached} --device /dev/sdz", "InvalidAttachment.NotFound"),
    ("delete-volume --volume-id {attached}", "VolumeInUse", "Volume {attached} is currently attached to {instance}"),
    (
        "modify-volume --volume-id {volume} --size 1",
        "InvalidParameterValue",
        "New size cannot be smaller than existing size",
    ),
    ("modify-volume --volume-id {volume} --volume-type io2", "MissingParameter"),
    ("describe-volumes-modifications --volume-ids {volume}", "InvalidVolumeModification.NotFound"),
    ("modify-ebs-default-kms-key-id --kms-key-id alias/nobody", "InvalidKmsKey.InvalidKeyId"),
    # Snapshots and images
    (
        "delete-snapshot --snapshot-id {image_snapshot}",
        "InvalidSnapshot.InUse",
        "The snapshot {image_snapshot} is currently in use by {own_image}",
    ),
    ("delete-snapshot --snapshot-id {locked}", "SnapshotLocked"),
    ("copy-snapshot --source-region mars-1 --source-snapshot-id {snapshot}", "InvalidParameterValue"),
    ("modify-snapshot-attribute --snapshot-id {snapshot}", "MissingParameter"),
    ("modify-snapshot-attribute --snapshot-id {snapshot} --user-ids 12", "InvalidAMIAttributeItemValue"),
    ("unlock-snapshot --snapshot-id {snapshot}", "SnapshotLockNotFound"),
    ("lock-snapshot --snapshot-id {snapshot} --lock-mode governance", "InvalidParameterCombination"),
    ("restore-snapshot-tier --snapshot-id {snapshot} --permanent-restore", "InvalidParameterValue"),
    ("restore-snapshot-from-recycle-bin --snapshot-id {snapshot}", "InvalidSnapshot.NotFound"),
    ("modify-snapshot-tier --snapshot-id {image_snapshot} --storage-tier archive", "InvalidSnapshot.InUse"),
    (
        "create-image --instance-id {instance} --name golden",
        "InvalidAMIName.Duplicate",
        "AMI name golden is already in use by AMI {own_image}",
    ),
    ("create-image --instance-id {instance} --name a*b", "InvalidAMIName.Malformed"),
    ("create-image --instance-id {terminated} --name other", "IncorrectInstanceState"),
    ("register-image --name other", "MissingParameter"),
    ("register-image --name other --root-device-name /dev/xvda", "InvalidBlockDeviceMapping"),
    ("copy-image --name golden --source-region us-east-1 --source-image-id {own_image}", "InvalidAMIName.Duplicate"),
    ("copy-image --name other --source-region mars-1 --source-image-id {own_image}", "InvalidRegion"),
    ("deregister-image --image-id {image}", "AuthFailure", "Not authorized for image: {image}"),
    ("modify-image-attribute --image-id {image} --description x", "AuthFailure"),
    (
        "modify-image-attribute --image-id {own_image} --launch-permission Add=[{{UserId=12}}]",
        "InvalidAMIAttributeItemValue",
    ),
    ("modify-image-attribute --image-id {own_image}", "MissingParameter"),
    ("enable-image-deprecation --image-id {own_image} --deprecate-at 2001-01-01T00:00:00Z", "InvalidParameterValue"),
    ("describe-images --owners nobody", "InvalidUserID.Malformed", 'Invalid user id: "nobody"'),
]
