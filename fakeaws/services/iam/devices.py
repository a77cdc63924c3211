"""MFA devices: virtual ones, whose seeds work in any authenticator app."""

from __future__ import annotations

import base64
from typing import Any

from fakeaws.core.pipeline.call import Call
from fakeaws.core.pipeline.validation import unmet
from fakeaws.core.resources.naming import arn_for
from fakeaws.core.resources.places import drawn, store_of
from fakeaws.core.store.key import seal, unseal
from fakeaws.core.store.tables import Resource
from fakeaws.core.tools import totp
from fakeaws.core.tools.errors import AwsError
from fakeaws.services.iam.entities import named, new_tags

Document = dict[str, Any]
MOST = 8
LONGEST = 256
"""Characters of a serial number: EnableMFADevice takes no more."""
SLACK = 10
"""Steps of time that a device's clock may be off when it is enabled."""


def create_virtual_mfa_device(call: Call) -> Document:
    """The seed is in this answer and in no other, in base32 and as a picture for the app to read."""
    from fakeaws.services.iam.pictures import qr_png

    name, path = call["VirtualMFADeviceName"], call.get("Path", "/")
    serial = arn_for(call, "VirtualMFADevice", **{**call.params, "Path": path})
    if len(serial) > LONGEST:
        rule = f"Member must have length less than or equal to {LONGEST - len(serial) + len(name)}"
        raise unmet(call.operation, "VirtualMFADeviceName", name, rule)
    if call.find("VirtualMFADevice", serial) is not None:
        raise AwsError("EntityAlreadyExists", "MFADevice entity at the same path and name already exists.")
    seed = base64.b32encode(drawn(call, 40)).decode()
    device: Document = {"SerialNumber": serial, "seed": seal(store_of(call), seed)}
    if call.get("Tags"):
        device["Tags"] = new_tags(call)
    call.keep("VirtualMFADevice", device)
    link = f"otpauth://totp/Amazon%20Web%20Services:{name}@{call.account}?secret={seed}&issuer=Amazon%20Web%20Services"
    shown: Document = {"SerialNumber": serial, "Base32StringSeed": seed.encode(), "QRCodePNG": qr_png(link.encode())}
    if "Tags" in device:
        shown["Tags"] = device["Tags"]
    return {"VirtualMFADevice": shown}


def enable_mfa_device(call: Call) -> Document:
    """Two codes, one after the other, prove that the device has the seed."""
    user, device = call.read("User"), call.read("VirtualMFADevice", call["SerialNumber"])
    if device.get("UserName"):
        raise AwsError("EntityAlreadyExists", "MFA Device is already in use.")
    if len(list(call.list("VirtualMFADevice", UserName=user["UserName"]))) >= MOST:
        raise AwsError("LimitExceeded", f"Cannot exceed quota for MFADevicesPerUser: {MOST}")
    _check(call, device)
    device.update(UserName=user["UserName"], EnableDate=call.now)
    call.keep("VirtualMFADevice", device)
    return {}


def _check(call: Call, device: Resource) -> None:
    seed = unseal(store_of(call), device["seed"])
    first, second = call["AuthenticationCode1"], call["AuthenticationCode2"]
    here = int(call.now) // totp.STEP
    for step in range(here - SLACK, here + SLACK):
        if seed and totp.code(seed, step) == first and totp.code(seed, step + 1) == second:
            return
    raise AwsError("InvalidAuthenticationCode", "Authentication code for device is not valid.", status=403)


def resync_mfa_device(call: Call) -> Document:
    _check(call, _enabled(call))
    return {}


def _enabled(call: Call) -> Resource:
    user, device = call.read("User"), call.find("VirtualMFADevice", call["SerialNumber"])
    if device is None or device.get("UserName") != user["UserName"]:
        raise AwsError("NoSuchEntity", f"MFA Device with serial number {call['SerialNumber']} is not valid for user.")
    return device


def deactivate_mfa_device(call: Call) -> Document:
    device = _enabled(call) if "UserName" in call else call.read("VirtualMFADevice", call["SerialNumber"])
    device.pop("UserName", None)
    device.pop("EnableDate", None)
    call.keep("VirtualMFADevice", device)
    return {}


def delete_virtual_mfa_device(call: Call) -> Document:
    device = call.read("VirtualMFADevice", call["SerialNumber"])
    if device.get("UserName"):
        raise AwsError("DeleteConflict", "MFA VirtualDevice in use. Must deactivate first.")
    call.drop("VirtualMFADevice", device)
    return {}


def list_mfa_devices(call: Call) -> Document:
    user = None if "UserName" not in call and call.caller.kind == "Root" else named(call)
    if user is None:
        return {"MFADevices": []}
    found = call.page(call.list("VirtualMFADevice", UserName=user["UserName"]))
    return {"MFADevices": [_as_enabled(device) for device in found]}


def _as_enabled(device: Resource) -> Document:
    return {name: device[name] for name in ("UserName", "SerialNumber", "EnableDate")}


def get_mfa_device(call: Call) -> Document:
    device = call.find("VirtualMFADevice", call["SerialNumber"])
    if device is None or not device.get("UserName"):
        raise AwsError("NoSuchEntity", f"MFA Device with serial number {call['SerialNumber']} does not exist.")
    return _as_enabled(device)


def list_virtual_mfa_devices(call: Call) -> Document:
    wanted = call.get("AssignmentStatus", "Any")
    rows = (
        d for d in call.list("VirtualMFADevice") if wanted in ("Any", "Assigned" if d.get("UserName") else "Unassigned")
    )
    return {"VirtualMFADevices": [_listed(call, device) for device in call.page(rows)]}


def _listed(call: Call, device: Resource) -> Document:
    shown: Document = {"SerialNumber": device["SerialNumber"]}
    user = call.find("User", device["UserName"]) if device.get("UserName") else None
    if user is not None:
        shown["User"] = {name: value for name, value in user.items() if name not in ("Tags", "PermissionsBoundary")}
        shown["EnableDate"] = device["EnableDate"]
    return shown
