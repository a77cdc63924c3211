"""Who may launch an image, and what else of it can be changed."""

from __future__ import annotations

from typing import Any

from fakeaws.core.pipeline.call import Call
from fakeaws.core.store.tables import Resource
from fakeaws.core.tools.errors import AwsError
from fakeaws.services.ec2.resources import check_id, keep_setting, setting
from fakeaws.services.ec2.storage.images import EVERYONE, stamp
from fakeaws.services.ec2.storage.images import image as visible
from fakeaws.services.ec2.storage.snapshots import checked_user, permissions

Document = dict[str, Any]
VALUES = {
    "description": ("Description", "Description"),
    "kernel": ("KernelId", "KernelId"),
    "ramdisk": ("RamdiskId", "RamdiskId"),
    "sriovNetSupport": ("SriovNetSupport", "SriovNetSupport"),
    "bootMode": ("BootMode", "BootMode"),
    "tpmSupport": ("TpmSupport", "TpmSupport"),
    "uefiData": ("UefiData", "uefi_data"),
    "lastLaunchedTime": ("LastLaunchedTime", "LastLaunchedTime"),
    "imdsSupport": ("ImdsSupport", "ImdsSupport"),
    "deregistrationProtection": ("DeregistrationProtection", "DeregistrationProtection"),
}
"""Attributes of one value: the answer's member, and the image's own."""


def own(call: Call, key: str) -> Resource:
    """The account's own image with this id; others' cannot be changed."""
    check_id(call, "Image", key)
    found = call.find("Image", key)
    if found is None:
        visible(call, key)
        raise AwsError("AuthFailure", f"Not authorized for image: {key}")
    return found


def describe_image_attribute(call: Call) -> Document:
    image = own(call, call["ImageId"])
    name = call["Attribute"]
    answer: Document = {"ImageId": image.key}
    if name == "launchPermission":
        groups = [{"Group": EVERYONE}] if image["Public"] else []
        return {**answer, "LaunchPermissions": [*groups, *({"UserId": user} for user in image.get("users", ()))]}
    if name == "blockDeviceMapping":
        return {**answer, "BlockDeviceMappings": image["BlockDeviceMappings"]}
    if name == "productCodes":
        return {**answer, "ProductCodes": image.get("ProductCodes", [])}
    member, held = VALUES[name]
    value = image.get(held)
    return {**answer, member: {} if value is None else {"Value": value}}


def modify_image_attribute(call: Call) -> Document:
    image = own(call, call["ImageId"])
    added, removed = permissions(call, "LaunchPermission", "UserGroups")
    if added or removed:
        _share(call, image, added, removed)
    elif "Description" in call or call.get("Attribute") == "description":
        image["Description"] = call.get("Description", {}).get("Value", call.get("Value", ""))
        call.keep("Image", image)
    elif "ImdsSupport" in call or call.get("Attribute") == "imdsSupport":
        image["ImdsSupport"] = call.get("ImdsSupport", {}).get("Value", call.get("Value"))
        call.keep("Image", image)
    elif "ProductCodes" not in call:
        raise AwsError("MissingParameter", "The request must contain an attribute to modify")
    return {}


def _share(call: Call, image: Resource, added: list[Document], removed: list[Document]) -> None:
    users, public = set(image.get("users", ())), image["Public"]
    for permission in added:
        if "Group" in permission:
            _check_public(call, image)
            public = True
        elif "UserId" in permission:
            users.add(checked_user(permission["UserId"]))
    for permission in removed:
        users.discard(permission.get("UserId", ""))
        public = public and "Group" not in permission
    publish(call, image, sorted(users), public)


def _check_public(call: Call, image: Resource) -> None:
    if any(mapping.get("Ebs", {}).get("Encrypted") for mapping in image["BlockDeviceMappings"]):
        raise AwsError("InvalidParameter", "Snapshots encrypted with the AWS Managed CMK can't be shared.")
    if _public_access(call) == "block-new-sharing":
        raise AwsError(
            "OperationNotPermitted",
            "You can't publicly share this image because block public access for AMIs is enabled for this account in"
            " this Region.",
        )


def publish(call: Call, image: Resource, users: list[str], public: bool) -> None:
    """Let these accounts, or everyone, launch the image; all others no longer."""
    for whom in [*image.get("users", ()), EVERYONE]:
        elsewhere = call.of(account=whom)
        share = elsewhere.find("SharedImage", image.key)
        if share is not None:
            elsewhere.drop("SharedImage", share)
    for whom in [*users, *([EVERYONE] if public else [])]:
        call.of(account=whom).keep("SharedImage", {"key": image.key, "owner": call.account})
    image |= {"users": users, "Public": public}
    call.keep("Image", image)


def reset_image_attribute(call: Call) -> Document:
    image = own(call, call["ImageId"])
    publish(call, image, [], False)
    return {}


def cancel_image_launch_permission(call: Call) -> Document:
    """The account takes itself off the list of another's image."""
    check_id(call, "Image", call["ImageId"])
    share = call.find("SharedImage", call["ImageId"])
    if share is None:
        raise AwsError("InvalidAMIID.NotFound", f"The image id '[{call['ImageId']}]' does not exist")
    owner = call.of(account=share["owner"])
    image = owner.read("Image", share["key"])
    publish(owner, image, [user for user in image["users"] if user != call.account], image["Public"])
    return {"Return": True}


def enable_image_deprecation(call: Call) -> Document:
    """Not in the past, and at most ten years from now."""
    image = own(call, call["ImageId"])
    if call["DeprecateAt"] < call.now:
        raise AwsError("InvalidParameterValue", "The specified deprecation date must be in the future.")
    image["DeprecationTime"] = stamp(call["DeprecateAt"] - call["DeprecateAt"] % 60)
    call.keep("Image", image)
    return {"Return": True}


def disable_image_deprecation(call: Call) -> Document:
    image = own(call, call["ImageId"])
    image.pop("DeprecationTime", None)
    call.keep("Image", image)
    return {"Return": True}


def enable_image(call: Call) -> Document:
    image = own(call, call["ImageId"])
    image["State"] = "available"
    call.keep("Image", image)
    return {"Return": True}


def disable_image(call: Call) -> Document:
    """It cannot be launched, and is shared with nobody any more."""
    image = own(call, call["ImageId"])
    image["State"] = "disabled"
    publish(call, image, [], False)
    return {"Return": True}


def enable_image_deregistration_protection(call: Call) -> Document:
    image = own(call, call["ImageId"])
    state = "enabled-with-cooldown" if call.get("WithCooldown") else "enabled-without-cooldown"
    image["DeregistrationProtection"] = state
    call.keep("Image", image)
    return {"Return": state}


def disable_image_deregistration_protection(call: Call) -> Document:
    image = own(call, call["ImageId"])
    image["DeregistrationProtection"] = "disabled"
    call.keep("Image", image)
    return {"Return": "disabled"}


def _public_access(call: Call) -> str:
    return str(setting(call, "image-public-access").get("state", "unblocked"))


def get_image_block_public_access_state(call: Call) -> Document:
    return {"ImageBlockPublicAccessState": _public_access(call), "ManagedBy": "account"}


def enable_image_block_public_access(call: Call) -> Document:
    state = call["ImageBlockPublicAccessState"]
    keep_setting(call, "image-public-access", state=state)
    return {"ImageBlockPublicAccessState": state}


def disable_image_block_public_access(call: Call) -> Document:
    keep_setting(call, "image-public-access", state="unblocked")
    return {"ImageBlockPublicAccessState": "unblocked"}
