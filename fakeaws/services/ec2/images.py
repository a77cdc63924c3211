"""Images: AWS's public ones, from the catalogue, and the account's own."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

from fakeaws.core import catalogue, filters, shapes
from fakeaws.core.call import Call
from fakeaws.core.errors import AwsError
from fakeaws.services.ec2.resources import check_id

Document = dict[str, Any]


def describe_images(call: Call) -> Document:
    """Without owners or ids, all that the caller may launch."""
    declared = shapes.kind("ec2", "Image")
    ids = call.get("ImageIds")
    found = [image(call, key) for key in ids] if ids else [*public_images(call), *call.list("Image")]
    return {
        "Images": [
            shown
            for shown in found
            if _is_owned(call, shown) and filters.matching(declared, call.get("Filters"), shown)
        ]
    }


def image(call: Call, key: str) -> Document:
    """The image with this id, public or own."""
    check_id(call, "Image", key)
    own = call.find("Image", key)
    found = own if own is not None else next((i for i in public_images(call) if i["ImageId"] == key), None)
    if found is None:
        raise call.refusal("Image", "missing", key)
    return found


def public_images(call: Call) -> Iterator[Document]:
    """The images that AWS and others offer in the caller's region."""
    for facts in catalogue.load("images"):
        yield _described(call, facts)


def _described(call: Call, facts: Document) -> Document:
    disk = {
        "DeleteOnTermination": True,
        "SnapshotId": _drawn("snap", call.region, facts["name"]),
        "VolumeSize": facts["size"],
        "VolumeType": facts["volume"],
        "Encrypted": False,
    }
    if facts["volume"] == "gp3":
        disk |= {"Iops": 3000, "Throughput": 125}
    found: Document = {
        "PlatformDetails": facts["details"],
        "UsageOperation": facts["usage"],
        "BlockDeviceMappings": [{"Ebs": disk, "DeviceName": facts["root"]}],
        "Description": facts["description"],
        "EnaSupport": True,
        "Hypervisor": "xen",
        "ImageOwnerAlias": facts.get("alias"),
        "Name": facts["name"],
        "RootDeviceName": facts["root"],
        "RootDeviceType": "ebs",
        "SriovNetSupport": "simple",
        "VirtualizationType": "hvm",
        "BootMode": facts.get("boot"),
        "ImdsSupport": "v2.0" if facts.get("imds") else None,
        "FreeTierEligible": facts["size"] <= 30,
        "ImageId": _drawn("ami", call.region, facts["name"]),
        "ImageLocation": f"{facts.get('alias', facts['owner'])}/{facts['name']}",
        "State": "available",
        "OwnerId": facts["owner"],
        "CreationDate": facts["created"],
        "Public": True,
        "Architecture": facts["architecture"],
        "Platform": facts.get("platform"),
        "ImageType": "machine",
    }
    return {name: value for name, value in found.items() if value is not None}


def _drawn(prefix: str, region: str, name: str) -> str:
    """The id of a public image, the same in every cloud, as it is the same for every account of AWS."""
    return f"{prefix}-0{hashlib.sha256(f'{prefix}/{region}/{name}'.encode()).hexdigest()[:16]}"


def _is_owned(call: Call, shown: Document) -> bool:
    owners = call.get("Owners")
    if not owners:
        return True
    for owner in owners:
        if owner not in ("self", "amazon", "aws-marketplace") and not owner.isdigit():
            raise AwsError("InvalidUserID.Malformed", f'Invalid user id: "{owner}"')
    theirs = {shown["OwnerId"], shown.get("ImageOwnerAlias"), "self" if shown["OwnerId"] == call.account else None}
    return bool(theirs.intersection(owners))
