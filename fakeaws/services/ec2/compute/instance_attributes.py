"""Attributes of instances, one a call: described, modified, put back."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from typing import Any

from fakeaws.core.pipeline.call import Call
from fakeaws.core.store.tables import Resource
from fakeaws.core.tools.errors import AwsError
from fakeaws.services.ec2.compute.instance_types import facts_of
from fakeaws.services.ec2.compute.instances import show_interface
from fakeaws.services.ec2.resources import read

Document = dict[str, Any]
SHOWN: dict[str, tuple[str, str, Any]] = {
    "instanceType": ("InstanceType", "InstanceType", None),
    "kernel": ("KernelId", "KernelId", None),
    "ramdisk": ("RamdiskId", "RamdiskId", None),
    "userData": ("UserData", "user_data", None),
    "disableApiTermination": ("DisableApiTermination", "disable_termination", False),
    "disableApiStop": ("DisableApiStop", "disable_stop", False),
    "instanceInitiatedShutdownBehavior": ("InstanceInitiatedShutdownBehavior", "shutdown", "stop"),
    "rootDeviceName": ("RootDeviceName", "RootDeviceName", None),
    "sourceDestCheck": ("SourceDestCheck", "SourceDestCheck", True),
    "ebsOptimized": ("EbsOptimized", "EbsOptimized", False),
    "sriovNetSupport": ("SriovNetSupport", "SriovNetSupport", "simple"),
    "enaSupport": ("EnaSupport", "EnaSupport", True),
}
"""Attributes of one value: the answer's member, the instance's own, and what it is where nothing was said."""
MEMBERS = {"kernel": "Kernel", "ramdisk": "Ramdisk"}
"""Members of a modification that are not called as in the answer."""
STOPPED_ONLY = ("instanceType", "kernel", "ramdisk", "userData", "ebsOptimized", "sriovNetSupport", "enaSupport")
SWITCHES = ("disableApiTermination", "disableApiStop", "sourceDestCheck", "ebsOptimized", "enaSupport")


def describe_instance_attribute(call: Call) -> Document:
    instance = read(call, "Instance", call["InstanceId"])
    name = call["Attribute"]
    answer: Document = {"InstanceId": instance.key}
    if name == "groupSet":
        return {**answer, "Groups": instance["SecurityGroups"]}
    if name == "blockDeviceMapping":
        return {**answer, "BlockDeviceMappings": instance["BlockDeviceMappings"]}
    if name == "productCodes":
        return {**answer, "ProductCodes": instance["ProductCodes"]}
    if name == "enclaveOptions":
        return {**answer, "EnclaveOptions": instance["EnclaveOptions"]}
    member, own, usual = SHOWN[name]
    value = instance.get(own, usual)
    return {**answer, member: {} if value is None else {"Value": value}}


def modify_instance_attribute(call: Call) -> Document:
    """Exactly one attribute a call; what the machine is made of can only be changed while it is stopped."""
    instance = read(call, "Instance", call["InstanceId"])
    changes = _changes(call)
    if len(changes) != 1:
        raise AwsError(
            "InvalidParameterCombination" if changes else "MissingParameter",
            "Fields for multiple attribute types specified: " + ", ".join(sorted(changes))
            if changes
            else "The request must contain an attribute to modify",
        )
    [(name, value)] = changes.items()
    _check_stopped(instance, name)
    special = _SPECIAL.get(name)
    if special is not None:
        special(call, instance, value)
    else:
        instance[SHOWN[name][1]] = value
        call.keep("Instance", instance)
    return {}


def _changes(call: Call) -> Document:
    """Attribute → value, said in a member of its own or as `Attribute` and `Value`."""
    found = {}
    for name, (answer, _, _) in SHOWN.items():
        member = MEMBERS.get(name, answer)
        if isinstance(call.get(member), dict):
            found[name] = call[member].get("Value")
    for name, member in (
        ("groupSet", "Groups"),
        ("blockDeviceMapping", "BlockDeviceMappings"),
        ("enclaveOptions", "EnclaveOptions"),
    ):
        if member in call:
            found[name] = call[member]
    if "Attribute" in call and "Value" in call:
        text = call["Value"]
        found[call["Attribute"]] = text.lower() == "true" if call["Attribute"] in SWITCHES else text
    return found


def _check_stopped(instance: Resource, name: str) -> None:
    if name in STOPPED_ONLY and instance["State"]["Name"] != "stopped":
        raise AwsError("IncorrectInstanceState", f"The instance '{instance.key}' is not in the 'stopped' state.")
    if instance["State"]["Name"] == "terminated":
        raise AwsError("IncorrectInstanceState", f"The instance '{instance.key}' is terminated.")


def _type(call: Call, instance: Resource, value: str) -> None:
    facts = facts_of(value)
    if facts is None:
        raise AwsError("InvalidInstanceAttributeValue", f"Invalid value '{value}' for instanceType.")
    if facts["architecture"] != instance["Architecture"]:
        raise AwsError(
            "InvalidParameterCombination",
            f"The architecture '{facts['architecture']}' of the specified instance type does not match the architecture"
            f" '{instance['Architecture']}' of the instance.",
        )
    threads = facts["threads"] if facts["cpus"] > 1 else 1
    cores = {"CoreCount": max(1, facts["cpus"] // threads), "ThreadsPerCore": threads}
    instance |= {"InstanceType": value, "CpuOptions": cores}
    call.keep("Instance", instance)


def _user_data(call: Call, instance: Resource, value: Any) -> None:
    """A blob: the command line sends the text itself."""
    data = value if isinstance(value, (bytes, bytearray)) else str(value or "").encode()
    if len(data) > 16384:
        raise AwsError("InvalidParameterValue", "User data is limited to 16384 bytes")
    try:
        plain = base64.b64decode(data, validate=True) if "Attribute" in call else bytes(data)
    except binascii.Error as error:
        raise AwsError("InvalidParameterValue", "Invalid BASE64 encoding of user data.") from error
    instance["user_data"] = base64.b64encode(plain).decode()
    call.keep("Instance", instance)


def _source_dest_check(call: Call, instance: Resource, value: bool) -> None:
    """It is the network interface's; an instance with several has to be asked interface by interface."""
    if len(instance["NetworkInterfaces"]) > 1:
        raise AwsError(
            "InvalidInstanceID",
            f"There are multiple interfaces attached to instance '{instance.key}'. Please specify an interface ID for"
            " the operation instead.",
        )
    instance["SourceDestCheck"] = value
    call.keep("Instance", instance)
    interface = call.read("NetworkInterface", instance["NetworkInterfaces"][0]["NetworkInterfaceId"])
    interface["SourceDestCheck"] = value
    show_interface(call, interface)


def _groups(call: Call, instance: Resource, keys: list[str]) -> None:
    if len(instance["NetworkInterfaces"]) > 1:
        raise AwsError(
            "InvalidInstanceID",
            f"There are multiple interfaces attached to instance '{instance.key}'. Please specify an interface ID for"
            " the operation instead.",
        )
    call.perform(
        "ec2",
        "ModifyNetworkInterfaceAttribute",
        {"NetworkInterfaceId": instance["NetworkInterfaces"][0]["NetworkInterfaceId"], "Groups": keys},
    )


def _devices(call: Call, instance: Resource, mappings: list[Document]) -> None:
    """Whether volumes go with the instance."""
    for wanted in mappings:
        held = next((m for m in instance["BlockDeviceMappings"] if m["DeviceName"] == wanted.get("DeviceName")), None)
        if held is None:
            raise AwsError(
                "InvalidInstanceAttributeValue", f"No device is currently mapped at {wanted.get('DeviceName')}"
            )
        keeps = wanted.get("Ebs", {}).get("DeleteOnTermination")
        if keeps is not None:
            held["Ebs"]["DeleteOnTermination"] = keeps
            volume = call.read("Volume", held["Ebs"]["VolumeId"])
            for attachment in volume["Attachments"]:
                if attachment["InstanceId"] == instance.key:
                    attachment["DeleteOnTermination"] = keeps
            call.keep("Volume", volume)
    call.keep("Instance", instance)


def _shutdown(call: Call, instance: Resource, value: str) -> None:
    if value not in ("stop", "terminate"):
        raise AwsError("InvalidParameterValue", f"Invalid value '{value}' for InstanceInitiatedShutdownBehavior.")
    instance["shutdown"] = value
    call.keep("Instance", instance)


def _enclaves(call: Call, instance: Resource, value: Document) -> None:
    if instance["State"]["Name"] != "stopped":
        raise AwsError("IncorrectInstanceState", f"The instance '{instance.key}' is not in the 'stopped' state.")
    instance["EnclaveOptions"] = {"Enabled": value.get("Enabled", False)}
    call.keep("Instance", instance)


def _fixed(call: Call, instance: Resource, value: Any) -> None:
    raise AwsError("InvalidParameterValue", f"The attribute of instance '{instance.key}' cannot be modified.")


_SPECIAL: dict[str, Callable[[Call, Resource, Any], None]] = {
    "instanceType": _type,
    "userData": _user_data,
    "sourceDestCheck": _source_dest_check,
    "groupSet": _groups,
    "blockDeviceMapping": _devices,
    "instanceInitiatedShutdownBehavior": _shutdown,
    "enclaveOptions": _enclaves,
    "rootDeviceName": _fixed,
    "productCodes": _fixed,
}


def reset_instance_attribute(call: Call) -> Document:
    """Only these have a value to go back to."""
    instance = read(call, "Instance", call["InstanceId"])
    name = call["Attribute"]
    if name not in ("kernel", "ramdisk", "sourceDestCheck"):
        raise AwsError("InvalidParameterValue", f"Value ({name}) for parameter attribute is invalid.")
    _check_stopped(instance, name)
    if name == "sourceDestCheck":
        _source_dest_check(call, instance, True)
    else:
        instance.pop(SHOWN[name][1], None)
        call.keep("Instance", instance)
    return {}
