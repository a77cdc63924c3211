"""What one sees of a machine from outside: console output, screenshot, Windows password."""

from __future__ import annotations

import base64
import hashlib
import time
from typing import Any

from fakeaws.core.pipeline.call import Call
from fakeaws.core.store.tables import Resource
from fakeaws.core.tools.errors import AwsError
from fakeaws.services.ec2.resources import read

Document = dict[str, Any]
SCREEN = (
    "/9j/4AAQSkZJRgABAQEASABIAAD/2wBDAP//////////////////////////////////////////////////////////////////////////////"
    "////////wgALCAABAAEBAREA/8QAFBABAAAAAAAAAAAAAAAAAAAAAP/aAAgBAQABPxA="
)
"""A JPEG of one pixel."""


def get_console_output(call: Call) -> Document:
    """The boot messages, in base64; the machine is only pretended, but its name and address are its own."""
    instance = read(call, "Instance", call["InstanceId"])
    answer: Document = {"InstanceId": instance.key, "Timestamp": call.now}
    if instance["State"]["Name"] in ("running", "stopping", "stopped"):
        answer["Output"] = base64.b64encode(_booted(instance).encode()).decode()
    return answer


def _booted(instance: Resource) -> str:
    name = instance.get("PrivateDnsName", "").partition(".")[0]
    when = time.strftime("%a, %d %b %Y %H:%M:%S +0000", time.gmtime(instance["LaunchTime"]))
    lines = [
        "[    0.000000] Linux version 6.1.0 (mockbuild@fakeaws) #1 SMP",
        f"[    0.000000] DMI: Amazon EC2 {instance['InstanceType']}/, BIOS 1.0 10/16/2017",
        "[    1.204412] EXT4-fs (nvme0n1p1): mounted filesystem with ordered data mode",
        f"[    4.021377] cloud-init[1234]: Cloud-init v. 22.2.2 running 'init' at {when}. Up 4.02 seconds.",
        f"[    5.377120] cloud-init[1234]: ci-info: | ens5 | True | {instance.get('PrivateIpAddress', '')} |",
        f"[    9.530048] cloud-init[1301]: Cloud-init v. 22.2.2 finished at {when}. Datasource DataSourceEc2.",
        "",
        f"{name} login: ",
    ]
    return "\r\n".join(lines)


def get_console_screenshot(call: Call) -> Document:
    instance = read(call, "Instance", call["InstanceId"])
    if instance["State"]["Name"] != "running":
        raise AwsError("IncorrectInstanceState", f"The instance '{instance.key}' is not in the 'running' state.")
    return {"ImageData": SCREEN, "InstanceId": instance.key}


def get_password_data(call: Call) -> Document:
    """Encrypted with the key pair of the launch; empty for all but Windows."""
    instance = read(call, "Instance", call["InstanceId"])
    data = ""
    if str(instance.get("Platform", "")).lower() == "windows":
        if "KeyName" not in instance:
            raise AwsError(
                "InvalidParameterValue", f"No key pair was specified at the launch of instance '{instance.key}'."
            )
        data = _encrypted(call, instance)
    return {"InstanceId": instance.key, "Timestamp": call.now, "PasswordData": data}


def _encrypted(call: Call, instance: Resource) -> str:
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import padding, rsa

    pair = call.find("KeyPair", instance["KeyName"])
    if pair is None:
        return ""
    key = serialization.load_ssh_public_key(pair["public"].encode())
    if not isinstance(key, rsa.RSAPublicKey):
        return ""
    password = base64.b64encode(hashlib.sha256(instance.key.encode()).digest())[:24] + b"!aA1"
    return base64.b64encode(key.encrypt(password, padding.PKCS1v15())).decode()


def get_instance_uefi_data(call: Call) -> Document:
    instance = read(call, "Instance", call["InstanceId"])
    if instance.get("CurrentInstanceBootMode") != "uefi":
        raise AwsError("UnsupportedOperation", f"The instance '{instance.key}' does not use the boot mode uefi.")
    data = base64.b64encode(hashlib.sha256(instance.key.encode()).digest()).decode()
    return {"InstanceId": instance.key, "UefiData": data}
