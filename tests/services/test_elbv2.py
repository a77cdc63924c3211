"""Load balancers, their listeners and rules, and the targets behind them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.conftest import Terminal


@pytest.fixture
def arns(aws: Terminal) -> dict[str, str]:
    """A balancer, a target group and a listener that forwards to it."""
    zones = {s["AvailabilityZone"]: s for s in aws("ec2 describe-subnets").json["Subnets"]}
    one, two = zones["us-east-1a"], zones["us-east-1b"]
    made = "elbv2 create-load-balancer --name shop --subnets"
    told = "At least two subnets in two different Availability Zones must be specified"
    aws.refused(f"{made} {one['SubnetId']}", "ValidationError", told)
    balancer = aws(f"{made} {one['SubnetId']} {two['SubnetId']}").json["LoadBalancers"][0]
    group = f"elbv2 create-target-group --name web --protocol HTTP --port 80 --vpc-id {one['VpcId']}"
    target = aws(group).json["TargetGroups"][0]["TargetGroupArn"]
    listen = f"elbv2 create-listener --load-balancer-arn {balancer['LoadBalancerArn']} --protocol HTTP --port 80"
    listener = aws(f"{listen} --default-actions Type=forward,TargetGroupArn={target}").json["Listeners"][0]
    return {
        "balancer": balancer["LoadBalancerArn"],
        "group": target,
        "listener": listener["ListenerArn"],
        "listen": listen,
        "state": balancer["State"]["Code"],
    }


def _rules(aws: Terminal, arns: dict[str, str]) -> Any:
    return aws(f"elbv2 describe-rules --listener-arn {arns['listener']}").json["Rules"]


def test_a_balancer_is_told_by_what_stands_behind_it(aws: Terminal, arns: dict[str, str]) -> None:
    assert arns["state"] == "provisioning"
    [found] = aws("elbv2 describe-load-balancers --names shop").json["LoadBalancers"]
    assert (found["State"], found["Scheme"]) == ({"Code": "active"}, "internet-facing")
    assert [zone["ZoneName"] for zone in found["AvailabilityZones"]] == ["us-east-1a", "us-east-1b"]
    assert arns["listener"].startswith(found["LoadBalancerArn"].replace(":loadbalancer/", ":listener/"))
    [group] = aws("elbv2 describe-target-groups --names web").json["TargetGroups"]
    assert group["LoadBalancerArns"] == [found["LoadBalancerArn"]]
    told = "A listener already exists on this port for this load balancer"
    again = f"{arns['listen']} --default-actions Type=forward,TargetGroupArn={arns['group']}"
    aws.refused(again, "DuplicateListener", told)
    aws.refused(f"elbv2 delete-target-group --target-group-arn {arns['group']}", "ResourceInUse")


def test_rules_are_tried_by_priority(aws: Terminal, arns: dict[str, str]) -> None:
    create = f"elbv2 create-rule --listener-arn {arns['listener']} --conditions Field=path-pattern,Values=/img/*"
    create += f" --actions Type=forward,TargetGroupArn={arns['group']} --priority"
    made = [aws(f"{create} {priority}").json["Rules"][0]["RuleArn"] for priority in (20, 10)]
    aws.refused(f"{create} 10", "PriorityInUse", "Priority '10' is currently in use")
    assert [rule["Priority"] for rule in _rules(aws, arns)] == ["10", "20", "default"]
    swap = f"RuleArn={made[0]},Priority=10 RuleArn={made[1]},Priority=20"
    aws(f"elbv2 set-rule-priorities --rule-priorities {swap}")
    assert [rule["RuleArn"] for rule in _rules(aws, arns)[:2]] == made
    aws.refused(f"elbv2 delete-rule --rule-arn {_rules(aws, arns)[2]['RuleArn']}", "OperationNotPermitted")
    aws(f"elbv2 delete-rule --rule-arn {made[0]}")
    assert len(_rules(aws, arns)) == 2


def test_targets_are_well_while_their_instances_run(aws: Terminal, arns: dict[str, str]) -> None:
    image = aws("ec2 describe-images --owners amazon --query Images[0].ImageId").json
    run = f"ec2 run-instances --image-id {image} --instance-type t3.micro --query Instances[0].InstanceId"
    instance = aws(run).json
    register = f"elbv2 register-targets --target-group-arn {arns['group']} --targets"
    aws.refused(f"{register} Id=i-00000000000000000", "InvalidTarget")
    aws(f"{register} Id={instance}")
    health = f"elbv2 describe-target-health --target-group-arn {arns['group']}"
    [found] = aws(health).json["TargetHealthDescriptions"]
    assert found == {
        "Target": {"Id": instance, "Port": 80},
        "HealthCheckPort": "80",
        "TargetHealth": {"State": "healthy"},
    }
    aws(f"ec2 stop-instances --instance-ids {instance}")
    [found] = aws(health).json["TargetHealthDescriptions"]
    assert found["TargetHealth"]["Reason"] == "Target.InvalidState"
    aws(f"elbv2 deregister-targets --target-group-arn {arns['group']} --targets Id={instance}")
    assert aws(health).json["TargetHealthDescriptions"] == []


def test_attributes_are_set(aws: Terminal, arns: dict[str, str]) -> None:
    modify = f"elbv2 modify-load-balancer-attributes --load-balancer-arn {arns['balancer']} --attributes"
    aws(f"{modify} Key=deletion_protection.enabled,Value=true")
    told = f"Load balancer '{arns['balancer']}' cannot be deleted because deletion protection is enabled"
    delete = f"elbv2 delete-load-balancer --load-balancer-arn {arns['balancer']}"
    aws.refused(delete, "OperationNotPermitted", told)
    aws.refused(f"{modify} Key=colour,Value=red", "ValidationError")
    aws(f"{modify} Key=deletion_protection.enabled,Value=false")
    aws(delete)
    aws.refused(f"elbv2 describe-listeners --listener-arns {arns['listener']}", "ListenerNotFound")
    aws(f"elbv2 delete-target-group --target-group-arn {arns['group']}")
