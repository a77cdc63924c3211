"""Endpoint services: offered to other accounts, asked for, accepted and rejected."""

from __future__ import annotations

from tests.conftest import Terminal

FIRST = "--query Subnets[0].[VpcId,SubnetId]"


def test_a_service_is_offered_accepted_and_rejected(aws: Terminal) -> None:
    _, subnet = aws(f"ec2 describe-subnets {FIRST}").json
    aws(f"elbv2 create-load-balancer --name front --type network --subnets {subnet}")
    balancer = aws("elbv2 describe-load-balancers --query LoadBalancers[0].LoadBalancerArn").json
    made = aws(f"ec2 create-vpc-endpoint-service-configuration --network-load-balancer-arns {balancer}").json
    service = made["ServiceConfiguration"]
    key, name = service["ServiceId"], service["ServiceName"]
    them = aws.with_env(AWS_ACCESS_KEY_ID="210987654321", AWS_SECRET_ACCESS_KEY="x")
    theirs, inside = them(f"ec2 describe-subnets {FIRST}").json
    connect = f"ec2 create-vpc-endpoint --vpc-endpoint-type Interface --service-name {name} --vpc-id {theirs}"
    them.refused(f"{connect} --subnet-ids {inside}", "InvalidServiceName")
    allow = f"ec2 modify-vpc-endpoint-service-permissions --service-id {key} --add-allowed-principals"
    aws.refused(f"{allow} nobody", "InvalidPrincipal")
    [added] = aws(f"{allow} arn:aws:iam::210987654321:root").json["AddedPrincipals"]
    assert added["PrincipalType"] == "Account"
    endpoint = them(f"{connect} --subnet-ids {inside}").json["VpcEndpoint"]
    assert endpoint["State"] == "pendingAcceptance"
    [connection] = aws("ec2 describe-vpc-endpoint-connections").json["VpcEndpointConnections"]
    assert (connection["VpcEndpointOwner"], connection["VpcEndpointState"]) == ("210987654321", "pendingAcceptance")
    waiting = f"--service-id {key} --vpc-endpoint-ids {endpoint['VpcEndpointId']}"
    aws(f"ec2 accept-vpc-endpoint-connections {waiting}")
    state = "ec2 describe-vpc-endpoints --query VpcEndpoints[0].State"
    assert them(state).json == "available"
    [held] = aws(f"ec2 delete-vpc-endpoint-service-configurations --service-ids {key}").json["Unsuccessful"]
    assert held["Error"]["Code"] == "ExistingVpcEndpointConnections"
    aws(f"ec2 reject-vpc-endpoint-connections {waiting}")
    assert them(state).json == "rejected"
    assert aws(f"ec2 delete-vpc-endpoint-service-configurations --service-ids {key}").json == {"Unsuccessful": []}
    them.refused(f"{connect} --subnet-ids {inside}", "InvalidServiceName")
    them(f"ec2 delete-vpc-endpoints --vpc-endpoint-ids {endpoint['VpcEndpointId']}")
    assert them("ec2 describe-network-interfaces").json["NetworkInterfaces"] == []


def test_everyone_may_connect_without_being_accepted(aws: Terminal) -> None:
    _, subnet = aws(f"ec2 describe-subnets {FIRST}").json
    aws(f"elbv2 create-load-balancer --name front --type gateway --subnets {subnet}")
    balancer = aws("elbv2 describe-load-balancers --query LoadBalancers[0].LoadBalancerArn").json
    create = "ec2 create-vpc-endpoint-service-configuration --no-acceptance-required"
    aws.refused(create, "MissingParameter")
    aws.refused(f"{create} --network-load-balancer-arns {balancer}", "InvalidParameter")
    made = aws(f"{create} --gateway-load-balancer-arns {balancer}").json["ServiceConfiguration"]
    assert made["ServiceType"] == [{"ServiceType": "GatewayLoadBalancer"}]
    allow = f"ec2 modify-vpc-endpoint-service-permissions --service-id {made['ServiceId']}"
    aws(f"{allow} --add-allowed-principals '*'")
    them = aws.with_env(AWS_ACCESS_KEY_ID="210987654321", AWS_SECRET_ACCESS_KEY="x")
    vpc, inside = them(f"ec2 describe-subnets {FIRST}").json
    endpoint = them(
        f"ec2 create-vpc-endpoint --vpc-endpoint-type GatewayLoadBalancer --service-name {made['ServiceName']}"
        f" --vpc-id {vpc} --subnet-ids {inside}"
    ).json["VpcEndpoint"]
    assert (endpoint["State"], endpoint["Groups"]) == ("pending", [])
    route = f"--destination-cidr-block 10.9.0.0/16 --vpc-endpoint-id {endpoint['VpcEndpointId']}"
    table = them("ec2 describe-route-tables --query RouteTables[0].RouteTableId").json
    them(f"ec2 create-route --route-table-id {table} {route}")
