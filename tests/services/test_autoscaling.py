"""Auto Scaling groups: they keep their instances, in their bounds."""

from __future__ import annotations

from typing import Any

import pytest

from tests.conftest import Clock, Terminal

ON = "--auto-scaling-group-name web"


@pytest.fixture
def web(aws: Terminal) -> Terminal:
    image = aws("ec2 describe-images --owners amazon --query Images[0].ImageId").json
    made = f"autoscaling create-launch-configuration --launch-configuration-name small --image-id {image}"
    aws(f"{made} --instance-type t3.micro")
    group = f"autoscaling create-auto-scaling-group {ON} --launch-configuration-name small --min-size 1 --max-size 3"
    aws(f"{group} --availability-zones us-east-1a us-east-1b --tags Key=team,Value=shop,PropagateAtLaunch=true")
    return aws


def _group(aws: Terminal) -> Any:
    return aws("autoscaling describe-auto-scaling-groups --auto-scaling-group-names web").json["AutoScalingGroups"][0]


def _ids(aws: Terminal) -> list[str]:
    return [one["InstanceId"] for one in _group(aws)["Instances"]]


def _running(aws: Terminal) -> list[str]:
    query = "--query Reservations[].Instances[].InstanceId"
    found: list[str] = aws(f"ec2 describe-instances --filters Name=instance-state-name,Values=running {query}").json
    return sorted(found)


def test_a_group_has_as_many_instances_as_it_wants(web: Terminal) -> None:
    assert _running(web) == sorted(_ids(web))
    web(f"autoscaling set-desired-capacity {ON} --desired-capacity 3")
    assert len(_running(web)) == 3
    assert {one["AvailabilityZone"] for one in _group(web)["Instances"]} == {"us-east-1a", "us-east-1b"}
    told = "New SetDesiredCapacity value 4 is above max value 3 for the AutoScalingGroup."
    web.refused(f"autoscaling set-desired-capacity {ON} --desired-capacity 4", "ValidationError", told)
    web(f"autoscaling update-auto-scaling-group {ON} --max-size 2")
    assert len(_running(web)) == 2
    first = web(f"autoscaling describe-scaling-activities {ON}").json["Activities"][0]
    assert first["Description"].startswith("Terminating EC2 instance: i-")
    tagged = web("ec2 describe-instances --filters Name=tag:team,Values=shop").json["Reservations"]
    assert len(tagged) == 3


def test_what_a_group_is_made_of_is_checked(aws: Terminal) -> None:
    made = f"autoscaling create-auto-scaling-group {ON} --min-size 2 --max-size 1"
    aws.refused(f"{made} --availability-zones us-east-1a", "ValidationError")
    told = "At least one Availability Zone or VPC Subnet is required."
    aws.refused(f"{made} --launch-configuration-name x", "ValidationError", told)
    told = "Max bound, 1, must be greater than or equal to min bound, 2"
    whole = f"{made} --launch-configuration-name x --availability-zones us-east-1a"
    aws.refused(whole, "ValidationError", told)
    told = "AutoScalingGroup name not found - AutoScalingGroup 'web' not found"
    aws.refused(f"autoscaling set-desired-capacity {ON} --desired-capacity 1", "ValidationError", told)


def test_an_instance_that_is_gone_is_replaced(web: Terminal) -> None:
    [old] = _ids(web)
    web(f"ec2 terminate-instances --instance-ids {old}")
    [new] = _ids(web)
    assert new != old
    web(f"autoscaling set-instance-health --instance-id {new} --health-status Unhealthy")
    assert _ids(web) != [new]


def test_suspended_processes_do_nothing_until_they_are_resumed(web: Terminal) -> None:
    web(f"autoscaling suspend-processes {ON} --scaling-processes Launch")
    web(f"autoscaling set-desired-capacity {ON} --desired-capacity 2")
    assert len(_ids(web)) == 1
    assert _group(web)["SuspendedProcesses"][0]["ProcessName"] == "Launch"
    web(f"autoscaling resume-processes {ON}")
    assert len(_ids(web)) == 2


def test_instances_are_detached_and_attached(web: Terminal) -> None:
    web(f"autoscaling set-desired-capacity {ON} --desired-capacity 2")
    one = _ids(web)[0]
    web(f"autoscaling detach-instances {ON} --instance-ids {one} --should-decrement-desired-capacity")
    assert one in _running(web)
    web(f"autoscaling attach-instances {ON} --instance-ids {one}")
    assert (one in _ids(web), _group(web)["DesiredCapacity"]) == (True, 2)
    web(f"autoscaling enter-standby {ON} --instance-ids {one} --should-decrement-desired-capacity")
    states = {entry["InstanceId"]: entry["LifecycleState"] for entry in _group(web)["Instances"]}
    assert states[one] == "Standby"


def test_a_policy_moves_the_capacity_within_its_bounds(web: Terminal) -> None:
    put = f"autoscaling put-scaling-policy {ON} --policy-name out --scaling-adjustment 5"
    web.refused(put, "ValidationError")
    web(f"{put} --adjustment-type ChangeInCapacity")
    assert web(f"autoscaling describe-policies {ON}").json["ScalingPolicies"][0]["PolicyType"] == "SimpleScaling"
    web(f"autoscaling execute-policy {ON} --policy-name out")
    assert len(_ids(web)) == 3


def test_a_scheduled_action_comes_to_pass(web: Terminal, clock: Clock) -> None:
    put = f"autoscaling put-scheduled-update-group-action {ON} --scheduled-action-name night --desired-capacity 2"
    web(f"{put} --start-time 2027-01-15T09:00:00Z")
    assert len(web(f"autoscaling describe-scheduled-actions {ON}").json["ScheduledUpdateGroupActions"]) == 1
    clock.advance(3601)
    assert len(_ids(web)) == 2


def test_tags_of_groups_are_changed(web: Terminal) -> None:
    tag = "ResourceId=web,ResourceType=auto-scaling-group,Key=env,Value=test,PropagateAtLaunch=false"
    web(f"autoscaling create-or-update-tags --tags {tag}")
    asked = "autoscaling describe-tags --filters Name=key,Values=env --query Tags[].Value"
    assert web(asked).json == ["test"]
    web("autoscaling delete-tags --tags ResourceId=web,ResourceType=auto-scaling-group,Key=env")
    assert web(asked).json == []


def test_a_group_with_instances_is_deleted_by_force(web: Terminal) -> None:
    web.refused(f"autoscaling delete-auto-scaling-group {ON}", "ResourceInUse")
    web(f"autoscaling delete-auto-scaling-group {ON} --force-delete")
    assert _running(web) == []
