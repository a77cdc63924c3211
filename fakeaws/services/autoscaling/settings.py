"""Processes, tags, policies and scheduled actions of groups; what there is to choose from."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fakeaws.core.pipeline.call import Call
from fakeaws.core.store.tables import Resource
from fakeaws.core.tools.errors import AwsError
from fakeaws.services.autoscaling.capacity import group_of, settle

Document = dict[str, Any]
PROCESSES = (
    "AZRebalance AddToLoadBalancer AlarmNotification HealthCheck InstanceRefresh Launch ReplaceUnhealthy"
    " ScheduledActions Terminate"
).split()
METRICS = (
    "GroupMinSize GroupMaxSize GroupDesiredCapacity GroupInServiceInstances GroupInServiceCapacity"
    " GroupPendingInstances GroupPendingCapacity GroupTerminatingInstances GroupTerminatingCapacity"
    " GroupStandbyInstances GroupStandbyCapacity GroupTotalInstances GroupTotalCapacity"
).split()
POLICIES = (
    "AllocationStrategy ClosestToNextInstanceHour Default NewestInstance OldestInstance OldestLaunchConfiguration"
    " OldestLaunchTemplate"
).split()
EVENTS = (
    "autoscaling:EC2_INSTANCE_LAUNCH autoscaling:EC2_INSTANCE_LAUNCH_ERROR autoscaling:EC2_INSTANCE_TERMINATE"
    " autoscaling:EC2_INSTANCE_TERMINATE_ERROR autoscaling:TEST_NOTIFICATION"
).split()


def describe_adjustment_types(call: Call) -> Document:
    names = ("ChangeInCapacity", "ExactCapacity", "PercentChangeInCapacity")
    return {"AdjustmentTypes": [{"AdjustmentType": name} for name in names]}


def describe_auto_scaling_notification_types(call: Call) -> Document:
    return {"AutoScalingNotificationTypes": EVENTS}


def describe_lifecycle_hook_types(call: Call) -> Document:
    return {"LifecycleHookTypes": [f"autoscaling:EC2_INSTANCE_{name}" for name in ("LAUNCHING", "TERMINATING")]}


def describe_metric_collection_types(call: Call) -> Document:
    return {"Metrics": [{"Metric": name} for name in METRICS], "Granularities": [{"Granularity": "1Minute"}]}


def describe_scaling_process_types(call: Call) -> Document:
    return {"Processes": [{"ProcessName": name} for name in PROCESSES]}


def describe_termination_policy_types(call: Call) -> Document:
    return {"TerminationPolicyTypes": POLICIES}


def describe_account_limits(call: Call) -> Document:
    limits = {"MaxNumberOfAutoScalingGroups": 500, "MaxNumberOfLaunchConfigurations": 200}
    counts = {
        f"NumberOf{kind}s": sum(1 for _ in call.list(kind)) for kind in ("AutoScalingGroup", "LaunchConfiguration")
    }
    return {**limits, **counts}


# Processes and metrics


def suspend_processes(call: Call) -> Document:
    group = group_of(call)
    held = {one["ProcessName"]: one for one in group["SuspendedProcesses"]}
    for name in _named(call):
        held.setdefault(name, {"ProcessName": name, "SuspensionReason": f"User suspended at {_stamp(call)}"})
    group["SuspendedProcesses"] = list(held.values())
    call.keep("AutoScalingGroup", group)
    return {}


def _named(call: Call) -> list[str]:
    names: list[str] = call.get("ScalingProcesses") or PROCESSES
    wrong = [name for name in names if name not in PROCESSES]
    if wrong:
        raise AwsError("ValidationError", f"The Scaling Process {wrong[0]} is not valid")
    return names


def _stamp(call: Call) -> str:
    from datetime import UTC, datetime

    return datetime.fromtimestamp(call.now, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def resume_processes(call: Call) -> Document:
    """What had to wait is done now."""
    group, names = group_of(call), _named(call)
    group["SuspendedProcesses"] = [one for one in group["SuspendedProcesses"] if one["ProcessName"] not in names]
    settle(call, group, "a user request resumed processes")
    return {}


def enable_metrics_collection(call: Call) -> Document:
    group = group_of(call)
    held = {one["Metric"]: one for one in group["EnabledMetrics"]}
    held |= {name: {"Metric": name, "Granularity": call["Granularity"]} for name in call.get("Metrics") or METRICS}
    group["EnabledMetrics"] = list(held.values())
    call.keep("AutoScalingGroup", group)
    return {}


def disable_metrics_collection(call: Call) -> Document:
    group, names = group_of(call), call.get("Metrics") or METRICS
    group["EnabledMetrics"] = [one for one in group["EnabledMetrics"] if one["Metric"] not in names]
    call.keep("AutoScalingGroup", group)
    return {}


# Tags


def create_or_update_tags(call: Call) -> Document:
    for tag in call["Tags"]:
        group = group_of(call, tag.get("ResourceId", ""))
        kept = [one for one in group["Tags"] if one["Key"] != tag["Key"]]
        usual = {"ResourceType": "auto-scaling-group", "Value": "", "PropagateAtLaunch": False}
        group["Tags"] = [*kept, {**usual, **tag}]
        call.keep("AutoScalingGroup", group)
    return {}


def delete_tags(call: Call) -> Document:
    for tag in call["Tags"]:
        group = group_of(call, tag.get("ResourceId", ""))
        group["Tags"] = [one for one in group["Tags"] if one["Key"] != tag["Key"]]
        call.keep("AutoScalingGroup", group)
    return {}


def describe_tags(call: Call) -> Document:
    paths = {"auto-scaling-group": "ResourceId", "key": "Key", "value": "Value"}
    found = [tag for group in call.list("AutoScalingGroup") for tag in group["Tags"]]
    for wanted in call.get("Filters", ()):
        if wanted["Name"] == "propagate-at-launch":
            found = [tag for tag in found if str(tag["PropagateAtLaunch"]).lower() in wanted["Values"]]
        elif wanted["Name"] in paths:
            found = [tag for tag in found if tag[paths[wanted["Name"]]] in wanted["Values"]]
        else:
            raise AwsError("ValidationError", f"Filter type {wanted['Name']} is not correct.")
    return {"Tags": found}


# Policies and scheduled actions


def put_scaling_policy(call: Call) -> Document:
    group, kind = group_of(call), call.get("PolicyType", "SimpleScaling")
    needed = {"SimpleScaling": "ScalingAdjustment", "StepScaling": "StepAdjustments"}.get(kind)
    if needed and (needed not in call or "AdjustmentType" not in call):
        text = f"You must specify an {'AdjustmentType' if needed in call else needed} for policy type: {kind}"
        raise AwsError("ValidationError", text)
    if kind == "TargetTrackingScaling" and "TargetTrackingConfiguration" not in call:
        raise AwsError(
            "ValidationError", "You must specify a TargetTrackingConfiguration for policy type: TargetTrackingScaling"
        )
    held = call.find("Policy", f"{group.key}|{call['PolicyName']}")
    arn = "arn:{partition}:autoscaling:{region}:{account}:scalingPolicy:{uuid}"
    arn += ":autoScalingGroupName/{group}:policyName/{name}"
    made = {
        **call.params,
        "key": f"{group.key}|{call['PolicyName']}",
        "PolicyType": kind,
        "PolicyARN": held["PolicyARN"] if held else call.make(arn, group=group.key, name=call["PolicyName"]),
        "Enabled": call.get("Enabled", True),
        "Alarms": [],
    }
    if held is not None:
        call.drop("Policy", held)
    call.keep("Policy", made)
    return {"PolicyARN": made["PolicyARN"], "Alarms": []}


def _policies(call: Call) -> Iterator[Resource]:
    name, names, types = call.get("AutoScalingGroupName"), call.get("PolicyNames"), call.get("PolicyTypes")
    for row in call.list("Policy"):
        fits = name in (None, row["AutoScalingGroupName"]) and (not types or row["PolicyType"] in types)
        if fits and (not names or {row["PolicyName"], row["PolicyARN"]} & set(names)):
            yield row


def describe_policies(call: Call) -> Document:
    rows = [{name: value for name, value in row.items() if name != "key"} for row in call.page(_policies(call))]
    return {"ScalingPolicies": rows}


def _policy(call: Call) -> Resource:
    for row in call.list("Policy"):
        is_of_group = call.get("AutoScalingGroupName") in (None, row["AutoScalingGroupName"])
        if is_of_group and call["PolicyName"] in (row["PolicyName"], row["PolicyARN"]):
            return row
    raise AwsError("ValidationError", f"PolicyName not found - {call['PolicyName']}")


def delete_policy(call: Call) -> Document:
    call.drop("Policy", _policy(call))
    return {}


def execute_policy(call: Call) -> Document:
    """A simple policy moves the wanted capacity, within the group's bounds."""
    policy = _policy(call)
    group = group_of(call, policy["AutoScalingGroupName"])
    if policy["PolicyType"] != "SimpleScaling":
        raise AwsError("NotImplemented", "fakeaws executes simple scaling policies only.", status=501)
    old, step = group["DesiredCapacity"], policy["ScalingAdjustment"]
    changes = {
        "ChangeInCapacity": old + step,
        "ExactCapacity": step,
        "PercentChangeInCapacity": old + int(old * step / 100),
    }
    wanted = min(max(changes[policy["AdjustmentType"]], group["MinSize"]), group["MaxSize"])
    group["DesiredCapacity"] = wanted
    settle(
        call,
        group,
        f"a user request executed policy {policy['PolicyName']} changing the desired capacity from {old} to {wanted}",
    )
    return {}


def put_scheduled_update_group_action(call: Call) -> Document:
    _schedule(call, group_of(call), call.params)
    return {}


def _schedule(call: Call, group: Resource, given: Document) -> None:
    name = given["ScheduledActionName"]
    arn = (
        "arn:{partition}:autoscaling:{region}:{account}:scheduledUpdateGroupAction:{uuid}:autoScalingGroupName/{group}"
    )
    held = call.find("ScheduledAction", name, within=group)
    made = {**given, "AutoScalingGroupName": group.key}
    made["ScheduledActionARN"] = (
        held["ScheduledActionARN"] if held else call.make(arn, group=group.key) + f":scheduledActionName/{name}"
    )
    start = made.pop("Time", made.get("StartTime"))
    if start is None and "Recurrence" not in made:
        raise AwsError("ValidationError", "Either a start time or a recurrence is required.")
    if start is not None:
        made |= {"StartTime": start, "Time": start}
    if held is not None:
        call.drop("ScheduledAction", held)
    call.keep("ScheduledAction", made, within=group)
    if start is not None and start > call.now:
        call.at(start, _act, group=group.key, name=name, start=start)


def _act(call: Call) -> None:
    """A scheduled action's time has come, unless it was deleted or moved since."""
    group = call.find("AutoScalingGroup", call["group"])
    action = call.find("ScheduledAction", call["name"], within=group) if group is not None else None
    if group is None or action is None or action.get("StartTime") != call["start"]:
        return
    group |= {name: action[name] for name in ("MinSize", "MaxSize", "DesiredCapacity") if name in action}
    group["DesiredCapacity"] = min(max(group["DesiredCapacity"], group["MinSize"]), group["MaxSize"])
    settle(call, group, f"scheduled action {action.key} was executed")
    if "Recurrence" not in action:
        call.drop("ScheduledAction", action)


def batch_put_scheduled_update_group_action(call: Call) -> Document:
    """Each succeeds or fails by itself."""
    group, failed = group_of(call), []
    for one in call["ScheduledUpdateGroupActions"]:
        try:
            _schedule(call, group, dict(one))
        except AwsError as error:
            fields = {"ErrorCode": error.code, "ErrorMessage": error.message}
            failed.append({"ScheduledActionName": one["ScheduledActionName"], **fields})
    return {"FailedScheduledUpdateGroupActions": failed}
