"""Images: AWS's public ones, from the catalogue, and the account's own."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from fakeaws.core.model import catalogue
from fakeaws.core.pipeline.call import Call
from fakeaws.core.resources import filters, kinds
from fakeaws.core.resources.naming import refusal
from fakeaws.core.tools.errors import AwsError
from fakeaws.services.ec2.resources import check_id

Document = dict[str, Any]
EVERYONE = "all"


def describe_images(call: Call) -> Document:
    """Without owners or ids, all that the caller may launch; deprecated ones only to their owner or when asked for."""
    declared = kinds.kind("ec2", "Image")
    ids = call.get("ImageIds")
    if ids and "MaxResults" in call:
        raise AwsError(
            "InvalidParameterCombination", "The parameter imageIdsSet cannot be used with the parameter maxResults"
        )
    found = [_visible(call, key) for key in ids] if ids else _candidates(call)
    return {
        "Images": [
            shown
            for shown in found
            if _is_owned(call, shown)
            and _is_executable(call, shown)
            and (ids or _is_current(call, shown))
            and filters.matching(declared, call.get("Filters"), shown)
        ]
    }


def _candidates(call: Call) -> Iterator[Document]:
    owners = call.get("Owners", [])
    yield from call.list("Image")
    if not owners or set(owners) - {"self", call.account}:
        yield from public_images(call)
        yield from _shared(call)


def _shared(call: Call) -> Iterator[Document]:
    """Images that other accounts let this one, or everyone, launch."""
    for whom in (call.account, EVERYONE):
        for share in call.of(account=whom).list("SharedImage"):
            found = call.of(account=share["owner"]).find("Image", share["key"])
            if found is not None and share["owner"] != call.account:
                yield found


def _is_executable(call: Call, shown: Document) -> bool:
    users = call.get("ExecutableUsers")
    if not users:
        return True
    own = {*shown.get("users", ()), *(["all"] if shown["Public"] else []), shown["OwnerId"]}
    return any((call.account if user == "self" else user) in own for user in users)


def _is_current(call: Call, shown: Document) -> bool:
    """Whether an image is listed unasked: deprecated and disabled ones only where they are the caller's own."""
    if shown["OwnerId"] == call.account:
        return True
    if shown["State"] == "disabled" and not call.get("IncludeDisabled"):
        return False
    ends = shown.get("DeprecationTime")
    return bool(call.get("IncludeDeprecated")) or ends is None or ends > stamp(call.now)


def stamp(at: float) -> str:
    """A time as images spell it: a text, with milliseconds."""
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def _visible(call: Call, key: str) -> Document:
    check_id(call, "Image", key)
    found = find(call, key)
    if found is None:
        raise refusal(call, "Image", "missing", key)
    return found


def image(call: Call, key: str) -> Document:
    """The image with this id that the caller may launch, public, shared or own."""
    found = _visible(call, key)
    if found["State"] != "available":
        raise AwsError("InvalidAMIID.Unavailable", f"The image ID '{key}' is not available")
    return found


def find(call: Call, key: str) -> Document | None:
    """The image with this id that the caller can see, or None."""
    own = call.find("Image", key)
    if own is not None:
        return own
    for whom in (call.account, EVERYONE):
        share = call.of(account=whom).find("SharedImage", key)
        if share is not None:
            return call.of(account=share["owner"]).find("Image", key)
    return next((i for i in public_images(call) if i["ImageId"] == key), None)


def public_snapshots(call: Call) -> dict[str, int]:
    """The snapshots that public images stand on, with their sizes in GiB."""
    return {_drawn("snap", call.region, facts["name"]): facts["size"] for facts in catalogue.load("images")}


def region_names() -> set[str]:
    """The regions that there are."""
    return set(catalogue.load("regions"))


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
        if owner not in ("self", "amazon", "aws-marketplace") and not owner.isdecimal():
            raise AwsError("InvalidUserID.Malformed", f'Invalid user id: "{owner}"')
    theirs = {shown["OwnerId"], shown.get("ImageOwnerAlias"), "self" if shown["OwnerId"] == call.account else None}
    return bool(theirs.intersection(owners))
