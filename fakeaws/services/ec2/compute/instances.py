"""Instances after their launch: described, started, stopped, rebooted and terminated."""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import Any

from fakeaws.core.pipeline.call import Call
from fakeaws.core.resources import filters, kinds
from fakeaws.core.resources.states import begin
from fakeaws.core.store.tables import Resource
from fakeaws.core.tools.errors import AwsError
from fakeaws.core.tools.pace import pace
from fakeaws.services.ec2.compute import interfaces
from fakeaws.services.ec2.resources import check_page_size, described, read_all

Document = dict[str, Any]
KEPT_AFTER_TERMINATION = 3600
SHUTTING_DOWN = {"Code": 32, "Name": "shutting-down"}
TERMINATED = {"Code": 48, "Name": "terminated"}


def describe_instances(call: Call) -> Document:
    """Instances are shown in their reservations: those that were launched together."""
    check_page_size(call)
    reservations: dict[str, Document] = {}
    for instance in call.page(described(call, "Instance", "InstanceIds")):
        place = {"ReservationId": instance.parent, "OwnerId": instance["owner"], "Groups": [], "Instances": []}
        reservations.setdefault(instance.parent, place)["Instances"].append(instance)
    return {"Reservations": list(reservations.values())}


def describe_instance_status(call: Call) -> Document:
    """Only running instances, unless all are asked for."""
    check_page_size(call)
    statuses = (
        _status(instance)
        for instance in _candidates(call)
        if instance["State"]["Name"] == "running" or call.get("IncludeAllInstances")
    )
    kind = kinds.Kind("ec2", "InstanceStatus", {"shape": "InstanceStatus", "filters": _STATUS_FILTERS})
    return {"InstanceStatuses": [s for s in statuses if filters.matching(kind, call.get("Filters"), s)]}


_STATUS_FILTERS = {
    "availability-zone": "AvailabilityZone",
    "availability-zone-id": "AvailabilityZoneId",
    "event.code": "Events.Code",
    "event.description": "Events.Description",
    "event.instance-event-id": "Events.InstanceEventId",
    "event.not-after": "Events.NotAfter",
    "event.not-before": "Events.NotBefore",
    "event.not-before-deadline": "Events.NotBeforeDeadline",
    "instance-state-code": "InstanceState.Code",
    "instance-state-name": "InstanceState.Name",
    "instance-status.reachability": "InstanceStatus.Details.Status",
    "instance-status.status": "InstanceStatus.Status",
    "system-status.reachability": "SystemStatus.Details.Status",
    "system-status.status": "SystemStatus.Status",
    "attached-ebs-status.status": "AttachedEbsStatus.Status",
    "operator.managed": "Operator.Managed",
    "operator.principal": "Operator.Principal",
}


def _candidates(call: Call) -> Iterable[Resource]:
    return read_all(call, "Instance", call["InstanceIds"]) if call.get("InstanceIds") else call.list("Instance")


def _status(instance: Resource) -> Document:
    running = instance["State"]["Name"] == "running"
    check = {"Status": "not-applicable"}
    if running:
        check = {"Details": [{"Name": "reachability", "Status": "passed"}], "Status": "ok"}  # type: ignore[dict-item]
    return {
        "AvailabilityZone": instance["Placement"]["AvailabilityZone"],
        "AvailabilityZoneId": instance["Placement"]["AvailabilityZoneId"],
        "Operator": {"Managed": False},
        "InstanceId": instance["InstanceId"],
        "InstanceState": instance["State"],
        "InstanceStatus": check,
        "SystemStatus": check,
        "AttachedEbsStatus": check,
    }


def start_instances(call: Call) -> Document:
    """A running instance is left as it is; a terminated one cannot be started."""
    changes = []
    for instance in read_all(call, "Instance", call["InstanceIds"]):
        before = instance["State"]
        if before["Name"] in ("stopped", "stopping"):
            _require(before["Name"] == "stopped", instance, "started")
            _start(call, instance)
        else:
            _require(before["Name"] in ("running", "pending"), instance, "started")
        changes.append({"CurrentState": instance["State"], "InstanceId": instance.key, "PreviousState": before})
    return {"StartingInstances": changes}


def _start(call: Call, instance: Resource) -> None:
    begin(kinds.kind("ec2", "Instance"), instance, "start", call.now)
    instance["LaunchTime"] = call.now
    instance["StateTransitionReason"] = ""
    instance.pop("StateReason", None)
    if instance.pop("had_public_address", False):
        primary = _primary(call, instance)
        interfaces.give_public_address(call, primary)
        _update_interface(call, instance, primary)
    refresh(call, instance)
    call.keep("Instance", instance)


def stop_instances(call: Call) -> Document:
    changes = []
    for instance in read_all(call, "Instance", call["InstanceIds"]):
        before = instance["State"]
        if before["Name"] in ("running", "pending"):
            _require(before["Name"] == "running", instance, "stopped")
            _check_stop(call, instance)
            _stop(call, instance)
        else:
            _require(before["Name"] in ("stopped", "stopping"), instance, "stopped")
        changes.append({"CurrentState": instance["State"], "InstanceId": instance.key, "PreviousState": before})
    return {"StoppingInstances": changes}


def _check_stop(call: Call, instance: Resource) -> None:
    """What keeps an instance from being stopped: its protection, the way it was bought, hibernation it lacks."""
    if instance.get("disable_stop"):
        raise AwsError(
            "OperationNotPermitted",
            f"The instance '{instance.key}' may not be stopped. Modify its 'disableApiStop' instance attribute and try"
            " again.",
        )
    if call.get("Hibernate") and not instance["HibernationOptions"]["Configured"]:
        raise AwsError(
            "UnsupportedHibernationConfiguration", f"The instance '{instance.key}' is not enabled for hibernation."
        )
    if "SpotInstanceRequestId" in instance:
        request = call.read("SpotInstanceRequest", instance["SpotInstanceRequestId"])
        if request["Type"] == "one-time":
            raise AwsError(
                "UnsupportedOperation",
                f"You can't stop the Spot Instance '{instance.key}' because it is associated with a one-time Spot"
                " Instance request. You can only stop Spot Instances associated with persistent Spot Instance"
                " requests.",
            )


def _stop(call: Call, instance: Resource) -> None:
    """An address of Amazon's pool goes back; the private ones stay."""
    begin(kinds.kind("ec2", "Instance"), instance, "stop", call.now)
    _say_why(call, instance)
    primary = _primary(call, instance)
    if primary.get("Association", {}).get("IpOwnerId") == "amazon":
        instance["had_public_address"] = True
        del primary["Association"]
        primary["PrivateIpAddresses"][0].pop("Association", None)
        _update_interface(call, instance, primary)
    refresh(call, instance)
    call.keep("Instance", instance)


def reboot_instances(call: Call) -> Document:
    for instance in read_all(call, "Instance", call["InstanceIds"]):
        _require(instance["State"]["Name"] == "running", instance, "rebooted")
    return {}


def terminate_instances(call: Call) -> Document:
    """All or none: one protected instance keeps the others too. Terminated ones can be seen for an hour."""
    found = read_all(call, "Instance", call["InstanceIds"])
    for instance in found:
        if instance.get("disable_termination"):
            raise AwsError(
                "OperationNotPermitted",
                f"The instance '{instance.key}' may not be terminated. Modify its 'disableApiTermination' instance"
                " attribute and try again.",
            )
    changes = []
    for instance in found:
        before = instance["State"]
        if before["Name"] not in ("shutting-down", "terminated"):
            _terminate(call, instance)
        changes.append({"CurrentState": instance["State"], "InstanceId": instance.key, "PreviousState": before})
    return {"TerminatingInstances": changes}


def _terminate(call: Call, instance: Resource) -> None:
    from fakeaws.services.ec2.compute import profiles, spot
    from fakeaws.services.ec2.network import routes
    from fakeaws.services.ec2.storage import volumes

    settled = call.now + 30 * pace()
    instance["State"] = SHUTTING_DOWN
    instance["passing"] = [[settled, TERMINATED], [settled + KEPT_AFTER_TERMINATION, None]]
    routes.target_is(call, "InstanceId", instance.key, "blackhole")
    _say_why(call, instance)
    for seen in instance["NetworkInterfaces"]:
        interfaces.release(call, seen["NetworkInterfaceId"])
    for volume in call.list("Volume", Attachments__InstanceId=instance.key):
        volumes.release(call, volume)
    if "IamInstanceProfile" in instance:
        profiles.forget(call, instance.key)
    if "SpotInstanceRequestId" in instance:
        spot.close(call, instance)
    instance |= {"NetworkInterfaces": [], "BlockDeviceMappings": [], "SecurityGroups": []}
    for name in ("SubnetId", "VpcId"):
        instance.pop(name, None)
    refresh(call, instance)
    call.keep("Instance", instance)


def refresh(call: Call, instance: Document) -> None:
    """Bring what the instance shows of its primary interface up to date with its `NetworkInterfaces`."""
    seen = next((i for i in instance["NetworkInterfaces"] if i["Attachment"]["DeviceIndex"] == 0), None)
    instance["PrivateDnsName"] = seen["PrivateDnsName"] if seen else ""
    instance["PublicDnsName"] = ""
    for name in ("PrivateIpAddress", "PublicIpAddress"):
        instance.pop(name, None)
    if seen is None:
        return
    instance["PrivateIpAddress"] = seen["PrivateIpAddress"]
    association = seen.get("Association")
    if association:
        instance["PublicIpAddress"] = association["PublicIp"]
        instance["PublicDnsName"] = association.get("PublicDnsName", "")


def _primary(call: Call, instance: Document) -> Resource:
    seen = next(i for i in instance["NetworkInterfaces"] if i["Attachment"]["DeviceIndex"] == 0)
    return call.read("NetworkInterface", seen["NetworkInterfaceId"])


def _update_interface(call: Call, instance: Document, interface: Resource) -> None:
    """Keep a changed interface, and show the change on its instance."""
    call.keep("NetworkInterface", interface)
    shown = interfaces.as_seen(interface)
    instance["NetworkInterfaces"] = [
        shown if i["NetworkInterfaceId"] == interface.key else i for i in instance["NetworkInterfaces"]
    ]


def show_interface(call: Call, interface: Resource) -> None:
    """Keep a changed interface, and its instance, where it has one, with the change."""
    key = interface.get("Attachment", {}).get("InstanceId")
    instance = call.find("Instance", key) if key is not None else None
    if instance is None:
        call.keep("NetworkInterface", interface)
        return
    _update_interface(call, instance, interface)
    refresh(call, instance)
    call.keep("Instance", instance)


def _require(allowed: bool, instance: Resource, what: str) -> None:
    if not allowed:
        raise AwsError(
            "IncorrectInstanceState",
            f"The instance '{instance.key}' is not in a state from which it can be {what}.",
        )


def _say_why(call: Call, instance: Document) -> None:
    when = time.strftime("%Y-%m-%d %H:%M:%S GMT", time.gmtime(call.now))
    instance["StateTransitionReason"] = f"User initiated ({when})"
    instance["StateReason"] = {
        "Code": "Client.UserInitiatedShutdown",
        "Message": "Client.UserInitiatedShutdown: User initiated shutdown",
    }
